"""Facts that no report states: assumed, given by the caller, or taken from the spec file; and the record of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from harness.decide.facts import with_known_names
from harness.errors import WrongUsage
from harness.model.assumption import AssumedFact
from harness.model.document import FIGURE
from harness.model.quantity import Interval, exactly
from harness.model.subject import ProductKind, Subject
from harness.model.verdict import Assumption
from harness.policy.box import NOT_STATED, Fact, stated
from harness.policy.law import Law

UNKNOWN_VALUE = "unknown"


def facts_given(
    kind: ProductKind, law: Law, assumptions: tuple[AssumedFact, ...], given: Mapping[str, str]
) -> dict[str, Fact]:
    """Return every fact of an item of this kind of which nothing but the given flags is known.

    Raises:
        WrongUsage: A flag that does not exist.
    """
    nobody = Subject(
        id="item",
        name="item",
        manufacturer="nobody",
        kind=kind,
        data_center=frozenset(),
        other_eccn=None,
        parts=(),
        sha256="",
    )
    return assumed_facts(nobody, law, assumptions, given)[0]


def assumed_facts(
    subject: Subject, law: Law, assumptions: tuple[AssumedFact, ...], given: Mapping[str, str]
) -> tuple[dict[str, Fact], list[Assumption]]:
    """Return every fact with its value, and the record of where each came from.

    Raises:
        WrongUsage: A flag that does not exist.
    """
    _check(assumptions, law, given)
    facts: dict[str, Fact] = {"product_kind": stated(subject.kind)}
    records: list[Assumption] = []
    values: dict[str, str | None] = {}
    for one in assumptions:
        if one.metric is not None and one.flag in given:
            records.append(_record(one.flag, given[one.flag], "given", one.says))
        if not one.facts and not one.families:
            continue  # What the spec file says of the item stands below.
        value = given.get(one.flag, values.get(one.same_as) if one.same_as else one.value)
        values[one.flag] = value
        origin = "given" if one.flag in given else "assumed"
        if not one.quiet or origin == "given":
            records.append(_record(one.flag, value, origin, one.says))
        facts.update({name: _fact(value, origin) for name in _names(one, law)})
    for flag, fact, values_open, says in _of_the_item(subject, given):
        origin = "given" if flag in given else "spec"
        said = " or ".join(sorted(values_open)) if values_open else None
        facts[fact] = Fact(values=values_open, got=said or "not stated", note=origin)
        records.append(_record(flag, said, origin, says))
    return with_known_names(facts, law.names), records


def given_figures(assumptions: tuple[AssumedFact, ...], given: Mapping[str, str]) -> dict[str, Interval]:
    """Return the figures that flags give, in base units."""
    metrics = {one.flag: one.metric for one in assumptions if one.metric is not None}
    values = {
        metric: given[flag] for flag, metric in metrics.items() if given.get(flag, UNKNOWN_VALUE) != UNKNOWN_VALUE
    }
    return {metric: exactly(Decimal(value)) for metric, value in values.items()}


def given_again(records: Iterable[Assumption]) -> dict[str, str]:
    """Return the flags that were given, from the record of what was assumed."""
    given = {one.fact: one.value for one in records if one.origin == "given"}
    if "marketing" in given:
        # The record has the value of the fact; its flag has words of its own.
        words = {"yes": "data-center", "no": "other"}
        given["marketing"] = words.get(given["marketing"], given["marketing"])
    return given


def _check(assumptions: tuple[AssumedFact, ...], law: Law, given: Mapping[str, str]) -> None:
    """Refuse flags that do not exist, and values that no rule could read."""
    forms = {one.flag: one for one in assumptions}
    strange = sorted(set(given) - set(forms))
    if strange:
        raise WrongUsage(f"no fact {', '.join(strange)}; there are {', '.join(sorted(forms))}")
    for flag, value in given.items():
        form = forms[flag]
        if not isinstance(value, str) or not (value == UNKNOWN_VALUE or _fits(form, law, value)):
            raise WrongUsage(f"{flag}: got {value!r}; need {form.need}, or {UNKNOWN_VALUE}")
    if given.get("activity", "export") == "export" and given.get("to") not in (None, UNKNOWN_VALUE):
        leaves = given.get("from", forms["from"].value)
        wholes = law.names.wholes
        if wholes.get(str(leaves), leaves) == wholes.get(given["to"], given["to"]):
            raise WrongUsage(f"to: got {given['to']}, which is where the goods are; need another place for an export")


def _fits(form: AssumedFact, law: Law, value: str) -> bool:
    if form.kind == "figure":
        return re.fullmatch(FIGURE, value) is not None
    if form.kind == "pattern":
        return re.fullmatch(form.pattern or "", value) is not None
    return value in (law.names.places if form.kind == "place" else form.choices)


def _record(flag: str, value: str | None, origin: str, says: str) -> Assumption:
    return Assumption.model_construct(fact=flag, value=value or UNKNOWN_VALUE, origin=origin, says=says)  # type: ignore[arg-type]


def _fact(value: str | None, origin: str) -> Fact:
    return NOT_STATED if value in (None, UNKNOWN_VALUE) else stated(value, note=origin)


def _names(one: AssumedFact, law: Law) -> list[str]:
    criteria = (criterion.fact for text in law.instruments.values() for criterion in text.criteria)
    return [*one.facts, *(fact for fact in criteria if fact.startswith(tuple(one.families)) and one.families)]


def _of_the_item(subject: Subject, given: Mapping[str, str]) -> Iterator[tuple[str, str, frozenset[str] | None, str]]:
    """Return what the spec file says of the item itself, unless the caller says otherwise."""
    marketing = frozenset("yes" if one else "no" for one in subject.data_center) or None
    if "marketing" in given:
        marketing = {"data-center": frozenset({"yes"}), "other": frozenset({"no"})}.get(given["marketing"])
    yield "marketing", "data_center", marketing, "designed or marketed for data centers"
    if subject.kind == "system" or "other-eccn" in given:
        eccn = given.get("other-eccn", subject.other_eccn or UNKNOWN_VALUE)
        values = None if eccn == UNKNOWN_VALUE else frozenset({eccn})
        yield "other-eccn", "other_eccn", values, "the ECCN that would describe the item without its advanced chips"
