"""A lot: how many units are drawn, which ones, and whether what was found accepts it."""

import copy
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from conftest import REPORTS
from hypothesis import given, settings
from hypothesis import strategies as st
from signing import digest, signed_report, signed_root

from harness.cli.__main__ import main
from harness.codec.documents import from_json
from harness.codec.law_files import read_law
from harness.codec.lot_files import manifest_bytes, read_manifest, units_of_table
from harness.codec.report_files import read_case
from harness.codec.schemas import faults_against_schema
from harness.decide.units import judged_units
from harness.errors import UnreadableInput
from harness.evidence import merkle
from harness.lots.acceptance import accepted
from harness.lots.aspect import lot_facts
from harness.lots.draw import draw, drawn_units, seed_of, what_differs
from harness.lots.identity import identity_record, is_listed_unit, manifest_root
from harness.lots.plan import lot_plan
from harness.metrics.lot_bounds import accepts_between
from harness.metrics.lot_risk import accepts, accepts_at_most, least_sample, most_bad_left
from harness.model.catalogue import CATALOGUE
from harness.model.lab_report import LabReport, TestedUnit
from harness.model.lot_acceptance import JudgedUnit, LotAcceptance
from harness.model.lot_catalogue import LOT_CATALOGUE
from harness.model.lot_draw import LotDraw, SamplingPlan
from harness.model.lot_manifest import LotManifest, ManifestUnit

CHALLENGE = hashlib.sha256(b"revealed after the manifest was fixed").digest()
OTHER_CHALLENGE = hashlib.sha256(b"of another lot").digest()


# --- The plan ---------------------------------------------------------------------------------------------------------


def plan(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["lot", "plan", *words, "--format", "json"])
    text = capsys.readouterr().out
    assert faults_against_schema("lot-plan", text.encode(), "plan.json") == []
    return code, json.loads(text)


PLANS = [
    # Reference 3.5, the table; M-36 (imperfect detection); M-37 (c = 1 and 2).
    *((f"--units {n} --ltpd 1% --beta 5%", drawn) for n, drawn in
      ((50, 48), (100, 95), (200, 155), (500, 225), (1000, 258), (2000, 277), (5000, 290), (10000, 294), (20000, 296),
       (50000, 298))),
    *((f"--units {n} --ltpd 0.001 --beta 0.05", drawn) for n, drawn in
      ((50, 48), (500, 475), (2000, 1553), (10000, 2588), (50000, 2907))),
    *((f"--units {n} --ltpd 5% --beta 10%", drawn) for n, drawn in ((50, 27), (100, 37), (1000, 44), (50000, 45))),
    *((f"--units 10000 --ltpd 1% --beta 5% --detection {s}", drawn) for s, drawn in
      (("100%", 294), ("0.975", 302), ("95 %", 310), ("0.9", 327), ("80%", 368), ("0.5", 589))),
    *((f"--units {n} --ltpd 1% --beta 5% --accept {c}", drawn) for n, c, drawn in
      ((1000, 1, 393), (5000, 1, 456), (10000, 1, 464), (1000, 2, 506), (5000, 2, 602), (10000, 2, 615))),
]  # fmt: skip


@pytest.mark.parametrize(("words", "drawn"), PLANS)
def test_a_plan_draws_what_the_reference_says(capsys, words: str, drawn: int):
    # With its space "95 %" is still one word of the command line.
    code, found = plan(capsys, *(word.replace("~", " ") for word in words.replace(" %", "~%").split()))
    assert (code, found["drawn"]) == (0, drawn)


def test_the_risk_reached_is_exact_and_rounded_up(capsys):
    """M-35: 294 of 10,000 with 100 bad. The lot of 50 with one bad unit: 10 of 50 are not drawn, which is 1/5."""
    _, found = plan(capsys, "--units", "10000", "--ltpd", "1%", "--beta", "5%")
    exact = Fraction(comb(9900, 294), comb(10000, 294))
    assert Fraction(found["risk"]) == exact
    assert round(float(exact), 6) == 0.049828
    assert exact * 100 <= Fraction(found["risk_percent"]) < exact * 100 + Fraction(1, 10_000)
    _, found = plan(capsys, "--units", "50", "--ltpd", "2%", "--beta", "20%")
    assert (found["drawn"], found["risk"], found["risk_percent"]) == (40, "1/5", "20")


def test_with_a_retest_the_risk_is_that_of_missing_the_second_time_too(capsys):
    """Of 2 units one is bad, both are drawn, 80 % are found: it passes at once with 1/5, or after 4/5 with 1/5 more."""
    _, found = plan(capsys, *["--units", "2", "--ltpd", "50%", "--beta", "20%", "--detection", "80%"])
    assert (found["drawn"], found["risk"]) == (2, "1/5")
    assert found["risk_with_retest_percent"] == "36"
    # Where every bad unit is found, it is found again.
    _, found = plan(capsys, *["--units", "1000000000", "--ltpd", "0.0000000000000001", "--beta", "5%"])
    assert found["risk_percent"] == found["risk_with_retest_percent"] == "5"


def test_the_plan_says_what_others_would_do(capsys):
    """M-39 and M-40; endless lot of the table; letter L of MIL-STD-105E, AQL 0.65 %: 200 units, accept with 3."""
    words = ["--units", "10000", "--ltpd", "1%", "--beta", "5%", "--sequential", "0.1%", "1%", "--variables", "20"]
    _, found = plan(capsys, *words)
    assert found["drawn_of_endless_lot"] == 299
    assert abs(found["drawn_by_iaea"] - 294) <= 3
    # A Poisson mean of 6.681 shows at most 3 one time in ten (MIL-STD-105E, table X-L: 3.34 % of 200).
    assert found["standard"] == {"letter": "L", "drawn": 200, "accept": 3, "accepted_in_ten_percent": "3.34"}
    lines = found["sequential"]
    assert (lines["accept"], lines["refuse"], lines["slope"]) == ("1.27375", "1.27375", "0.00391491")
    assert lines["first_acceptance"] == 326
    assert found["variables"] == {"drawn": 20, "factor": "3.2952"}
    _, found = plan(capsys, "--units", "3000", "--ltpd", "1%", "--beta", "5%")
    assert found["standard"] == {"letter": "K", "drawn": 125, "accept": 2, "accepted_in_ten_percent": "4.26"}


def test_a_good_lot_is_refused_by_false_alarms_and_less_so_with_a_retest():
    """Reference 3.5: 295 units and 0.1 % each refuse a perfect lot with 25.6 %."""
    found = lot_plan(20_000, Decimal("0.01"), Decimal("0.0505"), false_alarm=Decimal("0.001"))
    n, alarm = found.drawn, Fraction(1, 1000)
    once = 1 - (1 - alarm) ** n
    assert round(float(1 - Fraction(999, 1000) ** 295), 3) == 0.256
    assert float(found.refused_though_good_percent) == pytest.approx(float(once) * 100, rel=1e-4)
    # One alarm is forgiven unless it comes again: refused by two or more, or by one that is confirmed.
    one = n * alarm * (1 - alarm) ** (n - 1)
    assert float(found.refused_though_good_with_retest_percent) == pytest.approx(
        float(once - one + one * alarm) * 100, rel=1e-4
    )


