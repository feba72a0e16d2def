"""From law files to the law: names resolved, acts put in order, and every check made before anything is decided."""

from collections.abc import Iterable
from decimal import Decimal

from harness.errors import Fault, LawFault
from harness.model.policy import InstrumentText, LensesText, ProvisionText, RowText
from harness.policy.language import AllOf, BadExpression, Expression, FactSet, Names, Param, parse
from harness.policy.law import Act, Law, Provision, Row, Text
from harness.policy.lint import faults_of_law, faults_of_text


def compile_law(instruments: Iterable[InstrumentText], lenses: LensesText, sha256: str) -> Law:
    """Return the law that these files make together.

    Raises:
        LawFault: With every fault found in the files; nothing may be decided with such law.
    """
    texts = tuple(sorted(instruments, key=lambda text: (text.published, text.instrument)))
    faults = [fault for text in texts for fault in faults_of_text(text)]
    acts: dict[str, list[tuple[ProvisionText, Act]]] = {}
    params: dict[str, Param] = {}
    sets: dict[str, FactSet] = {}
    for text in texts:
        try:
            names = _names(text)
        except BadExpression as error:
            faults.append(Fault(where=text.instrument, got=str(error), need="the grammar of law files"))
            continue
        params.update({f"{text.instrument}#{name}": param for name, param in names.params.items()})
        sets.update({f"{text.instrument}#{name}": listed for name, listed in names.sets.items()})
        for provision in text.provisions:
            try:
                act = _act(text, provision, names)
                acts.setdefault(provision.id, []).append((provision, act))
            except BadExpression as error:
                where = f"{text.instrument}, {provision.id}"
                faults.append(Fault(where=where, got=str(error), need="the grammar of law files"))
    law = Law(
        lenses={lens.id: lens for lens in lenses.lenses},
        provisions={name: _provision(name, found) for name, found in acts.items()},
        params=params,
        sets=sets,
        instruments={text.instrument: text for text in texts},
        sha256=sha256,
    )
    faults += faults_of_law(law)
    if faults:
        raise LawFault("the law", tuple(faults))
    return law


def _names(text: InstrumentText) -> Names:
    params = {
        param.id: Param(
            id=param.id,
            metric=param.metric,
            value=Decimal(param.value),
            unit=param.unit,
            pin=param.pin,
            says=param.says,
        )
        for param in text.params
    }
    sets = {
        listed.id: FactSet(
            id=listed.id,
            members=frozenset(listed.members),
            uncertain=listed.uncertain,
            pin=listed.pin,
            says=listed.says,
        )
        for listed in text.sets
    }
    criteria = {criterion.fact: (criterion.pin, criterion.says) for criterion in text.criteria}
    definitions: dict[str, Expression] = {}
    # A definition may use those that stand above it.
    names = Names(params=params, sets=sets, definitions=definitions, criteria=criteria)
    for definition in text.definitions:
        definitions[definition.id] = parse(definition.expression, names)
    return names


def _act(instrument: InstrumentText, provision: ProvisionText, names: Names) -> Act:
    if provision.op not in ("enact", "amend"):
        return Act(op=provision.op, day=provision.from_day, text=None)
    return Act(
        op=provision.op,
        day=provision.from_day,
        text=Text(
            provision=provision.id,
            lens=provision.lens,
            instrument=instrument,
            clock=provision.clock,
            scope=AllOf(()) if provision.scope is None else parse(provision.scope, names),
            rows=tuple(
                Row(
                    when=parse(row.when, names),
                    then=_answers(row.then),
                    pin=row.pin,
                    reading=row.reading,
                    says=row.says,
                )
                for row in _rows(provision)
            ),
            otherwise=_answers(provision.otherwise),
            pin=provision.pin,
            says=provision.says,
        ),
    )


def _rows(provision: ProvisionText) -> tuple[RowText, ...]:
    """Return the rows of a provision; a single condition at its head is the first."""
    if provision.when is None or provision.then is None:
        return provision.rows
    # Its parts were read and found right with the provision.
    head = RowText.model_construct(when=provision.when, then=provision.then, pin=provision.pin)
    return (head, *provision.rows)


def _answers(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def _provision(name: str, found: list[tuple[ProvisionText, Act]]) -> Provision:
    acts = sorted((act for _, act in found), key=lambda act: act.day)
    return Provision(id=name, lens=found[0][0].lens, acts=tuple(acts))
