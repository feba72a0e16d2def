"""harness attest: one device's attestation, offline."""

import argparse
import re
from datetime import datetime
from typing import Any

from harness.cli.output import Exit, printable, wants_colour
from harness.errors import WrongUsage

_EPILOG = """\
examples:
  harness attest report.hex --chain chain.pem --root maker-root.pem --nonce 931d8dd0...
  harness attest report.bin --chain chain.pem --root 102bf659d541... --format json

REPORT is the SPDM 1.1 report of a device, as bytes or as hexadecimal digits; CHAIN holds its certificates in PEM, the
one whose key signed first, the root last. No server is asked. Without --nonce the report may be a recording.

exit codes: 0 it holds, 1 it does not, 2 unreadable or wrong usage
"""
_SHA256 = re.compile("[0-9a-f]{64}")


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "attest",
        help="verify the attestation of a device offline: which device answered, with which firmware",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("report", metavar="REPORT", help='the report of the device, or "-" for standard input')
    command.add_argument("--chain", metavar="CHAIN", required=True, help="its certificates, PEM")
    command.add_argument(
        "--root",
        metavar="SHA256|FILE",
        action="append",
        required=True,
        help="a root certificate that counts: SHA-256 of its DER, or a PEM file; may stand several times",
    )
    command.add_argument("--nonce", metavar="HEX", help="what the device was asked with, 64 hexadecimal digits")
    command.add_argument(
        "--now", metavar="TIME", help="when the certificates must be valid, such as 2026-08-04T15:00:00Z"
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="text (default), or attestation/1")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Verify the report, and return 1 where it does not hold."""
    nonce = _nonce(arguments.nonce)
    now = _instant(arguments.now)
    from harness.codec.digest import sha256
    from harness.codec.report_files import read_bytes
    from harness.evidence.attestation import attested
    from harness.evidence.certificate_chain import LARGEST_CHAIN_BYTES
    from harness.evidence.spdm import LARGEST_REPORT_BYTES
    from harness.render.attestation import as_lines, as_record

    report = read_bytes(arguments.report, LARGEST_REPORT_BYTES)
    chain = read_bytes(arguments.chain, LARGEST_CHAIN_BYTES)
    roots = {"the root given": [digest for word in arguments.root for digest in _root(word)]}
    device = attested(
        report, chain, roots, nonce, now, report_name=str(arguments.report), chain_name=str(arguments.chain)
    )
    if arguments.format == "json":
        files = (arguments.report, sha256(report)), (arguments.chain, sha256(chain))
        print(as_record(device, *files, printable).model_dump_json(by_alias=True, indent=2))
    else:
        print(f"Device report {printable(arguments.report)}")
        for line in as_lines(device, printable, colour=wants_colour()):
            print(line)
    return Exit.FAIL if device.findings else Exit.PASS


def _nonce(text: str | None) -> bytes | None:
    if text is None:
        return None
    if not _SHA256.fullmatch(text.lower()):
        raise WrongUsage(f"--nonce: got {text[:80]!r}; need 64 hexadecimal digits")
    return bytes.fromhex(text)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    from harness.model.document import INSTANT

    if not re.fullmatch(INSTANT, text):
        raise WrongUsage(f"--now: got {text[:80]!r}; need a time such as 2026-08-04T15:00:00Z")
    return datetime.fromisoformat(text)


def _root(word: str) -> list[str]:
    """Return the digests of the root certificates that a word on the command line stands for.

    Raises:
        UnreadableInput: It is the name of a file that holds no certificate.
    """
    if _SHA256.fullmatch(word.lower()):
        return [word.lower()]
    from harness.codec.digest import sha256
    from harness.codec.report_files import read_bytes
    from harness.evidence.certificate_chain import LARGEST_CHAIN_BYTES, certificates

    return [sha256(der) for der in certificates(read_bytes(word, LARGEST_CHAIN_BYTES), word)]