@given(
    st.integers(2, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))),
    st.integers(0, 2),
    st.sampled_from(["0", "0.3", "0.98", "1"]),
)
@settings(max_examples=60)
def test_a_risk_is_that_of_every_draw_and_every_call_counted_one_by_one(sizes, most: int, detection: str):
    """The oracle looks at each possible sample and at each way in which its bad units are called."""
    lot, bad, drawn = sizes
    s, total = Fraction(detection), Fraction(0)
    samples = list(combinations(range(lot), drawn))
    for sample in samples:
        x = sum(unit < bad for unit in sample)
        for calls in range(2**x):
            called = calls.bit_count()
            total += (s**called * (1 - s) ** (x - called)) if called <= most else 0
    exact = total / len(samples)
    between = accepts_between(lot, bad, drawn, most, s)
    assert accepts(lot, bad, drawn, most, detection) == exact
    assert Fraction(between.low) <= exact <= Fraction(between.high)
    assert Fraction(between.high) - Fraction(between.low) < Fraction(1, 10**50)


@given(st.data())
@settings(max_examples=60)
def test_bounds_decide_as_whole_numbers_do(data):
    lot = data.draw(st.integers(1, 3000))
    bad, drawn = data.draw(st.integers(0, lot)), data.draw(st.integers(0, lot))
    most, detection = data.draw(st.integers(0, 3)), data.draw(st.sampled_from(["1", "0.9", "0.01"]))
    exact = accepts(lot, bad, drawn, most, detection)
    for limit in (exact, exact + Fraction(1, 10**70), exact - Fraction(1, 10**70), Fraction(1, 20)):
        assert accepts_at_most(lot, bad, drawn, limit, most, detection) is (exact <= limit)


@pytest.mark.parametrize("most", [0, 5, 250, 300, 340, 600])
def test_what_is_left_out_of_a_sum_lies_between_its_bounds(most: int):
    """Half of 20,000 are bad and 600 are drawn: far from 300 a probability is too small to be written out."""
    between, exact = accepts_between(20_000, 10_000, 600, most), accepts(20_000, 10_000, 600, most)
    assert Fraction(between.low) <= exact <= Fraction(between.high)


def test_a_lot_of_a_billion_has_its_answer(capsys):
    """Above: of 10⁹ units one is bad, and 95 % must be drawn. Below: the answers of an endless lot."""
    assert least_sample(10**9, "0.000000001", "0.05") == 950_000_000
    assert least_sample(10**9, "0.01", "0.05") == 299
    assert least_sample(10**9, "0.00003", "0.05", 0, "0.98") == 101_890
    code, found = plan(capsys, "--units", "1000000000", "--ltpd", "0.0001", "--beta", "5%")
    assert code == 0
    # ⌈ln 0.05 / ln(1 − 0.0001)⌉ = 29,956 for an endless lot.
    assert found["drawn"] == found["drawn_of_endless_lot"] == 29_956
    assert found["risk"] is None
    assert Decimal("4.99") < Decimal(found["risk_percent"]) <= 5


def test_what_may_be_left_is_the_largest_number_that_is_still_likely():
    """M-38, and with imperfect detection against the risk itself."""
    assert [most_bad_left(*case) for case in ((10000, 294, 0), (5000, 200, 0), (1000, 80, 1))] == [99, 72, 56]
    left = most_bad_left(200, 60, 1, "0.05", "0.9")
    assert accepts(200, left, 60, 1, "0.9") > Fraction(1, 20) >= accepts(200, left + 1, 60, 1, "0.9")


def test_where_no_sample_is_enough_it_says_so(capsys):
    """One bad unit of 100, missed with 10 %: all 100 still pass it one time in ten."""
    code, found = plan(capsys, *["--units", "100", "--ltpd", "1%", "--beta", "5%", "--detection", "90%"])
    assert (code, found["drawn"], found["risk"]) == (3, None, "1/10")
    assert main(["lot", "plan", "--units", "100", "--ltpd", "1%", "--beta", "5%", "--detection", "90%"]) == 3
    assert "no sample is enough" in capsys.readouterr().out


@pytest.mark.parametrize("share", ["1", "1.0", "2", "101%", "-1%", "1e-2", "1%%", "٣%", ".5", "", "1,5%", "nan", "½%"])
def test_a_share_that_two_people_could_read_differently_is_refused(share: str, capsys):
    with pytest.raises(SystemExit) as left:
        main(["lot", "plan", "--units", "100", f"--ltpd={share}", "--beta", "5%"])
    assert left.value.code == 2
    assert "need a share" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    ["--units 0", "--units 1,000", "--units 10000000000", "--ltpd 0%", "--beta 0%", "--beta 100%",
     "--sequential 1% 0.1%", "--sequential 1% 1%", "--variables 1", "--accept -1", "--ltpd 100% --variables 20"],
)  # fmt: skip
def test_a_plan_without_sense_is_refused(words: str, capsys):
    try:
        code = main(["lot", "plan", *["--units", "100", "--ltpd", "1%", "--beta", "5%"], *words.split()])
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert "got" in capsys.readouterr().err


@pytest.mark.parametrize("units", [1, 2, 3])
@pytest.mark.parametrize("words", ["--ltpd 1%", "--ltpd 100%", "--ltpd 50% --accept 2"])
def test_the_smallest_lots_have_an_answer(units: int, words: str, capsys):
    assert main(["lot", "plan", "--units", str(units), "--beta", "5%", *words.split()]) in (0, 3)
    assert capsys.readouterr().out.startswith(f"lot of {units} units: ")


# --- What a manifest commits to ---------------------------------------------------------------------------------------

# The eight leaves, and roots over the first n of them, of the tests that every log of RFC 6962 is held against.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("n", ROOTS)
def test_roots_are_those_that_logs_are_tested_with(n: int):
    assert merkle.root([merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:n]]).hex() == ROOTS[n]


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_roots_are_those_of_the_text(entries: list[bytes]):
    """RFC 9162, 2.1.1, as it is written: split at the largest power of two that is smaller than the list."""

    def head(part: list[bytes]) -> bytes:
        if not part:
            return hashlib.sha256(b"").digest()
        if len(part) == 1:
            return hashlib.sha256(b"\x00" + part[0]).digest()
        k = 1 << ((len(part) - 1).bit_length() - 1)
        return hashlib.sha256(b"\x01" + head(part[:k]) + head(part[k:])).digest()

    assert merkle.root([merkle.leaf_hash(entry) for entry in entries]) == head(entries)


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)


@given(NAMES, st.none() | NAMES, st.none() | NAMES)
def test_an_identity_record_is_canonical_json(serial: str, device_uuid: str | None, marking: str | None):
    unit = ManifestUnit(unit_id="unit-1", serial=serial, device_uuid=device_uuid, marking=marking)
    stated = {"unit_id": "unit-1", "serial": serial, "device_uuid": device_uuid, "marking": marking}
    assert identity_record(unit) == rfc8785.dumps({key: one for key, one in stated.items() if one is not None})


