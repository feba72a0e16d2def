"""The decision: numbered steps from the case to the verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from harness.checks import all_findings
from harness.decide.aspects import reached
from harness.decide.assurance import assurance
from harness.decide.criteria import criterion_rows
from harness.decide.dossier import dossier_facts, dossier_figures
from harness.decide.facts import (
    Recipient,
    absent_evidence,
    adverse_facts,
    facts_of,
    far_below,
    place_of,
    recipients,
    with_known_names,
)
from harness.decide.figures import QuantityEvidence, claimed_tpp, die_area, quantities, tpp_evidence
from harness.decide.fingerprint import fingerprints
from harness.decide.lenses import BoxOf, judge_lens
from harness.decide.requirements import answered, checked
from harness.errors import WrongUsage
from harness.metrics.claims import claimed_processing_performance
from harness.metrics.io_bandwidth import io_bandwidth_gb_s
from harness.model.case import Case
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect, Finding
from harness.model.policy import CLOCKS, LensText
from harness.model.quantity import UNKNOWN, FigureState, Interval, as_text, quotient
from harness.model.verdict import (
    Dates,
    FigureReading,
    FindingRecord,
    Inputs,
    Lens,
    Outcome,
    Receipt,
    ReportIdentity,
    Requirement,
    Score,
    Verdict,
)
from harness.policy.box import Box, stated
from harness.policy.law import Law
from harness.version import VERSION

LensNames = tuple[str, ...]


def decide(case: Case, law: Law, lenses: LensNames | None = None, required: tuple[str, ...] = ()) -> Verdict:
    """Return the verdict on a case under a law.

    Args:
        case: The lab report with its chip spec, method, attachments, and perhaps a day that stands for all four.
        law: The law to read.
        lenses: The lenses to ask; None asks every one.
        required: What must hold beyond the law, such as "assurance=below".

    Raises:
        WrongUsage: A lens that the law does not have, or a requirement that does not exist.
    """
    asked, required = _asked(case, law, lenses), checked(required)
    dates = dates_of(case)
    # 1. What the evidence shows of itself.
    findings = all_findings(case)
    # 2. Each quantity as declared, derived, measured, and as the law reads it.
    evidence = quantities(case, findings, law.figure_readings)
    findings += absent_evidence(case, evidence, _quantities_to_confirm(law))
    findings += far_below(case, evidence)
    # 3. The evidence as a box of figures and facts.
    box, density_note = _box(case, law, evidence)
    # 4. Every lens by itself.
    unread = _unread(law, box)
    findings += [_unread_finding(fact, box) for fact in unread]
    judge = _Judge(
        law=law,
        dates=dates,
        box_of=_boxes(case, law, findings, box),
        findings=findings,
        unread=unread,
        counted=_counted(case, law),
    )
    lens_answers = {name: judge.answer(case, law.lenses[name]) for name in asked}
    # 5. What the evidence alone would suffice to say; it informs, unless it is required.
    statements = tuple(assurance(case, law, dates, evidence, findings))
    # 6. How far the evidence is assured, aspect by aspect; it informs, unless it is required.
    aspects = reached(case, findings, lens_answers)
    requirements = answered(required, statements, aspects)
    # 7. The outcome. What is built here is ours: tests hold it against the schema, and no run pays for that again.
    return Verdict.model_construct(
        format="verdict/1",
        report=_identity(case),
        outcome=overall(lens_answers, requirements),
        score=score(lens_answers),
        dates=_dates_record(case, dates),
        lenses=lens_answers,
        figures=_figures(evidence, box, density_note),
        findings=tuple(_record(finding) for finding in findings),
        assurance=statements,
        reached=aspects,
        criteria=criterion_rows(law, asked, dates, box) if case.dossier is not None else (),
        required=requirements,
        fingerprints=tuple(fingerprints(case)),
        receipt=_receipt(case, law, dates, asked, required),
    )


def _asked(case: Case, law: Law, lenses: LensNames | None) -> LensNames:
    unknown = [str(name) for name in lenses or () if name not in law.lenses]
    if unknown:
        raise WrongUsage(f"no lens {', '.join(unknown)}; there are {', '.join(law.lenses)}")
    if lenses is not None and not lenses:
        raise WrongUsage(f"no lens asked; there are {', '.join(law.lenses)}")
    # Whatever is asked rests on the evidence, so that question is always asked too.
    has = {None} | ({"dossier"} if case.dossier is not None or case.report.dossier is not None else set())
    return tuple(
        name
        for name, lens in law.lenses.items()
        if lens.basis == "method" or (lens.needs in has if lenses is None else name in lenses)
    )


def dates_of(case: Case) -> dict[str, date | None]:
    """Return the day of each clock, as the report states it or as the caller sets it."""
    stated = case.report.dates
    return {clock: case.as_of or (getattr(stated, clock) if stated is not None else None) for clock in CLOCKS}


def _quantities_to_confirm(law: Law) -> list[str]:
    """Return the quantities that the law has a laboratory confirm: the law says which, not this program."""
    return [fact.removeprefix("confirmed:") for fact in law.facts if fact.startswith("confirmed:")]


def _box(case: Case, law: Law, evidence: Mapping[str, QuantityEvidence]) -> tuple[Box, str | None]:
    area, note = die_area(case)
    figures: dict[str, FigureState] = {name: found.used for name, found in evidence.items()}
    figures["processing_performance"] = claimed_processing_performance(case.spec) if case.spec else UNKNOWN
    figures["io_bandwidth_but_volatile_memory"] = io_bandwidth_gb_s(case.spec) if case.spec else UNKNOWN
    by_reading = {fact: stated(value, note="by the reading that is followed") for fact, value in law.given.items()}
    facts = with_known_names({**facts_of(case, evidence, _quantities_to_confirm(law)), **by_reading}, law.names)
    figures |= {**dossier_figures(case.dossier), "applicable_die_area_mm2": area}
    stated_facts = dossier_facts(case, law, dates_of(case)["export"], Box(figures=figures, facts=facts))
    return Box(figures=figures, facts={**facts, **stated_facts}), note


def _boxes(case: Case, law: Law, findings: list[Finding], box: Box) -> BoxOf:
    """Return the evidence as each law has it counted; most read it as this one does."""

    counted: dict[object, Box] = {(law.figure_readings, *sorted(law.given.items())): box}

    def box_of(other: Law) -> Box:
        key = (other.figure_readings, *sorted(other.given.items()))
        if key not in counted:
            tpp = tpp_evidence(case, findings, other.figure_readings).used
            given = {fact: stated(value, note="by the reading that is followed") for fact, value in other.given.items()}
            facts = {fact: state for fact, state in box.facts.items() if fact not in law.given}
            counted[key] = Box(figures={**box.figures, "tpp": tpp}, facts={**facts, **given})
        return counted[key]

    return box_of


def _counted(case: Case, law: Law) -> list[str]:
    """Return the readings by which the maker's rates give another TPP."""
    if case.spec is None:
        return []
    found = []
    for reading in law.readings.values():
        ways = [one.figures for one in reading.options if one.figures]
        values = {max(claimed_tpp(case.spec, (way,)).values(), default=None) for way in ways}
        found += [reading.id] if len(values) > 1 else []
    return found


