"""Spec files are linted: what ships passes but for what is known, and each slip is caught and called by its name."""

import doctest
import importlib
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from test_spec_mutation import cases, places, put_at

from harness.checks.specs import spec_findings
from harness.codec.spec_lint_files import cases_to_lint, read_any_spec, read_spec_limits, shipped_spec_files
from harness.metrics.slip import nearest_factor
from harness.model.catalogue import CATALOGUE
from harness.model.chip_spec import ChipSpec, OpsPerClock, SpecArea, SpecBandwidth, SpecRate, SystemBus
from harness.model.spec_catalogue import SPEC_CATALOGUE
from harness.model.spec_finding import Severity, SpecCase, SpecFile, SpecFinding

# Errors and warnings on what ships: each is true of its sources, and known.
KNOWN = {
    ("aws-inferentia2", "spec-sparse", "tf32"): "TF32 runs at the BF16 rate on this maker's chips; not a sparse rate",
    ("aws-trainium1", "spec-sparse", "tf32"): "TF32 runs at the BF16 rate on this maker's chips; not a sparse rate",
    ("aws-trainium2", "spec-sparse", "tf32"): "TF32 runs at the BF16 rate on this maker's chips; not a sparse rate",
    ("nvidia-h20-96gb", "spec-wide-rate", "fp32"): "44 TFLOPS is not reproduced by 78 SM x 256 x 1,980 MHz = 39.5",
    ("nvidia-h20-141gb", "spec-wide-rate", "fp32"): "44 TFLOPS is not reproduced by 78 SM x 256 x 1,980 MHz = 39.5",
    (
        "nvidia-l40s",
        "spec-rate-off-physics",
        "int4",
    ): "the datasheet prints INT4 as INT8; the architecture allows twice",
    # Built before matrix units, or without them: the vector rates are all there is.
    **{
        (chip, "spec-completeness", "tpp_completeness"): "no matrix units"
        for chip in (
            "amd-firepro-s9150", "amd-mi50", "amd-mi60", "amd-r9-290x", "amd-r9-fury-x", "amd-r9-nano",
            "amd-radeon-pro-w6800", "amd-radeon-vii", "amd-rx-480", "amd-rx-5700-xt", "amd-rx-580", "amd-rx-6600",
            "amd-rx-6700-xt", "amd-rx-6800", "amd-rx-6800-xt", "amd-rx-6900-xt", "amd-rx-6950-xt", "amd-rx-vega-64",
            "nvidia-gtx-1060-6gb", "nvidia-gtx-1070", "nvidia-gtx-1080", "nvidia-gtx-1080-ti", "nvidia-gtx-1650",
            "nvidia-gtx-1660-super", "nvidia-gtx-1660-ti", "nvidia-gtx-970", "nvidia-gtx-980", "nvidia-gtx-980-ti",
            "nvidia-gtx-titan", "nvidia-gtx-titan-x", "nvidia-k20c", "nvidia-k20x", "nvidia-k40", "nvidia-k80",
            "nvidia-m40", "nvidia-p100-pcie-12gb", "nvidia-p100-pcie-16gb", "nvidia-p100-sxm2", "nvidia-p4",
            "nvidia-p40", "nvidia-titan-xp",
        )
    },
}  # fmt: skip
# Notes on ratios that are unusual and so printed by the makers.
KNOWN_RATIOS = {
    ("amd-mi455x", "int8"): "announced; INT8 given at the FP16 rate",
    ("aws-inferentia2", "fp8_e4m3"): "FP8 at the BF16 rate",
    ("aws-trainium1", "fp8_e4m3"): "FP8 at the BF16 rate",
    ("cambricon-mlu370-x4", "int8"): "256 and 96: the maker's own ratio of 8 to 3",
    ("cambricon-mlu370-x8", "int8"): "256 and 96: the maker's own ratio of 8 to 3",
    ("google-tpu-v5p", "fp8_e4m3"): "FP8 at the BF16 rate",
    ("google-tpu-v6e", "fp8_e4m3"): "FP8 at the BF16 rate",
    ("huawei-ascend-950pr", "fp4"): "shipped figures below the announced round ones, each by another share",
    ("huawei-ascend-950pr", "fp16"): "shipped figures below the announced round ones, each by another share",
    ("nvidia-b300-sxm", "int8"): "INT8 was cut on Blackwell Ultra",
    ("nvidia-gb300-gpu", "int8"): "INT8 was cut on Blackwell Ultra",
    ("nvidia-rtx-5090", "bf16"): "accumulates in FP32 at half rate on GeForce",
    ("nvidia-rtx-5090", "tf32"): "accumulates in FP32 at half rate on GeForce",
    ("nvidia-rubin-r200", "fp8_e4m3"): "announced; 16-bit rates were not raised with the narrow ones",
    ("nvidia-rubin-r200", "fp4"): "announced; 16-bit rates were not raised with the narrow ones",
    ("qualcomm-ai100-ultra", "int8"): "870 and 288: the maker's own figures",
    ("tenstorrent-n300", "fp8_e4m3"): "466 and 131: the maker's own figures",
}


