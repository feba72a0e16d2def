"""A case out of an archive: its verdict, its report, and what was held beside it; and whether all belongs together."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from harness.codec.archive_files import OpenArchive, Tick, altered_members
from harness.codec.enveloped_reports import report_in
from harness.codec.law_files import law_digest
from harness.codec.method_files import method_from
from harness.codec.report_files import FoundDossier
from harness.codec.retention import retention_of, years_after
from harness.codec.spec_files import chip_from
from harness.codec.subjects import subject_from
from harness.codec.verdict_files import verdicts_in
from harness.errors import Fault, UnreadableInput
from harness.model.archive import ArchivedCase, Retention
from harness.model.case import ReadAttachment
from harness.model.chip_spec import ChipSpec
from harness.model.document import Document
from harness.model.method import MethodParameters
from harness.model.subject import Subject
from harness.model.verdict import Inputs, Verdict


def verdict_of(archive: OpenArchive, case: ArchivedCase) -> Verdict:
    """Return the verdict that was archived.

    Raises:
        UnreadableInput: It does not fit its schema, or there is not just one.
    """
    source = f"{archive.source}, {case.verdict}"
    found = verdicts_in(archive.read(case.verdict), source)
    if len(found) != 1 or not isinstance(found[0], Verdict):
        raise UnreadableInput(source, (Fault(where="the document", got="another document", need="one verdict"),))
    return found[0]


def report_of(archive: OpenArchive, case: ArchivedCase) -> bytes | None:
    """Return the bytes of the report; None of a classification, which has none."""
    return None if case.report is None else archive.read(case.report)


def verified_by(archive: OpenArchive, case: ArchivedCase) -> tuple[bytes | None, bytes | None]:
    """Return the trust root and the log proof that a signed report was verified by, as far as there were any."""
    paths = (case.trust_root, case.log_proof)
    root, proof = (None if path is None else archive.read(path) for path in paths)
    return root, proof


@dataclass(frozen=True, slots=True)
class Archived:
    """What an archive holds of a case; `absent` says what was found in the place of attachments that were not read."""

    archive: OpenArchive
    case: ArchivedCase
    absent: dict[str, str]
    # Whether a dossier was chosen then in place of the one that the report names.
    chosen: bool = False

    def spec(self, chip: str) -> tuple[ChipSpec, str] | None:  # noqa: ARG002 - the case has one chip, or none is known.
        path = next(iter(self.case.specs), None)
        return None if path is None else chip_from(self.archive.read(path), path)

    def method(self) -> tuple[MethodParameters, str]:
        name, data = self.archive.method()
        return method_from(data, name)

    def attachment(self, name: str) -> BinaryIO | ReadAttachment:
        path = self.case.attachments.get(name)
        if path is None:
            return ReadAttachment(sha256=None, fault=self.absent.get(name))
        return self.archive.stream(path)

    def dossier(self, file: str | None) -> FoundDossier | None:  # noqa: ARG002 - the case has one, or none.
        path = self.case.dossier
        if path is None:
            return None
        return FoundDossier(content=self.archive.read(path), source=path, chosen=self.chosen)


def subject_of(archive: OpenArchive, case: ArchivedCase) -> Subject:
    """Return the item that was classified, from its own spec file and those of the chips in it.

    Raises:
        UnreadableInput: A spec file does not read, or one is not there.
    """
    source = f"{archive.source}, cases"
    if not case.specs:
        raise UnreadableInput(source, (Fault(where=case.report_id, got="no spec file", need="that of the item"),))
    first, *others = case.specs
    return subject_from(archive.read(first), first, partial(_chip_named, archive, others))


def _chip_named(archive: OpenArchive, paths: list[str], word: str) -> tuple[ChipSpec, str] | None:
    for path in paths:
        spec, digest = chip_from(archive.read(path), path)
        if word == spec.id or word.casefold() in {name.casefold() for name in (spec.name, *spec.aliases)}:
            return spec, digest
    return None


# --- Whether it is what it says that it is ---------------------------------------------------------------------------


def forgeries(archive: OpenArchive, tick: Tick) -> list[Fault]:
    """Return every member that was altered; where none was, everything that does not belong to the rest.

    Raises:
        UnreadableInput: A report or a verdict does not fit its schema.
    """
    return list(altered_members(archive, tick)) or list(_strangers(archive))


def _strangers(archive: OpenArchive) -> Iterator[Fault]:
    law = law_digest(archive.law())
    if law != archive.manifest.law_sha256:
        yield _stranger("law_sha256", archive.manifest.law_sha256, f"{law}, the digest of the law files")
    for n, case in enumerate(archive.manifest.cases):
        for where, got, need in _of_the_case(archive, case, law):
            if got != need:
                yield _stranger(f"cases[{n}].{where}", got, need)


def _stranger(where: str, got: object, need: object) -> Fault:
    return Fault(where=where, got=str(got)[:300], need=str(need)[:300])


def _of_the_case(archive: OpenArchive, case: ArchivedCase, law: str) -> Iterator[tuple[str, object, object]]:
    """Yield what stands in the manifest for a case, and what the members say: they must be the same."""
    verdict = verdict_of(archive, case)
    data = report_of(archive, case)
    yield "report_id", case.report_id, verdict.report.report_id
    yield "outcome", case.outcome, verdict.outcome
    yield from _each("receipt", case.receipt, verdict.receipt)
    yield "receipt.law_sha256", case.receipt.law_sha256, law
    yield from _each("receipt.inputs", case.receipt.inputs, _inputs(archive, case))
    told = case.receipt.verification
    for name in ("trust_root", "log_proof"):
        path = getattr(case, name)
        yield name, archive.members[path].sha256 if path else None, told and getattr(told, f"{name}_sha256")
    if data is None:
        yield "retention", case.retention, None
        return
    kept = retention_of(report_in(data, f"{archive.source}, {case.report}"))
    if case.retention is None:
        yield "retention", None, kept
    else:
        yield from _each("retention", _as_known_then(case.retention, kept), kept)


def _each(where: str, one: Document, other: Document) -> Iterator[tuple[str, object, object]]:
    """Yield every field of two documents, so that the one that differs is named."""
    for name in type(one).model_fields:
        yield f"{where}.{name}", getattr(one, name), getattr(other, name)


def _as_known_then(said: Retention, kept: Retention) -> Retention:
    """Return what an archive says of its retention; of a rule that was read on another day the words do not count."""
    if said.reviewed_through == kept.reviewed_through or said.day is None:
        return said
    until = years_after(said.day, said.years)
    same = said.keep_at_least_until == until
    return kept.model_copy(update={"event": said.event, "day": said.day if same else None})


def _inputs(archive: OpenArchive, case: ArchivedCase) -> Inputs:
    """Return what the receipt of a case must name as its inputs."""
    digests = {path: member.sha256 for path, member in archive.members.items()}
    of_method = next(member.sha256 for member in archive.members.values() if member.role == "method")
    specs = [digests[path] for path in case.specs]
    if case.report is not None:
        beside = {name: path and digests[path] for name, path in sorted(case.attachments.items())}
    else:
        beside = {_spec_name(path): digests[path] for path in case.specs[1:]}
    return Inputs.model_construct(
        report_sha256=case.report and digests[case.report],
        spec_sha256=specs[0] if specs else None,
        method_sha256=of_method if case.report is not None else None,
        attachments_sha256=beside,
        dossier_sha256=case.dossier and digests[case.dossier],
    )


def _spec_name(path: str) -> str:
    """Return the name under which a receipt has the spec of a chip in a system."""
    return "specs/" + path.rsplit("/", maxsplit=1)[-1].removesuffix(".toml")
