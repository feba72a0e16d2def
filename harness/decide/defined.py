"""What the law's definitions say of a dossier: a name of the law, the evidence, and whether it holds."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from harness.model.policy import CapText
from harness.policy.box import Box, Fact, stated
from harness.policy.language import Expression, Is, atoms
from harness.policy.law import Law
from harness.policy.timeline import names_on
from harness.policy.trace import Outcome, expression_outcome


def holds(law: Law, definition: str, day: date | None, box: Box) -> Outcome:
    """Return whether what the law calls by this name holds for the evidence; without a day, nothing is decided."""
    found = None if day is None else _definition(law, definition, day)
    if found is None or day is None:
        return "undecided"
    names = {atom.provision for atom in atoms(found) if isinstance(atom, Is)}
    referred = {name: law.provisions[name].on(day) for name in names if name in law.provisions}
    return expression_outcome(found, box, referred)


def _definition(law: Law, name: str, day: date) -> Expression | None:
    key = ("definition", name, day)
    if key not in law.prepared:
        texts = (law.instruments[one] for one in sorted(law.selected))
        owner = next((text for text in texts if any(one.id == name for one in text.definitions)), None)
        stands = owner is not None and owner.published <= day
        law.prepared[key] = names_on(law, owner, day).definitions[name] if stands and owner else None
    expression: Expression | None = law.prepared[key]
    return expression


def located(box: Box, places: Mapping[str, str | None]) -> Box:
    """Return the evidence with the places of one party put in; what is null is unknown."""
    facts: dict[str, Fact] = {name: stated(place) for name, place in places.items()}
    return Box(figures=box.figures, facts={**box.facts, **facts})


def within_the_cap(law: Law, day: date | None, exported: int, stayed: int) -> tuple[bool | None, str]:
    """Return whether exports lie within the law's share of what stayed, and that in words.

    Args:
        law: The law that sets the share.
        day: The day of the export; None leaves it open.
        exported: Units exported and to be exported, of one commodity.
        stayed: Units of the same commodity shipped to US customers.
    """
    cap = _cap(law, day)
    if cap is None:
        return None, "no share in force"
    limit = Decimal(cap.share) * stayed
    said = f"{exported:,} of {stayed:,}; need {cap.bound.replace('-', ' ')} {cap.share} of them"
    return (exported <= limit if cap.bound == "at-most" else exported < limit), said


def _cap(law: Law, day: date | None) -> CapText | None:
    texts = (law.instruments[one] for one in sorted(law.selected))
    caps = [cap for text in texts for cap in text.caps if day is not None and cap.from_day <= day]
    return max(caps, key=lambda cap: cap.from_day, default=None)