def manifest_of(count: int = 8, lot_id: str = "SAMPLE-LOT-1") -> LotManifest:
    units = tuple(
        ManifestUnit(
            unit_id=f"unit-{n}",
            serial=f"SAMPLE-{n:04d}",
            device_uuid=f"GPU-00000000-0000-4000-8000-{n:012d}",
        )
        for n in range(1, count + 1)
    )
    return LotManifest(schema="lot-manifest/1", lot_id=lot_id, units=units)


def with_units(manifest: LotManifest, units: list[ManifestUnit]) -> LotManifest:
    return manifest.model_copy(update={"units": tuple(units)})


@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_the_order_of_the_list_changes_neither_root_nor_draw(chance: random.Random):
    listed = manifest_of(30)
    units = list(listed.units)
    chance.shuffle(units)
    shuffled = with_units(listed, units)
    assert manifest_root(shuffled) == manifest_root(listed)
    wanted = SamplingPlan(drawn=7, detection=Decimal(1))
    assert draw(shuffled, CHALLENGE, wanted) == draw(listed, CHALLENGE, wanted)


def test_whatever_is_changed_in_a_manifest_changes_its_root():
    listed = manifest_of()
    first, *rest = listed.units
    changed = [
        listed.model_copy(update={"lot_id": "SAMPLE-LOT-2"}),
        with_units(listed, rest),
        with_units(listed, [*listed.units, ManifestUnit(unit_id="unit-9", serial="SAMPLE-0009")]),
        with_units(listed, [first.model_copy(update={"serial": "SAMPLE-0002X"}), *rest]),
        with_units(listed, [first.model_copy(update={"device_uuid": None}), *rest]),
        with_units(listed, [first.model_copy(update={"marking": "A"}), *rest]),
        with_units(listed, [first.model_copy(update={"unit_id": "unit-01"}), *rest]),
    ]
    assert len({manifest_root(one) for one in [listed, *changed]}) == len(changed) + 1


def test_a_manifest_is_read_back_as_it_was_written():
    listed = manifest_of()
    data = manifest_bytes(listed)
    assert read_manifest(data, "manifest.json") == listed
    assert faults_against_schema("lot-manifest", data, "manifest.json") == []


TABLES = [
    ("serial\nA\n", "line 1: "),
    ("", "line 1: "),
    ("unit_id,serial,serial\nunit-1,A,B\n", "line 1: "),
    ("unit_id,colour\nunit-1,red\n", "line 1: "),
    ("unit_id;serial\nunit-1;A\n", "line 1: "),
    ("unit_id,serial\n", "the table: got no unit"),
    ("unit_id,serial\nunit-1,A\n,B\n", "line 3, unit_id: got nothing"),
    ("unit_id,serial\nunit-1,A\nUNIT 2,B\n", "line 3, unit_id: got 'UNIT 2'"),
    ("unit_id,serial\nunit-1,A\n\nunit-2\n", "line 4: got 1 cells"),
    ("unit_id,serial\nunit-1,A\nunit-2,B\nunit-1,C\n", "line 4, unit_id: got 'unit-1', as unit 1 of the list has"),
    ("unit_id,serial\nunit-1,A 1\nunit-2,a  1\n", "line 3, serial: got 'a  1', as unit 1 of the list has"),
    ("unit_id,device_uuid\nunit-1,GPU-A\nunit-2,gpu-a\n", "line 3, device_uuid"),
    ("unit_id,serial\nunit-1,\n", "line 2, serial: got no identity"),
    ("unit_id,device_key_sha256\nunit-1,abc\n", "line 2, device_key_sha256"),
    ('unit_id,serial\nunit-1,"A\n', "line 2: "),
    ("unit_id,serial\nunit-1,A\0\n", "the table: got a zero byte"),
]


@pytest.mark.parametrize(("table", "told"), TABLES)
def test_a_table_of_units_is_read_strictly_and_every_fault_has_its_line(table: str, told: str):
    with pytest.raises(UnreadableInput) as refused:
        units_of_table(table.encode(), "units.csv")
    assert str(refused.value).startswith(f"units.csv: {told}")


def test_a_table_that_is_no_text_is_refused_at_its_line():
    with pytest.raises(UnreadableInput, match="line 2: got bytes"):
        units_of_table(b"unit_id,serial\nunit-1,\xff\n", "units.csv")


def test_a_manifest_with_one_identity_twice_cannot_be_read():
    first, second, *rest = manifest_of().units
    twice = with_units(manifest_of(), [first, second.model_copy(update={"serial": first.serial}), *rest])
    with pytest.raises(UnreadableInput, match=r"units\[1\].serial: got 'SAMPLE-0001'"):
        read_manifest(manifest_bytes(twice), "manifest.json")


def test_two_units_may_be_of_one_board_and_one_batch():
    table = b"unit_id,serial,board_serial,marking\nunit-1,A,BOARD,LOT\nunit-2,B,BOARD,LOT\n"
    assert len(units_of_table(table, "units.csv")) == 2


@pytest.mark.parametrize(
    ("serial", "device_uuid", "same"),
    [("SAMPLE-0001", None, True), ("sample-0001 ", "GPU-00000000-0000-4000-8000-000000000001", True),
     ("SAMPLE-0001", "GPU-2", False), ("SAMPLE-0002", None, False), (None, None, None)],
)  # fmt: skip
def test_a_unit_is_the_one_listed_where_all_that_both_state_agrees(serial, device_uuid, same):
    tested = TestedUnit(unit_id="unit-1", serial=serial, device_uuid=device_uuid)
    assert is_listed_unit(tested, manifest_of().units[0]) is same


# --- The draw ---------------------------------------------------------------------------------------------------------


def drawn_again(manifest: dict[str, Any], challenge: bytes, n: int) -> list[str]:
    """The draw as docs/lots.md describes it, written from that page alone."""

    def canonical(record: dict[str, Any]) -> bytes:
        return rfc8785.dumps(record)

    def tree(hashes: list[bytes]) -> bytes:
        if len(hashes) == 1:
            return hashes[0]
        k = 1
        while 2 * k < len(hashes):
            k *= 2
        return hashlib.sha256(b"\x01" + tree(hashes[:k]) + tree(hashes[k:])).digest()

    head = {key: manifest[key] for key in ("lot_id", "product") if key in manifest}
    records = [head, *sorted(manifest["units"], key=lambda unit: unit["unit_id"].encode())]
    root = tree([hashlib.sha256(b"\x00" + canonical(record)).digest() for record in records])
    seed = hashlib.sha256(b"harness/draw/1\x00" + root + challenge).digest()
    ids = [unit["unit_id"] for unit in manifest["units"]]
    return sorted(ids, key=lambda one: hmac.new(seed, one.encode(), hashlib.sha256).digest())[:n]


@given(st.integers(1, 40), st.binary(min_size=32, max_size=32), st.data())
@settings(max_examples=40)
def test_a_draw_is_what_anyone_draws_from_the_description(count: int, challenge: bytes, data):
    listed = manifest_of(count)
    n = data.draw(st.integers(1, count))
    found = draw(listed, challenge, SamplingPlan(drawn=n, detection=Decimal(1)))
    assert list(found.units) == drawn_again(json.loads(manifest_bytes(listed)), challenge, n)
    assert list(what_differs(found, listed)) == []


