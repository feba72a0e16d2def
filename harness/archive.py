"""What goes into an archive: verdicts with everything that they were made from, in an order that the inputs give."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from harness.authenticate import NO_TRUST, Trust
from harness.codec import packaged
from harness.codec.archive_files import ASSUMPTIONS, LAW, manifest_bytes, unfit
from harness.codec.digest import sha256
from harness.codec.enveloped_reports import report_in
from harness.codec.folders import Folders
from harness.codec.law_files import law_bytes, law_digest
from harness.codec.method_files import method_bytes
from harness.codec.report_files import FoundDossier, beside, read_bytes
from harness.codec.retention import retention_of
from harness.codec.spec_files import spec_bytes
from harness.codec.strict_json import LARGEST_BYTES
from harness.codec.verdict_files import written
from harness.codec.zip_layout import LARGEST_ARCHIVE, MOST_MEMBERS
from harness.errors import Fault, UnreadableInput
from harness.judge import folder_of, judged
from harness.model.archive import Archive, ArchivedCase, Member, Role
from harness.model.replay import Replayed
from harness.model.verdict import Verdict
from harness.policy.law import Law
from harness.replay import Inputs, inputs_of, replayed_verdict
from harness.version import VERSION

# What the directory of an archive has of one member at the most, and its end.
_OVERHEAD = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """One verdict with what it was made from, besides the law and the method."""

    verdict: Verdict
    report: bytes | None = None
    # The files that were read, by the name that the report has for them.
    attachments: Mapping[str, Path] = field(default_factory=dict)
    # By what a signed report was verified.
    trust_root: bytes | None = None
    log_proof: bytes | None = None
    # What was known of the transaction beyond the report.
    dossier: bytes | None = None
    # The spec files, by id: that of the item first.
    specs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """An archive that can be written: its manifest, and the bytes or the file of every member."""

    manifest: Archive
    members: Mapping[str, bytes | Path]


def bundle_of_report(
    path: str,
    law: Law,
    *,
    as_of: date | None,
    lenses: tuple[str, ...] | None,
    trust: Trust = NO_TRUST,
    dossier: FoundDossier | None = None,
) -> Bundle:
    """Return a report with the verdict on it.

    Args:
        path: The file of the report; what it attaches lies beside it.
        law: The law that comes with the harness, or what is selected of it.
        as_of: A day that stands in for all four dates.
        lenses: The lenses to ask; None asks every one.
        trust: By what a signed report is verified.
        dossier: A dossier that is read in place of the one that the report names.

    Raises:
        UnreadableInput: The report cannot be read or does not fit its schema.
        WrongUsage: A lens that does not exist.
    """
    data, folder = read_bytes(path), folder_of(path)
    named = report_in(data, path).dossier
    dossier = beside(folder, dossier).dossier(named.file if named is not None else None)
    verdict = judged(data, path, law, as_of=as_of, lenses=lenses, folder=folder, trust=trust, dossier=dossier)
    read = (name for name, digest in verdict.receipt.inputs.attachments_sha256.items() if digest is not None)
    files = {} if folder is None else {name: folder / name for name in read}
    told = verdict.receipt.verification
    return Bundle(
        verdict=verdict,
        report=data,
        attachments=files,
        trust_root=trust.root_file if told else None,
        log_proof=trust.proof if told else None,
        dossier=dossier.content if dossier is not None else None,
        specs=dict(_chip_of(verdict)),
    )


def bundle_of_verdict(verdict: Verdict, source: str, folders: Folders) -> Bundle | Replayed:
    """Return a verdict with its inputs, where it comes out the same today; else what comes of it.

    An archive holds the law by which its verdicts were made, and the only law at hand is that of today.

    Args:
        verdict: The verdict.
        source: Where it came from.
        folders: Where its inputs are looked for.
    """
    again = replayed_verdict(verdict, source, folders)
    inputs = inputs_of(verdict, folders)[0] if again.status == "reproduced" else None
    if inputs is None:
        return again
    specs = dict(_chip_of(verdict) if inputs.subject is None else _parts_of(inputs))
    return Bundle(
        verdict=verdict,
        report=inputs.report,
        attachments=inputs.files,
        trust_root=inputs.trust_root,
        log_proof=inputs.proof,
        dossier=inputs.dossier,
        specs=specs,
    )


def _chip_of(verdict: Verdict) -> Iterator[tuple[str, bytes]]:
    found = spec_bytes(verdict.report.chip) if verdict.report.chip else None
    if found is not None:
        yield found


def _parts_of(inputs: Inputs) -> Iterator[tuple[str, bytes]]:
    """Yield the spec file of an item that was classified, then those of the chips in it."""
    if inputs.subject is None or inputs.item is None:
        return
    yield inputs.subject.id, inputs.item
    for part in inputs.subject.parts:
        found = spec_bytes(part.spec.id) if part.sha256 != inputs.subject.sha256 else None
        if found is not None:
            yield found


def contents_of(bundles: Iterable[Bundle]) -> Contents:
    """Return the archive of some verdicts, the same in whatever order they come.

    Raises:
        UnreadableInput: It would be larger than archives are; or two items of one id have different spec files.
    """
    once = {written(bundle.verdict): bundle for bundle in bundles}
    ordered = sorted(once.items(), key=lambda one: (one[1].verdict.report.report_id, one[0]))
    members: dict[str, tuple[Role, bytes | Path, str]] = {}
    for name, data in law_bytes().items():
        members[LAW + name] = ("law", data, sha256(data))
    assumptions = packaged.ASSUMPTIONS.read_bytes()
    members[ASSUMPTIONS] = ("assumptions", assumptions, sha256(assumptions))
    name, method = method_bytes()
    members[f"method/{name}"] = ("method", method, sha256(method))
    cases = tuple(_case(f"cases/{n:04}", bundle, data, members) for n, (data, bundle) in enumerate(ordered, start=1))
    manifest = Archive.model_construct(
        format="archive/1",
        engine_version=VERSION,
        law_sha256=law_digest(law_bytes()),
        cases=cases,
        members=tuple(_member(path, *members[path]) for path in sorted(members)),
    )
    _check(manifest)
    return Contents(manifest=manifest, members={path: content for path, (_, content, _) in members.items()})


def _case(folder: str, bundle: Bundle, data: bytes, members: dict[str, tuple[Role, bytes | Path, str]]) -> ArchivedCase:
    """Put the files of one case among the members, and return what the manifest says of it."""
    verdict, inputs = bundle.verdict, bundle.verdict.receipt.inputs
    members[f"{folder}/verdict.json"] = ("verdict", data, sha256(data))
    if bundle.report is not None:
        members[f"{folder}/report.json"] = ("report", bundle.report, sha256(bundle.report))
    attached = {name: f"{folder}/attachments/{name}" for name in bundle.attachments}
    for name, path in attached.items():
        members[path] = ("attachment", bundle.attachments[name], str(inputs.attachments_sha256[name]))
    for name, spec in bundle.specs.items():
        path = f"specs/{name}.toml"
        if path in members and members[path][1] != spec:
            fault = Fault(where=path, got="two spec files of this id", need="one; next: archive these verdicts apart")
            raise UnreadableInput(verdict.report.report_id, (fault,))
        members[path] = ("spec", spec, sha256(spec))
    others: tuple[tuple[Role, bytes | None], ...] = (
        ("trust-root", bundle.trust_root),
        ("log-proof", bundle.log_proof),
        ("dossier", bundle.dossier),
    )
    for role, content in others:
        if content is not None:
            members[f"{folder}/{role}"] = (role, content, sha256(content))
    report = None if bundle.report is None else report_in(bundle.report, verdict.report.report_id)
    return ArchivedCase.model_construct(
        report_id=verdict.report.report_id,
        outcome=verdict.outcome,
        verdict=f"{folder}/verdict.json",
        report=f"{folder}/report.json" if report is not None else None,
        attachments={name: attached.get(name) for name in inputs.attachments_sha256} if report is not None else {},
        specs=tuple(f"specs/{name}.toml" for name in bundle.specs),
        trust_root=None if bundle.trust_root is None else f"{folder}/trust-root",
        log_proof=None if bundle.log_proof is None else f"{folder}/log-proof",
        dossier=None if bundle.dossier is None else f"{folder}/dossier",
        receipt=verdict.receipt,
        retention=None if report is None else retention_of(report),
    )


def _member(path: str, role: Role, content: bytes | Path, digest: str) -> Member:
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    return Member.model_construct(path=path, role=role, size_bytes=size, sha256=digest)


def _check(manifest: Archive) -> None:
    """Refuse what no reader would take, before anything is written."""
    faults = list(unfit(manifest))
    if len(manifest.members) >= MOST_MEMBERS:
        faults.append(Fault(where="members", got=f"{len(manifest.members):,}", need=f"under {MOST_MEMBERS:,}"))
    total = sum(member.size_bytes + _OVERHEAD for member in manifest.members) + len(manifest_bytes(manifest))
    if total > LARGEST_ARCHIVE:
        faults.append(Fault(where="members", got=f"{total:,} bytes", need=f"at most {LARGEST_ARCHIVE:,} bytes"))
    if len(manifest_bytes(manifest)) > LARGEST_BYTES:
        got = f"a manifest of {len(manifest_bytes(manifest)):,} bytes"
        faults.append(Fault(where="members", got=got, need=f"at most {LARGEST_BYTES:,}; archive fewer verdicts"))
    if faults:
        raise UnreadableInput("the archive", tuple(faults))
