"""Events from files: one in JSON, one a line in JSON lines, one a row in CSV, or one in words of the command line."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, get_args

from pydantic import ValidationError

from harness.codec.documents import faults_of, from_json
from harness.codec.report_files import opened, read_bytes
from harness.errors import Fault, UnreadableInput, WrongUsage
from harness.evidence.ledger_entry import entry_bytes
from harness.model.lab_report import LabReport
from harness.model.ledger_event import LEDGER_EVENT_FORMAT, Correctable, Event, FiveDeclared, LedgerEvent

# Of the fields of every event, those that stand beside the event itself.
_BESIDE = frozenset({"day", "note", "as_happened"})
# Whole numbers, with the least and the most of each.
_WHOLE = {"units": (1, 10**9), "corrects": (0, 10**12), "cancels": (0, 10**12)}
_YES_NO = frozenset({"us_end_use", "revoked", "as_happened"})
_LISTS = frozenset({"unit_ids", "countries", "conditions"})
_PRODUCTS = frozenset({"product", "from_product", "to_product"})
_LONGEST_LINE = 4 * 1024 * 1024
ProductNamed = Callable[[str], str]
# Where an event stands, in words, and the event.
Placed = tuple[str, LedgerEvent]


def events_in(source: str, file: BinaryIO, product_named: ProductNamed) -> Iterator[Placed]:
    """Yield the events in a file with their places: CSV by its name, JSON by its name, else JSON lines.

    Args:
        source: Name of the file.
        file: Its bytes.
        product_named: Gives the id of a product that a row of CSV names by its model, or by part of its id.

    Raises:
        UnreadableInput: Something in it is no event; says in which line.
    """
    suffix = Path(source).suffix.lower()
    if suffix == ".csv":
        yield from _rows(source, file, product_named)
    elif suffix == ".json":
        yield source, from_json(LedgerEvent, file.read(_LONGEST_LINE + 1), source)
    else:
        yield from _lines(source, file)


def _lines(source: str, file: BinaryIO) -> Iterator[Placed]:
    for n, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE + 1), b""), start=1):
        if line.strip():
            at = f"{source}, line {n:,}"
            yield at, _of_line(line, at)


def _of_line(line: bytes, source: str) -> LedgerEvent:
    try:
        event = LedgerEvent.model_validate_json(line)
    except ValidationError:
        return from_json(LedgerEvent, line, source)
    # What is in the one spelling already has nothing that a strict reader would look for, and is most of what comes.
    return event if entry_bytes(event) == line.rstrip(b"\r\n") else from_json(LedgerEvent, line, source)


def _rows(source: str, file: BinaryIO, product_named: ProductNamed) -> Iterator[Placed]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        reader = csv.reader(text, strict=True)
        header = next(reader, [])
        _sound_header(source, header)
        for row in reader:
            if not any(row):
                continue
            at = f"{source}, line {reader.line_num:,}"
            if len(row) != len(header):
                raise _unreadable(at, "the row", f"{len(row)} cells", f"{len(header)}, as the head has")
            words = {name: cell for name, cell in zip(header, row, strict=True) if cell}
            yield at, of_words(words, at, product_named)
    except csv.Error as error:
        raise _unreadable(source, f"line {reader.line_num:,}", str(error), "CSV") from None
    except UnicodeDecodeError:
        raise _unreadable(source, "the file", "another encoding", "UTF-8") from None


def _sound_header(source: str, header: list[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice or not {"kind", "day"} <= set(header):
        got = f"{', '.join(twice)} twice" if twice else ", ".join(header)[:80] or "nothing"
        raise _unreadable(source, "the head", got, "a name for each column, kind and day among them")


def of_words(words: Mapping[str, str], source: str, product_named: ProductNamed) -> LedgerEvent:
    """Return the event of a row, or of words such as units=8: dots lead into parts, semicolons separate lists.

    Raises:
        UnreadableInput: They make no event.
        WrongUsage: They name a product that is not there.
    """
    _sound_kinds(words, source)
    value: dict[str, Any] = {"schema": LEDGER_EVENT_FORMAT, "event": {}}
    for name, text in words.items():
        into, *rest = name.split(".")
        node = value if into in _BESIDE else value["event"]
        for step in [into, *rest][:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                raise _unreadable(source, name, "a part of a value", "a field of the event")
        node[[into, *rest][-1]] = _value(name, text, source, product_named)
    try:
        return LedgerEvent.model_validate(value)
    except ValidationError as error:
        raise UnreadableInput(source, faults_of(LedgerEvent, error)) from None


def _sound_kinds(words: Mapping[str, str], source: str) -> None:
    for name, known in (("kind", _KINDS), ("event.kind", _CORRECTABLE)):
        corrects = name == "event.kind" and words.get("kind") == "correction"
        if (name in words or name == "kind" or corrects) and words.get(name) not in known:
            raise _unreadable(source, name, words.get(name, "nothing")[:60], f"one of {', '.join(known)}")


def _value(name: str, text: str, source: str, product_named: ProductNamed) -> Any:
    # What a correction puts in place of an event has the fields of that event.
    plain = name.removeprefix("event.")
    if plain in _PRODUCTS:
        try:
            return product_named(text)
        except WrongUsage as error:
            raise WrongUsage(f"{source}: {error}") from None
    if plain in _WHOLE:
        return _whole_number(name, text, source, _WHOLE[plain])
    if plain in _YES_NO and text.lower() in ("yes", "true", "no", "false"):
        return text.lower() in ("yes", "true")
    return tuple(part.strip() for part in text.split(";")) if plain in _LISTS else text


def _whole_number(name: str, text: str, source: str, limits: tuple[int, int]) -> int:
    least, most = limits
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most:
        return int(text)
    need = f"a whole number from {least} to {most}, in digits alone"
    raise _unreadable(source, f"event.{name}", repr(text[:60]), need)


def _kinds(union: Any) -> tuple[str, ...]:
    models = get_args(get_args(union)[0])
    return tuple(kind for model in models for kind in get_args(model.model_fields["kind"].annotation))


_KINDS, _CORRECTABLE = _kinds(Event), _kinds(Correctable)


def of_command(kind: str, words: Iterable[str], product_named: ProductNamed) -> LedgerEvent:
    """Return the event that words of the command line make: KEY=VALUE, where evidence= and document= name files.

    Raises:
        WrongUsage: A word is no KEY=VALUE.
        UnreadableInput: They make no event, or a file cannot be read.
    """
    found: dict[str, str] = {"kind": kind}
    declared: FiveDeclared | None = None
    into = "declared"
    for word in words:
        key, equals, text = word.partition("=")
        if not equals or not key or key in found:
            raise WrongUsage(f"got {word!r}; need KEY=VALUE, each once, such as units=8")
        if key.removeprefix("event.") in ("evidence", "document"):
            found |= {f"{key}.title": Path(text).name, f"{key}.sha256": _digest_of(text)}
        elif key.removeprefix("event.") == "declared":
            declared, into = declared_in(text), key
        else:
            found[key] = text
    if declared is not None:
        parts = declared.model_dump(mode="json")
        found |= {f"{into}.{name}.{part}": text for name, one in parts.items() for part, text in one.items()}
    return of_words(found, f"--event {kind}", product_named)


def _digest_of(path: str) -> str:
    """Return the digest of a file of any size."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def declared_in(source: str) -> FiveDeclared:
    """Return the five quantities that a lab report declares.

    Raises:
        UnreadableInput: It is no lab report, or lacks one of them.
    """
    report = from_json(LabReport, read_bytes(source), source)
    parts = {} if report.declared is None else report.declared.model_dump(mode="json", include=set(_five()))
    stated = {name: {key: one[key] for key in ("value", "unit")} for name, one in parts.items() if one}
    try:
        return FiveDeclared.model_validate(stated)
    except ValidationError as error:
        raise UnreadableInput(f"{source}, declared", faults_of(FiveDeclared, error)) from None


def _five() -> Iterable[str]:
    return FiveDeclared.model_fields


def _unreadable(source: str, where: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where=where, got=got, need=need),))
