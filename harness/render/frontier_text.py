"""A frontier in words: every region with its answers, the windows, and what moved."""

from collections.abc import Callable, Iterator

from harness.impact.frontier import Frontier, Panel
from harness.impact.regions import Region, Threshold
from harness.policy.box import Piece
from harness.render.frontier_ground import said
from harness.render.frontier_sheet import Sheet, in_words
from harness.render.log_scale import figure
from harness.render.text import text_table


def as_text(sheet: Sheet, frontier: Frontier, *, shown: Callable[[str], str] = str, widest: int = 60) -> str:
    """Return a frontier as text.

    Args:
        sheet: What would be drawn.
        frontier: The frontier.
        shown: How a text that came from a file is written.
        widest: Characters of a cell before it wraps.
    """
    parts = [sheet.title(frontier), sheet.asked(frontier)]
    for panel in frontier.panels:
        across = in_words(panel.plane.across)
        rows = [[*_extents(region), " or ".join(region.label)] for region in panel.regions]
        parts += ["", f"TPP against {across}", text_table(rows, ["TPP", across, "answer"], shown, widest)]
        rows = [[param.says, said(one), param.pin] for one in panel.thresholds for param in one.params]
        parts += ["", text_table(rows, ["boundary", "at", "citation"], shown, widest)]
        parts += _windows(sheet, panel)
        parts += _moved(sheet, panel)
    return "\n".join(parts) + "\n"


def _windows(sheet: Sheet, panel: Panel) -> Iterator[str]:
    for region in panel.windows:
        up, across = _extents(region)
        place = f"TPP {up}, {in_words(panel.plane.across)} {across}"
        yield f"window {sheet.window_name}: {place} [{_pins(panel.window_thresholds)}]"


def _moved(sheet: Sheet, panel: Panel) -> Iterator[str]:
    for region in panel.moved:
        up, across = _extents(region)
        than = f"than on {sheet.frontiers.against}"
        yield f"{region.label[0]} {than}: TPP {up}, {in_words(panel.plane.across)} {across}"


def _pins(thresholds: tuple[Threshold, ...]) -> str:
    return "; ".join(sorted({param.pin for one in thresholds for param in one.params}))


def _extents(region: Region) -> tuple[str, str]:
    return extent(region.up), extent(region.across)


def extent(piece: Piece) -> str:
    """Return a stretch of an axis in words.

    >>> from fractions import Fraction
    >>> extent(Piece(Fraction(1600), Fraction(4800), True, False)), extent(Piece(Fraction(0), None))
    ('from 1,600, below 4,800', 'any')
    """
    if piece.lo == piece.hi:
        return f"at {figure(piece.lo)}"
    parts = [f"{'from' if piece.lo_closed else 'above'} {figure(piece.lo)}"] if piece.lo else []
    parts += [] if piece.hi is None else [f"{'to' if piece.hi_closed else 'below'} {figure(piece.hi)}"]
    return ", ".join(parts) or "any"