def format_at(spec: ChipSpec, where: str) -> str:
    return spec.rates[int(where[6:].partition("]")[0])].format if where.startswith("rates[") else where


def test_what_ships_has_no_error_and_only_the_warnings_that_are_known():
    shipped = [(name, read_any_spec(path)) for name, path in shipped_spec_files().items()]
    found = {
        (case.spec.id, finding.code, format_at(case.spec, finding.where)): finding
        for case in cases_to_lint([file for _, file in shipped], ())
        for finding in spec_findings(case)
    }
    graver = {key for key, one in found.items() if SPEC_CATALOGUE[one.code].severity is not Severity.NOTE}
    assert graver == set(KNOWN)
    assert {(key[0], key[2]) for key in found if key[1] == "spec-rate-ratio"} == set(KNOWN_RATIOS)
    others = {key[1] for key in found} - {code for _, code, _ in KNOWN} - {"spec-rate-ratio"}
    assert others == {"spec-source-unread", "spec-source-unused", "spec-source-compilation", "spec-dies-unstated",
                      "spec-format-missing"}  # fmt: skip


def shipped(chip: str) -> SpecCase[ChipSpec]:
    return next(case for case in cases() if case.spec.id == chip)


def findings(spec: ChipSpec, *siblings: ChipSpec) -> list[SpecFinding]:
    """What is found about a spec, beside these siblings alone where there are any, else beside all that ship."""
    case = replace(shipped("nvidia-h200-sxm5-141gb"), name=spec.id, spec=spec)
    return spec_findings(replace(case, chips=(spec, *siblings)) if siblings else case)


def made(chip: str, name: str, **changes: Any) -> ChipSpec:
    """A spec made from one that ships: another id, no name but that, and no bus that would speak of the bandwidth."""
    spec = shipped(chip).spec
    return spec.model_copy(
        update={"id": name, "name": name, "aliases": (), "memory": None, "generation": "of the table", **changes}
    )


def bandwidth(value: str) -> SpecBandwidth:
    return SpecBandwidth(value=Decimal(value), unit="MB/s", source="primary", grade="datasheet")


# A public limit table of a device diagnostic (NVIDIA DCGM, nvvs/diag-skus.yaml.in), read 2026-11-23: minimum memory
# bandwidth by device id, without units; in MB/s. The slip, then the values of its siblings in the same table.
TABLE = {
    "H200 (2335)": ("2333", "nvidia-h200-sxm5-141gb", ["2212500", "2340000", "1905000", "2043000"], "1000"),
    "GA100 (20b0)": ("137500", "nvidia-a100-sxm4-40gb", ["1372350", "1174950", "1121250", "1173000"], "10"),
    "PG502-20x (2336)": ("127500", "nvidia-h100-sxm5-80gb", ["1462500", "1905000", "1920000"], "10"),
    "H100 64GB (2337)": ("122250", "nvidia-h100-sxm5-80gb", ["2020000", "1462500", "1920000"], "10"),
    "L40 (26b5)": ("49050", "nvidia-l40", ["551800", "525000", "491250"], "10"),
}


