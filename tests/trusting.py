"""Keys that are the same in every run, and trust roots made of them."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.evidence.dsse import enveloped
from harness.evidence.keys import PrivateKey, PublicKey, public_of
from harness.evidence.trust_root import ReadRoot, read_root
from harness.model.trust_root import TRUST_ROOT_TYPE

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
# Whose each key is, by the key's name.
HOLDERS = {
    "root-1": "agency",
    "root-2": "institute",
    "root-3": "institute",
    "laboratory-1": "example-laboratory",
    "laboratory-2": "example-laboratory",
    "laboratory-3": "other-laboratory",
    "exporter-1": "example-exporter",
    "accreditor-1": "example-accreditor",
}


def key(name: str) -> Ed25519PrivateKey:
    """The private key of a name."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def id_of(name: str) -> str:
    return public_of(key(name)).key_id


def public(name: str) -> PublicKey:
    return public_of(key(name))


def stated(name: str, **changes: Any) -> dict[str, Any]:
    """What a trust root says of the key of a name."""
    return {
        "algorithm": "ed25519",
        "spki": base64.b64encode(public(name).spki).decode(),
        "organisation": HOLDERS.get(name, "somebody"),
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": "2028-01-01T00:00:00Z",
        **changes,
    }


def payload(version: int = 1) -> dict[str, Any]:
    """A trust root that holds: two of three root keys; laboratories, an exporter, an accreditor."""
    roles = {}
    for name in HOLDERS:
        roles.setdefault(name.partition("-")[0], {"keys": []})["keys"].append(id_of(name))
    roles["root"] |= {"threshold": 2, "organisations": 2}
    return {
        "schema": "trust-root/1",
        "version": version,
        "expires": "2027-06-30T00:00:00Z",
        "keys": {id_of(name): stated(name) for name in HOLDERS},
        "roles": roles,
        "laboratories": {
            "example-laboratory": {"legal_name": "Example Metrology Laboratory, Inc."},
            "other-laboratory": {"legal_name": "Other Laboratory, LLC"},
        },
    }


def signed(content: dict[str, Any] | bytes, *names: str, keys: tuple[PrivateKey, ...] = ()) -> bytes:
    """The content in an envelope signed by the keys of these names; without any, by the first two root keys."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return enveloped(data, TRUST_ROOT_TYPE, [*(key(name) for name in names or ("root-1", "root-2")), *keys])


def root(content: dict[str, Any] | None = None) -> ReadRoot:
    """A trust root that was read."""
    return read_root(signed(content or payload()), "root.json")


def spki_of(raw: bytes) -> bytes:
    """The SubjectPublicKeyInfo of the 32 bytes of an Ed25519 key (RFC 8410), whatever they are."""
    return bytes.fromhex("302a300506032b6570032100") + raw
