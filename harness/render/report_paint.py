"""Colours of the picture of a report, on white paper and on dark: told apart by eyes that see few colours."""

from harness.render.canvas import FAINT, INK, PAPER

RULE, BAND, SHADE = "#c9ced6", "#dbe7f3", "#eef0f3"
# How each kind of reference is drawn: its colour and its dashes.
REFERENCES: dict[str, tuple[str, tuple[float, ...]]] = {
    "declared": ("#a83e00", ()),
    "claimed": ("#0b5fa5", ()),
    "nominal": ("#00694d", (5.0, 3.0)),
    "maximum": ("#7b2d8b", (2.0, 2.0)),
    "bus": ("#00694d", (5.0, 3.0)),
}
# Of units or series, as far as they are told apart; every further one looks like the last.
SERIES = ("#0b5fa5", "#a83e00", "#00694d", "#7b2d8b", "#8a6100", "#5f6670")
FORMS = ("circle", "square", "triangle", "diamond", "wedge", "hexagon")
ALARM = "#b00020"
# The same on dark paper.
DARK = {
    INK: "#ececec",
    PAPER: "#16181c",
    FAINT: "#a9b1bc",
    RULE: "#4a515c",
    BAND: "#22364a",
    SHADE: "#23262c",
    "#a83e00": "#ff9a5c",
    "#0b5fa5": "#6fb6f2",
    "#00694d": "#4fd1a5",
    "#7b2d8b": "#d79be6",
    "#8a6100": "#e0b54a",
    ALARM: "#ff8a95",
}


def series_paint(number: int) -> tuple[str, str]:
    """Return the colour and the form of a unit or a series by its number."""
    last = len(SERIES) - 1
    return SERIES[min(number, last)], FORMS[min(number, last)]
