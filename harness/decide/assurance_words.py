"""The assurance statement in words: both numbers, the margin, the claimed risk, and what would suffice."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from harness.decide.figures import QuantityEvidence
from harness.decide.measured_bounds import Found, floor_entry, told_floor
from harness.metrics.assurance import Conclusion, false_accept_risk, largest_accepted
from harness.model.assurance_catalogue import ASSURANCE_CATALOGUE
from harness.model.case import Case
from harness.model.quantity import as_text
from harness.policy.language import Param

_CENT = Decimal("0.01")
_CONTRADICTIONS = {
    "DEC-I-UNDERSTATED": "the measured value contradicts a lower declaration or derivation: {got} is more than "
    "{against}, the lower of the two with its margin",
    "DEC-I-DECLARED-LOW": "the declaration lies below what the silicon yields at nominal clock: {got} is less than "
    "{against}, that with its margin",
    "DEC-I-DECLARED-HIGH": "the declaration lies above what the silicon yields at its highest clock: {got} is more "
    "than {against}, that with its margin",
    "DEC-I-UNDERPERFORM": "the measured value is too low for the silicon: divided by the efficiency floor it is {got}, "
    "less than {against} at nominal clock",
}


def statement(
    case: Case, found: QuantityEvidence, param: Param, conclusion: Conclusion, measured: Sequence[Found]
) -> str:
    """Return the statement on one threshold."""
    limit = f"below {as_text(param.value)} {found.unit}"
    if conclusion.conclusion == "below":
        assert conclusion.bound is not None
        return (
            f"the evidence alone would suffice to say {limit}: the highest upper bound is {_bound(conclusion)}, "
            f"{shown(Fraction(param.value) - conclusion.bound)} {found.unit} under it"
            f"{_of_measurement(case, conclusion, found.quantity, measured)}. {risk_sentence(case)}"
            f"{_claimed(case, found.quantity, measured)}"
        )
    if conclusion.conclusion == "not-below":
        return f"the evidence alone suffices to say that it is not {limit}: the lower bound is {_bound(conclusion)}"
    why = _why(case, conclusion, found.quantity, measured)
    if conclusion.conclusion == "rejected":
        return f"nothing is concluded of {limit}, for the evidence is rejected: {why}"
    return f"the evidence alone would not suffice to say {limit}: {why}"


def _claimed(case: Case, quantity: str, measured: Sequence[Found]) -> str:
    """Say that an agreed floor has the confidence and the content that are claimed of it, and not shown."""
    one = binding_measurement(measured)
    if one is not None and case.method.assurance is not None and one.measured.upper == one.measured.quantised:
        least = as_text(case.method.assurance.least_kernel_efficiency)
        return f"; the one rate per clock rests on an agreed least efficiency of {least}, to which none is given"
    floors = [floor_entry(case, quantity, one.measurement) for one in measured]
    shown_of_all = floors and all(floor is not None and floor.basis == "derived" for floor in floors)
    return "" if shown_of_all else "; of an agreed floor, confidence and content are claimed and not borne out"


def risk_sentence(case: Case) -> str:
    """Return the claimed false-accept risk with its parts, all from the method."""
    alpha, gamma, content = case.method.false_accept_risk, case.method.floor_confidence, case.method.floor_content
    risk = false_accept_risk(alpha, gamma, content)
    return (
        "If declared and derived values are both wrong, the probability that a unit at or above the limit is passed is "
        f"at most {_percent(risk)} = {_percent(alpha)} (measurement) + {_percent(1 - gamma)} (confidence of the "
        f"efficiency floor) + {_percent(1 - content)} (its content); no credit is taken for the other two sources or "
        "for a prior"
    )


def _why(case: Case, conclusion: Conclusion, quantity: str, measured: Sequence[Found]) -> str:
    got, against = shown(conclusion.bound, conclusion.against), shown(conclusion.against, conclusion.bound)
    if conclusion.code in _CONTRADICTIONS:
        return _CONTRADICTIONS[conclusion.code].format(got=got, against=against)
    match conclusion.code:
        case "DEC-I-MISSING":
            silent = ", ".join(_silent(source, measured) for source in conclusion.silent)
            why = f"declared, derived and measured values are all needed; missing: {silent}"
        case "DEC-I-GUARD":
            told = _of_measurement(case, conclusion, quantity, measured)
            others = f"; {' and '.join(conclusion.reached)} reach it" if len(conclusion.reached) > 1 else ""
            why = f"the highest upper bound is {_bound(conclusion)}{told}{others}"
        case "DEC-R-UNCERTAINTY":
            share, most = float(conclusion.bound or 0), float(conclusion.against or 0)
            why = f"a standard uncertainty of {share:.3%} of its value; need above 0 and at most {most:.3%}"
        case "DEC-R-VOID":
            why = f"it is void ({conclusion.binding})"
        case _:
            why = f"{ASSURANCE_CATALOGUE[conclusion.code].title.lower()}: {conclusion.binding} {got}"
    return why


def _silent(source: str, measured: Sequence[Found]) -> str:
    return "measured (none that can show at most)" if source == "measured" and measured else source


def binding_measurement(measured: Sequence[Found]) -> Found | None:
    """Return the measurement with the highest upper bound."""
    return max(measured, key=lambda one: one.measured.upper, default=None)


def _of_measurement(case: Case, conclusion: Conclusion, quantity: str, measured: Sequence[Found]) -> str:
    """Say how the bound of the measurement came about, where it is the one that binds."""
    one = binding_measurement(measured)
    if conclusion.binding != "measured" or one is None:
        return ""
    found = one.measured
    if found.upper == found.quantised:
        return f": at the sampled clock {one.where} leaves one rate per clock, taken at the highest clock"
    wide = f" ± {shown(found.expanded_uncertainty)}" + (", recomputed" if one.recomputed else "")
    floor = as_text(found.efficiency_floor)
    return f": {shown(found.value)}{wide} of {one.where} over the floor {floor}{told_floor(case, quantity, one)}"


def sufficient(
    found: QuantityEvidence, limit: Fraction, conclusion: Conclusion, measured: Sequence[Found]
) -> Iterator[str]:
    """Yield what each upper bound that reached the limit would have had to be."""
    unit, one = found.unit, binding_measurement(measured)
    for source in conclusion.reached:
        if source == "declared":
            least = limit - found.declared_step / 2
            yield f"a declaration, as printed to {as_text(found.declared_step)} {unit}, below {_down(least)} {unit}"
        elif source == "derived":
            yield f"silicon that yields less than {as_text(limit)} {unit} at its highest clock"
        elif one is not None and one.measured.upper != one.measured.quantised:
            value, wide, floor = one.measured.value, one.measured.expanded_uncertainty, one.measured.efficiency_floor
            most = largest_accepted(limit, floor, wide / value)
            yield f"a reading below {_down(most)} {unit} at the same relative uncertainty and floor"
            needed = (value + wide) / limit
            if needed < 1:
                yield f"an efficiency floor above {_up(needed)} for this kernel, from reference devices"


def shown(value: Fraction | None, against: Fraction | None = None) -> str:
    """Return a bound to two decimals; in full where that would make it look like what it is held against."""
    if value is None:
        return ""
    rounded = Fraction(round(value * 100), 100)
    return as_text(value if rounded == against else rounded)


def _down(value: Fraction) -> str:
    return as_text((Decimal(value.numerator) / value.denominator).quantize(_CENT, ROUND_FLOOR))


def _up(value: Fraction) -> str:
    return as_text(Fraction(-(-value * 10_000 // 1), 10_000))


def _bound(conclusion: Conclusion) -> str:
    return f"{shown(conclusion.bound, conclusion.against)} ({conclusion.binding})"


def _percent(share: Decimal) -> str:
    return f"{as_text(share * 100)} %"
