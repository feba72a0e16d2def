"""harness plot report: marks stand where values say, every figure is told, and nothing that comes in breaks a page."""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from array import array
from dataclasses import replace
from functools import cache
from html import unescape
from itertools import combinations
from math import isnan, log10, nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictured import HEADER, LAST_LEVEL_CACHE, STEPS, SWEEP, rate, rich, telemetry, write

from harness.cli.__main__ import main
from harness.codec.illustrated_files import read_illustrated
from harness.codec.report_files import beside
from harness.model.illustrated import Illustrated
from harness.render.canvas import Box, Drawing, Stroke, Symbol, Words, text_width
from harness.render.report_drawing import panels, report_drawing
from harness.render.report_page import as_page
from harness.render.report_paint import DARK
from harness.render.report_panel import Panel
from harness.render.report_text import Page, as_text
from harness.render.thinning import thinned

SIDE = 14.0


def seen(folder: Path, report: dict[str, Any], table: str | None = None) -> Illustrated:
    path = write(folder, report, table)
    return read_illustrated(path.read_bytes(), "r.json", beside(folder))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Illustrated:
    return seen(tmp_path_factory.mktemp("whole"), rich(), telemetry(600))


def panel(of: Illustrated, title: str, width: float = 960.0) -> Panel:
    (found,) = (one for one in panels(of, width) if one.title.startswith(title))
    return found


def symbols(one: Panel) -> list[Symbol]:
    return [shape for shape in one.shapes if isinstance(shape, Symbol)]


def in_text(of: Illustrated, width: int = 96, *, blocks: bool = True) -> str:
    return "\n".join(as_text(of, Page(width=width, blocks=blocks, colour=False, shown=str)))


# --- Geometry -----------------------------------------------------------------------------------------------------


def test_a_rate_stands_where_its_share_of_the_axis_says(whole: Illustrated):
    # The axis ends at 132 x 4096 x 1980 MHz, the highest figure in bf16 there is.
    end = 132 * 4096 * 1980e6 / 1e12
    (mark,) = (one for one in symbols(panel(whole, "bf16")) if "894" in one.says)
    assert mark.at[0] == pytest.approx(SIDE + 894 / end * (960 - 2 * SIDE), abs=0.02)


def test_peaks_stand_where_architecture_claim_and_declaration_put_them(whole: Illustrated):
    end = 132 * 4096 * 1980e6 / 1e12
    wanted = [15832 / 16, 989.4, 132 * 4096 * 1830e6 / 1e12, end]
    one = panel(whole, "bf16")
    strokes = [shape for shape in one.shapes if isinstance(shape, Stroke) and shape.width == 2]
    lines = {shape.points[0][0] for shape in strokes if shape.points[0][0] == shape.points[1][0]}
    for value in wanted:
        assert any(x == pytest.approx(SIDE + value / end * (960 - 2 * SIDE), abs=0.02) for x in lines), value


def test_the_uncertainty_reaches_as_far_as_it_says(whole: Illustrated):
    # fp8: the end of the axis is that of the published band, 1.2207 of the claim of 1,979.
    one = panel(whole, "fp8_e4m3")
    (at,) = (mark.at for mark in symbols(one) if "1402" in mark.says)
    (bar,) = (s for s in one.shapes if isinstance(s, Stroke) and s.width == 1.5 and s.points[0][1] == s.points[1][1])
    (left, _), (right, _) = bar.points
    assert (left + right) / 2 == pytest.approx(at[0], abs=0.02)
    assert (right - left) / (at[0] - SIDE) == pytest.approx(60 / 1402, rel=1e-3)


def test_footprints_stand_on_a_logarithmic_axis_and_bandwidths_on_one_from_zero(whole: Illustrated):
    points = {int(size): next(m for m in symbols(panel(whole, "DRAM and cache")) if m.says.startswith("unit-1, read")
              and f"{value} GB/s" in m.says) for size, value in SWEEP.items()}  # fmt: skip
    low, high, middle = 1 << 20, 1 << 33, 1 << 28
    share = (points[middle].at[0] - points[low].at[0]) / (points[high].at[0] - points[low].at[0])
    assert share == pytest.approx(log10(middle / low) / log10(high / low), abs=1e-3)
    drop = (points[1 << 28].at[1] - points[1 << 22].at[1]) / (points[1 << 26].at[1] - points[1 << 22].at[1])
    assert drop == pytest.approx((9400 - 4310) / (9400 - 6200), abs=1e-2)


