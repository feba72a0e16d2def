"""JSON in the one spelling of RFC 8785: for digests of what we print, that others can make again. Never for trust."""

from typing import Any

from harness.codec.digest import sha256
from harness.codec.strict_json import read_generic
from harness.errors import Fault, UnreadableInput


def canonical(data: bytes, source: str) -> bytes:
    """Return a JSON text in its canonical spelling.

    Raises:
        UnreadableInput: It is not strict JSON, or holds a whole number that has no one spelling, beyond 2^53.

    Source:
        RFC 8785 (JCS); duplicate keys, which it leaves to the reader, are refused.

    >>> canonical(b'{"b": 1.0, "a": [1e2, "\\\\u00e9"]}', "a text").decode()
    '{"a":[100,"é"],"b":1}'
    """
    return canonical_value(read_generic(data, source), source)


def canonical_value(value: Any, source: str) -> bytes:
    """Return a JSON value in its canonical spelling.

    Raises:
        UnreadableInput: It holds what JSON cannot.
    """
    import rfc8785

    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        fault = Fault(where="the document", got=str(error), need="JSON values that have one spelling")
        raise UnreadableInput(source, (fault,)) from None


def canonical_sha256(data: bytes, source: str) -> str:
    """Return the SHA-256 digest of a JSON text in its canonical spelling: the same however it was laid out.

    Raises:
        UnreadableInput: As `canonical`.
    """
    return sha256(canonical(data, source))
