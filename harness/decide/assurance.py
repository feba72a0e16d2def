"""The assurance statement per threshold: what the evidence alone would suffice to say."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from harness.decide.assurance_words import statement, sufficient
from harness.decide.clocks import DateMap, clock_readings
from harness.decide.figures import QuantityEvidence
from harness.decide.measured_bounds import Found, measured_bounds
from harness.metrics.assurance import Bounds, Conclusion, Rule, conclude, false_accept_risk
from harness.model.case import Case
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect, Finding
from harness.model.quantity import as_text
from harness.model.verdict import Assurance
from harness.policy.language import Compare, Param
from harness.policy.law import Law
from harness.policy.lint import atoms_of

LENS = "review-policy"


def assurance(
    case: Case, law: Law, dates: DateMap, evidence: Mapping[str, QuantityEvidence], findings: Sequence[Finding]
) -> Iterator[Assurance]:
    """Return one statement for every upper limit that the review policy of the day sets on a measured quantity."""
    floors = {floor.quantity for floor in case.method.efficiency_floors}
    void = [one.code for one in findings if CATALOGUE[one.code].effect is Effect.VOIDS]
    for param in _limits(law, dates):
        found = evidence.get(param.metric)
        if found is not None and param.metric in floors:
            measured = measured_bounds(case, found, findings)
            yield _record(case, found, param, measured, _concluded(case, found, param, measured, void))


def _limits(law: Law, dates: DateMap) -> list[Param]:
    seen: dict[str, Param] = {}
    for reading in clock_readings(law, LENS, dates):
        for text in reading.texts:
            for atom in atoms_of(text):
                if isinstance(atom, Compare) and atom.operator == "<":
                    seen.setdefault(atom.param.id, atom.param)
    return list(seen.values())


def _concluded(
    case: Case, found: QuantityEvidence, param: Param, measured: Sequence[Found], void: Sequence[str]
) -> Conclusion:
    if void:
        return Conclusion(conclusion="rejected", code="DEC-R-VOID", binding=void[0])
    rule = Rule(
        contradiction_margin=Fraction(case.method.contradiction_margin),
        largest_relative_uncertainty=Fraction(case.method.largest_relative_standard_uncertainty),
    )
    return conclude(_bounds(found, measured), Fraction(param.value), rule)


def _bounds(found: QuantityEvidence, measured: Sequence[Found]) -> Bounds:
    derivation = found.derivation
    claims = [reading.value for reading in found.readings if reading.where == "claimed by the maker"]
    return Bounds(
        declared=found.declared,
        declared_step=found.declared_step,
        derived_lo=None if derivation.nominal is None else Fraction(derivation.nominal),
        derived_hi=None if derivation.maximum is None else Fraction(derivation.maximum),
        measured=tuple(one.measured for one in measured),
        claimed=max(claims, default=None),
    )


def _record(
    case: Case, found: QuantityEvidence, param: Param, measured: Sequence[Found], conclusion: Conclusion
) -> Assurance:
    below = conclusion.conclusion == "below"
    method = case.method
    risk = false_accept_risk(method.false_accept_risk, method.floor_confidence, method.floor_content)
    bound, limit = conclusion.bound, Fraction(param.value)
    return Assurance.model_construct(
        quantity=param.metric,
        threshold=as_text(param.value),
        unit=found.unit,
        cite=param.pin,
        conclusion=conclusion.conclusion,
        code=conclusion.code,
        statement=statement(case, found, param, conclusion, measured),
        binding=conclusion.binding if conclusion.against == limit else None,
        bound=None if bound is None or conclusion.against != limit else as_text(bound),
        margin=None if bound is None or conclusion.against != limit else as_text(limit - bound),
        false_accept_risk=as_text(risk) if below else None,
        sufficient=tuple(sufficient(found, limit, conclusion, measured)),
    )
