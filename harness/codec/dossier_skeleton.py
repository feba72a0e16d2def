"""The skeleton of a dossier: it fits its schema as it is; null stands for what is not known yet."""

import json
from typing import Any

from harness.codec.documents import from_json
from harness.codec.skeleton import empty, named, statement
from harness.model.document import Document
from harness.model.dossier import (
    DOSSIER_FORMAT,
    Cluster,
    Dossier,
    DossierParty,
    EndUse,
    Facility,
    PhysicalSecurity,
    Procedure,
    RemoteService,
    Shipment,
    Supply,
    Undertakings,
    UsPersons,
)
from harness.model.lab_report import NamedDocument
from harness.policy.law import Law


def dossier_skeleton(law: Law) -> str:
    """Return a dossier in which everything is null, with every criterion and certification that the law files name."""
    examined = sorted(named(law, "examined:"))
    dossier: dict[str, Any] = {
        "schema": DOSSIER_FORMAT,
        "dossier_id": "NEW-DOSSIER",
        "notes": ["Skeleton: complete what is null. What stays null is unknown, and unknown never passes."],
        "parties": [empty(DossierParty, role=role) for role in ("exporter", "ultimate-consignee", "end-user")],
        "end_use": _evidenced(EndUse),
        "remote_service": {**_evidenced(RemoteService), "submitted_list": empty(NamedDocument)},
        "know_your_customer": [{**empty(Procedure), "document": empty(NamedDocument)}],
        "physical_security": _evidenced(PhysicalSecurity),
        "undertakings": _evidenced(Undertakings),
        "supply": {**_evidenced(Supply), "foundry_statement": empty(NamedDocument)},
        "shipments": [{**empty(Shipment), "certificate": empty(NamedDocument)}],
        "cluster": _evidenced(Cluster),
        "facility": _evidenced(Facility),
        "us_persons": _evidenced(UsPersons),
        "red_flags": [],
        "examinations": [statement("result", "examined", criterion) for criterion in examined],
        "certifications": [statement("status", "certified", criterion) for criterion in named(law, "certified:")],
    }
    text = json.dumps(dossier, indent=2, ensure_ascii=False) + "\n"
    from_json(Dossier, text.encode(), "the skeleton")
    return text


def _evidenced(part: type[Document]) -> dict[str, Any]:
    return {**empty(part), "evidence": empty(NamedDocument)}
