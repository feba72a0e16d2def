"""The verdict, format `verdict/1`: what goes out. Rendering adds no judgement to it."""

from collections.abc import Sized
from typing import Literal

from pydantic import ConfigDict, Field

from harness.model.document import Amount, Day, Document, Instant, Name, Sha256, Text
from harness.model.fingerprint import Fingerprint

VERDICT_FORMAT = "verdict/1"

Outcome = Literal["pass", "fail", "undecided"]
ConditionOutcome = Literal["holds", "fails", "undecided"]


def _empty(values: Sized) -> bool:
    return not values


def _absent(value: object) -> bool:
    return value is None


class Score(Document):
    """Criteria that hold over criteria that apply, in the deciding lenses. It never decides anything."""

    holds: int
    applies: int


class Dates(Document):
    """The days that the rules were read for; null where neither the report nor the caller gave one."""

    test: Day | None
    application: Day | None
    export: Day | None
    entry: Day | None
    as_of: Day | None


class Reason(Document):
    """One criterion: what stands there, what the text asks, by how much, and where the text stands."""

    criterion: str
    outcome: ConditionOutcome
    got: str
    need: str
    unit: str | None
    # Headroom to the threshold in `unit`: positive where the criterion holds, negative where it fails.
    margin: str | None
    cite: str
    note: str | None = None
    # The provision that asks it, the clause in our own words, and the clock and the day that its text was read for.
    provision: str | None = None
    says: str | None = None
    clock: str | None = None
    day: Day | None = None


class Decision(Document):
    """A text that answers, or may answer: the row of it that does, where it stands, and since when."""

    provision: str
    answers: tuple[str, ...]
    # Whether the row certainly holds, so that it answers alone.
    certain: bool
    pin: str
    says: str
    # The instrument that this wording came with, and what kind of text it is.
    cite: str
    instrument: str
    status: str
    since: Day
    clock: str
    day: Day | None


class ReadingUse(Document):
    """A question that the text leaves open: which option was followed, and what every option would give."""

    id: Name
    question: Text
    pin: Text
    followed: str
    says: dict[str, Text]
    gives: dict[str, tuple[str, ...]]


