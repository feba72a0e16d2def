"""How many units to draw, and what that promises: `lot-plan/1`. Shares are fractions of 1, risks per cent."""

from typing import Literal

from pydantic import ConfigDict, Field

from harness.model.document import Amount, Count, Document, Figure


class StandardPlan(Document):
    """What ISO 2859-1 and MIL-STD-105E would draw, for comparison: level II, normal inspection, AQL 0.65 %."""

    letter: str
    drawn: Count
    accept: Count
    # A lot with so many bad units is still accepted one time in ten.
    accepted_in_ten_percent: Amount


class SequentialLines(Document):
    """Wald's test: accept where d <= slope n - accept, refuse where d >= slope n + refuse."""

    good: Figure
    bad: Figure
    accept: Amount
    refuse: Amount
    slope: Amount
    # With no bad unit seen, accepted from here on.
    first_acceptance: Count


class VariablesPlan(Document):
    """Fewer units by their values: accept where mean + factor s + U lies below the limit, the values being normal."""

    drawn: Count
    factor: Amount


class LotPlan(Document):
    """A plan, `lot-plan/1`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["lot-plan/1"] = Field(alias="schema")
    units_in_lot: Count
    ltpd: Figure
    beta: Figure
    accept: Count
    detection: Figure
    # ⌈ltpd x units⌉: the fewest bad units that the promise is about.
    bad_units: Count
    # None: not even all units are enough.
    drawn: Count | None
    # The probability that the lot with those bad units is accepted, exactly where that has at most 1,000 characters.
    risk: str | None
    # The same, rounded up.
    risk_percent: Amount
    # The same where one failed unit may be measured again: a bad one may then be missed.
    risk_with_retest_percent: Amount
    # For a lot without end; None where a failed unit is accepted, where none is ever found, and beyond 10**15.
    drawn_of_endless_lot: int | None
    # By the approximation of safeguards practice, none accepted and every bad unit found.
    drawn_by_iaea: Count
    # None: a lot of one unit has no code letter.
    standard: StandardPlan | None
    # Probability that a good unit is called bad, and that a lot of good units is refused therefore.
    false_alarm: Figure
    refused_though_good_percent: Amount
    refused_though_good_with_retest_percent: Amount
    sequential: SequentialLines | None = None
    variables: VariablesPlan | None = None
