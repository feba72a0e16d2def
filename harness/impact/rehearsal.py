"""Boundary cases as lab reports: a declaration just below, at and just above each threshold that a report can meet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from harness.checks.statements import makers_claims
from harness.decide import decide
from harness.decide.clocks import clock_readings
from harness.decide.figures import claimed_die_area
from harness.decide.lenses import possible_answers, question_of
from harness.decide.verdict import case_box, dates_of, known_recipients
from harness.impact.mutants import step_of
from harness.model.case import Case
from harness.model.chip_spec import ChipSpec
from harness.model.lab_report import LabReport
from harness.model.quantity import Interval, as_text, in_base_unit
from harness.policy.language import Compare, Param
from harness.policy.law import Law
from harness.policy.lint import atoms_of

DECLARED: Mapping[str, str] = {
    "tpp": "TPP",
    "total_dram_bandwidth": "GB/s",
    "interconnect_bandwidth": "GB/s",
    "copackaged_dram_capacity": "GB",
}
_RAISED = ("total_dram_bandwidth", "tpp")
SIDES = ("below", "at", "above")
Values = Mapping[str, Fraction]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """A report at one side of a threshold, and what the law answers to it."""

    lens: str
    param: Param
    instrument: str
    side: str
    chip: str
    report: LabReport
    answers: tuple[str, ...]


Constant = tuple[str, Param, str]
Specs = Sequence[tuple[ChipSpec, str]]


def rehearsals(
    law: Law, template: Case, specs: Specs, constants: Sequence[Constant], counted: Callable[[], object]
) -> Iterator[Rehearsal]:
    """Yield three reports for every constant of law that some report can turn on.

    Args:
        law: The law; it is read for the dates of the template.
        template: A complete report, which keeps what it says of laboratory, parties and dates.
        specs: Chips that a report may be about, with the digest of their files; those that come first are preferred.
        constants: Lens, constant and instrument, as `constants_met` returns them.
        counted: Called once for each constant that is done.
    """
    marks = {name: sorted({param.exact for _, param, _ in constants if param.metric == name}) for name in _RAISED}
    for lens, param, instrument in constants:
        found = next(_triples(law, template, specs, (lens, param), marks), None)
        counted()
        for side, (case, answers) in zip(SIDES, found or (), strict=False):
            yield Rehearsal(
                lens=lens,
                param=param,
                instrument=instrument,
                side=side,
                chip=case.spec.id if case.spec else "",
                report=_named(case.report, f"{lens}-{param.id}-{side}", instrument),
                answers=answers,
            )


def constants_met(law: Law, template: Case) -> list[Constant]:
    """Return the constants that the texts of the report's days compare, by lens, in order of lens and name."""
    found: dict[tuple[str, str, str], tuple[str, Param, str]] = {}
    for lens in law.lenses.values():
        for reading in clock_readings(law, lens.id, dates_of(template)) if lens.basis == "law" else ():
            for text in (*reading.texts, *(one for one in reading.referred.values() if one is not None)):
                for atom in question_of(law, lens, reading).atoms():
                    if isinstance(atom, Compare) and atom in set(atoms_of(text)):
                        name = text.instrument.instrument
                        found.setdefault((lens.id, name, atom.param.id), (lens.id, atom.param, name))
    return [found[key] for key in sorted(found)]


def _triples(
    law: Law, template: Case, specs: Specs, asked: tuple[str, Param], marks: Mapping[str, Sequence[Fraction]]
) -> Iterator[tuple[tuple[Case, tuple[str, ...]], ...]]:
    """Yield the three cases for each chip of which not all are answered alike, and then with another figure raised.

    A window has sides that no chip reaches with the figures that its maker claims.
    """
    for spec, digest in specs:
        yield from _triple(law, template, (spec, digest), asked, {})
    spec, digest = specs[0]
    for raised in _raisings(asked[1], marks):
        yield from _triple(law, template, (spec, digest), asked, raised)


