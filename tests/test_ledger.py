"""The ledger refuses what may not follow: the export that crosses, the unit that goes twice, what no licence covers."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import CAPS, PAPER, P, cancelled, corrected, event, gone, ledger, licence, product, refused, stayed

from harness.codec import packaged
from harness.codec.cap_law import caps
from harness.codec.law_files import read_law
from harness.errors import LawFault
from harness.evidence.ledger_entry import entry_bytes, product_id
from harness.judge import law_with
from harness.ledger.capping import cap_statement
from harness.ledger.checking import checked
from harness.ledger.curve import Curve
from harness.ledger.ledger import EntriesRefused, Ledger
from harness.model.ledger_event import LedgerEvent

START = (product(), licence())


@pytest.mark.parametrize(("units", "expected"), [(31, []), (32, []), (33, ["cap-crossed"])])
def test_just_half_may_go_and_one_unit_more_may_not(tmp_path: Path, units: int, expected: list[str]):
    found = ledger(tmp_path, [*START, stayed(64)])
    assert refused(found, gone(units)) == expected


@pytest.mark.parametrize(("stay", "most"), [(0, 0), (1, 0), (2, 1), (3, 1), (101, 50)])
def test_of_an_odd_number_half_a_unit_stays(tmp_path: Path, stay: int, most: int):
    found = ledger(tmp_path, [*START, *([stayed(stay)] if stay else [])])
    assert refused(found, gone(most + 1)) == ["cap-crossed"]
    if most:
        assert refused(found, gone(most)) == []
    assert cap_statement(found, CAPS, None, None).units_left == 0


def test_china_and_macau_count_together_and_other_places_do_not(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(20)])
    assert refused(found, gone(50, country="SG", licence=None)) == []
    assert refused(found, gone(6, country="CN"), gone(4, country="MO")) == []
    assert refused(found, gone(1, country="MO")) == ["cap-crossed"]
    one = cap_statement(found, CAPS, None, None)
    assert {(at.country, at.units, at.counts) for at in one.by_place} == {
        ("CN", 6, "yes"), ("MO", 4, "yes"), ("SG", 50, "no"),
    }  # fmt: skip
    assert (one.standing, one.gone.units, one.units_left) == ("holds", 10, 0)


def test_whether_hong_kong_counts_is_a_reading_and_either_answer_is_given(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(20), gone(10)])
    (refusal,) = _refusals(found, gone(1, country="HK"), CAPS)
    assert (refusal.code, refusal.certain) == ("cap-crossed", False)
    alone, as_china = (caps(law_with(readings=[f"hong-kong-as-china={option}"])) for option in "ba")
    assert _refusals(found, gone(1, country="HK"), as_china)[0].certain
    found.record([gone(1, country="HK")], alone)
    assert cap_statement(found, CAPS, None, None).standing == "undecided"
    assert cap_statement(found, alone, None, None).standing == "holds"
    assert cap_statement(found, as_china, None, None).standing == "crossed"


def _refusals(found: Ledger, one: LedgerEvent, every: Any) -> list[Any]:
    with pytest.raises(EntriesRefused) as error:
        found.record([one], every)
    return [refusal for _, refusal in error.value.refused]


@pytest.mark.parametrize(
    "why_not",
    [
        {"evidence": None}, {"evidence": {"title": "a paper"}}, {"us_end_use": None}, {"us_end_use": False},
        {"customer_country": "CA"},
    ],
)  # fmt: skip
def test_a_shipment_counts_only_with_evidence_and_for_us_end_use_there(tmp_path: Path, why_not: dict[str, Any]):
    found = ledger(tmp_path, [*START, stayed(100, **why_not)])
    assert refused(found, gone(1)) == ["cap-crossed"]
    one = cap_statement(found, CAPS, None, None)
    assert (one.stayed.units, one.stayed_uncounted.units) == (0, 100)


def test_a_product_is_its_five_quantities_whatever_it_is_called_and_in_whatever_units(tmp_path: Path):
    same = product("another name", total_dram_bandwidth={"value": "4800.0", "unit": "GB/s"})
    other = product("H200", peak_power_at_max_tpp={"value": "600", "unit": "W"})
    assert product_id(same.event.declared) == P != product_id(other.event.declared)
    found = ledger(tmp_path, [*START, other, stayed(100)])
    assert refused(found, same) == ["product-used-twice"]
    # What stayed of one product makes no room for another.
    assert refused(found, gone(1, product=product_id(other.event.declared), licence=None)) == [
        "licence-absent", "cap-crossed",
    ]  # fmt: skip


def test_aggregate_tpp_is_exact(tmp_path: Path):
    odd = product(tpp={"value": "15832.000000000000000001"})
    pid = product_id(odd.event.declared)
    found = ledger(tmp_path, [odd, licence(product=pid), stayed(2 * 10**8, product=pid), gone(10**8, product=pid)])
    one = cap_statement(found, CAPS, None, None)
    # 10^8 x 15832.000000000000000001, by hand.
    assert one.gone.tpp == one.limit_tpp == "1583200000000.0000000001"
    assert refused(found, gone(1, product=pid)) == ["cap-crossed"]


def test_an_export_needs_what_had_stayed_by_its_day_and_not_only_what_is_recorded(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10, "2026-02-01"), stayed(10, "2026-05-01")])
    # By the log 20 stayed; by the days 10 on 1 March, and 20 from 1 May on.
    assert refused(found, gone(6, "2026-03-01")) == ["cap-crossed"]
    assert refused(found, gone(5, "2026-03-01")) == []
    assert refused(found, gone(5, "2026-05-01")) == []
    # Dated back it would take away the room of what went later.
    assert refused(found, stayed(1, "2026-06-01"), gone(1, "2026-04-30")) == ["cap-crossed"]


def test_an_export_recorded_before_what_stayed_is_refused_though_the_days_would_bear_it(tmp_path: Path):
    found = ledger(tmp_path, START)
    assert refused(found, gone(1, "2026-03-01"), stayed(2, "2026-02-01")) == ["cap-crossed"]
    assert refused(found, stayed(2, "2026-02-01"), gone(1, "2026-03-01")) == []


def test_what_is_recorded_out_of_order_counts_on_every_later_day(tmp_path: Path):
    found = ledger(tmp_path, START)
    first, second = stayed(4, "2026-03-01"), stayed(4, "2026-02-01")
    assert refused(found, first, gone(2, "2026-03-02"), second, gone(2, "2026-03-03")) == []


def test_an_export_whose_room_was_recorded_later_crosses_by_the_log_and_not_by_the_days(tmp_path: Path):
    found = ledger(tmp_path, START)
    found.record([gone(1, "2026-03-01")], CAPS, as_happened=True)
    found.record([stayed(2, "2026-02-01")], CAPS)
    one = cap_statement(found, CAPS, None, None)
    assert (one.standing, one.first_crossed_as_dated) == ("crossed", None)
    assert one.first_crossed_as_recorded is not None
    assert (one.first_crossed_as_recorded.seq, one.first_crossed_as_recorded.stayed.units) == (2, 0)


def test_before_there_was_a_cap_none_is_kept_and_what_went_then_counts(tmp_path: Path):
    found = ledger(tmp_path, [*START, gone(3, "2026-01-14", licence=None), stayed(10)])
    assert refused(found, gone(3)) == ["cap-crossed"]
    assert refused(found, gone(2)) == []
    assert cap_statement(found, CAPS, None, None).standing == "holds"


def test_what_happened_is_recorded_marked_and_told_as_crossed(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(2), gone(1, "2026-03-01")])
    told = found.record([gone(1, "2026-03-02")], CAPS, as_happened=True).told
    assert [refusal.code for _, refusal in told] == ["cap-crossed"]
    assert [entry.as_happened for _, entry in found.entries()] == [None] * 4 + [True]
    one = cap_statement(found, CAPS, None, None)
    assert one.standing == "crossed"
    assert one.first_crossed_as_recorded is not None
    assert one.first_crossed_as_recorded.seq == 4
    assert one.first_crossed_as_dated is not None
    assert one.first_crossed_as_dated.day.isoformat() == "2026-03-02"
    assert (one.units_left, one.gone.units) == (-1, 2)
    # On a day before, all was well; and room that comes later does not undo what was.
    found.record([stayed(10)], CAPS)
    assert cap_statement(found, CAPS, None, None).standing == "crossed"
    before = CAPS[0].since.replace(month=3, day=1)
    assert cap_statement(found, CAPS, None, before).standing == "holds"
    assert not checked(found, CAPS).damage


def test_what_happened_is_no_excuse_for_a_unit_that_went_twice(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10), gone(1, unit_ids=("GPU-1",))])
    with pytest.raises(Exception, match="unit-used-twice"):
        found.record([gone(1, unit_ids=("GPU-1",))], CAPS, as_happened=True)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"unit_ids": ("GPU-1", "GPU-9")}, "unit-used-twice"),
        ({"unit_ids": ("gpu-1", "GPU-9")}, "unit-used-twice"),
        ({"unit_ids": ("GPU- 1", "GPU-9")}, "unit-used-twice"),
        ({"unit_ids": ("GPU-8", "gpu-8")}, "unit-used-twice"),
        ({"unit_ids": ("GPU-8",)}, "units-miscounted"),
        ({"shipment": "s-ONE"}, "shipment-used-twice"),
        ({"unit_list_sha256": "c" * 64}, "unit-list-used-twice"),
        ({"product": "d" * 64}, "product-unknown"),
    ],
)
def test_each_identity_is_used_once(tmp_path: Path, fields: dict[str, Any], code: str):
    first = gone(2, shipment="S-one", unit_ids=("GPU-1", "GPU-2"), unit_list_sha256="c" * 64)
    found = ledger(tmp_path, [*START, stayed(100), first])
    assert refused(found, gone(2, **fields)) == [code]


def test_a_unit_that_stayed_cannot_go(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(2, unit_ids=("GPU-1", "GPU-2")), stayed(20)])
    assert refused(found, gone(1, unit_ids=("gpu-1",))) == ["unit-used-twice"]
    assert refused(found, stayed(1, unit_ids=("GPU-2",))) == ["unit-used-twice"]
    assert refused(found, cancelled(2), gone(1, unit_ids=("gpu-1",))) == []


def test_a_product_without_tpp_has_no_share_to_keep(tmp_path: Path):
    assert refused(ledger(tmp_path), product(tpp={"value": "0.0"})) == ["product-without-tpp"]


def test_an_invoice_counts_once(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10, reference="INV-A")])
    assert refused(found, stayed(10, reference="inv-a")) == ["reference-used-twice"]
    assert refused(found, stayed(10, reference="INV-B"), stayed(10, reference="INV-B")) == ["reference-used-twice"]


def test_nothing_stayed_before_the_first_commercial_shipment(tmp_path: Path):
    dated = product()
    dated = dated.model_copy(
        update={"event": dated.event.model_copy(update={"first_us_commercial_shipment": CAPS[0].since})}
    )
    found = ledger(tmp_path, [dated])
    assert refused(found, stayed(1, CAPS[0].since.replace(day=14).isoformat())) == ["before-first-shipment"]
    assert refused(found, stayed(1, CAPS[0].since.isoformat())) == []


@pytest.mark.parametrize(
    ("change", "export", "code"),
    [
        ({}, {"licence": None}, "licence-absent"),
        ({}, {"licence": "D-2"}, "licence-unknown"),
        ({"units": 5}, {}, "licence-exceeded"),
        ({"countries": ("MO",)}, {}, "licence-country"),
        ({"valid_from": "2026-03-02"}, {}, "licence-not-yet-valid"),
        ({"valid_until": "2026-02-28"}, {}, "licence-expired"),
        ({"product": product_id(product(tpp={"value": "1"}).event.declared)}, {}, "licence-product"),
    ],
)
def test_an_export_needs_a_licence_that_covers_it(
    tmp_path: Path, change: dict[str, Any], export: dict[str, Any], code: str
):
    found = ledger(tmp_path, [product(), product(tpp={"value": "1"}), licence(**change), stayed(100)])
    assert refused(found, gone(6, **export)) == [code]


def test_a_licence_covers_its_first_and_last_day_and_its_last_unit(tmp_path: Path):
    narrow = licence(units=2, valid_from="2026-03-01", valid_until="2026-03-02")
    found = ledger(tmp_path, [product(), narrow, stayed(100)])
    assert refused(found, gone(1, "2026-03-01"), gone(1, "2026-03-02")) == []
    assert refused(found, gone(1, "2026-03-02")) == ["licence-exceeded"]


def test_a_licence_changes_by_events_of_its_own(tmp_path: Path):
    found = ledger(tmp_path, [product(), licence(units=5), stayed(100), gone(5)])
    assert refused(found, gone(1)) == ["licence-exceeded"]
    assert refused(found, event("2026-04-01", "licence-change", number="d-1", units=7)) == []
    # It allows more from its day on, and not before.
    assert refused(found, gone(1)) == ["licence-exceeded"]
    assert refused(found, gone(1, "2026-04-01")) == []
    assert refused(found, event("2026-04-02", "licence-change", number="D-1", revoked=True)) == []
    assert refused(found, gone(1, "2026-04-02")) == ["licence-revoked"]
    assert refused(found, gone(1, "2026-04-01")) == []
    assert refused(found, event("2026-04-02", "licence-change", number="D-9", units=7)) == ["licence-unknown"]


def test_an_application_for_more_than_is_left_is_refused_and_where_it_was_made_it_is_told(tmp_path: Path):
    def asked(units: int, number: str) -> LedgerEvent:
        return event("2026-03-02", "application", number=number, product=P, units=units, countries=("CN",))

    found = ledger(tmp_path, [*START, stayed(20), gone(4)])
    assert refused(found, asked(7, "A-1")) == ["cap-crossed"]
    assert refused(found, asked(6, "A-1")) == []
    found.record([asked(7, "A-2")], CAPS, as_happened=True)
    one = cap_statement(found, CAPS, None, None)
    assert (one.standing, one.applications_beyond) == ("holds", (5,))


def test_a_change_of_specifications_names_two_known_products(tmp_path: Path):
    other = product("H200", peak_power_at_max_tpp={"value": "600", "unit": "W"})
    found = ledger(tmp_path, [product()])
    fields = {"from_product": P, "to_product": product_id(other.event.declared), "explanation": "a new power limit"}
    assert refused(found, event("2026-03-01", "specification-change", **fields)) == ["product-unknown"]
    assert refused(found, other, event("2026-03-01", "specification-change", **fields)) == []


# --- Corrections ----------------------------------------------------------------------------------------------------


def test_a_correction_changes_what_counts_and_not_what_stands_in_the_log(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10), gone(5)])
    before = [entry_bytes(entry) for _, entry in found.entries()]
    assert refused(found, gone(1)) == ["cap-crossed"]
    assert refused(found, corrected(3, gone(4))) == []
    assert refused(found, gone(1)) == []
    assert [entry_bytes(entry) for _, entry in found.entries()][:4] == before
    assert not checked(found, CAPS).damage


def test_a_correction_that_makes_an_earlier_export_cross_says_which(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10, "2026-02-01"), gone(5, "2026-03-01"), stayed(100, "2026-04-01")])
    wrong = corrected(2, stayed(8))
    (refusal,) = _refusals(found, wrong, CAPS)
    assert refusal.code == "cap-crossed"
    assert refusal.where.startswith("entry 3")
    found.record([wrong], CAPS, as_happened=True)
    one = cap_statement(found, CAPS, None, None)
    assert one.first_crossed_as_recorded is not None
    assert (one.standing, one.first_crossed_as_recorded.seq) == ("crossed", 3)
    assert not checked(found, CAPS).damage


def test_an_amendment_does_not_answer_for_what_was_wrong_before(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(2), gone(1), stayed(5)])
    found.record([gone(9)], CAPS, as_happened=True)
    assert refused(found, corrected(4, stayed(6)), corrected(4, stayed(7))) == []
    # It makes entry 3 cross, and entry 5 by more than it did.
    assert refused(found, corrected(2, stayed(1))) == ["cap-crossed", "cap-crossed"]


def test_a_correction_of_the_day_is_held_against_the_days(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(2, "2026-02-01"), gone(1, "2026-03-01")])
    assert refused(found, corrected(2, stayed(2), happened="2026-03-02")) == ["cap-crossed"]
    assert refused(found, corrected(2, stayed(2), happened="2026-03-01")) == []


def test_what_is_cancelled_no_longer_counts_and_its_number_stays_used(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10), gone(5, shipment="S-X", unit_ids=tuple("abcde"))])
    assert refused(found, cancelled(3)) == []
    assert refused(found, gone(5, shipment="S-X")) == ["shipment-used-twice"]
    assert refused(found, gone(5, unit_ids=tuple("abcde"))) == []
    assert refused(found, cancelled(3)) == ["amends-cancelled"]
    assert refused(found, cancelled(2)) == ["cap-crossed"]
    assert not checked(found, CAPS).damage


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (corrected(99, gone(1)), "amends-nothing"),
        (cancelled(99), "amends-nothing"),
        (corrected(2, gone(1)), "corrects-kind"),
        (corrected(0, product(tpp={"value": "1"})), "corrects-product"),
        (corrected(3, gone(1, unit_ids=("a", "a"))), "units-miscounted"),
    ],
)
def test_a_correction_fits_what_it_corrects(tmp_path: Path, wrong: LedgerEvent, code: str):
    found = ledger(tmp_path, [*START, stayed(10), gone(2)])
    assert code in refused(found, wrong)


def test_a_correction_is_corrected_by_another_one(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10), gone(5)])
    assert refused(found, corrected(3, gone(1)), corrected(3, gone(2))) == []
    assert refused(found, corrected(4, gone(2))) == ["amends-nothing"]
    assert cap_statement(found, CAPS, None, None).gone.units == 2


def test_a_licence_that_is_cancelled_covers_nothing_more(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(100)])
    assert refused(found, cancelled(1)) == []
    assert refused(found, gone(1)) == ["licence-unknown"]


# --- As a property --------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("stay"), st.integers(1, 6), st.integers(1, 28)),
        st.tuples(st.just("go"), st.integers(1, 4), st.integers(1, 28)),
        st.tuples(st.just("cancel"), st.integers(0, 12), st.just(1)),
        st.tuples(st.just("correct"), st.integers(0, 12), st.integers(1, 6)),
    ),
    max_size=14,
)


def _made(step: tuple[str, int, int], entries: list[LedgerEvent]) -> LedgerEvent | None:
    what, first, second = step
    if what == "stay":
        return stayed(first, f"2026-02-{second:02d}")
    if what == "go":
        return gone(first, f"2026-02-{second:02d}")
    if what == "cancel":
        return cancelled(first)
    old = entries[first].event if first < len(entries) else None
    if old is None or old.kind not in ("us-shipment", "export"):
        return None
    return corrected(first, entries[first].model_copy(update={"event": old.model_copy(update={"units": second})}))


def _crosses(entries: list[LedgerEvent]) -> bool:
    """The rule, word by word: after each export, by the log and by the days, twice what went is at most what stayed."""
    now = {n: (one.day, one.event) for n, one in enumerate(entries)}
    for one in entries:
        if one.event.kind == "cancellation":
            now.pop(one.event.cancels, None)
        if one.event.kind == "correction":
            now[one.event.corrects] = (now[one.event.corrects][0], one.event.event)
    moves = [(day, body.kind, body.units) for day, body in now.values() if body.kind in ("us-shipment", "export")]
    for order in (moves, sorted(moves, key=lambda move: (move[0], move[1] == "export"))):
        home = out = 0
        for n, (day, kind, units) in enumerate(order):
            home, out = home + units * (kind == "us-shipment"), out + units * (kind == "export")
            last = order is moves or n + 1 == len(order) or order[n + 1][0] != day
            if kind == "export" and last and Fraction(out) > Fraction(home, 2):
                return True
    return False


@settings(max_examples=40)
@given(STEPS)
def test_whatever_comes_no_prefix_of_what_is_recorded_crosses(tmp_path_factory: pytest.TempPathFactory, steps: Any):
    """And what would not cross is refused for nothing else than another reason."""
    found = ledger(tmp_path_factory.mktemp("l"), START)
    for step in steps:
        before = [entry for _, entry in found.entries()]
        one = _made(step, before)
        if one is None:
            continue
        codes = refused(found, one)
        amends = [entry for entry in [*before, one] if entry.event.kind == "cancellation"]
        sensible = not any(code.startswith("amends") or code == "licence-unknown" for code in codes) or not amends
        if sensible and (not codes or set(codes) == {"cap-crossed"}):
            assert _crosses([*before, one]) is bool(codes)
    assert not checked(found, CAPS).damage
    found.close()


MOVES = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(["home", "out", "open_out"]), st.integers(1, 5)), max_size=12
)


@given(MOVES, st.integers(1, 9), st.integers(0, 3), st.integers(0, 3))
def test_sums_by_day_are_those_of_the_definition_in_whatever_order_things_come(
    moves: Any, day: int, more_out: int, more_open: int
):
    cap = CAPS[0]
    curve = Curve(cap=cap, tpp=Decimal(1))
    for n, kind, units in moves:
        curve.add(cap.since.replace(day=n), **{kind: units})

    def total(kind: str, until: int) -> int:
        return sum(units for n, one, units in moves if one == kind and n <= until)

    expected = []
    for n in sorted({day, *(n for n, _, _ in moves if n > day)}):
        home, out = total("home", n), total("out", n) + more_out
        every = out + total("open_out", n) + more_open
        if 2 * every > home:
            expected.append((n, home, out if 2 * out > home else every, 2 * out > home))
    found = curve.crossed_from(cap.since.replace(day=day), more_out, more_open)
    assert [(one.day.day, one.stayed, one.gone, one.certain) for one in found] == expected


@given(st.lists(st.text(max_size=20), min_size=3, max_size=3), st.integers(1, 10**9))
def test_an_entry_is_spelt_as_rfc_8785_has_it(texts: list[str], units: int):
    name, paper, note = ("".join(one for one in text if one.isprintable()) or "x" for text in texts)
    one = stayed(units, to=name, evidence={"title": paper, "sha256": "a" * 64})
    one = one.model_copy(update={"note": note + '\t\n"\\'})
    assert entry_bytes(one) == rfc8785.dumps(json.loads(one.model_dump_json(by_alias=True, exclude_none=True)))


def test_the_cap_stands_in_the_law_files_and_its_words_have_its_number():
    (cap,) = caps(read_law())
    assert (cap.share, cap.inclusive, cap.places) == (Decimal("0.5"), True, {"CN", "MO"})
    assert (cap.pin, cap.since.isoformat()) == ("15 CFR 748 Supp. 2, paragraph (dd)(1)(iii)", "2026-01-15")


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        ("share    = 0.5", "share    = 0.6", "the same one number in both"),
        ('to       = "cn_mo"', 'to       = "cn"', "the list cn"),
    ],
)
def test_a_cap_that_contradicts_itself_is_a_fault_of_the_law(tmp_path: Path, old: str, new: str, got: str):
    for path in packaged.INSTRUMENTS.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(LawFault, match=got):
        read_law(tmp_path)


def test_evidence_of_a_shipment_is_part_of_what_is_hashed():
    assert entry_bytes(stayed(1, reference="A", evidence=PAPER)) != entry_bytes(
        stayed(1, reference="A", evidence={**PAPER, "sha256": "c" * 64})
    )
