"""Colours and forms of answers: told apart by eyes that see few colours, and in print without any."""

from collections.abc import Iterable
from dataclasses import dataclass

from harness.model.policy import LensText
from harness.render.canvas import FORMS, PAPER, Area, Box, Point, Stroke, Symbol
from harness.render.hatching import stripes

# From the mild to the severe; after Okabe and Ito, which eyes of every kind tell apart, the yellow a little darkened.
_COLOURS = ("#7A8794", "#56B4E9", "#009E73", "#D9B300", "#E69F00", "#D55E00", "#AA4499", "#333333")
_SPREAD = 6
_TINT = 0.32
WINDOW, BEFORE = "#7B2D8B", "#0B5FA5"
_MOVED = {"stricter": ("#C4713F", (False,)), "laxer": ("#5B8FC7", (True,)), "mixed": ("#777777", (False, True))}
_STRIPE, _HATCH, _HATCH_WIDTH = 11.0, 22.0, 2.2

Label = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Paint:
    """How an answer looks: in full, as a ground, and as a mark."""

    strong: str
    tint: str
    form: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The paint of every answer that a picture shows."""

    paints: dict[str, Paint]

    def ground(self, box: Box, label: Label) -> list[Area]:
        """Return the ground of a region: one tint, or broad stripes of all that is possible."""
        first, *others = [self.paints[answer].tint for answer in label]
        areas = [Area(polygons=(box.corners,), fill=first, crisp=True)]
        for n, tint in enumerate(others, start=1):
            found = stripes(box, apart=_STRIPE * len(label), width=_STRIPE, offset=n * _STRIPE)
            areas.append(Area(polygons=tuple(found), fill=tint))
        return areas

    def symbol(self, at: Point, label: Label, *, size: float, says: str = "") -> Symbol:
        """Return the mark of a chip: filled where its answer is certain, else hollow, after the most strict one."""
        paint = self.paints[label[-1]]
        if len(label) == 1:
            return Symbol(at=at, form=paint.form, size=size, fill=paint.strong, says=says)
        return Symbol(at=at, form=paint.form, size=size, fill=PAPER, edge=paint.strong, edge_width=1.9, says=says)


def palette(lens: LensText, labels: Iterable[Label]) -> Palette:
    """Return the paint of every answer among these, spread from mild to severe."""
    shown = {answer for label in labels for answer in label}
    order = [answer.id for answer in lens.answers if answer.id in shown]
    last = max(len(order) - 1, 1)
    places = [
        round(n * (_SPREAD - 1) / last) if len(order) <= _SPREAD else n % len(_COLOURS) for n in range(len(order))
    ]
    paints = {}
    for n, (answer, place) in enumerate(zip(order, places, strict=True)):
        strong = _COLOURS[place]
        paints[answer] = Paint(strong=strong, tint=tinted(strong, _TINT), form=FORMS[n % len(FORMS)])
    return Palette(paints)


def tinted(colour: str, share: float) -> str:
    """Return a colour thinned with white.

    >>> tinted("#000000", 0.2)
    '#cccccc'
    """
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)


def hatched(box: Box, way: str, *, apart: float = _HATCH) -> list[Area]:
    """Return the thin lines that say which way the answers moved in a region, so far apart."""
    colour, leans = _MOVED[way]
    return [
        Area(polygons=tuple(stripes(box, apart=apart, width=_HATCH_WIDTH, falling=falling)), fill=colour)
        for falling in leans
    ]


def outline(box: Box, colour: str, *, width: float = 1.8, dash: tuple[float, ...] = ()) -> Stroke:
    """Return the edge of a rectangle."""
    return Stroke(points=box.corners, colour=colour, width=width, dash=dash, closed=True)
