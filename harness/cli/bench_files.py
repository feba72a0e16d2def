"""What `harness bench` does with runs that are there: derive them again, and hold two against each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.bench.compared import Pair, pairs
from harness.bench.compose import Composed, composed
from harness.bench.journal import LARGEST_RAW_BYTES, Journal, read_journal
from harness.bench.own_digest import bench_sha256
from harness.bench.replayed import differences
from harness.cli.output import Exit, printable, say
from harness.codec.digest import sha256
from harness.codec.documents import from_json
from harness.codec.report_files import read_bytes
from harness.codec.spec_files import read_spec
from harness.errors import Fault, UnreadableInput, WrongUsage
from harness.model.lab_report import LabReport
from harness.model.quantity import as_text
from harness.version import VERSION

_RAW, _MOST_SHOWN = ".raw.jsonl", 100


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pair:
    """A raw file, and the report that names it where there is one."""

    journal: Journal
    raw: Path
    report: LabReport | None
    changed: str | None = None


def replay(path: Path) -> Exit:
    """Derive every value again from the raw file, and print where the report says something else.

    Raises:
        UnreadableInput: No raw file, or one that cannot be read.
    """
    found = _found(path)
    chip = found.report.product.chip if found.report and found.report.product else None
    made = composed(found.journal, found.raw.name.split(_RAW)[0], chip)
    if found.report is None:
        _print_values(made)
        return Exit.PASS
    told = [f"{one.where}: report {one.report}; raw file {one.raw}" for one in differences(found.report, made.report)]
    told += [found.changed] if found.changed else []
    told += _other_files(found, made)
    if told and (header := found.journal.header).bench_sha256 != bench_sha256():
        of = f"{header.bench}, {header.bench_sha256[:12]}; this is {VERSION}, {bench_sha256()[:12]}"
        print(printable(f"measured by another version of the bench ({of}); derived anew with this one"))
        print("a difference may be that of the two versions, and be nobody's change")
    for line in told[:_MOST_SHOWN]:
        print(printable(line))
    if len(told) > _MOST_SHOWN:
        print(f"... and {len(told) - _MOST_SHOWN:,} more")
    counts = f"{len(made.report.measurements):,} measurements and {len(made.report.observations):,} observations"
    print(f"{counts} derived again from {found.raw.name}: {f'{len(told):,} differences' if told else 'no difference'}")
    return Exit.FAIL if told else Exit.PASS


def _found(path: Path) -> _Pair:
    if path.is_dir():
        raws = sorted(path.glob("*" + _RAW))
        if len(raws) != 1:
            raise WrongUsage(f"{path} has {len(raws)} raw files (*{_RAW}); name one of them, or its report")
        beside = raws[0].with_name(raws[0].name.removesuffix(_RAW) + ".json")
        path = beside if beside.is_file() else raws[0]
    if path.name.endswith((_RAW, _RAW + ".part")):
        return _Pair(journal=_journal(path), raw=path, report=None)
    report = _report(path)
    named = [one for one in report.attachments if one.name.endswith(_RAW)]
    if len(named) != 1:
        fault = Fault(where="attachments", got=f"{len(named)} raw files", need=f"one that ends in {_RAW}")
        raise UnreadableInput(str(path), (fault,))
    raw = path.with_name(named[0].name)
    digest = sha256(read_bytes(raw, LARGEST_RAW_BYTES))
    changed = f"{raw.name}: report {named[0].sha256}; raw file {digest}" if digest != named[0].sha256 else None
    return _Pair(journal=_journal(raw), raw=raw, report=report, changed=changed)


def _journal(path: Path) -> Journal:
    data = read_bytes(path, LARGEST_RAW_BYTES)
    if len(data) > LARGEST_RAW_BYTES:
        need = f"at most {LARGEST_RAW_BYTES:,} bytes"
        raise UnreadableInput(str(path), (Fault(where="the file", got="more", need=need),))
    return read_journal(data, str(path))


def _report(path: Path) -> LabReport:
    return from_json(LabReport, read_bytes(path), str(path))


def _other_files(found: _Pair, made: Composed) -> Iterator[str]:
    """Say which attached files are not those that the report names."""
    derived = {name for name, _ in made.files if not name.endswith(_RAW)}
    for one in found.report.attachments if found.report else ():
        path = found.raw.with_name(one.name)
        if one.name in derived and (not path.is_file() or sha256(read_bytes(path, LARGEST_RAW_BYTES)) != one.sha256):
            yield f"{one.name}: the file that the report names is not there, or is another"


def _print_values(made: Composed) -> None:
    for one in made.report.measurements:
        wide = f" ± {as_text(one.expanded_uncertainty)}" if one.expanded_uncertainty is not None else ""
        name = " ".join(filter(None, (one.unit_id, one.number_format, one.method.name if one.method else None)))
        value = as_text(one.value) if one.value is not None else "nothing"
        print(printable(f"{name}: {value}{wide} {one.unit}"))
    for note in made.report.notes[:1]:
        say(note)


def compare(one: Path, other: Path) -> Exit:
    """Print two runs side by side; 1 where any measurement differs by more than one per cent, 3 with nothing in both.

    Raises:
        UnreadableInput: A report that cannot be read.
    """
    left, right = _report(one), _report(other)
    chip = left.product.chip if left.product else None
    known = read_spec(chip) if chip else None
    found = list(pairs(left, right, known[0] if known else None))
    _print_pairs(found, one.name, other.name)
    print(
        f"peaks: {'the declared figures of ' + known[0].name if known else 'not known: the first report names no chip'}"
    )
    both = [pair for pair in found if pair.agrees is not None]
    if not both:
        print("nothing was measured in both")
        return Exit.UNDECIDED
    apart = [pair for pair in both if not pair.agrees]
    print(f"{len(both) - len(apart):,} of {len(both):,} agree within 1 %")
    return Exit.FAIL if apart else Exit.PASS


def _print_pairs(found: list[Pair], one: str, other: str) -> None:
    from tabulate import tabulate

    rows = [
        (
            printable(pair.name),
            *(_four(value) for value in (pair.one, pair.other)),
            pair.unit,
            f"{float(pair.ratio):.4f}" if pair.ratio is not None else "",
            {True: "yes", False: "no", None: ""}[pair.agrees],
            f"{float(pair.one) / float(pair.peak):.1%} of {pair.basis}" if pair.peak and pair.one else "",
        )
        for pair in found
    ]
    headings = (
        "measurement",
        printable(one),
        printable(other),
        "unit",
        "ratio",
        "within 1 %",
        "first against the peak",
    )
    print(tabulate(rows, headings, tablefmt="simple", disable_numparse=True))


def _four(value: object) -> str:
    return "" if value is None else f"{float(str(value)):,.4g}"
