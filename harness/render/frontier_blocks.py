"""What the legend of a frontier says: answers, lines, citations, numbers, and what is held and assumed."""

from collections.abc import Iterable, Iterator

from harness.impact.frontier import Frontier, Panel
from harness.impact.regions import Threshold
from harness.model.quantity import as_text
from harness.policy.vocabulary import FACTS, METRICS
from harness.render.frontier_legend import Block, Row, answer_rows
from harness.render.frontier_marks import bars_of
from harness.render.frontier_paint import Label
from harness.render.frontier_sheet import Naming, Sheet, in_words

_WAYS = {"stricter": "stricter", "laxer": "less strict", "mixed": "other, neither stricter nor less strict,"}


def blocks(sheet: Sheet, frontier: Frontier) -> Iterator[Block]:
    """Yield every block of the legend; those without an entry are not written."""
    turns_on = sorted({name for panel in frontier.panels for name in panel.open})
    grounds = [
        label for panel, one in zip(frontier.panels, sheet.namings, strict=True) for label in _labels(panel, one)
    ]
    marks = [frontier.answers[chip.id] for one in sheet.namings for group in one.groups for chip in group.chips]
    words = " or ".join(in_words(name) for name in turns_on)
    rows = answer_rows(sheet.frontiers.lens, grounds, marks, words)
    yield Block(heading="Answers: ground and marks", rows=tuple(rows))
    yield Block(heading="Lines", rows=tuple(_lines(sheet, frontier)))
    cited = _cited(one for panel in frontier.panels for one in panel.thresholds)
    yield Block(heading="Boundaries, and the paragraphs that draw them", rows=tuple(cited))
    cited = _cited(one for panel in frontier.panels for one in panel.window_thresholds)
    yield Block(heading=f"Windows: {sheet.window_name}", rows=tuple(cited))
    for naming in sheet.namings:
        heading = f"Numbers: TPP against {in_words(naming.frame.metric)}"
        yield Block(heading=heading, rows=tuple(_numbered(naming)))
    yield Block(heading="Held and assumed", rows=tuple(_assumed(sheet, frontier)))


def _lines(sheet: Sheet, frontier: Frontier) -> Iterator[Row]:
    yield Row(line="boundary", text="a threshold of the law at which the answer changes")
    against = sheet.frontiers.against
    if any(panel.before for panel in frontier.panels):
        yield Row(line="before", text=f"a boundary of {against}")
    for way in ("stricter", "laxer", "mixed"):
        if any(region.label == (way,) for panel in frontier.panels for region in panel.moved):
            yield Row(moved=way, text=f"{_WAYS[way]} than on {against}, for some value of what is open here")
    if any(panel.windows for panel in frontier.panels):
        yield Row(line="window", text=f"{sheet.window_name}, as an import of heading {_heading_of_entry(sheet)}")
    if any(True for one in sheet.namings for group in one.groups if group.named for _ in bars_of(group, one.frame)):
        yield Row(line="bar", text="where sources or readings of the text leave a figure open; an arrow has no end")


def _heading_of_entry(sheet: Sheet) -> str:
    return next((one.value for one in sheet.frontiers.facts[1] if one.fact == "hts-heading"), "that is not stated")


def _assumed(sheet: Sheet, frontier: Frontier) -> Iterator[Row]:
    for naming, panel in zip(sheet.namings, frontier.panels, strict=True):
        held = [f"{in_words(name)} = {as_text(at)} {METRICS[name]}" for name, at in panel.plane.held.items()]
        free = [f"any {in_words(name)}" + (f" ({FACTS[name]})" if name in FACTS else "") for name in panel.open]
        said = [f"held at {', '.join(held)}"] if held else []
        said += [f"open: {' and '.join(free)}"] if free else []
        if said:
            yield Row(text=f"Against {in_words(naming.frame.metric)}: {'; '.join(said)}.")
    facts = (f"{one.fact} {one.value} ({one.origin})" for one in sheet.frontiers.facts[1])
    yield Row(text=f"Ground: one circuit that no text names by maker or product; {', '.join(facts)}.")
    yield Row(text="Marks: each chip by all its declared figures, its maker and its name; nothing was measured.")
    for naming in sheet.namings:
        left = len(sheet.named) - sum(len(group.chips) for group in naming.groups if group.named)
        if left:
            yield Row(text=f"Chips without a place against {in_words(naming.frame.metric)}: {left}; a figure of "
                           f"theirs is not known, or lies beyond the axes.")  # fmt: skip


def _labels(panel: Panel, naming: Naming) -> list[Label]:
    return [region.label for region in panel.regions if naming.frame.seen(region)]


def _numbered(naming: Naming) -> Iterator[Row]:
    """Yield what the numbers stand for, and the names that a mark shares with too many others."""
    for group in sorted(naming.groups, key=lambda one: naming.numbers.get(one.key, 0)):
        names = ", ".join(chip.name for chip in group.chips)
        if group.key in naming.numbers:
            room = "" if group.key in naming.names else " (no room for its number)"
            yield Row(sign=str(naming.numbers[group.key]), text=names + room)
        elif group.named and len(group.lines) < len(group.chips):
            yield Row(text=f"At {group.chips[0].name}: {names}")


def _cited(thresholds: Iterable[Threshold]) -> Iterator[Row]:
    """Yield each paragraph with what it says of the thresholds."""
    found: dict[str, dict[str, None]] = {}
    for one in thresholds:
        for param in one.params:
            found.setdefault(param.pin, {})[param.says] = None
        if not one.params:
            said_of = f"{in_words(one.metric)} {as_text(one.at)}"
            found.setdefault("from a sum that a text limits", {})[said_of] = None
    for pin in sorted(found):
        yield Row(text=f"{pin}: {'; '.join(found[pin])}")