@pytest.mark.parametrize("device", TABLE)
def test_the_slips_of_a_vendors_table_are_caught_and_named(device: str):
    value, chip, others, factor = TABLE[device]
    siblings = [made(chip, f"sibling-{n}", total_dram_bandwidth=bandwidth(one)) for n, one in enumerate(others)]
    slipped = made(chip, "slipped", total_dram_bandwidth=bandwidth(value))
    (found,) = [one for one in findings(slipped, *siblings) if one.code == "spec-sibling-slip"]
    assert SPEC_CATALOGUE[found.code].severity is Severity.ERROR
    assert found.where == "total_dram_bandwidth.value"
    assert found.slip is not None
    assert (found.slip.factor, found.slip.above) == (Decimal(factor), False)
    for honest in siblings:
        rest = [slipped, *(one for one in siblings if one is not honest)]
        assert not [one for one in findings(honest, *rest) if one.where == "total_dram_bandwidth.value"]


def test_a_stress_target_a_hundred_times_its_siblings_is_caught_and_named():
    """B100 (29bc) against the other Blackwell parts of the table, whose own targets differ by four."""

    def target(name: str, value: str) -> ChipSpec:
        rate = SpecRate(
            format="fp32", units="vector", value=Decimal(value), unit="GFLOP/s", source="primary", grade="datasheet"
        )
        return made("nvidia-b200-sxm", name, rates=(rate,), architecture=None)

    others = [
        target(f"sibling-{n}", one) for n, one in enumerate(["12300", "12693", "15225", "33843", "36949", "48750"])
    ]
    (found,) = [one for one in findings(target("slipped", "3416250"), *others) if one.code == "spec-sibling-slip"]
    assert found.slip is not None
    assert (found.slip.factor, found.slip.above) == (100, True)


def test_the_same_slip_against_the_bus_is_named_too():
    """2,333 MB/s beside a bus of 6,144 bit at 3,201 MHz: no sibling is needed."""
    spec = shipped("nvidia-h200-sxm5-141gb").spec
    value = spec.total_dram_bandwidth.model_copy(update={"unit": "MB/s"})
    found = next(one for one in findings(spec.model_copy(update={"total_dram_bandwidth": value}))
                 if one.code == "spec-bandwidth-not-bus")  # fmt: skip
    assert found.slip.factor == 1000
    assert "TB/s" in found.slip.cause or "MB/s" in found.slip.cause
    assert found.need == "about 4917 = 6144 bit x 3201 MHz x 2 / 8"


def test_a_chip_that_states_no_bus_and_no_units_is_held_against_siblings_that_do():
    """Siblings speak through their own bus and architecture, though they need no siblings themselves."""
    spec = shipped("nvidia-h200-sxm5-141gb").spec
    bare = spec.model_copy(update={"memory": None, "architecture": None})
    assert not [one for one in findings(bare) if "sibling" in one.code]
    wrong = {
        **part("total_dram_bandwidth", value=Decimal(4800000))(bare),
        **rates(lambda one: {"value": Decimal(9894)})(bare),
    }
    found = {one.where: one.slip for one in findings(bare.model_copy(update=wrong)) if one.code == "spec-sibling-slip"}
    assert found["total_dram_bandwidth.value"].factor == 1000
    assert found["rates[2].value"].factor == 10


Change = Callable[[ChipSpec], dict[str, Any]]


def rates(change: Callable[[SpecRate], dict[str, Any]], which: str = "fp16") -> Change:
    return lambda spec: {
        "rates": tuple(one.model_copy(update=change(one)) if one.format == which else one for one in spec.rates)
    }


def part(name: str, **changes: Any) -> Change:
    return lambda spec: {name: getattr(spec, name).model_copy(update=changes)}


