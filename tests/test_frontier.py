"""harness plot frontier: regions are what the engine answers at every point, and the picture shows them legibly."""

import json
import os
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from commands import command
from conftest import ROOT, spread
from placing import J26, answers, placed
from random_law import AREA, LENSES, ORDER, TINY, random_question

import harness.cli.output
from harness.cli.__main__ import main
from harness.codec.law_files import read_assumptions, read_law
from harness.codec.subjects import read_subject, subjects
from harness.decide.timeline import break_days
from harness.errors import WrongUsage
from harness.impact.frontier import ACROSS, Frontier, Frontiers, span
from harness.impact.plane import UP, Plane, held_figures, question_by, questions_on
from harness.impact.regions import Region, cells_of, label_of
from harness.impact.shift import LAXER, MIXED, STRICTER, shift
from harness.model.policy import LensText
from harness.model.quantity import Interval, exactly
from harness.policy.box import Box, Piece
from harness.policy.cells import Question
from harness.policy.difference import Change, difference
from harness.render import canvas
from harness.render.canvas import Area, Symbol, Words, text_width
from harness.render.frontier_drawing import frontier_drawing
from harness.render.frontier_page import as_page
from harness.render.frontier_sheet import Sheet
from harness.render.hatching import stripes
from harness.render.labels import Wanted
from harness.render.labels import placed as named
from harness.render.svg import as_svg

SEP26, JAN14 = date(2026, 9, 1), date(2026, 1, 14)
OPEN_LENS = LensText.model_validate(
    {
        "id": "l", "basis": "law", "informs": True, "question": "q?", "default": "a",
        "answer": tuple({"id": one, "outcome": "pass", "means": one} for one in ORDER),
    }
)  # fmt: skip


def frontiers(lens: str = "review-policy", **more: object) -> Frontiers:
    arguments = {"axes": ("dram", "density"), "chips": (), "given": {}, "held": {}, **more}
    law = read_law()
    return Frontiers(law=law, lens=law.lenses[lens], assumptions=tuple(read_assumptions()), **arguments)


@cache
def sheet_of(lens: str = "review-policy", days: Iterable[date] = (SEP26,), **more: object) -> Sheet:
    everything = frontiers(lens, chips=tuple(subjects("chip")), **more)
    return Sheet(frontiers=everything, named=everything.fitting, wanted=False,
                 shown=tuple(everything.on(day) for day in days))  # fmt: skip


def evidence(plane: Plane, across: Fraction, up: Fraction) -> Box:
    """What is known at a point, written down without the plane's help."""
    figures = {name: exactly(at) for name, at in plane.held.items() if name != "performance_density"}
    figures[UP] = exactly(up)
    density = across if plane.across == "performance_density" else plane.held.get("performance_density")
    if density is not None:
        figures[AREA] = exactly(up / density)
    if plane.across != "performance_density":
        figures[plane.across] = exactly(across)
    return Box(figures=figures, facts=plane.facts)


def near(rng: Random, marks: Iterable[Fraction], most: int) -> Fraction:
    """A figure above 0: at a threshold, a hair beside it, or anywhere."""
    listed = sorted(marks)
    if listed and rng.random() < 0.6:
        return rng.choice(listed) + rng.choice((-TINY, Fraction(0), TINY))
    return Fraction(rng.randint(1, most * 1000), 1000)


def the_only(regions: Iterable[Region], across: Fraction, up: Fraction) -> Region:
    (found,) = (one for one in regions if one.holds(across, up))
    return found


