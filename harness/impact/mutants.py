"""Small changes of the law, each as a slip of the pen would make it: what no test notices, nobody would notice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from harness.policy.language import AllOf, AnyOf, Atom, Compare, Expression, Member, Not, Param, atoms
from harness.policy.law import Act, Law, Provision, Row, Text
from harness.policy.lint import atoms_of
from harness.policy.region import mapped

ONE_DAY = timedelta(days=1)
OWN = frozenset({"enact", "amend"})
FLIPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
Change = Callable[[Text], Text]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A law with one small change.

    Args:
        id: What was changed, in words that stay the same while the law does.
        kind: threshold, strictness, conjunct or date.
        provisions: The provisions whose texts it changes.
        law: The law with the change.
    """

    id: str
    kind: str
    provisions: tuple[str, ...]
    law: Law


def mutants(law: Law) -> Iterator[Mutant]:
    """Yield every mutant of a law: what has no say now, such as a proposal, has none."""
    yield from _thresholds(law)
    for provision in law.provisions.values():
        for n, act in enumerate(provision.acts):
            if act.op in OWN and act.text is not None:
                yield from _of_text(law, provision, n, act.text)
    yield from _dates(law)


# --- Thresholds ---------------------------------------------------------------------------------------------------


def _thresholds(law: Law) -> Iterator[Mutant]:
    used: dict[tuple[str, str], tuple[Param, list[str]]] = {}
    for provision in law.provisions.values():
        for act in provision.acts:
            for atom in atoms_of(act.text) if act.text is not None else ():
                if isinstance(atom, Compare):
                    key = (act.text.instrument.instrument, atom.param.id)  # type: ignore[union-attr]
                    names = used.setdefault(key, (atom.param, []))[1]
                    names += [] if provision.id in names else [provision.id]
    for (instrument, name), (param, provisions) in used.items():
        for sign, step in (("+", step_of(param.value)), ("-", -step_of(param.value))):
            moved = replace(param, value=param.value + step)

            def change(text: Text, name: str = name, instrument: str = instrument, moved: Param = moved) -> Text:
                def other(atom: Atom) -> Expression:
                    if isinstance(atom, Compare) and atom.param.id == name:
                        return replace(atom, param=moved)
                    return atom

                return mapped(text, other) if text.instrument.instrument == instrument else text

            changed = {one: _everywhere(law.provisions[one], change) for one in provisions}
            yield Mutant(
                id=f"{instrument}#{name} {sign}{abs(step)}",
                kind="threshold",
                provisions=tuple(provisions),
                law=_with(law, changed),
            )


def step_of(value: Decimal) -> Decimal:
    """Return one unit in the last place of a constant, as the law writes it.

    >>> step_of(Decimal(21000)), step_of(Decimal("5.92"))
    (Decimal('1'), Decimal('0.01'))
    """
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(min(int(exponent), 0))


def _everywhere(provision: Provision, change: Change) -> Provision:
    return replace(provision, acts=tuple(_changed(act, change) for act in provision.acts))


# --- Texts --------------------------------------------------------------------------------------------------------


def _of_text(law: Law, provision: Provision, n: int, text: Text) -> Iterator[Mutant]:
    where = f"{provision.id} from {text.since}"
    for atom in dict.fromkeys(one for one in atoms_of(text) if isinstance(one, Compare)):
        flipped = replace(atom, operator=FLIPPED[atom.operator])

        def strict(one: Atom, atom: Compare = atom, flipped: Compare = flipped) -> Expression:
            return flipped if _alike(one, atom) else one

        said = f"{where}: {atom.param.id}, {atom.metric} {atom.operator} {atom.param.value} made {flipped.operator}"
        yield _mutant(law, provision, n, said, "strictness", partial(mapped, change=strict))
    for number, part in enumerate(_conjuncts(text)):

        def drop(text: Text, number: int = number) -> Text:
            return _without_conjunct(text, number)

        yield _mutant(law, provision, n, f"{where}: without {words(part)} ({number + 1})", "conjunct", drop)


def _alike(one: Atom, other: Compare) -> bool:
    return isinstance(one, Compare) and (one.metric, one.operator, one.param.id) == (
        other.metric, other.operator, other.param.id,
    )  # fmt: skip


