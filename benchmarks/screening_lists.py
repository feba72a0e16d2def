"""A published list of 60,000 made-up entries: importing it, loading its snapshot, and one party against it.

python3 benchmarks/screening_lists.py                  60,000 entries
python3 benchmarks/screening_lists.py --entries 6000   fewer
python3 benchmarks/screening_lists.py --write FILE     only write the file, in CSV as it is published

Loading is held against what it cannot do without: hashing the bytes and reading the lines that are matched as JSON.
"""

import argparse
import csv
import gc
import io
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from pydantic_core import from_json
from tabulate import tabulate

from harness.codec.digest import sha256
from harness.codec.name_files import read_bands
from harness.codec.screening_files import DigestedLines, read_lists, read_military_intelligence
from harness.model.screening import Party
from harness.screening.csl import COLUMNS, read_csv
from harness.screening.decisions import Decisions
from harness.screening.matching import Entry, Index
from harness.screening.parties import Lists, Thresholds, screening
from harness.screening.snapshot import Snapshot, read_snapshot, snapshot_bytes

ON = date(2026, 11, 30)
SHARES = {"sdn": 70, "el": 14, "dtc": 4, "dpl": 3, "ssi": 2}
# Of these words names are made: a few that many share, many that few do.
COMMON = (
    *("technology", "trading", "electronics", "industry", "international", "science", "research", "group", "import"),
    *("export", "aviation", "shipping", "institute", "equipment", "logistics", "energy", "general", "petroleum"),
)
PLACES = ("beijing", "shanghai", "shenzhen", "minsk", "moscow", "tehran", "dubai", "istanbul", "caracas", "yangon")
CODES = ("CN", "RU", "IR", "AE")
FORMS = ("Co., Ltd.", "LLC", "JSC", "FZE", "GmbH", "Limited", "Corporation", "")
SYLLABLES = (
    *("an", "bei", "chu", "dar", "el", "fan", "gor", "hai", "in", "jol", "kar", "lun", "mor", "nis", "or", "pet"),
    *("qi", "ros", "sha", "tan", "ul", "vik", "wen", "xu", "yar", "zhi"),
)


def words(chance: random.Random, count: int) -> list[str]:
    return ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(count)]


def name(chance: random.Random, rare: list[str]) -> str:
    parts = chance.choices(rare, k=chance.randint(1, 2)) + chance.choices(COMMON, k=chance.randint(0, 2))
    if chance.random() < 0.4:
        parts.insert(0, chance.choice(PLACES))
    return f"{' '.join(parts).title()} {chance.choice(FORMS)}".strip()


def rows(entries: int) -> Iterator[dict[str, str]]:
    """Yield made-up rows of every list, the same at each call."""
    chance = random.Random(60_000)
    rare = words(chance, 20_000)
    sources = {one.id: one.source for one in read_lists()}
    weights = [SHARES.get(one, 1) for one in sources]
    kinds = [*sources, *chance.choices(list(sources), weights, k=entries - len(sources))]
    for n, kind in enumerate(kinds):
        person = kind == "sdn" and n % 2
        row = {
            "_id": f"{chance.getrandbits(224):056x}", "source": sources[kind], "name": name(chance, rare),
            "type": ("Individual" if person else "Entity") if kind == "sdn" else "",
            "addresses": f"{n} Made-up Road, {chance.choice(PLACES).title()}, {chance.choice(CODES)}",
            "alt_names": "; ".join(name(chance, rare) for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))),
            "start_date": f"20{10 + n % 16:02d}-0{1 + n % 9}-1{n % 10}",
            "federal_register_notice": f"{70 + n % 21} FR {n}",
        }  # fmt: skip
        if kind == "el":
            row |= {"license_requirement": "For all items subject to the EAR. (See § 744.11 of the EAR)",
                    "license_policy": "Presumption of denial"}  # fmt: skip
        yield row


def published(entries: int) -> bytes:
    text = io.StringIO(newline="")
    text.write(",".join(COLUMNS) + "\n")
    writer = csv.DictWriter(text, COLUMNS, quoting=csv.QUOTE_ALL, lineterminator="\n", restval="")
    writer.writerows(rows(entries))
    return text.getvalue().encode()


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def imported(path: Path) -> bytes:
    with path.open("rb") as file:
        lines = DigestedLines(file, path.name)
        read = read_csv(lines, path.name, {one.source: one for one in read_lists()})
    return snapshot_bytes(
        read.entries, source_sha256=lines.sha256(), source_form="csv", published=ON, accepted=(), unknown={},
        known=[one.id for one in read_lists()], notes=(),
    )  # fmt: skip


def floor_of(data: bytes, entries: int) -> object:
    lines = data.split(b"\n")
    return sha256(data), from_json(b"[" + b",".join(lines[1 : 1 + entries]) + b"]")


def parties(snapshot: Snapshot, count: int) -> list[Party]:
    """Return parties of which every second one is listed, with a letter less."""
    chance = random.Random(1)
    rare = words(chance, 5_000)
    listed = [entry.names[0] for entry in chance.choices(snapshot.matched, k=count // 2)]
    return [
        Party(name=one) for one in [*(text[:3] + text[4:] for text in listed), *(name(chance, rare) for _ in listed)]
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=60_000)
    options.add_argument("--write", metavar="FILE", type=Path)
    arguments = options.parse_args()
    data = published(arguments.entries)
    if arguments.write:
        arguments.write.write_bytes(data)
        return
    gc.disable()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "consolidated.csv"
        path.write_bytes(data)
        importing = seconds(lambda: imported(path), 1)
        held = imported(path)
    floor = seconds(lambda: floor_of(held, arguments.entries))
    loading = seconds(lambda: read_snapshot(held, "made up"))
    snapshot = read_snapshot(held, "made up")
    lists = Lists(*read_military_intelligence(), read_lists(), snapshot)
    entries = [Entry(key=one.key, names=one.names, country=one.country, kind=one.kind) for one in lists.matched()]
    indexing = seconds(lambda: Index.of(entries), 1)
    index = Index.of(entries)
    bands = read_bands()
    thresholds = Thresholds(hit=bands.hit, review=bands.review)
    each = []
    for party in parties(snapshot, 200):
        each.append(seconds(lambda one=party: screening([one], lists, index, thresholds, Decisions((), ON), ON), 1))
    table = [
        ("the published file", f"{len(data) / 1e6:.1f} MB", ""),
        ("the snapshot", f"{len(held) / 1e6:.1f} MB", ""),
        ("import", f"{importing:.2f} s", ""),
        ("load", f"{loading:.3f} s", f"{loading / floor:.2f} of hashing and reading JSON"),
        ("index", f"{indexing:.2f} s", ""),
        ("one party, median", f"{statistics.median(each) * 1e3:.2f} ms", ""),
        ("one party, slowest of twenty", f"{sorted(each)[-len(each) // 20] * 1e3:.2f} ms", ""),
    ]
    print(f"{arguments.entries:,} entries; rapidfuzz {'is' if find_spec('rapidfuzz') else 'is not'} installed")
    print(tabulate(table, headers=("", "", "against the least")))


if __name__ == "__main__":
    main()