def test_plateaus_are_named_by_the_last_level_cache(whole: Illustrated):
    said = panel(whole, "DRAM and cache").description
    assert f"last-level cache of unit-1: {LAST_LEVEL_CACHE >> 20} MiB" in said
    mean = round((9000 + 9400 + 9100) / 3, 1)
    assert f"In a cache: about {mean:,} GB/s, 1 MiB to 32 MiB" in said
    assert "Beyond the last-level cache: about 4,300 GB/s, 256 MiB to 8 GiB" in said


def test_without_a_known_cache_a_plateau_is_only_a_plateau(tmp_path: Path):
    report = rich()
    report["lot"]["units"][0]["state"]["last_level_cache_bytes"] = None
    said = panel(seen(tmp_path, report), "DRAM and cache").description
    assert "Plateau: about 4,300 GB/s" in said
    assert "cache of" not in said


def test_challenged_shapes_of_several_sessions_are_one_row(tmp_path: Path):
    report = rich()
    name = " / ".join(f"gemm {n}x64x32 by cublas, challenged" for n in (1264, 1760, 1904))
    report["measurements"][4]["method"]["name"] = name
    rows = {row[0] for row in panel(seen(tmp_path, report), "bf16").tables[0].rows}
    assert "gemm by cublas, challenged, library, random" in rows


# --- Telemetry ----------------------------------------------------------------------------------------------------


@given(
    values=st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(nan)), min_size=1, max_size=300),
    columns=st.integers(1, 40),
)
def test_thinned_readings_keep_the_extremes_of_every_column(values: list[float], columns: int):
    at, last = array("d", range(len(values))), float(len(values) - 1)
    runs = thinned(at, array("d", values), 0.0, last, columns)
    kept = [reading for run in runs for reading in run]
    known = [(float(n), value) for n, value in enumerate(values) if not isnan(value)]
    assert set(kept) <= set(known)
    assert kept == sorted(kept)
    wide = last / columns
    for column in range(columns):
        mine = [r for r in known if (column == 0 or r[0] >= column * wide) and
                (column == columns - 1 or r[0] < (column + 1) * wide)]  # fmt: skip
        if mine:
            shown = {value for reading, value in kept if any(reading == one for one, _ in mine)}
            assert {min(v for _, v in mine), max(v for _, v in mine)} <= shown


def test_what_is_not_known_breaks_the_line():
    runs = thinned(array("d", range(6)), array("d", [1, 2, nan, 3, 4, 5]), 0.0, 5.0, 100)
    assert runs == [[(0, 1), (1, 2)], [(3, 3), (4, 4), (5, 5)]]


def test_a_single_dip_among_many_readings_is_drawn(tmp_path: Path):
    one = panel(seen(tmp_path, rich(), telemetry(60_000)), "Over time")
    assert "SM clock: 345 to 1,980 MHz, 60,000 readings" in one.description
    assert "power: 320 to 731.5 W" in one.description
    clock = next(s for s in one.shapes if isinstance(s, Stroke) and len(s.points) > 500)
    lowest = max(clock.points, key=lambda point: point[1])
    # The dip is the reading of one third of the rows.
    assert lowest[0] == pytest.approx(SIDE + 20_000 / 59_999 * (960 - 2 * SIDE), abs=0.02)
    assert len(clock.points) <= 4 * 960


def test_steps_and_limiters_are_told(whole: Illustrated):
    one = panel(whole, "Over time")
    steps = next(table for table in one.tables if table.caption.startswith("Steps"))
    assert [row[1] for row in steps.rows] == list(STEPS)
    # Hot in 14 of every 40 readings, ten a second: from reading 26 until reading 40 shows it no more.
    assert "Limiter software-power-cap active for 20.9 s" in one.description
    assert {"1/dram", "3/compute"} <= {shape.text for shape in one.shapes if isinstance(shape, Words)}


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (f"{HEADER}\nunit-1,a,0,1,,,,,,none\nunit-1,a,1,x,,,,,,none\n", "line 3: sm_clock_mhz is no figure"),
        (f"{HEADER}\nunit-1,a,,1,,,,,,none\n", "line 2: at_s is no figure"),
        (f"{HEADER}\nunit-1,a,0\n", "line 2 has 3 cells; need 10"),
        (f"{HEADER}\n<b>,a,0,1,,,,,,none\n", "line 2: unit_id names no unit"),
        (f"{HEADER}\nunit-1,a,1e9,1,,,,,,none\n", "line 2: at_s is no figure"),
        (f"{HEADER}\nunit-1,a,NaN,1,,,,,,none\n", "line 2: at_s is no figure"),
        (f"{HEADER}\nunit-1,a,0,1,,,,,,none\nunit-1,a,1,1,,,,,,sloth\n", "line 3: active_limiters names a limiter"),
        ("a,b\n1,2\n", "its first line does not name unit_id, step and at_s"),
        (f"{HEADER}\n", "it holds no reading"),
        ("é\n", "bytes beyond ASCII"),
    ],
)
def test_a_table_that_cannot_be_read_is_left_out_and_says_why(tmp_path: Path, table: str, fault: str):
    found = seen(tmp_path, rich(), table)
    assert not [one for one in panels(found, 960) if one.title.startswith("Over time")]
    assert fault in in_text(found, 300)


