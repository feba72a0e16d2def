"""Published schemas equal the models, and refuse what the reader refuses."""

import contextlib
import copy
import json
import random
from typing import Any

import pytest
from commands import command
from conftest import REPORTS, ROOT, spread
from jsonschema import Draft202012Validator
from trusting import payload, signed

import harness
from harness.codec.documents import from_json
from harness.codec.law_files import read_law
from harness.codec.schemas import MODELS, exported, faults_against_schema, published
from harness.codec.skeleton import lab_report_skeleton
from harness.codec.spec_files import chip_ids, read_spec
from harness.errors import TrustRefused, UnreadableInput
from harness.evidence.trust_root import read_root
from harness.model.lab_report import LabReport
from harness.model.trust_root import TrustRoot


@pytest.mark.parametrize("name", MODELS)
def test_the_published_schema_is_what_the_model_exports(name: str):
    assert published(name) == exported(name)


@pytest.mark.parametrize("name", MODELS)
def test_the_published_schema_is_valid_2020_12(name: str):
    schema = json.loads(published(name))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_sample_fits_the_schema(path):
    assert faults_against_schema("lab-report", path.read_bytes(), path.name) == []


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_verdict_fits_its_schema_and_is_read_back_the_same(path):
    text = harness.verify(path).model_dump_json(by_alias=True)
    assert faults_against_schema("verdict", text.encode(), "verdict.json") == []
    assert harness.Verdict.model_validate_json(text) == harness.verify(path)


@pytest.mark.parametrize("chip", chip_ids())
def test_every_spec_fits_the_schema(chip: str):
    data = (ROOT / "specs" / f"{chip}.toml").read_bytes()
    assert faults_against_schema("chip-spec", data, f"{chip}.toml") == []
    spec, _ = read_spec(chip)
    figures = [*spec.rates, spec.total_dram_bandwidth, spec.copackaged_dram_capacity, spec.board_power]
    ids = {source.id for source in spec.sources}
    assert all(figure.source in ids for figure in figures if figure is not None)


@pytest.mark.parametrize("chip", spread(chip_ids(), 30))
def test_the_skeleton_fits_and_is_undecided_as_it_is(chip: str):
    spec, _ = read_spec(chip)
    text = lab_report_skeleton(spec, read_law())
    assert faults_against_schema("lab-report", text.encode(), "new.json") == []
    assert harness.verify(text.encode()).outcome == "undecided"


def test_a_skeleton_filled_in_from_the_sample_passes(h200: dict[str, Any]):
    """Every place that the complete sample uses is there in the skeleton."""
    spec, _ = read_spec("nvidia-h200-sxm5-141gb")
    skeleton = json.loads(lab_report_skeleton(spec, read_law()))
    missing = set(places(h200)) - set(places(skeleton))
    # Where a value comes from is stated only where it was not measured here.
    assert {place for place in missing if place[:2] != ("measurements", "source")} == set()
    assert harness.verify(json.dumps({**skeleton, **h200}).encode()).outcome == "pass"


def places(value: Any, path: tuple[str, ...] = ()):
    """Every field of a document, with lists looked through."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from places(item, path)


ODD = [None, "", 0, -1, 1.5, True, [], {}, ["x"], {"a": 1}, "NaN", "1e400", "１", "x" * 9000, "2026-02-30", "US\n",
       "0000-01-01", 10**12, "\u202e", "\x7f", "GB/S"]  # fmt: skip


def mutants(report: dict[str, Any], count: int, seed: int):
    """Change, delete or add one thing at a random place."""
    chance = random.Random(seed)
    for _ in range(count):
        mutant = copy.deepcopy(report)
        node: Any = mutant
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(node[key], dict | list) and node[key] and chance.random() < 0.8:
                node = node[key]
                continue
            deed = chance.random()
            if deed < 0.2:
                del node[key]
            elif deed < 0.3 and isinstance(node, dict):
                node["surplus"] = 1
            else:
                node[key] = chance.choice(ODD)
            break
        yield mutant


def agreement(report: dict[str, Any], count: int, seed: int) -> int:
    validator = Draft202012Validator(json.loads(published("lab-report")))
    refused = 0
    for mutant in mutants(report, count, seed):
        data = json.dumps(mutant).encode()
        try:
            from_json(LabReport, data, "mutant")
            read = True
        except UnreadableInput:
            read = False
        try:
            fits = (
                not faults_against_schema("lab-report", data, "mutant") if count < 500 else validator.is_valid(mutant)
            )
        except UnreadableInput:
            continue  # The strict reader refused it before any schema was asked.
        assert fits == read, json.dumps(mutant)
        refused += not read
    return refused


@pytest.mark.parametrize("count", [150, pytest.param(300, marks=pytest.mark.slow)])
def test_schema_and_reader_refuse_the_same_reports(h200: dict[str, Any], count: int):
    assert agreement(h200, count, seed=1) > count // 3


@pytest.mark.slow
def test_schema_and_reader_refuse_the_same_reports_many_times(h200: dict[str, Any]):
    assert agreement(h200, 6000, seed=2) > 2000


def test_schema_and_reader_refuse_the_same_trust_roots():
    """What fits the schema may still hold no trust; what is read always fits."""
    refused = 0
    for mutant in mutants(payload(), 200, seed=3):
        data = json.dumps(mutant).encode()
        try:
            fits = faults_against_schema("trust-root", data, "mutant") == []
        except UnreadableInput:
            continue
        try:
            from_json(TrustRoot, data, "mutant")
            read = True
        except UnreadableInput:
            read = False
        assert fits == read, json.dumps(mutant)
        with contextlib.suppress(TrustRefused, UnreadableInput):
            read_root(signed(data), "mutant")
        refused += not read
    assert refused > 60


def test_all_faults_of_a_report_come_at_once(h200: dict[str, Any]):
    h200["declared"]["tpp"]["value"] = 15832
    h200["lot"]["units_in_lot"] = "8"
    h200["surplus"] = True
    h200["product"]["item_kid"] = h200["product"].pop("item_kind")
    with pytest.raises(UnreadableInput) as refused:
        harness.verify(json.dumps(h200).encode())
    faults = {fault.where: fault for fault in refused.value.faults}
    assert set(faults) == {"declared.tpp.value", "lot.units_in_lot", "surplus", "product.item_kid"}
    assert faults["product.item_kid"].next == "did you mean item_kind?"
    assert faults["declared.tpp.value"].got == "15832"


def test_every_published_schema_is_printed_by_the_command():
    for name in MODELS:
        assert json.loads(command("schema", name).stdout) == json.loads(published(name))
