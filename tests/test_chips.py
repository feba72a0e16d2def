"""Spec files and what is read from them: every chip, its figures against the published ones, the table, selections."""

import csv
import io
import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from commands import command
from conftest import ROOT

from harness.codec.chip_names import named_chip
from harness.codec.documents import from_toml
from harness.codec.spec_files import chip_ids, find, near_names, read_spec, spec_files
from harness.codec.subjects import read_subject, subjects
from harness.decide.chip_table import COLUMNS, chip_row, selection, shown
from harness.decide.declared import declared_chip
from harness.errors import UnreadableInput, WrongUsage
from harness.metrics.claims import claimed_interconnect_gb_s, claimed_rates
from harness.metrics.die_area import applicable_die_area
from harness.metrics.tpp import highest_tpp, tpp_by_reading
from harness.model.chip_spec import ChipSpec, Die
from harness.model.quantity import ABSENT, UNKNOWN, Interval, exactly, in_base_unit


def spec(chip: str) -> ChipSpec:
    found = read_spec(chip)
    assert found is not None
    return found[0]


# --- The files ------------------------------------------------------------------------------------------------------


def test_there_are_more_than_a_hundred_chips_and_the_named_ones_are_complete():
    assert len(chip_ids()) >= 100
    for chip in ("H20", "H200", "H200 NVL", "B100", "B200", "B300", "GB200", "GB300", "RTX 5090", "RTX 5080"):
        assert spec(chip).tpp_completeness == "complete"


@pytest.mark.parametrize("chip", chip_ids())
def test_every_figure_of_a_spec_names_a_source_that_is_listed(chip: str):
    one = spec(chip)
    listed = {source.id for source in one.sources}
    figures = [*one.rates, *one.dies, one.applicable_die_area, one.total_dram_bandwidth, one.board_power,
               one.copackaged_dram_capacity, one.board_dram_capacity, one.link_bandwidth_bidirectional,
               one.system_bus, one.architecture, one.memory]  # fmt: skip
    for figure in figures:
        if figure is not None:
            assert figure.source in listed
    assert not (one.dies and one.applicable_die_area)


def test_no_name_means_two_chips():
    owners: dict[str, set[str]] = {}
    for chip in chip_ids():
        for name in (chip, spec(chip).name, *spec(chip).aliases):
            owners.setdefault(name.casefold(), set()).add(chip)
    assert {name: chips for name, chips in owners.items() if len(chips) > 1} == {}


def test_every_system_and_every_stack_reads():
    assert {one.kind for one in subjects("system")} == {"system"}
    assert {one.kind for one in subjects("memory")} == {"memory-stack"}
    assert len(spec_files("system")) >= 10


