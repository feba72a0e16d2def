"""Where a case stands under a law, to be asked again with other figures, facts or days."""

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from harness.decide.clocks import ClockReading, clock_readings
from harness.decide.facts import PARTY_FACTS, Recipient, confirmation
from harness.decide.figures import QuantityEvidence
from harness.decide.lenses import outcome_of, possible_answers
from harness.decide.verdict import case_box, dates_of, decide, known_recipients
from harness.errors import WrongUsage
from harness.model.case import Case
from harness.model.document import FIGURE
from harness.model.lab_report import ReportDates
from harness.model.policy import CLOCKS
from harness.model.quantity import Interval, base_unit, exactly, in_base_unit
from harness.model.verdict import Outcome, Verdict
from harness.policy.box import Box, Fact, stated
from harness.policy.law import Law
from harness.policy.vocabulary import DERIVED, METRICS, PLACES, is_fact, values_of

_LETTERS = string.ascii_letters + "/"
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
AREA = "applicable_die_area_mm2"
# Figures that a case may be asked about: those that are no one else's ratio or sum.
FIGURES = tuple(sorted(set(METRICS) - set(DERIVED) | {AREA}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A case under a law: its dates, its evidence, its recipients, and the verdict on it."""

    law: Law
    case: Case
    dates: Mapping[str, date | None]
    box: Box
    evidence: Mapping[str, QuantityEvidence]
    recipients: tuple[Recipient, ...]
    verdict: Verdict

    def answers(self, lens: str) -> tuple[str, ...]:
        """Return the answers that stay possible; a lens of method does not read the law."""
        text = self.law.lenses[lens]
        if text.basis == "method":
            return self.verdict.lenses[lens].possible
        found = possible_answers(self.law, text, self.dates, self.box, self.recipients)
        return tuple(answer.id for answer in text.answers if answer.id in found)

    def all_answers(self) -> dict[str, tuple[str, ...]]:
        """Return the answers to every lens that was asked."""
        return {lens: self.answers(lens) for lens in self.verdict.lenses}

    def outcome(self, answers: Mapping[str, tuple[str, ...]]) -> Outcome:
        """Return the overall outcome of such answers."""
        found = {
            outcome_of(self.law.lenses[lens], possible)
            for lens, possible in answers.items()
            if not self.law.lenses[lens].informs
        }
        return "fail" if "fail" in found else "undecided" if "undecided" in found else "pass"

    def readings(self, lens: str) -> list[ClockReading]:
        """Return the texts of a lens by each clock."""
        return clock_readings(self.law, lens, self.dates)

    def with_figure(self, metric: str, value: Fraction) -> "Standing":
        """Return the case as if the law read this figure, and as if it were the declared one where one is declared."""
        figures, facts = {**self.box.figures, metric: exactly(value)}, dict(self.box.facts)
        found = self.evidence.get(metric)
        if found is not None and found.declared is not None:
            moved = replace(found, declared=value, declared_step=Fraction(0))
            facts[f"confirmed:{metric}"] = confirmation(self.case, moved)
        return replace(self, box=Box(figures=figures, facts=facts))

    def with_day(self, clock: str, day: date) -> "Standing":
        """Return the case as if the report stated this day: what follows from the order of days follows again."""
        stated_days = (self.case.report.dates or ReportDates()).model_copy(update={clock: day})
        case = replace(self.case, report=self.case.report.model_copy(update={"dates": stated_days}))
        methods = tuple(name for name in self.verdict.lenses if self.law.lenses[name].basis == "method")
        again = decide(case, self.law, methods).lenses if methods else {}
        verdict = self.verdict.model_copy(update={"lenses": {**self.verdict.lenses, **again}})
        return replace(standing_of(case, self.law, verdict), dates={**self.dates, clock: day})

    def with_fact(self, name: str, fact: Fact) -> "Standing":
        """Return the case with another fact; of an end user, for every party that decides."""
        box = replace(self.box, facts={**self.box.facts, name: fact})
        if name not in PARTY_FACTS:
            return replace(self, box=box)
        told = (replace(one, facts={**one.facts, name: fact}) if one.decides else one for one in self.recipients)
        return replace(self, box=box, recipients=tuple(told))

    def changed(self, words: Iterable[str]) -> "Standing":
        """Return the case with every change that the words ask for.

        Args:
            words: Each `NAME=VALUE`: a figure (`tpp=20900`, `total_dram_bandwidth=6.4 TB/s`), a fact
                (`end_user_country=SG`, `examined:MU-06=hit`) or a clock (`export=2026-01-14`).

        Raises:
            WrongUsage: A name or a value that the law could not read.
        """
        asked: dict[str, str] = {}
        for word in words:
            name, equals, value = (part.strip() for part in word.partition("="))
            if not equals or not value:
                raise WrongUsage(f"{word!r}: need NAME=VALUE, such as tpp=20900")
            if asked.setdefault(name, value) != value:
                raise WrongUsage(f"{name}: got both {asked[name]!r} and {value!r}; need one of them")
        found = self
        # A day makes the evidence anew, and so comes before what is supposed of it.
        for name in sorted(asked, key=lambda name: name not in CLOCKS):
            found = found._with(name, asked[name])
        return found

    def _with(self, name: str, value: str) -> "Standing":
        if name in CLOCKS:
            return self.with_day(name, _day(name, value))
        if name in FIGURES:
            return self.with_figure(name, _figure(name, value))
        if name in DERIVED:
            raise WrongUsage(f"{name} follows from {' and '.join(DERIVED[name])}; change one of these")
        if not is_fact(name):
            raise WrongUsage(f"no figure, fact or clock {name!r}; figures: {', '.join(FIGURES)}; clocks: "
                             f"{', '.join(CLOCKS)}; harness explain lists the facts")  # fmt: skip
        listed = values_of(name)
        if listed and value not in listed:
            raise WrongUsage(f"{name}: got {value!r}; need one of {', '.join(listed)}")
        if name in PLACES and value not in self.law.names.places:
            raise WrongUsage(f"{name}: got {value!r}; need an ISO 3166-1 alpha-2 code such as CN")
        return self.with_fact(name, stated(value, note="supposed"))


def standing_of(case: Case, law: Law, verdict: Verdict) -> Standing:
    """Return where a case stands."""
    box, evidence = case_box(case, law)
    return Standing(
        law=law,
        case=case,
        dates=dates_of(case),
        box=box,
        evidence=evidence,
        recipients=tuple(known_recipients(case, law)),
        verdict=verdict,
    )


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongUsage(f"{name}: got {value!r}; need a day as YYYY-MM-DD") from None


def _figure(name: str, value: str) -> Fraction:
    number = value.rstrip(_LETTERS) if not value.partition(" ")[2] else value.partition(" ")[0]
    unit = value[len(number) :]
    usual = METRICS.get(name, "mm2")
    try:
        # A comma stands between thousands or nowhere: elsewhere it may have been meant for a point.
        digits = number.replace(",", "") if _THOUSANDS.fullmatch(number) else number
        if not re.fullmatch(FIGURE, digits):
            raise ValueError
        found = Decimal(digits)
        if not unit.strip() or unit.strip() == usual:
            return Fraction(found)
        if base_unit(unit.strip()) != usual:
            raise ValueError
        return Fraction(in_base_unit(found, unit.strip()))
    except (ValueError, ArithmeticError, KeyError):
        raise WrongUsage(f"{name}: got {value!r}; need a number in {usual}, or with a unit of that kind") from None


def known(state: object) -> Interval | None:
    """Return a figure of which both ends are known."""
    return state if isinstance(state, Interval) and state.hi is not None else None
