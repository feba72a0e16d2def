"""Checkpoints of a ledger and proofs: what signs, what proves, and what verifies without the ledger."""

import argparse
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.output import Exit, printable, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.ledger.ledger import Ledger

_MOST = 10**12


def opened_ledger(arguments: argparse.Namespace) -> "closing[Ledger]":
    """Open the ledger that is named."""
    from harness.ledger.ledger import Ledger

    return closing(Ledger.at(arguments.ledger))


def number(least: int) -> Callable[[str], int]:
    """Return what reads a number of entries or units, which has a least and the most that a log can have."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) and least <= int(text) <= _MOST:
            return int(text)
        raise argparse.ArgumentTypeError(f"got {text!r:.40}; need a whole number from {least} to {_MOST}")

    return read


def add_key(action: Any, *, needed: bool) -> None:
    """Add the options that name the key of the log."""
    action.add_argument("--key", metavar="FILE", required=needed, help="the Ed25519 key that signs checkpoints, in PEM")
    action.add_argument("--passphrase-file", metavar="FILE", help="where the key is encrypted, a file that holds it")


def signing_key(arguments: argparse.Namespace) -> Any:
    """Return the key that is named."""
    from harness.codec.report_files import read_bytes
    from harness.evidence.keys import UnusableKey, private_key

    phrase = read_bytes(arguments.passphrase_file).rstrip(b"\r\n") if arguments.passphrase_file else None
    try:
        return private_key(read_bytes(arguments.key), phrase)
    except UnusableKey as error:
        raise WrongUsage(f"{arguments.key}: {error}") from None


def vkey_of(name: str, key: Any, source: str) -> str:
    """Return the verifier key of a log that a key signs."""
    from harness.evidence.keys import UnusableKey, public_of
    from harness.evidence.signed_note import verifier_text

    try:
        return verifier_text(name, public_of(key))
    except UnusableKey as error:
        raise WrongUsage(f"{source}: {error}") from None


def _written(text: str, output: str | None, *, force: bool, what: str) -> None:
    if output in (None, "-"):
        print(text, end="")
    else:
        write_whole(Path(str(output)), text, force=force)
        print(f"wrote {printable(str(output))}: {what}")


def _output_options(action: Any) -> None:
    action.add_argument("-o", "--output", metavar="FILE", help="write here in place of standard output")
    action.add_argument("--force", action="store_true", help="write over a file that is there")


def add_checkpoint(action: Any) -> None:
    """Add the options of `checkpoint`."""
    add_key(action, needed=True)
    _output_options(action)


def checkpoint(arguments: argparse.Namespace) -> Exit:
    """Sign what the ledger holds."""
    from harness.evidence.keys import UnusableKey
    from harness.ledger.proving import new_checkpoint

    key = signing_key(arguments)
    with opened_ledger(arguments) as ledger:
        try:
            note = new_checkpoint(ledger, key)
        except UnusableKey as error:
            raise WrongUsage(f"{arguments.key}: {error}") from None
    _written(note, arguments.output, force=arguments.force, what=f"a checkpoint of {note.splitlines()[1]} entries")
    return Exit.PASS


def add_prove(action: Any) -> None:
    """Add the options of `prove`."""
    what = action.add_mutually_exclusive_group(required=True)
    what.add_argument("--seq", metavar="N", type=number(0), help="prove that this entry stands in the log")
    what.add_argument("--consistency", metavar="SIZE", type=number(1), help="prove that so many entries are as before")
    action.add_argument("--checkpoint", metavar="FILE", help="against this one, such as one that witnesses signed")
    _output_options(action)


def prove(arguments: argparse.Namespace) -> Exit:
    """Print or write a proof."""
    from harness.codec.report_files import read_bytes
    from harness.ledger.proving import entry_proof, history_proof

    outside = (arguments.checkpoint, read_bytes(arguments.checkpoint)) if arguments.checkpoint else None
    with opened_ledger(arguments) as ledger:
        if arguments.seq is not None:
            text = entry_proof(ledger, arguments.seq, outside)
        else:
            text = history_proof(ledger, arguments.consistency, outside)
    _written(text, arguments.output, force=arguments.force, what="a proof")
    return Exit.PASS


def add_verify_proof(action: Any) -> None:
    """Add the options of `verify-proof`."""
    action.add_argument("proof", metavar="PROOF", help="what `prove` wrote")
    action.add_argument("--vkey", metavar="KEY", required=True, help="the verifier key of the log, name+hash+base64")
    action.add_argument("--event", metavar="FILE", help="the event; else the one that it brings along")
    action.add_argument(
        "--old", metavar="FILE", help="the older checkpoint, of which it shows that the log continues it"
    )
    action.add_argument(
        "--witness",
        metavar="KEY",
        action="append",
        default=[],
        help="verifier key of a witness; several may stand",
    )
    action.add_argument(
        "--quorum", metavar="N", type=number(1), help="how many of them must have signed (default: all)"
    )


def verify_proof(arguments: argparse.Namespace) -> Exit:
    """Verify a proof."""
    from harness.codec.report_files import read_bytes
    from harness.ledger.verifying import verified_entry, verified_history

    data = read_bytes(arguments.proof)
    keys = [vkey(arguments.vkey), *(vkey(text) for text in arguments.witness)]
    _sound_witnesses(keys)
    quorum = len(arguments.witness) if arguments.quorum is None else arguments.quorum
    # What was asked must be what is shown, whatever the file would rather show.
    if arguments.event and arguments.old:
        raise WrongUsage("got --event and --old; need one of them: a proof shows one or the other")
    if data.startswith(b"old "):
        if arguments.event:
            raise WrongUsage(f"{arguments.proof} proves that a log continues an older checkpoint, and no event")
        if not arguments.old:
            raise WrongUsage("this proof is that a log continues an older checkpoint; next: --old FILE")
        old = (arguments.old, read_bytes(arguments.old))
        answer = verified_history(data, arguments.proof, old, keys, quorum)
    else:
        if arguments.old:
            raise WrongUsage(f"{arguments.proof} proves an entry, and not that a log continues an older checkpoint")
        event = (arguments.event, read_bytes(arguments.event)) if arguments.event else None
        answer = verified_entry(data, arguments.proof, event, keys, quorum)
    print(printable(answer.says))
    return Exit.PASS if answer.holds else Exit.FAIL


def _sound_witnesses(keys: list[Any]) -> None:
    log, *witnesses = keys
    if any(key.key.key_id == log.key.key_id for key in witnesses):
        raise WrongUsage("--witness: got the key of the log; need that of somebody else: a log is no witness of itself")


def vkey(text: str) -> Any:
    """Return the verifier key in a word."""
    from harness.evidence.keys import UnusableKey
    from harness.evidence.signed_note import verifier_key

    try:
        return verifier_key(text)
    except UnusableKey as error:
        raise WrongUsage(f"got {text!r}: {error}") from None
