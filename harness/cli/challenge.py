"""harness challenge: what an outsider gives a laboratory, so that an old run cannot be sent in as a new one."""

import argparse
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.options import instant
from harness.cli.output import Exit, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.model.challenge import IssuedChallenge

_EPILOG = """\
examples:
  harness challenge new --lot LOT-7 --issued-by acme -o challenge.json

Keep the file until the test begins; publish the digest, or send it to the laboratory, before the units are drawn. Then
the laboratory gets the challenge, runs `harness bench --challenge HEX`, and states both in its report. One challenge
serves one lot, once.
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "challenge",
        help="make a challenge for a lot, and its commitment",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("deed", choices=("new",), help="make one")
    command.add_argument("--lot", metavar="ID", required=True, help="the lot that it is for")
    command.add_argument("--issued-by", metavar="ORGANISATION", required=True, help="who issues it")
    command.add_argument("--issued-at", metavar="INSTANT", type=instant, help="when (default: now)")
    command.add_argument("-o", "--output", metavar="FILE", help="write challenge/1 here, for your eyes alone")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Make a challenge, and print what is shown now and what is kept."""
    at = (arguments.issued_at or datetime.now(UTC).replace(microsecond=0)).isoformat()
    made = _challenge(arguments, at)
    if arguments.output is not None:
        content = made.model_dump_json(by_alias=True, indent=2) + "\n"
        write_whole(Path(arguments.output), content, force=arguments.force, mode=0o600)
        print(f"wrote {arguments.output}; keep it until the test begins")
    print(f"challenge   {made.nonce}")
    print(f"commitment  {made.nonce_sha256}")
    return Exit.PASS


def _challenge(arguments: argparse.Namespace, at: str) -> "IssuedChallenge":
    from pydantic import ValidationError

    from harness.codec.digest import sha256
    from harness.codec.documents import faults_of
    from harness.model.challenge import IssuedChallenge

    nonce = secrets.token_bytes(32)
    said = {"lot_id": arguments.lot, "issued_by": arguments.issued_by, "issued_at": at}
    shown = {"nonce": nonce.hex(), "nonce_sha256": sha256(nonce)}
    try:
        return IssuedChallenge.model_validate({"schema": "challenge/1", **said, **shown})
    except ValidationError as error:
        raise WrongUsage("; ".join(str(fault) for fault in faults_of(IssuedChallenge, error))) from None