# --- Regions are exact --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("day", [date(2022, 11, 1), date(2023, 12, 1), date(2025, 4, 10), SEP26])
@pytest.mark.parametrize(
    "given", spread([{}, {"to": "AE"}, {"to": "SG", "headquarters": "CN", "marketing": "unknown"}], 1)
)
def test_every_point_lies_in_one_region_and_the_engine_gives_its_answers(lens: str, day: date, given: dict[str, str]):
    everything, rng = frontiers(lens, given=given), Random(f"{lens} {day}")
    for panel, name in zip(everything.on(day).panels, everything.axes, strict=True):
        plane = everything.plane(name)
        questions = questions_on(everything.law, everything.lens, day, {})
        for _ in range(15):
            across, up = near(rng, everything.values(name), 9000), near(rng, everything.values(UP), 30000)
            found = [one for question in questions for one in question.possible(evidence(plane, across, up))]
            assert the_only(panel.regions, across, up).label == label_of(everything.lens, found), (across, up)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("held", [{}, {"interconnect_bandwidth": Fraction(1)}, {"performance_density": Fraction(2)}])
def test_regions_of_random_law_are_exact_where_sums_and_ratios_tie_figures(seed: int, held: dict[str, Fraction]):
    rng = Random(seed)
    question = random_question(rng)
    for metric in ("total_dram_bandwidth", "performance_density"):
        plane = Plane(across=metric, facts={}, held={name: at for name, at in held.items() if name != metric})
        cells = cells_of([question], OPEN_LENS, plane)
        for _ in range(12):
            across, up = near(rng, cells.across.marks, 6), near(rng, cells.up.marks, 6)
            found = question.possible(evidence(plane, across, up))
            assert the_only(cells.regions(), across, up).label == label_of(OPEN_LENS, found), (across, up)


def test_a_boundary_of_91_fr_1684_stands_where_its_file_says():
    text = tomllib.loads((ROOT / "harness/policy/instruments/2026-01-15-us-bis-ac-review.toml").read_text("utf-8"))
    limits = {param["metric"]: Fraction(param["value"]) for param in text["param"] if param["id"].startswith("gate.")}
    panel = frontiers().on(SEP26).panels[0]
    for metric, at in limits.items():
        (found,) = (one for one in panel.thresholds if (one.metric, one.at) == (metric, at))
        assert found.operators == ("<",)
        assert "15 CFR 742.6(b)(10)(iii)(A)(1)" in {param.pin for param in found.params}
    below, above = limits[UP] - TINY, limits[UP]
    inside = limits["total_dram_bandwidth"] - TINY
    assert the_only(panel.regions, inside, below).label == ("case-by-case",)
    assert the_only(panel.regions, inside, above).label == ("presumption-of-denial",)
    assert the_only(panel.regions, inside + TINY, below).label == ("presumption-of-denial",)


def test_windows_are_the_rectangles_of_the_proclamation():
    text = tomllib.loads((ROOT / "harness/policy/instruments/2026-01-14-us-proc-s232.toml").read_text("utf-8"))
    limits = {param["id"]: Fraction(param["value"]) for param in text["param"]}
    dram, density = frontiers().on(SEP26).panels
    expected = {
        (
            Piece(limits[f"{window}.dram_bw_floor"], limits[f"{window}.dram_bw_ceiling"], False, False),
            Piece(limits[f"{window}.tpp_floor"], limits[f"{window}.tpp_ceiling"], False, False),
        )
        for window in ("w1", "w2")
    }
    assert {(one.across, one.up) for one in dram.windows} == expected
    assert not density.windows, "without a bandwidth no window is certain"
    assert not frontiers().on(JAN14).panels[0].windows
    assert not frontiers(given={"tariff-exemption": "9903.79.05"}).on(SEP26).panels[0].windows


def test_a_held_figure_closes_what_was_open_and_holds_no_axis():
    free, held = frontiers(), frontiers(held=held_figures(["performance_density=10", "total_dram_bandwidth=4800"]))
    assert [panel.open for panel in free.on(SEP26).panels] == [("performance_density",), ("total_dram_bandwidth",)]
    for panel in held.on(SEP26).panels:
        assert panel.open == ()
        assert all(len(region.label) == 1 for region in panel.regions)
        assert panel.plane.across not in panel.plane.held
    assert len(held.on(SEP26).panels[1].windows) == 1