def _triple(
    law: Law, template: Case, chip: tuple[ChipSpec, str], asked: tuple[str, Param], raised: Values
) -> Iterator[tuple[tuple[Case, tuple[str, ...]], ...]]:
    lens, param = asked
    own = _stated(template) if template.spec is not None and template.spec.id == chip[0].id else {}
    sides = [one for side in (-1, 0, 1) if (one := _values(chip[0], param, side, own)) is not None]
    if len(sides) < len(SIDES) or any(value < sides[0].get(name, 0) for name, value in raised.items()):
        return
    cases = [_case(template, *chip, {**one, **raised}) for one in sides]
    # Most chips stand nowhere near the threshold: all alike, which the answers alone tell much sooner than a verdict.
    alone = [_answers_alone(law, lens, case) for case in cases]
    if len(set(alone)) > 1 and all(len(one) == 1 for one in alone):
        answers = [decide(case, law, (lens,)).lenses[lens].possible for case in cases]
        if len(set(answers)) > 1:
            yield tuple(zip(cases, answers, strict=True))


def _answers_alone(law: Law, lens: str, case: Case) -> frozenset[str]:
    box, parties = case_box(case, law)[0], known_recipients(case, law)
    return possible_answers(law, law.lenses[lens], dates_of(case), box, parties)


def _raisings(param: Param, marks: Mapping[str, Sequence[Fraction]]) -> Iterator[Values]:
    """Yield the middle between each two thresholds of another figure than that of the constant."""
    for name in _RAISED:
        if name != param.metric and not (name == "tpp" and param.metric == "performance_density"):
            yield from ({name: (low + high) / 2} for low, high in pairwise(marks[name]))


def _stated(template: Case) -> Values:
    """Return what a report declares, in base units."""
    declared = template.report.declared
    found = {name: getattr(declared, name) for name in DECLARED} if declared else {}
    return {name: Fraction(in_base_unit(one.value, one.unit)) for name, one in found.items()
            if one is not None and one.value is not None}  # fmt: skip


def _values(spec: ChipSpec, param: Param, side: int, own: Values) -> Values | None:
    """Return what to declare so that a figure lies beside, or at, a threshold; None where the chip claims more.

    Args:
        spec: The chip.
        param: The constant.
        side: -1 for just below it, 0 for at it, 1 for just above.
        own: What the template declares of this very chip: all but the figure asked for stays as it is.
    """
    claims = {name: Fraction(value) for name, value in makers_claims(spec).items() if value is not None}
    if not {"tpp", "total_dram_bandwidth"} <= claims.keys() or spec.tpp_completeness != "complete":
        return None
    near = side * Fraction(step_of(Decimal(param.value))) / 100
    at = param.exact + near
    metric = param.metric
    if metric == "performance_density":
        area, _ = claimed_die_area(spec)
        if not isinstance(area, Interval) or not area.exact:
            return None
        metric, at = "tpp", param.exact * area.lo + near
    elif metric == "dram_and_interconnect_bandwidth":
        metric, at = (
            "total_dram_bandwidth",
            at - own.get("interconnect_bandwidth", claims.get("interconnect_bandwidth", Fraction(0))),
        )
    if metric not in DECLARED or at < claims.get(metric, Fraction(0)):
        return None
    return {**{name: own.get(name, claims[name]) for name in DECLARED if name in claims}, metric: at}


def _case(template: Case, spec: ChipSpec, digest: str, values: Values) -> Case:
    report, declared = template.report, template.report.declared
    assert declared is not None
    assert report.product is not None
    stated = {
        name: getattr(declared, name).model_copy(
            update={"value": Decimal(as_text(values[name])), "unit": unit, "basis": "fictional: a rehearsal"}
        )
        for name, unit in DECLARED.items()
        if name in values and getattr(declared, name) is not None and _stated(template).get(name) != values[name]
    }
    changes: dict[str, object] = {"declared": declared.model_copy(update=stated)}
    if template.spec is None or template.spec.id != spec.id:
        area, _ = claimed_die_area(spec)
        product = {
            "chip": spec.id,
            "manufacturer": spec.manufacturer,
            "name": spec.name,
            "designed_or_marketed_for_data_centers": spec.designed_or_marketed_for_data_centers,
            "has_non_planar_logic_die": spec.has_non_planar_logic_die,
            "non_planar_logic_die_area_mm2": Decimal(as_text(area.lo))
            if isinstance(area, Interval) and area.exact
            else None,
        }
        # What was measured was measured on another chip.
        changes |= {"product": report.product.model_copy(update=product), "measurements": (), "lot": None}
    changed = report.model_copy(update=changes)
    return replace(template, report=changed, spec=spec, spec_sha256=digest)


def _named(report: LabReport, name: str, instrument: str) -> LabReport:
    note = f"A rehearsal: fictional, one declaration set beside a threshold of {instrument}. No such chip was tested."
    return report.model_copy(update={"report_id": f"PROBE-{name}", "notes": (note,)})
