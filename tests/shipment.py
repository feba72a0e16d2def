"""A whole shipment as its parties would hand it in: manifest, draw, custody log, report, envelope, trust root.

`lab_reports/signed/` holds these files; a test makes them again and compares. All of it is fictional but the measured
figures of the report. The keys are made from names that stand in `signing.py`: whoever reads this can sign with them.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from conftest import REPORTS, ROOT
from signing import key_of, laboratory, root_document, signed_report, signed_root

from harness.evidence.checkpoint import checkpoint_text
from harness.evidence.custody_chain import read_chain, units_digest
from harness.evidence.custody_writing import event_after, with_event
from harness.evidence.keys import public_of
from harness.evidence.ledger_entry import entry_bytes
from harness.evidence.merkle import inclusion_proof, leaf_hash, root
from harness.evidence.signed_note import COSIGNATURE, signature_line, signed_note, verifier_text
from harness.evidence.tlog_proof import proof_text
from harness.lots.draw import draw
from harness.model.ledger_event import LedgerEvent
from harness.model.lot_draw import LotDraw, SamplingPlan
from harness.model.lot_manifest import LotManifest, ManifestUnit

FOLDER = REPORTS / "signed"
LOT = "EXAMPLE-LOT-7"
LAB, CARRIER, EXPORTER = "example-lab", "example-carrier", "example-exporter"
# Of a lot of 8 with 6 bad units (75 %), 2 drawn units are both good once in 28 draws: under 5 %.
PLAN = SamplingPlan(drawn=2, accept=0, ltpd=Decimal("0.75"), beta=Decimal("0.05"), detection=Decimal(1))
_NAMES = {LAB: "laboratory", CARRIER: "carrier", EXPORTER: "exporter"}
_START = datetime(2026, 8, 3, 9, tzinfo=UTC)


def manifest() -> LotManifest:
    """Return the list of all units of the lot, which its maker fixed before the challenge was known."""
    units = tuple(ManifestUnit(unit_id=f"unit-{n}", serial=f"EXAMPLE-{n:04}") for n in range(1, 9))
    return LotManifest(schema="lot-manifest/1", lot_id=LOT, units=units)


def drawn() -> LotDraw:
    """Return the units that the challenge draws, whichever they are."""
    challenge = hashlib.sha256(b"what the challenger revealed on 2026-08-04").digest()
    return draw(manifest(), challenge, PLAN, hashlib.sha256(challenge).hexdigest())


def custody_log() -> bytes:
    """Return the hand-overs of the lot, each signed by both parties, up to its return to the exporter."""
    events: list[tuple[str, int, str, str | None, dict[str, Any]]] = [
        ("sealed", 0, EXPORTER, None, {"seals_applied": ("S-1001",)}),
        ("handed-over", 2, EXPORTER, CARRIER, {"seals_found": ("S-1001",)}),
        ("handed-over", 8, CARRIER, LAB, {"seals_found": ("S-1001",)}),
        ("opened", 28, LAB, None, {"seals_removed": ("S-1001",)}),
        ("measured", 32, LAB, None, {}),
        ("resealed", 33, LAB, None, {"seals_applied": ("S-1002",)}),
        ("handed-over", 48, LAB, CARRIER, {"seals_found": ("S-1002",)}),
        ("handed-over", 50, CARRIER, EXPORTER, {"seals_found": ("S-1002",)}),
    ]
    log: bytes | None = None
    for kind, hours, giver, taker, more in events:
        last = read_chain(log, "the log")[-1] if log is not None else None
        event = event_after(
            last,
            type=kind,
            at=_START + timedelta(hours=hours),
            place="Boulder",
            from_organisation=giver,
            to_organisation=taker,
            lot_id=LOT,
            units=8,
            units_root=units_digest([unit.unit_id for unit in manifest().units]),
            **more,
        )
        keys = [key_of(_NAMES[name]) for name in (giver, taker) if name is not None]
        log = with_event(log, "the log", event, keys)
    assert log is not None
    return log


def trust_root() -> bytes:
    """Return a trust root that knows the parties: the exporter may also sign hand-overs."""
    document = root_document()
    document["roles"]["custodian"]["keys"] += document["roles"].pop("exporter")["keys"]
    known = laboratory()
    known["expertise"] = [
        {**one, "evidence": {"title": "Example audit, fictional", "sha256": _digest(one["quantity"].encode())}}
        for one in known["expertise"]
    ]
    known["accreditations"][0]["scope"] = [{"name": "Example method 1"}]
    document["laboratories"] = {LAB: known}
    document["log"] = {"verifier_keys": [verifier_text(LOG, public_of(key_of("log")))]}
    document["witnesses"] = {
        "verifier_keys": [
            verifier_text(called, public_of(key_of(name)), COSIGNATURE) for name, called in WITNESSES.items()
        ],
        "quorum": 2,
    }
    document["notes"] = ["Fictional. The keys of this file are those of tests/signing.py, which anyone can read."]
    return signed_root(document)


def report() -> bytes:
    """Return the report on the drawn units, with every document that it attaches."""
    content = json.loads((REPORTS / "h200-sxm-two-units.json").read_text(encoding="utf-8"))
    content["report_id"] = "EXAMPLE-SHIPMENT-7"
    content["notes"] = [
        "The report of h200-sxm-two-units.json on two units drawn from a manifest, with a signed custody log.",
        "Fictional: parties, dates, numbers, documents, and every figure that h200-sxm-two-units.json calls made.",
    ]
    names = dict(zip(("unit-1", "unit-2"), drawn().units, strict=True))
    serials = {unit.unit_id: unit.serial for unit in manifest().units}
    for unit in content["lot"]["units"]:
        unit["unit_id"] = names[unit["unit_id"]]
        unit["serial"] = serials[unit["unit_id"]]
    for one in content["measurements"] + content.get("observations", []):
        one["unit_id"] = names[one["unit_id"]]
    content["lot"] |= {
        "lot_id": LOT,
        "drawn_by": "laboratory",
        "sampling_plan": "Two of eight by manifest and challenge. The regulation states no sample size.",
        "manifest": "manifest.json",
        "draw": "draw.json",
    }
    content["configuration"]["bench"] = "Example method 1"
    content["custody"] = []
    content["custody_log"] = "custody.json"
    content["attachments"] = [
        {"name": name, "sha256": _digest(data), "size_bytes": len(data), "media_type": "application/json"}
        for name, data in attachments().items()
    ]
    return _pretty(content)


def attachments() -> dict[str, bytes]:
    """Return the files that the report names, by name."""
    return {
        "custody.json": custody_log(),
        "draw.json": _pretty(json.loads(drawn().model_dump_json(by_alias=True))),
        "manifest.json": _pretty(json.loads(manifest().model_dump_json(by_alias=True, exclude_none=True))),
    }


def envelope() -> bytes:
    """Return the report as the laboratory signed it."""
    return signed_report(data=report(), report_name="report.json", sequence=7)


LOG = "example.org/shipments"
WITNESSES = {"witness-1": "witness.example.org/one", "witness-2": "witness.example.org/two"}
_SEEN = int(datetime(2026, 8, 6, tzinfo=UTC).timestamp())


def log_proof(of: bytes | None = None) -> bytes:
    """Return the proof that the signed report is the second entry of a log, which two witnesses saw the day after."""
    entries = [
        LedgerEvent.model_validate(
            {"schema": "ledger-event/1", "day": day, "event": {"kind": kind, "sha256": _digest(data)}},
        )
        for day, kind, data in (
            ("2026-08-03", "manifest", attachments()["manifest.json"]),
            ("2026-08-05", "report", envelope() if of is None else of),
            ("2026-08-05", "challenge", bytes.fromhex(drawn().challenge)),
        )
    ]
    leaves = [leaf_hash(entry_bytes(one)) for one in entries]
    text, key = checkpoint_text(LOG, len(leaves), root(leaves)), key_of("log")
    note = signed_note(text, LOG, key, public_of(key))
    for name, called in WITNESSES.items():
        note += signature_line(text, called, key_of(name), public_of(key_of(name)), _SEEN)
    return proof_text(1, inclusion_proof(leaves, 1), note, entry_bytes(entries[1])).encode()


def files() -> dict[str, bytes]:
    """Return every file of the shipment, by name."""
    return {
        **attachments(),
        "report.json": report(),
        "report.dsse.json": envelope(),
        "trust-root.json": trust_root(),
        "log-proof.txt": log_proof(),
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _pretty(content: object) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
        print(f"wrote {(FOLDER / name).relative_to(ROOT)}")