def test_a_draw_favours_no_unit():
    """2,000 draws of 2 units of 8: each is expected 500 times; 6 standard deviations of 19.4 are 116."""
    ids = [unit.unit_id for unit in manifest_of().units]
    counts = dict.fromkeys(ids, 0)
    for n in range(2000):
        for unit in drawn_units(seed_of(bytes(32), hashlib.sha256(str(n).encode()).digest()), ids, 2):
            counts[unit] += 1
    assert all(abs(count - 500) < 116 for count in counts.values())


PLAN = SamplingPlan(drawn=2, detection=Decimal(1))
LENIENT = PLAN.model_copy(update={"accept": 1, "ltpd": Decimal(1), "beta": Decimal("0.05")})


def altered(**changes: Any) -> LotDraw:
    return draw(manifest_of(), CHALLENGE, PLAN).model_copy(update=changes)


def spare() -> str:
    """A unit that was not drawn."""
    drawn = draw(manifest_of(), CHALLENGE, PLAN).units
    return next(unit.unit_id for unit in manifest_of().units if unit.unit_id not in drawn)


FORGED: list[tuple[str, str, Callable[[], LotDraw], Callable[[], LotManifest]]] = [
    ("a spare in the place of a drawn unit", "lot-draw-wrong",
     lambda: altered(units=(altered().units[0], spare())), manifest_of),
    ("a drawn unit left out", "lot-draw-wrong", lambda: altered(units=altered().units[:1]), manifest_of),
    ("the order changed", "lot-draw-wrong", lambda: altered(units=altered().units[::-1]), manifest_of),
    ("another challenge named", "lot-draw-wrong", lambda: altered(challenge=OTHER_CHALLENGE.hex()), manifest_of),
    ("a challenge that was not committed to", "lot-draw-wrong",
     lambda: altered(commitment=hashlib.sha256(OTHER_CHALLENGE).hexdigest()), manifest_of),
    ("another lot named", "lot-draw-wrong", lambda: altered(lot_id="SAMPLE-LOT-2"), manifest_of),
    ("a larger lot claimed", "lot-draw-wrong", lambda: altered(units_in_lot=800), manifest_of),
    ("more drawn than there are", "lot-draw-wrong",
     lambda: altered(plan=PLAN.model_copy(update={"drawn": 9})), manifest_of),
    ("a unit added after the challenge", "lot-manifest-altered", altered, lambda: manifest_of(9)),
    ("a serial swapped after the challenge", "lot-manifest-altered", altered, lambda: with_units(
        manifest_of(), [manifest_of().units[0].model_copy(update={"serial": "OTHER"}), *manifest_of().units[1:]])),
    ("the challenge of another lot used again", "lot-manifest-altered", altered, lambda: manifest_of(8, "LOT-2")),
    ("fewer than the promise asks", "lot-sample-too-small", lambda: draw(manifest_of(), CHALLENGE, PLAN.model_copy(
        update={"ltpd": Decimal("0.1"), "beta": Decimal("0.05")})), manifest_of),
]  # fmt: skip


@pytest.mark.parametrize(("what", "code", "drawn", "listed"), FORGED, ids=[row[0] for row in FORGED])
def test_a_draw_that_was_steered_is_found_out(what: str, code: str, drawn, listed):
    assert next(what_differs(drawn(), listed())).code == code
    # Whatever the units show, such a lot is not accepted.
    shown = [judged(unit) for unit in drawn().units]
    answer = accepted(listed(), drawn(), shown, Decimal("0.05"))
    assert answer.outcome == ("undecided" if code == "lot-sample-too-small" else "refused")
    if code != "lot-sample-too-small":
        assert answer.most_bad_left == len(listed().units)


@pytest.mark.parametrize(("drawn", "told"), [(257, ["lot-sample-too-small"]), (258, []), (259, [])])
def test_one_unit_fewer_than_the_promise_asks_is_too_few(drawn: int, told: list[str]):
    """Of 1,000 units 10 bad ones are 1 %: 258 is the least sample (reference 3.5, counted out here)."""
    assert Fraction(comb(990, 258), comb(1000, 258)) <= Fraction(1, 20) < Fraction(comb(990, 257), comb(1000, 257))
    listed = manifest_of(1000)
    wanted = SamplingPlan(drawn=drawn, ltpd=Decimal("0.01"), beta=Decimal("0.05"), detection=Decimal(1))
    assert [one.code for one in what_differs(draw(listed, CHALLENGE, wanted), listed)] == told


def test_a_promise_that_no_sample_keeps_is_no_promise():
    wanted = PLAN.model_copy(update={"ltpd": Decimal("0.1"), "beta": Decimal("0.05"), "detection": Decimal("0.1")})
    (found,) = what_differs(draw(manifest_of(), CHALLENGE, wanted), manifest_of())
    assert (found.code, found.need) == ("lot-sample-too-small", "a promise that a sample can keep")


# --- Acceptance -------------------------------------------------------------------------------------------------------


def judged(unit_id: str, shown: str = "at-or-below", **changes: Any) -> JudgedUnit:
    n = int(unit_id.removeprefix("unit-"))
    stated: dict[str, Any] = {
        "source": f"{unit_id}.json",
        "report_sha256": hashlib.sha256(unit_id.encode()).hexdigest(),
        "unit": TestedUnit(unit_id=unit_id, serial=f"SAMPLE-{n:04d}"),
        "lot_id": "SAMPLE-LOT-1",
        "declared": {"tpp": Fraction(15832)},
        "chips": frozenset({"h200"}),
        "shown": shown,
        "says": "so it says",
    }
    return JudgedUnit(**{**stated, **changes})


def answer_to(*shown: JudgedUnit, plan: SamplingPlan = PLAN) -> LotAcceptance:
    return accepted(manifest_of(), draw(manifest_of(), CHALLENGE, plan), shown, Decimal("0.05"))


FIRST, SECOND = draw(manifest_of(), CHALLENGE, PLAN).units


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-08-04T{text}:00+00:00")


MEASURED_FIRST = {"by_measurement": True, "session_id": "S1", "started_at": at("10:00"), "ended_at": at("11:00")}
MEASURED_AGAIN = {"source": "again.json", "session_id": "S2", "started_at": at("12:00"), "ended_at": at("13:00")}
RETEST = PLAN.model_copy(update={"retests": 1})


def swapped(unit_id: str) -> TestedUnit:
    return TestedUnit(unit_id=unit_id, serial="SPARE-1")


