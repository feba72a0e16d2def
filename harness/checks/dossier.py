"""Is the dossier the one that the report names, and of its transaction; and what do its statements rest on?"""

from collections.abc import Iterator

from harness.checks.custody import same_name
from harness.checks.statements import certification_faults, examination_faults
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.lab_report import Party

_LAST_ROLES = ("ultimate-consignee", "end-user")


def dossier_is_the_one_named(case: Case) -> Iterator[Finding]:
    """Does the dossier that was found have the digest that the report states?"""
    named = case.report.dossier
    if named is None:
        return
    if case.dossier_sha256 is None:
        yield Finding(
            code="dossier-absent", where="dossier.file", got="no such file beside the report", need=named.file
        )
    elif case.dossier_sha256 != named.sha256:
        # One that was given on purpose is read all the same; of one that merely lies there nothing is.
        code = "dossier-altered" if case.dossier is None else "dossier-other"
        yield Finding(code=code, where="dossier.sha256", got=case.dossier_sha256, need=named.sha256)


def dossier_is_of_the_transaction(case: Case) -> Iterator[Finding]:
    """Does the dossier name every consignee and end user of the report?"""
    missing = unnamed_parties(case)
    if missing:
        got = f"nobody called {', '.join(missing[:3])}"
        yield Finding(code="dossier-of-another", where="dossier.parties", got=got, need="the parties of the report")


def unnamed_parties(case: Case) -> list[str]:
    """Return the last parties of the report that the dossier does not name: it is of another transaction.

    Where the report names neither consignee nor end user, one party of any role that both name is enough.
    """
    if case.dossier is None or case.report.transaction is None:
        return []
    stated = [one for one in case.report.transaction.parties if one.name is not None]
    last = [one for one in stated if one.role in _LAST_ROLES]
    known = [name for one in case.dossier.parties if not last or one.role in _LAST_ROLES for name in _names(one)]
    missing = [one.name or "" for one in last or stated if not any(same_name(one.name, name) for name in known)]
    return list(dict.fromkeys(missing)) if last or len(missing) == len(stated) else []


def _names(party: Party) -> tuple[str, ...]:
    return (*filter(None, (party.name,)), *getattr(party, "other_names", ()))


def dossier_has_evidence(case: Case) -> Iterator[Finding]:
    """Does every examination and certification of the dossier name its document, who made it, and when?"""
    if case.dossier is None:
        return
    latest = case.export_day
    for n, examination in enumerate(case.dossier.examinations):
        yield from examination_faults(f"dossier.examinations[{n}]", examination, latest)
    for n, certification in enumerate(case.dossier.certifications):
        yield from certification_faults(f"dossier.certifications[{n}]", certification, latest)