def _mutant(law: Law, provision: Provision, n: int, said: str, kind: str, change: Change) -> Mutant:
    """Change a text, and what follows it until the next text of its own."""
    acts = list(provision.acts)
    acts[n] = _changed(acts[n], change)
    for later in range(n + 1, len(acts)):
        if acts[later].op in OWN:
            break
        acts[later] = _changed(acts[later], change)
    changed = {provision.id: replace(provision, acts=tuple(acts))}
    return Mutant(id=said, kind=kind, provisions=(provision.id,), law=_with(law, changed))


def _changed(act: Act, change: Change) -> Act:
    if act.make is None or act.text is None:
        return act
    text = change(act.text)
    return act if text is act.text else Act(op=act.op, day=act.day, by=act.by, clock=act.clock, make=lambda: text)


def _with(law: Law, changed: dict[str, Provision]) -> Law:
    return replace(law, provisions={**law.provisions, **changed}, prepared={})


def _conjuncts(text: Text) -> list[Expression]:
    return [part for whole in (text.scope, *(row.when for row in text.rows)) for part in _parts(whole)]


def _parts(expression: Expression) -> Iterator[Expression]:
    """Yield every part of every conjunction, also of those that stand inside others."""
    match expression:
        case AllOf():
            for part in expression.parts:
                yield part
                yield from _parts(part)
        case AnyOf():
            for part in expression.parts:
                yield from _parts(part)
        case Not():
            yield from _parts(expression.part)
        case _:
            return


def _without_conjunct(text: Text, number: int) -> Text:
    left = [number]
    scope = _dropping(text.scope, left)
    rows: list[Row] = [replace(row, when=_dropping(row.when, left)) for row in text.rows]
    return replace(text, scope=scope, rows=tuple(rows))


def _dropping(expression: Expression, left: list[int]) -> Expression:
    """Drop the part whose turn it is, in the order of `_parts`; `left` counts down to it."""
    match expression:
        case AllOf():
            kept = []
            for part in expression.parts:
                left[0] -= 1
                if left[0] != -1:
                    kept.append(_dropping(part, left))
                else:
                    left[0] -= 1  # Once is enough.
            return kept[0] if len(kept) == 1 else AllOf(tuple(kept))
        case AnyOf():
            return AnyOf(tuple(_dropping(part, left) for part in expression.parts))
        case Not():
            return Not(_dropping(expression.part, left))
    return expression


def words(expression: Expression) -> str:
    """Return a condition in a few words."""
    found = list(atoms(expression))
    first = found[0] if found else None
    if isinstance(first, Compare):
        said = f"{first.metric} {first.operator} {first.param.value}"
    elif first is None:
        said = "always"
    elif isinstance(first, Member):
        said = f"{first.fact} {first.need}"
    else:
        said = f"{first.provision} is {first.answer}"
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return said[:60] + more


# --- Dates --------------------------------------------------------------------------------------------------------


def _dates(law: Law) -> Iterator[Mutant]:
    """Move an act by a day; of the acts that follow a list, all of one instrument and day at once."""
    for provision in law.provisions.values():
        for n, act in enumerate(provision.acts):
            if act.op != "follow":
                for sign, step in (("+", ONE_DAY), ("-", -ONE_DAY)):
                    moved = _sorted(_moved(one, step) if at == n else one for at, one in enumerate(provision.acts))
                    yield Mutant(
                        id=f"{provision.id} {act.op} on {act.day} {sign}1 day",
                        kind="date",
                        provisions=(provision.id,),
                        law=_with(law, {provision.id: replace(provision, acts=moved)}),
                    )
    followed = {
        (act.by.instrument, act.day) for one in law.provisions.values() for act in one.acts if act.op == "follow"
    }
    for instrument, day in sorted(followed):
        for sign, step in (("+", ONE_DAY), ("-", -ONE_DAY)):
            yield _moved_list(law, instrument, day, f"lists of {instrument} on {day} {sign}1 day", step)


def _moved_list(law: Law, instrument: str, day: date, said: str, step: timedelta) -> Mutant:
    def here(act: Act) -> bool:
        return act.op == "follow" and act.day == day and act.by.instrument == instrument

    changed = {
        one.id: replace(one, acts=_sorted(_moved(act, step) if here(act) else act for act in one.acts))
        for one in law.provisions.values()
        if any(map(here, one.acts))
    }
    return Mutant(id=said, kind="date", provisions=tuple(changed), law=_with(law, changed))


def _moved(act: Act, step: timedelta) -> Act:
    return Act(op=act.op, day=act.day + step, by=act.by, clock=act.clock, make=act.make)


def _sorted(acts: Iterator[Act]) -> tuple[Act, ...]:
    return tuple(sorted(acts, key=lambda act: act.day))