@pytest.fixture(scope="session")
def published(shared: Path) -> list[dict[str, str]]:
    with (shared / "data" / "chips.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_published_chip_with_figures_has_a_spec(published: list[dict[str, str]]):
    """MLU590 has no figure in any source."""
    assert {row["id"] for row in published} - set(chip_ids()) == {"cambricon-mlu590"}


FIGURES = {
    "memory_bandwidth_gb_s": "total_dram_bandwidth",
    "interconnect_bandwidth_gb_s_bidirectional": "link_bandwidth_bidirectional",
    "tdp_w": "board_power",
}
RATES = {
    "tops_int8_dense": "int8",
    "tops_int4_dense": "int4",
    "tflops_fp8_dense": "fp8_e4m3",
    "tflops_fp6_dense": "fp6",
    "tflops_fp4_dense": "fp4",
    "tflops_fp16_dense": "fp16",
    "tflops_bf16_dense": "bf16",
}


def test_figures_are_those_of_the_compilation(published: list[dict[str, str]]):
    compared = 0
    for row in published:
        if row["id"] == "cambricon-mlu590":
            continue
        one = spec(row["id"])
        assert one.tpp_completeness == row["tpp_completeness"]
        rates = {rate.format: rate.value for rate in one.rates}
        for column, number_format in RATES.items():
            assert (Decimal(row[column]) if row[column] else None) == rates.get(number_format), (row["id"], column)
            compared += bool(row[column])
        for column, field in FIGURES.items():
            figure = getattr(one, field)
            if row[column]:
                assert figure is not None
                assert figure.value == Decimal(row[column]), (row["id"], column)
                compared += 1
        for column in row["unverified_fields"].split(";"):
            if column in FIGURES:
                assert getattr(one, FIGURES[column]).grade == "estimate"
    assert compared > 600


def test_tpp_and_density_are_those_of_the_published_table(shared: Path):
    """Section 3 of the chip reference: TF32 as 19 bits, FP6 counted, card totals; ~ marks an estimated area."""
    text = (shared / "reference" / "chips.md").read_text(encoding="utf-8")
    section = text[text.index("## 3.") : text.index("## 4.")]
    compared = 0
    for line in re.findall(r"^\| ([a-z0-9-]+) \| ([^|]*) \| [^|]* \| ([^|]*) \| ([^|]*) \|", section, re.MULTILINE):
        chip, tpp, tf32, density = (part.strip() for part in line)
        if chip not in chip_ids() or tpp == "not computable":
            continue
        one = spec(chip)
        rates = claimed_rates(one)
        highest = highest_tpp(rates)
        assert highest is not None
        assert round(highest) == int(tpp.removeprefix(">= ").replace(",", "")), chip
        if tf32:
            assert round(max(tpp_by_reading(rates).values())) == int(tf32.replace(",", ""))
        exact = density.removeprefix(">= ").split(" / ")[0]
        row = chip_row(one).figures["performance_density"]
        graded = one.applicable_die_area is None or one.applicable_die_area.grade != "estimate"
        if exact and "~" not in exact and one.integrated_circuits == 1 and graded:
            digits = len(exact.partition(".")[2])
            assert any(round(float(span.lo), digits) == float(exact) for span in row), chip
        compared += 1
    assert compared > 110


def test_every_name_of_the_published_measurements_is_a_chip(shared: Path):
    with (shared / "data" / "measured_train.csv").open(encoding="utf-8", newline="") as file:
        names = {row["chip"] for row in csv.DictReader(file)}
    assert len(names) > 40
    assert [name for name in sorted(names) if named_chip(name) is None] == []


# --- What the law reads of a spec -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dies", "area"),
    [
        ([("GCD", 1, "304.35", True, True), ("MCD", 6, "37.52", True, True)], exactly(Decimal("529.47"))),
        ([("compute", 2, "110", True, True), ("base", 1, None, True, True)], Interval(lo=Fraction(220), hi=None)),
        ([("compute", 1, "100", True, True), ("io", 1, "50", True, None)],
         Interval(lo=Fraction(100), hi=Fraction(150))),
        ([("compute", 1, "100", True, True), ("io", 1, "50", True, False)], exactly(100)),
        ([("compute", 1, "100", True, True), ("stack", 8, "110", False, True)], exactly(100)),
        ([("old", 1, "561", True, False)], ABSENT),
        ([("unsaid", 1, None, True, None)], UNKNOWN),
    ],
)  # fmt: skip
def test_non_planar_logic_dies_count(dies: list[tuple[str, int, str | None, bool, bool | None]], area: object):
    """304.35 + 6 x 37.52 = 529.47. Memory, planar dies and interposers do not count; what is unknown stays open."""
    parts = [
        Die(name=name, count=count, area_mm2=None if mm2 is None else Decimal(mm2), logic=logic, non_planar=non_planar,
            source="s", grade="secondary")
        for name, count, mm2, logic, non_planar in dies
    ]  # fmt: skip
    assert applicable_die_area(parts) == area


def test_interconnect_is_links_and_bus_in_both_directions():
    """H100: 900 + 2 x 16 lanes x 32 Gbit/s / 8 = 900 + 128. A800: 400 + 2 x 16 x 16 / 8 = 400 + 64."""
    assert claimed_interconnect_gb_s(spec("H100")) == 1028
    assert claimed_interconnect_gb_s(spec("A800")) == 464
    assert declared_chip(spec("RTX 4090")).readings[0].figures["interconnect_bandwidth"] == exactly(64)


