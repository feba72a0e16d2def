"""Is the dossier the one that the report names, and does it carry what its statements rest on?"""

from collections.abc import Iterator

from harness.checks.statements import certification_faults, examination_faults
from harness.model.case import Case
from harness.model.finding import Finding


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


def dossier_has_evidence(case: Case) -> Iterator[Finding]:
    """Does every examination and certification of the dossier name its document, who made it, and when?"""
    if case.dossier is None:
        return
    latest = case.report.dates.export if case.report.dates else None
    for n, examination in enumerate(case.dossier.examinations):
        yield from examination_faults(f"dossier.examinations[{n}]", examination, latest)
    for n, certification in enumerate(case.dossier.certifications):
        yield from certification_faults(f"dossier.certifications[{n}]", certification, latest)