def _unread(law: Law, box: Box) -> list[str]:
    """Return what the report states against itself under a name that no provision of the law reads."""
    return [fact for fact in adverse_facts(box.facts) if fact not in law.facts]


def _unread_finding(fact: str, box: Box) -> Finding:
    return Finding(code="criterion-unread", where=place_of(fact), got=box.fact(fact).got, need="a criterion of the law")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judge:
    law: Law
    dates: Mapping[str, date | None]
    box_of: BoxOf
    findings: list[Finding]
    unread: list[str]
    counted: list[str]

    def answer(self, case: Case, lens: LensText) -> Lens:
        if lens.basis == "method":
            return _judge_evidence(case, lens, self.findings)
        reached = known_recipients(case, self.law)
        return judge_lens(self.law, lens, self.dates, self.box_of, reached, self.unread, self.counted)


def known_recipients(case: Case, law: Law) -> list[Recipient]:
    """Return the parties that the goods reach; places that nobody knows are open."""
    return [replace(one, facts=with_known_names(one.facts, law.names)) for one in recipients(case)]


def case_box(case: Case, law: Law) -> tuple[Box, Mapping[str, QuantityEvidence]]:
    """Return the evidence of a case as the engine reads it, and that on each quantity."""
    evidence = quantities(case, all_findings(case), law.figure_readings)
    return _box(case, law, evidence)[0], evidence


def _judge_evidence(case: Case, lens: LensText, findings: list[Finding]) -> Lens:
    effects = {CATALOGUE[finding.code].effect for finding in findings}
    if Effect.VOIDS in effects:
        answer = "void"
    elif not any(measurement.value for measurement in case.report.measurements):
        answer = "absent"
    else:
        answer = "limited" if effects - {Effect.NOTES} else "usable"
    outcomes = {option.id: option.outcome for option in lens.answers}
    return Lens.model_construct(
        basis=lens.basis,
        informs=lens.informs,
        question=lens.question,
        outcome=outcomes[answer],
        answer=answer,
        certain=True,
        possible=(answer,),
        reasons=(),
        missing=("measurements",) if answer == "absent" else (),
        notices=(),
    )


def overall(lenses: Mapping[str, Lens], required: Iterable[Requirement] = ()) -> Outcome:
    """Return the outcome of the deciding lenses, and of what is required beyond them, together."""
    outcomes = {lens.outcome for lens in lenses.values() if not lens.informs} | {one.outcome for one in required}
    return "fail" if "fail" in outcomes else "undecided" if "undecided" in outcomes else "pass"


