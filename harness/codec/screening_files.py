"""The list files that come with the harness, and the files of a screening: published lists, snapshots, parties."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, BinaryIO

from pydantic import ValidationError

from harness.codec import packaged
from harness.codec.documents import faults_of, from_toml
from harness.codec.law_files import known_names
from harness.codec.strict_json import MOST_FAULTS, Limits, read_generic
from harness.errors import Fault, UnreadableInput
from harness.model.screening import Party
from harness.model.screening_list import MilitaryIntelligence, ScreeningList

# The published file has tens of megabytes.
LARGEST_LIST_FILE = 512 * 1024 * 1024
_LONGEST_LINE = 1024 * 1024
_JSON_LIMITS = Limits(largest_bytes=LARGEST_LIST_FILE, most_tokens=60_000_000)
_BOM = b"\xef\xbb\xbf"
_MOST_PARTIES = 100_000


@cache
def read_lists() -> tuple[ScreeningList, ...]:
    """Return the lists of the Consolidated Screening List, in order of their ids."""
    return tuple(
        from_toml(ScreeningList, data, name) for name, data in packaged.toml_files(packaged.SCREENING / "lists")
    )


@cache
def read_military_intelligence() -> tuple[MilitaryIntelligence, bytes]:
    """Return the military-intelligence end users that the law names, and the bytes of their file."""
    path = packaged.SCREENING / "military_intelligence.toml"
    data = path.read_bytes()
    return from_toml(MilitaryIntelligence, data, path.name), data


@dataclass
class DigestedLines:
    """The lines of a file, with the digest of what was read of it."""

    file: BinaryIO
    source: str

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        """Yield each line with its end.

        Raises:
            UnreadableInput: No UTF-8, a line that is too long, or too many bytes.
        """
        for n, line in enumerate(iter(lambda: self.file.readline(_LONGEST_LINE + 1), b""), start=1):
            self._digest.update(line)
            self._size += len(line)
            if len(line) > _LONGEST_LINE or self._size > LARGEST_LIST_FILE:
                need = f"lines of at most {_LONGEST_LINE:,} bytes, {LARGEST_LIST_FILE:,} in all"
                raise self._refused(n, "more", need)
            if b"\0" in line:
                raise self._refused(n, "a NUL byte", "text in UTF-8")
            try:
                yield (line.removeprefix(_BOM) if n == 1 else line).decode("utf-8")
            except UnicodeDecodeError as error:
                raise self._refused(n, f"the byte 0x{line[error.start]:02x}", "UTF-8") from None

    def sha256(self) -> str:
        """Return the digest of what was read."""
        return self._digest.hexdigest()

    def _refused(self, n: int, got: str, need: str) -> UnreadableInput:
        return UnreadableInput(self.source, (Fault(where=f"line {n:,}", got=got, need=need),))


def list_json(data: bytes, source: str) -> Any:
    """Return the JSON value of a published file of lists.

    Raises:
        UnreadableInput: It is not strict JSON.
    """
    return read_generic(data.removeprefix(_BOM), source, _JSON_LIMITS)


def read_parties(lines: DigestedLines) -> tuple[Party, ...]:
    """Return the parties in a CSV table with the column name, and country and reference where they are known.

    Raises:
        UnreadableInput: With every fault, each with its line.
    """
    reader = csv.reader(lines, strict=True)
    parties, faults = list[Party](), list[Fault]()
    try:
        head = _party_head(next(reader, []), lines.source)
        for cells in reader:
            place = f"line {reader.line_num:,}"
            if len(cells) != len(head):
                if any(cell.strip() for cell in cells):
                    faults.append(Fault(where=place, got=f"{len(cells)} cells", need=f"{len(head)}, as the head has"))
            elif any(cell.strip() for cell in cells):
                found = _party(dict(zip(head, cells, strict=True)), place)
                if isinstance(found, Party):
                    parties.append(found)
                else:
                    faults += found
            if len(faults) >= MOST_FAULTS or len(parties) > _MOST_PARTIES:
                break
    except csv.Error as error:
        faults.append(Fault(where=f"line {reader.line_num:,}", got=str(error), need="CSV"))
    if len(parties) > _MOST_PARTIES:
        faults.append(Fault(where="the file", got="more parties", need=f"at most {_MOST_PARTIES:,}"))
    if not faults and not parties:
        faults.append(Fault(where="the file", got="no party", need="a row for each"))
    if faults:
        raise UnreadableInput(lines.source, tuple(faults))
    return tuple(parties)


def _party_head(cells: list[str], source: str) -> list[str]:
    head = [name.strip() for name in cells]
    if "name" not in head or len(set(head)) != len(head) or not set(head) <= set(Party.model_fields):
        need = f"name, and of {', '.join(Party.model_fields)} what is known, each once"
        raise UnreadableInput(source, (Fault(where="the head", got=", ".join(head)[:80] or "nothing", need=need),))
    return head


def _party(row: dict[str, str], place: str) -> Party | list[Fault]:
    """Return the party of a row, or what is wrong with it."""
    try:
        party = Party.model_validate({name: cell.strip() for name, cell in row.items() if cell.strip()})
    except ValidationError as error:
        faults = faults_of(Party, error)
        return [Fault(where=f"{place}, {one.where}", got=one.got, need=one.need, next=one.next) for one in faults]
    return [replace(fault, where=f"{place}, country") for fault in place_faults(party.country)] or party


def place_faults(country: str | None) -> list[Fault]:
    """Return what is wrong with the place of a party: a code that no place has hides where it is."""
    if country is None or country in known_names().places:
        return []
    return [Fault(where="country", got=country, need="the ISO 3166-1 alpha-2 code of a place, such as US")]
