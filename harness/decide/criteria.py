"""Every numbered criterion on the transaction as a row of its own: its answer, what that rests on, what is missing."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from harness.decide.facts import place_of
from harness.model.policy import LensText
from harness.model.verdict import ConditionOutcome, CriterionRow
from harness.policy.box import Box, Fact
from harness.policy.cells import NOTHING, Question
from harness.policy.law import Law, Text
from harness.policy.lint import facts_read

NOT_IN_FORCE = "not-in-force"
_OF_A_ROW = ("examined:", "certified:")
_STEP = re.compile(r"[ivx]+$")
_ROMAN = {"i": 1, "v": 5, "x": 10}
_OUTCOMES: Mapping[str, ConditionOutcome] = {"pass": "holds", "fail": "fails", "undecided": "undecided"}


def criterion_rows(
    law: Law, asked: Iterable[str], dates: Mapping[str, date | None], box: Box
) -> tuple[CriterionRow, ...]:
    """Return a row for every numbered criterion of the lenses that ask for statements on the transaction.

    Args:
        law: The law to read.
        asked: The lenses that are asked.
        dates: The day of each clock.
        box: The evidence of report and dossier.
    """
    found: dict[str, CriterionRow] = {}
    for lens in (law.lenses[name] for name in asked if law.lenses[name].together == "every"):
        for provision in law.of_lens(lens.id):
            texts = [act.text for act in provision.acts if act.text is not None]
            day = dates[texts[-1].clock[0]] if texts else None
            text = provision.on(day) if day is not None else texts[-1] if texts else None
            name = _named(text or texts[-1]) if texts else None
            if name is not None and name not in found:
                found[name] = _row(name, lens, text or texts[-1], box, in_force=text is not None)
    return tuple(found[name] for name in sorted(found, key=_order))


def _named(text: Text) -> str | None:
    """Return the criterion that a text is about: the first that it reads."""
    named = (fact.partition(":")[2] for fact in facts_read(text) if fact.startswith(_OF_A_ROW))
    return next(named, None)


def _order(name: str) -> tuple[str, int, str]:
    family, _, number = name.partition("-")
    return family, int(number) if number.isdigit() else _roman(number), number


def _roman(number: str) -> int:
    """Return a small Roman numeral as a number; nothing of a name that is none.

    >>> [_roman(number) for number in ("i", "iv", "viii", "ix")]
    [1, 4, 8, 9]
    """
    if _STEP.fullmatch(number) is None:
        return 0
    values = [_ROMAN[letter] for letter in number]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _row(name: str, lens: LensText, text: Text, box: Box, *, in_force: bool) -> CriterionRow:
    read = [fact for fact in dict.fromkeys(facts_read(text)) if ":" in fact]
    evidence = [_used(fact, box.fact(fact)) for fact in read if box.fact(fact).values is not None]
    if not in_force:
        return _built(name, lens, text, (NOT_IN_FORCE,), NOT_IN_FORCE, "holds", evidence, [])
    order = tuple(answer.id for answer in lens.answers)
    found = Question([text], {}, order).possible(box)
    possible = tuple(answer for answer in order if answer in found or (NOTHING in found and answer == lens.default))
    outcomes = {answer.id: answer.outcome for answer in lens.answers}
    told = {outcomes[answer] for answer in possible}
    outcome = _OUTCOMES[told.pop()] if len(told) == 1 else "undecided"
    lacking = [_lacking(fact, box.fact(fact)) for fact in read if box.fact(fact).values is None]
    missing = lacking if len(possible) > 1 else []
    # Several answers are none: what is missing is to be shown first, and what only a text leaves open is for a person.
    answer = possible[0] if len(possible) == 1 else "incomplete" if missing else "review"
    return _built(name, lens, text, possible, answer, outcome, evidence, missing)


def _used(name: str, fact: Fact) -> str:
    family, _, of = name.partition(":")
    return f"{of} {family}: {fact.got}"


def _lacking(name: str, fact: Fact) -> str:
    """Name the place, and why what stands there does not count."""
    silent = fact.got.startswith(("not stated", "nothing said"))
    return place_of(name) if silent else f"{place_of(name)}: {fact.got}"


def _built(
    name: str,
    lens: LensText,
    text: Text,
    possible: tuple[str, ...],
    answer: str,
    outcome: ConditionOutcome,
    evidence: list[str],
    missing: list[str],
) -> CriterionRow:
    return CriterionRow.model_construct(
        criterion=name,
        answer=answer,
        possible=possible,
        outcome=outcome,
        says=text.says,
        evidence=tuple(evidence),
        missing=tuple(missing),
        cite=text.pin,
        lens=lens.id,
    )
