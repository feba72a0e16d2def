"""harness timeline: one chip through its days, and what moved its answers."""

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest
from commands import command
from conftest import ROOT, spread
from placing import CBC, POD, answers, placed

import harness
from harness.codec.law_files import read_assumptions, read_law
from harness.codec.subjects import read_subject
from harness.decide.timeline import timeline
from harness.model.timeline import Timeline


def followed(chip: str, lens: str, **given: str) -> list[tuple[str, tuple[str, ...], set[str]]]:
    """First day, answers, and the instruments that moved them, where the answers changed."""
    found = timeline(read_subject(chip), read_law(), read_assumptions(), given,
                     since=date(2022, 8, 1), until=date(2026, 11, 1), lenses=[lens])  # fmt: skip
    rows: list[tuple[str, tuple[str, ...], set[str]]] = []
    for span in found.spans:
        if not rows or rows[-1][1] != span.possible:
            rows.append((str(span.first), span.possible, {mover.instrument for mover in span.moved_by}))
    return rows


@pytest.mark.parametrize("chip", ["nvidia-a800-sxm4-80gb", "nvidia-h800-sxm5-80gb"])
def test_a800_and_h800_are_free_in_october_2022_and_caught_on_2023_11_17(chip: str):
    assert followed(chip, "classification") == [
        ("2022-08-01", ("none",), set()),
        ("2023-11-17", ("3A090.a.1",), {"us-bis-2023-10-25-ac-smt"}),
    ]
    licences = {first: found for first, found, _ in followed(chip, "licence-requirement")}
    assert licences["2022-10-21"] == ("none",)
    assert licences["2023-10-23"] == ("letter",)
    assert licences["2023-11-17"] == ("ccl",)


def test_the_h20_is_outside_3a090_and_needs_a_licence_by_letter_from_2025_04_09():
    assert followed("nvidia-h20-96gb", "classification") == [("2022-08-01", ("none",), set())]
    assert followed("nvidia-h20-96gb", "licence-requirement")[-1] == (
        "2025-04-09", ("letter",), {"us-bis-2025-04-09-letters"},
    )  # fmt: skip


def test_the_h200_is_presumed_denied_until_2026_01_14_and_weighed_from_2026_01_15():
    rows = followed("nvidia-h200-sxm5-141gb", "review-policy")
    assert rows[-2:] == [
        ("2023-01-17", (POD,), {"us-bis-2023-01-18-macau"}),
        ("2026-01-15", (CBC,), {"us-bis-2026-01-15-ac-review"}),
    ]


def test_a_span_says_the_paragraph_that_answers():
    found = timeline(read_subject("H200"), read_law(), read_assumptions(), {},
                     since=date(2022, 8, 1), until=date(2026, 11, 1), lenses=["review-policy"])  # fmt: skip
    by_day = {str(span.first): span for span in found.spans}
    assert by_day["2026-01-15"].paragraphs == ("15 CFR 742.6(b)(10)(iii)(A)(1)",)
    assert by_day["2025-01-13"].paragraphs == ("15 CFR 742.6(b)(10)(iii)(A)(1)",)
    assert by_day["2024-12-02"].paragraphs == ("15 CFR 742.6(b)(10)(iii)(B) as of 89 FR 96790",)
    assert by_day["2026-01-15"].moved_by[0].cite.startswith("91 FR 1684")


@pytest.mark.parametrize("chip", spread(["H200", "H20", "nvidia-l40", "amd-mi308x", "nvidia-rtx-4090"], 1))
@pytest.mark.parametrize("given", [{}, {"to": "SG", "headquarters": "CN"}, {"to": "AE", "headquarters": "AE"}])
def test_spans_cover_every_day_once_and_say_what_classify_says(chip: str, given: dict[str, str]):
    """Sampled at each first and last day: between break dates an answer is constant."""
    since, until = date(2022, 9, 1), date(2026, 11, 20)
    found = timeline(read_subject(chip), read_law(), read_assumptions(), given, since=since, until=until)
    for lens in ("classification", "licence-requirement", "review-policy", "tariff"):
        spans = [span for span in found.spans if span.lens == lens]
        assert spans[0].first == since
        assert spans[-1].last == until
        assert all(one.last + timedelta(days=1) == other.first for one, other in pairwise(spans))
        for span in spans:
            for day in {span.first, span.last}:
                verdict = harness.classify(chip, as_of=day, given=given)
                assert set(span.possible) == answers(verdict, lens), (lens, day)


def test_it_is_printed_and_as_json_it_fits_its_schema():
    done = command("timeline", "A800", "--to", "CN", "--lens", "classification", "--until", "2024-01-01")
    assert done.returncode == 0
    assert "2023-11-17" in done.stdout
    assert "88 FR 73458" in done.stdout
    assert "Facts that no report states" in done.stdout
    printed = command("timeline", "A800", "--json", "--until", "2024-01-01").stdout
    schema = json.loads((ROOT / "harness" / "codec" / "schemas" / "timeline.json").read_text(encoding="utf-8"))
    assert set(json.loads(printed)) == set(schema["properties"])
    assert Timeline.model_validate_json(printed).model_dump_json(by_alias=True, indent=2) + "\n" == printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["H2000"], "did you mean"), (["H200", "--since", "2026-01-01", "--until", "2025-01-01"], "is after"),
        (["H200", "--lens", "capability"], "no lens capability in a timeline"),
        (["H200", "--to", "ZZ"], "ISO 3166-1"), ([], "CHIP"),
    ],
)  # fmt: skip
def test_wrong_usage_of_the_timeline_is_said(words: list[str], said: str):
    done = command("timeline", *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_timeline_that_ends_on_its_first_day_has_one_span_each():
    found = timeline(read_subject("H200"), read_law(), read_assumptions(), {}, since=date(2026, 1, 15),
                     until=date(2026, 1, 15))  # fmt: skip
    assert [(span.first, span.last) for span in found.spans] == [(date(2026, 1, 15),) * 2] * 4
    assert answers(placed("H200"), "review-policy") == {CBC}
