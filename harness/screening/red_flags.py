"""Which red flags the facts of a transaction raise: for a person to resolve, and deciding nothing."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from harness.model.quantity import as_text
from harness.model.screening_law import FlagCondition, RedFlag, RedFlags

FlagFact = str | Decimal | bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """One flag that is raised: what it says, what raised it, and where it stands."""

    number: int
    says: str
    # The facts, each with its value, or that the flag was answered with yes.
    raised_by: tuple[str, ...]
    cite: str
    status: Literal["codified", "reported"]
    # The provision in whose force it is raised, if it hangs on one.
    follows: str | None = None


def red_flags(
    facts: Mapping[str, FlagFact],
    flags: RedFlags,
    *,
    answers: Mapping[int, bool | None] | None = None,
    stayed: Collection[str] = (),
) -> list[Signal]:
    """Return the flags that are raised, in the order of their numbers.

    Args:
        facts: What is known, by the names of the flag file; a figure as a Decimal, yes or no as a bool or a word, and
            None, or nothing, where it is not known.
        flags: The flags.
        answers: By number, whether a person says that a flag is raised. A no lowers no flag that facts raise.
        stayed: Provisions that are not in force on the day; a flag that follows one of them is not raised.

    Source:
        15 CFR 732 Supp. 3, paragraph (b).
    """
    found = []
    for flag in sorted(flags.flags, key=lambda flag: flag.number):
        raised_by = tuple(_raised_by(flag, facts, (answers or {}).get(flag.number)))
        if raised_by and flag.follows not in stayed:
            found.append(
                Signal(
                    number=flag.number,
                    says=flag.says,
                    raised_by=raised_by,
                    cite=flag.pin,
                    status=flag.status,
                    follows=flag.follows,
                )
            )
    return found


def unanswered(
    facts: Mapping[str, FlagFact], flags: RedFlags, answers: Mapping[int, bool | None] | None = None
) -> list[RedFlag]:
    """Return the flags of which neither a person nor the facts say whether they are raised."""
    return [flag for flag in flags.flags if (answers or {}).get(flag.number) is None and _open(flag, facts)]


def _open(flag: RedFlag, facts: Mapping[str, FlagFact]) -> bool:
    outcomes = [_holds(one, facts) for one in flag.when]
    return not outcomes or (None in outcomes and False not in outcomes)


def _raised_by(flag: RedFlag, facts: Mapping[str, FlagFact], answer: bool | None) -> Iterator[str]:
    if answer:
        yield f"answered: {flag.number} is raised"
    if flag.when and all(_holds(one, facts) for one in flag.when):
        yield from (f"{one.fact}: {_shown(facts[one.fact])}" for one in flag.when)


def _holds(condition: FlagCondition, facts: Mapping[str, FlagFact]) -> bool | None:
    value = facts.get(condition.fact)
    if value is None:
        return None
    if condition.above is not None:
        return value > condition.above if isinstance(value, Decimal) else None
    return _shown(value) in condition.among


def _shown(value: FlagFact) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return as_text(value) if isinstance(value, Decimal) else str(value)
