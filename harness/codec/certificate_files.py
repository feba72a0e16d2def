"""Certificates as files: written, read back, and held against the one that follows today."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from harness.codec.canonical_json import canonical_value
from harness.codec.digest import sha256
from harness.codec.documents import faults_of, path
from harness.codec.strict_json import read_generic
from harness.codec.verdict_files import LIMITS, schema_of
from harness.codec.verdict_files import written as written_verdict
from harness.errors import Fault, UnreadableInput
from harness.model.certificate import CERTIFICATE_FORMAT, Certificate
from harness.model.verdict import Verdict

_LONGEST = 120


def verdict_digest(verdict: Verdict) -> str:
    """Return the SHA-256 of a verdict in the spelling of RFC 8785, however it was laid out."""
    source = "the verdict"
    return sha256(canonical_value(read_generic(written_verdict(verdict), source, LIMITS), source))


def written(certificate: Certificate) -> bytes:
    """Return a certificate as the bytes of its file."""
    return (certificate.model_dump_json(by_alias=True, indent=2) + "\n").encode()


def certificate_in(data: bytes, source: str) -> Certificate:
    """Return the certificate in these bytes.

    Raises:
        UnreadableInput: It is none; with every fault.
    """
    format_ = schema_of(data, source)
    if format_ != CERTIFICATE_FORMAT:
        raise UnreadableInput(source, (Fault(where="schema", got=format_, need=CERTIFICATE_FORMAT),))
    try:
        return Certificate.model_validate_json(data)
    except ValidationError as error:
        raise UnreadableInput(source, faults_of(Certificate, error)) from None


def differences(data: bytes, source: str, follows: Certificate) -> Iterator[Fault]:
    """Yield where the file of a certificate says other than the certificate that follows.

    Raises:
        UnreadableInput: It is not strict JSON.
    """
    yield from _between(read_generic(data, source, LIMITS), read_generic(written(follows), source, LIMITS), ())


def _between(stated: Any, follows: Any, at: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(stated, dict) and isinstance(follows, dict):
        for key in dict.fromkeys((*stated, *follows)):
            yield from _between(stated.get(key), follows.get(key), (*at, key))
    elif isinstance(stated, list) and isinstance(follows, list) and len(stated) == len(follows):
        for n, pair in enumerate(zip(stated, follows, strict=True)):
            yield from _between(*pair, (*at, n))
    elif stated != follows or type(stated) is not type(follows):
        yield Fault(where=path(at), got=_short(stated), need=_short(follows))


def _short(value: Any) -> str:
    if isinstance(value, list | dict):
        return f"{len(value)} items"
    text = "nothing" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
