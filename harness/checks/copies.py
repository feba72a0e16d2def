"""Are the samples of one unit, or of one measurand, those of another: in part, or rescaled?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import comb

from harness.checks.raw import raw_samples
from harness.checks.summaries import raw_series_are_not_copied
from harness.checks.values import INVENTORY
from harness.metrics.coincidence import chance_of_shape, digits, found_by_chance, printed_step, rescaled, shape, tail
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.method_forensics import ForensicsMethod
from harness.model.quantity import as_text, base_unit, in_base_unit

Kind = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The raw samples of one measurement, as they were printed; `kind`: measurand and number format."""

    n: int
    unit_id: str
    kind: Kind
    unit: str
    samples: tuple[Decimal, ...]

    def ordered(self) -> list[Fraction]:
        """Return the samples in order of size, in the base unit of their kind."""
        return [Fraction(in_base_unit(sample, self.unit)) for sample in sorted(self.samples)]

    def step(self) -> Fraction:
        """Return the step in which the samples are printed, in the base unit."""
        return printed_step(self.samples) * Fraction(in_base_unit(Decimal(1), self.unit))


def samples_are_a_units_own(case: Case) -> Iterator[Finding]:
    """Does no unit share more long values with another one, and no measurand with another, than chance allows?"""
    rules = case.method.forensics
    if rules is None:
        return
    copied = {finding.where for finding in raw_series_are_not_copied(case)}
    # A series that is copied as a whole is told as that.
    series = [one for one in _series(case, rules) if f"measurements[{one.n}].raw" not in copied]
    between_units = [(one.kind, one.unit_id, one) for one in series]
    between_kinds = [((one.unit_id, base_unit(one.unit)), " ".join(one.kind).strip(), one) for one in series]
    for what, parts in (("unit", between_units), ("measurand", between_kinds)):
        yield from _shared(what, parts, rules)


def _series(case: Case, rules: ForensicsMethod) -> Iterator[Series]:
    """Return the series that are timed or sampled; an inventory counts the same parts on every unit."""
    for n, measurement in enumerate(case.report.measurements):
        samples = raw_samples(case, measurement)
        if samples is None or measurement.measurand in INVENTORY or measurement.raw is None:
            continue
        yield Series(
            n=n,
            unit_id=measurement.unit_id,
            kind=(measurement.measurand, measurement.number_format or ""),
            unit=measurement.raw.unit,
            samples=samples[: rules.most_samples],
        )


def _shared(what: str, parts: Iterable[tuple[object, str, Series]], rules: ForensicsMethod) -> Iterator[Finding]:
    """Tell each pair of holders that share too much: over all that they hold, or in one group of it."""
    counted = _count(parts, rules)
    tests = max(1, comb(len(counted.sizes), 2)) * (1 + len({group for group, _, _ in counted.shared}))
    together: Counter[tuple[str, str]] = Counter()
    for (_, owner, holder), (count, _, _) in counted.shared.items():
        together[owner, holder] += count
    told: set[tuple[str, str]] = set()
    for (group, owner, holder), (count, here, there) in sorted(counted.shared.items(), key=lambda one: one[1][1:]):
        for shared, groups in ((together[owner, holder], tuple(counted.sizes[holder])), (count, (group,))):
            of, expected = counted.of(owner, holder, groups)
            chance = min(1.0, max(float(rules.chance_of_equal_value), expected))
            most = min(shared, of)
            unlikely = 2 * most >= of and tail(of, most, chance) * tests <= float(rules.false_alarm)
            if unlikely and (owner, holder) not in told:
                told.add((owner, holder))
                yield Finding(
                    code="raw-shared",
                    where=f"measurements[{there}].raw",
                    got=f"{most} of {of} long values are those of {what} {owner}, as in measurements[{here}]",
                    need=f"samples of {what} {holder}",
                )


@dataclass(kw_only=True, slots=True)
class _Counted:
    """How many long values each holder has in each group, and how many each pair of holders shares."""

    sizes: dict[str, Counter[object]]
    # How many of its values another honest holder is expected to have, by holder and group.
    expected: dict[tuple[str, object], float]
    # By group and pair of holders: how many, and the measurements that were first seen to share.
    shared: dict[tuple[object, str, str], tuple[int, int, int]]

    def of(self, owner: str, holder: str, groups: tuple[object, ...]) -> tuple[int, float]:
        """Return how many values two holders could share in some groups, and the chance of each where both are honest.

        The chance is twice what is expected, so that an unlucky draw of the samples raises no alarm.
        """
        either = (owner, holder)
        could = sum(min(self.sizes[one][group] for one in either) for group in groups)
        held = sum(self.sizes[one][group] for one in either for group in groups)
        return could, 2 * sum(self.expected.get((one, group), 0.0) for one in either for group in groups) / held


def _count(parts: Iterable[tuple[object, str, Series]], rules: ForensicsMethod) -> _Counted:
    """Count in one pass: a value is held against the first holder of its group that has it."""
    first: dict[tuple[object, Decimal], tuple[str, int]] = {}
    counted = _Counted(sizes=defaultdict(Counter), expected=defaultdict(float), shared={})
    for group, holder, one in parts:
        long_values = (value for value in one.samples if digits(value) >= rules.long_value_digits)
        values = [in_base_unit(value, one.unit) for value in long_values]
        counted.sizes[holder][group] += len(values)
        counted.expected[holder, group] += found_by_chance(values) * len(values)
        for value, times in Counter(values).items():
            owner, n = first.setdefault((group, value), (holder, one.n))
            if owner != holder:
                count, here, there = counted.shared.get((group, owner, holder), (0, n, one.n))
                counted.shared[group, owner, holder] = (count + times, here, there)
    return counted


def samples_are_not_rescaled(case: Case) -> Iterator[Finding]:
    """Is no series another one times a factor, or plus a shift?"""
    rules = case.method.forensics
    if rules is None:
        return
    by_length: dict[int, list[Series]] = defaultdict(list)
    for one in _series(case, rules):
        # Fewer than three distances have no shape; equal samples have none either.
        if len(one.samples) > 3 and len(set(one.samples)) > 2:
            by_length[len(one.samples)].append(one)
    for alike in by_length.values():
        yield from _rescaled(alike, rules)


def _rescaled(alike: list[Series], rules: ForensicsMethod) -> Iterator[Finding]:
    """Hold each series against those of its length whose shape is nearest: a rescaled copy has the same one."""
    ordered = {one.n: one.ordered() for one in alike}
    step = {one.n: one.step() for one in alike}
    chance = float(rules.false_alarm) / max(1, comb(len(alike), 2))
    # What could have come about by chance is compared with nothing.
    telling = [one for one in alike if chance_of_shape(ordered[one.n], step[one.n]) <= chance]
    near = sorted(telling, key=lambda one: (shape(ordered[one.n]), one.n))
    for place, one in enumerate(near):
        for other in islice(near, place + 1, place + 1 + rules.most_neighbours):
            early, late = sorted((one, other), key=lambda series: series.n)
            own = (early.unit_id, early.kind) == (late.unit_id, late.kind)
            if own or ordered[early.n] == ordered[late.n]:
                continue
            how = rescaled(ordered[early.n], ordered[late.n], step[early.n], step[late.n])
            if how is not None:
                got = f"the {len(late.samples)} samples of measurements[{early.n}] {how[0]} {_short(how[1])}, rounded"
                where = f"measurements[{late.n}].raw"
                yield Finding(code="raw-rescaled", where=where, got=got, need="samples of its own")


def _short(figure: Fraction) -> str:
    return as_text(Decimal(f"{float(figure):.6f}"))