LOTS: list[tuple[str, SamplingPlan, list[JudgedUnit], str, set[str]]] = [
    ("all good", PLAN, [judged(FIRST), judged(SECOND)], "accepted", set()),
    ("one above", PLAN, [judged(FIRST, "above"), judged(SECOND)], "refused", set()),
    # A lot of bad units alone never shows one good of two.
    ("one above, one accepted", LENIENT, [judged(FIRST, "above"), judged(SECOND)], "accepted", set()),
    ("one above, one accepted by a plan that promises nothing", PLAN.model_copy(update={"accept": 1}),
     [judged(FIRST, "above"), judged(SECOND)], "undecided", set()),
    ("one void", PLAN, [judged(FIRST), judged(SECOND, "void")], "refused", set()),
    ("one undecided", PLAN, [judged(FIRST), judged(SECOND, "undecided")], "undecided", set()),
    ("one undecided, one accepted", LENIENT, [judged(FIRST), judged(SECOND, "undecided")], "accepted", set()),
    ("a drawn unit left out", PLAN, [judged(FIRST)], "refused", {"lot-unit-not-tested"}),
    ("a spare beside all", PLAN, [judged(FIRST), judged(SECOND), judged(spare())], "accepted", {"lot-unit-not-drawn"}),
    ("a bad spare beside all", PLAN, [judged(FIRST), judged(SECOND), judged(spare(), "above")], "accepted",
     {"lot-unit-not-drawn"}),
    ("a spare in the place of one", PLAN, [judged(FIRST), judged(spare())], "refused",
     {"lot-unit-not-drawn", "lot-unit-not-tested"}),
    ("a spare under the name of one", PLAN, [judged(FIRST), judged(SECOND, unit=swapped(SECOND))], "refused",
     {"lot-unit-substituted"}),
    ("a unit without identity", PLAN, [judged(FIRST), judged(SECOND, unit=TestedUnit(unit_id=SECOND))], "undecided",
     {"lot-unit-unidentified"}),
    ("a bad unit without identity", PLAN, [judged(FIRST), judged(SECOND, "above", unit=TestedUnit(unit_id=SECOND))],
     "refused", {"lot-unit-unidentified"}),
    ("one unit twice for two", PLAN, [judged(FIRST), judged(FIRST, source="copy.json")], "refused",
     {"lot-unit-reported-twice", "lot-unit-not-tested"}),
    ("one unit twice, once bad", PLAN, [judged(FIRST), judged(FIRST, "above", source="b.json"), judged(SECOND)],
     "refused", {"lot-unit-reported-twice"}),
    ("another lot", PLAN, [judged(FIRST), judged(SECOND, lot_id="SAMPLE-LOT-2")], "undecided", {"lot-report-foreign"}),
    ("another declaration", PLAN, [judged(FIRST), judged(SECOND, declared={"tpp": Fraction(20000)})], "undecided",
     {"lot-report-foreign"}),
    ("another declaration, and bad", PLAN, [judged(FIRST), judged(SECOND, "above", declared={"tpp": Fraction(9)})],
     "refused", {"lot-report-foreign"}),
    ("re-tested as planned", RETEST, [judged(FIRST, "above", **MEASURED_FIRST), judged(FIRST, **MEASURED_AGAIN),
                                      judged(SECOND)],
     "accepted", {"lot-unit-reported-twice", "lot-unit-retested"}),
    ("re-tested without a plan", PLAN, [judged(FIRST, "above", **MEASURED_FIRST), judged(FIRST, **MEASURED_AGAIN),
                                        judged(SECOND)],
     "refused", {"lot-unit-reported-twice"}),
    ("re-tested in one session", RETEST,
     [judged(FIRST, "above", **MEASURED_FIRST), judged(FIRST, **{**MEASURED_AGAIN, "session_id": "S1"}),
      judged(SECOND)], "refused", {"lot-unit-reported-twice"}),
    ("re-tested beforehand", RETEST,
     [judged(FIRST, "above", **MEASURED_FIRST),
      judged(FIRST, **{**MEASURED_AGAIN, "started_at": at("08:00"), "ended_at": at("09:00")}), judged(SECOND)],
     "refused", {"lot-unit-reported-twice"}),
    ("re-tested meanwhile", RETEST,
     [judged(FIRST, "above", **MEASURED_FIRST), judged(FIRST, **{**MEASURED_AGAIN, "started_at": at("10:59")}),
      judged(SECOND)], "refused", {"lot-unit-reported-twice"}),
    ("re-tested at no time", RETEST,
     [judged(FIRST, "above", **{**MEASURED_FIRST, "ended_at": None}), judged(FIRST, **MEASURED_AGAIN), judged(SECOND)],
     "refused", {"lot-unit-reported-twice"}),
    ("re-tested what was counted", RETEST,
     [judged(FIRST, "above", **{**MEASURED_FIRST, "by_measurement": False}), judged(FIRST, **MEASURED_AGAIN),
      judged(SECOND)], "refused", {"lot-unit-reported-twice"}),
    ("re-tested twice", RETEST,
     [judged(FIRST, "above", **MEASURED_FIRST), judged(FIRST, **MEASURED_AGAIN),
      judged(FIRST, **{**MEASURED_AGAIN, "source": "third.json"}), judged(SECOND)], "refused",
     {"lot-unit-reported-twice"}),
    ("two units re-tested", RETEST,
     [judged(FIRST, "above", **MEASURED_FIRST), judged(FIRST, **MEASURED_AGAIN),
      judged(SECOND, "above", **MEASURED_FIRST), judged(SECOND, **MEASURED_AGAIN)], "refused",
     {"lot-unit-reported-twice", "lot-unit-retested"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "plan", "shown", "outcome", "told"), LOTS, ids=[row[0] for row in LOTS])
def test_a_lot_is_accepted_by_its_drawn_units_alone(what: str, plan, shown, outcome: str, told: set[str]):
    answer = answer_to(*shown, plan=plan)
    assert answer.outcome == outcome
    assert {one.code for one in answer.findings} == told
    assert answer.good + answer.failed + answer.undecided == len(answer.units) == 2
    # In which order the reports come changes nothing.
    backward = answer_to(*shown[::-1], plan=plan)
    assert backward.outcome == outcome


def test_both_results_of_a_retest_are_told():
    answer = answer_to(judged(FIRST, "above", **MEASURED_FIRST), judged(FIRST, **MEASURED_AGAIN), judged(SECOND),
                       plan=RETEST)  # fmt: skip
    unit = next(one for one in answer.units if one.unit_id == FIRST)
    assert [one.shown for one in unit.reports] == ["above", "at-or-below"]


def test_what_the_manifest_declares_counts_for_every_report():
    listed = from_json(LotManifest, json.dumps({
        **json.loads(manifest_bytes(manifest_of())), "product": {"tpp": {"value": "15832"}},
    }).encode(), "m")  # fmt: skip
    drawn = draw(listed, CHALLENGE, PLAN)
    raised = {"declared": {"tpp": Fraction(20000)}}
    shown = [judged(unit, **raised) for unit in drawn.units]
    answer = accepted(listed, drawn, shown, Decimal("0.05"))
    assert answer.outcome == "undecided"
    assert [one.code for one in answer.findings] == ["lot-report-foreign"] * 2


def test_the_bound_counts_what_is_open_as_bad():
    """Of 8 units 2 were drawn and one is open: with 7 bad units, 7 of 28 pairs have a good one in them, above 5 %."""
    assert answer_to(judged(FIRST), judged(SECOND, "undecided")).most_bad_left == 7
    # Both good: with D bad, C(8-D, 2) of 28 pairs have none; D = 6 gives 1 of 28, below 5 %, and D = 5 gives 3.
    assert answer_to(judged(FIRST), judged(SECOND)).most_bad_left == 5


# --- The aspect of a verdict ------------------------------------------------------------------------------------------


def challenge_that_draws(manifest: LotManifest, wanted: set[str]) -> bytes:
    """A challenge by which these units come first, found by trying."""
    root, ids = manifest_root(manifest), [unit.unit_id for unit in manifest.units]
    tried = (hashlib.sha256(str(n).encode()).digest() for n in range(100_000))
    return next(one for one in tried if set(drawn_units(seed_of(root, one), ids, len(wanted))) == wanted)


@pytest.fixture(scope="module")
def two_units() -> dict[str, Any]:
    return json.loads((REPORTS / "h200-sxm-two-units.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def of_two_units() -> tuple[bytes, bytes]:
    """Manifest and draw by which the two units of that report are the ones to test."""
    listed = manifest_of()
    challenge = challenge_that_draws(listed, {"unit-1", "unit-2"})
    drawn = draw(listed, challenge, PLAN, hashlib.sha256(challenge).hexdigest())
    return manifest_bytes(listed), drawn.model_dump_json(by_alias=True, exclude_none=True).encode()


def facts(report: dict[str, Any], manifest: bytes | None, drawn: bytes | None):
    report["lot"] |= {"manifest": "manifest.json", "draw": "draw.json"}
    return lot_facts(from_json(LabReport, json.dumps(report).encode(), "report.json"), manifest, drawn)


def test_a_report_on_the_drawn_units_is_drawn(two_units, of_two_units):
    found = facts(copy.deepcopy(two_units), *of_two_units)
    assert (found.aspect, found.level, found.findings) == ("lot", "drawn", ())
    assert found.says == "2 of 8 units, drawn by manifest and challenge"
    assert not found.final


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"commitment": None}, "nobody had committed"),
        ({"plan": {"drawn": 2, "accept": 1, "detection": "1"}}, "promises nothing"),
    ],
)
def test_a_draw_that_anyone_could_have_bent_accepts_no_lot(two_units, of_two_units, change: dict[str, Any], why: str):
    manifest, drawn = of_two_units
    found = facts(copy.deepcopy(two_units), manifest, json.dumps({**json.loads(drawn), **change}).encode())
    assert (found.level, found.final) == ("drawn", True)
    assert why in found.says


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, "stated"),
        ({"drawn_by": None, "sampling_plan": None, "draw": None}, "stated"),
        # Named and not at hand: what it would have shown is not known.
        ({"draw": "draw.json"}, "none"),
        ({"manifest": "manifest.json"}, "none"),
        ({"units_in_lot": None}, "none"),
    ],
)
def test_without_the_documents_the_lot_is_as_stated_or_not_at_all(two_units, change: dict[str, Any], level: str):
    report = copy.deepcopy(two_units)
    report["lot"] |= change
    found = lot_facts(from_json(LabReport, json.dumps(report).encode(), "report.json"), None, None)
    assert (found.level, found.findings) == (level, ())
    report["lot"] = None
    assert lot_facts(from_json(LabReport, json.dumps(report).encode(), "report.json"), None, None).level == "none"


