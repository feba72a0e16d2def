"""harness custody: the log of a lot's hand-overs, which every party signs; written, shown and checked."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.key_files import add_passphrases, signing_keys
from harness.cli.options import instant
from harness.cli.output import Exit, printable, say, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.authenticate import Trust
    from harness.evidence.custody import KeysAt
    from harness.evidence.custody_chain import Link
    from harness.model.aspects import AspectFacts
    from harness.model.custody import Part
    from harness.model.lab_report import NamedDocument
    from harness.model.signed_report import SignedReport

_EPILOG = """\
examples:
  harness custody add lot.custody.json --type sealed --from acme --lot LOT-7 --units units.txt \\
      --place "Acme, dock 3" --seals-applied S-1001 --key acme.pem
  harness custody add lot.custody.json --type handed-over --from acme --to example-lab --place "Example, goods in" \\
      --seals-found S-1001 --key acme.pem
  harness custody sign lot.custody.json --key example-lab.pem            the other party signs the last event
  harness custody show lot.custody.json
  harness custody check lot.custody.json --trust-root T --trust-root-sha256 H --report report.dsse.json

exit codes of check: 0 complete, 1 broken, 2 unreadable or wrong usage, 3 no more than stated
"""
_TYPES = (
    *("sealed", "handed-over", "received", "opened", "measured"),
    *("resealed", "shipped", "returned", "split", "merged"),
)
_LARGEST_LIST = 64 * 1024 * 1024
_OF_LEVEL = {"complete": Exit.PASS, "broken": Exit.FAIL, "stated": Exit.UNDECIDED, "none": Exit.UNDECIDED}


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "custody",
        help="the hand-overs of a lot, signed by every party: add, sign, show, check",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    deeds = command.add_subparsers(dest="deed", metavar="add|sign|show|check", required=True)
    _add_options(deeds.add_parser("add", help="add an event, and sign it"))
    sign = deeds.add_parser("sign", help="sign an event that stands in the log")
    _log_options(sign)
    sign.add_argument("--event", metavar="N", type=int, default=0, help="which event (default: the last)")
    sign.set_defaults(run=_sign)
    show = deeds.add_parser("show", help="print the events")
    show.add_argument("log", metavar="LOG", help="a custody log")
    show.set_defaults(run=_show)
    _check_options(deeds.add_parser("check", help="hold the chain, its seals, units and signatures together"))


def _log_options(command: Any) -> None:
    command.add_argument("log", metavar="LOG", help="a custody log")
    command.add_argument(
        "--key", metavar="FILE", action="append", default=[], help="a private key (PEM); may stand several times"
    )
    add_passphrases(command)
    command.add_argument("-o", "--output", metavar="FILE", help="where to write (default: LOG itself)")
    command.add_argument("--force", action="store_true", help="write over another file that is there")


def _add_options(command: Any) -> None:
    _log_options(command)
    command.add_argument("--type", choices=_TYPES, required=True, help="what happened")
    command.add_argument(
        "--from", dest="giver", metavar="ORGANISATION", required=True, help="who gives the lot or acts"
    )
    command.add_argument("--to", dest="taker", metavar="ORGANISATION", help="who takes it")
    command.add_argument("--from-party", metavar="NAME", help="the person or place that gives it, in plain words")
    command.add_argument("--to-party", metavar="NAME", help="the person or place that takes it, in plain words")
    command.add_argument("--place", metavar="PLACE", required=True, help="where")
    command.add_argument("--at", metavar="INSTANT", type=instant, help="when (default: now)")
    command.add_argument("--lot", metavar="ID", help="the lot (default: as before)")
    command.add_argument("--units", metavar="FILE", help="ids of all units then held, one a line (default: as before)")
    command.add_argument(
        "--part", metavar="FILE", action="append", default=[], help="ids of units that a split takes or a merger brings"
    )
    for what, says in (("applied", "put on"), ("removed", "taken off"), ("broken", "found broken")):
        command.add_argument(f"--seals-{what}", metavar="SEAL", nargs="+", default=[], help=f"seals that were {says}")
    command.add_argument(
        "--seals-found", metavar="SEAL", nargs="*", help="seals that were found whole; without any, none"
    )
    command.add_argument("--evidence", metavar="FILE", action="append", default=[], help="a photograph, a waybill")
    command.set_defaults(run=_add)


def _check_options(command: Any) -> None:
    command.add_argument("log", metavar="LOG", help="a custody log")
    command.add_argument("--trust-root", metavar="FILE", help="whose keys count; without it nothing is complete")
    command.add_argument("--trust-root-sha256", metavar="HEX", help="the SHA-256 of that file, from its keeper")
    command.add_argument("--now", metavar="INSTANT", type=instant, help="the clock (default: that of the machine)")
    command.add_argument("--report", metavar="REPORT", help="the lab report on the lot, signed or plain")
    command.add_argument("--laboratory", metavar="ORGANISATION", help="who measured, where the report is plain")
    command.add_argument("--units", metavar="FILE", help="ids of all units of the lot, one a line")
    command.add_argument("--format", choices=("text", "json"), default="text", help="json is custody-check/1")
    command.set_defaults(run=_check)


# --- Writing --------------------------------------------------------------------------------------------------------


def _add(arguments: argparse.Namespace) -> Exit:
    """Add an event behind the last one."""
    from harness.codec.report_files import read_bytes
    from harness.evidence.custody_chain import read_chain
    from harness.evidence.custody_writing import event_after, with_event

    data = read_bytes(arguments.log) if os.path.lexists(arguments.log) else None
    chain = () if data is None else read_chain(data, arguments.log)
    units = None if arguments.units is None else _unit_ids(arguments.units)
    event = _worded(
        event_after,
        chain[-1] if chain else None,
        type=arguments.type,
        at=(arguments.at or datetime.now(UTC).replace(microsecond=0)).isoformat(),
        place=arguments.place,
        from_organisation=arguments.giver,
        to_organisation=arguments.taker,
        from_party=arguments.from_party,
        to_party=arguments.to_party,
        lot_id=arguments.lot,
        units=None if units is None else len(units),
        units_root=None if units is None else _digest(units),
        parts=tuple(_part(path) for path in arguments.part),
        seals_applied=tuple(arguments.seals_applied),
        seals_removed=tuple(arguments.seals_removed),
        seals_broken=tuple(arguments.seals_broken),
        seals_found=None if arguments.seals_found is None else tuple(arguments.seals_found),
        evidence=tuple(_document(path) for path in arguments.evidence),
    )
    content = with_event(data, arguments.log, event, signing_keys(arguments))
    _write(arguments, content)
    _warn(read_chain(content, arguments.log))
    return Exit.PASS


def _worded(make: Any, *words: Any, **stated: Any) -> Any:
    """Make a document of words on the command line, whose faults are those of the words."""
    from pydantic import ValidationError

    from harness.codec.documents import faults_of
    from harness.model.custody import ChainEvent

    try:
        return make(*words, **stated)
    except ValidationError as error:
        raise WrongUsage("; ".join(str(fault) for fault in faults_of(ChainEvent, error))) from None


def _unit_ids(path: str) -> list[str]:
    """Return the ids in a file, one a line.

    Raises:
        WrongUsage: It holds none, one twice, or is no text.
    """
    from harness.codec.report_files import read_bytes

    data = read_bytes(path, _LARGEST_LIST)
    if len(data) > _LARGEST_LIST:
        raise WrongUsage(f"{path}: more than {_LARGEST_LIST:,} bytes of ids")
    try:
        ids = [line.strip() for line in data.decode("utf-8").split("\n") if line.strip()]
    except UnicodeDecodeError:
        raise WrongUsage(f"{path}: need ids in UTF-8, one a line") from None
    if not ids:
        raise WrongUsage(f"{path}: no id; need one a line")
    if len(set(ids)) < len(ids):
        twice = next(one for n, one in enumerate(ids) if one in ids[:n])
        raise WrongUsage(f"{path}: {twice} stands twice; need each unit once")
    return ids


def _digest(units: list[str]) -> str:
    from harness.evidence.custody_chain import units_digest

    return units_digest(units)


def _part(path: str) -> "Part":
    from harness.model.custody import Part

    ids = _unit_ids(path)
    return Part(units=len(ids), units_root=_digest(ids))


def _document(path: str) -> "NamedDocument":
    import hashlib

    from harness.codec.report_files import opened
    from harness.model.lab_report import NamedDocument

    with opened(path) as file:
        return NamedDocument(title=Path(path).name, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def _sign(arguments: argparse.Namespace) -> Exit:
    """Sign an event that stands in the log."""
    from harness.codec.report_files import read_bytes
    from harness.evidence.custody_writing import with_signatures

    data = read_bytes(arguments.log)
    _write(arguments, with_signatures(data, arguments.log, arguments.event, signing_keys(arguments)))
    return Exit.PASS


def _write(arguments: argparse.Namespace, content: bytes) -> None:
    """Write the log in its own place, or in another one."""
    output = arguments.output or arguments.log
    itself = os.path.realpath(output) == os.path.realpath(arguments.log)
    write_whole(Path(output), content, force=arguments.force or itself)
    print(f"wrote {printable(output)}")


def _warn(chain: "tuple[Link, ...]") -> None:
    """Tell what the new event does not fit to; it may be true all the same, such as a seal that was found broken."""
    from harness.evidence.custody import chain_findings

    for finding in chain_findings(chain, _rules()):
        if finding.where.startswith(f"{chain[-1].where}."):
            say(f"note: {finding.code}: {finding.where}: got {finding.got}; need {finding.need}")


# --- Reading --------------------------------------------------------------------------------------------------------


def _show(arguments: argparse.Namespace) -> Exit:
    """Print the events."""
    from harness.codec.report_files import read_bytes
    from harness.evidence.custody_chain import read_chain
    from harness.render.custody import events_text

    chain = read_chain(read_bytes(arguments.log), arguments.log)
    print(printable(f"lot {chain[-1].event.lot_id}, {chain[-1].event.units} units"))
    print(events_text([(link.event, [hint for hint, _ in link.envelope.signatures]) for link in chain], printable))
    return Exit.PASS


def _check(arguments: argparse.Namespace) -> Exit:
    """Check a log, alone or against a report."""
    from harness.codec.report_files import read_bytes
    from harness.evidence.custody_chain import read_chain
    from harness.render.custody import check_document, check_text

    trust = _trust(arguments)
    data = read_bytes(arguments.log)
    chain = read_chain(data, arguments.log)
    facts = _facts(arguments, chain, trust)
    found = check_document(facts.level, facts.says, len(chain), facts.findings)
    if arguments.format == "json":
        print(found.model_dump_json(by_alias=True, indent=2))
    else:
        print(check_text(found, printable), end="")
    return _OF_LEVEL[facts.level]


def _trust(arguments: argparse.Namespace) -> "Trust":
    from harness.judge import trust_of

    now = arguments.now or (datetime.now(UTC) if arguments.trust_root is not None else None)
    return trust_of(arguments.trust_root, arguments.trust_root_sha256, now)


def _facts(arguments: argparse.Namespace, chain: "tuple[Link, ...]", trust: "Trust") -> "AspectFacts":
    from harness.evidence.custody import chain_findings, events_after, facts_of, report_findings, signature_findings

    findings = chain_findings(chain, _rules())
    keys_at = _keys_at(trust)
    missing = None if keys_at is not None else "no trust root says whose keys these are (--trust-root)"
    if keys_at is not None:
        findings += signature_findings(chain, keys_at)
    if arguments.report is None:
        if arguments.laboratory or arguments.units:
            raise WrongUsage("--laboratory and --units say more of a report; next: --report REPORT")
        return facts_of(chain, findings, missing)
    from harness.authenticate import case_of
    from harness.codec.report_files import beside, read_bytes
    from harness.judge import folder_of

    data = read_bytes(arguments.report)
    case = case_of(data, arguments.report, None, beside(folder_of(arguments.report)), trust)
    signed = _signed(data, arguments.report, {one.aspect: one.level for one in case.aspects})
    signed_by = arguments.laboratory or (signed.laboratory if signed else None)
    units = None if arguments.units is None else _unit_ids(arguments.units)
    findings += report_findings(chain, case.report, signed_by, units)
    findings += events_after(chain, signed.issued_at if signed else None)
    if missing is None and signed_by is None:
        missing = "nobody whose signature holds has issued the report (--laboratory says who measured)"
    return facts_of(chain, findings, missing)


def _keys_at(trust: "Trust") -> "KeysAt | None":
    root = trust.root
    if root is None:
        return None
    from functools import partial

    from harness.evidence.roles import holders_of

    return partial(holders_of, root)


def _signed(data: bytes, source: str, levels: dict[Any, str]) -> "SignedReport | None":
    """Return what a laboratory signed of a report, where its signature was verified and holds."""
    if levels.get("authenticity") not in ("signed", "countersigned"):
        return None
    from harness.evidence.dsse import opened
    from harness.evidence.statement import read_statement
    from harness.model.signed_report import STATEMENT_TYPE

    return read_statement(opened(data, source, STATEMENT_TYPE).payload, source).predicate


def _rules() -> Any:
    from harness.codec.method_files import read_method

    rules = read_method()[0].custody
    if rules is None:
        raise WrongUsage("the method file has no part [custody]")
    return rules
