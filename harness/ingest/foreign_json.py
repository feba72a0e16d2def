"""JSON that other tools wrote: every number stays the text that was printed, and nothing recurses unseen."""

import json
import re
from collections.abc import Iterator
from typing import Any

from harness.ingest.lines import printable, refusal, text_of
from harness.model.foreign import ForeignFile

DEEPEST, MOST_IN_ONE_FILE = 64, 10_000
# A string ends where its line's quotes end; a token that never ends is the decoder's to name.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class Printed(str):
    """A number as its tool printed it, such as "649.90" or "NaN"; `figure` says whether it is one."""

    __slots__ = ()


class _Twice(Exception):
    def __init__(self, key: str) -> None:
        self.key = key


def json_of(file: ForeignFile) -> Any:
    """Return the JSON value in a file.

    Raises:
        UnreadableInput: It is no JSON, nests too deep, or has a key twice.
    """
    return json_in(file, text_of(file))


def json_in(file: ForeignFile, text: str, place: str = "") -> Any:
    """Return the JSON value in a part of a file that stands at `place`, such as "line 3".

    Raises:
        UnreadableInput: As for a whole file.
    """
    before = f"{place}, " if place else ""
    depth = 0
    for match in _TOKEN.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match.group()[0], 0)
        if depth > DEEPEST:
            where = f"{before}character {match.start() + 1:,}"
            raise refusal(file, where, f"nesting deeper than {DEEPEST}", f"at most {DEEPEST}")
    try:
        return json.loads(
            text, parse_float=Printed, parse_int=Printed, parse_constant=Printed, object_pairs_hook=_object
        )
    except _Twice as twice:
        raise refusal(
            file, place or "the file", f"the key {printable(twice.key, 60)!r} twice", "each key once"
        ) from None
    except json.JSONDecodeError as error:
        got = text[error.pos : error.pos + 20].split("\n", maxsplit=1)[0] or "the end of the text"
        where = f"{before}line {error.lineno} column {error.colno}" if not place else f"{before}column {error.colno}"
        raise refusal(file, where, repr(got), f"JSON ({error.msg})") from None


def each_in(file: ForeignFile, text: str) -> Iterator[Any]:
    """Yield each object or array of a text that stands on the outermost level, whatever stands between them.

    Raises:
        UnreadableInput: One of them is no JSON, as for a whole file.
    """
    depth = start = found = 0
    for match in _TOKEN.finditer(text):
        depth, before = depth + {"{": 1, "[": 1, "}": -1, "]": -1}.get(match.group()[0], 0), depth
        if before == 0 and depth == 1:
            start = match.start()
        elif before == 1 and depth == 0:
            found += 1
            if found > MOST_IN_ONE_FILE:
                need = f"at most {MOST_IN_ONE_FILE:,}"
                raise refusal(file, f"character {start + 1:,}", f"more than {MOST_IN_ONE_FILE:,} values of JSON", need)
            yield json_in(file, text[start : match.end()])
        depth = max(depth, 0)
    if depth:
        yield json_in(file, text[start:])


def embedded_in(file: ForeignFile, *keys: str) -> Any:
    """Return the object whose first member is one of some keys, from among lines of text that a console added.

    Raises:
        UnreadableInput: There is none, or it is no JSON, as for a whole file.
    """
    text = text_of(file)
    found = re.search(r'\{\s*"(?:' + "|".join(map(re.escape, keys)) + r')"\s*:', text)
    return json_in(file, text) if found is None else next(each_in(file, text[found.start() :]))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found


def members(value: Any) -> dict[str, Any]:
    """Return the members of an object; none where the value is something else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return the items of an array; none where the value is something else."""
    return value if isinstance(value, list) else []


def whole(value: Any, most: int = 10**18) -> int | None:
    """Return a count that a tool printed as a whole number, or None.

    >>> whole(Printed("80")), whole("80"), whole(Printed("8.5")), whole(Printed("-1")), whole(True)
    (80, 80, None, None, None)
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19 and int(value) <= most:
        return int(value)
    return None
