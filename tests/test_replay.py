"""harness replay: what comes of old verdicts under the law of today, told apart by what changed since."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from commands import command
from conftest import REPORTS, spread
from hypothesis import given, settings
from hypothesis import strategies as st

import harness
from harness.codec import packaged
from harness.codec.folders import Folders
from harness.codec.law_files import law_bytes, law_of_files, read_law
from harness.codec.schemas import faults_against_schema
from harness.codec.verdict_files import verdicts_in, written
from harness.decide.replay import compared
from harness.judge import law_with
from harness.model.replay import Replay, Replayed
from harness.model.verdict import Verdict
from harness.policy.law import Law
from harness.replay import replayed_verdict

H200 = REPORTS / "h200-sxm.json"
ATTACHED = REPORTS / "h200-sxm-attached.json"
AC_REVIEW = "2026-01-15-us-bis-ac-review.toml"
CBC, POD = "case-by-case", "presumption-of-denial"


def law_of_folder(folder: Path, change: Callable[[str], str]) -> Law:
    """The shipped instruments in a folder of their own, one of them changed."""
    shutil.copytree(packaged.INSTRUMENTS, folder)
    file = folder / AC_REVIEW
    text = file.read_text(encoding="utf-8")
    assert change(text) != text
    file.write_text(change(text), encoding="utf-8")
    return read_law(folder)


def lower_ceiling(text: str) -> str:
    """The sample stands at 15,832 TPP: below 21,000, and not below 15,000."""
    return text.replace("value = 21000", "value = 15000").replace("21,000", "15,000")


def replayed(then: Verdict, *folders: Path) -> Replayed:
    return replayed_verdict(then, "verdict.json", Folders(folders or [REPORTS]))


def stored(folder: Path, *verdicts: Verdict, name: str = "verdict.json") -> str:
    """A file of verdicts as the commands print them."""
    texts = [written(one).decode() for one in verdicts]
    (folder / name).write_text(texts[0] if len(texts) == 1 else "[\n" + ",\n".join(texts) + "]")
    return str(folder / name)


def changed_receipt(verdict: Verdict, **values: Any) -> Verdict:
    return verdict.model_copy(update={"receipt": verdict.receipt.model_copy(update=values)})


# --- The same inputs and the same law -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", spread(sorted(REPORTS.glob("*.json")), 6), ids=lambda path: path.stem)
@pytest.mark.parametrize("as_of", [None, date(2026, 1, 14)])
def test_every_sample_is_reproduced_byte_for_byte(path: Path, as_of: date | None):
    found = replayed(harness.verify(path, as_of=as_of))
    (rerun,) = found.reruns
    assert (found.status, rerun.law, rerun.changed, rerun.lenses, rerun.places) == ("reproduced", "today", (), (), ())


@pytest.mark.parametrize("path", sorted((REPORTS / "faults").glob("attachment-*.json")), ids=lambda path: path.stem)
def test_attachments_that_were_absent_altered_or_unreadable_are_so_again(path: Path):
    assert replayed(harness.verify(path), REPORTS / "faults").status == "reproduced"


def test_the_selection_of_the_law_and_the_lenses_asked_are_those_of_the_receipt():
    law = law_with(readings=["AMB-12=b", "AMB-20=both"], proposed=["S.4456"], known_at=date(2026, 6, 1))
    then = harness.verify(H200, law=law, lenses=["review-policy"])
    assert then.receipt.proposed
    assert then.receipt.readings == {"AMB-12": "b", "AMB-20": "both"}
    assert replayed(then).status == "reproduced"


def test_an_attachment_that_was_too_large_then_is_told_of_as_it_was(tmp_path: Path):
    """What was not read has no digest; the old verdict tells why it was not."""
    then = harness.verify(REPORTS / "faults" / "attachment-absent.json")
    (finding,) = [one for one in then.findings if one.code == "attachment-absent"]
    told = finding.model_copy(update={"got": "larger than 268,435,456 bytes"})
    findings = tuple(told if one is finding else one for one in then.findings)
    assert replayed(then.model_copy(update={"findings": findings}), REPORTS / "faults").status == "reproduced"


@pytest.mark.parametrize("item", ["H200", "nvidia-dgx-h100", "micron-hbm3e-24gb"])
def test_classifications_are_replayed_from_spec_file_and_given_facts(item: str, tmp_path: Path):
    given = {"to": "MO", "headquarters": "unknown", "marketing": "other"}
    then = harness.classify(item, as_of=date(2026, 7, 1), given=given, readings=["AMB-20=both"])
    assert then.receipt.inputs.report_sha256 is None
    assert replayed(then, tmp_path).status == "reproduced"


def test_a_spec_file_of_ones_own_is_found_by_its_digest(tmp_path: Path):
    shipped = (packaged.specs_folder() / "nvidia-h200-sxm5-141gb.toml").read_text(encoding="utf-8")
    own = tmp_path / "mine.toml"
    own.write_text(shipped.replace('"nvidia-h200-sxm5-141gb"', '"h200"'), encoding="utf-8")
    then = harness.classify(own, as_of=date(2026, 7, 1))
    # "h200" is an alias of the chip that ships, which is another file.
    assert then.report.report_id == "h200"
    assert replayed(then, tmp_path).status == "reproduced"
    (tmp_path / "elsewhere").mkdir()
    needed = replayed(then, tmp_path / "elsewhere").needed
    assert [(one.what, one.name, one.sha256) for one in needed] == [("spec", "h200", then.receipt.inputs.spec_sha256)]


def test_another_version_of_the_engine_that_says_the_same_is_told_and_no_difference(tmp_path: Path):
    then = changed_receipt(harness.verify(H200), engine_version="0.0.7")
    (rerun,) = replayed(then).reruns
    assert (rerun.status, rerun.engine_version) == ("reproduced", harness.__version__)
    done = command("replay", stored(tmp_path, then), "--reports", str(REPORTS))
    assert done.returncode == 0
    assert f"but for the version; engine 0.0.7 then, {harness.__version__} now" in done.stdout


def test_other_bytes_from_the_same_inputs_and_law_are_a_serious_difference(tmp_path: Path):
    then = changed_receipt(harness.verify(H200).model_copy(update={"outcome": "fail"}), engine_version="0.0.7")
    (rerun,) = replayed(then).reruns
    assert (rerun.status, rerun.changed, rerun.places) == ("not-reproduced", (), ("outcome",))
    assert (rerun.outcome_then, rerun.outcome_now) == ("fail", "pass")
    done = command("replay", stored(tmp_path, then), "--reports", str(REPORTS))
    assert done.returncode == 1
    assert f"NOT REPRODUCED: the same inputs and the same law give another verdict; engine 0.0.7 then, " \
           f"{harness.__version__} now; fail -> pass" in done.stdout  # fmt: skip


def test_a_difference_in_wording_alone_is_one_too():
    then = harness.verify(H200)
    lens = then.lenses["tariff"].model_copy(update={"question": "Does it?"})
    (rerun,) = replayed(then.model_copy(update={"lenses": {**then.lenses, "tariff": lens}})).reruns
    assert (rerun.status, rerun.lenses, rerun.places) == ("not-reproduced", (), ("lenses.tariff.question",))


def test_a_receipt_that_selects_what_the_law_does_not_have_is_not_reproduced():
    then = changed_receipt(harness.verify(H200), readings={"AMB-99": "a", "AMB-12": "z"}, proposed=("us-bill-none",))
    (rerun,) = replayed(then).reruns
    assert rerun.status == "not-reproduced"
    assert len(rerun.notes) == 3


@pytest.mark.parametrize(
    "values",
    [{"lenses_asked": ()}, {"lenses_asked": ("nothing",)}, {"known_at": date(1990, 1, 1)},
     {"inputs": {"attachments_sha256": {"../../etc/passwd": "0" * 64}}}],
)  # fmt: skip
def test_a_receipt_may_say_anything_and_nothing_breaks(values: dict[str, Any]):
    then = harness.verify(H200)
    inputs = then.receipt.inputs.model_copy(update=values.pop("inputs", {}))
    assert replayed(changed_receipt(then, inputs=inputs, **values)).status == "not-reproduced"


# --- The law changed ------------------------------------------------------------------------------------------------


def test_a_change_of_the_law_that_flips_an_answer_is_named(tmp_path: Path):
    """Then the ceiling stood at 15,000 TPP, today it stands at 21,000: the sample at 15,832 comes below it."""
    then = harness.verify(H200, law=law_of_folder(tmp_path / "law", lower_ceiling))
    assert (then.outcome, then.lenses["review-policy"].answer) == ("fail", POD)
    found = replayed(then)
    (rerun,) = found.reruns
    assert (found.status, rerun.changed) == ("differs", ("law",))
    assert (rerun.outcome_then, rerun.outcome_now) == ("fail", "pass")
    assert rerun.law_sha256 == read_law().sha256 != then.receipt.law_sha256
    (lens,) = rerun.lenses
    assert (lens.lens, lens.then, lens.now, lens.direction) == ("review-policy", (POD,), (CBC,), "laxer")
    assert (lens.outcome_then, lens.outcome_now, lens.informs) == ("fail", "pass", False)
    (decision,) = lens.decisions
    assert decision.provision == "us.ear.742_6.review"
    assert decision.pin == "15 CFR 742.6(b)(10)(iii)(A)(1)"
    assert decision.instrument == "us-bis-2026-01-15-ac-review"


def test_the_flip_is_printed_with_its_paragraph_and_ends_with_1(tmp_path: Path):
    then = harness.verify(H200, law=law_of_folder(tmp_path / "law", lower_ceiling))
    done = command("replay", stored(tmp_path, then), "--reports", str(REPORTS))
    assert done.returncode == 1
    for words in ("differs: fail -> pass, by another law", f"review-policy: {POD} -> {CBC} (laxer; fail -> pass)",
                  "decided by us.ear.742_6.review", "[15 CFR 742.6(b)(10)(iii)(A)(1)]",
                  "1 verdict: 1 differs"):  # fmt: skip
        assert words in done.stdout


def test_a_change_the_other_way_is_stricter(tmp_path: Path):
    """Then the ceiling stood at 37,000 TPP, above the B200's 36,000, and that of bandwidth at 8,000 GB/s."""

    def higher(text: str) -> str:
        for old, new in (("21000", "37000"), ("21,000", "37,000"), ("6500", "8000"), ("6,500", "8,000")):
            text = text.replace(old, new)
        return text

    path = REPORTS / "b200-above-gate.json"
    then = harness.verify(path, law=law_of_folder(tmp_path / "law", higher))
    assert then.lenses["review-policy"].answer == CBC
    (rerun,) = replayed(then).reruns
    assert [(lens.lens, lens.direction, lens.now) for lens in rerun.lenses] == [("review-policy", "stricter", (POD,))]