AREA = SpecArea(value=Decimal(814), unit="mm2", source="primary", grade="datasheet")
BUS = SystemBus(
    name="PCIe 5.0", lanes=16, rate_per_lane=Decimal(64), unit="Gbit/s", source="primary", grade="datasheet"
)
H200, MI250X, H20 = "nvidia-h200-sxm5-141gb", "amd-mi250x", "nvidia-h20-96gb"
FAULTS: dict[str, tuple[str, Change]] = {
    "spec-area-contradicts": (H200, lambda spec: {"has_non_planar_logic_die": False}),
    "spec-area-impossible": (H200, part("applicable_die_area", value=Decimal("0.814"))),
    "spec-bandwidth-not-bus": (H200, part("total_dram_bandwidth", value=Decimal("5154"))),
    "spec-bandwidth-not-capacity": ("intel-gaudi2", part("total_dram_bandwidth", value=Decimal(24600))),
    "spec-both-areas": (MI250X, lambda spec: {"applicable_die_area": AREA}),
    "spec-bus-lanes": (H200, part("system_bus", lanes=160)),
    "spec-bus-rate": (H200, lambda spec: {"system_bus": BUS}),
    "spec-capacity-not-of-stacks": (H200, part("copackaged_dram_capacity", value=Decimal(131))),
    "spec-capacity-place": (H200, part("copackaged_dram_capacity", value=Decimal(0))),
    "spec-clock-order": (H200, part("architecture", maximum_clock_mhz=Decimal("1.98"))),
    "spec-completeness": (H200, lambda spec: {"tpp_completeness": "none"}),
    "spec-die-above-reticle": (
        MI250X,
        lambda spec: {"dies": tuple(one.model_copy(update={"area_mm2": Decimal(1448)}) for one in spec.dies)},
    ),
    "spec-dies-unstated": (H200, part("applicable_die_area", value=Decimal(1628))),
    "spec-format-missing": (
        H200,
        lambda spec: {"rates": tuple(one for one in spec.rates if one.format not in ("fp16", "bf16"))},
    ),
    "spec-links-without-bus": (H200, lambda spec: {"system_bus": None}),
    "spec-pin-rate": (H200, part("memory", transfers_per_clock=4)),
    "spec-rate-above-physics": (H200, rates(lambda one: {"value": one.value * 2})),
    "spec-rate-off-physics": (H200, rates(lambda one: {"value": Decimal(950)})),
    "spec-rate-ratio": (H20, rates(lambda one: {"value": Decimal(100)})),
    "spec-rate-slip": (H200, rates(lambda one: {"value": Decimal("0.9894")})),
    "spec-rate-twice": (H200, lambda spec: {"rates": (*spec.rates, spec.rates[0])}),
    "spec-rate-unit": (H200, rates(lambda one: {"unit": "TOP/s"})),
    "spec-sibling-outlier": (H200, rates(lambda one: {"value": Decimal("130")}, "fp32")),
    "spec-sibling-slip": (H200, part("board_power", value=Decimal(7000))),
    "spec-source-compilation": (
        H200,
        lambda spec: {"sources": (spec.sources[0].model_copy(update={"reference": "https://epoch.ai/data"}),)},
    ),
    "spec-source-duplicate": (H200, lambda spec: {"sources": (*spec.sources, spec.sources[0])}),
    "spec-source-missing": (H200, lambda spec: {"sources": spec.sources[1:]}),
    "spec-source-unread": (H200, lambda spec: {}),
    "spec-source-unused": (H200, lambda spec: {}),
    "spec-sparse": (H20, rates(lambda one: {"value": one.value * 2}, "int8")),
    "spec-value-out-of-range": (H200, part("link_bandwidth_bidirectional", unit="MB/s")),
    "spec-value-zero": (H200, rates(lambda one: {"value": Decimal(0)})),
    "spec-wide-rate": (H200, rates(lambda one: {"value": Decimal("44")}, "fp32")),
}  # fmt: skip
# Between files, or in other kinds of file: tested apart, below.
BETWEEN_FILES = {
    "spec-alias-shared",
    "spec-id-not-file-name",
    "spec-chip-unknown",
    "spec-chip-twice",
    "spec-memory-density",
}


@pytest.mark.parametrize("code", FAULTS)
def test_each_fault_is_found_where_it_is(code: str):
    chip, change = FAULTS[code]
    spec = shipped(chip).spec
    found = {one.code: one for one in findings(spec.model_copy(update=change(spec)))}
    assert code in found
    assert found[code].where
    assert found[code].got
    assert found[code].need


