"""harness ledger: what was shipped, in a log that is never edited, and the share that may go."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.ledger_proofs import (
    add_checkpoint,
    add_key,
    add_prove,
    add_verify_proof,
    checkpoint,
    number,
    opened_ledger,
    prove,
    signing_key,
    verify_proof,
    vkey,
    vkey_of,
)
from harness.cli.options import add_reading, day, examples_of
from harness.cli.output import Exit, Progress, printable, say, standard_input
from harness.errors import Fault, UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.ledger.incoming import Placed
    from harness.ledger.ledger import EntriesRefused, Ledger, Recorded
    from harness.model.ledger_event import LedgerEvent
    from harness.model.volume_cap import Cap

_EPILOG = """\
examples:
  harness ledger init shipments.ledger --name example.com/shipments --key log-key.pem
  harness ledger record shipments.ledger --event product day=2024-06-03 model=H200 declared=report.json
  harness ledger record shipments.ledger --us-shipment day=2026-02-02 product=H200 units=64 to="Example Cloud" \\
      customer_country=US us_end_use=yes reference=INV-1 evidence=invoice.pdf
  harness ledger record shipments.ledger --export day=2026-03-02 product=H200 units=8 country=CN shipment=S-1 \\
      licence=D-1
  harness ledger record shipments.ledger shipments.csv
  harness ledger cap shipments.ledger --product H200
  harness ledger checkpoint shipments.ledger --key log-key.pem -o now.checkpoint
  harness ledger prove shipments.ledger --seq 4 -o entry.tlog-proof
  harness ledger verify-proof entry.tlog-proof --vkey example.com/shipments+...
  harness ledger check shipments.ledger --checkpoint now.checkpoint
  harness ledger show shipments.ledger --last 20

A ledger is a file, or a database by its URL, postgresql://USER@HOST/NAME.

