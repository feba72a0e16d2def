"""What is recorded late is held against the day on which it happened, and against what was recorded before it."""

from pathlib import Path
from typing import Any

import pytest
from ledgers import CAPS, P, cancelled, corrected, event, gone, ledger, licence, product, refused, stayed

from harness.evidence.keys import new_private_key
from harness.ledger.capping import cap_statement
from harness.ledger.checking import checked
from harness.ledger.proving import new_checkpoint
from harness.model.ledger_event import LedgerEvent

START = (product(), licence())


def change(day: str, **fields: Any) -> LedgerEvent:
    return event(day, "licence-change", number="D-1", **fields)


# --- Licences by the day --------------------------------------------------------------------------------------------


def test_an_export_is_judged_by_the_licence_as_it_was_on_its_day(tmp_path: Path):
    found = ledger(tmp_path, [product(), licence(units=5), stayed(100), change("2026-09-01", units=9)])
    # The change is recorded first, and is of a later day.
    assert refused(found, gone(6, "2026-05-01")) == ["licence-exceeded"]
    assert refused(found, gone(5, "2026-05-01"), gone(4, "2026-09-01")) == []
    assert refused(found, gone(1, "2026-09-02")) == ["licence-exceeded"]


def test_a_licence_that_was_revoked_later_still_covers_what_went_before(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(100), change("2026-04-01", revoked=True)])
    assert refused(found, gone(1, "2026-03-31")) == []
    assert refused(found, gone(1, "2026-04-01")) == ["licence-revoked"]
    assert refused(found, change("2026-06-01", revoked=False)) == []
    assert refused(found, gone(1, "2026-05-31")) == ["licence-revoked"]
    assert refused(found, gone(1, "2026-06-01")) == []
    assert not checked(found, CAPS).damage


def test_a_licence_is_longer_from_the_day_on_which_it_was_made_longer(tmp_path: Path):
    found = ledger(tmp_path, [product(), licence(valid_until="2026-04-01"), stayed(100)])
    assert refused(found, change("2026-06-01", valid_until="2026-12-31")) == []
    assert refused(found, gone(1, "2026-05-01")) == ["licence-expired"]
    assert refused(found, gone(1, "2026-06-01")) == []


def test_of_changes_of_one_day_the_last_of_the_log_holds(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(100)])
    assert refused(found, change("2026-03-01", units=1), change("2026-03-01", units=3), gone(3)) == []
    # One that is recorded later and dated earlier does not undo them.
    assert refused(found, change("2026-02-28", units=9), gone(1)) == ["licence-exceeded"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"revoked": True}, "licence-revoked"),
        ({"units": 4}, "licence-exceeded"),
        ({"valid_until": "2026-03-31"}, "licence-expired"),
    ],
)
def test_a_change_that_takes_the_ground_from_an_export_is_refused_or_marked(
    tmp_path: Path, fields: dict[str, Any], code: str
):
    found = ledger(tmp_path, [*START, stayed(100), gone(5, "2026-05-01")])
    assert refused(found, change("2026-05-02", **fields)) == []
    assert refused(found, change("2026-04-01", **fields)) == [code]
    told = found.record([change("2026-04-01", **fields)], CAPS, as_happened=True).told
    assert [refusal.code for _, refusal in told] == [code]
    result = checked(found, CAPS)
    assert result.damage == []
    assert [(seq, refusal.code) for seq, refusal in result.happened] == [(5, code)]


def test_a_correction_of_the_day_of_an_export_is_held_against_the_changes_of_its_licence(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(100), gone(5, "2026-03-01"), change("2026-04-01", revoked=True)])
    assert refused(found, corrected(3, gone(5), happened="2026-04-02")) == ["licence-revoked"]
    assert refused(found, corrected(3, gone(5), happened="2026-03-31")) == []


# --- Before there was a cap -----------------------------------------------------------------------------------------


