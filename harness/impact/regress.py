"""What is decided now against what a lock holds: every deviation, by name, and nothing besides."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from harness.decide.assumed import facts_given
from harness.decide.classification import item_under, possible_on
from harness.impact.moments import ONE_DAY
from harness.impact.points import answers_at, point
from harness.model.assumption import AssumedFact
from harness.model.decisions import ChipRow, DecisionsLock, Deviation, ProbeRow, ReportRow, TextRow, several
from harness.model.protected import ProtectedCase
from harness.model.subject import Subject
from harness.policy.box import Box
from harness.policy.law import Law

Lines = Mapping[object, int]


def deviations(held: DecisionsLock, now: DecisionsLock, lines: Lines) -> Iterator[Deviation]:
    """Yield everything in which two locks differ, but for their history.

    Args:
        held: What is held fixed.
        now: What is decided now.
        lines: The line of each row that is held.
    """
    yield from _of_chips(held.chips, now.chips, lines)
    yield from _of_probes(held.probes, now.probes, lines)
    yield from _of_reports(held.reports, now.reports, lines)
    yield from _of_texts(held.texts, now.texts, lines)


# --- Chips --------------------------------------------------------------------------------------------------------


def _of_chips(held: Iterable[ChipRow], now: Iterable[ChipRow], lines: Lines) -> Iterator[Deviation]:
    before, after = _runs(held), _runs(now)
    for key in sorted({*before, *after}):
        chip, to, lens = key
        subject = f"{chip} to {to}"
        if key not in after or key not in before:
            rows = before.get(key, after.get(key, []))
            said = "; ".join(dict.fromkeys(several(row.answers) for row in rows))
            gone = key not in after
            yield Deviation(
                kind="gone" if gone else "new",
                subject=subject,
                lens=lens,
                before=said if gone else "nothing",
                after="nothing" if gone else said,
                line=lines.get(rows[0]),
            )
        elif before[key] != after[key]:
            yield from _between(subject, lens, before[key], after[key], lines)


def _runs(rows: Iterable[ChipRow]) -> dict[tuple[str, str, str], list[ChipRow]]:
    found: dict[tuple[str, str, str], list[ChipRow]] = {}
    for row in rows:
        found.setdefault((row.chip, row.to, row.lens), []).append(row)
    return {key: sorted(runs, key=lambda row: row.first) for key, runs in found.items()}


def _between(subject: str, lens: str, held: list[ChipRow], now: list[ChipRow], lines: Lines) -> Iterator[Deviation]:
    """Yield the runs of days on which answers, or the provisions that give them, are not the same."""
    days = sorted({row.first for row in (*held, *now)} | {row.last + ONE_DAY for row in (*held, *now) if row.last})
    pairs = [(day, _row_on(held, day), _row_on(now, day)) for day in days]
    said = [(day, _said(old), _said(new), old, new) for day, old, new in pairs]
    starts = [(key, next(found)) for key, found in groupby(said, key=lambda one: one[1:3])]
    ends = [*(one[0] - ONE_DAY for _, one in starts[1:]), None]
    for ((before, after), (first, _, _, old, new)), last in zip(starts, ends, strict=True):
        if before != after:
            yield Deviation(
                kind="reason" if before[0] == after[0] else "flip",
                subject=subject,
                lens=lens,
                before=_words(before, after),
                after=_words(after, before),
                first=first,
                last=last,
                by=new.by if new else (),
                line=lines.get(old) if old else None,
            )


def _row_on(rows: list[ChipRow], day: date) -> ChipRow | None:
    return next((row for row in rows if row.first <= day and (row.last is None or day <= row.last)), None)


def _said(row: ChipRow | ProbeRow | None) -> tuple[str, tuple[str, ...]]:
    return ("nothing", ()) if row is None else (several(row.answers), row.by)


def _words(one: tuple[str, tuple[str, ...]], other: tuple[str, tuple[str, ...]]) -> str:
    """Say the answers; where they are the same, the provisions."""
    return one[0] if one[0] != other[0] else f"{one[0]} by {', '.join(one[1]) or 'no provision'}"


# --- Probes and reports -------------------------------------------------------------------------------------------


def _of_probes(held: Iterable[ProbeRow], now: Iterable[ProbeRow], lines: Lines) -> Iterator[Deviation]:
    after = {_point(row): row for row in now}
    before = {_point(row): row for row in held}
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if _said(old) != _said(new):
            row = old or new
            assert row is not None
            yield Deviation(
                kind="new" if old is None else "gone" if new is None else
                "reason" if old.answers == new.answers else "flip",
                subject=f"probe {probe_words(row)}",
                lens=row.lens,
                before=_words(_said(old), _said(new)),
                after=_words(_said(new), _said(old)),
                first=row.day,
                last=row.day,
                by=new.by if new else (),
                line=lines.get(old) if old else None,
            )  # fmt: skip


def _point(row: ProbeRow) -> tuple[object, ...]:
    return row.lens, row.day, row.figures, row.facts


def probe_words(row: ProbeRow) -> str:
    """Return the point of a probe as words."""
    return ", ".join(f"{name} {value}" for name, value in (*row.figures, *row.facts)) or "anything"


def _of_reports(held: Iterable[ReportRow], now: Iterable[ReportRow], lines: Lines) -> Iterator[Deviation]:
    before, after = ({(row.report, row.lens): row for row in rows} for rows in (held, now))
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield Deviation(
                kind="new" if old is None else "gone" if new is None else "flip",
                subject=f"report {key[0]}",
                lens=key[1],
                before=several(old.answers) if old else "nothing",
                after=several(new.answers) if new else "nothing",
                line=lines.get(old) if old else None,
            )


def _of_texts(held: Iterable[TextRow], now: Iterable[TextRow], lines: Lines) -> Iterator[Deviation]:
    before, after = ({(row.provision, row.first): row for row in rows} for rows in (held, now))
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield Deviation(
                kind="text",
                subject=key[0],
                lens="text",
                before="no text" if old is None else "the text that is held",
                after="no text" if new is None else "another text" if old else "a text",
                first=key[1],
                line=lines.get(old) if old else None,
            )


# --- Protected cases ----------------------------------------------------------------------------------------------


def of_protected(
    law: Law, cases: Iterable[ProtectedCase], subjects: Mapping[str, Subject], assumptions: tuple[AssumedFact, ...]
) -> Iterator[Deviation]:
    """Yield every protected case that the law answers otherwise.

    Args:
        law: The law to ask.
        cases: The cases.
        subjects: The chips that they name.
        assumptions: What is assumed of an item where nothing is given.
    """
    for case in cases:
        expected = (case.answer,) if isinstance(case.answer, str) else tuple(case.answer)
        for day in case.on:
            for name, found in _answers(law, case, day, subjects, assumptions):
                if set(found) != set(expected):
                    yield Deviation(
                        kind="protected",
                        subject=f"{case.id} {name}".strip(),
                        lens=case.lens,
                        before=several(expected),
                        after=several(found),
                        first=day,
                        last=day,
                        cite=f"{case.says} ({case.cite})",
                    )


def _answers(
    law: Law, case: ProtectedCase, day: date, subjects: Mapping[str, Subject], assumptions: tuple[AssumedFact, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    lens = law.lenses[case.lens]
    for chip in case.chips:
        item_of, _ = item_under(subjects[chip], assumptions, case.given, law)
        yield chip, possible_on(law, lens, day, item_of(law))
    if case.figures:
        kind = case.facts.get("product_kind", "integrated-circuit")
        assumed = facts_given(kind, law, assumptions, case.given)  # type: ignore[arg-type]
        at = point(case.figures, case.facts)
        box = Box(figures=at.figures, facts={**assumed, **at.facts})
        yield "", answers_at(law, lens, day, box)
