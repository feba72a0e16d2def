"""Text as other tools print it: read line by line, with the place of each line, and never trusted to be clean."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from harness.errors import Fault, UnreadableInput
from harness.ingest.figures import figure
from harness.model.foreign import ForeignFile
from harness.model.quantity import EXACT

LARGEST_BYTES = 64 * 1024 * 1024
MOST_LINES = 1_000_000
# No tool prints a longer line of text; a line of JSON is as long as it is.
LONGEST_LINE = 4_000
# A text of a lab report has at most 8,000 characters.
LONGEST_ENTRY = 2_000

# A carriage return is how a console overwrites its last line; each state that it showed is a line of its own.
_LINE_END = re.compile(r"\r\n|\n|\r")
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def refusal(file: ForeignFile, where: str, got: str, need: str, advice: str | None = None) -> UnreadableInput:
    """Return the error for a file that nobody could use, with the place of its fault."""
    return UnreadableInput(file.name, (Fault(where=where, got=printable(got, 120), need=need, next=advice),))


def of_several_runs(file: ForeignFile, where: str, device: str) -> UnreadableInput:
    """Return the error for a file in which one number stands for two devices, so that no figure has an owner."""
    need, advice = "the runs of the same devices", "make a file of each run, and name them all"
    return refusal(file, where, f"another {device} than before", need, advice)


def text_of(file: ForeignFile) -> str:
    """Return the text of a file.

    Raises:
        UnreadableInput: The file is empty, too large, or not UTF-8.
    """
    if len(file.data) > LARGEST_BYTES:
        raise refusal(file, "the file", f"{len(file.data):,} bytes", f"at most {LARGEST_BYTES:,} bytes")
    if not file.data.strip():
        raise refusal(file, "the file", "nothing", "what its tool wrote")
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data[: error.start].count(b"\n") + 1
        raise refusal(file, f"line {line}", f"the byte 0x{file.data[error.start]:02x}", "UTF-8") from None


def numbered(text: str, longest: int = LONGEST_LINE) -> Iterator[tuple[int, str]]:
    """Yield each line that says something with its number, without the escapes of a console, and no longer than so."""
    for number, line in enumerate(_LINE_END.split(_ESCAPE.sub("", text)), start=1):
        if line.strip():
            yield number, line[:longest].rstrip() or "…"


def lines_of(file: ForeignFile) -> Iterator[tuple[int, str]]:
    """Return each line of a text that says something, with its number.

    Raises:
        UnreadableInput: It is no text, or has more than a million lines.
    """
    text = text_of(file)
    lines = text.count("\n") + text.count("\r")
    if lines > 2 * MOST_LINES or text.count("\n") > MOST_LINES:
        raise refusal(file, "the file", f"{lines:,} ends of lines", f"at most {MOST_LINES:,} lines")
    return numbered(text)


def printable(text: object, longest: int = 300) -> str:
    """Return a text as it can stand in a lab report: without control characters, cut where it is too long.

    >>> printable("NVIDIA\\x00 A100 \\n"), printable("abcdef", 4)
    ('NVIDIA A100', 'abc…')
    """
    words = _UNPRINTABLE.sub("", str(text)).strip()
    return words if len(words) <= longest else words[: longest - 1] + "…"


def named(text: object) -> str | None:
    """Return the name that a text is, or None where it says nothing."""
    return printable(text) or None if isinstance(text, str) else None


def slug(*words: object) -> str:
    """Return the slug of an observation.

    >>> slug("nv/cold/time/gpu/mean"), slug("resnet models", "FP16"), slug("???")
    ('nv-cold-time-gpu-mean', 'resnet-models-fp16', 'unnamed')
    """
    joined = "-".join(str(word) for word in words).lower()
    return re.sub(r"[^a-z0-9._]+", "-", joined).strip("-._")[:100].rstrip("-._") or "unnamed"


def median(samples: Sequence[Decimal]) -> Decimal | None:
    """Return the median of a series, exactly to the 18 places that a figure of a lab report has.

    >>> median([Decimal(3), Decimal(1), Decimal(2)]), median([Decimal(1), Decimal(2)]), median([])
    (Decimal('2'), Decimal('1.5'), None)
    """
    if not samples:
        return None
    ordered, half = sorted(samples), len(samples) // 2
    if len(ordered) % 2:
        return ordered[half]
    return figure(f"{EXACT.divide(EXACT.add(ordered[half - 1], ordered[half]), Decimal(2)):f}")


def count_of(number: int, one: str, several: str | None = None) -> str:
    """Return a number with its noun.

    >>> count_of(1, "row"), count_of(2, "row"), count_of(3, "GPU does no work", "GPUs do no work")
    ('1 row', '2 rows', '3 GPUs do no work')
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def listed(entries: Sequence[str], what: str = "further entries of the same kinds", most: int = 200) -> tuple[str, ...]:
    """Return a list that a lab report can hold: what goes beyond `most` is counted, and no entry is too long.

    >>> listed(["a", "b", "c"], most=2)
    ('a', 'b', '1 further entries of the same kinds')
    """
    more = len(entries) - most
    return tuple(printable(entry, LONGEST_ENTRY) for entry in entries[:most]) + (
        (f"{more:,} {what}",) if more > 0 else ()
    )