def test_a_change_that_moves_no_answer_is_unchanged_and_ends_with_0(tmp_path: Path):
    law = law_of_folder(tmp_path / "law", lambda text: text + "\n# A remark.\n")
    then = harness.verify(H200, law=law)
    (rerun,) = replayed(then).reruns
    assert (rerun.status, rerun.changed, rerun.lenses) == ("unchanged", ("law",), ())
    done = command("replay", stored(tmp_path, then), "--reports", str(REPORTS))
    assert done.returncode == 0
    assert "unchanged: pass, as then, and every answer as then, by another law" in done.stdout


def test_an_answer_of_a_lens_that_informs_is_a_difference_too(tmp_path: Path):
    """The first tariff window ended at 15,832 TPP then, and the sample stood outside it."""
    files = {
        name: data.replace(b"value = 17500", b"value = 15832").replace(b"17,500", b"15,832")
        for name, data in law_bytes().items()
    }
    then = harness.verify(H200, law=law_of_files(files))
    found = replayed(then)
    (lens,) = found.reruns[0].lenses
    assert (found.status, lens.lens, lens.informs) == ("differs", "tariff", True)
    assert (lens.then, lens.now, lens.direction) == (("none",), ("25-percent",), "stricter")


def test_a_lens_that_is_gone_or_new_is_told(tmp_path: Path):
    then = harness.verify(H200)
    lenses = {"curfew": then.lenses["tariff"], **{name: one for name, one in then.lenses.items() if name != "evidence"}}
    rerun = compared(then.model_copy(update={"lenses": lenses}), then, read_law(), same_bytes=False, under="today",
                     notes=[])  # fmt: skip
    assert [(lens.lens, lens.direction) for lens in rerun.lenses] == [
        ("curfew", "not-asked"), ("evidence", "newly-asked")
    ]  # fmt: skip


