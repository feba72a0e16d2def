"""Strict reading of untrusted JSON, in two layers.

The *generic* layer refuses what RFC 8259 leaves to chance: size, encoding, depth, duplicate keys, numbers that no
float or integer holds, lone surrogates. The *payload* layer adds the rules of our own documents: no fractional
numbers (figures are strings), whole numbers of at most 16 digits, no NUL, keys from a small alphabet.

Nothing recurses before the depth is known, so no input can exhaust the stack.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harness.errors import Fault, UnreadableInput

LARGEST_BYTES = 4 * 1024 * 1024
DEEPEST = 64
MOST_TOKENS = 200_000
LONGEST_INTEGER = 16
MOST_FAULTS = 50

_KEY = re.compile(r"[A-Za-z0-9_.$-]{1,100}")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]|[^\s"\[\]{},:]+', re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much is read at most."""

    largest_bytes: int = LARGEST_BYTES
    most_tokens: int = MOST_TOKENS


_USUAL = Limits()
# What is signed holds a report of the usual size and names its units and files; an envelope holds that in base64.
STATEMENT_LIMITS = Limits(largest_bytes=LARGEST_BYTES + 1024 * 1024, most_tokens=2 * MOST_TOKENS)
ENVELOPE_LIMITS = Limits(largest_bytes=7 * 1024 * 1024)


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def read_generic(data: bytes, source: str, limits: Limits = _USUAL) -> Any:
    """Return the JSON value in `data`, refusing whatever two readers could read differently.

    Raises:
        UnreadableInput: With the place of the fault; all duplicate keys at once.
    """
    return _read(data, source, limits, payload=False)


def read_payload(data: bytes, source: str, limits: Limits = _USUAL) -> Any:
    """Return the JSON value in `data` under the rules of the project's own documents.

    Raises:
        UnreadableInput: With every fault that could be told apart, each with its place.
    """
    return _read(data, source, limits, payload=True)


def _read(data: bytes, source: str, limits: Limits, *, payload: bool) -> Any:
    try:
        text = _decoded(data, limits)
        _scan_structure(data, limits)
        reader = _Reader(payload=payload)
        value = reader.read(text)
    except _Refused as refused:
        raise UnreadableInput(source, (refused.fault,)) from None
    faults = list(_placed(text, payload=payload)) if reader.doubtful else []
    faults += _walk(value, "$", payload=payload)
    if len(faults) > MOST_FAULTS:
        more = Fault(where="the file", got=f"{len(faults) - MOST_FAULTS:,} further faults", need="none")
        faults = [*faults[:MOST_FAULTS], more]
    if faults:
        raise UnreadableInput(source, tuple(faults))
    return value


def _decoded(data: bytes, limits: Limits) -> str:
    if len(data) > limits.largest_bytes:
        raise _Refused(
            Fault(
                where="the file",
                got=f"{len(data):,} bytes or more",
                need=f"at most {limits.largest_bytes:,} bytes",
                next="attach raw series as files named by digest",
            )
        )
    if not data.strip():
        raise _Refused(Fault(where="the file", got="nothing", need="a JSON document"))
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _Refused(Fault(where="byte 0", got="a byte order mark", need="UTF-8 without one"))
    try:
        return data.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        got = f"the byte 0x{data[error.start]:02x}"
        raise _Refused(Fault(where=_place(data, error.start), got=got, need="UTF-8")) from None


def _scan_structure(data: bytes, limits: Limits) -> None:
    """Refuse depth and length before any recursive reader sees the text."""
    depth = 0
    for tokens, match in enumerate(_TOKEN.finditer(data), start=1):
        first = data[match.start()]
        if first in b"[{":
            depth += 1
        elif first in b"]}":
            depth -= 1
        if depth > DEEPEST:
            where = _place(data, match.start())
            raise _Refused(Fault(where=where, got=f"nesting deeper than {DEEPEST}", need=f"at most {DEEPEST}"))
        if tokens > limits.most_tokens:
            where = _place(data, match.start())
            raise _Refused(
                Fault(
                    where=where,
                    got=f"more than {limits.most_tokens:,} tokens",
                    need=f"at most {limits.most_tokens:,}",
                    next="attach raw series as files named by digest",
                )
            )


def _place(data: bytes, offset: int) -> str:
    before = data[:offset]
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].decode("utf-8", errors="replace")) + 1
    return f"line {before.count(bytes([10])) + 1} column {column}"


