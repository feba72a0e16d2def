"""Are the figures that stand without raw samples a unit's own?"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from math import comb

from harness.checks.raw import raw_samples
from harness.checks.values import INVENTORY
from harness.metrics.coincidence import digits, tail
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.method_forensics import ForensicsMethod

Name = tuple[object, ...]


def figures_are_a_units_own(case: Case) -> Iterator[Finding]:
    """Does no unit state more long figures of another one than chance allows? Constants agree, so this is a note."""
    rules = case.method.forensics
    if rules is None:
        return
    names: dict[str, set[Name]] = defaultdict(set)
    first: dict[tuple[Name, Decimal], tuple[str, str]] = {}
    shared: dict[tuple[str, str], dict[Decimal, tuple[str, str]]] = defaultdict(dict)
    for where, unit_id, name, value in _figures(case, rules):
        names[unit_id].add(name)
        owner, there = first.setdefault((name, value), (unit_id, where))
        if owner != unit_id:
            # A constant that stands under many names counts once.
            shared[owner, unit_id].setdefault(value, (there, where))
    pairs = max(1, comb(len(names), 2))
    for (owner, unit_id), values in shared.items():
        of = len(names[owner] & names[unit_id])
        chance = float(rules.chance_of_equal_value)
        if 2 * len(values) >= of and tail(of, len(values), chance) * pairs <= float(rules.false_note):
            there, where = next(iter(values.values()))
            got = f"{len(values)} of {of} long figures of unit {unit_id} are those of unit {owner}, as in {there}"
            yield Finding(code="figures-shared", where=where, got=got, need=f"figures of unit {unit_id}")


def _figures(case: Case, rules: ForensicsMethod) -> Iterator[tuple[str, str, Name, Decimal]]:
    """Return every figure that is long enough: its place, its unit, what it is a figure of, and itself."""
    counts: Counter[tuple[str, Name]] = Counter()

    def numbered(unit_id: str, name: Name) -> Name:
        counts[unit_id, name] += 1
        return (*name, counts[unit_id, name])

    for n, one in enumerate(case.report.measurements):
        told = one.measurand not in INVENTORY and raw_samples(case, one) is None
        if told and one.value is not None and digits(one.value) >= rules.long_value_digits:
            name = (one.measurand, one.number_format, one.sparsity, one.unit)
            yield f"measurements[{n}]", one.unit_id, numbered(one.unit_id, name), one.value
    for n, seen in enumerate(case.report.observations):
        if seen.unit_id is not None and seen.value is not None and digits(seen.value) >= rules.long_value_digits:
            kept: Name = (seen.name, seen.number_format, seen.unit)
            yield f"observations[{n}]", seen.unit_id, numbered(seen.unit_id, kept), seen.value
