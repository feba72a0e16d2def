"""Are the attached files the ones that the report names?"""

from collections.abc import Iterator

from harness.model.case import Case
from harness.model.finding import Finding


def attachments_are_the_ones_named(case: Case) -> Iterator[Finding]:
    """Does every attachment that was found have the digest and the size that the report states?"""
    for n, attachment in enumerate(case.report.attachments):
        where = f"attachments[{n}]"
        read = case.attachments[attachment.name]
        users = _users(case, attachment.name)
        if read.sha256 is None:
            got = read.fault or "no such file beside the report"
            yield Finding(code="attachment-absent", where=where, got=got, need=attachment.name, measurements=users)
        elif read.sha256 != attachment.sha256:
            yield Finding(code="attachment-altered", where=f"{where}.sha256", got=read.sha256, need=attachment.sha256)
        elif read.size_bytes != attachment.size_bytes:
            need = f"{attachment.size_bytes} bytes"
            yield Finding(
                code="attachment-altered", where=f"{where}.size_bytes", got=f"{read.size_bytes} bytes", need=need
            )
        elif users and read.samples is None:
            got = read.fault or "another form"
            need = "one figure per line"
            yield Finding(code="attachment-unreadable", where=where, got=got, need=need, measurements=users)


def _users(case: Case, name: str) -> tuple[int, ...]:
    return tuple(
        n
        for n, measurement in enumerate(case.report.measurements)
        if measurement.raw is not None and measurement.raw.attachment == name
    )