def test_spec_and_method_that_changed_are_named():
    then = harness.verify(H200)
    inputs = then.receipt.inputs.model_copy(update={"spec_sha256": "1" * 64, "method_sha256": "2" * 64})
    (rerun,) = replayed(changed_receipt(then, inputs=inputs)).reruns
    assert (rerun.status, rerun.changed) == ("unchanged", ("spec", "method"))
    other = changed_receipt(then.model_copy(update={"outcome": "fail"}), inputs=inputs)
    assert replayed(other).status == "differs"


def test_a_chip_in_a_classified_system_that_changed_is_named():
    then = harness.classify("nvidia-dgx-h100", as_of=date(2026, 7, 1))
    inputs = then.receipt.inputs.model_copy(update={"attachments_sha256": {"specs/nvidia-h100-sxm5-80gb": "1" * 64}})
    (rerun,) = replayed(changed_receipt(then, inputs=inputs)).reruns
    assert (rerun.status, rerun.changed) == ("unchanged", ("spec",))


def test_assumptions_that_changed_are_named():
    then = harness.classify("H200", as_of=date(2026, 7, 1))
    first, *others = then.assumed
    other = first.model_copy(update={"says": "assumed in other words"})
    (rerun,) = replayed(then.model_copy(update={"assumed": (other, *others)})).reruns
    assert (rerun.status, rerun.changed) == ("unchanged", ("assumptions",))


