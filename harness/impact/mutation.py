"""Which small changes of the law would nobody notice: held against every decision that is written down."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from harness.impact.mutants import Mutant, mutants
from harness.impact.points import answers_at, point
from harness.impact.probes import Found, probe_for, readers
from harness.impact.texts import meaning
from harness.model.decisions import ProbeRow
from harness.policy.box import Box
from harness.policy.law import Law

Fate = Literal["killed", "equivalent", "survived"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What became of a mutant, and by which row, or at which point that no row holds.

    Args:
        mutant: The law with one small change.
        fate: killed by a row; proven equivalent, as no point anywhere answers otherwise; or survived.
        row: The row that kills it, or the one that would.
    """

    mutant: Mutant
    fate: Fate
    row: ProbeRow | None


def trials(law: Law, rows: Sequence[ProbeRow], only: Iterable[Mutant] | None = None) -> Iterator[Trial]:
    """Yield the fate of every mutant of a law.

    Args:
        law: The law, with its readings settled.
        rows: The probes that are held.
        only: The mutants to try; None tries all.
    """
    jury = _Jury(law, rows)
    for mutant in mutants(law) if only is None else only:
        row = jury.killer(mutant)
        if row is not None:
            yield Trial(mutant=mutant, fate="killed", row=row)
            continue
        found: Found = probe_for(law, mutant, jury.lenses)
        if found.row is not None:
            # What is found for one may kill the next.
            jury.hear(found.row)
        yield Trial(mutant=mutant, fate="equivalent" if found.equivalent else "survived", row=found.row)


class _Jury:
    """The rows by what they read, so that a mutant is held only against those that it could turn."""

    def __init__(self, law: Law, rows: Iterable[ProbeRow]) -> None:
        self.law = law
        self.lenses: Mapping[str, Sequence[str]] = readers(law)
        self.rows: dict[str, list[tuple[ProbeRow, Box]]] = {}
        for row in rows:
            self.hear(row)

    def hear(self, row: ProbeRow) -> None:
        """Take a row into account."""
        self.rows.setdefault(row.lens, []).append((row, point(dict(row.figures), dict(row.facts))))

    def killer(self, mutant: Mutant) -> ProbeRow | None:
        """Return a row that the mutant answers otherwise, if there is one; first those that its provisions answer."""
        named = set(mutant.provisions)
        for lens in dict.fromkeys(one for name in mutant.provisions for one in self.lenses.get(name, ())):
            days: dict[date, bool] = {}
            text = self.law.lenses[lens]
            rows = sorted(self.rows.get(lens, ()), key=lambda one: not named & set(one[0].by))
            for row, box in rows:
                if row.day not in days:
                    days[row.day] = _differ(self.law, mutant, row.day)
                if days[row.day] and answers_at(mutant.law, text, row.day, box) != row.answers:
                    return row
        return None


def _differ(law: Law, mutant: Mutant, day: date) -> bool:
    """Return whether the mutant says anything else on a day; no other provision can differ."""
    pairs = ((law.provisions[name].on(day), mutant.law.provisions[name].on(day)) for name in mutant.provisions)
    return any(old is not new and meaning(old) != meaning(new) for old, new in pairs)
