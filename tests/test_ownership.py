"""Ownership: half is in, listing runs down chains, loops list nobody, and what is unknown never clears a party."""

import time
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.codec.law_files import read_law
from harness.codec.screening_law_files import ownership_rule
from harness.judge import law_with
from harness.policy.affiliates import BELOW_HALF, affiliates_rule_on
from harness.screening.multiplied import multiplied
from harness.screening.ownership import Graph, Holding, Ownership, aggregate

RULE = ownership_rule()


def held(text: str) -> list[Holding]:
    """Return the holdings in lines such as `A 50 B`; `?` is an unknown share, a day may follow."""
    found = []
    for line in filter(None, map(str.strip, text.split(";"))):
        holder, share, owned, *day = line.split()
        as_of = date.fromisoformat(day[0]) if day else None
        found.append(Holding(holder=holder, owned=owned, share=None if share == "?" else Decimal(share), as_of=as_of))
    return found


def worked_out(text: str, *, listed: str = "L", clean: str = "", **more: object) -> Ownership:
    """Return a graph worked out; parties of `listed` are on a list, those of `clean` on none, others not screened."""
    says = {**dict.fromkeys(clean.split(), False), **dict.fromkeys(listed.split(), True)}
    return aggregate(Graph.of(held(text), **more), says, RULE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("share", "standing"),
    [("49.999999999999999999", "minority"), ("50", "owned-by-listed"), ("50.000000000000000001", "owned-by-listed")],
)
def test_exactly_half_is_in(share: str, standing: str):
    rest = Decimal(100) - Decimal(share)
    found = worked_out(f"L {share} B; P {rest} B", clean="B P", ends=["P"])

    assert found.of("B").standing == standing


def test_the_shares_of_several_listed_parties_add_up():
    found = worked_out("L 20 B; M 30 B; P 50 B", listed="L M", clean="B P", ends=["P"]).of("B")

    assert (found.standing, found.least, found.most) == ("owned-by-listed", 50, 50)
    assert str(found.chain[0]) == "B: 20 % by L (listed) + 30 % by M (listed) = 50 %"


def test_what_a_restricted_party_holds_counts_whole():
    """50 % of 50 % is a quarter by economic interest, and half by the rule; both are shown, the rule decides."""
    found = worked_out("L 50 B; P 50 B; B 50 C; Q 50 C", clean="B C P Q", ends=["P", "Q"])

    assert found.of("C").standing == "owned-by-listed"
    assert [step.owned for step in found.of("C").chain] == ["C", "B"]
    assert multiplied(found, "C") == (25, 25)


def test_a_chain_breaks_where_a_holder_is_not_restricted():
    """49 % of B leaves B free, so that all of B's holdings count for nothing, though 49 % belongs to the listed one."""
    found = worked_out("L 49 B; P 51 B; B 100 C", clean="B C P", ends=["P"])

    assert found.of("C").standing == "none-listed"
    assert multiplied(found, "C") == (49, 49)


def test_a_direct_and_an_indirect_share_add_up():
    found = worked_out("L 25 C; L 60 B; P 40 B; B 25 C; Q 50 C", clean="B C P Q", ends=["P", "Q"]).of("C")

    assert found.half_or_more
    assert str(found.chain[0]) == "C: 25 % by B (counts as listed) + 25 % by L (listed) = 50 %"


def test_a_loop_lists_nobody_and_clears_nobody():
    """A and B hold each other whole: no list reaches them, and nobody beyond them is named."""
    found = worked_out("A 100 B; B 100 A", listed="", clean="A B")

    assert found.of("A").standing == "owners-unknown"
    assert "hold one another" in found.of("A").reasons[-1]
    assert multiplied(found, "A") == (0, 100)


def test_listing_enters_a_loop_from_outside():
    """A: L 10, B 90; B: L 50, A 50. B counts for L's half, then A for 10 + 90."""
    found = worked_out("L 10 A; B 90 A; L 50 B; A 50 B", clean="A B")

    assert [str(step) for step in found.of("A").chain] == [
        "A: 90 % by B (counts as listed) + 10 % by L (listed) = 100 %",
        "B: 50 % by L (listed)",
    ]
    # x_A = 0.1 + 0.9 x_B and x_B = 0.5 + 0.5 x_A give x_A = 0.55 / 0.55 = 1.
    assert multiplied(found, "A") == (100, 100)


def test_a_holding_of_own_shares_does_not_lift_a_party_over_half():
    found = worked_out("L 45 A; A 10 A; P 45 A", clean="A P", ends=["P"])

    assert found.of("A").standing == "minority"
    # Of what others hold, L has half: x = 0.45 + 0.1 x.
    assert multiplied(found, "A") == (50, 50)


