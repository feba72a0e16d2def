"""The parties to the transaction, as report and dossier state them together, and what is stated of them there."""

from collections.abc import Iterator

from harness.checks.dossier import unnamed_parties
from harness.model.case import Case
from harness.model.lab_report import Certification, Examination, Party

_PLACES = ("country", "headquarters_country", "ultimate_parent_country")


def parties_of(case: Case) -> tuple[Party, ...]:
    """Return every party; one that both documents name is one, unless they place it differently."""
    of_report = case.report.transaction.parties if case.report.transaction else ()
    of_dossier: tuple[Party, ...] = case.dossier.parties if case.dossier is not None else ()
    # A role alone, as in a skeleton, is no party yet.
    left = [one for one in of_dossier if one.name is not None or any(getattr(one, name) for name in _PLACES)]
    return (*_completed(of_report, left), *left)


def examinations_of_dossier(case: Case) -> tuple[Examination, ...]:
    """Return the examinations of the dossier; of one of another transaction, the hits alone."""
    of_dossier = case.dossier.examinations if case.dossier is not None else ()
    return tuple(one for one in of_dossier if one.result == "hit") if unnamed_parties(case) else of_dossier


def certifications_of_dossier(case: Case) -> tuple[Certification, ...]:
    """Return the certifications of the dossier; of one of another transaction, the refusals alone."""
    of_dossier = case.dossier.certifications if case.dossier is not None else ()
    return tuple(one for one in of_dossier if one.status == "refused") if unnamed_parties(case) else of_dossier


def _completed(parties: tuple[Party, ...], others: list[Party]) -> Iterator[Party]:
    """Yield each party with what the other document adds to it, and take that out of the other's."""
    for one in parties:
        twin = next((other for other in others if _same(one, other)), None)
        if twin is None:
            yield one
        else:
            others.remove(twin)
            yield one.model_copy(update={name: getattr(one, name) or getattr(twin, name) for name in _PLACES})


def _same(one: Party, other: Party) -> bool:
    agree = all(None in (pair := {getattr(one, name), getattr(other, name)}) or len(pair) == 1 for name in _PLACES)
    return agree and one.role == other.role and one.name is not None and one.name == other.name