def test_links_that_may_be_missing_make_a_lower_bound():
    assert spec("GH200 96GB").links_complete is False
    assert declared_chip(spec("GH200 96GB")).readings[0].figures["interconnect_bandwidth"] == Interval(
        lo=Fraction(1028), hi=None
    )


def test_what_the_text_of_2022_counts_is_a_figure_of_its_own():
    """Links within a package are left out of the interconnect, and were not left out in 2022; no spec states them."""
    chips = {chip: declared_chip(spec(chip)).readings[0].figures for chip in ("H100", "MI355X")}
    assert chips["H100"]["io_bandwidth_but_volatile_memory"] == exactly(1028)
    # 1,075 of links and 2 x 16 lanes x 32 Gbit/s / 8 of bus, ten dies in one package.
    assert chips["MI355X"]["interconnect_bandwidth"] == exactly(1203)
    assert chips["MI355X"]["io_bandwidth_but_volatile_memory"] == Interval(lo=Fraction(1203), hi=None)


def test_units_clocks_and_buses_that_ship_carry_a_grade_too():
    for chip in chip_ids():
        for part in (spec(chip).architecture, spec(chip).memory):
            assert part is None or part.grade is not None, chip


def test_an_estimate_declares_nothing():
    area = spec("B200").applicable_die_area
    assert area is not None
    assert area.grade == "estimate"
    assert declared_chip(spec("B200")).readings[0].figures["applicable_die_area_mm2"] == UNKNOWN


def test_a_figure_that_exists_nowhere_is_not_one_that_is_zero():
    """GroqChip has no DRAM at all; of the 141 GB H20 nobody states the bandwidth."""
    assert declared_chip(spec("GroqChip")).readings[0].figures["total_dram_bandwidth"] == exactly(0)
    assert declared_chip(spec("nvidia-h20-141gb")).readings[0].figures["total_dram_bandwidth"] == UNKNOWN


def test_readings_that_make_no_difference_have_no_name():
    assert list(tpp_by_reading({"fp16": Decimal(312), "tf32": Decimal(156)})) == [()]
    assert tpp_by_reading({}) == {}


@pytest.mark.parametrize(
    ("rates", "chosen", "expected"),
    [
        ({"bf16": "190", "tf32": "190"}, (), {("tf32-19",): 3610, ("tf32-32",): 6080}),
        ({"bf16": "190", "tf32": "190"}, ("tf32-32",), {(): 6080}),
        ({"fp8_e4m3": "5033.2", "fp6": "10066.3"}, (), {("fp6-counted",): "60397.8", ("fp6-left-out",): "40265.6"}),
        ({"fp8_e4m3": "5033.2", "fp6": "10066.3"}, ("fp6-left-out",), {(): "40265.6"}),
        # Both matter: 100 x 19, 100 x 32, against 500 x 6 and 10 x 8.
        ({"int8": "10", "tf32": "100", "fp6": "500"}, (), {
            ("tf32-19", "fp6-counted"): 3000, ("tf32-19", "fp6-left-out"): 1900,
            ("tf32-32", "fp6-counted"): 3200, ("tf32-32", "fp6-left-out"): 3200}),
    ],
)  # fmt: skip
def test_readings_by_name(rates: dict[str, str], chosen: tuple[str, ...], expected: dict[tuple[str, ...], str | int]):
    found = tpp_by_reading({name: Decimal(rate) for name, rate in rates.items()}, chosen)
    assert set(found.values()) == {Decimal(value) for value in expected.values()}
    for names, value in found.items():
        assert any(set(names) <= set(full) and Decimal(said) == value for full, said in expected.items())


# --- Names ----------------------------------------------------------------------------------------------------------


def test_names_are_found_in_any_case_and_paths_are_read(tmp_path: Path):
    assert find("chip", "rtx 4090") == find("chip", "GeForce RTX 4090")
    assert find("chip", "no such chip") is None
    copy = tmp_path / "mine.toml"
    copy.write_bytes((ROOT / "specs" / "amd-mi325x.toml").read_bytes())
    assert read_subject(str(copy)).id == "amd-mi325x"