exit codes: 0; 1 an entry is refused, the cap is crossed, a proof does not hold, or something was changed; 2 input that
cannot be read, or a ledger that cannot be written; 3 it depends on a reading of the law
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "ledger",
        help="shipments and the cap on exports: record, check, prove",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text, add, act in (
        ("init", "make an empty ledger", _init_options, _init),
        ("record", "add events, all of them or none", _record_options, _record),
        ("cap", "what went against what stayed, at every moment, and how many more may go", _cap_options, _cap),
        ("checkpoint", "sign what the ledger holds now", add_checkpoint, checkpoint),
        ("prove", "prove an entry, or that the log continues what it was", add_prove, prove),
        ("verify-proof", "verify a proof, without the ledger", add_verify_proof, verify_proof),
        ("check", "verify everything again, and name what was changed", _check_options, _check),
        ("show", "what the ledger holds", _show_options, _show),
    ):
        action = actions.add_parser(
            name, help=text, description=text, epilog=examples_of(_EPILOG, f"ledger {name}"),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        if name != "verify-proof":
            action.add_argument("ledger", metavar="LEDGER", help="a file, or postgresql://...")
        add(action)
        action.set_defaults(act=act)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Do one thing with a ledger."""
    found: Exit = arguments.act(arguments)
    return found


def _caps(arguments: argparse.Namespace) -> "tuple[Cap, ...]":
    from harness.codec.cap_law import caps
    from harness.codec.law_files import read_law
    from harness.judge import law_with

    return caps(law_with(readings=arguments.reading) if arguments.reading else read_law())


# --- init -----------------------------------------------------------------------------------------------------------


def _init_options(action: Any) -> None:
    action.add_argument("--name", metavar="NAME", help="name of the log, such as example.com/shipments")
    add_key(action, needed=False)


def _init(arguments: argparse.Namespace) -> Exit:
    from harness.ledger.ledger import Ledger
    from harness.ledger.store import is_url

    name = arguments.name or ("ledger" if is_url(arguments.ledger) else Path(arguments.ledger).stem)
    if not name or "+" in name or any(one.isspace() or not one.isprintable() for one in name):
        raise WrongUsage(
            f"got the name {name!r}; need one without spaces and plus signs, such as example.com/shipments"
        )
    text = vkey_of(name, signing_key(arguments), arguments.key) if arguments.key else None
    with closing(Ledger.new(arguments.ledger, name, text)) as ledger:
        print(f"made {printable(ledger.store.place)}: an empty ledger, the log {printable(name)}")
    if text:
        print(f"its checkpoints are verified by {text}")
    return Exit.PASS


# --- record ---------------------------------------------------------------------------------------------------------


class _InWords(argparse.Action):
    """Events in words, in the order in which they stand, whatever options name them."""

    def __call__(self, _: Any, arguments: Any, values: Any, option: str | None = None) -> None:
        words = list(values) if option == "--event" else [str(option).removeprefix("--"), *values]
        arguments.events = [*arguments.events, words]


def _files_anywhere(action: Any) -> None:
    """Let files stand after options too, where argparse takes them right after the ledger alone."""
    plain = action.parse_known_args

    def parse(*words: Any) -> tuple[argparse.Namespace, list[str]]:
        arguments, rest = plain(*words)
        files = [word for word in rest if word == "-" or not word.startswith("-")]
        arguments.files = [*arguments.files, *files]
        return arguments, [word for word in rest if word not in files]

    action.parse_known_args = parse


def _record_options(action: Any) -> None:
    _files_anywhere(action)
    action.add_argument(
        "files", metavar="FILE", nargs="*",
        help='events: one in .json, rows in .csv, else JSON lines; "-" reads JSON lines from standard input',
    )  # fmt: skip
    action.add_argument(
        "--event", metavar=("KIND", "KEY=VALUE"), nargs="+", action=_InWords, default=[], dest="events",
        help="an event in words, such as licence day=2026-01-20 number=D-1 product=H200 units=100 countries=CN ...",
    )  # fmt: skip
    for kind in ("us-shipment", "export"):
        action.add_argument(
            f"--{kind}", metavar="KEY=VALUE", nargs="+", action=_InWords, default=[], dest="events",
            help=f"the same as --event {kind}",
        )  # fmt: skip
    action.add_argument(
        "--as-happened", action="store_true",
        help="record what happened even where it crosses the cap or its licence; it is marked so",
    )  # fmt: skip
    action.add_argument(
        "--each", action="store_true", help="record each event by itself: one that is refused keeps no other out"
    )
    add_reading(action)


def _record(arguments: argparse.Namespace) -> Exit:
    from harness.ledger.ledger import EntriesRefused

    caps = _caps(arguments)
    with opened_ledger(arguments) as ledger:
        events = _incoming(arguments, ledger, caps)
        if arguments.each:
            return _each(ledger, events, caps, as_happened=arguments.as_happened)
        progress, places = Progress(_at_least(arguments.files), "recording"), list[str]()
        try:
            recorded = ledger.record(
                _noted(events, places), caps, as_happened=arguments.as_happened, each=progress.advance
            )
        except EntriesRefused as error:
            progress.clear()
            return _refused(ledger, error, places, "nothing was recorded")
        progress.clear()
        if not places:
            raise _nothing(arguments)
        _tell(ledger, recorded)
    return Exit.PASS


def _noted(events: "Iterator[Placed]", places: list[str]) -> "Iterator[LedgerEvent]":
    """Pass events on, and keep where each stands for what may have to be told of it."""
    for at, event in events:
        places.append(at)
        yield event


def _nothing(arguments: argparse.Namespace) -> WrongUsage:
    return WrongUsage(f"no event in {', '.join(arguments.files)}; nothing was recorded")


def _each(ledger: "Ledger", events: "Iterator[Placed]", caps: "tuple[Cap, ...]", *, as_happened: bool) -> Exit:
    from harness.cli.output import gravest
    from harness.ledger.ledger import EntriesRefused

    codes, empty = [], True
    for at, event in events:
        empty = False
        try:
            _tell(ledger, ledger.record([event], caps, as_happened=as_happened))
        except EntriesRefused as error:
            codes.append(_refused(ledger, error, [at], "this event was not recorded"))
    if empty:
        raise WrongUsage("no event came; nothing was recorded")
    return gravest(codes)


def _tell(ledger: "Ledger", recorded: "Recorded") -> None:
    """Say what was recorded, at once: what was said is what is there, whatever happens next."""
    for seq, refusal in recorded.told:
        say(f"{ledger.store.place}: entry {seq}, recorded as it happened: {refusal}")
    count = recorded.size - recorded.first
    what = f"entry {recorded.first}" if count == 1 else f"{count:,} entries from {recorded.first}"
    try:
        print(f"recorded {what}; root {recorded.root.hex()}", flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        need, advice = "a place to print to", f"{what} is recorded all the same: do not record it again"
        fault = Fault(where="standard output", got=error.strerror or str(error), need=need, next=advice)
        raise UnreadableInput(ledger.store.place, (fault,)) from None


def _refused(ledger: "Ledger", error: "EntriesRefused", places: list[str], said: str) -> Exit:
    for n, refusal in error.refused[:50]:
        say(f"{ledger.store.place}: {places[n]}: {refusal}")
    if len(error.refused) > 50:
        say(f"{ledger.store.place}: {len(error.refused) - 50:,} further refusals")
    happened = all(refusal.can_happen for _, refusal in error.refused)
    say(said + ("; next: --as-happened, if it did happen" if happened else ""))
    return Exit.UNDECIDED if not any(refusal.certain for _, refusal in error.refused) else Exit.FAIL


def _incoming(arguments: argparse.Namespace, ledger: "Ledger", caps: "tuple[Cap, ...]") -> "Iterator[Placed]":
    from harness.evidence.ledger_entry import product_id
    from harness.ledger.book_shelf import books_of
    from harness.ledger.capping import named_product
    from harness.ledger.incoming import events_in, of_command

    spoken = [(kind, words) for kind, *words in arguments.events]
    if not arguments.files and not spoken:
        raise WrongUsage("no event named; next: harness ledger record LEDGER FILE, or --event KIND KEY=VALUE ...")
    known: dict[str, str] = {}
    books = books_of(ledger.store, caps)

    def product_named(text: str) -> str:
        if text not in known:
            known[text] = text if len(text) == 64 else named_product(books, text)
        return known[text]

    def told() -> "Iterator[Placed]":
        for source in arguments.files:
            with _file(source) as file:
                yield from events_in(source, file, product_named)
        for kind, words in spoken:
            yield f"--event {kind}", of_command(kind, words, product_named)

    def every() -> "Iterator[Placed]":
        for at, event in told():
            if event.event.kind == "product":
                # What comes after it in the same call may name it.
                books.products.setdefault(product_id(event.event.declared), event.event)
                known.clear()
            yield at, event

    # Who types, or a slow program, must not keep other writers waiting.
    return iter(list(every())) if "-" in arguments.files and not arguments.each else every()


def _file(source: str) -> Any:
    from contextlib import nullcontext

    from harness.codec.report_files import opened

    return nullcontext(standard_input()) if source == "-" else closing(opened(source))


def _at_least(files: list[str]) -> int:
    """Return about how many events files hold, for the bar: what the lines of files come to that are files."""
    found = [path for path in map(Path, files) if path.is_file()]
    return sum(path.stat().st_size // 200 for path in found)


# --- cap ------------------------------------------------------------------------------------------------------------


def _cap_options(action: Any) -> None:
    action.add_argument(
        "--product", metavar="NAME", help="its model, or the beginning of its id; where there are several"
    )
    action.add_argument("--on", metavar="DAY", type=day, help="leave out what happened later than this day")
    action.add_argument(
        "--units", metavar="N", type=number(1), help="whether so many more may go: fails where they may not"
    )
    action.add_argument("--format", choices=("text", "json"), default="text", help="for people, or ledger-cap/1")
    add_reading(action)


def _cap(arguments: argparse.Namespace) -> Exit:
    from harness.ledger.capping import cap_statement
    from harness.render.ledger import cap_text

    with opened_ledger(arguments) as ledger:
        found = cap_statement(ledger, _caps(arguments), arguments.product, arguments.on, arguments.units)
    if arguments.format == "json":
        print(found.model_dump_json(by_alias=True, indent=2))
    else:
        print(cap_text(found, printable), end="")
    code = {"holds": Exit.PASS, "crossed": Exit.FAIL, "undecided": Exit.UNDECIDED}[found.standing]
    if code is Exit.PASS and found.asked is not None:
        code = {"yes": Exit.PASS, "no": Exit.FAIL, "by-reading": Exit.UNDECIDED}[found.asked.may_go]
    return code


# --- check, show ----------------------------------------------------------------------------------------------------


def _check_options(action: Any) -> None:
    action.add_argument(
        "--checkpoint", metavar="FILE", action="append", default=[],
        help="one that was kept elsewhere: only such a one shows that a ledger was put back or written anew",
    )  # fmt: skip
    action.add_argument(
        "--vkey", metavar="KEY", action="append", default=[], help="the key of these (default: its own)"
    )
    add_reading(action)


def _check(arguments: argparse.Namespace) -> Exit:
    from harness.codec.report_files import read_bytes
    from harness.ledger.checking import checked

    outside = [(name, read_bytes(name)) for name in arguments.checkpoint]
    with opened_ledger(arguments) as ledger:
        place = ledger.store.place
        found = checked(ledger, _caps(arguments), outside, [vkey(text) for text in arguments.vkey])
    for one in found.damage:
        say(f"{place}: {one}")
    if found.damage:
        print(f"{printable(place)}: not as it was recorded; {len(found.damage):,} faults")
        return Exit.FAIL
    for seq, refusal in found.happened[:50]:
        print(f"{printable(place)}: entry {seq}, recorded as it happened: {printable(str(refusal))}")
    verified = found.checkpoints - len(found.unverified)
    held = f"; {verified:,} checkpoints hold" if verified else ""
    print(f"{printable(place)}: intact; {found.size:,} entries, root {found.root.hex()}{held}")
    for name in found.unverified:
        print(f"{printable(name)}: fits, and its signature was not verified: no key is known; next: --vkey KEY")
    return Exit.UNDECIDED if found.unverified else Exit.PASS


def _show_options(action: Any) -> None:
    action.add_argument("--seq", metavar="N", type=number(0), help="print this entry, as it is hashed")
    action.add_argument(
        "--last", metavar="N", type=number(0), default=5, help="how many of the last entries (default: 5)"
    )
    add_reading(action)


def _show(arguments: argparse.Namespace) -> Exit:
    from harness.ledger.showing import entry_text, summary

    with opened_ledger(arguments) as ledger:
        if arguments.seq is not None:
            print(entry_text(ledger, arguments.seq))
        else:
            print("\n".join(printable(line) for line in summary(ledger, _caps(arguments), arguments.last)))
    return Exit.PASS
