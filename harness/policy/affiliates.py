"""On which days the owners of a party count: the affiliates rule, its stay, and what is open after the stay."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from harness.policy.law import Act, Law

HALF_OR_MORE = "us.ear.744.mu_08"
BELOW_HALF = "us.ear.744.mu_09"


@dataclass(frozen=True, kw_only=True, slots=True)
class AffiliatesStanding:
    """Whether the rule is in force on a day; `in-doubt` where its text answers in more than one way."""

    state: Literal["not-yet", "in-force", "stayed", "in-doubt"]
    # The day of the act that made it so, where it stands, and its words; None before there was a rule.
    since: date | None
    cite: str | None
    says: str | None
    # The reading that decides, where it is in doubt.
    reading: str | None = None


def affiliates_rule_on(day: date, law: Law, provision: str = HALF_OR_MORE) -> AffiliatesStanding:
    """Return how the affiliates rule stands on a day of export.

    Args:
        day: The day.
        law: The law that is read.
        provision: `HALF_OR_MORE`, or `BELOW_HALF` for the red flag on smaller and unknown shares.

    Source:
        90 FR 47201; 90 FR 50857.
    """
    rule = law.provisions.get(provision)
    acts = [act for act in rule.acts if act.day <= day] if rule else []
    if rule is None or not acts:
        return AffiliatesStanding(state="not-yet", since=None, cite=None, says=None)
    last, text = acts[-1], rule.on(day)
    if text is None:
        return AffiliatesStanding(state="stayed", since=last.day, cite=last.by.cite, says=_words(last, provision))
    readings = [row.reading for row in text.rows if len(row.then) > 1]
    answers = {*text.otherwise, *(answer for row in text.rows for answer in row.then)}
    # By a reading that is followed the text may be there and bar nobody.
    bars = answers > {law.lenses[text.lens].answers[0].id}
    return AffiliatesStanding(
        state="in-doubt" if readings else "in-force" if bars else "stayed",
        since=last.day,
        cite=f"{text.pin}; {last.by.cite}",
        says=text.says,
        reading=readings[0] if readings else None,
    )


def _words(act: Act, provision: str) -> str:
    said: str = next(one.says for one in act.by.provisions if one.id == provision and one.from_day == act.day)
    return said