@pytest.mark.parametrize(
    ("holdings", "more", "standing", "bounds"),
    [
        ("L 30 B; P 40 B", {"ends": ["P"]}, "undecided", (30, 60)),  # 30 % unnamed
        ("L 30 B; P 51 B", {"ends": ["P"]}, "minority", (30, 49)),
        ("P 51 B", {"ends": ["P"]}, "owners-unknown", (0, 49)),
        ("P 50 B", {"ends": ["P"]}, "undecided", (0, 50)),
        ("L ? B; P 40 B", {"ends": ["P"]}, "undecided", (0, 60)),
        ("L ? B; P 40 B", {"ends": ["P"], "complete": ["B"]}, "owned-by-listed", (60, 60)),
        ("L ? B; P ? B", {"ends": ["P"], "complete": ["B"]}, "undecided", (0, 100)),
        ("L 20 B; P ? B", {"ends": ["P"], "complete": ["B"]}, "minority", (20, 20)),
        ("L 20 B; P ? B", {"ends": ["P"]}, "undecided", (20, 100)),
        ("L 60 B; P 60 B", {"ends": ["P"]}, "owned-by-listed", (60, 100)),  # the stricter statement stands
        ("L 30 B; P 90 B", {"ends": ["P"]}, "undecided", (30, 100)),  # 120 % contradicts itself
        ("P 100 B", {"ends": ["P"]}, "none-listed", (0, 0)),
        ("", {}, "undecided", (0, 100)),
    ],
)
def test_what_is_not_known_leaves_the_answer_open(holdings: str, more, standing: str, bounds: tuple[int, int]):
    found = worked_out(holdings, clean="B P", **more).of("B")

    assert (found.standing, (found.least, found.most)) == (standing, bounds)
    assert found.for_review is (standing in ("undecided", "minority", "owners-unknown"))


def test_an_owner_that_nobody_screened_leaves_the_answer_open_and_is_named():
    found = worked_out("H 60 B; P 40 B", clean="B P", ends=["H", "P"]).of("B")

    assert found.half_or_more is None
    assert found.reasons == ("H was not screened",)


def test_a_party_of_which_nothing_is_known_is_open():
    found = worked_out("L 60 B", clean="B", ends=["E"])

    assert found.of("C").standing == "undecided"
    assert found.of("C").reasons == ("C itself was not screened", "100 % of C is held by owners not named")
    assert found.of("E").reasons == ("E itself was not screened",)
    assert worked_out("", clean="E", ends=["E"]).of("E").standing == "none-listed"


def test_a_later_day_takes_the_place_of_an_earlier_one():
    sold = "L 60 B 2026-01-01; L 10 B 2026-06-01; P 40 B 2026-01-01; P 90 B 2026-06-01"

    before = worked_out(sold, clean="B P", ends=["P"], on=date(2026, 5, 31)).of("B")
    after = worked_out(sold, clean="B P", ends=["P"], on=date(2026, 6, 1)).of("B")

    assert (before.standing, after.standing) == ("owned-by-listed", "minority")


def test_several_holdings_of_one_day_add_up():
    found = worked_out("L 20 B 2026-01-01; L 30 B 2026-01-01; P 50 B 2026-01-01", clean="B P", ends=["P"])

    assert found.of("B").least == 50


# --- Against an oracle that knows only the text ---------------------------------------------------------------------

NODES = ("A", "B", "C")
ROOTS = ("L", "U", "P")  # listed, not screened, on no list


@st.composite
def graphs(draw: st.DrawFn):
    shares = st.sampled_from([None, "10", "25", "40", "49", "50", "51", "75"])
    holdings: list[Holding] = []
    for owned in NODES:
        left = Decimal(100)
        for holder in draw(st.lists(st.sampled_from([*NODES, *ROOTS]), unique=True, max_size=3)):
            share = draw(shares)
            if share is not None and Decimal(share) > left:
                share = str(left)
            left -= Decimal(share or 0)
            holdings.append(Holding(holder=holder, owned=owned, share=None if share is None else Decimal(share)))
    complete = draw(st.sets(st.sampled_from(NODES)))
    return holdings, complete


def least_closed(shares: dict[tuple[str, str], Fraction], listed: set[str]) -> frozenset[str]:
    """The smallest set that holds the listed parties and every party of which its members hold half: by trying all."""
    nodes = [*NODES, *ROOTS, "outside-listed"]
    sets = map(frozenset, chain.from_iterable(combinations(nodes, n) for n in range(len(nodes) + 1)))
    closed = [
        one
        for one in sets
        if listed <= one
        and all(
            owned in one or sum((shares.get((holder, owned), Fraction(0)) for holder in one), Fraction(0)) < 50
            for owned in NODES
        )
    ]
    return min(closed, key=len)


def completions(holdings: list[Holding], complete: set[str]):
    """Every way to fill in what is unknown that lies at an end: the rest of a party goes to one holder whole."""
    choices = []
    for owned in NODES:
        mine = [one for one in holdings if one.owned == owned]
        rest = 100 - sum((Fraction(one.share) for one in mine if one.share is not None), Fraction(0))
        silent = [one.holder for one in mine if one.share is None]
        heirs = silent if owned in complete and silent else [*silent, "outside-listed", "outside"]
        choices.append([(owned, heir, rest) for heir in heirs])
    known = {(one.holder, one.owned): Fraction(one.share) for one in holdings if one.share is not None}
    for listed_too, *filled in product((False, True), *choices):
        shares = dict(known)
        for owned, heir, rest in filled:
            shares[heir, owned] = shares.get((heir, owned), Fraction(0)) + rest
        yield shares, {"L", "outside-listed", *(["U"] if listed_too else [])}


