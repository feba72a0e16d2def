"""What commands that verify share: the trust root, its pin, the clock, the state of what was seen."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.options import instant
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.authenticate import Trust


def root_options(command: Any) -> Any:
    """Add the options by which signatures are verified, and return their group."""
    group = command.add_argument_group("verifying signed evidence, offline")
    group.add_argument("--trust-root", metavar="FILE", help="whose keys count, and what is known of the laboratories")
    group.add_argument(
        "--trust-root-sha256", metavar="HEX", help="the SHA-256 of that file, as you have it from its keeper"
    )
    group.add_argument(
        "--now", metavar="INSTANT", type=instant, help="the clock, YYYY-MM-DDThh:mm:ssZ (default: that of the machine)"
    )
    return group


def trust_options(command: Any) -> None:
    """Add the options by which signatures and times are verified."""
    group = root_options(command)
    group.add_argument("--log-proof", metavar="FILE", help="proof that the report is in a log (C2SP tlog-proof)")
    group.add_argument(
        "--state", metavar="FILE", help="remember in this file what was verified, and tell what comes again"
    )


def chosen_trust(arguments: argparse.Namespace) -> "Trust":
    """Return what these options verify by.

    Raises:
        WrongUsage: A trust root without its pin, a pin without one, or a log proof without a trust root.
        UnreadableInput: A file cannot be read.
        TrustRefused: The trust root is not the one that was pinned, or nobody may rely on it.
    """
    from dataclasses import replace

    from harness.codec.report_files import read_bytes
    from harness.judge import trust_of

    path, pin = arguments.trust_root, arguments.trust_root_sha256
    if arguments.log_proof is not None and path is None:
        raise WrongUsage("--log-proof without --trust-root FILE, which says whose logs count")
    # A plain report is held against no clock; what is signed or was seen before is.
    clocked = path is not None or arguments.log_proof is not None or arguments.state is not None
    now = arguments.now or (datetime.now(UTC) if clocked else None)
    if path is None or arguments.state is None:
        trust = trust_of(path, pin, now)
    else:
        from harness.codec.state_file import opened_state

        with opened_state(Path(arguments.state)) as state:
            trust = trust_of(path, pin, now, state.highest_trust_root())
            if trust.root is not None:
                state.note_trust_root(trust.root.document.version)
    if arguments.log_proof is not None:
        trust = replace(trust, proof=read_bytes(arguments.log_proof))
    return trust