def test_telemetry_that_was_altered_or_is_absent_is_left_out_and_says_so(tmp_path: Path):
    path = write(tmp_path, rich(), telemetry(20))
    (tmp_path / "r.telemetry.csv").write_text(telemetry(21), encoding="ascii")
    altered = read_illustrated(path.read_bytes(), "r.json", beside(tmp_path))
    absent = read_illustrated(path.read_bytes(), "r.json", beside(None))
    for found, said in (
        (altered, "its digest is not the one that the report names"),
        (absent, "not beside the report"),
    ):
        assert said in as_page(found)
        assert "Over time" not in as_page(found)


def test_readings_out_of_order_and_of_several_units_are_sorted_by_unit_and_time(tmp_path: Path):
    rows = ["b,s,2,20,,,,,,", "a,s,1,11,,,,,,", "b,s,1,10,,,,,,", "a,s,0,12,,,,,,"]
    (read,) = seen(tmp_path, rich(), "\n".join([HEADER, *rows, ""])).telemetry
    found = {unit.unit_id: (list(unit.at_s), list(unit.readings["sm_clock_mhz"])) for unit in read.units}
    assert found == {"b": ([1, 2], [10, 20]), "a": ([0, 1], [12, 11])}


def test_many_units_share_a_panel_that_keeps_the_extremes_of_all(tmp_path: Path):
    table = telemetry(50, units=9).replace("unit-7,2/dram/read/torch,24.", "unit-7,2/dram/read/torch,24.", 1)
    lines = table.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("unit-7,"))
    cells = lines[at].split(",")
    cells[3] = "7"
    lines[at] = ",".join(cells)
    one = panel(seen(tmp_path, rich(), "\n".join([*lines, ""])), "Over time")
    assert "all 9 units together" in one.title
    assert "SM clock: 7 to 1,980 MHz, 450 readings" in one.description


# --- Everything is told, and legibly ------------------------------------------------------------------------------


def test_every_value_of_the_report_appears_on_the_page_and_in_the_text(whole: Illustrated):
    page, text = unescape(as_page(whole)), in_text(whole)
    for one in whole.report.measurements:
        assert f"{one.value.normalize():f}" in page
        # What is measured here has at most five digits; what is counted is told in other units, or rounded.
        if one.measurand in ("compute_rate", "total_dram_bandwidth"):
            assert f" {int(one.value):,} ± {int(one.expanded_uncertainty)} " in text
    for seen_one in whole.report.observations:
        assert f"{seen_one.value:f}" in page
        assert seen_one.name in text
    assert "150.75 ± 0 GB" in text  # 143,771 MiB x 2^20 / 10^9


@pytest.mark.parametrize("width", [304.0, 480.0, 760.0, 960.0])
def test_no_word_overlaps_another_or_leaves_the_sheet(whole: Illustrated, width: float):
    for one in panels(whole, width):
        boxes = [(box_of(shape), shape.text) for shape in one.shapes if isinstance(shape, Words)]
        sheet = Box(0, -2, width, one.height + 2)
        assert [text for box, text in boxes if not box.within(sheet)] == []
        assert [(a[1], b[1]) for a, b in combinations(boxes, 2) if a[0].overlaps(b[0])] == []


def box_of(words: Words) -> Box:
    # Widths are those of the widest usual font, so a tenth less is still no overlap in any of them.
    wide = text_width(words.text, words.size, bold=words.bold) * 0.9
    left = words.at[0] - {"start": 0.0, "middle": wide / 2, "end": wide}[words.anchor]
    return Box(left, words.at[1] - words.size * 0.75, left + wide, words.at[1] + words.size * 0.2)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_colour_can_be_read_on_white_and_on_dark_paper(whole: Illustrated):
    for one in panels(whole, 960):
        for shape in one.shapes:
            colour = getattr(shape, "colour", None) or shape.fill
            assert colour in DARK
            need = 4.5 if isinstance(shape, Words) else 3.0 if isinstance(shape, Symbol) else 1.0
            assert contrast(colour, "#ffffff") >= need
            assert contrast(DARK[colour], DARK["#ffffff"]) >= need


