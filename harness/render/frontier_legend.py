"""What stands below the panels: answers, lines, thresholds with their citations, the key of numbers, assumptions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.model.policy import LensText
from harness.render.canvas import FAINT, INK, Box, Shape, Stroke, Words, wrapped
from harness.render.frontier_paint import BEFORE, WINDOW, Label, Palette, hatched, outline

_TEXT, _LINE, _HEAD, _GAP = 10.0, 13.5, 12.0, 12.0
_SWATCH = 34.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One entry: what it looks like, if anything, and what that means."""

    text: str
    # A ground, the way in which answers moved, or the name of a line.
    label: Label = ()
    moved: str = ""
    line: str = ""
    sign: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Entries under a heading."""

    heading: str
    rows: tuple[Row, ...]


def answer_rows(lens: LensText, grounds: Iterable[Label], marks: Iterable[Label], turns_on: str) -> list[Row]:
    """Return an entry for each label of the ground or of a mark, the certain ones first.

    Args:
        lens: The lens.
        grounds: The labels of regions.
        marks: The labels of chips.
        turns_on: What is open of the regions, in words.
    """
    order = [answer.id for answer in lens.answers]
    of_ground = set(grounds)
    shown = sorted(of_ground | set(marks), key=lambda label: (len(label), [order.index(one) for one in label]))
    means = {answer.id: answer.means for answer in lens.answers}
    return [Row(text=_meaning(label, means, label in of_ground, turns_on), label=label) for label in shown]


def _meaning(label: Label, means: Mapping[str, str], of_ground: bool, turns_on: str) -> str:
    if len(label) == 1:
        return label[0] if means[label[0]] == label[0] else f"{label[0]}: {means[label[0]]}"
    text = " or ".join(label) if len(label) < 4 else f"one of {', '.join(label)}"
    if not of_ground:
        return f"{text}: what is known of the chip, or the text, leaves it open"
    return f"{text}: it turns on {turns_on}" if turns_on else f"{text}: the text bears several readings"


def legend(
    blocks: Iterable[Block], palette: Palette, *, left: float, right: float, top: float
) -> tuple[list[Shape], float]:
    """Return the blocks in two columns, and where they end.

    Args:
        blocks: What is to be written; none is parted.
        palette: The paint of answers.
        left: Where the first column begins.
        right: Where the second column ends.
        top: Where both begin.
    """
    width = (right - left - 36) / 2
    listed = [block for block in blocks if block.rows]
    heights = [_height(block, width) for block in listed]
    split = min(range(len(listed) + 1), key=lambda n: (max(sum(heights[:n]), sum(heights[n:])), n))
    shapes: list[Shape] = []
    ends = [top]
    for column, part in enumerate((listed[:split], listed[split:])):
        y = top
        for block in part:
            found = list(_block(block, palette, round(left + column * (width + 36), 2), y, width))
            shapes += found
            y = round(y + _height(block, width), 2)
        ends.append(y)
    return shapes, max(ends)


def _height(block: Block, width: float) -> float:
    return _LINE * (1.3 + sum(len(_lines(row, width)) for row in block.rows)) + _GAP


def _lines(row: Row, width: float) -> list[str]:
    return wrapped(row.text, width - _indent(row), _TEXT) or [""]


def _indent(row: Row) -> float:
    if row.label or row.moved or row.line:
        return _SWATCH + 8
    return 30.0 if row.sign else 0.0


def _block(block: Block, palette: Palette, left: float, top: float, width: float) -> Iterator[Shape]:
    yield Words(at=(left, round(top + _HEAD, 2)), text=block.heading, size=_HEAD, bold=True)
    y = top + _LINE * 1.3
    for row in block.rows:
        yield from _sample(row, palette, left, round(y, 2))
        if row.sign:
            yield Words(at=(left + 22, round(y + 10.5, 2)), text=row.sign, size=_TEXT, bold=True, anchor="end")
        for line in _lines(row, width):
            yield Words(at=(round(left + _indent(row), 2), round(y + 10.5, 2)), text=line, size=_TEXT)
            y += _LINE


def _sample(row: Row, palette: Palette, left: float, top: float) -> Iterator[Shape]:
    """Yield what an entry looks like on the panels."""
    box = Box(left, round(top + 1, 2), left + _SWATCH, round(top + 12, 2))
    middle = round((box.top + box.bottom) / 2, 2)
    if row.label:
        yield from palette.ground(box, row.label)
        yield outline(box, FAINT, width=0.6)
        yield palette.symbol((round(left + _SWATCH / 2, 2), middle), row.label, size=4.4)
    elif row.moved:
        yield from hatched(box, row.moved, apart=9.0)
        yield outline(box, FAINT, width=0.6)
    elif row.line == "window":
        yield outline(box, WINDOW)
    elif row.line == "before":
        yield Stroke(points=((left, middle), (box.right, middle)), colour=BEFORE, width=1.8, dash=(7.0, 4.0))
    elif row.line == "boundary":
        yield Stroke(points=((left, middle), (box.right, middle)), colour=INK, width=1.3)
    elif row.line == "bar":
        yield Stroke(points=((left + 4, middle), (box.right - 4, middle)), width=1.0)
        for x in (left + 4, box.right - 4):
            yield Stroke(points=((x, middle - 3), (x, middle + 3)), width=1.0)
