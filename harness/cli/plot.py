"""harness plot: pictures of the law, with chips in them, and of lab reports."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli import plot_report
from harness.cli.facts import add_facts, facts_given
from harness.cli.options import add_selection, day, selected_law
from harness.cli.output import Exit, picture_kind, printable, widest_cell, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.impact.frontier import Frontiers
    from harness.model.subject import Subject
    from harness.policy.law import Law
    from harness.render.frontier_sheet import Sheet

_EPILOG = """\
examples:
  harness plot frontier
  harness plot frontier -o frontier.svg
  harness plot frontier -o frontier.png --axes dram --as-of 2026-01-15 --against 2026-01-14
  harness plot frontier -o frontier.html --lens classification
  harness plot frontier -o h20.svg --chip H20 H200 A800 --as-of 2025-04-15
  harness plot frontier -o held.svg --at performance_density=10 --to AE

Regions are exact: the cells of the law, for any value of what is not held (--at). Where the answer turns on it, both
answers are shown. The ending names the kind of file: .svg and .html need nothing; .png needs matplotlib
(pip install "harness[plot]"). In .html a slider goes through every day on which the law changes. Without -o it is
printed in words. exit codes: 0; 2 wrong usage
"""
_AXES = {"dram": ("dram",), "density": ("density",), "both": ("dram", "density")}
_LENS = "review-policy"
Writer = Callable[["Sheet", date], str | bytes]


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "plot", help="draw the frontiers of the law, or a lab report: SVG, PNG, HTML, or text"
    )
    pictures = command.add_subparsers(dest="picture", metavar="PICTURE", required=True)
    frontier = pictures.add_parser(
        "frontier",
        help="TPP against total DRAM bandwidth and performance density",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    frontier.add_argument("-o", "--output", metavar="FILE", help="write here: .svg, .png or .html (default: words)")
    frontier.add_argument("--force", action="store_true", help="write over a file that is there")
    frontier.add_argument("--axes", choices=tuple(_AXES), default="both", help="what TPP is drawn against "
                          "(default: both, one below the other)")  # fmt: skip
    frontier.add_argument("--as-of", metavar="DAY", type=day, help="the day of the law (default: today)")
    frontier.add_argument("--against", metavar="DAY", type=day, help="an older day: what differs from it is hatched")
    frontier.add_argument("--lens", metavar="NAME", default=_LENS, help=f"classification, licence-requirement, "
                          f"review-policy or tariff (default: {_LENS})")  # fmt: skip
    frontier.add_argument("--chip", metavar="ID", nargs="+", help="only these chips: id, alias or spec file (default: "
                          "those marketed for data centers, as far as they lie on the axes)")  # fmt: skip
    frontier.add_argument("--also", metavar="ID", nargs="+", default=[], help="these chips besides")
    frontier.add_argument("--at", metavar="NAME=VALUE", action="append", default=[], help="hold another figure, such "
                          "as performance_density=10 (default: any value)")  # fmt: skip
    add_selection(frontier)
    add_facts(frontier)
    frontier.set_defaults(run=run)
    plot_report.add_to(pictures)


def run(arguments: argparse.Namespace) -> Exit:
    """Draw the picture and write it, or print it in words."""
    from harness.render.frontier_text import as_text

    write = None if arguments.output is None else _writer(arguments.output)
    law = selected_law(arguments)
    as_of = arguments.as_of or datetime.now(UTC).date()
    sheet = _sheet(arguments, law, as_of, stops=write is _page)
    if write is None:
        print(as_text(sheet, sheet.shown[0], shown=printable, widest=widest_cell(60)), end="")
    else:
        write_whole(Path(arguments.output), write(sheet, as_of), force=arguments.force)
        print(f"wrote {arguments.output}")
    return Exit.PASS


def _writer(output: str) -> Writer:
    """Return what makes a file of this kind."""
    writers: dict[str, Writer] = {".svg": _svg, ".png": _png, ".html": _page}
    return writers[picture_kind(output)]


def _svg(sheet: "Sheet", _: date) -> str:
    from harness.render.frontier_drawing import frontier_drawing
    from harness.render.svg import as_svg

    return as_svg(frontier_drawing(sheet, sheet.shown[0]))


def _png(sheet: "Sheet", _: date) -> bytes:
    from io import BytesIO

    from harness.render.frontier_drawing import frontier_drawing
    from harness.render.png import write_png

    out = BytesIO()
    write_png(frontier_drawing(sheet, sheet.shown[0]), out)
    return out.getvalue()


def _page(sheet: "Sheet", as_of: date) -> str:
    from harness.render.frontier_page import as_page

    return as_page(sheet, chosen=max(sum(one.day <= as_of for one in sheet.shown) - 1, 0))


def _sheet(arguments: argparse.Namespace, law: "Law", as_of: date, *, stops: bool) -> "Sheet":
    """Return what is to be drawn, on one day or on every day on which it changes."""
    from harness.codec.law_files import read_assumptions
    from harness.decide.classification import LENSES
    from harness.impact.frontier import Frontiers
    from harness.impact.plane import held_figures
    from harness.render.frontier_sheet import Sheet

    if arguments.lens not in LENSES:
        raise WrongUsage(f"no lens {arguments.lens} on a plane; there are {', '.join(LENSES)}")
    frontiers = Frontiers(
        law=law,
        lens=law.lenses[arguments.lens],
        axes=_AXES[arguments.axes],
        chips=tuple(_chips(arguments)),
        assumptions=tuple(read_assumptions()),
        given=facts_given(arguments),
        held=held_figures(arguments.at),
        against=arguments.against,
    )
    named = frontiers.fitting if arguments.chip is None else frozenset(one.id for one in frontiers.chips)
    named |= {_chip(word).id for word in arguments.also}
    if not stops:
        # A picture that nobody can point at shows no chip without its name.
        frontiers = replace(frontiers, chips=tuple(one for one in frontiers.chips if one.id in named))
    days = _stops(frontiers, as_of) if stops else [as_of]
    shown = tuple(frontiers.on(one) for one in days)
    return Sheet(frontiers=frontiers, named=named, wanted=arguments.chip is not None, shown=shown)


def _stops(frontiers: "Frontiers", as_of: date) -> list[date]:
    """Return the days of the slider; the day that is asked for must have a text as well."""
    frontiers.on(as_of)
    return frontiers.days


def _chips(arguments: argparse.Namespace) -> list["Subject"]:
    from harness.codec.subjects import subjects

    listed = subjects("chip") if arguments.chip is None else [_chip(word) for word in arguments.chip]
    listed += [_chip(word) for word in arguments.also]
    return list({one.id: one for one in listed}.values())


def _chip(word: str) -> "Subject":
    from harness.codec.subjects import read_subject

    return read_subject(word, ("chip",))
