"""What a caller asks beyond the law: `KEY=VALUE` that must hold for the outcome to be a pass."""

from collections.abc import Iterable, Mapping, Sequence

from harness.decide.aspects import suffices
from harness.errors import WrongUsage
from harness.model.aspects import BROKEN, LEVELS
from harness.model.verdict import Assurance, Outcome, Reached, Requirement

Statements = Sequence[Assurance]
_ASSURANCE, _BELOW = "assurance", "below"


def assurance_is_below(statements: Statements) -> tuple[Outcome, str]:
    """Does the evidence alone suffice to say "below" of every threshold? Without a statement nobody knows."""
    if not statements:
        return "undecided", "no threshold of the day that a statement could be made on"
    found = ", ".join(f"{one.quantity} {one.conclusion} ({one.code})" for one in statements)
    conclusions = {one.conclusion for one in statements}
    if "not-below" in conclusions:
        return "fail", found
    return ("pass" if conclusions == {_BELOW} else "undecided"), found


# What can be required: a key with its values. The lowest level of an aspect asks for nothing.
KNOWN: Mapping[str, tuple[str, ...]] = {_ASSURANCE: (_BELOW,), **{key: levels[1:] for key, levels in LEVELS.items()}}


def checked(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the requirements, each once, in their order; several may stand in one word, with commas between.

    Raises:
        WrongUsage: One that does not exist; says which do.
    """
    found = tuple(dict.fromkeys(one.strip() for word in wanted for one in str(word).split(",")))
    for one in found:
        key, _, value = one.partition("=")
        if value not in KNOWN.get(key, ()):
            known = "; ".join(f"{key}={'|'.join(values)}" for key, values in KNOWN.items())
            raise WrongUsage(f"nothing can be required by {one[:100]!r}; there is {known}")
    return found


def answered(wanted: Iterable[str], statements: Statements, reached: Mapping[str, Reached]) -> tuple[Requirement, ...]:
    """Return what comes of each requirement; each was checked."""
    found = []
    for one in wanted:
        key, _, value = one.partition("=")
        outcome, got = assurance_is_below(statements) if key == _ASSURANCE else _reached(key, value, reached[key])
        found.append(Requirement.model_construct(requires=one, outcome=outcome, got=got))
    return tuple(found)


def _reached(key: str, value: str, found: Reached) -> tuple[Outcome, str]:
    """What is missing leaves the matter open; what is broken decides it."""
    got = f"{found.level}: {found.says}"
    if found.level == BROKEN:
        return "fail", got
    return ("pass" if suffices(key, found.level, value) else "undecided"), got  # type: ignore[arg-type]
