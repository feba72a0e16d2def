"""The published JSON Schemas (2020-12): exported from the models, stored in the package, checked with jsonschema."""

import json
from functools import cache
from typing import Any

from harness.codec import packaged
from harness.codec.documents import from_toml, path
from harness.codec.strict_json import read_generic, read_payload
from harness.errors import Fault
from harness.model.archive import Archive
from harness.model.attestation import AttestationRecord
from harness.model.certificate import Certificate
from harness.model.challenge import IssuedChallenge
from harness.model.chip_spec import ChipSpec
from harness.model.csl_snapshot import CslImport, CslSnapshot
from harness.model.custody import ChainEvent, CustodyLog
from harness.model.custody_check import CustodyCheck
from harness.model.document import Document
from harness.model.dossier import Dossier
from harness.model.explanation import Explanation
from harness.model.impact import Impact
from harness.model.lab_report import LabReport
from harness.model.ledger_cap import LedgerCap
from harness.model.ledger_event import LedgerEvent
from harness.model.lot_acceptance import LotAcceptance
from harness.model.lot_draw import LotDraw
from harness.model.lot_manifest import LotManifest
from harness.model.lot_plan import LotPlan
from harness.model.memory_spec import MemorySpec
from harness.model.nac_notice import NacCheck, NacNotice
from harness.model.plausible_table import Plausible
from harness.model.redaction import RedactionKey
from harness.model.replay import Replay
from harness.model.screen_decisions import ScreenDecisions
from harness.model.screening import Screening
from harness.model.seen import SeenState
from harness.model.signed_report import Statement
from harness.model.system_spec import SystemSpec
from harness.model.timeline import Timeline
from harness.model.trust_check import TrustCheck
from harness.model.trust_root import TrustRoot
from harness.model.verdict import Refusal, Verdict

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: dict[str, type[Document]] = {
    "lab-report": LabReport,
    "dossier": Dossier,
    "chip-spec": ChipSpec,
    "system-spec": SystemSpec,
    "memory-spec": MemorySpec,
    "verdict": Verdict,
    "refusal": Refusal,
    "timeline": Timeline,
    "explanation": Explanation,
    "impact": Impact,
    "replay": Replay,
    "archive": Archive,
    "plausible": Plausible,
    "custody-event": ChainEvent,
    "custody-log": CustodyLog,
    "custody-check": CustodyCheck,
    "challenge": IssuedChallenge,
    "seen-state": SeenState,
    "signed-report": Statement,
    "trust-root": TrustRoot,
    "trust-check": TrustCheck,
    "attestation": AttestationRecord,
    "lot-plan": LotPlan,
    "lot-manifest": LotManifest,
    "lot-draw": LotDraw,
    "lot-acceptance": LotAcceptance,
    "certificate": Certificate,
    "ledger-event": LedgerEvent,
    "ledger-cap": LedgerCap,
    "nac-notice": NacNotice,
    "nac-check": NacCheck,
    "redaction-key": RedactionKey,
    "csl-snapshot": CslSnapshot,
    "csl-import": CslImport,
    "screening": Screening,
    "screen-decisions": ScreenDecisions,
}
# What the harness writes, and nobody hands in.
_OUTPUTS = frozenset(
    {
        "verdict",
        "refusal",
        "timeline",
        "explanation",
        "impact",
        "replay",
        "archive",
        "plausible",
        "custody-check",
        "seen-state",
        "trust-check",
        "attestation",
        "lot-plan",
        "lot-acceptance",
        "certificate",
        "ledger-cap",
        "nac-check",
        "csl-snapshot",
        "csl-import",
        "screening",
    }
)


def exported(name: str) -> str:
    """Return the schema of a document as its model gives it, as text."""
    model = MODELS[name]
    mode = "serialization" if name in _OUTPUTS else "validation"
    schema = model.model_json_schema(mode=mode, by_alias=True)  # type: ignore[arg-type]
    # A statement is of a standard format; what is ours about it is its predicate.
    named = schema["properties"].get("schema") or schema["properties"]["predicateType"]
    title = str(named["const"]).removeprefix("urn:harness:")
    return (
        json.dumps({"$schema": DIALECT, "$id": f"urn:harness:{title}", **schema}, indent=2, ensure_ascii=False) + "\n"
    )


def published(name: str) -> str:
    """Return the schema of a document as it stands in the package."""
    return (packaged.SCHEMAS / f"{name}.json").read_text(encoding="utf-8")


def faults_against_schema(name: str, data: bytes, source: str) -> list[Fault]:
    """Return what the published schema finds wrong, by the reference validator; nothing where it fits.

    Raises:
        UnreadableInput: The bytes are not strict JSON (or TOML, for a chip spec file).
    """
    document = _as_json(name, data, source)
    if name == "verdict" and isinstance(document, list):
        # Several reports print a list, in which a refusal stands for what could not be read.
        kinds = ["refusal" if isinstance(one, dict) and one.get("schema") == "refusal/1" else name for one in document]
        return [
            fault
            for n, (kind, one) in enumerate(zip(kinds, document, strict=True))
            for fault in _faults(kind, one, (n,))
        ]
    return _faults(name, document, ())


def _faults(name: str, document: Any, at: tuple[int, ...]) -> list[Fault]:
    errors = sorted(
        _validator(name).iter_errors(document), key=lambda error: [str(step) for step in error.absolute_path]
    )
    return [_fault(leaf, at) for error in errors for leaf in _leaves(error)]


@cache
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(published(name)))


def _reach(errors: list[Any]) -> tuple[int, bool]:
    """How far a branch came before it failed; "null" and other kinds of value come nowhere."""
    return max((len(error.absolute_path), error.validator != "type") for error in errors)


def _leaves(error: Any) -> list[Any]:
    """Of the branches of a choice, follow the one that came furthest, and return all that is wrong there."""
    if not error.context:
        return [error]
    branches: dict[Any, list[Any]] = {}
    for one in error.context:
        branches.setdefault(one.schema_path[0], []).append(one)
    best = max(
        branches.values(), key=lambda found: max((len(one.absolute_path), one.validator != "type") for one in found)
    )
    return [leaf for one in best for leaf in _leaves(one)]


def _fault(error: Any, at: tuple[int, ...]) -> Fault:
    where = path([*at, *error.absolute_path])
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return Fault(where=path([*at, *error.absolute_path, missing]), got="nothing", need="this field")
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = ", ".join(name for name in error.instance if name not in known)
        return Fault(where=where, got=f"the fields {extra}", need="only fields of the format")
    need = {
        "enum": f"one of {', '.join(map(str, error.schema.get('enum', ())))}",
        "const": str(error.schema.get("const")),
        "type": str(error.schema.get("type")),
        "pattern": error.schema.get("description", error.message),
    }.get(error.validator, error.message)
    return Fault(where=where, got=ascii(error.instance)[:80], need=need[:300])


def _as_json(name: str, data: bytes, source: str) -> Any:
    if source.endswith(".toml"):
        # Bare TOML numbers are figures: they are written as strings the way the model writes them.
        return json.loads(from_toml(MODELS[name], data, source).model_dump_json(by_alias=True))
    # What we print holds keys and texts that our own documents may not.
    return read_generic(data, source) if name in _OUTPUTS else read_payload(data, source)
