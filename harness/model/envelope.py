"""The envelope of DSSE v1.0: a payload as it was signed, its type, and the signatures over both."""

from typing import Annotated

from pydantic import Field

from harness.model.document import Document, Form

# Characters of both alphabets; that it is the one spelling of its bytes is found when it is decoded.
BASE64 = r"[A-Za-z0-9+/_-]*={0,2}"
Base64 = Annotated[str, Form(BASE64, 7 * 1024 * 1024, "bytes in base64")]
MOST_SIGNATURES = 16


class EnvelopeSignature(Document):
    """One signature. The key id is a hint: which key it verifies under is found by trying."""

    keyid: Annotated[str, Form(r"[\x20-\x7e]{0,300}", 300, "a key id of printable ASCII")] | None = None
    sig: Annotated[str, Form(BASE64, 2_000, "a signature in base64")]


class Envelope(Document):
    """A DSSE envelope."""

    payload: Base64
    payload_type: Annotated[str, Form(r"[\x21-\x7e]{1,200}", 200, "a type of printable ASCII")] = Field(
        alias="payloadType"
    )
    signatures: Annotated[tuple[EnvelopeSignature, ...], Field(min_length=1, max_length=MOST_SIGNATURES)]
