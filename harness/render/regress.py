"""Deviations from a lock of decisions: for people, as JUnit XML, as SARIF, and as annotations of a code host."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

from harness.model.decisions import Deviation, Difference
from harness.render.sarif import SCHEMA
from harness.version import VERSION

_TITLES: dict[Difference, str] = {
    "protected": "Protected cases that are answered otherwise",
    "flip": "Flips",
    "reason": "The same answers, by other provisions",
    "text": "Texts that ask or answer something else; harness impact shows what that changes",
    "new": "New: not in the lock",
    "gone": "Gone: in the lock, and no longer asked",
}
_MOST = 40
Shown = Callable[[str], str]


def as_text(found: Sequence[Deviation], held: int, *, shown: Shown = str, every: bool = False) -> str:
    """Return deviations as text.

    Args:
        found: What is not as it is held to be.
        held: How many decisions were held.
        shown: How a text that came from a file is written.
        every: Whether all are named, or the first of each kind.
    """
    if not found:
        return f"{held:,} decisions, all as they are held\n"
    parts = []
    for kind, title in _TITLES.items():
        of_kind = [one for one in found if one.kind == kind]
        if of_kind:
            parts += [
                f"{title}: {len(of_kind)}",
                *(f"  {shown(line(one))}" for one in of_kind[: None if every else _MOST]),
            ]
            left = 0 if every else len(of_kind) - _MOST
            parts += [f"  ... {left} more; --all names them"] if left > 0 else []
    counts = Counter(one.kind for one in found)
    said = ", ".join(f"{counts[kind]} {kind}" for kind in _TITLES if counts[kind])
    return "\n".join([*parts, f"{held:,} decisions held, {len(found):,} deviate: {said}"]) + "\n"


def line(one: Deviation) -> str:
    """Say one deviation in a line."""
    by = f" [{', '.join(one.by)}]" if one.by else ""
    days = "" if one.first is None else f", {_days(one)}"
    cite = f": {one.cite}" if one.cite else ""
    return f"{one.subject}, {one.lens}{days}: {one.before} -> {one.after}{by}{cite}"


def _days(one: Deviation) -> str:
    if one.first == one.last:
        return f"on {one.first}"
    return f"{one.first} to {one.last}" if one.last else f"from {one.first}"


def as_junit(found: Sequence[Deviation], held: int, shown: Shown) -> str:
    """Return a test suite with one failed test for each deviation, and one passed for all the rest."""
    root = ElementTree.Element("testsuites", tests=str(len(found) + 1), failures=str(len(found)))
    attributes = {"name": "harness regress", "tests": str(len(found) + 1), "failures": str(len(found))}
    suite = ElementTree.SubElement(root, "testsuite", {**attributes, "errors": "0", "skipped": "0"})
    name = f"{held - min(held, len(found))} other decisions"
    ElementTree.SubElement(suite, "testcase", classname="held", name=name)
    for one in found:
        case = ElementTree.SubElement(
            suite, "testcase", classname=one.kind, name=shown(f"{one.subject}, {one.lens} {one.first or ''}".strip())
        )
        ElementTree.SubElement(case, "failure", message=shown(f"{one.before} -> {one.after}")).text = shown(line(one))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def as_github(found: Sequence[Deviation], lock: str) -> str:
    """Return workflow commands that put each deviation at its line of the lock."""
    return "".join(
        f"::error file={_property(lock)},line={one.line or 1},title={_property(f'{one.kind}: {one.lens}')}"
        f"::{_message(line(one))}\n"
        for one in found
    )


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(found: Sequence[Deviation], lock: str) -> str:
    """Return a SARIF 2.1.0 log whose results stand at their lines of the lock."""
    rules = [{"id": kind, "shortDescription": {"text": title}} for kind, title in _TITLES.items()]
    results = [
        {
            "ruleId": one.kind,
            "level": "error",
            "message": {"text": line(one)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": lock},
                        "region": {"startLine": one.line or 1},
                    }
                }
            ],
            "partialFingerprints": {"decision/v1": f"{one.kind}|{one.subject}|{one.lens}|{one.first or ''}"},
        }
        for one in found
    ]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "harness", "version": VERSION, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def as_json(found: Sequence[Deviation], held: int) -> str:
    """Return deviations as one JSON object."""
    rows = [
        {
            "kind": one.kind,
            "subject": one.subject,
            "lens": one.lens,
            "before": one.before,
            "after": one.after,
            "first": str(one.first) if one.first else None,
            "last": str(one.last) if one.last else None,
            "by": list(one.by),
            "cite": one.cite,
            "line": one.line,
        }
        for one in found
    ]
    return json.dumps({"held": held, "deviations": rows}, indent=2) + "\n"