def test_what_is_partial_absent_and_challenged_is_said(tmp_path: Path):
    report = rich(notes=["PARTIAL: stopped by hand", "fp4: not applicable: no such units"])
    found = seen(tmp_path, report)
    nonce = report["challenge"]["nonce_sha256"]
    for text in (in_text(found, 200), as_page(found), words_of(report_drawing(found))):
        assert "PARTIAL: stopped by hand" in text
        assert "fp4: not applicable: no such units" in text
        assert "no telemetry is attached" in text
        assert nonce in text


def words_of(drawing: Drawing) -> str:
    return "\n".join(shape.text for layer in drawing.layers for shape in layer.shapes if isinstance(shape, Words))


# --- Any report ---------------------------------------------------------------------------------------------------

HOSTILE = "'<b>&\"</script>$x$<svg onload=alert(1)>"


def test_hostile_names_stay_names(tmp_path: Path):
    report = rich(report_id=HOSTILE, notes=[f"PARTIAL: {HOSTILE}", f"not measured: {HOSTILE}"])
    report["measurements"][0]["method"]["name"] = HOSTILE
    report["product"]["name"] = report["laboratory"]["name"] = HOSTILE
    table = telemetry(20).replace("capacity/unit-1", "<b>/unit")
    found = seen(tmp_path, report, table)
    page = as_page(found)
    assert "<b>" not in page
    assert "<script" not in page
    assert "<svg onload" not in page
    from harness.render.svg import as_svg

    ET.fromstring(as_svg(report_drawing(found)))


MINIMAL = {"schema": "lab-report/0", "report_id": "M"}


def odd() -> list[dict[str, Any]]:
    zeros = rich()
    for one in zeros["measurements"]:
        one["value"] = "0"
    huge = rich()
    huge["measurements"][0] |= {"value": "9" * 20, "unit": "PFLOP/s"}
    huge["measurements"][1]["value"] = "0.000000000000000001"
    bare = rich()
    bare["measurements"] = [{"unit_id": "x", "measurand": "compute_rate", "unit": "GB/s", "value": "1"},
                            {"unit_id": "x", "measurand": "total_dram_bandwidth", "unit": "GB/s"}]  # fmt: skip
    long = rich()
    long["measurements"][0]["method"]["name"] = "W" * 300
    return [MINIMAL, zeros, huge, bare, long]


@pytest.mark.parametrize("report", odd(), ids=["empty", "zeros", "huge", "no value or unit", "long name"])
def test_any_report_makes_a_page_a_picture_and_a_text(tmp_path: Path, report: dict[str, Any]):
    found = seen(tmp_path, report)
    assert report["report_id"] in as_page(found)
    for width in (304.0, 960.0):
        for one in panels(found, width):
            assert all(box_of(s).within(Box(0, -2, width, one.height + 2)) for s in one.shapes if isinstance(s, Words))
    for width in (40, 60, 160):
        in_text(found, width, blocks=False).encode("ascii")


def test_what_has_no_place_on_an_axis_is_named(tmp_path: Path):
    text = in_text(seen(tmp_path, odd()[3]), 200)
    assert "not drawn: x, no method named: 1 GB/s, which is no unit of its kind" in text
    assert "not drawn: x, no method named: no value" in text


def test_thousands_of_units_are_one_row_and_their_table_has_each(tmp_path: Path):
    report = rich()
    short = {key: value for key, value in rate("bf16", "1", "", "", "library").items() if key != "method"}
    report["measurements"] = [{**short, "unit_id": f"u{n}", "value": str(600 + n % 300)} for n in range(4096)]
    one = panel(seen(tmp_path, report), "bf16")
    assert "4,096 figures: 600 to 899 TFLOP/s" in one.description
    assert len(symbols(one)) <= 960
    assert len({row[1] for row in one.tables[0].rows if row[1]}) == 4096


