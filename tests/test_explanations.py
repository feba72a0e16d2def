"""--why, --why-not, --what-if and --flip: what a verdict rests on, and what would change it."""

import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from commands import command
from conftest import REPORTS, h200_alone

import harness
from harness.codec.law_files import read_law
from harness.codec.report_files import read_case
from harness.decide.counterfactual import _first_box
from harness.decide.standing import Standing, standing_of
from harness.decide.verdict import decide
from harness.judge import explained, law_with
from harness.model.explanation import Explanation
from harness.policy.cells import NOTHING, Question
from harness.policy.language import Compare, Not
from harness.policy.lint import atoms_of
from harness.policy.region import mapped, order_of

H200 = h200_alone()
B200 = (REPORTS / "b200-above-gate.json").read_bytes()
CBC, POD = "case-by-case", "presumption-of-denial"


def standing(data: bytes = H200) -> Standing:
    law = read_law()
    case = read_case(data, "report", REPORTS, None)
    return standing_of(case, law, decide(case, law))


def asked(data: bytes = H200, **questions: Any) -> Explanation:
    law = read_law()
    return explained(data, "report", law, harness.verify(data, law=law), **questions)


# --- Every decision carries what it rests on ------------------------------------------------------------------------


def test_every_decision_and_every_criterion_carries_its_provision_clause_pin_clock_and_day():
    verdict = harness.verify(H200)
    for name, lens in verdict.lenses.items():
        if lens.basis != "law":
            continue
        assert lens.decisions, name
        for decision in lens.decisions:
            assert decision.provision in read_law().provisions
            assert decision.pin
            assert decision.says
            assert decision.since <= date(2026, 8, 20)
            assert decision.clock in ("application", "export", "entry", "test")
            assert decision.status in ("codified", "proclamation", "letter")
        for reason in lens.reasons:
            assert reason.provision
            assert reason.says
            assert reason.cite
            assert (reason.clock, reason.day) != (None, None)


@pytest.mark.parametrize("report", ["h200-sxm", "b200-above-gate", "h200-no-transaction", "h200-above-declaration"])
def test_every_constant_on_which_an_answer_depends_is_in_the_trace(report: str):
    """Each comparison is turned into its opposite: where that gives other answers, the constant must be told."""
    at = standing((REPORTS / f"{report}.json").read_bytes())
    box, told = _first_box(at), 0
    for name, lens in at.verdict.lenses.items():
        readings = at.readings(name) if at.law.lenses[name].basis == "law" else []
        for text in readings[0].texts if readings else ():
            referred = readings[0].referred
            now = Question([text], referred, order_of(at.law.lenses[name])).possible(box)
            for atom in {one for one in atoms_of(text) if isinstance(one, Compare)}:
                turned = mapped(text, lambda one, atom=atom: Not(atom) if one == atom else one)
                other = Question([turned], referred, order_of(at.law.lenses[name])).possible(box)
                if now not in (other, {NOTHING}):
                    assert atom.param.id in {reason.criterion for reason in lens.reasons}, (name, atom.param.id)
                    told += 1
    assert told >= 1


# --- What if --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "lens", "after"),
    [
        (["tpp=20999.999"], "review-policy", (CBC,)), (["tpp=21000"], "review-policy", (POD,)),
        (["tpp=21,000"], "review-policy", (POD,)), (["total_dram_bandwidth=6.5 TB/s"], "review-policy", (POD,)),
        (["total_dram_bandwidth=6499.999"], "review-policy", (CBC,)), (["activity=reexport"], "review-policy", (POD,)),
        (["end_user_country=SG"], "review-policy", (POD,)), (["export=2026-01-14"], "review-policy", (CBC, POD)),
        (["application=2026-01-14", "export=2026-01-14"], "review-policy", (POD,)),
        (["examined:MU-06=hit"], "military-use", ("blocked",)), (["tpp=13000"], "tariff", ("none",)),
        (["applicable_die_area_mm2=100"], "classification", ("3A090.a.1",)),
    ],
)  # fmt: skip
def test_what_a_change_would_do(words: list[str], lens: str, after: tuple[str, ...]):
    found = asked(what_if=words).what_if
    assert found is not None
    changed = {change.lens: change.after for change in found.changes}
    assert changed.get(lens, standing().answers(lens)) == after
    assert set(changed) | set(found.same) == set(harness.verify(H200).lenses)


def test_what_if_tells_the_outcome_before_and_after():
    found = asked(what_if=["tpp=20900"]).what_if
    assert (found.outcome_before, found.outcome_after) == ("pass", "pass")
    assert [(one.lens, one.before, one.after) for one in found.changes] == [("tariff", ("25-percent",), ("none",))]
    found = asked(what_if=["tpp=21000"]).what_if
    assert (found.outcome_before, found.outcome_after) == ("pass", "fail")


@pytest.mark.parametrize(
    "word",
    ["tpp", "tpp=", "tpp=-1", "tpp=NaN", "tpp=1e999999", "tpp=٣", "tpp=5 GB/s", "total_dram_bandwidth=5 GB", "mood=x",
     "performance_density=6", "activity=smuggle", "end_user_country=ZZ", "export=soon", "=5", "tpp=9" + "9" * 5000],
)  # fmt: skip
def test_what_no_law_could_read_is_refused(word: str):
    with pytest.raises(harness.WrongUsage):
        asked(what_if=[word])


# --- Why not --------------------------------------------------------------------------------------------------------


