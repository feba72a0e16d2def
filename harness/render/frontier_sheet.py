"""The sheet on which frontiers are drawn, alike on every day: where panels lie, how answers look, where names stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.impact.frontier import ACROSS, WINDOWS, Chip, Frontier, Frontiers
from harness.impact.plane import UP
from harness.render.canvas import wrapped
from harness.render.frontier_ground import Frame, lines_room, window_names, windows_of
from harness.render.frontier_marks import Group, groups_of, marks_room, names_of, numbers_of, obstacles_of, room_of
from harness.render.frontier_paint import Palette, palette
from harness.render.labels import Placed
from harness.render.log_scale import LogScale, ends_of

WIDTH, MARGIN = 1120.0, 40.0
_LEFT, _RIGHT, _TOP = 96.0, 96.0, 89.0
_HEIGHT, _BETWEEN = 640.0, 104.0
SMALL, SMALL_LINE = 11.0, 15.0


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

    def title(self, frontier: Frontier) -> str:
        """Return the title: the lens, where to, and the day."""
        facts = {one.fact: one.value for one in self.frontiers.facts[1]}
        name = in_words(self.frontiers.lens.id)
        return f"{name[0].upper()}{name[1:]} of AI chips to {facts['to']} on {frontier.day}"

    def subtitle(self, frontier: Frontier) -> str:
        """Return what is asked, by which texts, until when it stays so, and which law files say so."""
        return f"{self.asked(frontier)} Law files sha256 {self.frontiers.law.sha256[:12]}."

    def under_title(self, frontier: Frontier) -> list[str]:
        """Return the subtitle in lines."""
        return wrapped(self.subtitle(frontier), WIDTH - 2 * MARGIN, SMALL)

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
        if lens is None:
            return ""
        return f"{' or '.join(one.id for one in lens.answers if one.id != lens.default)} {lens.id}"

    def _naming(self, n: int, name: str) -> Naming:
        lines_above = max(len(self.under_title(one)) for one in self.shown)
        top = _TOP + SMALL_LINE * lines_above + n * (_HEIGHT + _BETWEEN)
        up = LogScale(**self._ends(UP, self._named()), begin=top + _HEIGHT, end=top)
        reached = [chip for chip in self._named() if UP in chip.spans and up.holds(chip.spans[UP].at)]
        across = LogScale(**self._ends(ACROSS[name], reached, reach=True), begin=_LEFT, end=WIDTH - _RIGHT)
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


def in_words(name: str) -> str:
    """Return the name of a figure or fact as people write it."""
    return name.replace("_", " ").replace("-", " ").replace("tpp", "TPP").replace("dram", "DRAM")
