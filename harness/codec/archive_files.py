"""Archives: written so that the same inputs give the same bytes, and read without anything being put on disk."""

import hashlib
import io
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from harness.codec import packaged, verdict_files
from harness.codec.digest import sha256
from harness.codec.documents import faults_of
from harness.codec.strict_json import LARGEST_BYTES, read_generic
from harness.codec.zip_layout import LARGEST_MEMBER, MOST_FAULTS, Entry, directory, entries_in, local_header
from harness.errors import Fault, UnreadableInput
from harness.model.archive import Archive, ArchivedCase, Member, Role

MANIFEST = "manifest.json"
LAW, ASSUMPTIONS = "law/", f"law/{packaged.ASSUMPTIONS.name}"
BLOCK = 1 << 20
# What is held in memory as long as an archive is read: its law, specs and methods together.
LARGEST_SHARED = 16 * 1024 * 1024
_LARGEST = {"report": LARGEST_BYTES, "verdict": verdict_files.LIMITS.largest_bytes}
_SHARED: tuple[Role, ...] = ("law", "assumptions", "spec", "method")

Tick = Callable[[], None]


def _no_tick() -> None:
    """Tell nobody that a block was read."""


# --- Writing --------------------------------------------------------------------------------------------------------


def manifest_bytes(manifest: Archive) -> bytes:
    """Return a manifest as it stands in an archive."""
    return (manifest.model_dump_json(by_alias=True, indent=2) + "\n").encode()


def write_archive(
    file: BinaryIO, manifest: Archive, contents: Mapping[str, bytes | Path], tick: Tick = _no_tick
) -> None:
    """Write an archive.

    Args:
        file: Where to write, open at its beginning, and for writing at any place.
        manifest: What it holds.
        contents: The bytes of every member, or the file that holds them, by path.
        tick: Called for every block of a file.

    Raises:
        UnreadableInput: A file cannot be read, or is not any more what the manifest says.
    """
    first = manifest_bytes(manifest)
    entries = [put_member(file, MANIFEST, len(first), iter([first]))]
    for member in manifest.members:
        content = contents[member.path]
        blocks = iter([content]) if isinstance(content, bytes) else _blocks_of(content, member, tick)
        entries.append(put_member(file, member.path, member.size_bytes, blocks))
    file.write(directory(entries))


def put_member(file: BinaryIO, name: str, size: int, blocks: Iterator[bytes]) -> Entry:
    """Write one member; its check sum is known when all of it was written, so its header is written last."""
    offset = file.tell()
    file.write(local_header(Entry(name, size, 0, offset)))
    crc = 0
    for block in blocks:
        crc = zlib.crc32(block, crc)
        file.write(block)
    entry = Entry(name, size, crc, offset)
    file.seek(offset)
    file.write(local_header(entry))
    file.seek(0, os.SEEK_END)
    return entry


def _blocks_of(path: Path, member: Member, tick: Tick) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
                yield block
                tick()
    except OSError as error:
        fault = Fault(where="the file", got=error.strerror or str(error), need="a file that can be read")
        raise UnreadableInput(str(path), (fault,)) from None
    if (digest.hexdigest(), size) != (member.sha256, member.size_bytes):
        fault = Fault(where="the file", got="other bytes than a moment ago", need=f"SHA-256 {member.sha256}")
        raise UnreadableInput(str(path), (fault,))


# --- Reading --------------------------------------------------------------------------------------------------------


class _Window(io.RawIOBase):
    """The bytes of one member, read in place."""

    def __init__(self, file: BinaryIO, entry: Entry) -> None:
        super().__init__()
        self._file, self._at, self._end = file, entry.start, entry.end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._at)
        block = self._file.read(min(len(buffer), self._end - self._at))
        buffer[: len(block)] = block
        self._at += len(block)
        return len(block)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenArchive:
    """An archive that is open for reading, its members and its manifest."""

    source: str
    file: BinaryIO
    entries: Mapping[str, Entry]
    manifest: Archive
    members: Mapping[str, Member] = field(default_factory=dict)

    def stream(self, path: str) -> BinaryIO:
        """Return a member, to be read in blocks."""
        return _Window(self.file, self.entries[path])  # type: ignore[return-value]

    def read(self, path: str) -> bytes:
        """Return the bytes of a member.

        Raises:
            UnreadableInput: They are not the ones that the manifest names.
        """
        data = _bytes_of(self.file, self.entries[path])
        if sha256(data) != self.members[path].sha256:
            raise UnreadableInput(self.source, (_altered(path, sha256(data), self.members[path].sha256),))
        return data

    def law(self) -> dict[str, bytes]:
        """Return the law files by their names below the policy folder."""
        return {path.removeprefix(LAW): self.read(path) for path, one in self.members.items() if one.role == "law"}

    def method(self) -> tuple[str, bytes]:
        """Return the name and the bytes of the method file."""
        path = next(path for path, one in self.members.items() if one.role == "method")
        return path, self.read(path)


def open_archive(file: BinaryIO, source: str) -> OpenArchive:
    """Return an archive that is as archives are: every member listed, nothing else in it, no more than fits.

    Args:
        file: The archive, open for reading at any place.
        source: What to call it in messages.

    Raises:
        UnreadableInput: With every fault that could be told apart, each with its place.
    """
    if not file.seekable():
        fault = Fault(where="the archive", got="a pipe", need="a file that can be read at any place")
        raise UnreadableInput(source, (fault,))
    entries = entries_in(file, source)
    if entries[0].name != MANIFEST:
        raise UnreadableInput(source, (Fault(where="member 0", got=entries[0].name, need=MANIFEST),))
    if entries[0].size > LARGEST_BYTES:
        fault = Fault(where=MANIFEST, got=f"{entries[0].size:,} bytes", need=f"at most {LARGEST_BYTES:,} bytes")
        raise UnreadableInput(source, (fault,))
    manifest = _manifest(_bytes_of(file, entries[0]), f"{source}, {MANIFEST}")
    faults = [*_unlisted(manifest, entries[1:]), *unfit(manifest)]
    if faults:
        raise UnreadableInput(source, tuple(faults[:MOST_FAULTS]))
    return OpenArchive(
        source=source,
        file=file,
        entries={entry.name: entry for entry in entries},
        manifest=manifest,
        members={member.path: member for member in manifest.members},
    )