Documents = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
BROKEN: list[tuple[str, str, Callable[[Documents], object]]] = [
    ("lot-draw-wrong", "broken", lambda d: d[2].update(units=["unit-2", "unit-3"])),
    ("lot-draw-wrong", "broken", lambda d: d[2].update(commitment="a" * 64)),
    ("lot-draw-wrong", "broken", lambda d: d[2].update(lot_id="SAMPLE-LOT-2")),
    ("lot-manifest-altered", "broken", lambda d: d[1]["units"][7].update(serial="SAMPLE-0009")),
    ("lot-manifest-altered", "broken", lambda d: d[1]["units"].pop()),
    ("lot-manifest-altered", "broken", lambda d: d[1].update(lot_id="SAMPLE-LOT-2")),
    ("lot-unit-substituted", "broken", lambda d: d[0]["lot"]["units"][1].update(serial="SAMPLE-0003")),
    ("lot-unit-unidentified", "stated", lambda d: d[0]["lot"]["units"][1].update(serial=None, device_uuid=None)),
    ("lot-unit-not-tested", "stated", lambda d: d[0]["lot"]["units"].pop()),
    ("lot-unit-not-drawn", "drawn", lambda d: d[0]["lot"]["units"].append(
        {"unit_id": "unit-3", "serial": "SAMPLE-0003"})),
    ("lot-report-foreign", "stated", lambda d: d[0]["lot"].update(lot_id="SAMPLE-LOT-9")),
    ("lot-report-foreign", "stated", lambda d: d[0]["lot"].update(units_in_lot=9)),
    ("lot-sample-too-small", "stated", lambda d: d[2]["plan"].update(ltpd="0.1", beta="0.05")),
    ("lot-document-unreadable", "none", lambda d: d[2].update(schema="lot-draw/2")),
    ("lot-document-unreadable", "none", lambda d: d[1]["units"][1].update(serial="SAMPLE-0001")),
]  # fmt: skip
# Of several reports only: by the table of lots above.
OF_LOTS = {code for code, _, _ in BROKEN} | {code for row in LOTS for code in row[4]}


@pytest.mark.parametrize(("code", "level", "change"), BROKEN)
def test_one_change_to_report_manifest_or_draw_is_told(two_units, of_two_units, code: str, level: str, change):
    documents = (copy.deepcopy(two_units), *(json.loads(data) for data in of_two_units))
    change(documents)
    found = facts(documents[0], *(json.dumps(one).encode() for one in documents[1:]))
    assert [one.code for one in found.findings] == [code]
    assert found.level == level


def test_every_finding_about_lots_is_raised_by_some_test():
    assert set(LOT_CATALOGUE) == OF_LOTS
    assert set(CATALOGUE) >= OF_LOTS


# --- The commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, two_units: dict[str, Any]) -> Path:
    """A manifest of eight units, a draw of unit-1 and unit-2 from it, and the report on both."""
    lines = [f"unit-{n},SAMPLE-{n:04d},GPU-00000000-0000-4000-8000-{n:012d}\n" for n in range(8, 0, -1)]
    (tmp_path / "units.csv").write_text("unit_id,serial,device_uuid\n" + "".join(lines))
    like = str(REPORTS / "h200-sxm-two-units.json")
    manifest = tmp_path / "manifest.json"
    table = str(tmp_path / "units.csv")
    assert main(["lot", "manifest", table, "--lot-id", "SAMPLE-LOT-1", "--like", like, "-o", str(manifest)]) == 0
    listed = read_manifest(manifest.read_bytes(), "manifest.json")
    seed = challenge_that_draws(listed, {"unit-1", "unit-2"})
    words = ["--seed", seed.hex(), "--commitment", hashlib.sha256(seed).hexdigest(), "--units-drawn", "2"]
    assert main(["lot", "draw", "--manifest", str(manifest), *words, "-o", str(tmp_path / "draw.json")]) == 0
    (tmp_path / "report.json").write_text(json.dumps(two_units))
    return tmp_path


