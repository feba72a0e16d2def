"""Verdicts as a SARIF 2.1.0 log, the form in which code hosts and editors show findings at their place.

One log holds one run. Results are the findings about the evidence, and the criteria that keep a deciding lens from
passing: of a lens that fails an error each that fails, else a warning. A lens that does not pass without any result as
grave as its outcome is a result itself, so that nothing open looks clean. Lenses that inform have no results.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote

from harness.decide.facts import PARTY_FACTS, place_of
from harness.errors import UnreadableInput
from harness.model.catalogue import CATALOGUE
from harness.model.verdict import Lens, Reason, Verdict
from harness.policy.law import Law
from harness.policy.timeline import constants
from harness.policy.vocabulary import DERIVED
from harness.render import words
from harness.render.explanation import meaning_of
from harness.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
UNREADABLE = "unreadable"
_LEVELS = {"voids": "error", "lower-bound-only": "warning", "unsupported": "warning", "notes": "note"}
# How a party fact says whose it is: "CN (ultimate-consignee, name)".
_ROLE = re.compile(r"[A-Z]{2} \(([a-z-]+)")
_GRAVEST = {"fail": "error", "undecided": "warning"}


class Spot(Protocol):
    """A place in the text of a report, counted from 1, in characters."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def end_column(self) -> int: ...


Locate = Callable[[str], Spot | None]
Result = dict[str, Any]


class SarifLog:
    """A log that reports are added to, in their order, and that is written once."""

    def __init__(self, law: Law, shown: Callable[[str], str]) -> None:
        self._law = law
        self._shown = shown
        self._artifacts: list[dict[str, Any]] = []
        self._results: list[Result] = []
        self._prints: Counter[str] = Counter()

    def add(self, source: str, verdict: Verdict, locate: Locate) -> None:
        """Add a verdict on the report of this name; `locate` says where a place of the report stands in its text."""
        self._artifact(source, verdict.receipt.inputs.report_sha256)
        about = verdict.report.report_id
        for finding in verdict.findings:
            level, text = _LEVELS[finding.effect], words.finding_line(finding)
            self._result(finding.code, level, text, about, finding.where, locate)
        for name, lens in verdict.lenses.items():
            if not lens.informs and lens.outcome != "pass":
                self._lens(name, lens, verdict, locate)
        for one in verdict.required:
            if one.outcome != "pass":
                self._result(
                    one.requires, _GRAVEST[one.outcome], words.requirement_line(one), about, "measurements", locate
                )

    def refuse(self, source: str, error: UnreadableInput, locate: Locate) -> None:
        """Add an input that could not be read: a result for each of its faults."""
        self._artifact(source, None)
        for fault in error.faults:
            self._result(UNREADABLE, "error", str(fault), _uri(source), fault.where, locate)

    def text(self, exit_code: int) -> str:
        """Return the log, in ASCII, so that it is the same in every encoding."""
        rules = {rule: n for n, rule in enumerate(sorted({result["ruleId"] for result in self._results}))}
        for result in self._results:
            result["ruleIndex"] = rules[result["ruleId"]]
        run = {
            "tool": {
                "driver": {
                    "name": "harness",
                    "semanticVersion": VERSION,
                    "rules": [self._rule(rule) for rule in rules],
                    "properties": {"law_sha256": self._law.sha256},
                }
            },
            "invocations": [
                {
                    "executionSuccessful": all(result["ruleId"] != UNREADABLE for result in self._results),
                    "exitCode": exit_code,
                }
            ],
            "artifacts": self._artifacts,
            "columnKind": "unicodeCodePoints",
            "results": self._results,
        }
        return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"

    def _lens(self, name: str, lens: Lens, verdict: Verdict, locate: Locate) -> None:
        gravest = _GRAVEST[lens.outcome]
        levels = {_LEVELS[finding.effect] for finding in verdict.findings} if lens.basis == "method" else set()
        for reason in lens.reasons:
            if reason.outcome != "holds" and not self._informs(reason):
                level = gravest if reason.outcome == "fails" else "warning"
                levels.add(level)
                text = f"{name}: {reason.outcome}: {words.reason_line(reason)}"
                where = _place(reason, self._law)
                self._result(reason.criterion, level, text, verdict.report.report_id, where, locate)
        if gravest not in levels:
            text = "; ".join([f"{name}: {words.answer(lens)}", *lens.notices, *filter(None, [words.next_steps(lens)])])
            where = lens.missing[0] if lens.missing else "report_id"
            self._result(name, gravest, text, verdict.report.report_id, where, locate)

    def _informs(self, reason: Reason) -> bool:
        """Return whether a criterion only repeats what a lens that informs answers, which is no fault."""
        provision = self._law.provisions.get(reason.criterion)
        return provision is not None and self._law.lenses[provision.lens].informs

    def _artifact(self, source: str, digest: str | None) -> None:
        artifact: dict[str, Any] = {"location": {"uri": _uri(source)}, "mimeType": "application/json"}
        self._artifacts.append({**artifact, "hashes": {"sha-256": digest}} if digest else artifact)

    def _result(self, rule: str, level: str, text: str, about: str, where: str, locate: Locate) -> None:
        index = len(self._artifacts) - 1
        artifact = {"uri": self._artifacts[index]["location"]["uri"], "index": index}
        spot = locate(where)
        place: dict[str, Any] = {"artifactLocation": artifact}
        if spot is not None:
            region = {"startLine": spot.line, "startColumn": spot.column, "endColumn": spot.end_column}
            place["region"] = region
        result: Result = {"ruleId": rule, "ruleIndex": -1, "level": level, "message": {"text": self._message(text)}}
        result["locations"] = [{"physicalLocation": place}]
        # What the result is about, not where it stands: it stays the same when lines move.
        fingerprint = self._shown(f"{about}|{rule}|{where}")
        self._prints[fingerprint] += 1
        again = self._prints[fingerprint]
        result["partialFingerprints"] = {"place/v1": fingerprint if again == 1 else f"{fingerprint}|{again}"}
        self._results.append(result)

    def _message(self, text: str) -> str:
        """Return a text in which nothing is a link or a placeholder to a reader of the standard."""
        return self._shown(text).replace("](", "] (").replace("{", "{{").replace("}", "}}")

    def _rule(self, rule: str) -> dict[str, Any]:
        title, full, remedy = _rule_texts(rule, self._law)
        texts = {"shortDescription": title, "fullDescription": full, "help": remedy}
        return {"id": rule, **{name: {"text": self._message(text)} for name, text in texts.items()}}


