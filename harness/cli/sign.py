"""harness sign: put a lab report into an envelope that the laboratory's keys sign."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.cli.key_files import add_passphrases, signing_keys
from harness.cli.options import instant
from harness.cli.output import Exit, write_whole
from harness.errors import WrongUsage

_EPILOG = """\
examples:
  harness sign report.json --key lab.pem --laboratory example-lab -o report.dsse.json
  harness sign report.json --key lab.pem --laboratory example-lab --sequence 42 --expires 2027-06-30T00:00:00Z \\
      -o report.dsse.json
  harness sign report.dsse.json --key second.pem -o countersigned.dsse.json
  harness sign --extract report.dsse.json -o report.json

An envelope is signed once more with every key that is given; a plain report needs --laboratory, its organisation in the
trust root. `harness verify ENVELOPE --trust-root FILE --trust-root-sha256 HEX` verifies it, offline.
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "sign",
        help="sign a lab report",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("report", metavar="REPORT", help="a lab report, or an envelope to sign once more")
    command.add_argument(
        "--key", metavar="FILE", action="append", default=[], help="a private key (PEM); may stand several times"
    )
    add_passphrases(command)
    command.add_argument("--laboratory", metavar="ORGANISATION", help="the laboratory, as its keys name it")
    command.add_argument("--issued-at", metavar="INSTANT", type=instant, help="when it is issued (default: now)")
    command.add_argument("--expires", metavar="INSTANT", type=instant, help="until when it may be relied on")
    command.add_argument("--sequence", metavar="N", type=int, help="its number among the reports of the laboratory")
    command.add_argument("--extract", action="store_true", help="write the report of an envelope, as it was signed")
    command.add_argument("-o", "--output", metavar="FILE", required=True, help="where to write")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Sign, countersign or extract."""
    from harness.authenticate import report_of
    from harness.codec.enveloped_reports import is_enveloped
    from harness.codec.report_files import read_bytes

    data = read_bytes(arguments.report)
    enveloped = is_enveloped(data)
    if arguments.extract:
        if not enveloped:
            raise WrongUsage(f"{arguments.report} is in no envelope")
        content = report_of(data, arguments.report)
    else:
        content = _countersigned(arguments, data) if enveloped else _signed(arguments, data)
    write_whole(Path(arguments.output), content, force=arguments.force)
    print(f"wrote {arguments.output}")
    return Exit.PASS


def _countersigned(arguments: argparse.Namespace, data: bytes) -> bytes:
    from harness.evidence.dsse import countersigned
    from harness.model.signed_report import STATEMENT_TYPE

    said = ("laboratory", "issued_at", "expires", "sequence")
    given = [f"--{name.replace('_', '-')}" for name in said if getattr(arguments, name) is not None]
    if given:
        raise WrongUsage(f"{', '.join(given)}: what is signed already says it, and a second signature changes nothing")
    return countersigned(data, arguments.report, STATEMENT_TYPE, signing_keys(arguments))


def _signed(arguments: argparse.Namespace, data: bytes) -> bytes:
    from harness.evidence.dsse import enveloped
    from harness.evidence.statement import statement_of
    from harness.model.signed_report import STATEMENT_TYPE

    if arguments.laboratory is None:
        raise WrongUsage("a report needs --laboratory: its organisation in the trust root, such as example-lab")
    keys = signing_keys(arguments)
    payload = statement_of(
        data,
        arguments.report,
        report_name=Path(arguments.report).name if arguments.report != "-" else None,
        laboratory=arguments.laboratory,
        issued_at=arguments.issued_at or datetime.now(UTC).replace(microsecond=0),
        expires_at=arguments.expires,
        sequence=arguments.sequence,
    )
    return enveloped(payload, STATEMENT_TYPE, keys)
