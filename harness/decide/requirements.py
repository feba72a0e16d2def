"""What a caller asks beyond the law: `KEY=VALUE` that must hold for the outcome to be a pass."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from harness.errors import WrongUsage
from harness.model.verdict import Assurance, Outcome, Requirement

Statements = Sequence[Assurance]


def assurance_is_below(statements: Statements) -> tuple[Outcome, str]:
    """Does the evidence alone suffice to say "below" of every threshold? Without a statement nobody knows."""
    if not statements:
        return "undecided", "no threshold of the day that a statement could be made on"
    found = ", ".join(f"{one.quantity} {one.conclusion} ({one.code})" for one in statements)
    conclusions = {one.conclusion for one in statements}
    if "not-below" in conclusions:
        return "fail", found
    return ("pass" if conclusions == {"below"} else "undecided"), found


# A key with the values that it takes, each with the question that decides it.
REQUIREMENTS: Mapping[str, Mapping[str, Callable[[Statements], tuple[Outcome, str]]]] = {
    "assurance": {"below": assurance_is_below},
}


def checked(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the requirements, each once, in their order.

    Raises:
        WrongUsage: One that does not exist; says which do.
    """
    found = tuple(dict.fromkeys(str(one) for one in wanted))
    for one in found:
        key, _, value = one.partition("=")
        if value not in REQUIREMENTS.get(key, {}):
            known = ", ".join(f"{key}={value}" for key, values in REQUIREMENTS.items() for value in values)
            raise WrongUsage(f"nothing can be required by {one[:100]!r}; there is {known}")
    return found


def answered(wanted: Iterable[str], statements: Statements) -> tuple[Requirement, ...]:
    """Return what comes of each requirement; each was checked."""
    found = []
    for one in wanted:
        key, _, value = one.partition("=")
        outcome, got = REQUIREMENTS[key][value](statements)
        found.append(Requirement.model_construct(requires=one, outcome=outcome, got=got))
    return tuple(found)