def test_a_fact_that_can_no_longer_be_given_cannot_be_said(tmp_path: Path):
    then = harness.classify("H200", as_of=date(2026, 7, 1), given={"to": "MO"})
    assumed = tuple(one.model_copy(update={"fact": "whereto"}) if one.fact == "to" else one for one in then.assumed)
    found = replayed(then.model_copy(update={"assumed": assumed}))
    assert found.status == "cannot-say"
    assert "whereto" in found.reruns[0].notes[0]


# --- Inputs that are not there --------------------------------------------------------------------------------------


def test_a_report_that_is_not_there_is_needed_by_its_digest(tmp_path: Path):
    then = harness.verify(H200)
    path = stored(tmp_path, then)
    done = command("replay", path, cwd=tmp_path)
    assert done.returncode == 3
    assert f"need the report SAMPLE-H200-2026-0001 with SHA-256 {then.receipt.inputs.report_sha256}" in done.stdout
    # Of the same name and with other bytes it is another.
    (tmp_path / H200.name).write_bytes(H200.read_bytes() + b"\n")
    assert command("replay", path, cwd=tmp_path).returncode == 3
    shutil.copy(H200, tmp_path / "renamed.txt")
    # The dossier that it was judged with is needed too, wherever it lies.
    done = command("replay", path, cwd=tmp_path)
    assert done.returncode == 3
    assert f"need the dossier dossier with SHA-256 {then.receipt.inputs.dossier_sha256}" in done.stdout
    shutil.copy(REPORTS / "dossiers" / H200.name, tmp_path / "also-renamed.txt")
    assert command("replay", path, cwd=tmp_path).returncode == 0