def _bytes_of(file: BinaryIO, entry: Entry) -> bytes:
    file.seek(entry.start)
    return file.read(entry.size)


def _manifest(data: bytes, source: str) -> Archive:
    read_generic(data, source)
    try:
        return Archive.model_validate_json(data)
    except ValidationError as error:
        raise UnreadableInput(source, faults_of(Archive, error)) from None


def _unlisted(manifest: Archive, entries: Iterable[Entry]) -> Iterator[Fault]:
    """Name what the manifest lists and the archive lacks, or lists twice, and what it does not list."""
    there, listed = [entry.name for entry in entries], [member.path for member in manifest.members]
    present, seen = set(there), set[str]()
    for n, path in enumerate(listed):
        if path in seen:
            yield Fault(where=f"members[{n}].path", got=f"{path} twice", need="each member once")
        elif path not in present:
            yield Fault(where=f"members[{n}].path", got="no such member", need=path)
        seen.add(path)
    for path in there:
        if path not in seen:
            yield Fault(where=path, got="a member that the manifest does not list", need="listed members only")
    if there != listed and sorted(there) == sorted(listed):
        yield Fault(where=MANIFEST, got="members in another order", need="that of the archive")


def unfit(manifest: Archive) -> Iterator[Fault]:
    """Name what a case points to and is not there in that role, what is too large, and what of the law is missing."""
    roles = {member.path: member.role for member in manifest.members}
    for n, case in enumerate(manifest.cases):
        for where, path, role in _pointers(case):
            if roles.get(path) != role:
                yield Fault(where=f"cases[{n}].{where}", got=roles.get(path, "no member"), need=f"the {role} {path}")
    if not manifest.cases:
        yield Fault(where="cases", got="none", need="a verdict at least")
    shared = sum(member.size_bytes for member in manifest.members if member.role in _SHARED)
    if shared > LARGEST_SHARED:
        need = f"at most {LARGEST_SHARED:,} bytes"
        yield Fault(where="law, specs and method", got=f"{shared:,} bytes", need=need)
    for n, member in enumerate(manifest.members):
        largest = _LARGEST.get(member.role, LARGEST_MEMBER)
        if member.size_bytes > largest:
            got = f"{member.size_bytes:,} bytes"
            yield Fault(where=f"members[{n}].size_bytes", got=got, need=f"at most {largest:,} bytes")
        if member.role == "law" and not member.path.startswith(LAW):
            yield Fault(where=f"members[{n}].path", got=member.path, need=f"a path below {LAW}")
    for name in (packaged.LENSES.name, packaged.READINGS.name, packaged.NAMES.name):
        if roles.get(LAW + name) != "law":
            yield Fault(where="members", got="nothing", need=LAW + name)
    if roles.get(ASSUMPTIONS) != "assumptions":
        yield Fault(where="members", got="nothing", need=ASSUMPTIONS)
    if list(roles.values()).count("method") != 1:
        yield Fault(where="members", got=f"{list(roles.values()).count('method')} method files", need="one")


def _pointers(case: ArchivedCase) -> Iterator[tuple[str, str, Role]]:
    yield "verdict", case.verdict, "verdict"
    if case.report is not None:
        yield "report", case.report, "report"
    for name, path in case.attachments.items():
        if path is not None:
            yield f"attachments.{name}", path, "attachment"
    for n, path in enumerate(case.specs):
        yield f"specs[{n}]", path, "spec"
    beside: tuple[tuple[str, str | None, Role], ...] = (
        ("trust_root", case.trust_root, "trust-root"),
        ("log_proof", case.log_proof, "log-proof"),
        ("dossier", case.dossier, "dossier"),
    )
    for where, one, role in beside:
        if one is not None:
            yield where, one, role


def altered_members(archive: OpenArchive, tick: Tick = _no_tick) -> Iterator[Fault]:
    """Yield every member whose bytes are not the ones that the manifest names; read in blocks, each once."""
    first = archive.entries[MANIFEST]
    if zlib.crc32(_bytes_of(archive.file, first)) != first.crc32:
        yield Fault(where=MANIFEST, got="bytes of another check sum", need=f"{first.crc32:08x}, as its header says")
    for path, member in archive.members.items():
        entry = archive.entries[path]
        digest, crc = hashlib.sha256(), 0
        with archive.stream(path) as part:
            while block := part.read(BLOCK):
                digest.update(block)
                crc = zlib.crc32(block, crc)
                tick()
        if entry.size != member.size_bytes:
            yield Fault(where=path, got=f"{entry.size:,} bytes", need=f"{member.size_bytes:,} bytes")
        elif digest.hexdigest() != member.sha256:
            yield _altered(path, digest.hexdigest(), member.sha256)
        elif crc != entry.crc32:
            yield Fault(where=path, got=f"check sum {crc:08x}", need=f"{entry.crc32:08x}, as its header says")


def _altered(path: str, got: str, need: str) -> Fault:
    return Fault(where=path, got=f"SHA-256 {got}", need=f"SHA-256 {need}")
