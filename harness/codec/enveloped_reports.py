"""Lab reports as they come: plain, or in the envelope that a laboratory signed. No signature is verified here."""

import re

from harness.codec.canonical_base64 import decoded
from harness.codec.documents import from_json
from harness.codec.strict_json import ENVELOPE_LIMITS, STATEMENT_LIMITS
from harness.errors import Fault, UnreadableInput
from harness.model.lab_report import LabReport

# A key, for only a key stands before a colon; no lab report has one of this name.
_MARK = re.compile(rb'"payloadType"[ \t\r\n]*:')


def is_enveloped(data: bytes) -> bool:
    """Return whether the bytes are a signed report and no plain one."""
    return _MARK.search(data) is not None


def report_in(data: bytes, source: str) -> LabReport:
    """Return the lab report in these bytes, whoever signed it.

    Raises:
        UnreadableInput: It is neither a lab report nor an envelope with one; with every fault.
    """
    if not is_enveloped(data):
        return from_json(LabReport, data, source)
    from harness.model.envelope import Envelope
    from harness.model.signed_report import Statement

    payload = decoded(from_json(Envelope, data, source, ENVELOPE_LIMITS).payload)
    if payload is None:
        fault = Fault(where="payload", got="another text", need="bytes in base64, in its one spelling")
        raise UnreadableInput(source, (fault,))
    return from_json(Statement, payload, source, STATEMENT_LIMITS).predicate.report
