"""The statement that a laboratory signs: the report itself, byte for byte, and by digest everything that it names."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from harness.codec.documents import from_json
from harness.codec.places import members
from harness.codec.strict_json import STATEMENT_LIMITS
from harness.errors import Fault, UnreadableInput
from harness.evidence.unit_identity import identity_record
from harness.model.finding import Finding
from harness.model.lab_report import LabReport
from harness.model.signed_report import PREDICATE, Statement

STATEMENT = "https://in-toto.io/Statement/v1"
_REPORT = ("predicate", "report")
_BLANKS = " \t\r\n"
_DECODER = json.JSONDecoder()


def statement_of(data: bytes, source: str, **signed: object) -> bytes:
    """Return the bytes that a laboratory signs for a report.

    The bytes of the report stand in the statement as they are, so that its file can be had back and has its digest.

    Args:
        data: The bytes of the report.
        source: What to call it in messages.
        signed: The other fields of `SignedReport`: laboratory, issued_at, and as far as they are known report_name,
            expires_at, sequence.

    Raises:
        UnreadableInput: It is no lab report, or something to be signed with it has another form.
    """
    report = from_json(LabReport, data, source)
    digest = hashlib.sha256(data).hexdigest()
    said = {name: _written(value) for name, value in signed.items() if value is not None}
    fields = {"report_sha256": digest, **said}
    head = {
        "_type": STATEMENT,
        "predicateType": PREDICATE,
        "subject": [{"name": name, "digest": {"sha256": found}} for name, found in subjects_of(report, digest)],
    }
    payload = b'%s,"predicate":{"report":%s,%s}' % (_compact(head)[:-1], data, _compact(fields)[1:])
    read_statement(payload, source)
    return payload


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def read_statement(payload: bytes, source: str) -> Statement:
    """Return the statement in the bytes that were signed.

    Raises:
        UnreadableInput: It is another one, or has a field that the format does not have.
    """
    return from_json(Statement, payload, source, STATEMENT_LIMITS)


def subjects_of(report: LabReport, report_sha256: str) -> Iterator[tuple[str, str]]:
    """Yield name and SHA-256 of everything that a statement on this report is about."""
    yield "report", report_sha256
    for unit in report.lot.units if report.lot else ():
        yield f"unit:{unit.unit_id}", hashlib.sha256(identity_record(unit)).hexdigest()
    for attached in report.attachments:
        yield f"file:{attached.name}", attached.sha256


def report_bytes(payload: bytes, source: str) -> bytes:
    """Return the bytes of the report's file, as they stand between colon and comma of the statement.

    Raises:
        UnreadableInput: The statement holds no report.
    """
    text = payload.decode("utf-8")
    found = next((one for one in members(text) if one.path == _REPORT), None)
    if found is None:
        raise UnreadableInput(source, (Fault(where="predicate.report", got="nothing", need="this field"),))
    _, end = _DECODER.raw_decode(text, found.start)
    before, after = text[: found.start], text[end:]
    # White space around it belongs to the file, for between colon and comma there is nothing else.
    return text[len(before.rstrip(_BLANKS)) : end + len(after) - len(after.lstrip(_BLANKS))].encode()


def subjects_differ(payload: bytes, statement: Statement, source: str) -> Iterator[Finding]:
    """Is the statement about this report, these units and these files, and about nothing else?"""
    signed = statement.predicate
    own = hashlib.sha256(report_bytes(payload, source)).hexdigest()
    if signed.report_sha256 != own:
        yield _differs("predicate.report_sha256", signed.report_sha256, own)
    wanted = dict(subjects_of(signed.report, own))
    stated: dict[str, str] = {}
    for n, subject in enumerate(statement.subject):
        where, digest = f"subject[{n}]", subject.digest.sha256
        if subject.name in stated:
            yield _differs(where, f"{subject.name} twice", "each subject once")
        elif subject.name not in wanted:
            yield _differs(where, subject.name, "a subject that the report names")
        elif digest != wanted[subject.name]:
            yield _differs(where, f"{subject.name} with {digest}", wanted[subject.name])
        stated[subject.name] = digest
    for name in sorted(wanted.keys() - stated.keys()):
        yield _differs("subject", f"no {name}", "every unit and every file that the report names")


def _differs(where: str, got: str, need: str) -> Finding:
    return Finding(code="subject-differs", where=where, got=got, need=need)