class Lens(Document):
    """One question, its answer, and every answer that the evidence leaves possible."""

    basis: Literal["law", "method"]
    informs: bool
    question: str
    outcome: Outcome
    answer: str
    certain: bool
    possible: tuple[str, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    notices: tuple[str, ...]
    # What answered, and the readings on which the answer depends. Verdicts of before have neither.
    decisions: tuple[Decision, ...] = Field((), exclude_if=_empty)
    readings: tuple[ReadingUse, ...] = Field((), exclude_if=_empty)
    # Where what is codified and what is enforced give different answers, both.
    layers: dict[str, tuple[str, ...]] = Field(default_factory=dict, exclude_if=_empty)


class FigureReading(Document):
    """One quantity as declared, derived and measured, and as the law reads it. All in `unit`."""

    unit: str
    declared: Amount | None
    derived: Amount | None
    derived_at_maximum_clock: Amount | None
    measured: Amount | None
    expanded_uncertainty: Amount | None
    # What the law reads. Where the evidence leaves a range: `used` is its lower end and `used_up_to` its upper.
    used: Amount | None
    used_up_to: Amount | None
    note: str | None


class FindingRecord(Document):
    """A finding, with the effect that the catalogue gives its code."""

    code: str
    effect: Literal["voids", "lower-bound-only", "unsupported", "notes"]
    where: str
    got: str
    need: str


class Assurance(Document):
    """Whether the evidence alone, without trust in the declaration, would suffice to say "below the threshold"."""

    quantity: str
    threshold: Amount
    unit: str
    cite: str
    conclusion: Literal["below", "not-below", "inconclusive", "rejected"]
    code: str
    statement: str
    # Where a bound was held against the threshold: whose, its value, and the threshold less it, both in `unit`.
    binding: str | None = Field(None, exclude_if=_absent)
    bound: Amount | None = Field(None, exclude_if=_absent)
    margin: Amount | None = Field(None, exclude_if=_absent)
    # The claimed probability that a unit at or above the threshold is passed; only where the conclusion is "below".
    false_accept_risk: Amount | None = Field(None, exclude_if=_absent)
    # What each bound that reached the threshold would have had to be.
    sufficient: tuple[str, ...] = Field((), exclude_if=_empty)


class Reached(Document):
    """How far one aspect of the evidence is assured, and by what."""

    level: str
    says: str


class CriterionRow(Document):
    """One numbered criterion on the transaction: its answer, what that rests on, what is missing, and where it stands.

    Where the evidence leaves several answers, `answer` is the strictest, and `possible` names all.
    """

    criterion: str
    # "not-in-force" where no text of the day asks it.
    answer: str
    possible: tuple[str, ...]
    outcome: ConditionOutcome
    says: Text
    evidence: tuple[str, ...]
    missing: tuple[str, ...]
    cite: str
    lens: str


class Requirement(Document):
    """Something that the caller asked beyond the law, as `KEY=VALUE`; it changes the outcome as a lens does."""

    requires: str
    outcome: Outcome
    got: str


class Inputs(Document):
    """Digests of everything that was read; a classification reads no report and no method."""

    report_sha256: Sha256 | None
    spec_sha256: Sha256 | None
    method_sha256: Sha256 | None
    attachments_sha256: dict[str, Sha256 | None]
    # Only where there is a dossier.
    dossier_sha256: Sha256 | None = Field(None, exclude_if=_absent)


class ClockSpan(Document):
    """The instants between which a clock gives this verdict: it was held against the times of the evidence."""

    since: Instant | None = Field(alias="from")
    until: Instant | None


class Verification(Document):
    """By what a report was verified beyond itself: digests of what was signed, the trust root, and a log proof."""

    payload_sha256: Sha256 | None
    trust_root_sha256: Sha256 | None
    trust_root_version: int | None
    log_proof_sha256: Sha256 | None
    clock: ClockSpan | None
    # Whether a state file of reports seen before had a say; it is not kept with the verdict.
    state: bool


class Receipt(Document):
    """What must be the same for the verdict to come out the same."""

    law_sha256: Sha256
    engine_version: str
    inputs: Inputs
    dates: Dates
    lenses_asked: tuple[str, ...]
    # What of the law had a say, where that was not all of it but proposals.
    known_at: Day | None = Field(None, exclude_if=_absent)
    proposed: tuple[str, ...] = Field((), exclude_if=_empty)
    readings: dict[str, str] = Field(default_factory=dict, exclude_if=_empty)
    # What was required beyond the law.
    required: tuple[str, ...] = Field((), exclude_if=_empty)
    # Only of a report that came in an envelope, or was held against a state file.
    verification: Verification | None = Field(None, exclude_if=_absent)


class Assumption(Document):
    """A fact that no report states: assumed, given by the caller, or taken from the spec file."""

    fact: Name
    value: Name
    origin: Literal["assumed", "given", "spec"]
    says: Text


class ReportIdentity(Document):
    """Which report this is; of a classification, which chip or system."""

    report_id: Name
    laboratory: Name | None
    chip: str | None
    product: Name | None


class Verdict(Document):
    """A verdict, `verdict/1`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["verdict/1"] = Field(alias="schema")
    report: ReportIdentity
    outcome: Outcome
    score: Score
    dates: Dates
    lenses: dict[str, Lens]
    figures: dict[str, FigureReading]
    findings: tuple[FindingRecord, ...]
    assurance: tuple[Assurance, ...]
    # How far each aspect of the evidence is assured; verdicts of before, and classifications, have none.
    reached: dict[str, Reached] = Field(default_factory=dict, exclude_if=_empty)
    # Every numbered criterion, where there is a dossier.
    criteria: tuple[CriterionRow, ...] = Field((), exclude_if=_empty)
    # Only where something was required.
    required: tuple[Requirement, ...] = Field((), exclude_if=_empty)
    # Of every unit whose clock and units are known; verdicts of before have none.
    fingerprints: tuple[Fingerprint, ...] = Field((), exclude_if=_empty)
    # Only a classification assumes facts; a verdict on a report leaves the field out.
    assumed: tuple[Assumption, ...] = Field((), exclude_if=_empty)
    receipt: Receipt


class Refusal(Document):
    """What stands in the place of a verdict in a list, where the input could not be read: `refusal/1`."""

    format: Literal["refusal/1"] = Field(alias="schema")
    source: Text
    faults: tuple[dict[str, str | None], ...]
