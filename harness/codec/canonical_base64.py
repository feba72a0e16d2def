"""Base64 that has one spelling: two texts that decode to the same bytes would let a signed file be altered unseen."""

import base64
import binascii


def decoded(text: str) -> bytes | None:
    """Return the bytes of a text in standard or URL-safe base64; None where it is not the one way to write them.

    Refused are white space, missing or superfluous padding, mixed alphabets, and bits left over in the last digit,
    which Python's own decoder ignores.

    Source:
        RFC 4648, sections 3.5, 4 and 5; DSSE asks for both alphabets to be read.

    >>> decoded("aGVsbG8="), decoded("aGVsbG9="), decoded("aGVsbG8")
    (b'hello', None, None)
    """
    for altchars in (b"+/", b"-_"):
        try:
            found = base64.b64decode(text, altchars, validate=True)
        except (binascii.Error, ValueError):  # Also a text that is not ASCII.
            continue
        if base64.b64encode(found, altchars).decode("ascii") == text:
            return found
    return None


def encoded(data: bytes) -> str:
    """Return the bytes in standard base64."""
    return base64.b64encode(data).decode("ascii")
