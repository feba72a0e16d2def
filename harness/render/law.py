"""The law files for people: what is in force on a day, one instrument, and the readings."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from harness.model.policy import InstrumentText
from harness.policy.groups import Groups
from harness.policy.law import Law
from harness.policy.timeline import rows_of
from harness.render.text import text_table
from harness.render.words import with_unit


def in_force(law: Law, day: date) -> list[dict[str, Any]]:
    """Return every instrument with its status, when it was read, and what of it is in force on a day."""
    standing: dict[str, list[dict[str, Any]]] = {}
    for provision in law.provisions.values():
        text = provision.on(day)
        if text is not None:
            said = {"provision": provision.id, "lens": text.lens, "since": str(text.since), "clock": list(text.clock),
                    "pin": text.pin, "says": text.says}  # fmt: skip
            standing.setdefault(text.instrument.instrument, []).append(said)
    return [
        {
            "instrument": text.instrument,
            "cite": text.cite,
            "status": text.status,
            "title": text.title,
            "published": str(text.published),
            "known_from": str(text.known_from),
            "reviewed_through": str(text.reviewed_through),
            "not_reviewed_since_days": max(0, (day - text.reviewed_through).days),
            "has_a_say": text.instrument in law.selected,
            "lists": sorted({group.id for group in text.groups}),
            "in_force": standing.get(text.instrument, []),
        }
        for text in law.instruments.values()
    ]


def law_text(law: Law, found: list[dict[str, Any]], day: date, widest: int) -> str:
    """Return the list as text: instruments, what stands on the day, and what was not read up to it."""
    rows = [
        [one["instrument"], one["status"], one["cite"], str(len(one["in_force"]) or ""), one["reviewed_through"],
         _remark(one)]
        for one in found
    ]  # fmt: skip
    texts = [
        [said["lens"], said["provision"], said["since"], ", ".join(said["clock"]), said["pin"]]
        for one in found
        for said in one["in_force"]
    ]
    stale = [one for one in found if one["in_force"] and one["not_reviewed_since_days"]]
    parts = [
        f"The law as of {day}; {len(law.instruments)} instruments, {len(law.provisions)} provisions",
        "",
        text_table(rows, ["instrument", "status", "citation", "texts in force", "read through", ""], str, widest),
        "",
        text_table(sorted(texts), ["lens", "provision", "since", "clock", "paragraph"], str, widest),
        "",
        _stale(stale, day),
    ]
    return "\n".join(parts) + "\n"


def _remark(one: dict[str, Any]) -> str:
    if one["has_a_say"]:
        return "lists: " + ", ".join(name.rpartition(".")[2].upper() for name in one["lists"]) if one["lists"] else ""
    return "not law; --with reads it" if one["status"] == "proposed" else "not known yet"


def _stale(found: list[dict[str, Any]], day: date) -> str:
    if not found:
        return f"Everything in force was read against its source as of {day} or later."
    listed = ", ".join(
        f"{one['instrument']} ({one['reviewed_through']})"
        for one in sorted(found, key=lambda one: one["reviewed_through"])
    )
    return f"In force on {day}, and not reviewed since: {listed}"


def instrument_text(law: Law, text: InstrumentText) -> str:
    """Return one instrument in full: what it is, its constants, its lists, and its acts."""
    return "\n".join(_lines(law, text)) + "\n"


def _lines(law: Law, text: InstrumentText) -> Iterator[str]:
    yield f"instrument {text.instrument}: {text.title}"
    yield f"  citation  {text.cite}"
    yield f"  status    {text.status}{'' if text.instrument in law.selected else '; it has no say here'}"
    yield f"  known     from {text.known_from}; published {text.published}"
    yield f"  read      through {text.reviewed_through}"
    yield from (f"  source    {one}" for one in text.source)
    yield from (f"  note      {one}" for one in text.notes)
    for param in text.params:
        yield f"  constant  {param.id} = {with_unit(str(param.value), param.unit)}: {param.says} [{param.pin}]"
    groups = Groups(law.instruments.values())
    for group in text.groups:
        members = groups.on(group.id, group.from_day) or {}
        change = f"in {', '.join((*group.add, *group.unsure)) or '-'}; out {', '.join(group.remove) or '-'}"
        said = f"{len(members)} members" if group.op == "enact" else change
        yield f"  list      {group.id}, {group.op} from {group.from_day}: {said} [{group.pin}]"
    for provision in text.provisions:
        yield f"  {provision.op:9} {provision.id} ({provision.lens}) from {provision.from_day}: {provision.says}"
        yield f"            clock {', '.join(provision.clock) or '-'} [{provision.pin}]"
        if provision.scope:
            yield f"            if {provision.scope}"
        for row in rows_of(provision):
            answers = row.then if isinstance(row.then, str) else " or ".join(row.then)
            reading = f" (reading {row.reading})" if row.reading else ""
            yield f"            {answers}{reading} when {row.when} [{row.pin}]"
        if provision.otherwise:
            answers = provision.otherwise if isinstance(provision.otherwise, str) else " or ".join(provision.otherwise)
            yield f"            else {answers}"
    for effect in text.effects:
        for kind in ("stricter", "laxer", "mixed"):
            where = getattr(effect, kind)
            if where != "never":
                yield f"  effect    {effect.lens} on {effect.on} {kind}: {where}"


def readings_text(law: Law, widest: int) -> str:
    """Return every reading with its options and its default, and every gap."""
    rows = [
        [
            reading.id,
            reading.question,
            "; ".join(f"{one.id}: {one.says}" for one in reading.options),
            law.option(reading.id) or "both",
            reading.pin,
        ]
        for reading in law.readings.values()
    ]
    gaps = [[name, says] for name, says in law.gaps.items()]
    return "\n".join(
        [
            "Questions that the texts leave open; --reading ID=OPTION follows one",
            "",
            text_table(rows, ["reading", "question", "options", "followed", "paragraph"], str, widest),
            "",
            "Gaps: what is not known here, so that several answers stand",
            "",
            text_table(gaps, ["gap", "what is not known"], str, widest),
            "",
        ]
    )