def test_every_code_has_a_fault_that_shows_it_a_line_in_the_page_and_one_catalogue():
    assert set(FAULTS) | BETWEEN_FILES == set(SPEC_CATALOGUE)
    assert not set(SPEC_CATALOGUE) & set(CATALOGUE)
    text = "".join(path.read_text() for path in (ROOT / "harness" / "checks" / "specs").glob("*.py"))
    assert set(re.findall(r'"(spec-[a-z-]+)"', text)) == set(SPEC_CATALOGUE)
    page = (ROOT / "docs" / "spec-lint.md").read_text(encoding="utf-8")
    lines = {f"| `{name}` | {one.severity} | {one.meaning} | {one.remedy} |" for name, one in SPEC_CATALOGUE.items()}
    assert {line for line in page.splitlines() if line.startswith("| `spec-")} == lines


def test_a_capped_chip_is_only_bounded_from_above():
    spec = shipped(H20).spec
    operations = (OpsPerClock(format="fp16", operations=4096),)
    architecture = spec.architecture.model_copy(update={"ops_per_clock": operations})
    capped = spec.model_copy(update={"architecture": architecture})
    assert not [one for one in findings(capped) if "physics" in one.code]
    above = capped.model_copy(update=rates(lambda one: {"value": Decimal(700)})(capped))
    (found,) = [one for one in findings(above) if "physics" in one.code]
    assert (found.code, found.need) == ("spec-rate-above-physics", "at most 632.6 = 78 units x 4096 x 1980 MHz")


def test_names_lead_to_one_spec_in_any_case_and_files_are_named_by_their_id():
    ours = shipped(H200)
    twin = ours.spec.model_copy(update={"id": "twin", "name": "Twin", "aliases": ("nvidia h200",)})
    limits = read_spec_limits()
    files = (SpecFile(name=H200, spec=ours.spec), SpecFile(name="other", spec=twin))
    case = SpecCase(name="other", spec=twin, chips=(ours.spec, twin), same_kind=files, limits=limits)
    found = {one.code: one for one in spec_findings(case)}
    assert found["spec-alias-shared"].got == f"'nvidia h200', as {H200}"
    assert found["spec-id-not-file-name"].got == "twin"


@pytest.mark.parametrize("value", ["0", "0.000000000000000001", "99999999999999999999.999999999999999999"])
@pytest.mark.parametrize("chip", [H200, H20, MI250X, "nvidia-b300-sxm", "google-tpu-v7"])
def test_no_value_stops_the_lint(chip: str, value: str):
    spec = shipped(chip).spec
    for place in places(spec):
        odd = put_at(spec, place, lambda _: Decimal(value))
        assert {one.code for one in findings(odd)} <= set(SPEC_CATALOGUE)
    for name, field in (("architecture", "nominal_clock_mhz"), ("memory", "reported_clock_mhz")):
        if getattr(spec, name) is not None:
            assert findings(spec.model_copy(update=part(name, **{field: Decimal(value)})(spec))) is not None


FACTORS = [Fraction(one) for one in ("2", "8", "10", "100", "1000", "1.073741824")]


@given(st.sampled_from(FACTORS), st.fractions(Fraction(98, 100), Fraction(102, 100)), st.booleans())
def test_an_honest_figure_that_slips_is_called_by_its_factor_and_no_other(factor: Fraction, honest: Fraction, up: bool):
    tolerance = Fraction("1.03")
    assert nearest_factor(honest, FACTORS, tolerance) is None
    assert nearest_factor(honest * factor if up else honest / factor, FACTORS, tolerance) == factor


@given(st.fractions(Fraction(1, 10**6), 10**6).filter(bool))
def test_a_ratio_and_its_inverse_have_the_same_name(ratio: Fraction):
    assert nearest_factor(ratio, FACTORS, Fraction("1.3")) == nearest_factor(1 / ratio, FACTORS, Fraction("1.3"))


def test_examples_in_docstrings_are_true():
    result = doctest.testmod(importlib.import_module("harness.checks.specs.figures"))
    assert (result.failed, result.attempted > 0) == (0, True)
