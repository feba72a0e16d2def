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

_LINE = re.compile(FIGURE)
_MOST_SAMPLES = 2_000_000


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file, or of standard input for "-"; one byte more than the limit at the most.

    Raises:
        UnreadableInput: With what the system says of it.
    """
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(LARGEST_BYTES + 1)
        with Path(path).open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        got = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UnreadableInput(str(path), (Fault(where="the file", got=got, need="a readable file"),)) from None


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
    return Case(
        report=report,
        report_sha256=sha256(data),
        spec=found[0] if found else None,
        spec_sha256=found[1] if found else None,
        method=method,
        method_sha256=method_sha256,
        as_of=as_of,
        attachments={
            attachment.name: _read_attachment(folder, attachment, method.largest_attachment_bytes)
            for attachment in report.attachments
        },
    )


def _read_attachment(folder: Path | None, attachment: Attachment, largest: int) -> ReadAttachment:
    if folder is None or not (folder / attachment.name).is_file():
        return ReadAttachment(sha256=None)
    digest, size, lines = hashlib.sha256(), 0, bytearray()
    try:
        with (folder / attachment.name).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
                if size > largest:
                    return ReadAttachment(sha256=None, size_bytes=size, fault=f"larger than {largest:,} bytes")
                lines += block
    except OSError as error:
        return ReadAttachment(sha256=None, fault=error.strerror)
    return _with_samples(digest.hexdigest(), size, bytes(lines))


def _with_samples(digest: str, size: int, data: bytes) -> ReadAttachment:
    """Read one figure per line. A file of another form is no raw series, and its digest is all that counts."""
    samples = []
    for n, line in enumerate(data.decode("utf-8", errors="replace").splitlines(), start=1):
        if _LINE.fullmatch(line) is None or n > _MOST_SAMPLES:
            fault = f"line {n} is no figure" if n <= _MOST_SAMPLES else f"more than {_MOST_SAMPLES:,} lines"
            return ReadAttachment(sha256=digest, size_bytes=size, fault=fault)
        samples.append(Decimal(line))
    return ReadAttachment(sha256=digest, size_bytes=size, samples=tuple(samples))
