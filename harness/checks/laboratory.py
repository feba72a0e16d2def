"""What a trust root knows of the laboratory that no paragraph asks for: whether it was accredited, and for what."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from harness.checks.custody import same_name
from harness.model.case import Case
from harness.model.finding import Finding

if TYPE_CHECKING:
    from harness.model.trust_root import TrustedAccreditation, TrustedLaboratory


def laboratory_was_accredited(case: Case) -> Iterator[Finding]:
    """Was the laboratory accredited on the day of the test, for the method that was used?"""
    day = _day_of_test(case)
    if case.laboratory is None or day is None:
        return
    held = _held(case.laboratory, day)
    if not held:
        got, need = "no accreditation that is known", f"one that was valid on {day}"
        yield Finding(code="laboratory-not-accredited", where="laboratory.accreditations", got=got, need=need)
        return
    configuration = case.report.configuration
    names = (configuration.bench, configuration.bench_sha256) if configuration else (None, None)
    covered = [method for one in held for method in one.scope]
    if not any(same_name(method.name, names[0]) or (method.sha256 and method.sha256 == names[1]) for method in covered):
        got = names[0] or "no bench named"
        need = ", ".join(method.name for method in covered[:5]) or "a method of the scope"
        yield Finding(code="method-out-of-scope", where="configuration.bench", got=got, need=need)


def _held(laboratory: "TrustedLaboratory", day: date) -> "list[TrustedAccreditation]":
    return [one for one in laboratory.accreditations if one.valid_from <= day <= one.valid_until]


def _day_of_test(case: Case) -> date | None:
    dates, session = case.report.dates, case.report.session
    if dates is not None and dates.test is not None:
        return dates.test
    return session.started_at.date() if session is not None and session.started_at is not None else None