def accept(folder: Path, *words: str) -> int:
    paths = ["--draw", str(folder / "draw.json"), "--manifest", str(folder / "manifest.json")]
    return main(["lot", "accept", *words, *paths])


def report_on(folder: Path, two_units: dict[str, Any], n: int, change: Callable[[dict[str, Any]], object]) -> str:
    """Write a report on one of the two units alone."""
    report = copy.deepcopy(two_units)
    report["lot"]["units"] = [report["lot"]["units"][n - 1]]
    report["measurements"] = [one for one in report["measurements"] if one["unit_id"] == f"unit-{n}"]
    change(report)
    path = folder / f"unit-{n}-{len(list(folder.iterdir()))}.json"
    path.write_text(json.dumps(report))
    return str(path)


def raised(report: dict[str, Any]) -> None:
    """Raise the DRAM bandwidth of a unit above its declaration."""
    for one in report["measurements"]:
        if one["measurand"] == "total_dram_bandwidth":
            one.update(value="5.1", raw={"unit": "TB/s", "samples": ["5.1"]}, expanded_uncertainty="0.01")


class TestCommands:
    def test_the_draw_is_the_same_for_anyone(self, folder: Path, capsys):
        words = ["lot", "check-draw", str(folder / "draw.json"), "--manifest", str(folder / "manifest.json")]
        capsys.readouterr()
        assert main(words) == 0
        assert capsys.readouterr().out == "the same: 2 of 8 units, by manifest, challenge and plan\n"
        drawn = json.loads((folder / "draw.json").read_text())
        for name in ("lot-draw", "lot-manifest"):
            file = folder / f"{name.removeprefix('lot-')}.json"
            assert faults_against_schema(name, file.read_bytes(), file.name) == []
        (folder / "draw.json").write_text(json.dumps({**drawn, "units": ["unit-2", "unit-3"]}))
        assert main(words) == 1
        assert capsys.readouterr().out.startswith("differs: lot-draw-wrong: units[")

    @pytest.mark.parametrize(
        "seed", ["1234", "", "0" * 64, "ab" * 32, "g" * 64, CHALLENGE.hex()[:-1], CHALLENGE.hex() + "0"]
    )
    def test_a_challenge_that_can_be_guessed_is_refused(self, folder: Path, seed: str):
        with pytest.raises(SystemExit) as left:
            main(["lot", "draw", "--manifest", str(folder / "manifest.json"), "--seed", seed, "--units-drawn", "2",
                  "-o", str(folder / "other.json")])  # fmt: skip
        assert left.value.code == 2
        assert not (folder / "other.json").exists()

    def test_a_challenge_that_was_not_committed_to_draws_nothing(self, folder: Path, capsys):
        words = ["--seed", CHALLENGE.hex(), "--commitment", hashlib.sha256(OTHER_CHALLENGE).hexdigest()]
        out = folder / "other.json"
        manifest = str(folder / "manifest.json")
        assert main(["lot", "draw", "--manifest", manifest, *words, "--units-drawn", "2", "-o", str(out)]) == 1
        assert "not the one that was committed to" in capsys.readouterr().err
        assert not out.exists()

    @pytest.mark.parametrize(
        "words",
        ["", "--ltpd 10%", "--beta 5%", "--units-drawn 9", "--ltpd 10% --beta 5% --units-drawn 7",
         "--ltpd 10% --beta 5% --detection 10%", "--units-drawn 2 --commitment abc"],
    )  # fmt: skip
    def test_a_draw_without_a_plan_is_refused(self, folder: Path, words: str):
        manifest, out = str(folder / "manifest.json"), str(folder / "other.json")
        assert main(["lot", "draw", "--manifest", manifest, "--seed", CHALLENGE.hex(), *words.split(), "-o", out]) == 2

    def test_a_draw_follows_the_promise(self, folder: Path):
        """One bad unit of 8, found with 95 %: all 8 must be drawn, for 7 miss it with 1/8."""
        manifest, out = str(folder / "manifest.json"), folder / "other.json"
        words = ["--seed", CHALLENGE.hex(), "--ltpd", "10%", "--beta", "5%"]
        assert main(["lot", "draw", "--manifest", manifest, *words, "-o", str(out)]) == 0
        assert json.loads(out.read_text())["plan"]["drawn"] == 8

    def test_a_lot_whose_drawn_units_are_good_is_accepted(self, folder: Path, capsys):
        capsys.readouterr()
        assert accept(folder, str(folder / "report.json")) == 0
        told = capsys.readouterr().out.splitlines()
        assert told[0].startswith("accepted: SAMPLE-LOT-1, 2 of 8 units drawn: 2 good, 0 failed, 0 undecided")
        assert accept(folder, str(folder / "report.json"), "--format", "json") == 0
        text = capsys.readouterr().out
        assert faults_against_schema("lot-acceptance", text.encode(), "answer.json") == []
        assert json.loads(text)["most_bad_left"] == 5

    def test_reports_on_one_unit_each_are_put_together(self, folder: Path, two_units, capsys):
        one, two = (report_on(folder, two_units, n, lambda report: None) for n in (1, 2))
        assert accept(folder, one, two) == 0
        assert accept(folder, one) == 1
        assert "not-tested   unit-2" in capsys.readouterr().out

    def test_an_alias_names_the_same_chip(self, folder: Path, two_units):
        one = report_on(folder, two_units, 1, lambda report: report["product"].update(chip="h200"))
        two = report_on(folder, two_units, 2, lambda report: None)
        assert accept(folder, one, two) == 0

    def test_a_unit_above_its_declaration_refuses_the_lot(self, folder: Path, two_units, capsys):
        one, two = report_on(folder, two_units, 1, raised), report_on(folder, two_units, 2, lambda report: None)
        capsys.readouterr()
        assert accept(folder, one, two, "--format", "json") == 1
        answer = json.loads(capsys.readouterr().out)
        results = {unit["unit_id"]: unit["result"] for unit in answer["units"]}
        assert results == {"unit-1": "above", "unit-2": "at-or-below"}

    def test_in_a_report_on_both_the_bad_unit_fails_and_one_that_lies_far_below_it_is_open(
        self, folder: Path, two_units, capsys
    ):
        report = copy.deepcopy(two_units)
        for one in report["measurements"]:
            if one["measurand"] == "total_dram_bandwidth" and one["unit_id"] == "unit-2":
                one.update(value="5.1", raw={"unit": "TB/s", "samples": ["5.1"]}, expanded_uncertainty="0.01")
        (folder / "report.json").write_text(json.dumps(report))
        capsys.readouterr()
        assert accept(folder, str(folder / "report.json"), "--format", "json") == 1
        answer = json.loads(capsys.readouterr().out)
        assert {unit["unit_id"]: unit["result"] for unit in answer["units"]} == {
            "unit-1": "undecided", "unit-2": "above",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("change", "result", "code"),
        [
            (lambda r: r["lot"]["units"][0].update(serial="SPARE-7"), "substituted", 1),
            (lambda r: r["custody"][1].update(from_party="Somebody Else"), "void", 1),
            (lambda r: r["lot"]["units"][0].update(state=None), "undecided", 3),
            (lambda r: r["measurements"].pop(2), "undecided", 3),
            (lambda r: r["lot"].update(lot_id="SAMPLE-LOT-2"), "undecided", 3),
            (lambda r: r["declared"]["total_dram_bandwidth"].update(value="5200"), "undecided", 3),
            (lambda r: r["product"].update(chip=None), "undecided", 3),
        ],
    )
    def test_one_fact_off_in_one_report_keeps_the_lot_from_passing(
        self, folder: Path, two_units, change, result: str, code: int, capsys
    ):
        one, two = report_on(folder, two_units, 1, lambda report: None), report_on(folder, two_units, 2, change)
        capsys.readouterr()
        assert accept(folder, one, two, "--format", "json") == code
        answer = json.loads(capsys.readouterr().out)
        assert {unit["unit_id"]: unit["result"] for unit in answer["units"]} == {
            "unit-1": "at-or-below", "unit-2": result,
        }  # fmt: skip

    def test_series_of_another_unit_are_no_test(self, folder: Path, two_units, capsys):
        """The report on unit-2 with the figures of unit-1, long enough to tell them apart."""
        samples = [f"{780 + n}.{n * 37 % 100:02d}" for n in range(30)]

        def long_series(report: dict[str, Any]) -> None:
            one = report["measurements"][0]
            one.update(value=max(samples, key=float), statistic="max")
            one["raw"] = {"unit": one["unit"], "samples": samples}

        one, two = (report_on(folder, two_units, n, long_series) for n in (1, 2))
        assert accept(folder, one, two) == 1
        assert "void         unit-2" in capsys.readouterr().out

    def test_by_a_trust_root_only_signed_reports_count(self, folder: Path, two_units, capsys):
        root = signed_root()
        (folder / "root.json").write_bytes(root)
        words = ["--trust-root", str(folder / "root.json"), "--trust-root-sha256", digest(root)]
        words += ["--now", "2026-08-10T00:00:00Z", "--format", "json"]
        (folder / "signed.json").write_bytes(signed_report(data=json.dumps(two_units).encode()))
        (folder / "forged.json").write_bytes(signed_report("stranger", data=json.dumps(two_units).encode()))
        for name, code, result in (("signed", 0, "at-or-below"), ("report", 3, "undecided"), ("forged", 1, "void")):
            capsys.readouterr()
            assert accept(folder, str(folder / f"{name}.json"), *words) == code
            assert {one["result"] for one in json.loads(capsys.readouterr().out)["units"]} == {result}
        # Without a trust root a signed report is judged as a plain one is.
        assert accept(folder, str(folder / "signed.json")) == 0

    def test_a_report_on_one_unit_may_attach_manifest_and_draw(self, folder: Path, two_units):
        def attached(report: dict[str, Any]) -> None:
            report["lot"].update(manifest="manifest.json", draw="draw.json")
            for name in ("manifest.json", "draw.json"):
                data = (folder / name).read_bytes()
                report["attachments"].append({"name": name, "sha256": digest(data), "size_bytes": len(data)})

        one, two = (report_on(folder, two_units, n, attached) for n in (1, 2))
        assert accept(folder, one, two) == 0
        assert accept(folder, one) == 1

    def test_a_report_that_cannot_be_read_is_told_and_the_gravest_code_counts(self, folder: Path, capsys):
        (folder / "broken.json").write_text("{")
        assert accept(folder, str(folder / "report.json"), str(folder / "broken.json")) == 2
        told = capsys.readouterr()
        assert "broken.json" in told.err
        assert "accepted: SAMPLE-LOT-1" in told.out

    @pytest.mark.parametrize("name", ["manifest.json", "draw.json"])
    @pytest.mark.parametrize("text", ["", "{}", '{"schema": "lot-draw/1"}', "[" * 100])
    def test_a_document_of_another_kind_is_refused(self, folder: Path, name: str, text: str):
        (folder / name).write_text(text)
        assert accept(folder, str(folder / "report.json")) == 2

    @pytest.mark.parametrize(
        "change",
        [{"detection": "1.1"}, {"ltpd": "0", "beta": "0.05"}, {"ltpd": "0.1", "beta": "1"}, {"ltpd": "0.1"},
         {"beta": "0.05"}, {"retests": 2}, {"drawn": 0}, {"accept": -1}, {"detection": 1}],
    )  # fmt: skip
    def test_a_plan_that_is_none_cannot_be_read(self, folder: Path, change: dict[str, Any], capsys):
        drawn = json.loads((folder / "draw.json").read_text())
        drawn["plan"].update(change)
        (folder / "draw.json").write_text(json.dumps(drawn))
        assert accept(folder, str(folder / "report.json")) == 2
        assert "draw.json: plan" in capsys.readouterr().err

    @pytest.mark.parametrize(("count", "by_measurement"), [(18, True), (19, False)])
    def test_what_a_device_counts_of_itself_is_no_matter_for_a_second_session(
        self, two_units, count: int, by_measurement: bool
    ):
        report = copy.deepcopy(two_units)
        raised(report)
        for unit in report["lot"]["units"]:
            unit["state"]["links"][0]["count"] = count
        case = read_case(json.dumps(report).encode(), "report.json", None, None)
        found = judged_units(case, read_law(), "report.json")
        assert [(one.shown, one.by_measurement) for one in found] == [("above", by_measurement)] * 2

    def test_documents_stand_alone_on_standard_output(self, folder: Path, capsys):
        capsys.readouterr()
        assert main(["lot", "manifest", str(folder / "units.csv"), "--lot-id", "X", "-o", "-"]) == 0
        told = capsys.readouterr()
        assert len(read_manifest(told.out.encode(), "out").units) == 8
        assert "8 units, root " in told.err

    def test_no_file_is_written_over(self, folder: Path):
        words = ["lot", "manifest", str(folder / "units.csv"), "--lot-id", "X", "-o", str(folder / "manifest.json")]
        before = (folder / "manifest.json").read_bytes()
        assert main(words) == 2
        assert (folder / "manifest.json").read_bytes() == before
        assert main([*words, "--force"]) == 0


@pytest.mark.slow
def test_a_hundred_thousand_units_are_listed_and_drawn(tmp_path: Path):
    lines = (f"unit-{n},S-{n:08d}\n" for n in range(100_000))
    (tmp_path / "units.csv").write_text("unit_id,serial\n" + "".join(lines))
    manifest, out = str(tmp_path / "manifest.json"), tmp_path / "draw.json"
    assert main(["lot", "manifest", str(tmp_path / "units.csv"), "--lot-id", "L", "-o", manifest]) == 0
    words = ["--seed", CHALLENGE.hex(), "--ltpd", "1%", "--beta", "5%"]
    assert main(["lot", "draw", "--manifest", manifest, *words, "-o", str(out)]) == 0
    found = json.loads(out.read_text())
    # 299 for an endless lot, 298 for 50,000 units.
    assert len(found["units"]) in (298, 299)
    assert found["units"] == drawn_again(json.loads(Path(manifest).read_text()), CHALLENGE, len(found["units"]))