@pytest.mark.parametrize(
    "word",
    ["tpp=5", "performance_density", "performance_density=0", "performance_density=-1",
     "dram_and_interconnect_bandwidth=5", "memory_bandwidth_density=2", "x=1"],
)  # fmt: skip
def test_what_cannot_be_held_is_refused(word: str):
    with pytest.raises(WrongUsage, match="holds no figure"):
        held_figures([word])


# --- Old against new ----------------------------------------------------------------------------------------------


def way_of(lens: LensText, change: Change) -> str:
    """Which way a change goes, from the ranks of its answers."""
    rank = {answer.id: n for n, answer in enumerate(lens.answers)}
    old, new = ([rank[one] for one in label_of(lens, found)] for found in (change.old, change.new))
    if old == new:
        return ""
    up, down = max(new) > max(old) or min(new) > min(old), max(new) < max(old) or min(new) < min(old)
    return MIXED if up == down else STRICTER if up else LAXER


def touches(change: Change, plane: Plane, across: Fraction, up: Fraction) -> bool:
    pieces = {plane.across: across, UP: up}
    held = (change.pieces.get(name, Piece(Fraction(0), None)) for name in pieces)
    return all(piece is not None and piece.meet(Piece(at, at)) for piece, at in zip(held, pieces.values(), strict=True))


@pytest.mark.parametrize(
    ("lens", "old", "new", "given"),
    spread([
        ("review-policy", JAN14, SEP26, {}), ("review-policy", date(2023, 11, 16), date(2023, 11, 17), {}),
        ("classification", date(2022, 10, 1), SEP26, {}), ("review-policy", date(2025, 5, 12), SEP26, {"to": "AE"}),
        ("licence-requirement", date(2023, 11, 1), SEP26, {}), ("tariff", JAN14, J26, {}),
    ], 3, several=True),
)  # fmt: skip
def test_what_moved_is_what_the_difference_of_the_laws_says(lens: str, old: date, new: date, given: dict[str, str]):
    everything, rng, seen = frontiers(lens, given=given, against=old), Random(lens), set()
    for panel, name in zip(everything.on(new).panels, everything.axes, strict=True):
        plane = everything.plane(name)
        clocks = {act.clock for provision in everything.law.of_lens(lens) for act in provision.acts}
        pairs = {
            tuple(question_by(everything.law, everything.lens, clock, day, plane.facts) for day in (old, new))
            for some in clocks for clock in some
        }  # fmt: skip
        changes = [change for pair in pairs for change in difference(*pair, Box(facts=plane.facts))]
        for _ in range(60):
            across, up = near(rng, everything.values(name), 9000), near(rng, everything.values(UP), 30000)
            ways = {way_of(everything.lens, one) for one in changes if touches(one, plane, across, up)} - {""}
            expected = () if not ways else (ways.pop(),) if len(ways) == 1 else (MIXED,)
            found = [one.label for one in panel.moved if one.holds(across, up)]
            assert found == ([expected] if expected else []), (across, up)
            seen |= {*expected}
    assert seen, "nothing moved, so nothing was tested"


def test_a_day_against_itself_moves_nothing():
    panel = frontiers(against=SEP26).on(SEP26).panels[0]
    assert not panel.moved
    assert panel.before == panel.boundaries


def test_widening_at_both_ends_is_neither_stricter_nor_laxer():
    law = read_law()
    lens = law.lenses["review-policy"]
    cells = shift(law, lens, (JAN14, SEP26), frontiers().plane("dram"))
    assert {one.label for one in cells.regions()} == {(), (LAXER,)}


# --- Chips --------------------------------------------------------------------------------------------------------


def test_marks_carry_the_answers_of_classify():
    everything = frontiers(chips=tuple(read_subject(one) for one in ("H200", "H20", "MI308X", "RTX 4090", "B200")))
    found = everything.on(J26).answers
    for chip, label in found.items():
        assert set(label) == answers(placed(chip), "review-policy")


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([(5, 5)], (5, 5, 5)), ([(5, 5), (3, 3)], (5, 3, 5)), ([(5, None)], (5, 5, None)), ([(0, 7)], (7, 0, 7)),
        ([(0, 0)], None), ([], None), ([(0, None)], None),
    ],
)  # fmt: skip
def test_a_mark_stands_at_its_first_reading_and_its_bar_reaches_over_all(readings, expected):
    intervals = tuple(Interval(lo=Fraction(lo), hi=None if hi is None else Fraction(hi)) for lo, hi in readings)
    found = span(intervals)
    assert (None if found is None else (found.at, found.lo, found.hi)) == expected


