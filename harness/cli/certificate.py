"""harness certificate: the laboratory's certification of one shipment, to be printed and signed, or checked."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.options import day
from harness.cli.output import Exit, complain, printable, say, wants_colour, write_whole
from harness.cli.trust_options import chosen_trust, trust_options
from harness.errors import Fault, UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from datetime import date

    from harness.certificate import Refused
    from harness.model.certificate import Certificate

_EPILOG = """\
examples:
  harness certificate report.json
  harness certificate report.json -o certificate.html
  harness certificate report.json -o certificate.json
  harness certificate report.dsse.json --trust-root root.json --trust-root-sha256 HEX --html certificate.html
  harness certificate --check certificate.json report.json

A certificate is about one lot, so about one report. There is none unless the capability lens passes for certain and the
evidence is not void; every reason is then named, and nothing is written. No official form exists; this one is the
harness's own. A certificate in JSON can be checked: it is made again from the report, by the law of today.

exit codes: 0 issued, or it still follows; 1 refused, or it does not follow; 2 unreadable or wrong usage; 3 something is
not known that would have to be
"""
_KINDS = (".html", ".json", ".txt")
_MOST_SHOWN = 20


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "certificate",
        help="write the laboratory's certification of a shipment, or check one against its report",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("reports", metavar="REPORT", nargs="+", help='a lab report, or "-" for standard input')
    command.add_argument("--as-of", metavar="DAY", type=day, help="a day, YYYY-MM-DD, in place of all four dates")
    command.add_argument("--check", metavar="CERTIFICATE", help="say whether this one still follows from the report")
    command.add_argument("--format", choices=("text", "json"), help="how to print (default: text)")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--html", metavar="FILE", help="write a page to print and sign")
    where.add_argument("-o", "--output", metavar="FILE", help=f"write a file: {', '.join(_KINDS)}")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    trust_options(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Issue a certificate, or check one."""
    from harness.certificate import Refused

    kind = _kind(arguments)
    if arguments.check is not None:
        return _checked(arguments)
    found = _certified(arguments, arguments.as_of)
    if isinstance(found, Refused):
        return _refused(arguments.reports[0], found)
    target = arguments.html or arguments.output
    if target is None:
        print(_written(found, kind, colour=wants_colour()), end="")
    else:
        write_whole(Path(target), _written(found, kind, colour=False), force=arguments.force)
        print(f"wrote {printable(target)}")
    return Exit.PASS


def _kind(arguments: argparse.Namespace) -> str:
    """Return what is written, as the ending of a file's name.

    Raises:
        WrongUsage: Options that do not go together, or a file of no kind that is written.
    """
    if len(arguments.reports) > 1:
        raise WrongUsage(f"got {len(arguments.reports)} reports; a certificate is about one shipment, so about one lot")
    if arguments.state is not None:
        raise WrongUsage("--state tells what comes again; a certificate is the same whenever it is made")
    target = arguments.html or arguments.output
    if arguments.check is not None and (target or arguments.format or arguments.as_of):
        raise WrongUsage("--check makes the certificate again as it says that it was made; it takes no other options")
    if target is not None and arguments.format is not None:
        raise WrongUsage("--format is for what is printed; the ending of a file's name says what is written")
    if arguments.output is None:
        return ".html" if arguments.html else f".{arguments.format or 'text'}"
    kind = Path(arguments.output).suffix.lower()
    if kind not in _KINDS:
        raise WrongUsage(f"got a file {arguments.output!r}; need one that ends in {', '.join(_KINDS)}")
    return kind


def _certified(arguments: argparse.Namespace, as_of: "date | None") -> "Certificate | Refused":
    from harness.certificate import certified
    from harness.codec.law_files import read_law
    from harness.codec.report_files import read_bytes
    from harness.judge import folder_of

    source = arguments.reports[0]
    trust = chosen_trust(arguments)
    return certified(read_bytes(source), source, read_law(), as_of=as_of, folder=folder_of(source), trust=trust)


def _written(certificate: "Certificate", kind: str, *, colour: bool) -> str:
    if kind == ".json":
        from harness.codec.certificate_files import written

        return written(certificate).decode()
    if kind == ".html":
        from harness.render.certificate_page import as_page

        return as_page(certificate, shown=printable)
    from harness.render.certificate import as_text

    return as_text(certificate, colour=colour, shown=printable)


def _refused(source: str, refused: "Refused") -> Exit:
    """Name every reason on standard error; there is nothing to print."""
    undecided = refused.outcome == "undecided"
    said = "no certificate can be issued before more is known" if undecided else "no certificate may be issued"
    say(f"{source}: {said}; nothing was written")
    complain(UnreadableInput(source, refused.faults))
    return Exit.UNDECIDED if undecided else Exit.FAIL


# --- Checking ---------------------------------------------------------------------------------------------------------


def _checked(arguments: argparse.Namespace) -> Exit:
    from harness.certificate import Refused
    from harness.codec.certificate_files import certificate_in, differences
    from harness.codec.report_files import read_bytes
    from harness.codec.verdict_files import LIMITS

    source, report = arguments.check, arguments.reports[0]
    if source == "-" and report == "-":
        raise WrongUsage('"-" can stand for standard input once')
    data = read_bytes(source, LIMITS.largest_bytes)
    stated = certificate_in(data, source)
    follows = _certified(arguments, stated.receipt.dates.as_of)
    if isinstance(follows, Refused):
        print(f"{printable(source)}: does not follow from {printable(report)}: today nothing may be certified from it")
        _refused(report, follows)
        return Exit.FAIL
    found = list(differences(data, source, follows))
    if not found:
        print(f"{printable(source)}: follows from {printable(report)}")
        return Exit.PASS
    print(f"{printable(source)}: does not follow from {printable(report)}: {_why(stated, follows)}")
    _tell(source, found)
    return Exit.FAIL


def _why(stated: "Certificate", follows: "Certificate") -> str:
    """Return what of the inputs is another; where none is, the certificate itself was altered."""
    one, other = stated.receipt, follows.receipt
    changed = {
        "the report": one.inputs.report_sha256 != other.inputs.report_sha256,
        "what it attaches": one.inputs.attachments_sha256 != other.inputs.attachments_sha256,
        "the law": one.law_sha256 != other.law_sha256,
        "the method": one.inputs.method_sha256 != other.inputs.method_sha256,
        "the spec file": one.inputs.spec_sha256 != other.inputs.spec_sha256,
        "the engine": one.engine_version != other.engine_version,
        "the trust root, the clock or a proof": one.verification != other.verification,
    }
    named = [what for what, differs in changed.items() if differs]
    return f"not the same: {', '.join(named)}" if named else "it was altered, for all that it was made from is the same"


def _tell(source: str, found: list[Fault]) -> None:
    complain(UnreadableInput(source, tuple(found[:_MOST_SHOWN])))
    if len(found) > _MOST_SHOWN:
        say(f"{source}: and {len(found) - _MOST_SHOWN:,} more differences")
