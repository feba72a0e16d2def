"""Are the attached files the ones that the report names?"""

from collections.abc import Iterator

from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.lab_report import attached_documents


def attachments_are_the_ones_named(case: Case) -> Iterator[Finding]:
    """Is every file that the report rests on there, with the digest and the size that it states?"""
    documents = attached_documents(case.report)
    every = tuple(range(len(case.report.measurements)))
    for name in sorted(documents.keys() - case.attachments.keys()):
        got, need = f"{name}, which attachments does not name", "a file that attachments names"
        yield Finding(code="attachment-absent", where=documents[name], got=got, need=need, measurements=every)
    for n, attachment in enumerate(case.report.attachments):
        where = f"attachments[{n}]"
        read = case.attachments[attachment.name]
        users = every if attachment.name in documents else _users(case, attachment.name)
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
        elif attachment.name not in documents and users and read.samples is None:
            got = read.fault or "another form"
            need = "one figure per line"
            yield Finding(code="attachment-unreadable", where=where, got=got, need=need, measurements=users)


def _users(case: Case, name: str) -> tuple[int, ...]:
    return tuple(
        n
        for n, measurement in enumerate(case.report.measurements)
        if measurement.raw is not None and measurement.raw.attachment == name
    )
