"""A challenge, `challenge/1`: what an outsider gives a laboratory so that an old run cannot be sent in as a new one."""

from typing import Literal

from pydantic import Field

from harness.model.document import Document, Instant, Name, Sha256
from harness.model.trust_root import Organisation


class IssuedChallenge(Document):
    """32 bytes of chance for one lot. Until the test begins, only their digest is shown: the commitment."""

    format: Literal["challenge/1"] = Field(alias="schema")
    lot_id: Name
    issued_by: Organisation
    issued_at: Instant
    nonce_sha256: Sha256
    # 64 hexadecimal digits; null in the commitment that is published beforehand.
    nonce: Sha256 | None = None
