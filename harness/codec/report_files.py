"""Lab reports and the files that they attach: from bytes, from a file, from standard input."""

import hashlib
import re
import sys
from decimal import Decimal
from pathlib import Path

from harness.codec.digest import sha256
from harness.codec.documents import from_json
from harness.codec.method_files import read_method
from harness.codec.spec_files import read_spec
from harness.codec.strict_json import LARGEST_BYTES
from harness.errors import Fault, UnreadableInput
from harness.model.case import Case, ReadAttachment
from harness.model.document import FIGURE, Day
from harness.model.lab_report import Attachment, LabReport

_LINE = re.compile(FIGURE.encode("ascii"))
_LONGEST_LINE = 40
_MOST_SAMPLES = 2_000_000


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file, or of standard input for "-"; one byte more than the limit at the most.

    Raises:
        UnreadableInput: With what the system says of it.
    """
    try:
        if str(path) == "-":
            if sys.stdin is None:
                raise UnreadableInput("-", (Fault(where="standard input", got="closed", need="a file to read"),))
            return sys.stdin.buffer.read(LARGEST_BYTES + 1)
        with Path(path).open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        got = (error.strerror if isinstance(error, OSError) else None) or str(error)
        fault = Fault(where="the file", got=f'"{got}"', need="a file that can be read")
        raise UnreadableInput(str(path) or '""', (fault,)) from None


def read_case(data: bytes, source: str, folder: Path | None, as_of: Day | None) -> Case:
    """Return the case that a lab report makes, with its chip spec, the method in force and its attachments.

    Args:
        data: The bytes of the report.
        source: What to call it in messages.
        folder: Where attachments are looked for; None looks for none.
        as_of: A day that stands in for all four dates.

    Raises:
        UnreadableInput: With every fault of the report.
    """
    report = from_json(LabReport, data, source)
    chip = report.product.chip if report.product else None
    found = read_spec(chip) if chip else None
    method, method_sha256 = read_method()
    wanted = {one.raw.attachment for one in report.measurements if one.raw is not None}
    return Case(
        report=report,
        report_sha256=sha256(data),
        spec=found[0] if found else None,
        spec_sha256=found[1] if found else None,
        method=method,
        method_sha256=method_sha256,
        as_of=as_of,
        attachments={
            attachment.name: _read_attachment(
                folder, attachment, method.largest_attachment_bytes, wanted=attachment.name in wanted
            )
            for attachment in report.attachments
        },
    )


def _read_attachment(folder: Path | None, attachment: Attachment, largest: int, *, wanted: bool) -> ReadAttachment:
    """Read an attached file once, in blocks; its figures are kept only where a measurement rests on them."""
    if folder is None or not (folder / attachment.name).is_file():
        return ReadAttachment(sha256=None)
    digest, size = hashlib.sha256(), 0
    series = _Series() if wanted else None
    try:
        with (folder / attachment.name).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
                if size > largest:
                    return ReadAttachment(sha256=None, size_bytes=size, fault=f"larger than {largest:,} bytes")
                if series is not None:
                    series.feed(block)
    except OSError as error:
        return ReadAttachment(sha256=None, fault=error.strerror)
    if series is None:
        return ReadAttachment(sha256=digest.hexdigest(), size_bytes=size)
    samples, fault = series.close()
    return ReadAttachment(sha256=digest.hexdigest(), size_bytes=size, samples=samples, fault=fault)


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
