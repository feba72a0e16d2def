"""harness probes: boundary test cases as lab reports, so that a laboratory can rehearse."""

import argparse
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.options import add_selection, day, selected_law
from harness.cli.output import Exit, Progress, printable, say, widest_cell, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.impact.rehearsal import Rehearsal
    from harness.model.case import Case

_EPILOG = """\
examples:
  harness probes                                  the list: constant, chip, side, and what the law answers
  harness probes -o rehearsal                     one lab report for each, and index.json with what to expect
  harness probes --as-of 2027-01-04 -o rehearsal  on other days
  harness verify rehearsal/*.json --lens review-policy

For every threshold that a declaration can turn on: just below, at, and just above it. Where the sample chip can stand
for it, with its measurements; else for another known chip, and the measurements are the laboratory's to add. Every
report says that it is fictional. exit codes: 0; 2 unreadable or wrong usage; 3 no threshold is met
"""
_DAY = re.compile(r'"([0-9]{4}-[0-9]{2}-[0-9]{2})([^"]*)"')


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "probes",
        help="lab reports at every threshold: just below, at, just above",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("-o", "--output", metavar="FOLDER", help="write the reports and index.json here")
    command.add_argument("--as-of", metavar="DAY", type=day, help="the day of the export (default: the sample's)")
    command.add_argument("--lens", metavar="NAME", nargs="+", help="only these lenses")
    command.add_argument("--force", action="store_true", help="write over files that are there")
    command.add_argument("--json", action="store_true", help="print the index")
    add_selection(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Make the reports."""
    law = selected_law(arguments)
    strange = [name for name in arguments.lens or () if name not in law.lenses]
    if strange:
        raise WrongUsage(f"no lens {', '.join(strange)}; there are {', '.join(law.lenses)}")
    found = _made(arguments, law)
    index = [_entry(one) for one in found]
    if arguments.output is not None:
        _write(Path(arguments.output), found, index, force=arguments.force)
    if arguments.json:
        print(json.dumps(index, indent=2))
    else:
        _print(index)
    return Exit.PASS if found else Exit.UNDECIDED


def _made(arguments: argparse.Namespace, law: Any) -> "list[Rehearsal]":
    from harness.codec.subjects import subjects
    from harness.impact.rehearsal import constants_met, rehearsals
    from harness.model.chip_spec import ChipSpec

    template = _template(arguments.as_of)
    chips = [(one.parts[0].spec, one.parts[0].sha256) for one in subjects("chip")]
    specs = [(spec, digest) for spec, digest in chips if isinstance(spec, ChipSpec)]
    # The chip of the sample comes first: its report keeps its measurements.
    specs.sort(key=lambda one: template.spec is None or one[0].id != template.spec.id)
    constants = [one for one in constants_met(law, template) if arguments.lens is None or one[0] in arguments.lens]
    progress = Progress(len(constants), "thresholds")
    found = list(rehearsals(law, template, specs, constants, progress.advance))
    progress.clear()
    return found


def _template(export: date | None) -> "Case":
    """Return the complete sample, its days moved so that the export is on the day asked for.

    It names no dossier: that of the sample is not in the laboratory's folder, and its days do not move.
    """
    from harness.codec import packaged
    from harness.codec.report_files import read_case

    path = packaged.reports_folder() / "h200-sxm.json"
    text = path.read_text(encoding="utf-8")
    stated = date.fromisoformat(json.loads(text)["dates"]["export"])
    by = (export or stated) - stated

    def moved(found: re.Match[str]) -> str:
        return f'"{date.fromisoformat(found[1]) + by}{found[2]}"'

    case = read_case(_DAY.sub(moved, text).encode(), path.name, path.parent, None)
    report = case.report.model_copy(update={"dossier": None})
    return replace(case, report=report, dossier=None, dossier_sha256=None)


def _entry(one: "Rehearsal") -> dict[str, str]:
    return {
        "file": f"{one.report.report_id.removeprefix('PROBE-')}.json",
        "lens": one.lens,
        "constant": f"{one.instrument}#{one.param.id}",
        "says": one.param.says,
        "pin": one.param.pin,
        "side": one.side,
        "chip": one.chip,
        "expect": " or ".join(one.answers),
    }


def _write(folder: Path, found: "list[Rehearsal]", index: list[dict[str, str]], *, force: bool) -> None:
    from harness.errors import Fault, UnreadableInput

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fault = Fault(where="the folder", got=error.strerror or str(error), need="a place to write to")
        raise UnreadableInput(str(folder), (fault,)) from None
    for one, entry in zip(found, index, strict=True):
        text = one.report.model_dump_json(by_alias=True, indent=2, exclude_unset=True) + "\n"
        write_whole(folder / entry["file"], text, force=force)
    write_whole(folder / "index.json", json.dumps(index, indent=2) + "\n", force=force)
    say(f"wrote {len(found)} reports and index.json to {folder}; next: harness verify {folder}/*-below.json")


def _print(index: list[dict[str, str]]) -> None:
    from harness.render.text import text_table

    rows = [[one["lens"], one["constant"], one["side"], one["chip"], one["expect"]] for one in index]
    print(text_table(rows, ["lens", "constant", "side", "chip", "the law answers"], printable, widest_cell(60)))