@pytest.mark.parametrize(("word", "near"), [("H20O", "nvidia-h20-96gb"), ("MI-300X", "amd-mi300x"), ("trn", "aws-")])
def test_near_names(word: str, near: str):
    assert any(name.startswith(near) for name in near_names(word))


def test_a_spec_of_another_name_than_its_file_is_refused(tmp_path: Path):
    data = (ROOT / "specs" / "amd-mi325x.toml").read_bytes()
    (tmp_path / "amd-mi999.toml").write_bytes(data)
    with pytest.raises(UnreadableInput, match="amd-mi999, as the file is named"):
        read_spec("amd-mi999", tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        ('value = 1307.4', 'value = "NaN"'), ('value = 1307.4', "value = -1"), ('value = 1307.4', "value = nan"),
        ('value = 1307.4', "value = inf"), ('unit = "TFLOP/s"', 'unit = "TFLOPS"'),
        ('grade = "datasheet"', 'grade = "A"'),
        ('schema = "chip-spec/1"', 'schema = "chip-spec/9"'), ('id = "amd-mi325x"', 'id = "AMD MI325X"'),
        ('tpp_completeness = "complete"', 'tpp_completeness = "complete"\nsurprise = 1'),
    ],
)  # fmt: skip
def test_a_spec_file_that_does_not_fit_is_refused(change: tuple[str, str]):
    text = (ROOT / "specs" / "amd-mi325x.toml").read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(UnreadableInput):
        from_toml(ChipSpec, text.replace(*change).encode(), "amd-mi325x.toml")


# --- Selections and the command -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "inside", "outside", "untold"),
    [
        ("generation=Blackwell", {"nvidia-b200-sxm", "nvidia-b300-sxm"}, {"nvidia-h200-sxm5-141gb"}, set()),
        ("generation!=Hopper", {"nvidia-b200-sxm"}, {"nvidia-h200-sxm5-141gb"}, set()),
        ("tpp>=4800", {"nvidia-rtx-4090"}, {"nvidia-rtx-4090-d"}, {"nvidia-rtx-5090-d", "nvidia-b30a"}),
        ("tpp<21000", {"amd-mi325x"}, {"nvidia-b200-sxm"}, {"aws-trainium2", "nvidia-rtx-5090-d"}),
        ("tpp=1600", {"moorethreads-mtt-s4000"}, {"nvidia-h20-96gb"}, set()),
        ("total_dram_bandwidth<=4000", {"nvidia-h20-96gb"}, {"nvidia-h200-sxm5-141gb"}, {"nvidia-h20-141gb"}),
        ("performance_density>=3.2", {"nvidia-a30"}, {"nvidia-a10"}, {"amd-mi300x"}),
        ("manufacturer=amd", {"amd-mi300x"}, {"nvidia-h20-96gb"}, set()),
        ("data_center=no", {"nvidia-rtx-4090"}, {"nvidia-h20-96gb"}, {"nvidia-rtx-6000-ada"}),
    ],
)  # fmt: skip
def test_a_selection_leaves_out_what_is_not_known(
    condition: str, inside: set[str], outside: set[str], untold: set[str]
):
    """A lower bound, or two readings on both sides, tell neither yes nor no."""
    asked = selection(condition)
    told = {chip: asked.selects(chip_row(spec(chip))) for chip in inside | outside | untold}
    assert {chip for chip, said in told.items() if said is True} == inside
    assert {chip for chip, said in told.items() if said is False} == outside


@pytest.mark.parametrize(
    "condition",
    ["", "tpp", "colour=red", "tpp~4800", "tpp>=", "tpp>=much", "tpp>=-1", "tpp>=1e3", "generation>Hopper", "tpp>=٣"],
)
def test_a_condition_that_makes_no_sense_is_refused(condition: str):
    with pytest.raises(WrongUsage):
        selection(condition)