class _Reader:
    """The stdlib decoder with hooks that know no places: they notice that something is wrong, and read on."""

    def __init__(self, *, payload: bool) -> None:
        self.payload = payload
        self.doubtful = False

    def read(self, text: str) -> Any:
        try:
            return json.loads(
                text,
                object_pairs_hook=self._object,
                parse_constant=self._constant,
                parse_float=self._float,
                parse_int=self._int,
            )
        except json.JSONDecodeError as error:
            where = f"line {error.lineno} column {error.colno}"
            got = text[error.pos : error.pos + 20].split("\n", maxsplit=1)[0] or "the end of the file"
            raise _Refused(Fault(where=where, got=repr(got), need=f"JSON ({error.msg})")) from None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self.doubtful |= len(found) != len(pairs)
        return found

    def _constant(self, word: str) -> None:  # noqa: ARG002 - none of them is allowed.
        self.doubtful = True

    def _float(self, text: str) -> float:
        self.doubtful |= self.payload or not _fits_a_float(text)
        return float(text)

    def _int(self, text: str) -> int:
        if len(text.lstrip("-")) > LONGEST_INTEGER:
            self.doubtful = True
            return 0
        return int(text)


def _fits_a_float(text: str) -> bool:
    value = float(text)
    zero = all(digit in "0.-" for digit in text.lower().partition("e")[0])
    return not math.isinf(value) and (value != 0 or zero)


def _placed(text: str, *, payload: bool) -> Iterator[Fault]:
    """Name the keys that stand twice and the numbers that nobody could use, with line, column and place."""
    from harness.codec.documents import path
    from harness.codec.places import lines_and_columns, members

    written = lines_and_columns(text)
    keys: Counter[tuple[str | int, ...]] = Counter()
    for member in members(text):
        place = path([step if isinstance(step, int) else _shown(step) for step in member.path])
        if member.key is not None:
            keys[member.path] += 1
            if keys[member.path] == 2:
                where = f"{written(member.key)}, {place}"
                got = f"the key {_shown(str(member.path[-1]))} twice"
                yield Fault(where=where, got=got, need="each key once")
        token = text[member.start : member.end]
        for got, need, advice in _number_faults(token, payload=payload):
            where = f"{written(member.start)}, {place}"
            yield Fault(where=where, got=got[:60], need=need, next=advice)


def _number_faults(token: str, *, payload: bool) -> Iterator[tuple[str, str, str | None]]:
    if token in ("NaN", "Infinity", "-Infinity"):
        yield token, "a finite number; figures are strings of digits", None
    elif token[0] not in "-0123456789":
        return
    elif token.lstrip("-").isdecimal():
        if len(token.lstrip("-")) > LONGEST_INTEGER:
            yield token, f"a whole number of at most {LONGEST_INTEGER} digits", None
    elif payload:
        yield token, "a figure as a string of digits, or a whole number", f'write "{token[:60]}" in quotes'
    elif not _fits_a_float(token):
        yield token, "a number that a float can hold", None


def _walk(value: Any, where: str, *, payload: bool) -> list[Fault]:
    """Name surrogates, NULs and odd keys with their place. The depth is already bounded."""
    if isinstance(value, str):
        return _text_faults(value, where, payload=payload)
    if isinstance(value, list):
        return [fault for n, item in enumerate(value) for fault in _walk(item, f"{where}[{n}]", payload=payload)]
    if isinstance(value, dict):
        return [fault for key, item in value.items() for fault in _member_faults(key, item, where, payload=payload)]
    return []


def _member_faults(key: str, item: Any, where: str, *, payload: bool) -> list[Fault]:
    faults = _text_faults(key, f"{where}, a key", payload=payload)
    if payload and not faults and _KEY.fullmatch(key) is None:
        faults = [Fault(where=f"{where}, a key", got=_shown(key), need="letters, digits, and _ . $ -")]
    return faults + _walk(item, f"{where}.{_shown(key)}", payload=payload)


def _text_faults(text: str, where: str, *, payload: bool) -> list[Fault]:
    faults = []
    # Looked at letter by letter only where there can be one: base64 of megabytes passes through here.
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        faults.append(Fault(where=where, got="half a surrogate pair", need="whole characters"))
    if payload and "\x00" in text:
        faults.append(Fault(where=where, got="a NUL character", need="text without it"))
    return faults


def _shown(key: str) -> str:
    return key if _KEY.fullmatch(key) else ascii(key[:60])
