"""JUnit XML and SARIF: what other programs read is well-formed, complete, honest, and the same each time."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import REPORTS, ROOT, STORED, spread
from test_findings import MADE_ELSEWHERE

import harness
from harness.cli.__main__ import main
from harness.model.catalogue import CATALOGUE

ALL = [str(file.relative_to(ROOT)) for file in STORED]
HOSTILE = "x\x1b[31m\u202e]]><b>&amp; {0} [click](http://evil.example) \ufffe\u2028\ue000 é😀"


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]):
    """Run verify in one format, and return its exit code and what it printed."""

    def run(form: str, *arguments: str) -> tuple[int, str]:
        code = main(["verify", "--format", form, *arguments])
        return code, capsys.readouterr().out

    return run


def hostile(folder: Path, h200: dict[str, Any]) -> str:
    """A void report that says of itself what would break a careless writer; no control character passes the reader."""
    h200["report_id"] = h200["custody"][1]["from_party"] = h200["laboratory"]["name"] = HOSTILE.replace("\x1b", "")
    h200["laboratory_conclusion"] = HOSTILE.replace("\x1b", "\n\t")
    file = folder / "a\x1b b#c?d:e%20\udc80\n.json"
    file.write_text(json.dumps(h200))
    return str(file)


class TestJUnit:
    def suites(self, text: str) -> list[ElementTree.Element]:
        return list(ElementTree.fromstring(text).iter("testsuite"))

    def test_a_suite_per_report_and_a_case_per_lens(self, printed):
        """Fails capability: a failure; undecided in two lenses: two; not there: an error; informing lenses never."""
        code, text = printed(
            "junit", "lab_reports/h200-above-declaration.json", "lab_reports/h200-no-transaction.json", "nothing.json"
        )
        root = ElementTree.fromstring(text)
        assert code == 2
        assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="harness verify"')
        assert [root.get(name) for name in ("failures", "errors", "skipped", "time")] == ["3", "1", "0", "0"]
        failed, undecided, unreadable = self.suites(text)
        assert [case.get("name") for case in failed.iter("testcase")] == list(
            harness.verify("lab_reports/h200-above-declaration.json").lenses
        )
        assert {case.get("classname") for case in failed.iter("testcase")} == {failed.get("name")}
        assert [one.get("type") for one in failed.iter("failure")] == ["fail"]
        assert [one.get("message") for one in failed.iter("failure")] == ["above-declared"]
        assert [one.get("type") for one in undecided.iter("failure")] == ["undecided", "undecided"]
        assert [one.get("type") for one in unreadable.iter("error")] == ["unreadable"]
        tariff = next(case for case in failed.iter("testcase") if case.get("name") == "tariff")
        assert [child.tag for child in tariff] == ["system-out"]

    def test_a_failure_says_got_need_margin_and_citation(self, printed):
        _, text = printed("junit", "lab_reports/h200-above-declaration.json")
        (failure,) = self.suites(text)[0].iter("failure")
        for words in ("got 4300 ± 94.6, measurements[2]", "declared 4000 GB/s", "margin -205.4 GB/s", "(dd)(3)(i)(C)"):
            assert words in (failure.text or "")

    @pytest.mark.parametrize("file", spread(ALL, 20))
    def test_counts_are_right_and_no_report_that_does_not_pass_is_green(self, printed, file: str):
        code, text = printed("junit", file)
        root = ElementTree.fromstring(text)
        (suite,) = root
        for element in (root, suite):
            for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
                assert element.get(name) == str(len(list(element.iter(tag))))
        green = not list(root.iter("failure")) and not list(root.iter("error"))
        assert green == (code == 0)

    @pytest.mark.parametrize("file", spread([file for file in ALL if "unreadable" not in file], 20))
    def test_every_finding_is_listed_once(self, printed, file: str):
        _, text = printed("junit", file)
        words = "\n".join(ElementTree.fromstring(text).itertext())
        for finding in harness.verify(file).findings:
            assert words.count(f"{finding.effect}  {finding.code}: {finding.where}: got {finding.got}; need ") == 1

    def test_what_a_report_or_a_file_name_says_breaks_nothing(self, printed, tmp_path: Path, h200: dict[str, Any]):
        code, text = printed("junit", hostile(tmp_path, h200), str(tmp_path / "\x00\x08"))
        assert code == 2
        assert text.isascii()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", text)
        suite = self.suites(text)[0]
        assert "\\x1b b#c" in suite.get("name", "")
        assert "]]><b>&amp; {0}" in "".join(suite.itertext())


def check_structure(log: Any) -> None:
    """What the standard asks of the objects that we write: SARIF 2.1.0, sections 3.13 to 3.58."""
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert set(run) == {"tool", "invocations", "artifacts", "columnKind", "results"}
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert driver["name"] == "harness"
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", driver["semanticVersion"])
    rules = [rule["id"] for rule in driver["rules"]]
    assert rules == sorted(set(rules))
    assert set(rules) == {result["ruleId"] for result in run["results"]}
    for rule in driver["rules"]:
        assert set(rule) == {"id", "shortDescription", "fullDescription", "help"}
        assert all(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))
    (invocation,) = run["invocations"]
    assert isinstance(invocation["executionSuccessful"], bool)
    for artifact in run["artifacts"]:
        assert re.fullmatch(r"[A-Za-z0-9._~:/%-]+", artifact["location"]["uri"])
    for result in run["results"]:
        check_result(result, rules, run["artifacts"])


def check_result(result: dict[str, Any], rules: list[str], artifacts: list[dict[str, Any]]) -> None:
    keys = {"ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"}
    assert set(result) == keys
    assert rules[result["ruleIndex"]] == result["ruleId"]
    assert result["level"] in ("error", "warning", "note")
    assert result["message"]["text"]
    (location,) = result["locations"]
    place = location["physicalLocation"]
    assert place["artifactLocation"]["uri"] == artifacts[place["artifactLocation"]["index"]]["location"]["uri"]
    if "region" in place:
        region = place["region"]
        assert set(region) == {"startLine", "startColumn", "endColumn"}
        assert region["startLine"] >= 1
        assert 1 <= region["startColumn"] < region["endColumn"]
    assert all(isinstance(value, str) for value in result["partialFingerprints"].values())


class TestSarif:
    def log(self, text: str) -> Any:
        log = json.loads(text)
        check_structure(log)
        return log["runs"][0]

    @pytest.mark.slow
    def test_every_sample_in_one_run(self, printed):
        code, text = printed("sarif", *ALL)
        run = self.log(text)
        assert [artifact["location"]["uri"] for artifact in run["artifacts"]] == ALL
        assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
        assert code == 2
        used = {result["ruleId"] for result in run["results"]}
        assert set(CATALOGUE) - {*MADE_ELSEWHERE} <= used
        assert {"unreadable", "gate.tpp", "examined:MU-06", "certified:DD-iii", "laboratory_has_interest"} <= used
        assert text == printed("sarif", *ALL)[1]
        assert len({result["partialFingerprints"]["place/v1"] for result in run["results"]}) == len(run["results"])

    @pytest.mark.parametrize("file", spread(ALL, 20))
    def test_the_gravest_level_is_that_of_the_outcome(self, printed, file: str):
        code, text = printed("sarif", file)
        levels = {result["level"] for result in self.log(text)["results"]}
        if code == 0:
            assert "error" not in levels
        elif code == 3:
            assert "warning" in levels
            assert "error" not in levels
        else:
            assert "error" in levels

    @pytest.mark.parametrize(
        ("file", "rule", "level", "token"),
        [
            ("custody-gap", "custody-gap", "error", '"Example Freight Depot"'),
            ("summary-not-from-raw", "summary-not-from-raw", "error", '"794"'),
            ("unit-duplicated", "unit-duplicated", "error", '"SAMPLE-0001"'),
            ("lot-smaller-than-shipment", "lot-smaller-than-shipment", "warning", "9"),
            ("power-limit-lowered", "power-limit-lowered", "warning", '"350"'),
            ("far-below-declared", "far-below-declared", "note", '"20000"'),
            ("activity-reexport", "activity", "error", '"reexport"'),
            ("item-software", "item_kind", "error", '"software"'),
            ("laboratory-headquartered-in-canada", "laboratory_headquarters", "error", '"CA"'),
            ("end-user-located-in-iran", "end_user_country", "error", '"IR"'),
        ],
    )
    def test_a_result_stands_at_the_forged_fact(self, printed, file: str, rule: str, level: str, token: str):
        name = f"lab_reports/faults/{file}.json"
        run = self.log(printed("sarif", name)[1])
        result = next(one for one in run["results"] if one["ruleId"] == rule)
        region = result["locations"][0]["physicalLocation"]["region"]
        line = Path(name).read_text(encoding="utf-8").split("\n")[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == token
        assert result["level"] == level

    @pytest.mark.parametrize(
        ("file", "line", "column"),
        [("nan", 142, 31), ("duplicate-key", 41, 7), ("wrong-schema-name", 2, 13), ("trailing-garbage", 536, 1)],
    )
    def test_an_unreadable_report_is_an_error_at_its_line(self, printed, file: str, line: int, column: int):
        run = self.log(printed("sarif", f"lab_reports/unreadable/{file}.json")[1])
        (result,) = run["results"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (result["ruleId"], result["level"]) == ("unreadable", "error")
        assert (region["startLine"], region["startColumn"]) == (line, column)

    def test_a_file_that_is_not_there_has_no_region(self, printed):
        (result,) = self.log(printed("sarif", "nothing.json")[1])["results"]
        assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "nothing.json", "index": 0}}}]

    def test_an_open_lens_without_a_criterion_is_a_result_itself(self, printed):
        """Before the first text of a lens there is nothing to hold or fail, and the lens is still open."""
        run = self.log(printed("sarif", "lab_reports/h200-sxm.json", "--as-of", "2022-01-01")[1])
        levels = {result["ruleId"]: result["level"] for result in run["results"]}
        # Its statements are of after that day.
        later = dict.fromkeys(("examination-unsupported", "certification-unsupported"), "note")
        assert levels == {"capability": "warning", "review-policy": "warning", "military-use": "warning", **later}

    def test_a_rule_says_what_it_asks_and_where_that_stands(self, printed):
        run = self.log(printed("sarif", "lab_reports/faults/tpp-declared-at-the-limit.json")[1])
        rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
        assert rules["gate.tpp"]["fullDescription"]["text"] == "TPP less than 21,000 [15 CFR 742.6(b)(10)(iii)(A)(1)]"
        assert rules["far-below-declared"]["help"]["text"] == CATALOGUE["far-below-declared"].remedy

    def test_fingerprints_tell_results_apart_and_outlive_moved_lines(self, printed, tmp_path: Path):
        def prints(file: str) -> list[str]:
            results = self.log(printed("sarif", file)[1])["results"]
            return [result["partialFingerprints"]["place/v1"] for result in results]

        name = "lab_reports/faults/inventory-contradicts.json"
        moved = tmp_path / "moved.json"
        moved.write_text(json.dumps(json.loads(Path(name).read_text(encoding="utf-8"))))
        assert prints(name) == prints(str(moved))
        assert len(set(prints(name))) == len(prints(name)) > 1

    def test_what_a_report_or_a_file_name_says_breaks_nothing(self, printed, tmp_path: Path, h200: dict[str, Any]):
        code, text = printed("sarif", hostile(tmp_path, h200))
        assert code == 1
        assert text.isascii()
        run = self.log(text)
        assert run["artifacts"][0]["location"]["uri"].endswith("/a%1B%20b%23c%3Fd%3Ae%2520%80%0A.json")
        assert run["artifacts"][0]["location"]["uri"].startswith("file:///")
        texts = [result["message"]["text"] for result in run["results"]]
        assert any("click] (http" in one for one in texts)
        # Nothing is a link, a placeholder, or a character that shows as another.
        for one in [*texts, *(result["partialFingerprints"]["place/v1"] for result in run["results"])]:
            assert one.isprintable()
        for one in texts:
            assert "](" not in one
            assert not re.search(r"(?<!\{)\{[0-9]", one)

    def test_standard_input_and_relative_paths_stay_as_given(self):
        done = subprocess.run(
            [sys.executable, "-m", "harness", "verify", "--format", "sarif", "-", "lab_reports/../lab_reports/no.json"],
            cwd=ROOT, capture_output=True, check=False, input=(REPORTS / "faults" / "custody-gap.json").read_bytes(),
        )  # fmt: skip
        run = self.log(done.stdout.decode("ascii"))
        assert [one["location"]["uri"] for one in run["artifacts"]] == ["-", "lab_reports/../lab_reports/no.json"]
        assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] > 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_other_formats_import_none_of_this(form: str):
    code = (
        "import sys; from harness.cli.__main__ import main\n"
        f"main(['verify', 'lab_reports/h200-sxm.json', '--format', '{form}'])\n"
        "print([m for m in sys.modules if m in ('xml', 'urllib.parse', 'harness.codec.places', "
        "'harness.cli.ci_formats', 'harness.render.sarif', 'harness.render.junit')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stderr.strip().splitlines()[-1].replace("'", '"'))) <= {"urllib.parse"}
