"""The whole picture of a frontier: title, panels one below the other, and legend, as one drawing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.impact.frontier import ACROSS, WINDOWS, Chip, Frontier, Frontiers, Panel
from harness.impact.plane import UP
from harness.impact.regions import Threshold
from harness.model.quantity import as_text
from harness.policy.vocabulary import FACTS, METRICS
from harness.render.canvas import FAINT, Box, Drawing, Layer, Shape, Words, wrapped
from harness.render.frontier_ground import (
    Frame,
    axes,
    captions,
    edge_labels,
    ground,
    lines_room,
    said,
    window_names,
    window_shapes,
    windows_of,
)
from harness.render.frontier_legend import Block, Row, answer_rows, legend
from harness.render.frontier_marks import (
    Group,
    bars_of,
    groups_of,
    mark_shapes,
    marks_room,
    name_shapes,
    names_of,
    numbers_of,
    obstacles_of,
    room_of,
)
from harness.render.frontier_paint import Label, Palette, palette
from harness.render.labels import Placed
from harness.render.log_scale import LogScale, ends_of

_WIDTH, _LEFT, _RIGHT, _TOP = 1120.0, 96.0, 96.0, 104.0
_HEIGHT, _BETWEEN = 640.0, 104.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """The chips of one panel, and where their names stand on every day."""

    frame: Frame
    groups: list[Group]
    names: Mapping[str, Placed]
    numbers: Mapping[str, int]
    windows: list[Placed]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """How frontiers are drawn: alike on every day, so that days can be laid upon each other.

    Args:
        frontiers: What is drawn.
        named: The ids of the chips that are named; the others are small marks.
        wanted: Whether all of them were asked for one by one, so that the axes reach them all.
        shown: Every frontier that will be drawn; the same answer has the same paint in each.
    """

    frontiers: Frontiers
    named: frozenset[str]
    wanted: bool
    shown: tuple[Frontier, ...]

    @cached_property
    def palette(self) -> Palette:
        """The paint of every answer that some drawing shows."""
        labels = [label for one in self.shown for label in one.answers.values()]
        labels += [region.label for one in self.shown for panel in one.panels for region in panel.regions]
        return palette(self.frontiers.lens, labels)

    @cached_property
    def namings(self) -> list[Naming]:
        """The chips of every panel with the places of their names."""
        return [self._naming(n, name) for n, name in enumerate(self.frontiers.axes)]

    def drawing(self, frontier: Frontier) -> Drawing:
        """Return one frontier as a drawing."""
        below: list[Shape] = []
        frame: list[Shape] = []
        edges: list[Shape] = []
        marks: list[Shape] = []
        names: list[Shape] = []
        for panel, naming in zip(frontier.panels, self.namings, strict=True):
            below += ground(panel, naming.frame, self.palette)
            frame += axes(naming.frame)
            edges += edge_labels(panel.thresholds, naming.frame)
            edges += captions(panel, naming.frame, _taken(naming))
            edges += window_shapes(panel, naming.windows, self.window_name)
            marks += mark_shapes(naming.groups, naming.frame, frontier.answers, self.palette)
            names += name_shapes(naming.groups, naming.names, naming.numbers)
        top = self.namings[-1].frame.box.bottom + 66
        text, end = legend(self._blocks(frontier), self.palette, left=40, right=_WIDTH - 40, top=top)
        title, subtitle = self.title(frontier), self.subtitle(frontier)
        heading = list(_heading(title, subtitle))
        layers = {
            "ground": below,
            "frame": frame,
            "edges": edges,
            "marks": marks,
            "names": names,
            "text": heading + text,
        }
        return Drawing(
            width=_WIDTH,
            height=round(end + 20),
            title=f"{title} {subtitle}",
            description=" ".join(self._description(frontier)),
            layers=tuple(Layer(name=name, shapes=tuple(shapes)) for name, shapes in layers.items()),
        )

    def title(self, frontier: Frontier) -> str:
        """Return the title: the lens, where to, and the day."""
        facts = {one.fact: one.value for one in self.frontiers.facts[1]}
        name = in_words(self.frontiers.lens.id)
        return f"{name[0].upper()}{name[1:]} of AI chips to {facts['to']} on {frontier.day}"

    def subtitle(self, frontier: Frontier) -> str:
        """Return what is asked, by which texts, until when it stays so, and which law files say so."""
        return f"{self.asked(frontier)} Law files sha256 {self.frontiers.law.sha256[:12]}."

    def asked(self, frontier: Frontier) -> str:
        """Return what is asked, by which texts, and until when it stays so."""
        law = self.frontiers.law
        parts = [self.frontiers.lens.question]
        stays = f"until {frontier.until}" if frontier.until else "with no change encoded after it"
        parts.append(f"By the texts in force on {frontier.day}, {stays}.")
        selection = law.selection
        if selection.known_at:
            parts.append(f"As known on {selection.known_at}.")
        if selection.proposed:
            parts.append(f"With what is only proposed: {', '.join(selection.proposed)}.")
        if selection.readings:
            parts.append(f"By readings {', '.join(f'{one}={way}' for one, way in sorted(selection.readings.items()))}.")
        return " ".join(parts)

    @property
    def window_name(self) -> str:
        """What is written beside a window: its answer, and the lens that gives it."""
        lens = self.frontiers.law.lenses.get(WINDOWS)
        return (
            "" if lens is None else f"{' or '.join(one.id for one in lens.answers if one.id != lens.default)} {lens.id}"
        )

    # --- Axes and names -----------------------------------------------------------------------------------------------

    def _naming(self, n: int, name: str) -> Naming:
        top = _TOP + n * (_HEIGHT + _BETWEEN)
        up = LogScale(**self._ends(UP, self._named()), begin=top + _HEIGHT, end=top)
        reached = [chip for chip in self._named() if UP in chip.spans and up.holds(chip.spans[UP].at)]
        across = LogScale(**self._ends(ACROSS[name], reached, reach=True), begin=_LEFT, end=_WIDTH - _RIGHT)
        frame = Frame(metric=ACROSS[name], across=across, up=up)
        groups = groups_of(self.frontiers.drawn, self.named, frame)
        boxes = windows_of((one.panels[n] for one in self.shown), frame)
        lines = lines_room((one.panels[n] for one in self.shown), frame)
        around = [*marks_room(groups), *obstacles_of(groups, frame), *lines]
        windows = window_names(boxes, frame, self.window_name, around)
        names = names_of(groups, frame, boxes, [*room_of(windows), *lines])
        return Naming(frame=frame, groups=groups, names=names, numbers=numbers_of(names, groups), windows=windows)

    def _named(self) -> list[Chip]:
        return [chip for chip in self.frontiers.drawn if chip.id in self.named]

    def _ends(self, metric: str, chips: list[Chip], *, reach: bool = False) -> dict[str, float]:
        """Return the ends of an axis; chips that were not asked for by name do not make TPP reach down to them."""
        places = [chip.spans[metric].at for chip in chips if metric in chip.spans]
        both = places if reach or self.wanted else []
        lo, hi = ends_of(self.frontiers.values(metric), places, both)
        return {"lo": lo, "hi": hi}

    # --- Legend -------------------------------------------------------------------------------------------------------

    def _blocks(self, frontier: Frontier) -> Iterator[Block]:
        turns_on = sorted({name for panel in frontier.panels for name in panel.open})
        grounds = [
            label for panel, one in zip(frontier.panels, self.namings, strict=True) for label in _labels(panel, one)
        ]
        marks = [frontier.answers[chip.id] for one in self.namings for group in one.groups for chip in group.chips]
        words = " or ".join(in_words(name) for name in turns_on)
        rows = answer_rows(self.frontiers.lens, grounds, marks, words)
        yield Block(heading="Answers: ground and marks", rows=tuple(rows))
        yield Block(heading="Lines", rows=tuple(self._lines(frontier)))
        cited = _cited(one for panel in frontier.panels for one in panel.thresholds)
        yield Block(heading="Boundaries, and the paragraphs that draw them", rows=tuple(cited))
        cited = _cited(one for panel in frontier.panels for one in panel.window_thresholds)
        yield Block(heading=f"Windows: {self.window_name}", rows=tuple(cited))
        for naming in self.namings:
            heading = f"Numbers: TPP against {in_words(naming.frame.metric)}"
            yield Block(heading=heading, rows=tuple(_numbered(naming)))
        yield Block(heading="Held and assumed", rows=tuple(self._assumed(frontier)))

    def _lines(self, frontier: Frontier) -> Iterator[Row]:
        yield Row(line="boundary", text="a threshold of the law at which the answer changes")
        against = self.frontiers.against
        if any(panel.before for panel in frontier.panels):
            yield Row(line="before", text=f"a boundary of {against}")
        for way in ("stricter", "laxer", "mixed"):
            if any(region.label == (way,) for panel in frontier.panels for region in panel.moved):
                yield Row(moved=way, text=f"{_WAYS[way]} than on {against}, for some value of what is open here")
        if any(panel.windows for panel in frontier.panels):
            yield Row(line="window", text=f"{self.window_name}, as an import of heading {self._heading_of_entry()}")
        if any(True for one in self.namings for group in one.groups if group.named for _ in bars_of(group, one.frame)):
            yield Row(line="bar", text="where sources or readings of the text leave a figure open; an arrow has no end")

    def _heading_of_entry(self) -> str:
        return next((one.value for one in self.frontiers.facts[1] if one.fact == "hts-heading"), "that is not stated")

    def _assumed(self, frontier: Frontier) -> Iterator[Row]:
        for naming, panel in zip(self.namings, frontier.panels, strict=True):
            held = [f"{in_words(name)} = {as_text(at)} {METRICS[name]}" for name, at in panel.plane.held.items()]
            free = [f"any {in_words(name)}" + (f" ({FACTS[name]})" if name in FACTS else "") for name in panel.open]
            said = [f"held at {', '.join(held)}"] if held else []
            said += [f"open: {' and '.join(free)}"] if free else []
            if said:
                yield Row(text=f"Against {in_words(naming.frame.metric)}: {'; '.join(said)}.")
        facts = (f"{one.fact} {one.value} ({one.origin})" for one in self.frontiers.facts[1])
        yield Row(text=f"Ground: one circuit that no text names by maker or product; {', '.join(facts)}.")
        yield Row(text="Marks: each chip by all its declared figures, its maker and its name; nothing was measured.")
        for naming in self.namings:
            left = len(self.named) - sum(len(group.chips) for group in naming.groups if group.named)
            if left:
                yield Row(text=f"Chips without a place against {in_words(naming.frame.metric)}: {left}; a figure of "
                               f"theirs is not known, or lies beyond the axes.")  # fmt: skip

    def _description(self, frontier: Frontier) -> Iterator[str]:
        yield self.subtitle(frontier)
        for panel in frontier.panels:
            yield f"TPP against {in_words(panel.plane.across)}."
            for one in panel.thresholds:
                yield f"Boundary at {in_words(one.metric)} {said(one)}."
        counted: dict[Label, int] = {}
        for naming in self.namings[:1]:
            for group in naming.groups:
                for chip in group.chips:
                    label = frontier.answers[chip.id]
                    counted[label] = counted.get(label, 0) + 1
        for label, count in sorted(counted.items()):
            yield f"{count} chips: {' or '.join(label)}."


_WAYS = {"stricter": "stricter", "laxer": "less strict", "mixed": "other, neither stricter nor less strict,"}


def _heading(title: str, subtitle: str) -> Iterator[Words]:
    yield Words(at=(40, 34), text=title, size=20, bold=True)
    for n, line in enumerate(wrapped(subtitle, _WIDTH - 80, 11)[:2]):
        yield Words(at=(40, 54 + 15.0 * n), text=line, size=11, colour=FAINT)


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


def _taken(naming: Naming) -> list[Box]:
    """Return what a caption may not cover."""
    names = [*naming.names.values(), *naming.windows]
    return [*marks_room(naming.groups), *room_of(names), *obstacles_of(naming.groups, naming.frame)]


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


def in_words(name: str) -> str:
    """Return the name of a figure or fact as people write it."""
    return name.replace("_", " ").replace("-", " ").replace("tpp", "TPP").replace("dram", "DRAM")
