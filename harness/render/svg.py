"""A drawing as SVG: the same bytes for the same drawing, nothing from elsewhere, and words for those who cannot see."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from harness.render.canvas import PAPER, Area, Drawing, Layer, Point, Shape, Stroke, Symbol, Words

_FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"


def as_svg(drawing: Drawing) -> str:
    """Return a drawing as a document."""
    body = "\n".join(layer_group(layer) for layer in drawing.layers)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{opening(drawing)}\n{body}\n</svg>\n'


def opening(drawing: Drawing) -> str:
    """Return the head of a drawing: its size, its title, its description and its paper."""
    width, height = number(drawing.width), number(drawing.height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="{drawing.key}-title {drawing.key}-desc" font-family={quoteattr(_FONT)}>\n'
        f'<title id="{drawing.key}-title">{escape(drawing.title)}</title>\n'
        f'<desc id="{drawing.key}-desc">{escape(drawing.description)}</desc>\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
    )


def layer_group(layer: Layer, attributes: str = "") -> str:
    """Return a layer as a group."""
    return f'<g class="{layer.name}"{attributes}>\n' + "\n".join(shapes(layer.shapes)) + "\n</g>"


def shapes(listed: Iterable[Shape]) -> list[str]:
    """Return each shape as an element."""
    return [_element(one) for one in listed]


def _element(one: Shape) -> str:
    if isinstance(one, Area):
        crisp = ' shape-rendering="crispEdges"' if one.crisp else ""
        return f'<path d="{"".join(map(_closed, one.polygons))}" fill="{one.fill}"{crisp}/>'
    if isinstance(one, Stroke):
        return _stroke(one)
    return _symbol(one) if isinstance(one, Symbol) else _words(one)


def _stroke(one: Stroke) -> str:
    path = _closed(one.points) if one.closed else _open(one.points)
    dash = f' stroke-dasharray="{" ".join(map(number, one.dash))}"' if one.dash else ""
    return f'<path d="{path}" fill="none" stroke="{one.colour}" stroke-width="{number(one.width)}"{dash}/>'


def _symbol(one: Symbol) -> str:
    look = f'fill="{one.fill}" stroke="{one.edge}" stroke-width="{number(one.edge_width)}"'
    says = f"<title>{escape(one.says)}</title>" if one.says else ""
    if one.corners:
        return f'<path d="{_closed(one.corners)}" {look}>{says}</path>'
    x, y = map(number, one.at)
    return f'<circle cx="{x}" cy="{y}" r="{number(one.size)}" {look}>{says}</circle>'


def _words(one: Words) -> str:
    x, y = map(number, one.at)
    extra = f' text-anchor="{one.anchor}"' if one.anchor != "start" else ""
    extra += ' font-weight="bold"' if one.bold else ""
    extra += ' font-style="italic"' if one.italic else ""
    extra += f' transform="rotate(-90 {x} {y})"' if one.upward else ""
    extra += f' paint-order="stroke" stroke="{PAPER}" stroke-width="2.4" stroke-linejoin="round"' if one.rim else ""
    size, text = number(one.size), escape(one.text)
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{one.colour}"{extra}>{text}</text>'


def _open(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def _closed(points: Iterable[Point]) -> str:
    return _open(points) + "Z"


def number(value: float) -> str:
    """Return a length without needless digits.

    >>> number(12.0), number(0.5), number(12.345)
    ('12', '0.5', '12.35')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")
