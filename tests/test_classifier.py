"""Classification as it goes out, and the table for many chips under the same facts."""

import json
from datetime import date
from fractions import Fraction
from functools import cache

import pytest
from conftest import spread
from placing import (
    CBC,
    J26,
    LAST22,
    LETTERS,
    NOV22,
    OCT23,
    POD,
    placed,
)

import harness
from harness.codec.schemas import faults_against_schema
from harness.codec.spec_files import chip_ids
from harness.codec.subjects import read_subject
from harness.decide.classification import LENSES
from harness.decide.declared import Declared, declared_chip
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import Absent
from harness.model.verdict import Verdict


@cache
def _declared(chip: str) -> Declared:
    spec = read_subject(chip).parts[0].spec
    assert isinstance(spec, ChipSpec)
    return declared_chip(spec)


def _is_exact(declared: Declared) -> bool:
    states = declared.readings[0].figures.values()
    return read_subject(declared.id).kind == "integrated-circuit" and all(
        isinstance(state, Absent) or state.exact for state in states
    )


# --- What goes out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chip", spread(chip_ids(), 20))
def test_every_shipped_chip_is_placed_and_the_verdict_fits_its_schema(chip: str):
    for day in (date(2021, 1, 1), NOV22, OCT23, LETTERS, J26):
        verdict = placed(chip, day)
        data = verdict.model_dump_json(by_alias=True).encode()
        if day == J26:
            assert faults_against_schema("verdict", data, "verdict") == []
            assert Verdict.model_validate_json(data) == verdict
    assert set(verdict.lenses) == set(LENSES)


def test_a_verdict_on_a_report_has_no_assumed_facts(judged):
    assert "assumed" not in json.loads(judged().model_dump_json(by_alias=True))


def test_the_same_inputs_give_the_same_bytes():
    once, again = (placed("H200").model_dump_json(by_alias=True) for _ in range(2))
    assert once == again


def test_aliases_in_any_case_name_the_same_chip():
    assert read_subject("h20").id == read_subject("H20 96GB").id == read_subject("NVIDIA H20").id == "nvidia-h20-96gb"


def test_an_unknown_name_says_what_was_probably_meant():
    with pytest.raises(harness.UnreadableInput, match=r"did you mean .*nvidia-h200-sxm5-141gb"):
        read_subject("H2000")


@pytest.mark.parametrize("day", spread([J26, date(2021, 1, 1), LAST22, OCT23, LETTERS, date(2025, 6, 1)], 1))
def test_the_table_gives_what_one_classification_gives(day: date):
    """Every shipped chip whose figures are exact, under the same facts."""
    exact = [chip for chip in chip_ids() if len(_declared(chip).readings) == 1 and _is_exact(_declared(chip))]
    assert len(exact) > 30
    for chip in exact:
        subject = read_subject(chip)
        declared = _declared(chip)
        marketing = {frozenset({True}): "data-center", frozenset({False}): "other"}.get(subject.data_center, "unknown")
        table = harness.classifier(
            as_of=day,
            given={"marketing": marketing},
            manufacturer=subject.manufacturer.casefold(),
            product=subject.id,
        )
        figures = {
            name: state if isinstance(state, Absent) else state.lo
            for name, state in declared.readings[0].figures.items()
        }
        verdict = placed(subject, day)
        assert {name: set(found) for name, found in table.answers(figures).items()} == {
            name: set(lens.possible) for name, lens in verdict.lenses.items()
        }, chip
        traced = table.reasons(figures)
        for name, lens in verdict.lenses.items():
            criteria = {(one.id, one.need, one.outcome, one.margin) for one in traced[name]}
            assert {(one.criterion, one.need, one.outcome, one.margin) for one in lens.reasons} <= criteria


def test_a_figure_that_is_not_given_is_unknown_and_a_misspelt_one_refused():
    """At 15,832 TPP the gate and the first window turn on the bandwidth; at 22,000 nothing does."""
    table = harness.classifier(as_of=J26, given={"marketing": "data-center"}, manufacturer="NVIDIA")
    figures = {"tpp": Fraction(15832), "applicable_die_area_mm2": Fraction(814)}
    assert table.answers(figures)["review-policy"] == {CBC, POD}
    assert table.answers(figures)["tariff"] == {"none", "25-percent"}
    assert table.answers({**figures, "tpp": Fraction(22000)})["review-policy"] == {POD}
    with pytest.raises(harness.WrongUsage, match="no figure TPP"):
        table.answers({**figures, "TPP": Fraction(1)})
