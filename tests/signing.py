"""Keys, trust roots and signed reports for tests: made from names, so that they are the same in every run."""

import copy
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from conftest import h200_alone
from cryptography.hazmat.primitives.asymmetric import ed25519

from harness.codec.canonical_base64 import encoded
from harness.evidence.dsse import enveloped
from harness.evidence.keys import PrivateKey, public_of
from harness.evidence.statement import statement_of
from harness.model.signed_report import STATEMENT_TYPE
from harness.model.trust_root import TRUST_ROOT_TYPE

ISSUED = datetime(2026, 8, 5, 12, tzinfo=UTC)
NOW = datetime(2026, 8, 10, tzinfo=UTC)
QUANTITIES = ("tpp", "total_dram_bandwidth", "interconnect_bandwidth", "copackaged_dram_capacity")
BENCH = "cd" * 32
# Whose key each name is.
HOLDERS = {
    "root-1": "keeper",
    "root-2": "second-keeper",
    "laboratory": "example-lab",
    "laboratory-2": "example-lab",
    "carrier": "example-carrier",
    "exporter": "example-exporter",
    "stranger": "nobody",
}


def key_of(name: str) -> PrivateKey:
    """Return the private key of a name; nobody else may sign anything with it."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"test key {name}".encode()).digest())


def id_of(name: str) -> str:
    return public_of(key_of(name)).key_id


def laboratory() -> dict[str, Any]:
    """Return what a trust root says of a laboratory that qualifies in every way."""
    return {
        "legal_name": "Example Metrology Laboratory, Inc.",
        "address": "1 Example Way, Boulder, CO 80301, United States",
        "address_country": "US",
        "headquarters_country": "US",
        "ultimate_parent_country": "US",
        "controlled_from": ["US"],
        "test_sites": [{"name": "Boulder", "country": "US", "in_foreign_trade_zone": False}],
        "accreditations": [
            {
                "body": "Example Accreditation Body",
                "number": "0000.00",
                "standard": "ISO/IEC 17025:2017",
                "scope": [{"name": "example-bench", "sha256": BENCH}],
                "valid_from": "2026-01-01",
                "valid_until": "2027-06-30",
            }
        ],
        "stakes": [],
        "holders": [],
        "expertise": [{"quantity": name, "evidence": {"title": "audit", "sha256": "ab" * 32}} for name in QUANTITIES],
        "examined_on": "2026-07-01",
    }


def root_document() -> dict[str, Any]:
    """Return a trust root with a key for every role, as JSON has it."""
    keys = {
        id_of(name): {
            "algorithm": "ed25519",
            "spki": encoded(public_of(key_of(name)).spki),
            "organisation": holder,
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": "2027-01-01T00:00:00Z",
        }
        for name, holder in HOLDERS.items()
        if name != "stranger"
    }
    return {
        "schema": "trust-root/1",
        "version": 1,
        "expires": "2026-12-31T00:00:00Z",
        "keys": keys,
        "roles": {
            "root": {"keys": [id_of("root-1"), id_of("root-2")], "threshold": 2, "organisations": 2},
            "laboratory": {"keys": [id_of("laboratory"), id_of("laboratory-2")]},
            "custodian": {"keys": [id_of("carrier")]},
            "exporter": {"keys": [id_of("exporter")]},
        },
        "laboratories": {"example-lab": laboratory()},
    }


def signed_root(document: dict[str, Any] | None = None) -> bytes:
    """Return a trust root signed by both of its keepers."""
    payload = json.dumps(root_document() if document is None else document).encode()
    return enveloped(payload, TRUST_ROOT_TYPE, [key_of("root-1"), key_of("root-2")])


def report_bytes(change: Any = None) -> bytes:
    """Return the complete sample report, after one change to it."""
    report = json.loads(h200_alone())
    report["configuration"]["bench"] = "example-bench"
    if change is not None:
        report = copy.deepcopy(report)
        change(report)
    return (json.dumps(report, indent=1) + "\n").encode()


def signed_report(*names: str, data: bytes | None = None, **said: Any) -> bytes:
    """Return a report signed with the keys of these names; of nobody in particular, with the laboratory's."""
    fields = {"laboratory": "example-lab", "issued_at": ISSUED, **said}
    payload = statement_of(report_bytes() if data is None else data, "the report", **fields)
    return enveloped(payload, STATEMENT_TYPE, [key_of(name) for name in names or ("laboratory",)])


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
