"""Where chips stand before the frontiers of the law: regions, windows and marks of one day, without a pixel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from harness.decide.assumed import given_figures
from harness.decide.chip_table import chip_row
from harness.decide.classification import Item, item_under, possible_on
from harness.decide.timeline import break_days
from harness.errors import WrongUsage
from harness.impact.plane import UP, Plane, facts_of_regions, questions_on
from harness.impact.regions import Boundary, Label, Region, Threshold, cells_of, thresholds_named
from harness.impact.shift import shift
from harness.model.assumption import AssumedFact
from harness.model.chip_spec import ChipSpec
from harness.model.policy import LensText
from harness.model.quantity import Interval
from harness.model.subject import Subject
from harness.model.verdict import Assumption
from harness.policy.box import Fact
from harness.policy.cells import Question
from harness.policy.law import Law
from harness.policy.splitting import thresholds

ACROSS = {"dram": "total_dram_bandwidth", "density": "performance_density"}
# The lens whose regions are outlined on the picture of every other one.
WINDOWS = "tariff"
# Of what regions are drawn where nothing else is given: marks of other chips stand there for comparison.
_MARKETED = {"marketing": "data-center"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Where a figure of a chip is drawn, and from where to where it may lie; `hi` None is without end."""

    at: Fraction
    lo: Fraction
    hi: Fraction | None

    @property
    def exact(self) -> bool:
        """Whether the figure can lie nowhere else."""
        return self.lo == self.at == self.hi


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """A chip with its figures that can be drawn, by metric."""

    id: str
    name: str
    manufacturer: str
    data_center: bool | None
    spans: Mapping[str, Span]


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One plane on one day."""

    plane: Plane
    regions: tuple[Region, ...]
    boundaries: tuple[Boundary, ...]
    thresholds: tuple[Threshold, ...]
    # Of the lens whose regions are outlined: where its default is no possible answer.
    windows: tuple[Region, ...]
    window_thresholds: tuple[Threshold, ...]
    # Against an older day: where answers differ and how, and where its boundaries ran.
    moved: tuple[Region, ...]
    before: tuple[Boundary, ...]
    # Figures and facts on which the answers turn, and which are open.
    open: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Frontier:
    """Every panel on one day, and the answers for the chips."""

    day: date
    # The last day on which it stays so; None for ever, by what is encoded.
    until: date | None
    panels: tuple[Panel, ...]
    answers: Mapping[str, Label]


@dataclass(frozen=True, kw_only=True)
class Frontiers:
    """A lens over planes and chips, which can be asked for its frontier on any day.

    Args:
        law: The law.
        lens: The lens; one that is asked of an item by its declared figures.
        axes: What TPP is drawn against, of ACROSS.
        chips: What is drawn.
        assumptions: What is assumed where nothing is given.
        given: Values by flag; regions are those of chips marketed for data centers where nothing else is given.
        held: Figures that are held.
        against: An older day to compare with.
    """

    law: Law
    lens: LensText
    axes: tuple[str, ...]
    chips: tuple[Subject, ...]
    assumptions: tuple[AssumedFact, ...]
    given: Mapping[str, str]
    held: Mapping[str, Fraction]
    against: date | None = None

    def on(self, day: date) -> Frontier:
        """Return the frontier on a day.

        Raises:
            WrongUsage: No text is encoded for the day, or for the one to compare with.
        """
        after = [one for one in self.days if one > day]
        return Frontier(
            day=day,
            until=after[0] - timedelta(days=1) if after else None,
            panels=tuple(self._panel(name, day) for name in self.axes),
            answers={chip: possible_on(self.law, self.lens, day, item) for chip, item in self._items.items()},
        )

    @cached_property
    def days(self) -> list[date]:
        """The days on which the picture may change: break days of the lens, and of the one that is outlined."""
        return sorted({day for lens in (self.lens, *self._window_lens) for day in break_days(self.law, lens)})

    @cached_property
    def drawn(self) -> tuple[Chip, ...]:
        """The chips, with the figures that can be drawn."""
        return tuple(_chip(one, self.law) for one in self.chips)

    @cached_property
    def facts(self) -> tuple[Mapping[str, Fact], list[Assumption]]:
        """The facts for which regions are drawn, and the record of what is assumed of them."""
        facts, records = facts_of_regions(self.law, self.assumptions, {**_MARKETED, **self.given})
        taken = _MARKETED.keys() - self.given.keys()
        return facts, [one.model_copy(update={"origin": "assumed"}) if one.fact in taken else one for one in records]

    @property
    def fitting(self) -> frozenset[str]:
        """The ids of the chips that are marketed as those for which regions are drawn."""
        wanted = self.facts[0]["data_center"].values
        marketed = {True: "yes", False: "no", None: None}
        return frozenset(one.id for one in self.drawn if wanted is None or marketed[one.data_center] in wanted)

    def values(self, name: str) -> list[Fraction]:
        """Return every threshold that the lens, or the one that is outlined, has on an axis on any day."""
        found: set[Fraction] = set()
        metric = ACROSS.get(name, name)
        for lens in (self.lens, *self._window_lens):
            for day in break_days(self.law, lens):
                for question in questions_on(self.law, lens, day, self.facts[0]):
                    found |= set(thresholds(question.atoms()).get(metric, ()))
        return sorted(found)

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {one.id: item_under(one, self.assumptions, self.given, self.law)[0](self.law) for one in self.chips}

    @property
    def _window_lens(self) -> tuple[LensText, ...]:
        other = self.law.lenses.get(WINDOWS)
        return () if other is None or other.id == self.lens.id or not self.law.of_lens(other.id) else (other,)

    def plane(self, name: str) -> Plane:
        """Return the plane of an axis of ACROSS; what is held of the axis itself is not held on it."""
        across = ACROSS[name]
        figures = {one: state.lo for one, state in given_figures(self.assumptions, self.given).items()}
        held = {one: at for one, at in {**figures, **self.held}.items() if one != across}
        return Plane(across=across, facts=self.facts[0], held=held)

    def _panel(self, name: str, day: date) -> Panel:
        plane = self.plane(name)
        questions = questions_on(self.law, self.lens, day, plane.facts)
        cells = cells_of(questions, self.lens, plane)
        moved, before = self._compared(plane, day)
        windows, window_thresholds = self._windows(plane, day)
        return Panel(
            plane=plane,
            regions=tuple(cells.regions()),
            boundaries=tuple(cells.boundaries()),
            thresholds=tuple(thresholds_named(questions, cells)),
            windows=windows,
            window_thresholds=window_thresholds,
            moved=moved,
            before=before,
            open=_open(questions, plane) if any(len(one.label) > 1 for one in cells.regions()) else (),
        )

    def _compared(self, plane: Plane, day: date) -> tuple[tuple[Region, ...], tuple[Boundary, ...]]:
        if self.against is None:
            return (), ()
        old = cells_of(questions_on(self.law, self.lens, self.against, plane.facts), self.lens, plane)
        moved = shift(self.law, self.lens, (self.against, day), plane)
        return tuple(one for one in moved.regions() if one.label), tuple(old.boundaries())

    def _windows(self, plane: Plane, day: date) -> tuple[tuple[Region, ...], tuple[Threshold, ...]]:
        for lens in self._window_lens:
            questions = questions_on(self.law, lens, day, plane.facts)
            cells = cells_of(questions, lens, plane)
            found = tuple(one for one in cells.regions() if lens.default not in one.label)
            return found, tuple(thresholds_named(questions, cells)) if found else ()
        return (), ()


def _open(questions: Iterable[Question], plane: Plane) -> tuple[str, ...]:
    """Return what the questions read and nothing settles."""
    found: set[str] = set()
    for question in questions:
        found |= thresholds(question.atoms()).keys() - plane.held.keys() - {plane.across, UP}
        found |= {name for name in question.facts() if name not in plane.facts or plane.facts[name].values is None}
    return tuple(sorted(found))


def _chip(subject: Subject, law: Law) -> Chip:
    """Return a chip with its figures.

    Raises:
        WrongUsage: The subject is no chip.
    """
    spec = subject.parts[0].spec if len(subject.parts) == 1 else None
    if not isinstance(spec, ChipSpec):
        raise WrongUsage(f"{subject.id} is no chip, and only chips have one place on a plane")
    figures = chip_row(spec, law.figure_readings).figures
    spans = {metric: span(figures[metric]) for metric in (UP, *ACROSS.values())}
    return Chip(
        id=subject.id,
        name=subject.name,
        manufacturer=subject.manufacturer,
        data_center=spec.designed_or_marketed_for_data_centers,
        spans={metric: found for metric, found in spans.items() if found is not None},
    )


def span(readings: tuple[Interval, ...]) -> Span | None:
    """Return where a figure with these readings is drawn; None where it has no place above 0.

    It is drawn at the first reading, and at its lower end, or at the upper one where nothing is known of the lower.
    """
    if not readings:
        return None
    at = readings[0].lo or readings[0].hi
    ends = [one.hi for one in readings if one.hi is not None]
    hi = max(ends) if len(ends) == len(readings) else None
    return Span(at=at, lo=min(one.lo for one in readings), hi=hi) if at else None