def score(lenses: Mapping[str, Lens]) -> Score:
    """Return how many criteria of the deciding lenses hold, of how many."""
    reasons = [reason for lens in lenses.values() if not lens.informs for reason in lens.reasons]
    return Score.model_construct(holds=sum(reason.outcome == "holds" for reason in reasons), applies=len(reasons))


def _figures(evidence: Mapping[str, QuantityEvidence], box: Box, density_note: str | None) -> dict[str, FigureReading]:
    readings = {name: _reading(found) for name, found in evidence.items()}
    density = _density(box, density_note)
    return {"tpp": readings.pop("tpp"), "performance_density": density, **readings}


def _reading(found: QuantityEvidence) -> FigureReading:
    measured = found.measured
    return FigureReading.model_construct(
        unit=found.unit,
        declared=_text(found.declared),
        derived=_text(found.derivation.nominal),
        derived_at_maximum_clock=_text(found.derivation.maximum),
        measured=_text(measured.value if measured else None),
        expanded_uncertainty=_text(measured.expanded_uncertainty if measured else None),
        used=None if found.used.hi is None else as_text(found.used.lo),
        used_up_to=None if found.used.hi is None or found.used.exact else as_text(found.used.hi),
        note=found.note,
    )


def figure_reading(unit: str, states: list[FigureState], note: str | None) -> FigureReading:
    """Return a declared figure as it goes out; several states are the readings of one figure."""
    spans = [state for state in states if isinstance(state, Interval)]
    lo = min((span.lo for span in spans), default=None)
    ends = [span.hi for span in spans if span.hi is not None]
    hi = max(ends) if spans and len(ends) == len(spans) else None
    if not spans:
        note = "there is no such figure, and conditions on it fail"
    elif hi is None and lo:
        note = f"at least {as_text(lo)}" + (f"; {note}" if note else "")
    return FigureReading.model_construct(
        unit=unit,
        declared=_text(hi if lo == hi else None),
        derived=None,
        derived_at_maximum_clock=None,
        measured=None,
        expanded_uncertainty=None,
        used=_text(lo if hi is not None else None),
        used_up_to=_text(hi if lo != hi else None),
        note=note,
    )


def selected(law: Law) -> dict[str, Any]:
    """Return what of the law had a say, as a receipt has it; nothing where that is the whole of it."""
    chosen = law.selection
    said = {"known_at": chosen.known_at, "proposed": chosen.proposed, "readings": dict(chosen.readings)}
    return {name: value for name, value in said.items() if value}


def _text(value: Decimal | Fraction | None) -> str | None:
    return None if value is None else as_text(value)


def _density(box: Box, note: str | None) -> FigureReading:
    """Density for people, to 12 digits; conditions compare TPP with threshold times area, exactly."""
    tpp, area = box.figure("tpp"), box.figure("applicable_die_area_mm2")
    ends: tuple[str | None, str | None] = (None, None)
    density = quotient(tpp, area)
    if isinstance(density, Interval) and density.hi is not None and area != UNKNOWN:
        ends = (as_text(density.lo), None if density.exact else as_text(density.hi))
    if not isinstance(area, Interval):
        note = "no non-planar logic die: no density, and conditions on it fail"
    return FigureReading.model_construct(
        unit="TPP/mm2",
        declared=None,
        derived=None,
        derived_at_maximum_clock=None,
        measured=None,
        expanded_uncertainty=None,
        used=ends[0],
        used_up_to=ends[1],
        note=note,
    )


def _identity(case: Case) -> ReportIdentity:
    report = case.report
    return ReportIdentity.model_construct(
        report_id=report.report_id,
        laboratory=report.laboratory.name if report.laboratory else None,
        chip=report.product.chip if report.product else None,
        product=report.product.name if report.product else None,
    )


def _record(finding: Finding) -> FindingRecord:
    return FindingRecord.model_construct(
        code=finding.code,
        effect=CATALOGUE[finding.code].effect.value,
        where=finding.where,
        got=finding.got,
        need=finding.need,
    )


def _dates_record(case: Case, dates: Mapping[str, date | None]) -> Dates:
    return Dates.model_construct(
        test=dates["test"],
        application=dates["application"],
        export=dates["export"],
        entry=dates["entry"],
        as_of=case.as_of,
    )


def _receipt(
    case: Case, law: Law, dates: Mapping[str, date | None], asked: LensNames, required: tuple[str, ...]
) -> Receipt:
    return Receipt.model_construct(
        law_sha256=law.sha256,
        engine_version=VERSION,
        dates=_dates_record(case, dates),
        lenses_asked=asked,
        required=required,
        verification=case.verification,
        **selected(law),
        inputs=Inputs.model_construct(
            report_sha256=case.report_sha256,
            spec_sha256=case.spec_sha256,
            method_sha256=case.method_sha256,
            attachments_sha256={name: read.sha256 for name, read in sorted(case.attachments.items())},
            dossier_sha256=case.dossier_sha256,
        ),
    )
