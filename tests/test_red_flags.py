"""Red flags: each raised by the fact that its file names, none by what is not known, and none ever lowered by a no."""

from datetime import date
from decimal import Decimal

import pytest

from harness.codec.law_files import read_law
from harness.codec.screening_law_files import red_flag_list
from harness.policy.affiliates import BELOW_HALF, affiliates_rule_on
from harness.screening.red_flags import red_flags, unanswered

FLAGS = red_flag_list()
BY_NUMBER = {flag.number: flag for flag in FLAGS.flags}


def numbers(facts, **more) -> list[int]:
    return [signal.number for signal in red_flags(facts, FLAGS, **more)]


def test_the_supplement_has_twenty_nine_and_the_guidance_is_marked_as_reported():
    codified = [flag.number for flag in FLAGS.flags if flag.status == "codified"]

    assert codified == list(range(1, 30))
    assert all(f"(b){flag.number}" in flag.pin for flag in FLAGS.flags if flag.number < 30)
    assert {flag.number for flag in FLAGS.flags} - set(codified) == set(range(101, 108))


@pytest.mark.parametrize("number", BY_NUMBER)
def test_each_flag_is_raised_by_its_facts_and_by_an_answer(number: int):
    flag = BY_NUMBER[number]
    facts = {one.fact: one.among[0] if one.among else (one.above or Decimal(0)) + 1 for one in flag.when}

    assert number in numbers(facts)
    assert numbers({}, answers={number: True}) == [number]


@pytest.mark.parametrize("number", BY_NUMBER)
def test_a_flag_with_a_fact_unknown_or_another_is_not_raised(number: int):
    flag = BY_NUMBER[number]
    facts = {one.fact: one.among[0] if one.among else (one.above or Decimal(0)) + 1 for one in flag.when}
    for one in flag.when:
        assert number not in numbers({**facts, one.fact: None})
        assert number not in numbers({**facts, one.fact: "fits" if one.among else one.above})


@pytest.mark.parametrize(("transistors", "raised"), [("49.9", False), ("50", False), ("50.1", True)])
def test_more_than_fifty_billion_transistors(transistors: str, raised: bool):
    facts = {"transistors-billion": Decimal(transistors), "has-hbm": True, "held-from-macau-d5": "yes"}

    assert (19 in numbers(facts)) is raised


def test_a_no_lowers_no_flag_that_facts_raise():
    facts = {"final-destination": "freight-forwarder"}

    assert numbers(facts, answers={9: False}) == [9]
    assert red_flags(facts, FLAGS)[0].raised_by == ("final-destination: freight-forwarder",)


def test_what_nobody_answered_is_named():
    assert [flag.number for flag in unanswered({}, FLAGS)] == list(BY_NUMBER)
    assert 9 not in [flag.number for flag in unanswered({"final-destination": "end-user"}, FLAGS)]
    assert 5 not in [flag.number for flag in unanswered({}, FLAGS, {5: False})]
    # Of three conditions one fails, so that the others matter no more.
    assert 19 not in [flag.number for flag in unanswered({"has-hbm": False}, FLAGS)]


@pytest.mark.parametrize(("day", "raised"), [("2025-11-09", True), ("2025-11-10", False), ("2026-11-10", True)])
def test_flag_29_follows_the_days_of_the_affiliates_rule(day: str, raised: bool):
    standing = affiliates_rule_on(date.fromisoformat(day), read_law(), BELOW_HALF)
    stayed = {BELOW_HALF} if standing.state in ("stayed", "not-yet") else set()

    assert (29 in numbers({"listed-ownership": "below-half-or-unknown"}, stayed=stayed)) is raised
