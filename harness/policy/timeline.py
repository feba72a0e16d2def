"""From law files to the law: names resolved, acts put in order, and every check made before anything is decided."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial

from harness.errors import Fault, LawFault
from harness.model.policy import InstrumentText, LensesText, ProvisionText, ReadingsText, RowText, SetText
from harness.policy.groups import Groups
from harness.policy.language import AllOf, BadExpression, Expression, FactSet, Names, Param, parse
from harness.policy.law import Act, Law, Provision, Row, Selection, Text
from harness.policy.lint import facts_read, faults_of_law, faults_of_text

_WHOLE = Selection()
# What a text does on the day on which a list that it reads is changed by another instrument.
FOLLOW = "follow"
_WORD = re.compile(r"[@$]?[A-Za-z0-9][A-Za-z0-9_.:-]*")


@dataclass(frozen=True, kw_only=True)
class LawFiles:
    """The documents that make the law, and the digest of their bytes.

    Args:
        checked: Whether the law that they make was found right before; nothing is then checked again.
        facts: Every fact that the texts read, where that is known already.
    """

    instruments: tuple[InstrumentText, ...]
    lenses: LensesText
    readings: ReadingsText
    sha256: str
    checked: bool = False
    facts: tuple[str, ...] | None = None


def compile_law(files: LawFiles, selection: Selection = _WHOLE, made: "_Made | None" = None) -> Law:
    """Return the law that these files make together.

    Args:
        files: What was read.
        selection: What of it has a say; without one, everything but proposals.
        made: What was made of the same instruments before, by other readings.

    Raises:
        LawFault: With every fault found in the files; nothing may be decided with such law.
    """
    texts = tuple(sorted(files.instruments, key=lambda text: (text.published, text.instrument)))
    chosen = tuple(text for text in texts if _has_a_say(text, selection))
    made = _Made() if made is None else made
    compiler = _Compiler(Groups(chosen), _followed(files.readings, selection), made)
    provisions = compiler.provisions(chosen)
    law = Law(
        lenses={lens.id: lens for lens in files.lenses.lenses},
        provisions=provisions,
        instruments={text.instrument: text for text in texts},
        selected=frozenset(text.instrument for text in chosen),
        readings={reading.id: reading for reading in files.readings.readings},
        gaps={gap.id: gap.says for gap in files.readings.gaps},
        sha256=files.sha256,
        selection=selection,
        facts=_facts(provisions) if files.facts is None else files.facts,
        source=files,
        prepared={_of_files(files): made},
    )
    faults = () if files.checked else tuple(_faults(texts, compiler, law))
    if faults:
        raise LawFault("the law", faults)
    return law


def by_reading(law: Law, reading: str, option: str) -> Law:
    """Return the same law with one reading followed by this option."""
    return by_readings(law, {reading: option})


def by_readings(law: Law, options: Mapping[str, str]) -> Law:
    """Return the same law with some readings followed by these options; the same is made once."""
    key = ("by reading", *sorted(options.items()))
    if key not in law.prepared:
        chosen = replace(law.selection, readings={**law.selection.readings, **options})
        files = replace(law.source, checked=True, facts=law.facts)
        made = law.prepared.setdefault(_of_files(files), _Made())
        law.prepared[key] = replace(compile_law(files, chosen, made), names=law.names)
    found: Law = law.prepared[key]
    return found


def _of_files(files: LawFiles) -> tuple[str, str]:
    """Return where a law keeps what was made of its files, by whatever reading."""
    return ("made of", files.sha256)


def names_on(law: Law, text: InstrumentText, day: date) -> Names:
    """Return what an expression of an instrument may refer to, as its lists stand on a day."""
    chosen = [one for one in law.instruments.values() if one.instrument in law.selected]
    made = law.prepared.setdefault(_of_files(law.source), _Made())
    return _Compiler(Groups(chosen), _followed(law.source.readings, law.selection), made).names(text, day)


def _has_a_say(text: InstrumentText, selection: Selection) -> bool:
    if selection.known_at is not None and text.known_from > selection.known_at:
        return False
    return text.status != "proposed" or text.instrument in selection.proposed


def _followed(readings: ReadingsText, selection: Selection) -> Mapping[str, int]:
    """Return which option of each reading is followed, by its number; a reading that is followed every way is out."""
    found = {}
    for reading in readings.readings:
        option = selection.readings.get(reading.id, reading.default)
        numbers = {one.id: n for n, one in enumerate(reading.options)}
        if option != "both":
            found[reading.id] = numbers[option]
    return found


def _facts(provisions: Mapping[str, Provision]) -> tuple[str, ...]:
    try:
        texts = [act.text for provision in provisions.values() for act in provision.acts]
    except BadExpression:
        return ()  # The faults name it.
    return tuple(dict.fromkeys(fact for text in texts if text is not None for fact in facts_read(text)))


def _faults(texts: Iterable[InstrumentText], compiler: "_Compiler", law: Law) -> Iterable[Fault]:
    for text in texts:
        yield from faults_of_text(text, law)
    yield from compiler.groups.faults()
    bad = list(compiler.faults())
    yield from bad
    if not bad:
        yield from faults_of_law(law)


def constants(law: Law) -> dict[str, Param]:
    """Return every constant of the law, by its instrument and its own name."""
    return {
        f"{text.instrument}#{name}": param
        for text in law.instruments.values()
        for name, param in params_of(text).items()
    }


def lists(law: Law) -> dict[str, FactSet]:
    """Return every list of the law, by its instrument and its own name, as it stands after the last change."""
    groups = Groups(law.instruments.values())
    return {
        f"{text.instrument}#{name}": listed
        for text in law.instruments.values()
        for name, listed in _sets(text, groups, date.max, {}).items()
    }


def params_of(text: InstrumentText) -> dict[str, Param]:
    """Return the constants of one instrument."""
    return {
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


def _sets(text: InstrumentText, groups: Groups, day: date, followed: Mapping[str, int]) -> dict[str, FactSet]:
    """Return the lists of an instrument as they stand on a day, by the readings followed."""
    found = {}
    for listed in text.sets:
        places: dict[str, str | None] = {}
        for name in listed.of:
            group = _group(groups, name, day)
            places |= {member: reading and places.get(member, reading) for member, reading in group.items()}
        out = {member for name in listed.but for member, reading in _group(groups, name, day).items() if not reading}
        places = {member: reading for member, reading in places.items() if member not in out}
        places |= {**dict.fromkeys(listed.members), **listed.uncertain}
        places = {member: reading for member, reading in places.items() if member not in listed.without}
        # By the first option such a member belongs to the list, by the second it does not.
        found[listed.id] = FactSet(
            id=listed.id,
            members=frozenset(
                member for member, reading in places.items() if reading is None or followed.get(reading) == 0
            ),
            uncertain={member: reading for member, reading in places.items() if reading and reading not in followed},
            settled={member: reading for member, reading in places.items() if reading and reading in followed},
            pin=listed.pin,
            says=listed.says,
        )
    return found


def _group(groups: Groups, name: str, day: date) -> dict[str, str | None]:
    members = groups.on(name, day) if name in groups else None
    if members is None:
        raise BadExpression(f"no list {name} stands on {day}")
    return members


def _groups_of(listed: SetText) -> tuple[str, ...]:
    """Return the lists that the law keeps under names of their own and that this one is made of."""
    return (*listed.of, *listed.but)


def _lists_read(text: InstrumentText, provision: ProvisionText) -> list[SetText]:
    """Return the lists made of others that a provision names, also through definitions."""
    grouped = [listed for listed in text.sets if _groups_of(listed)]
    if not grouped:
        return []
    words = set(_WORD.findall(" ".join([provision.scope or "", *(row.when for row in rows_of(provision))])))
    # A definition may use those that stand above it.
    for definition in reversed(text.definitions):
        if definition.id in words:
            words |= set(_WORD.findall(definition.expression))
    return [listed for listed in grouped if f"@{listed.id}" in words]


def rows_of(provision: ProvisionText) -> tuple[RowText, ...]:
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


# The readings that are followed, by the numbers of their options, as far as something depends on them.
_Settled = frozenset[tuple[str, int | None]]


class _Made:
    """What was made of the files, with the readings that it depends on: most of a law is the same by all of them."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str, date], frozenset[str]] = {}
        self.names: dict[tuple[str, date, _Settled], Names] = {}
        self.texts: dict[tuple[str, str, date, _Settled, date, _Settled], Text] = {}


