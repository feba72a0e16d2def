"""Lab reports and the files that they attach: from bytes, from a file, from standard input."""

import hashlib
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from harness.codec.digest import sha256
from harness.codec.documents import from_json
from harness.codec.enveloped_reports import report_in
from harness.codec.method_files import read_method
from harness.codec.spec_files import read_spec
from harness.codec.strict_json import ENVELOPE_LIMITS
from harness.errors import Fault, UnreadableInput
from harness.model.case import Case, ReadAttachment
from harness.model.chip_spec import ChipSpec
from harness.model.document import FIGURE, Day
from harness.model.lab_report import LabReport, attached_documents
from harness.model.method import MethodParameters

if TYPE_CHECKING:
    from harness.model.dossier import Dossier

_LINE = re.compile(FIGURE.encode("ascii"))
_LONGEST_LINE = 40
_MOST_SAMPLES = 2_000_000
# The list of a lot of some 200,000 units; whoever reads a document has limits of its own.
_LARGEST_DOCUMENT = 64 * 1024 * 1024


class Holdings(Protocol):
    """Where that is found which a lab report names, and the method by which it is judged."""

    def spec(self, chip: str) -> tuple[ChipSpec, str] | None:
        """Return the spec of a chip by its id or alias, with its digest."""

    def method(self) -> tuple[MethodParameters, str]:
        """Return the method file, with its digest."""

    def attachment(self, name: str) -> BinaryIO | ReadAttachment:
        """Open an attached file, or say what was found in its place.

        Raises:
            OSError: The file is there and cannot be opened.
        """

    def dossier(self, file: str | None) -> "FoundDossier | None":
        """Return the dossier that was given, or else the one of this name; None where there is none.

        Raises:
            UnreadableInput: The file is there and cannot be read.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundDossier:
    """The bytes of a dossier. One that was chosen is read even where the report names another."""

    content: bytes
    source: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Shipped:
    """Spec and method that come with the harness; attachments as they are opened by name."""

    opened: Callable[[str], BinaryIO | ReadAttachment]
    # Where dossiers are looked for that a report names, and the one that was given in its place.
    folder: Path | None = None
    given: FoundDossier | None = None

    def spec(self, chip: str) -> tuple[ChipSpec, str] | None:
        return read_spec(chip)

    def method(self) -> tuple[MethodParameters, str]:
        return read_method()

    def attachment(self, name: str) -> BinaryIO | ReadAttachment:
        return self.opened(name)

    def dossier(self, file: str | None) -> FoundDossier | None:
        if self.given is not None or self.folder is None or file is None:
            return self.given
        path = self.folder / file
        if not path.is_file():
            return None
        if not _inside(self.folder, path):
            fault = Fault(where="dossier.file", got=f'"{file}", a link out of the folder', need="a file in the folder")
            raise UnreadableInput(str(path), (fault,))
        return FoundDossier(content=read_bytes(path), source=str(path))


def beside(folder: Path | None, dossier: FoundDossier | None = None) -> Shipped:
    """Return what is held where attachments lie in a folder; without one there are none. A dossier may be given."""

    def opened(name: str) -> BinaryIO | ReadAttachment:
        if folder is None or not (folder / name).is_file():
            return ReadAttachment(sha256=None)
        if not _inside(folder, folder / name):
            return ReadAttachment(sha256=None, fault="a link out of the folder")
        return (folder / name).open("rb")

    return Shipped(opened, folder, dossier)


def _inside(folder: Path, path: Path) -> bool:
    """Return whether a file lies in the folder, whatever links lead to it."""
    return path.resolve().is_relative_to(folder.resolve())


def opened(path: str | Path) -> BufferedReader:
    """Open a file for reading.

    Raises:
        UnreadableInput: With what the system says of it.
    """
    try:
        return Path(path).open("rb")
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str | Path, error: OSError | ValueError) -> UnreadableInput:
    got = (error.strerror if isinstance(error, OSError) else None) or str(error)
    fault = Fault(where="the file", got=f'"{got}"', need="a file that can be read")
    return UnreadableInput(str(path) or '""', (fault,))


def read_bytes(path: str | Path, largest: int = ENVELOPE_LIMITS.largest_bytes) -> bytes:
    """Return the bytes of a file, or of standard input for "-"; one byte more than the limit at the most.

    Raises:
        UnreadableInput: With what the system says of it.
    """
    try:
        if str(path) == "-":
            if sys.stdin is None:
                raise UnreadableInput("-", (Fault(where="standard input", got="closed", need="a file to read"),))
            return sys.stdin.buffer.read(largest + 1)
        with Path(path).open("rb") as file:
            return file.read(largest + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def read_case(data: bytes, source: str, folder: Path | None, as_of: Day | None) -> Case:
    """Return the case that a lab report makes, with its chip spec, the method in force and its attachments.

    Of a report in an envelope no signature is verified, and nothing of its facts changes by it.

    Args:
        data: The bytes of the report.
        source: What to call it in messages.
        folder: Where attachments are looked for; None looks for none.
        as_of: A day that stands in for all four dates.

    Raises:
        UnreadableInput: With every fault of the report.
    """
    return case_of(data, source, as_of, beside(folder))


def case_of(data: bytes, source: str, as_of: Day | None, holdings: Holdings) -> Case:
    """Return the case that a lab report makes with what is held beside it.

    Raises:
        UnreadableInput: With every fault of the report.
    """
    return case_with(report_in(data, source), sha256(data), as_of, holdings)


def case_with(report: LabReport, report_sha256: str, as_of: Day | None, holdings: Holdings) -> Case:
    """Return the case that a lab report makes which was read before, from a file of this digest."""
    chip = report.product.chip if report.product else None
    found = holdings.spec(chip) if chip else None
    method, method_sha256 = holdings.method()
    wanted = {one.raw.attachment for one in report.measurements if one.raw is not None}
    documents = attached_documents(report)
    dossier, dossier_sha256 = _dossier(report, holdings)
    return Case(
        report=report,
        report_sha256=report_sha256,
        spec=found[0] if found else None,
        spec_sha256=found[1] if found else None,
        method=method,
        method_sha256=method_sha256,
        as_of=as_of,
        attachments={
            one.name: _read_attachment(
                holdings.attachment,
                one.name,
                method.largest_attachment_bytes,
                wanted=one.name in wanted,
                kept=one.name in documents,
            )
            for one in report.attachments
        },
        dossier=dossier,
        dossier_sha256=dossier_sha256,
    )


def _dossier(report: LabReport, holdings: Holdings) -> "tuple[Dossier | None, str | None]":
    """Return the dossier and its digest; of a file that merely lies where another is named, only the digest."""
    named = report.dossier
    found = holdings.dossier(named.file if named is not None else None)
    if found is None:
        return None, None
    digest = sha256(found.content)
    if named is not None and named.sha256 != digest and not found.chosen:
        return None, digest
    # A report without a dossier pays for none of its models.
    from harness.model.dossier import Dossier

    return from_json(Dossier, found.content, found.source), digest


def _read_attachment(
    opened: Callable[[str], BinaryIO | ReadAttachment], name: str, largest: int, *, wanted: bool, kept: bool
) -> ReadAttachment:
    """Read an attached file once, in blocks; figures and bytes are kept only where something rests on them."""
    digest, size = hashlib.sha256(), 0
    content = bytearray()
    series = _Series() if wanted else None
    try:
        found = opened(name)
        if isinstance(found, ReadAttachment):
            return found
        with found as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
                if size > largest:
                    return ReadAttachment(sha256=None, size_bytes=size, fault=f"larger than {largest:,} bytes")
                if series is not None:
                    series.feed(block)
                if kept and size <= _LARGEST_DOCUMENT:
                    content += block
    except OSError as error:
        return ReadAttachment(sha256=None, fault=error.strerror)
    bytes_kept = bytes(content) if kept and size <= _LARGEST_DOCUMENT else None
    samples, fault = series.close() if series is not None else (None, None)
    return ReadAttachment(sha256=digest.hexdigest(), size_bytes=size, samples=samples, fault=fault, content=bytes_kept)


class _Series:
    """A raw series that arrives in blocks: one figure per line, lines ended by a newline alone."""

    def __init__(self) -> None:
        self.samples: list[Decimal] = []
        self.rest = b""
        self.fault: str | None = None

    def feed(self, block: bytes) -> None:
        if self.fault is None:
            *lines, self.rest = (self.rest + block).split(b"\n")
            if len(self.rest) > _LONGEST_LINE:
                lines.append(self.rest)
            for line in lines:
                self._add(line)

    def _add(self, line: bytes) -> None:
        if self.fault is not None:
            return
        if len(self.samples) >= _MOST_SAMPLES:
            self.fault = f"more than {_MOST_SAMPLES:,} lines"
        elif len(line) > _LONGEST_LINE or _LINE.fullmatch(line) is None:
            self.fault = f"line {len(self.samples) + 1} is no figure"
        else:
            self.samples.append(Decimal(line.decode("ascii")))

    def close(self) -> tuple[tuple[Decimal, ...] | None, str | None]:
        """Return the samples, or what is wrong with them."""
        if self.rest:
            self._add(self.rest)
        if self.fault is None and not self.samples:
            self.fault = "an empty file"
        return (None if self.fault else tuple(self.samples)), self.fault
