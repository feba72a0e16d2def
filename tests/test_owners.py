"""The owners of a dossier's parties: one party in several roles is one, and what is not known is open."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from harness.codec.screening_law_files import ownership_rule, red_flag_list
from harness.screening.owners import Owners, flag_facts, owners_of
from harness.screening.red_flags import red_flags


@dataclass(frozen=True)
class Share:
    holder: str
    share_percent: Decimal | None
    as_of: date | None = None


@dataclass(frozen=True)
class One:
    role: str
    name: str | None
    ownership: tuple[Share, ...] | None = None


def share(holder: str, percent: str | None) -> Share:
    return Share(holder, None if percent is None else Decimal(percent))


BUYER = One("end-user", "Buyer Ltd.", (share("Holding Ltd.", "60"), share("A. Person", "40")))
HOLDING = One("other", "Holding Ltd.", (share("Listed Co.", "50"), share("A. Person", "50")))
PERSON = One("other", "A. Person", ())
CLEAN = {"Buyer Ltd.": False, "Holding Ltd.": False, "A. Person": False}
LISTED = {**CLEAN, "Listed Co.": True}


def owners(*parties: One, screened=None) -> Owners:
    return owners_of(parties, LISTED if screened is None else screened, ownership_rule())


def test_half_of_the_holder_of_the_buyer_is_a_hit():
    found = owners(BUYER, HOLDING, PERSON)

    assert (found.half_or_more, found.below_half) == ("hit", "clear")
    assert found.answers[0].standing == "owned-by-listed"


def test_a_party_in_two_roles_is_one_party_in_whatever_spelling():
    """Stated twice, its shares do not add up to 200 percent."""
    again = replace(BUYER, role="ultimate-consignee", name="BUYER, Ltd")
    above = One("other", "Listed Co.", ())
    found = owners(BUYER, again, HOLDING, PERSON, above, screened={**CLEAN, "listed co": False})

    assert [answer.party for answer in found.answers] == ["Buyer Ltd.", "Holding Ltd.", "A. Person", "Listed Co."]
    assert found.answers[0].most == 0
    assert (found.half_or_more, found.below_half) == ("clear", "clear")


@pytest.mark.parametrize(
    ("held", "half", "below"),
    [
        ((share("Listed Co.", "49.9"), share("A. Person", "50.1")), "clear", "hit"),
        ((share("Listed Co.", None), share("A. Person", "60")), "clear", "hit"),  # at most 40, a share not known
        ((share("Listed Co.", None),), "open", "hit"),
        ((share("A. Person", "60"),), "clear", "open"),
        ((share("A. Person", "100"),), "clear", "clear"),
        ((share("Somebody", "100"),), "open", "open"),
        (None, "open", "open"),
    ],
)
def test_less_than_half_and_unknown_shares_are_for_review(held, half: str, below: str):
    found = owners(replace(BUYER, ownership=held), PERSON)

    assert (found.half_or_more, found.below_half) == (half, below)


def test_a_party_without_a_name_and_no_party_at_all_are_open():
    assert owners(One("end-user", None), PERSON).half_or_more == "open"
    assert (owners().half_or_more, owners().below_half) == ("open", "open")


def test_of_two_spellings_on_and_off_a_list_the_listed_one_counts():
    screened = {**CLEAN, "Listed Co.": False, "LISTED CO": True}
    assert owners(BUYER, HOLDING, PERSON, screened=screened).half_or_more == "hit"
    assert owners(BUYER, HOLDING, PERSON, screened=dict(reversed(screened.items()))).half_or_more == "hit"


def test_owners_and_roles_raise_their_red_flags():
    forwarder = [replace(PERSON, role="freight-forwarder", name="Ship Ltd."), One("ultimate-consignee", "SHIP LTD", ())]
    minority = replace(BUYER, ownership=(share("Listed Co.", "10"), share("A. Person", "90")))
    parties = [minority, PERSON, *forwarder]
    facts = flag_facts(parties, owners(*parties, screened={**LISTED, "Ship Ltd.": False}))

    assert [signal.number for signal in red_flags(facts, red_flag_list())] == [9, 29, 106]
    assert flag_facts([BUYER, PERSON], owners(replace(BUYER, ownership=(share("A. Person", "100"),)), PERSON)) == {}
    unknown = replace(BUYER, ownership=(share("Listed Co.", None), share("A. Person", "60")))
    raised = red_flags(flag_facts([unknown, PERSON], owners(unknown, PERSON)), red_flag_list())
    assert [signal.number for signal in raised] == [21, 29]  # nobody names who holds the rest
    nobody = [One("end-user", None)]
    assert [one.number for one in red_flags(flag_facts(nobody, owners(*nobody)), red_flag_list())] == [21]
