"""Skeletons that a person completes. They fit their schema as they are; null stands for what is not known yet."""

import json
from typing import Any

from harness.codec.documents import from_json
from harness.model.chip_spec import ChipSpec
from harness.model.device_state import Link, UnitState
from harness.model.document import Document
from harness.model.lab_report import (
    Accreditation,
    Challenge,
    Configuration,
    CustodyEvent,
    Declared,
    DeclaredBandwidth,
    DeclaredCapacity,
    DeclaredPower,
    DeclaredTpp,
    Environment,
    ImportEntry,
    Laboratory,
    LabReport,
    Lot,
    NamedDocument,
    Party,
    Product,
    ReportDates,
    TestedUnit,
    TestSession,
    Transaction,
)
from harness.model.measurement import Measurement, Method, RawSamples
from harness.policy.law import Law


def lab_report_skeleton(spec: ChipSpec, law: Law) -> str:
    """Return a lab report about this chip in which everything that only a laboratory knows is null.

    The criteria to examine and the certifications to supply are the ones that the law files name.
    """
    examined = _named(law, "examined:")
    certified = _named(law, "certified:")
    report: dict[str, Any] = {
        "schema": "lab-report/0",
        "report_id": "NEW-REPORT",
        "notes": [
            "Skeleton: complete what is null, and repeat or leave out parts of lists as the case has them.",
            "What stays null is unknown, and unknown never passes; harness verify names what is missing.",
        ],
        "laboratory": {**_empty(Laboratory), "accreditations": [_empty(Accreditation)]},
        "product": {
            **_empty(Product),
            "chip": spec.id,
            "manufacturer": spec.manufacturer,
            "name": spec.name,
            "designed_or_marketed_for_data_centers": spec.designed_or_marketed_for_data_centers,
            "has_non_planar_logic_die": spec.has_non_planar_logic_die,
        },
        "declared": {
            **_empty(Declared),
            "tpp": _empty(DeclaredTpp),
            "total_dram_bandwidth": _empty(DeclaredBandwidth),
            "interconnect_bandwidth": _empty(DeclaredBandwidth),
            "copackaged_dram_capacity": _empty(DeclaredCapacity),
            "peak_power_at_max_tpp": _empty(DeclaredPower),
            "application": _empty(NamedDocument),
        },
        "lot": {**_empty(Lot), "units": [_unit()]},
        "configuration": _empty(Configuration),
        "environment": _empty(Environment),
        "measurements": [
            _measurement("compute_rate", "TFLOP/s"),
            _measurement("total_dram_bandwidth", "GB/s"),
            _measurement("interconnect_bandwidth", "GB/s"),
            _measurement("copackaged_dram_capacity", "MiB"),
        ],
        "custody": [{**_empty(CustodyEvent), "evidence": _empty(NamedDocument)} for _ in ("to", "from")],
        "transaction": {
            **_empty(Transaction),
            "licence_application": _empty(NamedDocument),
            "parties": [_empty(Party, role=role) for role in ("exporter", "ultimate-consignee", "end-user")],
            "import_entry": _empty(ImportEntry),
            "examinations": [_statement("result", "examined", criterion) for criterion in examined],
        },
        "certifications": [_statement("status", "certified", criterion) for criterion in certified],
        "dates": _empty(ReportDates),
        "challenge": _empty(Challenge),
        "session": _empty(TestSession),
        "attachments": [],
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    from_json(LabReport, text.encode(), "the skeleton")
    return text


def _named(law: Law, family: str) -> list[str]:
    return [fact.removeprefix(family) for fact in law.facts if fact.startswith(family)]


def _empty(part: type[Document], **required: Any) -> dict[str, Any]:
    """Return a part of the report as its defaults leave it."""
    filled: dict[str, Any] = json.loads(part.model_validate_json(json.dumps(required)).model_dump_json(by_alias=True))
    return filled


def _unit() -> dict[str, Any]:
    links = [_empty(Link, name=name) for name in ("links to other chips", "lanes of the system bus")]
    return {**_empty(TestedUnit, unit_id="unit-1"), "state": {**_empty(UnitState), "links": links}}


def _measurement(measurand: str, unit: str) -> dict[str, Any]:
    return {
        **_empty(Measurement, unit_id="unit-1", measurand=measurand, unit=unit),
        "method": _empty(Method, name="name of the method"),
        "raw": _empty(RawSamples, unit=unit),
    }


def _statement(field: str, verb: str, criterion: str) -> dict[str, Any]:
    return {
        "criterion": criterion,
        field: None,
        f"{verb}_by": None,
        f"{verb}_on": None,
        "document": _empty(NamedDocument),
    }
