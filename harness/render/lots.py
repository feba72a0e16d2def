"""A plan, a draw and the answer about a lot as text."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from harness.model.lot_acceptance import DrawnUnit, LotAcceptance
from harness.model.lot_plan import LotPlan, SequentialLines, StandardPlan
from harness.model.quantity import as_text
from harness.model.verdict import FindingRecord

_LONGEST_FRACTION, _MOST_LINES = 60, 50


def percent(share: Decimal) -> str:
    """Return a share as people write it.

    >>> percent(Decimal("0.01")), percent(Decimal(1))
    ('1 %', '100 %')
    """
    return f"{as_text(share * 100)} %"


def plan_lines(plan: LotPlan) -> Iterator[str]:
    """Yield a plan for people."""
    size = f"{plan.units_in_lot:,}"
    if plan.drawn is None:
        yield f"lot of {size} units: no sample is enough, with at most {plan.accept:,} failed accepted"
    else:
        yield f"lot of {size} units: draw {plan.drawn:,}, accept with at most {plan.accept:,} failed"
    yield ""
    yield _line(
        "promise", f"a lot with {plan.bad_units:,} bad units or more ({percent(plan.ltpd)} of {size}, rounded up)"
    )
    yield _line("", f"is accepted with a probability of at most {percent(plan.beta)}")
    yield from _reached(plan)
    yield _line("detection", f"a bad unit that was drawn is called bad with {percent(plan.detection)}")
    if plan.drawn_of_endless_lot is not None:
        yield _line("endless lot", f"{plan.drawn_of_endless_lot:,} units, however large the lot is")
    yield _line(
        "IAEA", f"{plan.drawn_by_iaea:,} units by the approximation of safeguards practice, with full detection"
    )
    if plan.standard is not None:
        yield from _standard(plan.standard)
    yield from _producer(plan)
    if plan.sequential is not None:
        yield from _sequential(plan.sequential, plan.beta)
    if plan.variables is not None:
        yield _line("by values", f"{plan.variables.drawn:,} units: accept where mean + {plan.variables.factor} s + U")
        yield _line("", "lies below the limit; the values must be normal, and s is between units, not between repeats")


def _line(name: str, says: str) -> str:
    return f"{name:<12} {says}"


def _reached(plan: LotPlan) -> Iterator[str]:
    short = plan.risk is not None and len(plan.risk) <= _LONGEST_FRACTION
    exact = f", exactly {plan.risk}" if short else ", rounded up"
    yield _line(
        "reached", f"{plan.risk_percent} %{exact}" + ("" if plan.drawn is not None else ", with every unit drawn")
    )
    if plan.drawn is None:
        yield _line("next", "find bad units with more certainty, accept fewer failed ones, or promise less")


def _standard(standard: StandardPlan) -> Iterator[str]:
    yield _line(
        "ISO 2859-1",
        f"letter {standard.letter}, AQL 0.65 %: {standard.drawn:,} units, accept with {standard.accept:,}; wrong here:",
    )
    yield _line(
        "", f"it guards the producer, and passes a lot with {standard.accepted_in_ten_percent} % bad one time in ten"
    )


def _producer(plan: LotPlan) -> Iterator[str]:
    yield _line("false alarm", f"with {percent(plan.false_alarm)} per unit a lot of good units is refused with")
    with_retest = f"{plan.refused_though_good_with_retest_percent} % where one unit may be measured again"
    yield _line("", f"{plan.refused_though_good_percent} %; with {with_retest}")
    yield _line(
        "re-test", "one unit that a measurement alone found above may be measured once more, in a second session,"
    )
    yield _line("", "both results told; fixed before the draw (harness lot draw --retests 1). The risk is then")
    yield _line("", f"{plan.risk_with_retest_percent} %, rounded up")


def _sequential(lines: SequentialLines, beta: Decimal) -> Iterator[str]:
    yield _line("sequential", f"shares {percent(lines.good)} and {percent(lines.bad)}, both risks {percent(beta)}:")
    yield _line("", f"after n units with d bad: accept where d <= {lines.slope} n - {lines.accept},")
    yield _line(
        "",
        f"refuse where d >= {lines.slope} n + {lines.refuse}; with none bad, accepted from {lines.first_acceptance:,}",
    )


def acceptance_lines(answer: LotAcceptance, shown: Callable[[str], str]) -> Iterator[str]:
    """Yield the answer about a lot for people: what is not as it should be, then the answer and its bound."""
    amiss = [unit for unit in answer.units if unit.result != "at-or-below" or len(unit.reports) > 1]
    yield from _cut([line for unit in amiss for line in _unit(unit, shown)], "lines about units")
    yield from _cut([_finding(one, shown) for one in answer.findings], "findings")
    plan = answer.plan
    yield (
        f"{answer.outcome}: {shown(answer.lot_id)}, {len(answer.units):,} of {answer.units_in_lot:,} units drawn: "
        f"{answer.good:,} good, {answer.failed:,} failed, {answer.undecided:,} undecided; "
        f"accepted with at most {plan.accept:,} failed"
    )
    yield (
        f"bad units that the lot may still hold: at most {answer.most_bad_left:,} ({answer.most_bad_left_percent} %); "
        f"with more, such a draw has a probability of at most {percent(answer.beta)}"
    )
    yield f"a bad unit that was drawn is called bad with {percent(plan.detection)}, as the plan says"


def _unit(unit: DrawnUnit, shown: Callable[[str], str]) -> Iterator[str]:
    if not unit.reports:
        yield f"{unit.result:<12} {shown(unit.unit_id)}"
    for one in unit.reports:
        yield f"{unit.result:<12} {shown(unit.unit_id)}  {one.shown}: {shown(one.says)}  [{shown(one.source)}]"


def _finding(one: FindingRecord, shown: Callable[[str], str]) -> str:
    return f"{one.code} ({one.effect}): {shown(one.where)}: got {shown(one.got)}; need {shown(one.need)}"


def _cut(lines: list[str], what: str) -> Iterator[str]:
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        yield f"... and {len(lines) - _MOST_LINES:,} more {what}; --format json has them all"
