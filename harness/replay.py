"""Old verdicts made again from their receipts: with what lies in folders, or with what an archive holds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO, Literal

from harness.authenticate import Trust, case_of
from harness.codec.archive_files import ASSUMPTIONS, OpenArchive
from harness.codec.archived_case import Archived, report_of, subject_of, verdict_of, verified_by
from harness.codec.digest import sha256
from harness.codec.enveloped_reports import report_in
from harness.codec.folders import Folders
from harness.codec.law_files import assumptions_from, law_of_files, read_assumptions, read_law
from harness.codec.report_files import FoundDossier, Holdings, Shipped, beside, read_bytes
from harness.codec.subjects import read_subject, spec_file_of, subject_from
from harness.codec.verdict_files import written
from harness.decide import decide
from harness.decide.assumed import given_again
from harness.decide.classification import classify
from harness.decide.replay import compared
from harness.errors import UnreadableInput, WrongUsage
from harness.model.archive import ArchivedCase
from harness.model.aspects import BROKEN
from harness.model.assumption import AssumedFact
from harness.model.case import ReadAttachment
from harness.model.lab_report import LabReport
from harness.model.replay import Needed, Replayed, Rerun, Status
from harness.model.subject import Subject
from harness.model.verdict import ClockSpan, Receipt, Refusal, Verdict
from harness.policy.law import Law, Selection

# From the best to the worst that can come of a verdict.
_GRAVITY: list[Status] = ["reproduced", "unchanged", "cannot-say", "differs", "not-reproduced"]
_LONGEST_NOTE = 1_000
LawOf = Callable[[Selection | None], Law]
Under = Literal["archived", "today"]


def replayed_verdict(then: Verdict | Refusal, source: str, folders: Folders) -> Replayed:
    """Return what comes of a verdict under the law of today, its inputs found in folders by their digests.

    Args:
        then: The verdict, or what stood in its place.
        source: Where it came from.
        folders: Where its report, its attachments or its spec file are looked for.
    """
    if isinstance(then, Refusal):
        return _unknown(source, None, (), "no verdict was made then: the input could not be read")
    try:
        inputs, needed = inputs_of(then, folders)
    except UnreadableInput as error:
        return _unknown(source, then, (), _cut(f"an input cannot be read any more: {error}"))
    if inputs is None:
        return _unknown(source, then, needed, "an input is not at hand, or is another by now")
    return _replayed(source, then, [_rerun(then, read_today, "today", inputs)])


def replayed_archive(archive: OpenArchive) -> list[Replayed]:
    """Return what comes of every verdict of an archive: under its own law, spec and method, and under those of today.

    Raises:
        UnreadableInput: A document in it does not fit its schema.
        LawFault: Its law files do not fit together.
    """
    law = law_of_files(archive.law())
    return [_replayed_case(archive, case, law) for case in archive.manifest.cases]


def read_today(selection: Selection | None) -> Law:
    """Return the law that comes with the harness, or what is selected of it."""
    if selection is None:
        return read_law()
    chosen = (selection.known_at, selection.proposed, tuple(sorted(selection.readings.items())))
    return _selected_today(*chosen)


@cache
def _selected_today(known_at: date | None, proposed: tuple[str, ...], readings: tuple[tuple[str, str], ...]) -> Law:
    return read_law(None, Selection(known_at=known_at, proposed=proposed, readings=dict(readings)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """What a verdict is made from besides the law: a report with what is held beside it, or a classified item."""

    report: bytes | None = None
    source: str = "the report"
    holdings: Holdings = field(default_factory=lambda: beside(None))
    # By what a signed report was verified.
    trust_root: bytes | None = None
    proof: bytes | None = None
    # What was known of the transaction beyond the report.
    dossier: bytes | None = None
    # Attachments that were found, by name.
    files: Mapping[str, Path] = field(default_factory=dict)
    subject: Subject | None = None
    # The spec file of the item.
    item: bytes | None = None
    assumptions: tuple[AssumedFact, ...] | None = None


def _replayed_case(archive: OpenArchive, case: ArchivedCase, law: Law) -> Replayed:
    then = verdict_of(archive, case)
    data, source = report_of(archive, case), f"{archive.source}, {case.report}"
    own = Archived(archive, case, _absent_then(then), _chosen_then(then))
    if data is not None:
        root, proof = verified_by(archive, case)
        inputs = Inputs(report=data, source=source, holdings=own, trust_root=root, proof=proof)
        today = replace(inputs, holdings=Shipped(own.attachment, given=own.dossier(None)))
    else:
        assumptions = assumptions_from(archive.read(ASSUMPTIONS), ASSUMPTIONS)
        inputs = Inputs(subject=subject_of(archive, case), assumptions=assumptions)
        file = spec_file_of(case.report_id)
        today = Inputs(subject=read_subject(file) if file else inputs.subject)

    def archived(selection: Selection | None) -> Law:
        return law if selection is None else law_of_files(archive.law(), selection)

    reruns = [_rerun(then, archived, "archived", inputs), _rerun(then, read_today, "today", today)]
    return _replayed(archive.source, then, reruns)


def _rerun(then: Verdict, law_of: LawOf, under: Under, inputs: Inputs) -> Rerun:
    """Return a verdict made again under a law, beside the old one."""
    notes: list[str] = []
    selection = _selection(then.receipt, law_of(None), notes)
    law = law_of(selection)
    try:
        now = _made_again(then, law, inputs)
    except (WrongUsage, UnreadableInput) as error:
        notes.append(_cut(f"the verdict cannot be made: {error}"))
        return _not_made(then, law, under, notes)
    same = written(_as_it_was_told(now, then)) == written(then)
    return compared(then, now, law, same_bytes=same, under=under, notes=notes)


def _made_again(then: Verdict, law: Law, inputs: Inputs) -> Verdict:
    if inputs.subject is not None:
        day = then.receipt.dates.as_of
        if day is None:
            raise WrongUsage("the receipt of a classification has no day")
        assumptions = read_assumptions() if inputs.assumptions is None else inputs.assumptions
        return classify(inputs.subject, law, day, assumptions, given_again(then.assumed))
    trust = _trust_of_then(then, inputs)
    case = case_of(inputs.report or b"", inputs.source, then.receipt.dates.as_of, inputs.holdings, trust)
    return decide(case, law, _asked(then.receipt, law), then.receipt.required)


def _trust_of_then(then: Verdict, inputs: Inputs) -> Trust:
    """Return by what the report was verified then, the clock at an instant that gives the same answer."""
    from harness.judge import trust_of

    told = then.receipt.verification
    if told is None:
        return Trust()
    fresh = then.reached.get("freshness")
    if told.state and fresh is not None and fresh.level == BROKEN:
        raise WrongUsage("a state file, which no verdict keeps, had seen before what the report shows")
    trust = trust_of(inputs.trust_root, told.trust_root_sha256, _within(told.clock))
    return replace(trust, proof=inputs.proof)


def _within(span: ClockSpan | None) -> datetime | None:
    """Return an instant at which a clock gives the same as it did then."""
    if span is None or span.since is not None:
        return None if span is None else span.since
    return datetime.fromtimestamp(0, UTC) if span.until is None else span.until - timedelta(seconds=1)


def _asked(receipt: Receipt, law: Law) -> tuple[str, ...]:
    """Return the lenses that were asked and still are there; the evidence is always asked."""
    asked = tuple(name for name in receipt.lenses_asked if name in law.lenses)
    return asked or tuple(name for name, lens in law.lenses.items() if lens.basis == "method")


def _as_it_was_told(now: Verdict, then: Verdict) -> Verdict:
    """Return the new verdict with the version of the old one's engine, and without what that one did not tell yet.

    What a state file had to say is taken from the old verdict, for that file is not kept.
    """
    receipt = now.receipt.model_copy(update={"engine_version": then.receipt.engine_version})
    reached = dict(now.reached) if then.reached else {}
    told = then.receipt.verification
    if told is not None and told.state and receipt.verification is not None:
        receipt = receipt.model_copy(update={"verification": receipt.verification.model_copy(update={"state": True})})
        reached |= {"freshness": then.reached["freshness"]} if "freshness" in then.reached else {}
    return now.model_copy(update={"receipt": receipt, "reached": reached})


def _selection(receipt: Receipt, law: Law, notes: list[str]) -> Selection | None:
    """Return what of the law the receipt selects, as far as the law knows it; say what it does not."""
    readings = {
        name: option
        for name, option in receipt.readings.items()
        if name in law.readings and option in ("both", *(one.id for one in law.readings[name].options))
    }
    proposed = tuple(name for name in receipt.proposed if name in law.instruments)
    unread = [f"reading {name}={option}" for name, option in receipt.readings.items() if name not in readings]
    unread += [f"proposal {name}" for name in receipt.proposed if name not in proposed]
    notes += [f"{what[:200]} is none of this law, which is read without it" for what in unread]
    chosen = Selection(known_at=receipt.known_at, proposed=proposed, readings=readings)
    return None if chosen == Selection() else chosen


# --- What folders hold ----------------------------------------------------------------------------------------------


def inputs_of(then: Verdict, folders: Folders) -> tuple[Inputs | None, tuple[Needed, ...]]:
    """Return what a verdict was made from, found by digest; None where it is not there, and what of it is needed."""
    inputs = then.receipt.inputs
    if inputs.report_sha256 is not None:
        return _report_in(then, inputs.report_sha256, folders)
    return _item_in(then, inputs.spec_sha256, folders)


def _report_in(then: Verdict, digest: str, folders: Folders) -> tuple[Inputs | None, tuple[Needed, ...]]:
    path = folders.small(digest)
    if path is None:
        return None, (Needed(what="report", name=then.report.report_id, sha256=digest),)
    data = read_bytes(path)
    report = report_in(data, str(path))
    sizes = {one.name: one.size_bytes for one in report.attachments}
    files: dict[str, Path] = {}
    needed = []
    # A name that the report does not have is none to look for: a receipt may say anything.
    for name, size in sizes.items():
        wanted = then.receipt.inputs.attachments_sha256.get(name)
        found = wanted and folders.named(wanted, name, size)
        if found:
            files[name] = found
        elif wanted:
            needed.append(Needed(what="attachment", name=name, sha256=wanted))
    told = then.receipt.verification
    root = _small(told.trust_root_sha256 if told else None, "trust-root", folders, needed)
    proof = _small(told.log_proof_sha256 if told else None, "log-proof", folders, needed)
    dossier = _dossier_in(then.receipt.inputs.dossier_sha256, report, folders, needed)
    if needed:
        return None, tuple(needed)
    given = None
    if dossier is not None:
        given = FoundDossier(content=dossier, source="the dossier", chosen=_chosen_then(then))
    inputs = Inputs(
        report=data,
        source=str(path),
        holdings=Shipped(partial(_opened, files, _absent_then(then)), given=given),
        files=files,
        trust_root=root,
        proof=proof,
        dossier=dossier,
    )
    return inputs, ()


def _dossier_in(digest: str | None, report: LabReport, folders: Folders, needed: list[Needed]) -> bytes | None:
    """Return the dossier of then: where the report names it, or elsewhere by its digest."""
    named = report.dossier
    path = folders.named(digest, named.file, None) if digest is not None and named is not None else None
    return read_bytes(path) if path is not None else _small(digest, "dossier", folders, needed)


def _small(
    digest: str | None, what: Literal["trust-root", "log-proof", "dossier"], folders: Folders, needed: list[Needed]
) -> bytes | None:
    """Return a file that a verdict names by digest, or say that it is needed."""
    if digest is None:
        return None
    path = folders.small(digest)
    if path is None:
        needed.append(Needed(what=what, name=what, sha256=digest))
        return None
    return read_bytes(path)


def _opened(files: Mapping[str, Path], absent: Mapping[str, str], name: str) -> BinaryIO | ReadAttachment:
    return files[name].open("rb") if name in files else ReadAttachment(sha256=None, fault=absent.get(name))


def _absent_then(then: Verdict) -> dict[str, str]:
    """Return what stood in the place of each attachment that could not be read then, as the old verdict tells it."""
    return {one.need: one.got for one in then.findings if one.code == "attachment-absent"}


def _chosen_then(then: Verdict) -> bool:
    """Return whether a dossier was chosen in place of the one that the report names."""
    return any(one.code == "dossier-other" for one in then.findings)


def _item_in(then: Verdict, digest: str | None, folders: Folders) -> tuple[Inputs | None, tuple[Needed, ...]]:
    """Return the item that was classified: by its digest where such a file is there, else as it is known today."""
    shipped = spec_file_of(then.report.report_id)
    own = folders.small(digest) if digest and (shipped is None or sha256(read_bytes(shipped)) != digest) else None
    path = own or shipped
    if path is None:
        needed = Needed(what="spec", name=then.report.report_id, sha256=digest) if digest else None
        return None, (needed,) if needed else ()
    data = read_bytes(path)
    return Inputs(subject=subject_from(data, path.name), item=data), ()


# --- Results --------------------------------------------------------------------------------------------------------


def _replayed(source: str, then: Verdict, reruns: list[Rerun]) -> Replayed:
    return Replayed.model_construct(
        source=source,
        report_id=then.report.report_id,
        receipt=then.receipt,
        status=gravest_status(rerun.status for rerun in reruns),
        needed=(),
        reruns=tuple(reruns),
        notes=(),
    )


def gravest_status(statuses: Iterable[Status]) -> Status:
    """Return the worst of several."""
    return max(statuses, key=_GRAVITY.index, default="reproduced")


def _cut(note: str) -> str:
    return note if len(note) <= _LONGEST_NOTE else note[: _LONGEST_NOTE - 3] + "..."


def _unknown(source: str, then: Verdict | None, needed: tuple[Needed, ...], note: str) -> Replayed:
    return Replayed.model_construct(
        source=source,
        report_id=then.report.report_id if then else None,
        receipt=then.receipt if then else None,
        status="cannot-say",
        needed=needed,
        reruns=(),
        notes=(note,),
    )


def _not_made(then: Verdict, law: Law, under: Under, notes: list[str]) -> Rerun:
    return Rerun.model_construct(
        law=under,
        law_sha256=law.sha256,
        engine_version=then.receipt.engine_version,
        status="cannot-say",
        changed=(),
        outcome_then=then.outcome,
        outcome_now=None,
        lenses=(),
        places=(),
        notes=tuple(notes),
    )
