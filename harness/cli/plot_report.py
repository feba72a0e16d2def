"""harness plot report: a lab report as a picture: figures beside peaks, bandwidth by footprint, readings over time."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.output import Exit, picture_kind, printable, wants_colour, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.model.illustrated import Illustrated

_EPILOG = """\
examples:
  harness plot report lab_reports/h200-sxm.json
  harness plot report report.json -o report.html
  harness plot report report.json -o report.svg

It shows what the report states, beside what is declared, claimed and derived, and judges nothing: see harness verify.
Telemetry is read from the attached file beside the report, if its digest is the one that the report names. The ending
names the kind of file: .html and .svg need nothing; .png needs matplotlib (pip install "harness[plot]"). Without -o it
is printed as text, as wide as the terminal. exit codes: 0; 2 a report that cannot be read, or wrong usage
"""
_USUAL_WIDTH, _WIDEST = 96, 160
# A terminal that cannot show one of these is given plain ASCII.
_SIGNS = "▏█▁▇│±×…"


def add_to(pictures: Any) -> None:
    """Add the picture to the command line."""
    command = pictures.add_parser(
        "report",
        help="a lab report: its figures beside peaks, bandwidth by footprint, readings over time",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("report", metavar="REPORT", help='a lab report, or "-" for standard input')
    command.add_argument("-o", "--output", metavar="FILE", help="write here: .html, .svg or .png (default: text)")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Draw the picture and write it, or print it as text."""
    from harness.codec.illustrated_files import read_illustrated
    from harness.codec.report_files import beside, read_bytes

    kind = None if arguments.output is None else picture_kind(arguments.output)
    piped = arguments.report == "-"
    source = "standard input" if piped else arguments.report
    shown = read_illustrated(read_bytes(arguments.report), source, beside(None if piped else Path(source).parent))
    if kind is None:
        _print(shown)
    else:
        write_whole(Path(arguments.output), _written(shown, kind), force=arguments.force)
        print(f"wrote {arguments.output}")
    return Exit.PASS


def _print(shown: "Illustrated") -> None:
    from harness.render.report_text import Page, as_text

    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        _SIGNS.encode(encoding)
        signs = True
    except (UnicodeEncodeError, LookupError):
        signs = False
    page = Page(width=_width(), blocks=signs, colour=wants_colour(), shown=printable)
    for line in as_text(shown, page):
        print(line)


def _width() -> int:
    """Return how wide the text may be: as a terminal is, within reason; elsewhere the usual."""
    if not sys.stdout.isatty():
        return _USUAL_WIDTH
    try:
        return max(40, min(_WIDEST, os.get_terminal_size(sys.stdout.fileno()).columns - 1))
    except OSError:
        return _USUAL_WIDTH


def _written(shown: "Illustrated", kind: str) -> str | bytes:
    """Return the file of a kind."""
    if kind == ".html":
        from harness.render.report_page import as_page

        return as_page(shown)
    from harness.render.report_drawing import report_drawing

    drawing = report_drawing(shown)
    if kind == ".svg":
        from harness.render.svg import as_svg

        return as_svg(drawing)
    from io import BytesIO

    from harness.render.png import write_png

    if drawing.height > _TALLEST:
        raise WrongUsage(
            f"the picture is {drawing.height:,.0f} pixels high, too high for a PNG; next: write .html or .svg"
        )
    out = BytesIO()
    write_png(drawing, out)
    return out.getvalue()


# A raster of twice as many pixels takes a gigabyte.
_TALLEST = 16_000