@settings(max_examples=60)
@given(graphs())
def test_certain_and_possible_are_what_every_and_some_completion_say(drawn):
    holdings, complete = drawn
    says = {**dict.fromkeys(NODES, False), "L": True, "P": False}
    found = aggregate(Graph.of(holdings, ends=ROOTS, complete=complete), says, RULE)
    outcomes = [least_closed(*one) for one in completions(holdings, complete)]

    for party in NODES:
        every, some = all(party in one for one in outcomes), any(party in one for one in outcomes)
        assert found.of(party).half_or_more is (True if every else None if some else False), party


@settings(max_examples=80)
@given(graphs(), st.sampled_from(NODES), st.sampled_from(["1", "10", "50"]))
def test_more_listed_ownership_never_clears(drawn, owned: str, share: str):
    holdings, complete = drawn
    gravity = ["none-listed", "owners-unknown", "minority", "undecided", "owned-by-listed", "listed"]
    says = {**dict.fromkeys(NODES, False), "L": True, "P": False}
    kept = [one for one in holdings if (one.holder, one.owned) != ("L", owned)]
    more = Holding(holder="L", owned=owned, share=Decimal(share))

    before = aggregate(Graph.of(kept, ends=ROOTS, complete=complete), says, RULE)
    after = aggregate(Graph.of([*kept, more], ends=ROOTS, complete=complete), says, RULE)

    for party in NODES:
        assert after.least(party) >= before.least(party)
        if before.of(party).standing in gravity[3:]:
            assert gravity.index(after.of(party).standing) >= gravity.index("undecided")


@settings(max_examples=80)
@given(graphs(), st.randoms())
def test_the_order_of_statements_changes_nothing(drawn, chance):
    holdings, complete = drawn
    says = {**dict.fromkeys(NODES, False), "L": True, "P": False}
    shuffled = list(holdings)
    chance.shuffle(shuffled)

    one, other = (aggregate(Graph.of(each, ends=ROOTS, complete=complete), says, RULE) for each in (holdings, shuffled))

    assert [one.of(party) for party in NODES] == [other.of(party) for party in NODES]
    assert [multiplied(one, party) for party in NODES] == [multiplied(other, party) for party in NODES]


@settings(max_examples=80)
@given(graphs())
def test_multiplied_shares_lie_within_the_whole(drawn):
    holdings, complete = drawn
    says = {**dict.fromkeys(NODES, False), "L": True, "P": False}
    found = aggregate(Graph.of(holdings, ends=ROOTS, complete=complete), says, RULE)

    for party in NODES:
        bounds = multiplied(found, party)
        assert bounds is not None
        assert 0 <= bounds[0] <= bounds[1] <= 100


def test_ten_thousand_parties_take_a_moment():
    """A chain of 10,000, each holding half of the next, with as many holdings across it that close loops."""
    count = 10_000
    holdings = [Holding(holder="L", owned="n0", share=Decimal(50))]
    holdings += [Holding(holder=f"n{n}", owned=f"n{n + 1}", share=Decimal(50)) for n in range(count - 1)]
    holdings += [Holding(holder=f"n{(n * 7919) % count}", owned=f"n{n}", share=Decimal(20)) for n in range(count)]
    says = {**{f"n{n}": False for n in range(count)}, "L": True}
    start = time.process_time()

    found = aggregate(Graph.of(holdings), says, RULE).of(f"n{count - 1}")

    assert time.process_time() - start < 2
    assert found.half_or_more
    assert len(found.chain) == count


# --- Days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2025-09-28", "not-yet"),
        ("2025-09-29", "in-force"),
        ("2025-11-09", "in-force"),
        ("2025-11-10", "stayed"),
        ("2026-11-09", "stayed"),
        ("2026-11-10", "in-doubt"),
        ("2030-01-01", "in-doubt"),
    ],
)
@pytest.mark.parametrize("provision", [None, BELOW_HALF])
def test_the_rule_is_in_force_then_stayed_then_in_doubt(day: str, state: str, provision: str | None):
    asked = {} if provision is None else {"provision": provision}
    found = affiliates_rule_on(date.fromisoformat(day), read_law(), **asked)

    assert found.state == state
    assert (found.reading == "AMB-21") is (state == "in-doubt")


@pytest.mark.parametrize(("option", "state"), [("a", "in-force"), ("b", "stayed")])
def test_a_reading_says_what_comes_after_the_stay(option: str, state: str):
    law = law_with(readings=(f"AMB-21={option}",))

    assert affiliates_rule_on(date(2026, 11, 9) + timedelta(days=1), law).state == state