def test_devices_of_different_kinds_have_a_panel_each_and_peaks_of_their_own(tmp_path: Path):
    report = rich()
    report["lot"]["units"] = [{"unit_id": name, "state": {"device_name": chip}} for name, chip in
                              (("gpu-0", "NVIDIA H200"), ("gpu-1", "NVIDIA A100 SXM4 80GB"))]  # fmt: skip
    report["measurements"] = [{**rate("bf16", value, "burst", "random", "library"), "unit_id": unit}
                              for unit, value in (("gpu-0", "788"), ("gpu-1", "270"))]  # fmt: skip
    found = [one for one in panels(seen(tmp_path, report), 960) if one.title.startswith("bf16")]
    assert len(found) == 2
    assert ["989.4 TFLOP/s" in one.description for one in found] == [False, True]
    assert ["312 TFLOP/s" in one.description for one in found] == [True, False]


def test_without_a_chip_there_is_no_peak_and_the_picture_says_so(tmp_path: Path):
    report = rich()
    report["product"]["chip"] = report["product"]["name"] = None
    report["declared"] = None
    found = seen(tmp_path, report)
    assert "no claimed or derived peak" in in_text(found, 200)
    assert not any(one.startswith(("claimed", "derived")) for one in in_text(found, 200).splitlines())


# --- Text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 56, 96, 160])
def test_text_is_no_wider_than_its_place(whole: Illustrated, width: int):
    lines = in_text(whole, width).splitlines()
    figures = lines[: lines.index("Observations")]
    assert [line for line in figures if len(line) > width] == []


def test_bars_are_as_long_as_their_shares(whole: Illustrated):
    lines = in_text(whole).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("bf16"))
    end = lines.index("", start)
    bars = {line.split(" ± ")[0].split()[-1]: line for line in lines[start:end] if " ± " in line}
    longest = {value: line.count("█") + (line[-1] in "▏▎▍▌▋▊▉") / 2 for value, line in bars.items()}
    for value in ("788", "655", "702"):
        assert longest[value] / longest["894"] == pytest.approx(float(value) / 894, abs=0.04)


@cache
def browser() -> str | None:
    return os.environ.get("HARNESS_BROWSER") or shutil.which("chromium-headless-shell")


# --- The command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["html", "svg"])
def test_the_same_report_gives_the_same_bytes(tmp_path: Path, kind: str):
    path = write(tmp_path, rich(), telemetry(50))
    outs = [tmp_path / f"{n}.{kind}" for n in (1, 2)]
    for out in outs:
        assert main(["plot", "report", str(path), "-o", str(out)]) == 0
    one, other = (out.read_bytes() for out in outs)
    assert one == other
    assert main(["plot", "report", str(path), "-o", str(outs[0])]) == 2  # It is there, and --force was not given.


def test_the_page_needs_nothing_from_elsewhere_and_names_every_picture(whole: Illustrated):
    page = as_page(whole)
    assert set(re.findall(r"https?://[^\"'<\s]*", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(script|link|img|iframe|object|image|use)\b", page)
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    for labels in re.findall(r'aria-labelledby="([^"]*)"', page):
        assert set(labels.split()) <= set(ids)


def test_a_report_that_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "r.json").write_text("{}", encoding="utf-8")
    assert main(["plot", "report", str(tmp_path / "r.json")]) == 2
    assert "report_id" in capsys.readouterr().err
    assert main(["plot", "report", str(tmp_path / "none.json")]) == 2
    assert main(["plot", "report", "r.json", "-o", "r.pdf"]) == 2


@pytest.mark.skipif(browser() is None, reason="no browser is here")
@pytest.mark.parametrize(("width", "shown"), [(320, "narrow"), (800, "wide"), (1600, "wide")])
def test_a_browser_shows_the_picture_that_fits_and_nothing_scrolls_sideways(
    whole: Illustrated, tmp_path: Path, width: int, shown: str
):
    probe = (
        "<script>document.title = [...document.querySelectorAll('figure')].filter(one => one.getClientRects().length)"
        ".map(one => one.className).join() + ' ' + (document.documentElement.scrollWidth <= innerWidth)</script>"
    )
    path = tmp_path / "page.html"
    page = (
        as_page(whole)
        .replace("style-src", "script-src 'unsafe-inline'; style-src")
        .replace("</body>", f"{probe}</body>")
    )
    path.write_text(page, encoding="utf-8")
    done = subprocess.run(
        [str(browser()), "--no-sandbox", f"--window-size={width},900", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    (title,) = re.findall(r"<title>([^<]*) (true|false)</title>", done.stdout)
    assert set(title[0].split(",")) == {shown}
    assert title[1] == "true"


def test_one_panel_alone_and_all_on_a_sheet_say_the_same(whole: Illustrated):
    sheet = words_of(report_drawing(replace(whole)))
    for one in panels(whole, 960):
        assert all(shape.text in sheet for shape in one.shapes if isinstance(shape, Words))
