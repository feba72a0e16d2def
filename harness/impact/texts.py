"""Which texts of two laws differ in what they ask and answer, and laws in which some texts are those of another."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from harness.policy.language import AllOf, AnyOf, Compare, Expression, Is, Member, Not
from harness.policy.law import Act, Law, Provision, Text
from harness.policy.lint import atoms_of


def meaning(text: Text | None) -> object:
    """Return what a text asks and answers, without its words and citations: equal for texts that decide alike."""
    if text is None:
        return None
    rows = tuple((_asked(row.when), row.then) for row in text.rows)
    return frozenset(text.clock), _asked(text.scope), rows, text.otherwise, text.aside


def _asked(expression: Expression) -> object:
    match expression:
        case Compare():
            return expression.metric, expression.operator, expression.param.exact
        case Member():
            return expression.fact, expression.members, frozenset(expression.uncertain)
        case Is():
            return expression.provision, expression.answer
        case Not():
            return "not", _asked(expression.part)
        case AllOf() | AnyOf():
            return type(expression).__name__, tuple(map(_asked, expression.parts))


def texts_on(law: Law, lens: str, day: date) -> dict[str, Text]:
    """Return the texts of a day that a lens reads, by provision: its own, and those that they refer to."""
    own = {one.id: text for one in law.of_lens(lens) if (text := one.on(day)) is not None and not text.aside}
    names = {atom.provision for text in own.values() for atom in atoms_of(text) if isinstance(atom, Is)}
    others = {name: text for name in sorted(names) if name in law.provisions
              and (text := law.provisions[name].on(day)) is not None}  # fmt: skip
    return {**own, **others}


def differing(old: Mapping[str, Text], new: Mapping[str, Text]) -> tuple[str, ...]:
    """Return the provisions whose texts differ in more than words, in the order of the laws."""
    return tuple(
        name for name in dict.fromkeys([*old, *new]) if meaning(old.get(name)) != meaning(new.get(name))
    )  # fmt: skip


def standing(law: Law, day: date) -> Law:
    """Return a law in which the texts of one day stand on every day."""
    fixed = {name: _fixed(provision, day) for name, provision in law.provisions.items()}
    return replace(law, provisions=fixed, prepared={})


def _fixed(provision: Provision, day: date) -> Provision:
    act = provision.act_on(day)
    return replace(provision, acts=() if act is None or act.text is None else (_always(act.text),))


def standing_texts(law: Law, texts: Mapping[str, Text | None]) -> Law:
    """Return a law of these texts alone, which stand on every day."""
    fixed = {name: Provision(id=name, lens=text.lens, acts=(_always(text),))
             for name, text in texts.items() if text is not None}  # fmt: skip
    return replace(law, provisions=fixed, prepared={})


def _always(text: Text) -> Act:
    return Act(op="enact", day=date.min, by=text.instrument, clock=text.clock, make=lambda: text)


def with_texts(old: Law, new: Law, names: Collection[str]) -> Law:
    """Return the old law with some provisions as the new law has them."""
    kept = {name: one for name, one in old.provisions.items() if name not in names or name in new.provisions}
    taken = {name: new.provisions[name] for name in names if name in new.provisions}
    return replace(old, provisions={**kept, **taken}, prepared={})
