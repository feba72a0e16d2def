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

    The criteria to examine and the certifications to supply are the ones that the law files name; those that only a
    dossier answers are left to that.
    """
    further = {one.fact for text in law.instruments.values() for one in text.criteria if one.needs == "dossier"}
    examined = [name for name in named(law, "examined:") if f"examined:{name}" not in further]
    certified = named(law, "certified:")
    report: dict[str, Any] = {
        "schema": "lab-report/0",
        "report_id": "NEW-REPORT",
        "notes": [
            "Skeleton: complete what is null, and repeat or leave out parts of lists as the case has them.",
            "What stays null is unknown, and unknown never passes; harness verify names what is missing.",
        ],
        "laboratory": {**empty(Laboratory), "accreditations": [empty(Accreditation)]},
        "product": {
            **empty(Product),
            "chip": spec.id,
            "manufacturer": spec.manufacturer,
            "name": spec.name,
            "designed_or_marketed_for_data_centers": spec.designed_or_marketed_for_data_centers,
            "has_non_planar_logic_die": spec.has_non_planar_logic_die,
        },
        "declared": {
            **empty(Declared),
            "tpp": empty(DeclaredTpp),
            "total_dram_bandwidth": empty(DeclaredBandwidth),
            "interconnect_bandwidth": empty(DeclaredBandwidth),
            "copackaged_dram_capacity": empty(DeclaredCapacity),
            "peak_power_at_max_tpp": empty(DeclaredPower),
            "application": empty(NamedDocument),
        },
        "lot": {**empty(Lot), "units": [_unit()]},
        "configuration": empty(Configuration),
        "environment": empty(Environment),
        "measurements": [
            _measurement("compute_rate", "TFLOP/s"),
            _measurement("total_dram_bandwidth", "GB/s"),
            _measurement("interconnect_bandwidth", "GB/s"),
            _measurement("copackaged_dram_capacity", "MiB"),
        ],
        "custody": [{**empty(CustodyEvent), "evidence": empty(NamedDocument)} for _ in ("to", "from")],
        "transaction": {
            **empty(Transaction),
            "licence_application": empty(NamedDocument),
            "parties": [empty(Party, role=role) for role in ("exporter", "ultimate-consignee", "end-user")],
            "import_entry": empty(ImportEntry),
            "examinations": [statement("result", "examined", criterion) for criterion in examined],
        },
        "certifications": [statement("status", "certified", criterion) for criterion in certified],
        "dates": empty(ReportDates),
        "challenge": empty(Challenge),
        "session": empty(TestSession),
        "attachments": [],
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    from_json(LabReport, text.encode(), "the skeleton")
    return text


def named(law: Law, family: str) -> list[str]:
    """Return the names that the law reads in a family of facts, such as "examined:"."""
    return [fact.removeprefix(family) for fact in law.facts if fact.startswith(family)]


def empty(part: type[Document], **required: Any) -> dict[str, Any]:
    """Return a part of a document as its defaults leave it."""
    filled: dict[str, Any] = json.loads(part.model_validate_json(json.dumps(required)).model_dump_json(by_alias=True))
    return filled


def _unit() -> dict[str, Any]:
    links = [empty(Link, name=name) for name in ("links to other chips", "lanes of the system bus")]
    return {**empty(TestedUnit, unit_id="unit-1"), "state": {**empty(UnitState), "links": links}}


def _measurement(measurand: str, unit: str) -> dict[str, Any]:
    return {
        **empty(Measurement, unit_id="unit-1", measurand=measurand, unit=unit),
        "method": empty(Method, name="name of the method"),
        "raw": empty(RawSamples, unit=unit),
    }


def statement(field: str, verb: str, criterion: str) -> dict[str, Any]:
    """Return an examination or a certification of which nothing is known yet but its criterion."""
    return {
        "criterion": criterion,
        field: None,
        f"{verb}_by": None,
        f"{verb}_on": None,
        "document": empty(NamedDocument),
    }
