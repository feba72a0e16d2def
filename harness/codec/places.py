"""Where a place of a JSON document stands in its text: line and column, for people and for other programs."""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s"\[\]{},:]+')
_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_$-]*)|\[([^\[\]]*)\]")
_LINE_AND_COLUMN = re.compile(r"line ([0-9]+) column ([0-9]+)")
# What names no place inside the text.
_OUTSIDE = ("the file", "byte 0", "standard input")


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One value of a JSON text: the steps to it, and the offsets of its key and of its first token."""

    path: Path
    key: int | None
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """One token of a text. Lines and columns count from 1, columns in characters; no JSON token spans lines."""

    line: int
    column: int
    end_column: int


def members(text: str) -> Iterator[Member]:
    """Yield every value of a well-formed JSON text, in its order; of an array or object, its opening bracket."""
    path: list[str | int] = []
    key: int | None = None
    key_comes = False
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark in "]}":
            path.pop()
            key_comes = False
        elif mark == ",":
            step = path[-1]
            key_comes = isinstance(step, str)
            path[-1] = step if isinstance(step, str) else step + 1
        elif key_comes:
            path[-1], key, key_comes = json.loads(token[0]), token.start(), False
        elif mark != ":":
            yield Member(path=tuple(path), key=key, start=token.start(), end=token.end())
            key, key_comes = None, mark == "{"
            path += [""] if mark == "{" else [0] if mark == "[" else []


def line_and_column(text: str, offset: int) -> str:
    """Return an offset of a text as people write it."""
    return f"line {text.count(chr(10), 0, offset) + 1} column {offset - text.rfind(chr(10), 0, offset)}"


def lines_and_columns(text: str) -> Callable[[int], str]:
    """Return what writes offsets of a text likewise; for many of them the lines are counted once."""
    breaks = [match.start() for match in re.finditer("\n", text)]

    def written(offset: int) -> str:
        line = bisect_left(breaks, offset)
        return f"line {line + 1} column {offset - (breaks[line - 1] if line else -1)}"

    return written


class Places:
    """The places of one JSON text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._text = ""
        self._lines: list[int] = []  # The offset of the first character of each line.
        self._found: dict[Path, Member] = {}
        self._saying: dict[tuple[Path, str], int] = {}  # The first part of a list that says a word of itself.

    def region(self, place: str) -> Region | None:
        """Return where a place stands, such as measurements[1].value; where it is absent, its closest parent.

        A word in brackets, as in examinations[MU-01], is the first part of the list that says it of itself. Words after
        the place are passed over. None: the place is none of the text, or there is no text.
        """
        stated = _LINE_AND_COLUMN.match(place)
        if stated:
            line, column = map(int, stated.groups())
            return Region(line=line, column=column, end_column=column + 1)
        if place.startswith(_OUTSIDE):
            return None
        self._read()
        member = self._found.get(self._resolved(place))
        return None if member is None else self._region(member)

    def _read(self) -> None:
        if not self._text:
            self._text = self._data.decode("utf-8")
            self._lines = [0, *(match.end() for match in re.finditer("\n", self._text))]
            self._found = {member.path: member for member in members(self._text)}
            for path, member in self._found.items():
                if len(path) > 1 and isinstance(path[-2], int):
                    word = self._text[member.start : member.end].strip('"')
                    self._saying.setdefault((path[:-2], word), path[-2])

    def _resolved(self, place: str) -> Path:
        path: Path = ()
        at = 1 if place.startswith("$") else 0
        while step := _STEP.match(place, at):
            at = step.end()
            longer = self._child(path, step)
            if longer not in self._found:
                break
            path = longer
        return path

    def _child(self, path: Path, step: re.Match[str]) -> Path:
        name, chosen = step.groups()
        if name is not None:
            return (*path, name)
        return (*path, int(chosen) if chosen.isdecimal() else self._saying.get((path, chosen), -1))

    def _region(self, member: Member) -> Region:
        line = bisect_right(self._lines, member.start)
        column = member.start - self._lines[line - 1] + 1
        return Region(line=line, column=column, end_column=column + member.end - member.start)
