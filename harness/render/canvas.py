"""A drawing as values: areas, strokes, symbols and words at places in pixels, which every kind of file writes."""

from dataclasses import dataclass
from math import cos, pi, sin

Point = tuple[float, float]
INK, PAPER, FAINT = "#1a1a1a", "#ffffff", "#5f6670"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; y grows downward."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Return whether two rectangles share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, other: "Box") -> bool:
        """Return whether this rectangle lies in another."""
        return (
            other.left <= self.left and self.right <= other.right
            and other.top <= self.top and self.bottom <= other.bottom
        )  # fmt: skip

    def grown(self, by: float) -> "Box":
        """Return the rectangle with a margin around it."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    @property
    def corners(self) -> tuple[Point, ...]:
        """The corners, clockwise from the upper left one."""
        return (self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom)


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """Polygons of one colour, without an edge."""

    polygons: tuple[tuple[Point, ...], ...]
    fill: str
    # Whether its edges are drawn without blending, so that areas that touch show no seam.
    crisp: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str = INK
    width: float = 1.0
    # Lengths of dashes and gaps; none for a line without.
    dash: tuple[float, ...] = ()
    closed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Symbol:
    """A small mark; what it says is shown where a reader points at it."""

    at: Point
    form: str
    size: float
    fill: str
    edge: str = INK
    edge_width: float = 0.8
    says: str = ""

    @property
    def corners(self) -> tuple[Point, ...]:
        """The corners of the form; of a circle none."""
        count, turn, stretch = _FORMS[self.form]
        around = (2 * pi * n / count + turn for n in range(count))
        x, y = self.at
        return tuple(
            (round(x + stretch * self.size * sin(a), 2), round(y - stretch * self.size * cos(a), 2)) for a in around
        )


# Form -> number of corners, turn, and how much wider than a circle it is drawn, so that all look the same size.
_FORMS = {
    "circle": (0, 0.0, 1.0),
    "square": (4, pi / 4, 1.25),
    "triangle": (3, 0.0, 1.35),
    "diamond": (4, 0.0, 1.3),
    "wedge": (3, pi, 1.35),
    "hexagon": (6, 0.0, 1.15),
    "pentagon": (5, 0.0, 1.2),
    "kite": (3, pi / 2, 1.35),
}
FORMS = tuple(_FORMS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """One line of text; `at` is the end of its base line that the anchor names."""

    at: Point
    text: str
    size: float = 10.0
    anchor: str = "start"
    colour: str = INK
    bold: bool = False
    italic: bool = False
    # Whether it reads upward.
    upward: bool = False
    # Whether it has a rim of paper, so that it can be read on any ground.
    rim: bool = False


Shape = Area | Stroke | Symbol | Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """Shapes that lie upon each other in their order, under a name."""

    name: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """Layers on a sheet, from the lowest up, and the same in words for those who do not see it."""

    width: float
    height: float
    title: str
    description: str
    layers: tuple[Layer, ...]
    # What its title and description are called on a page with several drawings.
    key: str = "frontier"


# Advance widths of DejaVu Sans, the widest of the usual fonts, in thousandths of the size: what fits in it fits in all.
_NARROW = {**dict.fromkeys("ijlI'", 300), **dict.fromkeys(" .,:;/\\!()[]|fr-t", 412)}
_WIDE = {**dict.fromkeys("mMW@%—…", 1000), **dict.fromkeys("<>=≥≤+±→#×^~&wGOQDHNU", 838)}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at the most."""
    units = sum(_NARROW.get(one) or _WIDE.get(one) or (700 if one.isupper() or one == "T" else 640) for one in text)
    return round(units * size / 1000 * (1.2 if bold else 1.0), 2)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return a text in lines that are no wider, broken between words."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