def test_spans_in_words():
    assert shown((exactly(Fraction(5, 2)),)) == "2.5"
    assert shown((Interval(lo=Fraction(1), hi=None),)) == ">= 1"
    assert shown((exactly(1), exactly(2))) == "1 or 2"
    assert shown(()) == ""


def test_chips_prints_a_table_json_and_csv():
    table = command("chips", "--where", "manufacturer=Biren")
    assert table.returncode == 0
    assert "biren-br100" in table.stdout
    assert table.stdout.rstrip().endswith("2 chips")
    listed = json.loads(command("chips", "--json").stdout)
    assert [one["id"] for one in listed] == chip_ids()
    assert set(listed[0]) == set(COLUMNS)
    rows = list(csv.reader(io.StringIO(command("chips", "--csv").stdout)))
    assert len(rows) == len(chip_ids()) + 1
    assert rows[0][9] == "tpp (TPP)"
    mi325x = next(row for row in rows if row[0] == "amd-mi325x")
    assert mi325x[9] == "20919.2"


def test_what_is_left_out_is_counted():
    done = command("chips", "--where", "tpp<21000", "--where", "manufacturer=AWS")
    assert done.returncode == 0
    assert "2 more chips are left out" in done.stderr
    nothing = command("chips", "--where", "manufacturer=nobody")
    assert (nothing.returncode, nothing.stdout) == (0, "0 chips\n")
    assert command("chips", "--where", "tpp").returncode == 2


def test_classify_prints_answers_criteria_facts_and_exit_codes():
    done = command("classify", "H200", "--as-of", "2026-01-15")
    assert done.returncode == 0
    for words in ("case-by-case", "below 21000 TPP", "+5168 TPP", "15 CFR 742.6(b)(10)(iii)(A)(1)", "25-percent",
                  "nothing was measured", "Facts that no report states", "assumed"):  # fmt: skip
        assert words in done.stdout
    assert done.stdout.rstrip().splitlines()[-1].startswith("PASS  nvidia-h200-sxm5-141gb: classification 3A090.a.1")
    assert command("classify", "B200", "--as-of", "2026-01-15").returncode == 1
    assert command("classify", "H20", "--as-of", "2026-01-15").returncode == 3
    assert command("classify", "H200", "B200", "H20", "--as-of", "2026-01-15").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no chip named"),
        (["H2000"], "did you mean"),
        (["H200", "--to", "China"], "ISO 3166-1"),
        (["H200", "--as-of", "soon"], "YYYY-MM-DD"),
        (["H200", "--reading", "tf32-64"], "need ID=OPTION such as AMB-11=b"),
        (["H200", "--activity", "smuggle"], "export or reexport or in-country-transfer"),
        (["/no/such/file.toml"], "No such file"),
        (["H200", "--systems"], "did you mean"),
        ([""], "the name"),
    ],
)
def test_classify_says_what_would_be_right(arguments: list[str], words: str):
    done = command("classify", *arguments)
    assert done.returncode == 2
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_classify_reads_a_spec_file_that_is_no_spec_file(tmp_path: Path):
    for text in ("", "not toml at all [", 'schema = "chip-spec/1"\n', "\x00", 'schema = "system-spec/1"\n'):
        path = tmp_path / "odd.toml"
        path.write_text(text, encoding="utf-8")
        done = command("classify", str(path))
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_classify_json_is_one_object_or_a_list():
    one = json.loads(command("classify", "H200", "--json").stdout)
    assert one["schema"] == "verdict/1"
    assert {fact["fact"] for fact in one["assumed"]} >= {"to", "dd-support", "marketing"}
    several = json.loads(command("classify", "--systems", "--json").stdout)
    assert [item["report"]["report_id"] for item in several] == [file.stem for file in spec_files("system")]
    assert isinstance(several, list)


def test_units_in_spec_files_are_converted_exactly():
    for chip in chip_ids():
        bandwidth = spec(chip).total_dram_bandwidth
        if bandwidth is not None:
            assert in_base_unit(bandwidth.value, bandwidth.unit) < 100_000
