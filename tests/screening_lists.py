"""Made-up lists in the published form, and an index that knows equal names only; no party here is a real one."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.codec.screening_files import read_lists
from harness.screening.csl import COLUMNS

SOURCES = {one.id: one.source for one in read_lists()}


def row(list_id: str, name: str, **cells: str) -> dict[str, str]:
    """A row of a list; its number follows from its name."""
    number = cells.pop("number", f"{abs(hash_of(name)):010d}")
    return {"_id": number, "source": SOURCES.get(list_id, list_id), "name": name, **cells}


def hash_of(text: str) -> int:
    return int.from_bytes(text.encode()[:4], "big") * 31 + len(text)


EXAMPLE = row(
    "el",
    "Example Semiconductor Co., Ltd. (ESC). Affiliated Entity: Example Hangzhou Research Institute",
    number="e1",
    addresses="1 Made-up Road, Beijing, CN; and 2 Invented Street, Hong Kong, HK",
    federal_register_notice="87 FR 99001; 88 FR 99002",
    start_date="2022-12-19",
    license_requirement="For all items subject to the EAR. (See § 744.11 of the EAR)",
    license_policy="Presumption of denial",
    alt_names="ESC Group; Example Semi; and Exsemi",
)


def rows() -> list[dict[str, str]]:
    """A file with an entry or two of every list."""
    return [
        EXAMPLE,
        row("el", "Invented Optics LLC; all addresses located in Cuba", number="e2", addresses="Minsk, BY"),
        row("meu", "Made-up Aviation Research Institute", number="m1", addresses="Xian, CN", start_date="2020-12-23"),
        row("sdn", "Fictitious Bank JSC", number="101", type="Entity", programs="RUSSIA-EO14024; XYZ", addresses="RU"),
        row("sdn", "DOE, Imaginary", number="102", type="Individual", programs="CUBA", citizenships="CU",
            ids="Passport, 12345, CU; Gender, Male"),
        row("dpl", "SAM SAMPLE", number="d1", start_date="2002-03-04", end_date="2020-06-29", standard_order="Y",
            addresses="605 NOWHERE DRIVE, RICHARDSON, TX, 75081, US"),
        *(row(one, f"Nobody {one.upper()} Trading", number=f"{one}1", addresses="AE")
          for one in SOURCES if one not in ("el", "meu", "sdn", "dpl")),
    ]  # fmt: skip


def as_csv(rows: Iterable[dict[str, str]], columns: Sequence[str] = COLUMNS, *, bom: bool = False) -> bytes:
    """The file in CSV, as it is published: every cell in quotation marks."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(
        text, columns, quoting=csv.QUOTE_ALL, lineterminator="\n", restval="", extrasaction="ignore"
    )
    text.write(",".join(columns) + "\n")
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


_LISTED = ("programs", "alt_names", "citizenships", "nationalities", "dates_of_birth", "places_of_birth")


def as_json(rows: Iterable[dict[str, str]]) -> bytes:
    """The file in JSON: lists where CSV joins, addresses and documents in parts."""
    results = []
    for one in rows:
        entry: dict[str, Any] = {"id": one["_id"], "entity_number": None, "title": None}
        entry |= {name: cell for name, cell in one.items() if name != "_id"}
        entry |= {name: one[name].split("; ") for name in _LISTED if name in one}
        if "addresses" in one:
            entry["addresses"] = [address_of(text) for text in one["addresses"].split("; ")]
        if "ids" in one:
            entry["ids"] = [dict(zip(("type", "number", "country"), text.split(", "), strict=False))
                            for text in one["ids"].split("; ")]  # fmt: skip
        results.append(entry)
    return json.dumps({"total": len(results), "sources_used": [], "results": results}).encode()


def address_of(text: str) -> dict[str, str | None]:
    street, _, country = text.rpartition(", ")
    return {"address": street or None, "city": None, "state": None, "postal_code": None, "country": country}


@dataclass(frozen=True)
class FoundExactly:
    entry: Any
    score: int
    matched: str
    given: str
    features: tuple[tuple[str, int, str], ...] = (("same", 1000, "letters"),)


class ExactIndex:
    """Equal names score 1000, names of which one begins the other 800."""

    def __init__(self, entries: Iterable[Any]) -> None:
        self.entries = list(entries)

    def hits(self, name: str, *, least: int | None = None) -> list[FoundExactly]:
        found = []
        for entry in self.entries:
            scores = [(self.score(name, one), one) for one in entry.names]
            best, matched = max(scores)
            if best >= (least or 1):
                found.append(FoundExactly(entry, best, matched, name))
        return found

    @staticmethod
    def score(one: str, other: str) -> int:
        one, other = one.casefold(), other.casefold()
        return 1000 if one == other else 800 if one.startswith(other) or other.startswith(one) else 0


def written(folder: Path, data: bytes, name: str = "consolidated.csv") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)
