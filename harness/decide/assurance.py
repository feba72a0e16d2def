"""The assurance statement per threshold: what the evidence alone would suffice to say."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from harness.decide.figures import QuantityEvidence
from harness.decide.lenses import DateMap, clock_readings
from harness.metrics.assurance import Bounds, Conclusion, conclude
from harness.model.case import Case
from harness.model.quantity import as_text
from harness.model.verdict import Assurance
from harness.policy.language import Compare, Param
from harness.policy.law import Law
from harness.policy.lint import atoms_of

LENS = "review-policy"


def assurance(case: Case, law: Law, dates: DateMap, evidence: Mapping[str, QuantityEvidence]) -> Iterator[Assurance]:
    """Return one statement for every upper limit that the review policy of the day sets on a measured quantity."""
    floors = {floor.quantity: Fraction(floor.floor) for floor in case.method.efficiency_floors}
    for param in _limits(law, dates):
        found = evidence.get(param.metric)
        if found is not None and param.metric in floors:
            bounds = _bounds(found, floors[param.metric])
            conclusion = conclude(bounds, Fraction(param.value), Fraction(case.method.contradiction_margin))
            yield Assurance.model_construct(
                quantity=param.metric,
                threshold=as_text(param.value),
                unit=found.unit,
                cite=param.pin,
                conclusion=conclusion.conclusion,  # type: ignore[arg-type]
                code=conclusion.code,
                statement=_statement(case, found, param, conclusion),
            )


def _limits(law: Law, dates: DateMap) -> list[Param]:
    seen: dict[str, Param] = {}
    for reading in clock_readings(law, LENS, dates):
        for text in reading.texts:
            for atom in atoms_of(text):
                if isinstance(atom, Compare) and atom.operator == "<":
                    seen.setdefault(atom.param.id, atom.param)
    return list(seen.values())


def _bounds(found: QuantityEvidence, floor: Fraction) -> Bounds:
    highest = found.measured
    derivation = found.derivation
    return Bounds(
        declared=found.declared,
        declared_step=found.declared_step,
        derived_lo=None if derivation.nominal is None else Fraction(derivation.nominal),
        derived_hi=None if derivation.maximum is None else Fraction(derivation.maximum),
        measured=None if highest is None else Fraction(highest.value),
        expanded_uncertainty=Fraction(0) if highest is None else Fraction(highest.expanded_uncertainty),
        efficiency_floor=floor,
    )


def _statement(case: Case, found: QuantityEvidence, param: Param, conclusion: Conclusion) -> str:
    limit = f"below {as_text(param.value)} {found.unit}"
    method = case.method
    risk = method.false_accept_risk + (1 - method.floor_confidence) + (1 - method.floor_content)
    if conclusion.conclusion == "below":
        return (
            f"the evidence alone would suffice to say {limit}: the highest upper bound is "
            f"{_bound(conclusion)}, at a claimed false-accept risk of at most {float(risk):.1%}"
        )
    if conclusion.conclusion == "not-below":
        return f"the evidence alone suffices to say that it is not {limit}: the lower bound is {_bound(conclusion)}"
    why = {
        "DEC-I-MISSING": "declared, derived and measured values are all needed, and one is missing",
        "DEC-I-GUARD": f"the highest upper bound is {_bound(conclusion)}",
        "DEC-I-UNDERSTATED": "the measured value contradicts a lower declaration or derivation",
        "DEC-I-DECLARED-LOW": "the declaration lies below what the silicon yields at nominal clock",
        "DEC-I-DECLARED-HIGH": "the declaration lies above what the silicon yields at its highest clock",
        "DEC-I-UNDERPERFORM": "the measured value is too low for the silicon",
    }[conclusion.code]
    return f"the evidence alone would not suffice to say {limit}: {why}"


def _bound(conclusion: Conclusion) -> str:
    text = "" if conclusion.bound is None else as_text(Fraction(round(conclusion.bound * 100), 100))
    return f"{text} ({conclusion.binding})"