def test_attachments_are_needed_by_their_digests_and_found_by_name_or_size(tmp_path: Path):
    then = harness.verify(ATTACHED)
    shutil.copy(ATTACHED, tmp_path)
    digests = then.receipt.inputs.attachments_sha256
    assert len(digests) == 2
    found = replayed(then, tmp_path)
    assert found.status == "cannot-say"
    assert {one.name: one.sha256 for one in found.needed} == digests
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(REPORTS / "h200-sxm-dram.txt", elsewhere)
    (tmp_path / "h200-sxm-dram.txt").write_text("4300\n")
    shutil.copy(REPORTS / "h200-sxm-dram-log.csv", elsewhere / "renamed")
    assert replayed(then, tmp_path, elsewhere).status == "reproduced"


def test_the_default_is_beside_the_verdict_and_the_current_folder(tmp_path: Path):
    (tmp_path / "beside").mkdir()
    path = stored(tmp_path / "beside", harness.verify(H200))
    assert command("replay", path, cwd=REPORTS).returncode == 0
    assert command("replay", path, cwd=tmp_path).returncode == 3
    shutil.copy(H200, tmp_path / "beside")
    shutil.copytree(REPORTS / "dossiers", tmp_path / "beside" / "dossiers")
    assert command("replay", path, cwd=tmp_path).returncode == 0
    done = command("replay", path, "--reports", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "is no folder" in done.stderr


def test_a_report_that_is_read_no_more_leaves_the_other_verdicts_alone(tmp_path: Path):
    """Its bytes are there, and this engine does not take them: that of then may have."""
    report = H200.read_bytes().replace(b"lab-report/0", b"lab-report/9")
    (tmp_path / "report.json").write_bytes(report)
    then = harness.verify(H200)
    inputs = then.receipt.inputs.model_copy(update={"report_sha256": sha256(report).hexdigest()})
    path = stored(tmp_path, changed_receipt(then, inputs=inputs), then)
    done = command("replay", path, "--reports", str(tmp_path), str(REPORTS))
    assert done.returncode == 3
    assert "an input cannot be read any more" in done.stdout
    assert done.stdout.splitlines()[-1] == "2 verdicts: 1 reproduced, 1 cannot say"


def test_a_classification_without_any_digest_cannot_be_said():
    then = harness.classify("H200", as_of=date(2026, 7, 1))
    inputs = then.receipt.inputs.model_copy(update={"spec_sha256": None})
    report = then.report.model_copy(update={"report_id": "no-such-chip"})
    assert replayed(changed_receipt(then.model_copy(update={"report": report}), inputs=inputs)).status == "cannot-say"


# --- Files, formats, exit codes -------------------------------------------------------------------------------------


def test_a_list_with_a_refusal_is_read_as_it_was_printed(tmp_path: Path):
    printed = command("verify", str(H200), "no-such-file", str(ATTACHED), "--format", "json").stdout
    done = command("replay", "-", "--reports", str(REPORTS), input=printed)
    assert done.returncode == 3
    assert done.stdout.splitlines()[-1] == "3 verdicts: 2 reproduced, 1 cannot say"


def test_the_verdict_of_an_explanation_is_replayed():
    printed = command("verify", str(H200), "--format", "json", "--why").stdout
    assert json.loads(printed)["schema"] == "explanation/1"
    assert command("replay", "-", "--reports", str(REPORTS), input=printed).returncode == 0


def test_the_gravest_of_several_counts(tmp_path: Path):
    then = harness.verify(H200)
    good = stored(tmp_path, then, name="good.json")
    other = then.model_copy(update={"outcome": "fail"})
    bad = stored(tmp_path, other, name="bad.json")
    gone = stored(tmp_path, harness.verify(H200.read_bytes().replace(b"2026-0001", b"2026-0002")), name="gone.json")
    folders = ["--reports", str(REPORTS)]
    for files, code in (([good], 0), ([good, gone], 3), ([gone, bad, good], 1), ([bad, "none.json", gone], 2)):
        assert command("replay", *files, *folders).returncode == code


def test_the_document_fits_its_schema_and_is_read_back(tmp_path: Path):
    then = harness.verify(H200, law=law_of_folder(tmp_path / "law", lower_ceiling))
    path = stored(tmp_path, then, harness.verify(ATTACHED))
    done = command("replay", path, "none.json", "--reports", str(REPORTS), "--json")
    assert done.returncode == 2
    assert faults_against_schema("replay", done.stdout.encode(), "replay.json") == []
    found = Replay.model_validate_json(done.stdout)
    assert [one.status for one in found.replayed] == ["differs", "reproduced"]
    assert [one.source for one in found.unreadable] == ["none.json"]
    assert found.law_sha256 == read_law().sha256


@pytest.mark.parametrize(
    "text",
    spread(["", "[]", "{", "3", "{}", '{"schema": "verdict/1"}', '[{"schema": "verdict/1"}]', '{"a": 1, "a": 2}',
             "[" * 100, '{"verdict": 3}', '{"verdict": {"schema": "verdict/1"}}', "PK\x03\x04",
             '{"schema": "refusal/1"}',
             "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")], 5),
)  # fmt: skip
def test_what_is_no_verdict_is_refused_with_its_place(text: str, tmp_path: Path):
    (tmp_path / "verdict.json").write_text(text)
    done = command("replay", "verdict.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "verdict.json" in done.stderr
    assert "Traceback" not in done.stderr
    assert "a bug" not in done.stderr


def test_every_fault_of_a_verdict_is_named_with_its_place(tmp_path: Path):
    value = json.loads(written(harness.verify(H200)))
    value["outcome"], value["extra"] = "maybe", 1
    del value["receipt"]["law_sha256"]
    (tmp_path / "verdict.json").write_text(json.dumps([value]))
    done = command("replay", "verdict.json", cwd=tmp_path)
    for place in ("[0].outcome", "[0].extra", "[0].receipt.law_sha256"):
        assert place in done.stderr


def test_control_characters_of_a_verdict_do_not_reach_the_terminal(tmp_path: Path):
    then = harness.verify(H200)
    report = then.report.model_copy(update={"report_id": "\u202eevil"})
    done = command("replay", stored(tmp_path, then.model_copy(update={"report": report})), "--reports", str(REPORTS))
    assert done.returncode == 1
    assert "\u202e" not in done.stdout


def test_several_hundred_verdicts_fit_into_one_file():
    """A list of them may hold more than a report, of which 4 MiB are read at the most."""
    text = written(harness.verify(H200)).decode()
    data = ("[" + ",".join([text] * 100) + "]").encode()
    assert len(data) > 5_000_000
    assert len(verdicts_in(data, "verdicts.json")) == 100


@settings(max_examples=30, deadline=None)
@given(seen=st.data())
def test_any_change_of_a_verdict_shows(seen: st.DataObject):
    """One value anywhere in a verdict changed: it is refused, or not reproduced, or its inputs are not there."""
    value = json.loads(written(harness.verify(H200)))
    node, steps = value, []
    while isinstance(node, dict | list) and node:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        steps.append((node, seen.draw(st.sampled_from(keys))))
        node = node[steps[-1][1]]
    last, key = steps[-1]
    last[key] = seen.draw(st.sampled_from(["0", "1", "pass", "fail", "2026-01-01", "0" * 64, True, None, 7]))
    if last[key] == node or key == "engine_version":
        return
    try:
        (then,) = verdicts_in(json.dumps(value).encode(), "verdict.json")
    except harness.UnreadableInput:
        return
    found = replayed(then)
    assert found.status != "reproduced"
    if found.status == "unchanged":
        assert {"law_sha256", "spec_sha256", "method_sha256"} & {str(step) for _, step in steps}
