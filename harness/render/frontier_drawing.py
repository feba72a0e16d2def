"""One frontier as a drawing: title, panels one below the other, and legend."""

from collections.abc import Iterator

from harness.impact.frontier import Frontier
from harness.render.canvas import FAINT, Box, Drawing, Layer, Shape, Words
from harness.render.frontier_blocks import blocks
from harness.render.frontier_ground import axes, captions, edge_labels, ground, said, window_shapes
from harness.render.frontier_legend import legend
from harness.render.frontier_marks import mark_shapes, marks_room, name_shapes, obstacles_of, room_of
from harness.render.frontier_paint import Label
from harness.render.frontier_sheet import MARGIN, SMALL, SMALL_LINE, WIDTH, Naming, Sheet, in_words

# From the lowest up.
_LAYERS = ("ground", "frame", "edges", "marks", "names", "text")


def frontier_drawing(sheet: Sheet, frontier: Frontier) -> Drawing:
    """Return one frontier as a drawing."""
    layers: dict[str, list[Shape]] = {name: [] for name in _LAYERS}
    for panel, naming in zip(frontier.panels, sheet.namings, strict=True):
        frame = naming.frame
        layers["ground"] += ground(panel, frame, sheet.palette)
        layers["frame"] += axes(frame)
        layers["edges"] += edge_labels(panel.thresholds, frame)
        layers["edges"] += captions(panel, frame, _taken(naming))
        layers["edges"] += window_shapes(panel, naming.windows, sheet.window_name)
        layers["marks"] += mark_shapes(naming.groups, frame, frontier.answers, sheet.palette)
        layers["names"] += name_shapes(naming.groups, naming.names, naming.numbers)
    top = sheet.namings[-1].frame.box.bottom + 66
    text, end = legend(blocks(sheet, frontier), sheet.palette, left=MARGIN, right=WIDTH - MARGIN, top=top)
    layers["text"] = [*_heading(sheet, frontier), *text]
    return Drawing(
        width=WIDTH,
        height=round(end + 20),
        title=f"{sheet.title(frontier)}. {sheet.frontiers.lens.question}",
        description=" ".join(_description(sheet, frontier)),
        layers=tuple(Layer(name=name, shapes=tuple(shapes)) for name, shapes in layers.items()),
    )


def _heading(sheet: Sheet, frontier: Frontier) -> Iterator[Words]:
    yield Words(at=(MARGIN, 34), text=sheet.title(frontier), size=20, bold=True)
    for n, line in enumerate(sheet.under_title(frontier)):
        yield Words(at=(MARGIN, 54 + SMALL_LINE * n), text=line, size=SMALL, colour=FAINT)


def _taken(naming: Naming) -> list[Box]:
    """Return what a caption may not cover."""
    names = [*naming.names.values(), *naming.windows]
    return [*marks_room(naming.groups), *room_of(names), *obstacles_of(naming.groups, naming.frame)]


def _description(sheet: Sheet, frontier: Frontier) -> Iterator[str]:
    yield sheet.subtitle(frontier)
    for panel in frontier.panels:
        yield f"TPP against {in_words(panel.plane.across)}."
        for one in panel.thresholds:
            yield f"Boundary at {in_words(one.metric)} {said(one)}."
    counted: dict[Label, int] = {}
    for naming in sheet.namings[:1]:
        for group in naming.groups:
            for chip in group.chips:
                label = frontier.answers[chip.id]
                counted[label] = counted.get(label, 0) + 1
    for label, count in sorted(counted.items()):
        yield f"{count} chips: {' or '.join(label)}."