def _rule_texts(rule: str, law: Law) -> tuple[str, str, str]:
    """Return title, meaning and remedy of a finding, a criterion, a lens, or of input that cannot be read."""
    if rule in CATALOGUE:
        entry = CATALOGUE[rule]
        return entry.title, entry.meaning, entry.remedy
    if rule == UNREADABLE:
        full = "The input cannot be read, is not strict JSON, or does not fit its schema; nothing was judged."
        return "An input that cannot be read", full, "Correct what the message names."
    if "=" in rule:
        return (
            rule,
            f"The caller required {rule} beyond the law.",
            "Leave out --require, or mend what the statement names.",
        )
    if rule in law.lenses:
        return rule, law.lenses[rule].question, f"harness explain {rule}"
    says, pin = meaning_of(rule, law)
    return rule, f"{says} [{pin}]" if pin else says, f"harness explain {rule}"


def _place(reason: Reason, law: Law) -> str:
    """Return where in the report a criterion is decided."""
    _, _, last = reason.got.rpartition(", ")
    if last.startswith(("measurements[", "lot.units[")):
        return last
    for name, param in constants(law).items():
        if name.partition("#")[2] == reason.criterion:
            return place_of(DERIVED.get(param.metric, (param.metric,))[0])
    role = _ROLE.match(reason.got)
    if role is not None and reason.criterion in PARTY_FACTS:
        return place_of(reason.criterion).replace("end-user", role[1])
    family, _, rest = reason.criterion.partition(":")
    return place_of(f"declared:{rest}" if family == "confirmed" else reason.criterion)


def _uri(source: str) -> str:
    """Return a path as a URI reference: relative paths stay relative."""
    scheme = "file://" if source.startswith("/") else ""
    return scheme + quote(source, safe="/", errors="surrogateescape")
