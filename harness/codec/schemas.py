"""The published JSON Schemas (2020-12): exported from the models, stored in the package, checked with jsonschema."""

import json
from typing import Any

from harness.codec import packaged
from harness.codec.documents import from_toml, path
from harness.codec.strict_json import read_payload
from harness.errors import Fault
from harness.model.chip_spec import ChipSpec
from harness.model.document import Document
from harness.model.lab_report import LabReport
from harness.model.verdict import Verdict

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: dict[str, type[Document]] = {"lab-report": LabReport, "chip-spec": ChipSpec, "verdict": Verdict}


def exported(name: str) -> str:
    """Return the schema of a document as its model gives it, as text."""
    model = MODELS[name]
    mode = "serialization" if name == "verdict" else "validation"
    schema = model.model_json_schema(mode=mode, by_alias=True)  # type: ignore[arg-type]
    title = str(schema["properties"]["schema"]["const"])
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
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(published(name)))
    document = _as_json(name, data, source)
    errors = sorted(validator.iter_errors(document), key=lambda error: [str(step) for step in error.absolute_path])
    return [
        Fault(where=path(list(error.absolute_path)), got=ascii(error.instance)[:80], need=error.message[:300])
        for error in errors
    ]


def _as_json(name: str, data: bytes, source: str) -> Any:
    if source.endswith(".toml"):
        # Bare TOML numbers are figures: they are written as strings the way the model writes them.
        return json.loads(from_toml(MODELS[name], data, source).model_dump_json(by_alias=True))
    return read_payload(data, source)