# --- The picture --------------------------------------------------------------------------------------------------


def written(shapes: Iterable[canvas.Shape]) -> list[canvas.Box]:
    """The room that every text takes up."""
    boxes = []
    for one in shapes:
        if isinstance(one, Words) and not one.upward:
            width = text_width(one.text, one.size, bold=one.bold)
            left = one.at[0] - {"start": 0.0, "middle": width / 2, "end": width}[one.anchor]
            boxes.append(canvas.Box(left, one.at[1] - 0.75 * one.size, left + width, one.at[1]))
    return boxes


@pytest.mark.parametrize("lens", spread(LENSES, 1))
@pytest.mark.parametrize("against", spread([JAN14, None], 1))
def test_no_two_texts_overlap_and_none_covers_a_named_mark(lens: str, against: date | None):
    everything = sheet_of(lens, against=against)
    drawing = frontier_drawing(everything, everything.shown[0])
    shapes = [shape for layer in drawing.layers for shape in layer.shapes]
    sheet = canvas.Box(0, 0, drawing.width, drawing.height)
    boxes = written(shapes)
    assert all(box.within(sheet) for box in boxes)
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    names = [place.box for naming in everything.namings for place in naming.names.values()]
    for one, other in combinations(names, 2):
        assert not one.overlaps(other)
    for naming in everything.namings:
        marks = [canvas.Box(*group.at, *group.at).grown(4.4) for group in naming.groups if group.named]
        assert not [1 for mark in marks for place in naming.names.values() if place.box.overlaps(mark)]


def test_every_named_chip_is_named_at_its_mark_or_in_the_key():
    everything = sheet_of()
    drawing = frontier_drawing(everything, everything.shown[0])
    said = " ".join(one.text for layer in drawing.layers for one in layer.shapes if isinstance(one, Words))
    for naming in everything.namings:
        for group in naming.groups:
            for chip in group.chips if group.named else ():
                assert chip.name in said


def test_grounds_cover_each_panel_and_symbols_stand_where_their_figures_say():
    everything = sheet_of()
    frame = everything.namings[0].frame
    drawing = frontier_drawing(everything, everything.shown[0])
    layers = {layer.name: layer.shapes for layer in drawing.layers}
    crisp = [one for one in layers["ground"] if isinstance(one, Area) and one.crisp]
    corners = [polygon for one in crisp for polygon in one.polygons if polygon[0][1] < frame.box.bottom]
    assert sum((c[2][0] - c[0][0]) * (c[2][1] - c[0][1]) for c in corners) == pytest.approx(
        (frame.box.right - frame.box.left) * (frame.box.bottom - frame.box.top)
    )
    chip = next(one for one in everything.frontiers.drawn if one.id == read_subject("H200").id)
    at = frame.across.at(chip.spans[ACROSS["dram"]].at), frame.up.at(chip.spans[UP].at)
    (symbol,) = (one for one in layers["marks"] if isinstance(one, Symbol) and one.at == at)
    assert "H200 SXM5 141GB" in symbol.says
    assert "case-by-case" in symbol.says


def test_the_svg_is_well_formed_says_what_it_shows_and_is_the_same_every_time():
    texts = {
        as_svg(frontier_drawing(everything, everything.shown[0])) for everything in (sheet_of(), sheet_of.__wrapped__())
    }
    (text,) = texts
    root = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title") is not None
    assert "case-by-case" in root.find(f"{space}desc").text
    assert root.get("role") == "img"
    assert not re.findall(r"(?:href|src|url)\s*[=(]|@import|<script|<image", text)
    assert text.count("http") == 1, "the name space alone"