class _Compiler:
    """Makes texts when they are asked for: of all the law, a report reads a small part."""

    def __init__(self, groups: Groups, followed: Mapping[str, int], known: _Made) -> None:
        self.groups, self.followed, self.known = groups, followed, known
        self.made: list[tuple[str, Act]] = []
        self._stood: dict[tuple[str, date], tuple[date, _Settled]] = {}

    def provisions(self, texts: Iterable[InstrumentText]) -> dict[str, Provision]:
        acts: dict[str, list[Act]] = {}
        lenses: dict[str, str] = {}
        withdrawn = {(one.id, one.from_day): text for text in texts for one in text.provisions if one.op == "withdraw"}
        for text in texts:
            for provision in text.provisions:
                if withdrawn.get((provision.id, provision.from_day)) not in (None, text) or provision.op == "withdraw":
                    continue
                lenses.setdefault(provision.id, provision.lens)
                acts.setdefault(provision.id, []).append(self._act(text, provision, provision.from_day, text))
        sources = {(text.instrument, one.id, one.from_day): (text, one) for text in texts for one in text.provisions}
        found = {}
        for name, own in acts.items():
            own.sort(key=lambda act: act.day)
            every = sorted(self._with_lists(name, own, sources), key=lambda act: act.day)
            found[name] = Provision(id=name, lens=lenses[name], acts=tuple(every))
            self.made += [(name, act) for act in every]
        return found

    def _with_lists(
        self,
        name: str,
        own: list[Act],
        sources: Mapping[tuple[str, str, date], tuple[InstrumentText, ProvisionText]],
    ) -> Iterable[Act]:
        """Return the acts, and one for every day on which a list changed that the text then reads."""
        worded = [act for act in own if act.make is not None]
        for act, after in zip(worded, [*worded[1:], None], strict=True):
            text, provision = sources[act.by.instrument, name, act.day]
            for day, changer in self.groups.changes(self._groups_read(text, provision)).items():
                if act.day < day and (after is None or day < after.day):
                    yield self._act(text, provision, day, changer)
        yield from own

    def _groups_read(self, text: InstrumentText, provision: ProvisionText) -> frozenset[str]:
        key = (text.instrument, provision.id, provision.from_day)
        if key not in self.known.groups:
            listed = _lists_read(text, provision)
            self.known.groups[key] = frozenset(group for one in listed for group in _groups_of(one))
        return self.known.groups[key]

    def _act(self, text: InstrumentText, provision: ProvisionText, day: date, by: InstrumentText) -> Act:
        op = provision.op if day == provision.from_day else FOLLOW
        make: Callable[[], Text] | None = None
        if provision.op in ("enact", "amend") or rows_of(provision):
            make = partial(self._text, text, provision, day)
        return Act(op=op, day=day, by=by, clock=provision.clock, make=make)

    def _text(self, instrument: InstrumentText, provision: ProvisionText, day: date) -> Text:
        own = self._settled(row.reading for row in rows_of(provision) if row.reading)
        key = (instrument.instrument, provision.id, provision.from_day, own, *self._standing(instrument, day))
        if key not in self.known.texts:
            self.known.texts[key] = self._text_of(instrument, provision, day)
        return self.known.texts[key]

    def _text_of(self, instrument: InstrumentText, provision: ProvisionText, day: date) -> Text:
        names = self.names(instrument, day)
        return Text(
            provision=provision.id,
            lens=provision.lens,
            instrument=instrument,
            clock=provision.clock,
            scope=AllOf(()) if provision.scope is None else parse(provision.scope, names),
            rows=tuple(
                Row(
                    when=parse(row.when, names),
                    then=self._then(row),
                    pin=row.pin,
                    reading=row.reading,
                    says=row.says,
                )
                for row in rows_of(provision)
            ),
            otherwise=_answers(provision.otherwise),
            pin=provision.pin,
            says=provision.says,
            since=provision.from_day,
            shape=provision.shape,
            beside=provision.beside,
            silent=provision.silent,
            aside=provision.aside,
        )

    def _then(self, row: RowText) -> tuple[str, ...]:
        """Return the answers of a row; where a reading is followed, only its own."""
        answers = _answers(row.then)
        number = self.followed.get(row.reading or "")
        return answers if number is None or len(answers) == 1 else (answers[number],)

    def names(self, text: InstrumentText, day: date) -> Names:
        """Return what the expressions of an instrument may refer to on a day."""
        key = (text.instrument, *self._standing(text, day))
        if key not in self.known.names:
            self.known.names[key] = self._names_of(text, day)
        return self.known.names[key]

    def _standing(self, text: InstrumentText, day: date) -> tuple[date, _Settled]:
        """Return the day from which all lists of an instrument stand as on a day, and what settles places on them."""
        key = (text.instrument, day)
        if key not in self._stood:
            groups = {group for listed in text.sets for group in _groups_of(listed)}
            open_places = [reading for listed in text.sets for reading in listed.uncertain.values()]
            settled = self._settled((*open_places, *self.groups.readings(groups)))
            self._stood[key] = (self.groups.since(groups, day), settled)
        return self._stood[key]

    def _settled(self, readings: Iterable[str]) -> _Settled:
        return frozenset((reading, self.followed.get(reading)) for reading in readings)

    def _names_of(self, text: InstrumentText, day: date) -> Names:
        definitions: dict[str, Expression] = {}
        # A definition may use those that stand above it.
        names = Names(
            params=params_of(text),
            sets=_sets(text, self.groups, day, self.followed),
            definitions=definitions,
            criteria={criterion.fact: (criterion.pin, criterion.says) for criterion in text.criteria},
        )
        for definition in text.definitions:
            definitions[definition.id] = parse(definition.expression, names)
        return names

    def faults(self) -> Iterable[Fault]:
        """Make every text, and name each that cannot be made."""
        seen: dict[Fault, None] = {}
        for name, act in self.made:
            try:
                _ = act.text
            except BadExpression as error:
                where = f"{act.by.instrument}, {name}"
                seen.setdefault(Fault(where=where, got=str(error), need="the grammar of law files"))
        return list(seen)
