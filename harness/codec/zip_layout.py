"""ZIP as archives have it: members stored as they are, one after another, and nothing besides.

Of the format (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16) only what this needs is written, and only just that is read: no
compression, so that every machine writes the same bytes and no member grows when it is read; no extra fields, comments,
time, encryption, links, or bytes between the members, so that every reader sees the same files.
"""

import os
import re
import stat
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from harness.errors import Fault, UnreadableInput
from harness.model.document import LONGEST_PATH, MEMBER_PATH

MAGIC = b"PK\x03\x04"
MOST_MEMBERS = 10_000
LARGEST_MEMBER = 1 << 29
LARGEST_ARCHIVE = 4_000_000_000
MOST_FAULTS = 50

_LOCAL = struct.Struct("<4s5H3L2H")
_RECORD = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_NEEDED, _MADE_BY = 10, (3 << 8) | 20
# 1980-01-01, the first day that the format has: archives know no clock.
_DATE = (1 << 5) | 1
_MODE = (stat.S_IFREG | 0o644) << 16
_PATH = re.compile(MEMBER_PATH)


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as the directory has it: its bytes begin behind the local header at `offset`."""

    name: str
    size: int
    crc32: int
    offset: int

    @property
    def start(self) -> int:
        """Where its bytes begin."""
        return self.offset + _LOCAL.size + len(self.name)

    @property
    def end(self) -> int:
        """Where the next member begins."""
        return self.start + self.size


def local_header(entry: Entry) -> bytes:
    """Return the header that stands before the bytes of a member."""
    name = entry.name.encode("ascii")
    fields = (b"PK\x03\x04", _NEEDED, 0, 0, 0, _DATE, entry.crc32, entry.size, entry.size, len(name), 0)
    return _LOCAL.pack(*fields) + name


def directory(entries: Iterable[Entry]) -> bytes:
    """Return what stands behind the last member: a record of each, and the end."""
    listed = list(entries)
    records = b"".join(map(_record, listed))
    start = listed[-1].end if listed else 0
    return records + _END.pack(b"PK\x05\x06", 0, 0, len(listed), len(listed), len(records), start, 0)


def _record(entry: Entry) -> bytes:
    name = entry.name.encode("ascii")
    fields = (b"PK\x01\x02", _MADE_BY, _NEEDED, 0, 0, 0, _DATE, entry.crc32, entry.size, entry.size, len(name))
    return _RECORD.pack(*fields, 0, 0, 0, 0, _MODE, entry.offset) + name


def entries_in(file: BinaryIO, source: str) -> list[Entry]:
    """Return the members of an archive, in their order.

    Args:
        file: The archive, open for reading at any place.
        source: What to call it in messages.

    Raises:
        UnreadableInput: It is no archive, or holds more than archives do; with every fault that could be told apart.
    """
    count, records = _directory_of(file, source)
    faults: list[Fault] = []
    found: list[_Record] = []
    at = 0
    for n in range(count):
        record = _Record.at(records, at)
        if record is None:
            need = "a record for each member"
            raise UnreadableInput(source, (*faults, Fault(where=f"member {n}", got="no directory record", need=need)))
        found.append(record)
        at += record.length
    if at != len(records):
        faults.append(Fault(where="the directory", got=f"{len(records) - at:,} further bytes", need="records alone"))
    for n, record in enumerate(found):
        said = list(record.faults()) or list(record.oddities())
        faults += [Fault(where=f"member {n}, {record.shown}", got=got, need=need) for got, need in said]
    faults += _twice(found)
    entries = [record.entry() for record in found]
    faults = faults or list(_misplaced(file, entries))
    if faults:
        more = Fault(where="the archive", got=f"{len(faults) - MOST_FAULTS:,} further faults", need="none")
        raise UnreadableInput(source, tuple(faults[:MOST_FAULTS] + [more] * (len(faults) > MOST_FAULTS)))
    return entries


def _directory_of(file: BinaryIO, source: str) -> tuple[int, bytes]:
    """Return how many members the directory has, and its records; nothing is read before its size is known."""
    size = file.seek(0, os.SEEK_END)
    if size > LARGEST_ARCHIVE:
        raise _refused(source, f"{size:,} bytes", f"at most {LARGEST_ARCHIVE:,} bytes")
    file.seek(max(0, size - _END.size))
    end = file.read(_END.size)
    if len(end) < _END.size or not end.startswith(b"PK\x05\x06"):
        raise _refused(source, "no end record in the last 22 bytes", "an archive that nothing follows")
    _, *disks, here, count, length, start, comment = _END.unpack(end)
    if disks != [0, 0] or here != count or comment or start + length + _END.size != size:
        raise _refused(source, "an end record that does not fit the file", "one file, without a comment")
    if not 0 < count <= MOST_MEMBERS:
        raise _refused(source, f"{count:,} members", f"1 to {MOST_MEMBERS:,}")
    if length > count * (_RECORD.size + LONGEST_PATH):
        raise _refused(source, f"a directory of {length:,} bytes", "records without extra fields and comments")
    file.seek(start)
    return count, file.read(length)


def _refused(source: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where="the archive", got=got, need=need),))


class _Fields(NamedTuple):
    made_by: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc32: int
    stored: int
    size: int
    name_length: int
    extra_length: int
    comment_length: int
    disk: int
    internal: int
    external: int
    offset: int


@dataclass(frozen=True, slots=True)
class _Record:
    """A record of the directory as it stands there, whatever it says."""

    raw: bytes
    name: bytes
    fields: _Fields

    @classmethod
    def at(cls, records: bytes, at: int) -> "_Record | None":
        """Return the record that begins at a place; None where none does."""
        head = records[at : at + _RECORD.size]
        if len(head) < _RECORD.size or not head.startswith(b"PK\x01\x02"):
            return None
        fields = _Fields(*_RECORD.unpack(head)[1:])
        name = records[at + _RECORD.size : at + _RECORD.size + fields.name_length]
        behind = fields.name_length + fields.extra_length + fields.comment_length
        raw = records[at : at + _RECORD.size + behind]
        return cls(raw, name, fields) if len(raw) == _RECORD.size + behind else None

    @property
    def length(self) -> int:
        return len(self.raw)

    @property
    def shown(self) -> str:
        return ascii(self.name[:80].decode("latin-1"))[1:-1]

    def entry(self) -> Entry:
        return Entry(self.name.decode("latin-1"), self.fields.size, self.fields.crc32, self.fields.offset)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what a member of an archive must not be: what stands there, and what is needed."""
        fields = self.fields
        if not self.name.isascii() or len(self.name) > LONGEST_PATH or not _PATH.fullmatch(self.name.decode("latin-1")):
            yield "a name that is no plain relative path", "such as law/lenses.toml"
        if fields.flags & 0x41:
            yield "an encrypted member", "plain bytes"
        if fields.method or fields.stored != fields.size:
            got = f"method {fields.method}, {fields.stored:,} bytes that become {fields.size:,}"
            yield got, "bytes stored as they are"
        if fields.size > LARGEST_MEMBER:
            yield f"{fields.size:,} bytes", f"at most {LARGEST_MEMBER:,} bytes"
        kind = stat.S_IFMT(fields.external >> 16)
        if kind not in (0, stat.S_IFREG) or fields.external & 0x10:
            yield "a symbolic link" if stat.S_ISLNK(kind) else "a folder or a special file", "a plain file"
        if fields.extra_length or fields.comment_length:
            yield "an extra field or a comment", "neither"

    def oddities(self) -> Iterator[tuple[str, str]]:
        """Yield what is left where nothing else is wrong: every bit of a record is given."""
        if self.raw != _record(self.entry()):
            yield "a record that archives do not have", "the flags, time, system and attributes of every archive"


def _twice(records: Iterable[_Record]) -> Iterator[Fault]:
    seen: set[bytes] = set()
    for n, record in enumerate(records):
        if record.name in seen:
            yield Fault(where=f"member {n}, {record.shown}", got="a name that stands twice", need="each name once")
        seen.add(record.name)


def _misplaced(file: BinaryIO, entries: Iterable[Entry]) -> Iterator[Fault]:
    """Name every member that is not where the one before it ended, or whose own header says otherwise."""
    expected = 0
    for n, entry in enumerate(entries):
        where = f"member {n}, {entry.name}"
        if entry.offset != expected:
            got = f"a beginning at byte {entry.offset:,}"
            yield Fault(where=where, got=got, need=f"byte {expected:,}, where the one before it ends")
            return
        file.seek(entry.offset)
        header = local_header(entry)
        if file.read(len(header)) != header:
            yield Fault(where=where, got="a header that is not that of the directory", need="the same in both")
        expected = entry.end
    file.seek(-_END.size, os.SEEK_END)
    start = _END.unpack(file.read(_END.size))[6]
    if expected != start:
        yield Fault(where="the directory", got=f"a beginning at byte {start:,}", need=f"byte {expected:,}")