def test_names_from_spec_files_cannot_become_markup(tmp_path: Path):
    text = (ROOT / "specs" / "nvidia-h200-sxm5-141gb.toml").read_text("utf-8")
    text = text.replace('id = "nvidia-h200-sxm5-141gb"', 'id = "odd"')
    path = tmp_path / "odd.toml"
    path.write_text(text.replace('"H200 SXM5 141GB"', "'<b>&\"</script>$x$'", 1), encoding="utf-8")
    everything = frontiers(chips=(read_subject(path),))
    sheet = Sheet(frontiers=everything, named=frozenset({"odd"}), wanted=True, shown=(everything.on(SEP26),))
    ET.fromstring(as_svg(frontier_drawing(sheet, sheet.shown[0])))
    page = as_page(sheet, 0)
    assert "<b>" not in page
    assert page.count("</script>") == 1


@pytest.mark.parametrize("seed", spread(range(12), 4))
def test_names_never_overlap_however_crowded(seed: int):
    rng = Random(seed)
    wanted = [
        Wanted(key=str(n), at=(rng.uniform(0, 200), rng.uniform(0, 150)), size=4.0,
               forms=((rng.uniform(20, 90), 12.0), (10.0, 9.0)))
        for n in range(40)
    ]  # fmt: skip
    room, wall = canvas.Box(0, 0, 200, 150), canvas.Box(90, 0, 95, 150)
    found = list(named(wanted, room, [wall]).values())
    assert found
    assert all(one.box.within(room) and not one.box.overlaps(wall) for one in found)
    assert not [1 for one, other in combinations(found, 2) if one.box.overlaps(other.box)]
    marks = [canvas.Box(*one.at, *one.at).grown(4.0) for one in wanted]
    assert not [1 for one in found for mark in marks if one.box.overlaps(mark)]


@pytest.mark.parametrize("falling", [True, False])
def test_stripes_fill_their_share_of_a_rectangle_and_stay_inside(falling: bool):
    box = canvas.Box(10, 20, 130, 90)
    found = stripes(box, apart=10, width=5, falling=falling)
    points = [point for polygon in found for point in polygon]
    assert all(box.left <= x <= box.right and box.top <= y <= box.bottom for x, y in points)
    area = sum(abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(p, p[1:] + p[:1], strict=True))) / 2 for p in found)
    assert area == pytest.approx((box.right - box.left) * (box.bottom - box.top) / 2, rel=0.02)


# --- The page -----------------------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """Every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "frontier.html"
    assert main(["plot", "frontier", "-o", str(path), "--as-of", "2026-09-01"]) == 0
    return path.read_text("utf-8")


def test_the_page_needs_nothing_from_elsewhere(page: str):
    seen = Seen()
    seen.feed(page)
    assert not [tag for tag, _ in seen.elements if tag in ("link", "img", "iframe", "object", "image", "use")]
    assert not [name for _, attributes in seen.elements for name in attributes if name in ("src", "href", "xlink:href")]
    assert not [name for _, attributes in seen.elements for name in attributes if name.startswith("on")]
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert set(re.findall(r"https?://[^\"'<\s]*", page)) == {"http://www.w3.org/2000/svg"}


def test_the_page_has_a_stop_for_every_break_day_and_shows_the_day_asked_for(page: str):
    law = read_law()
    days = break_days(law, law.lenses["review-policy"])
    facts = json.loads(re.search(r"^const facts = (.*);$", page, re.MULTILINE)[1])
    assert [stop["span"].split()[-3 if " to " in stop["span"] else -1] for stop in facts["stops"]] == list(
        map(str, days)
    )
    seen = Seen()
    seen.feed(page)
    (slider,) = (attributes for _, attributes in seen.elements if attributes.get("type") == "range")
    chosen = max(n for n, day in enumerate(days) if day <= SEP26)
    assert (slider["max"], slider["value"]) == (str(len(days) - 1), str(chosen))
    groups = [attributes for _, attributes in seen.elements if "data-stops" in attributes]
    for group in groups:
        assert (group.get("display") != "none") == (str(chosen) in group["data-stops"].split())
    for layer in {group["class"] for group in groups}:
        stops = [stop for group in groups if group["class"] == layer for stop in group["data-stops"].split()]
        assert sorted(map(int, stops)) == list(range(len(days)))


