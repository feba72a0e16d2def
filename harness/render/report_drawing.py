"""The picture of a lab report: its panels at a width, each alone or all of them on one sheet."""

from collections.abc import Iterator

from harness.model.illustrated import Illustrated
from harness.render.canvas import FAINT, INK, Drawing, Layer, Shape, Words
from harness.render.report_bars import bars_panel
from harness.render.report_curve import curve_panel
from harness.render.report_figures import comparisons
from harness.render.report_identity import identity, partial_marks
from harness.render.report_paint import ALARM
from harness.render.report_panel import LINE, TEXT, Panel, lines_of, lowered
from harness.render.report_strips import over_time
from harness.render.report_sweep import sweep_of
from harness.render.report_time import time_panel

WIDTH = 960.0
_MARGIN, _HEAD, _BETWEEN = 14.0, 26.0, 18.0
_MOST_LINES = 12


def panels(of: Illustrated, width: float, prefix: str = "") -> Iterator[Panel]:
    """Yield every panel at a width: rates by format, the other quantities, bandwidth by footprint, telemetry.

    Args:
        of: What the picture is made from.
        width: The width in pixels, from about 300 on.
        prefix: What their keys begin with, where a page holds the same panels twice.
    """
    number = 0
    for number, one in enumerate(comparisons(of), start=1):
        yield bars_panel(one, f"{prefix}figures-{number}", width)
    sweep = sweep_of(of)
    if sweep is not None:
        yield curve_panel(sweep, f"{prefix}footprints", width)
    number = 0
    for read in of.telemetry:
        for shown in over_time(read, round(width)):
            number += 1
            yield time_panel(shown, f"{prefix}time-{number}", width)


def panel_drawing(panel: Panel, width: float) -> Drawing:
    """Return one panel as a drawing of its own."""
    layers = (Layer(name="panel", shapes=panel.shapes),)
    return Drawing(width=width, height=panel.height, title=panel.title, description=panel.description,
                   layers=layers, key=panel.key)  # fmt: skip


def report_title(of: Illustrated) -> str:
    """Return what the picture is called."""
    return f"Lab report {of.report.report_id}"


def report_drawing(of: Illustrated, width: float = WIDTH) -> Drawing:
    """Return the whole picture on one sheet: identity, what was not measured, and the panels from the top down."""
    shapes, y = _heading(of, width)
    said: list[str] = []
    for panel in panels(of, width):
        (title,) = lines_of(panel.title, (width - 2 * _MARGIN) / 1.2, 14, most=1)
        shapes.append(Words(at=(_MARGIN, round(y + 15, 2)), text=title, size=14, bold=True))
        shapes += [lowered(shape, round(y + _HEAD, 2)) for shape in panel.shapes]
        said.append(panel.description)
        y = round(y + _HEAD + panel.height + _BETWEEN, 2)
    return Drawing(
        width=width,
        height=y,
        title=report_title(of),
        description=" ".join([*partial_marks(of.report), *said]) or "No figure is in the report.",
        layers=(Layer(name="report", shapes=tuple(shapes)),),
        key="report",
    )


def _heading(of: Illustrated, width: float) -> tuple[list[Shape], float]:
    room = width - 2 * _MARGIN
    shapes: list[Shape] = []
    y = 14.0
    for line in lines_of(report_title(of), room / 1.2, 18, most=3):
        shapes.append(Words(at=(_MARGIN, y + 16), text=line, size=18, bold=True))
        y += 24
    for note in partial_marks(of.report):
        for line in lines_of(note, room / 1.2, 13):
            shapes.append(Words(at=(_MARGIN, y + 13), text=line, size=13, bold=True, colour=ALARM))
            y += 18
    for facts in identity(of):
        shapes.append(Words(at=(_MARGIN, y + 14), text=facts.heading, size=12, bold=True))
        y += 18
        lines = [line for one in facts.lines for line in lines_of(one, room)]
        left = len(lines) - _MOST_LINES
        shown = (
            lines if left <= 0 else [*lines[:_MOST_LINES], f"and {left:,} more lines, which the page and the text have"]
        )
        for line in shown:
            colour = FAINT if facts.heading == "Notes" else INK
            shapes.append(Words(at=(_MARGIN, round(y + 11, 2)), text=line, size=TEXT, colour=colour))
            y = round(y + LINE, 2)
        y += 4
    return shapes, y + 10
