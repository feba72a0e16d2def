"""The US Consolidated Screening List as it is published, row by row: 29 columns of CSV, or the same names in JSON."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from harness.codec.digest import sha256
from harness.codec.strict_json import MOST_FAULTS
from harness.errors import Fault, UnreadableInput
from harness.model.csl_snapshot import UNKNOWN_LIST, ListEntry
from harness.model.screening_list import ScreeningList
from harness.screening.name_field import names_in, other_names_in

COLUMNS = (
    *("_id", "source", "entity_number", "type", "programs", "name", "title", "addresses", "federal_register_notice"),
    *("start_date", "end_date", "standard_order", "license_requirement", "license_policy", "call_sign", "vessel_type"),
    *("gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner", "remarks", "source_list_url"),
    *("alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "source_information_url"),
    "ids",
)
MOST_ENTRIES = 1_000_000
# The fields that have a place of their own in an entry; every other one is kept by its name.
_PLACED = frozenset(
    {"_id", "source", "type", "programs", "name", "federal_register_notice", "start_date", "end_date"}
    | {"license_requirement", "license_policy", "remarks"}
)
# An old mark for the end of a file, alone in its row.
_END_MARK = "\x1a"
_LONGEST_NUMBER = 120
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_CODE = re.compile("[A-Z]{2}")


@dataclass
class Read:
    """What was read, as it grows."""

    entries: list[ListEntry] = field(default_factory=list)
    # Sources that no list of the harness has, each with its rows.
    unknown: dict[str, int] = field(default_factory=dict)
    # Rows that name nobody, by list.
    nameless: dict[str, int] = field(default_factory=dict)
    # Keys that came more than once.
    twice: int = 0
    keys: set[str] = field(default_factory=set)

    def add(self, row: Mapping[str, str], lists: Mapping[str, ScreeningList]) -> None:
        """Add what a row says, under its list."""
        source = row["source"]
        known = lists.get(source)
        if known is None:
            self.unknown[source] = self.unknown.get(source, 0) + 1
        entry = entry_of(row, known.id if known else UNKNOWN_LIST)
        if not any(character.isalnum() for name in entry.names for character in name):
            self.nameless[entry.list] = self.nameless.get(entry.list, 0) + 1
            return
        if entry.key in self.keys:
            self.twice += 1
            entry = entry._replace(key=self._another(entry.key))
        self.keys.add(entry.key)
        self.entries.append(entry)

    def _another(self, key: str) -> str:
        n = 2
        while f"{key}#{n}" in self.keys:
            n += 1
        return f"{key}#{n}"


def read_csv(lines: Iterable[str], source: str, lists: Mapping[str, ScreeningList]) -> Read:
    """Return what a file in CSV holds, read line by line.

    Args:
        lines: Its lines, each with its end.
        source: What to call it in messages.
        lists: The lists that are known, by the name that the file gives them.

    Raises:
        UnreadableInput: Another head, rows of another length, rows without a list, broken CSV, or too many rows.
    """
    reader = csv.reader(lines, strict=True)
    found, faults = Read(), list[Fault]()
    try:
        columns = _columns(next(reader, []), source)
        for cells in reader:
            if not any(cells) or cells == [_END_MARK]:
                continue
            fault = _row_fault(cells, columns, reader.line_num)
            if fault is not None:
                faults.append(fault)
            else:
                row = {name: _clean(cell) for name, cell in zip(columns, cells, strict=True) if cell}
                found.add(row, lists)
            if len(faults) >= MOST_FAULTS or len(found.entries) > MOST_ENTRIES:
                break
    except csv.Error as error:
        faults.append(Fault(where=f"line {reader.line_num:,}", got=str(error), need="CSV as it is published"))
    _refuse(source, faults, found)
    return found


def _row_fault(cells: list[str], columns: tuple[str, ...], line: int) -> Fault | None:
    where = f"line {line:,}"
    if len(cells) != len(columns):
        return Fault(where=where, got=f"{len(cells)} cells", need=f"{len(columns)}, as the head has")
    if not cells[columns.index("source")].strip():
        return Fault(where=f"{where}, source", got="nothing", need="the list that the row is of")
    return None


def _columns(head: list[str], source: str) -> tuple[str, ...]:
    """Return the columns in the order of the file, where they are the published ones; each deviation by its name."""
    names = [name.strip() for name in head]
    missing = [name for name in COLUMNS if name not in names]
    faults = [
        Fault(where="the head", got=f"no column {name}", need="it", next=_advice(name, names)) for name in missing
    ]
    for n, name in enumerate(names):
        if name not in COLUMNS or name in names[:n]:
            got = f"the column {ascii(name)[:80]}" + (" twice" if name in names[:n] else "")
            faults.append(Fault(where="the head", got=got, need=f"the {len(COLUMNS)} columns as published"))
    if faults:
        raise UnreadableInput(source, tuple(faults[:MOST_FAULTS]))
    return tuple(names)


def _advice(name: str, there: list[str]) -> str | None:
    strangers = [one for one in there if one not in COLUMNS]
    near = get_close_matches(name, [one.casefold() for one in strangers], n=1)
    written = next((one for one in strangers if near and one.casefold() == near[0]), None)
    return f"is it {written[:80]!r} that was renamed?" if written else None


def read_json(value: Any, source: str, lists: Mapping[str, ScreeningList]) -> Read:
    """Return what a file in JSON holds.

    Args:
        value: The value in it, strictly read.
        source: What to call it in messages.
        lists: The lists that are known, by the name that the file gives them.

    Raises:
        UnreadableInput: No results, or results of another form.
    """
    results = value.get("results") if isinstance(value, dict) else None
    if not isinstance(results, list):
        raise UnreadableInput(source, (Fault(where="results", got="no list", need="a list of entries"),))
    found, faults = Read(), list[Fault]()
    for n, one in enumerate(results):
        row, wrong = _row_of(one, f"results[{n}]")
        if wrong:
            faults += wrong
        elif row:
            found.add(row, lists)
        if len(faults) >= MOST_FAULTS or len(found.entries) > MOST_ENTRIES:
            break
    _refuse(source, faults, found)
    return found


def _row_of(one: Any, where: str) -> tuple[dict[str, str], list[Fault]]:
    """Return an entry of the JSON form as the row that the CSV form has of it."""
    if not isinstance(one, dict):
        return {}, [Fault(where=where, got=type(one).__name__, need="an entry with named fields")]
    row, faults = dict[str, str](), list[Fault]()
    for name, value in one.items():
        column = "_id" if name == "id" else name
        text = _text_of(value, "; " if column in _LISTED else ", ")
        if text is not None and "\0" in text:
            where_in = f"{where}.{ascii(name)[1:-1][:60]}"
            faults.append(Fault(where=where_in, got="a NUL character", need="text"))
        elif text is None:
            faults.append(Fault(where=f"{where}.{ascii(name)[1:-1][:60]}", got="another form", need="text or a list"))
        elif text and column not in (*COLUMNS, "country"):
            got = f"the field {ascii(name)[:60]}"
            faults.append(Fault(where=where, got=got, need=f"the fields as published: {', '.join(COLUMNS)}"))
        elif text:
            row[column] = _clean(text)
    if row and not faults and not row.get("source"):
        faults.append(Fault(where=f"{where}.source", got="nothing", need="the list that the entry is of"))
    return row, faults


_LISTED = frozenset(
    ["programs", "addresses", "alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "ids"]
)
# In the order in which the CSV form writes the parts of an address or of a document.
_PARTS = ("address", "city", "state", "postal_code", "type", "number", "country", "issue_date", "expiration_date")


def _text_of(value: Any, between: str) -> str | None:
    """Return a value as the CSV form writes it; None where it has a form that neither has."""
    if value is None:
        return ""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        parts = [_text_of(value[name], ", ") for name in _PARTS if name in value]
        known = set(value) <= set(_PARTS)
        return ", ".join(part for part in parts if part) if known and None not in parts else None
    if isinstance(value, list):
        each = [_text_of(item, ", ") for item in value]
        return between.join(part for part in each if part) if None not in each else None
    return None


def _refuse(source: str, faults: list[Fault], found: Read) -> None:
    if len(found.entries) > MOST_ENTRIES:
        need = f"at most {MOST_ENTRIES:,}"
        faults = [*faults, Fault(where="the file", got=f"{len(found.entries):,} entries or more", need=need)]
    if not faults and not found.entries:
        faults = [Fault(where="the file", got="no entry", need="the entries of the lists")]
    if faults:
        raise UnreadableInput(source, tuple(faults))


def entry_of(row: Mapping[str, str], list_id: str) -> ListEntry:
    """Return the entry that a row makes.

    Args:
        row: Its fields that are not empty, by column, with runs of blanks made one.
        list_id: The list that it is of.
    """
    whole = row.get("name", "")
    names = names_in(whole) if whole else ()
    if names:
        names = tuple(dict.fromkeys([*names, *other_names_in(row.get("alt_names", ""))]))
    return ListEntry(
        key=f"{list_id}:{_number(row)}",
        list=list_id,
        names=names,
        whole=whole,
        kind=row.get("type", "").lower(),
        countries=_countries(row),
        programmes=tuple(row["programs"].split("; ")) if "programs" in row else (),
        notice=row.get("federal_register_notice", ""),
        start=row.get("start_date", ""),
        end=row.get("end_date", ""),
        requirement=row.get("license_requirement", ""),
        policy=row.get("license_policy", ""),
        remarks=row.get("remarks", ""),
        other=tuple((name, row[name]) for name in (*COLUMNS, "country") if name in row and name not in _PLACED),
    )


def _number(row: Mapping[str, str]) -> str:
    """Return the number of a row, or where it has none, or one that nobody could write, one of what it says."""
    number = row.get("_id", "")
    return number if 0 < len(number) <= _LONGEST_NUMBER else sha256(repr(sorted(row.items())).encode())[:24]


def _countries(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return the places of a row by their codes: a code ends each of its addresses."""
    pieces = [piece.rsplit(",", 1)[-1].strip() for piece in row.get("addresses", "").split(";")]
    for name in ("country", "nationalities", "citizenships"):
        pieces += [piece.strip() for piece in row.get(name, "").split(";")]
    return tuple(dict.fromkeys(piece for piece in pieces if _CODE.fullmatch(piece)))


def _clean(text: str) -> str:
    # A run of blanks, a line break or a control character separates, and says nothing more.
    return text.strip() if text.isprintable() and "  " not in text else _BLANKS.sub(" ", text).strip()