def test_why_a_b200_is_not_weighed_case_by_case():
    (found,) = asked(B200, why_not=CBC).why_not
    assert (found.lens, found.stands) == ("review-policy", "is not possible")
    nearest = found.ways[0]
    assert nearest.pin == "15 CFR 742.6(b)(10)(iii)(A)(1)"
    # 36,000 against 21,000, and 7,700 against 6,500 GB/s.
    assert {need.criterion: need.margin for need in nearest.needs} == {"gate.tpp": "-15000", "gate.dram_bw": "-1200"}


def test_why_not_pass_names_every_lens_in_its_way():
    found = asked(B200, why_not="pass").why_not
    assert {one.lens for one in found} == {"capability", "review-policy"}
    assert asked(H200, why_not="pass").why_not == ()


def test_why_not_of_what_is_the_answer_and_of_what_a_stricter_one_hides():
    (found,) = asked(why_not=f"review-policy={CBC}").why_not
    assert found.stands == "is the answer"
    assert found.ways[0].stricter == (CBC,)
    (denied,) = asked(why_not=f"review-policy={POD}").why_not
    assert denied.stands == "is not possible"
    assert any(way.earlier == (CBC,) for way in denied.ways)


def test_an_answer_that_does_not_exist_is_refused():
    for word in ("maybe", "tariff=case-by-case", "levy=none"):
        with pytest.raises(harness.WrongUsage, match="no answer"):
            asked(why_not=word)


# --- Flips ----------------------------------------------------------------------------------------------------------


def test_the_nearest_flips_of_an_h200():
    """15,832 TPP and 4,916.736 GB/s: the gate at 21,000 and 6,500, the first window from 14,000 to 17,500 and from
    4,500 to 5,000, and 3A090.a.1 at 4,800."""
    flips = {(one.figure, one.direction, one.lens): one for one in asked(flip=True).flips}
    up, down = (flips["tpp", way, "tariff"] for way in ("up", "down"))
    assert (up.threshold, up.at_it, up.change, up.after) == ("17500", True, "1668", ("none",))
    assert (down.threshold, down.at_it, down.change) == ("14000", True, "-1832")
    gate = flips["tpp", "up", "review-policy"]
    assert (gate.threshold, gate.at_it, gate.change, gate.percent) == ("21000", True, "5168", "+32.64")
    assert (gate.before, gate.after, gate.outcome_before, gate.outcome_after) == ((CBC,), (POD,), "pass", "fail")
    assert any("742.6(b)(10)(iii)(A)(1)" in cite for cite in gate.cites)
    paragraph = flips["tpp", "down", "classification"]
    assert (paragraph.threshold, paragraph.at_it, paragraph.after) == ("4800", False, ("3A090.b.1",))
    bandwidth = flips["total_dram_bandwidth", "up", "review-policy"]
    assert (bandwidth.threshold, bandwidth.change) == ("6500", "1583.264")


@pytest.mark.parametrize("data", [H200, B200], ids=["h200", "b200"])
def test_a_flip_is_the_nearest_and_is_one(data: bytes):
    """At it the answer is the other; anywhere nearer it is the old one."""
    at = standing(data)
    flips = asked(data, flip=True).flips
    assert flips
    for flip in flips:
        edge, now = Fraction(flip.threshold), Fraction(flip.now)
        beyond = edge if flip.at_it else edge + (1 if flip.direction == "up" else -1) * Fraction(1, 10**6)
        assert at.with_figure(flip.figure, beyond).answers(flip.lens) == flip.after != flip.before
        for share in (Fraction(1, 7), Fraction(1, 2), Fraction(999999, 1000000)):
            nearer = now + (edge - now) * share
            assert at.with_figure(flip.figure, nearer).answers(flip.lens) == flip.before, flip


def test_a_figure_that_is_not_known_has_no_flip():
    empty = json.dumps({"schema": "lab-report/0", "report_id": "x"}).encode()
    assert asked(empty, flip=True).flips == ()


# --- The command ----------------------------------------------------------------------------------------------------


def test_the_command_explains():
    report = "lab_reports/h200-sxm.json"
    done = command("verify", report, "--why", "--flip", "--what-if", "tpp=21000", "--why-not", POD)
    assert done.returncode == 0
    for said in ("us.ear.742_6.review answers case-by-case", "margin +5168 TPP", "91 FR 1684 (2026-01-15)",
                 "what if tpp = 21000?", "outcome: pass -> fail", "Nearest changes of one figure", "receipt: law",
                 "application 2026-06-15", "why not presumption-of-denial?"):  # fmt: skip
        assert said in done.stdout, said
    as_json = command("verify", report, "--format", "json", "--flip")
    assert Explanation.model_validate_json(as_json.stdout).flips
    several = command("verify", report, "lab_reports/b200-above-gate.json", "--format", "json", "--flip")
    assert [one["schema"] for one in json.loads(several.stdout)] == ["explanation/1"] * 2
    assert several.returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--why", "--format", "junit"], "has no place for --why"), (["--why-not", "maybe"], "no answer 'maybe'"),
        (["--what-if", "tpp"], "need NAME=VALUE"), (["--with", "S.1"], "no proposal"),
        (["--reading", "AMB-11=z"], "no option"), (["--known-at", "then"], "YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_wrong_questions_are_refused(words: list[str], said: str):
    done = command("verify", "lab_reports/h200-sxm.json", *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_verdict_as_of_what_was_known():
    done = command("verify", "lab_reports/h200-sxm.json", "--known-at", "2026-01-12", "--lens", "review-policy")
    assert done.returncode == 1
    law = law_with(known_at=date(2026, 1, 12))
    verdict = harness.verify(H200, law=law)
    assert verdict.lenses["review-policy"].possible == (POD,)
    assert verdict.receipt.known_at == date(2026, 1, 12)
    early = harness.verify(H200, law=law_with(known_at=date(2000, 1, 1)))
    assert early.outcome == "undecided"