def test_an_export_of_before_the_cap_may_not_make_a_later_one_cross(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10), gone(4, "2026-03-01")])
    before = gone(2, "2026-01-14", licence=None)
    # 10 stayed, 4 went under the cap: one more of before leaves it at its half, and two do not.
    assert refused(found, before) == ["cap-crossed"]
    assert refused(found, gone(1, "2026-01-14", licence=None)) == []
    found.record([before], CAPS, as_happened=True)
    assert cap_statement(found, CAPS, None, None).standing == "crossed"
    assert not checked(found, CAPS).damage


def test_of_before_the_cap_as_much_may_have_gone_as_did_where_nothing_went_since(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10)])
    assert refused(found, gone(100, "2026-01-14", licence=None)) == []
    assert cap_statement(found, CAPS, None, None).standing == "holds"


# --- Worse than before ----------------------------------------------------------------------------------------------


def test_what_crosses_already_may_not_be_made_worse_in_silence(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10)])
    found.record([gone(6, shipment="S")], CAPS, as_happened=True)
    assert refused(found, corrected(3, gone(500, shipment="S"))) == ["cap-crossed"]
    told = found.record([corrected(3, gone(500, shipment="S"))], CAPS, as_happened=True).told
    assert [refusal.code for _, refusal in told] == ["cap-crossed"]
    # Less is never refused.
    assert refused(found, corrected(3, gone(7, shipment="S"))) == []
    assert refused(found, corrected(3, gone(8, shipment="S"))) == ["cap-crossed"]
    assert not checked(found, CAPS).damage


def test_amendments_of_one_call_are_looked_at_together_and_the_wrong_one_is_named(tmp_path: Path):
    shipments = [stayed(10, reference=f"R-{n}") for n in range(8)]
    found = ledger(tmp_path, [*START, *shipments, gone(39)])
    # 80 stayed and 39 went: 2 fewer may have stayed, and not 3.
    less = [corrected(2 + n, stayed(9, reference=f"R-{n}")) for n in range(3)]
    (refusal,) = _refused_of(found, less)
    assert refusal[0] == 2
    assert refusal[1].where.startswith("entry 10")
    assert refused(found, *less[:2]) == []
    told = found.record([less[2], corrected(5, stayed(10, "2026-02-02", reference="R-3"))], CAPS, as_happened=True)
    assert [seq for seq, _ in told.told] == [13]
    marks = [entry.as_happened for _, entry in found.entries()]
    assert marks[11:] == [None, None, True, None]
    assert not checked(found, CAPS).damage


def _refused_of(found: Any, events: list[LedgerEvent]) -> list[Any]:
    from harness.ledger.ledger import EntriesRefused

    with pytest.raises(EntriesRefused) as error:
        found.record(events, CAPS)
    return error.value.refused


# --- References and evidence ----------------------------------------------------------------------------------------


def test_one_invoice_counts_once_whatever_its_reference(tmp_path: Path):
    paper = {"title": "invoice", "sha256": "c" * 64}
    found = ledger(tmp_path, [*START, stayed(10, evidence=paper)])
    assert refused(found, stayed(10, evidence=paper)) == ["evidence-used-twice"]
    # What does not count takes nothing from what does.
    assert refused(found, stayed(10, evidence=paper, us_end_use=False)) == []
    assert refused(found, cancelled(2), stayed(10, evidence=paper)) == []


def test_a_reference_that_was_corrected_stays_used(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10, reference="INV-1")])
    assert refused(found, corrected(2, stayed(10, reference="INV-2"))) == []
    assert refused(found, stayed(10, reference="INV-1")) == ["reference-used-twice"]
    assert refused(found, stayed(10, reference="inv-2")) == ["reference-used-twice"]
    assert refused(found, corrected(2, stayed(10, reference="INV-1"))) == []
    assert not checked(found, CAPS).damage


def test_an_earlier_entry_cannot_take_what_a_later_one_had(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10, reference="INV-1"), stayed(10, reference="INV-2")])
    assert refused(found, corrected(3, stayed(10, reference="INV-3"))) == []
    assert refused(found, corrected(2, stayed(10, reference="INV-2"))) == ["reference-used-twice"]


