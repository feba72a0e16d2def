"""A drawing as PNG, by matplotlib: the same shapes at the same places as in SVG."""

from typing import TYPE_CHECKING, Any, BinaryIO

from harness.render.canvas import PAPER, Area, Drawing, Shape, Stroke, Symbol, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Pixels of the drawing to an inch of the sheet, and pixels of the file to an inch.
_TO_INCH, _SHARPNESS = 100, 200
_POINTS = 72 / _TO_INCH


def write_png(drawing: Drawing, out: BinaryIO) -> None:
    """Write a drawing.

    Raises:
        ImportError: matplotlib is not installed.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"font.family": "DejaVu Sans", "path.snap": True}):
        figure = Figure(figsize=(drawing.width / _TO_INCH, drawing.height / _TO_INCH), dpi=_SHARPNESS, facecolor=PAPER)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, drawing.width)
        axes.set_ylim(drawing.height, 0)
        for n, shape in enumerate(shape for layer in drawing.layers for shape in layer.shapes):
            _draw(axes, shape, n)
        figure.savefig(out, format="png", metadata={"Title": drawing.title, "Software": None})


def _draw(axes: "Axes", shape: Shape, order: int) -> None:
    if isinstance(shape, Area):
        _area(axes, shape, order)
    elif isinstance(shape, Stroke):
        _stroke(axes, shape, order)
    elif isinstance(shape, Symbol):
        _symbol(axes, shape, order)
    else:
        _words(axes, shape, order)


def _area(axes: "Axes", shape: Area, order: int) -> None:
    from matplotlib.collections import PolyCollection

    blended = not shape.crisp
    axes.add_collection(
        PolyCollection(shape.polygons, facecolors=shape.fill, edgecolors="none", antialiaseds=blended, zorder=order),
        autolim=False,
    )


def _stroke(axes: "Axes", shape: Stroke, order: int) -> None:
    points = (*shape.points, shape.points[0]) if shape.closed else shape.points
    width = shape.width * _POINTS
    # matplotlib counts dashes in widths of the line.
    style: Any = (0, tuple(part / shape.width for part in shape.dash)) if shape.dash else "-"
    xs, ys = zip(*points, strict=True)
    axes.plot(xs, ys, color=shape.colour, linewidth=width, linestyle=style, solid_capstyle="butt", zorder=order)


def _symbol(axes: "Axes", shape: Symbol, order: int) -> None:
    from matplotlib.patches import Circle, Polygon

    look: dict[str, Any] = {
        "facecolor": shape.fill, "edgecolor": shape.edge, "linewidth": shape.edge_width * _POINTS, "zorder": order,
    }  # fmt: skip
    axes.add_patch(Polygon(shape.corners, **look) if shape.corners else Circle(shape.at, shape.size, **look))


def _words(axes: "Axes", shape: Words, order: int) -> None:
    from matplotlib.patheffects import withStroke

    rim = [withStroke(linewidth=2.4 * _POINTS, foreground=PAPER)] if shape.rim else []
    axes.text(
        *shape.at,
        # A dollar sign would begin a formula.
        shape.text.replace("$", r"\$"),
        fontsize=shape.size * _POINTS,
        color=shape.colour,
        fontweight="bold" if shape.bold else "normal",
        fontstyle="italic" if shape.italic else "normal",
        horizontalalignment={"start": "left", "middle": "center", "end": "right"}[shape.anchor],
        verticalalignment="baseline",
        rotation=90 if shape.upward else 0,
        rotation_mode="anchor",
        path_effects=rim,
        zorder=order,
    )