def test_the_answers_of_a_stop_are_those_of_classify(page: str):
    facts = json.loads(re.search(r"^const facts = (.*);$", page, re.MULTILINE)[1])
    (stop,) = (one for one in facts["stops"] if one["span"].startswith(str(J26)))
    chips = [one.id for one in subjects("chip")]
    assert sorted(stop["answers"]) == chips
    for chip in chips[::12]:
        assert set(stop["answers"][chip].split(" or ")) == answers(placed(chip), "review-policy")


@pytest.mark.skipif(not (os.environ.get("HARNESS_BROWSER") or shutil.which("chromium-headless-shell")),
                    reason="no browser is here")  # fmt: skip
def test_the_script_of_the_page_runs(page: str, tmp_path: Path):
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    browser = os.environ.get("HARNESS_BROWSER") or "chromium-headless-shell"
    done = subprocess.run([browser, "--no-sandbox", "--dump-dom", path.as_uri()], capture_output=True, text=True,
                          check=True, timeout=60)  # fmt: skip
    assert '<div class="days">' in done.stdout


# --- The command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "picture.pdf"], "need one that ends in .svg, .png, .html"), (["--lens", "capability"], "no lens"),
        (["--chip", "H2000"], "did you mean"), (["--at", "tpp=5"], "holds no figure"),
        (["--against", "2021-01-01"], "no text of the law is encoded"), (["--to", "ZZ"], "ISO 3166-1"),
        (["--as-of", "2021-01-01"], "no text of the law is encoded"), (["--known-at", "2021-01-01"], "no text"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert main(["plot", "frontier", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "picture.svg"
    path.write_text("mine", encoding="utf-8")
    arguments = ["plot", "frontier", "-o", str(path), "--chip", "H200", "--as-of", "2026-09-01"]
    assert main(arguments) == 2
    assert "--force" in capsys.readouterr().err
    assert path.read_text("utf-8") == "mine"
    assert main([*arguments, "--force"]) == 0
    ET.parse(path)


def test_without_matplotlib_a_png_says_how_to_get_it(monkeypatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(harness.cli.output, "find_spec", lambda name: None)
    assert main(["plot", "frontier", "-o", str(tmp_path / "picture.png")]) == 2
    assert 'pip install "harness[plot]"' in capsys.readouterr().err


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not here")
def test_the_png_is_the_same_every_time(tmp_path: Path):
    paths = [tmp_path / "one.png", tmp_path / "other.png"]
    for path in paths:
        assert main(["plot", "frontier", "-o", str(path), "--axes", "dram", "--as-of", "2026-09-01"]) == 0
    one, other = (path.read_bytes() for path in paths)
    assert one.startswith(b"\x89PNG")
    assert one == other


def test_only_named_chips_are_drawn_and_others_can_be_added():
    done = command(
        "plot", "frontier", "--chip", "H200", "--also", "RTX 4090", "--as-of", "2026-09-01", "--axes", "dram"
    )
    assert done.returncode == 0
    assert done.stdout.startswith("Review policy of AI chips to CN on 2026-09-01")
    assert "from 4,800, below 21,000" in done.stdout


def test_the_days_of_a_lens_include_those_of_the_windows():
    everything: Frontiers = frontiers("classification")
    assert J26 in everything.days
    frontier: Frontier = everything.on(date(2025, 12, 1))
    assert frontier.until == JAN14


def test_no_question_is_asked_before_its_subject_existed():
    law = read_law()
    (question,) = questions_on(law, law.lenses["classification"], date(2022, 1, 1), {})
    assert isinstance(question, Question)
    assert not question.texts