# --- What is no slip of the pen -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (gone(1, country="US"), "export-stays"),
        (gone(1, country="ZZ", licence=None), "country-unknown"),
        (stayed(1, customer_country="XX"), "country-unknown"),
        (licence(number="D-2", countries=("CN", "QQ")), "country-unknown"),
        (stayed(1, "0001-01-01"), "day-implausible"),
        (stayed(1, "9999-12-31"), "day-implausible"),
        (
            event("2026-03-01", "specification-change", from_product=P, to_product=P, explanation="none"),
            "specification-unchanged",
        ),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, wrong: LedgerEvent, code: str):
    assert code in refused(ledger(tmp_path, [*START, stayed(10)]), wrong)


# --- How many more may go -------------------------------------------------------------------------------------------


def test_what_may_go_is_told_with_the_day_from_which_it_may(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10, "2026-02-01"), stayed(1000, "2026-05-01")])
    one = cap_statement(found, CAPS, None, None)
    assert (one.units_left, str(one.units_left_from)) == (505, "2026-05-01")
    assert refused(found, gone(505, "2026-04-30")) == ["cap-crossed"]
    assert refused(found, gone(505, "2026-05-01")) == []


def test_what_may_go_on_a_day_leaves_room_for_what_went_later(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(10, "2026-02-01"), gone(4, "2026-05-01")])
    one = cap_statement(found, CAPS, None, CAPS[0].since.replace(month=3))
    # By the end of March 5 might have gone; 4 of them did in May.
    assert (one.gone.units, one.units_left, one.units_left_from) == (0, 1, None)
    assert refused(found, gone(2, "2026-03-15")) == ["cap-crossed"]
    assert refused(found, gone(1, "2026-03-15")) == []


# --- What a check sees ----------------------------------------------------------------------------------------------


def test_an_amendment_hides_no_entry_that_was_wrong_before_it(tmp_path: Path):
    """Entries written by somebody who did not ask; an amendment that is marked comes after them."""
    from test_ledger_integrity import rewritten

    path = tmp_path / "a.ledger"
    found = ledger(
        tmp_path, [*START, stayed(20, "2026-02-01"), gone(5), stayed(100, "2026-05-01"), gone(30, "2026-06-01")]
    )
    found.record([corrected(4, stayed(10, "2026-05-01"))], CAPS, as_happened=True)
    result = checked(found, CAPS)
    assert result.damage == []
    assert [(seq, refusal.code) for seq, refusal in result.happened] == [(5, "cap-crossed")]
    found.close()
    rewritten(path, 3, '"units":5', '"units":15')
    from harness.ledger.ledger import Ledger

    told = [str(one) for one in checked(Ledger.at(str(path)), CAPS).damage]
    assert len(told) == 1
    assert told[0].startswith("entry 3: should have been refused: cap-crossed")


def test_an_amendment_of_what_is_not_there_is_told(tmp_path: Path):
    from test_ledger_integrity import rewritten

    from harness.ledger.ledger import Ledger

    ledger(tmp_path, [*START, stayed(20), cancelled(2)]).close()
    rewritten(tmp_path / "a.ledger", 3, '"cancels":2', '"cancels":7')
    told = [str(one) for one in checked(Ledger.at(str(tmp_path / "a.ledger")), CAPS).damage]
    assert any(one.startswith("entry 3: should have been refused: amends-nothing") for one in told)


def test_two_checkpoints_of_one_size_that_differ_are_told(tmp_path: Path):
    found = ledger(tmp_path, [*START, stayed(20)])
    key = new_private_key("ed25519")
    new_checkpoint(found, key)
    other = ledger(tmp_path, [*START, stayed(30)], name="other.ledger")
    result = checked(found, CAPS, [("kept", new_checkpoint(other, key).encode())])
    assert [str(one) for one in result.damage] == ["entries 0 to 2: are not those of kept: its root is another"]
