"""harness plausible: measured figures of a table held against the chips' peaks and the bands of published ones."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from harness.cli.output import Exit, printable, standard_input, wants_colour

if TYPE_CHECKING:
    from harness.model.plausible_table import JudgedRow

_EPILOG = """\
examples:
  harness plausible measurements.csv
  harness plausible measurements.csv --only warn,refuse
  harness plausible - --json < measurements.csv

The table has the columns chip, metric, value and unit, and may have method and notes; others are left alone. Metrics
are such as tflops_bf16_dense, tflops_fp32, tops_int8_dense, dram_bw_gb_s, h2d_bw_gb_s, p2p_bw_gb_s,
allreduce_busbw_gb_s and capacity_gb; the unit is read from its own column. A chip without a spec file is judged on
units and physics alone and says peak-unknown.

exit codes: 0 nothing refused (warnings do not count), 1 a row is refused, 2 a table that cannot be read
"""
_STATUSES = ("accept", "warn", "refuse")
_ROWS_PER_SIGN = 20_000


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "plausible",
        help="judge measured figures: units, peaks, bands of published measurements, likeliest slips",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("table", metavar="FILE", help='a CSV file, or "-" for standard input')
    command.add_argument("--json", action="store_true", help="print every row as JSON, plausible/1")
    command.add_argument(
        "--only",
        metavar="STATUS",
        type=_statuses,
        default=_STATUSES,
        help="print rows of these alone: accept, warn, refuse, with commas between; all count",
    )
    command.set_defaults(run=run)


def _statuses(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not set(names) <= set(_STATUSES):
        raise argparse.ArgumentTypeError(f"got {text}; need accept, warn or refuse, with commas between")
    return names


def run(arguments: argparse.Namespace) -> Exit:
    """Judge every row, and return 1 where one is refused."""
    if arguments.table == "-":
        return _judge(standard_input(), "standard input", arguments)
    from harness.codec.measured_files import opened

    with opened(arguments.table) as file:
        return _judge(file, arguments.table, arguments)


def _judge(file: BinaryIO, source: str, arguments: argparse.Namespace) -> Exit:
    from harness.codec.measured_files import measured_rows
    from harness.model.plausible_table import PlausibleCounts
    from harness.plausible import judged_rows

    count: Counter[str] = Counter()
    rows = _counted(judged_rows(measured_rows(file, source)), count)
    wanted = (row for row in rows if row.judgement.status in arguments.only)
    if arguments.json:
        _print_json(wanted, source, count)
    else:
        _print_text(wanted)
        from harness.render.plausible import summary

        print(summary(PlausibleCounts(**{status: count[status] for status in _STATUSES})))
    return Exit.FAIL if count["refuse"] else Exit.PASS


def _counted(rows: "Iterator[JudgedRow]", count: Counter[str]) -> "Iterator[JudgedRow]":
    """Count rows as they pass, and show on a terminal that work goes on."""
    alive = sys.stderr is not None and sys.stderr.isatty() and not sys.stdout.isatty()
    for number, row in enumerate(rows, start=1):
        count[row.judgement.status] += 1
        if alive and number % _ROWS_PER_SIGN == 0:
            print(f"\r{number:,} rows", end="", file=sys.stderr, flush=True)
        yield row
    if alive and sum(count.values()) >= _ROWS_PER_SIGN:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _print_text(rows: "Iterator[JudgedRow]") -> None:
    from harness.render.plausible import as_lines

    colour = wants_colour()
    for row in rows:
        for line in as_lines(row, printable, colour=colour):
            print(line)


def _print_json(rows: "Iterator[JudgedRow]", source: str, count: Counter[str]) -> None:
    """Print the document row by row, so that no table is too long; a table that breaks off leaves no whole document."""
    import json

    from harness.codec.method_files import read_method
    from harness.render.plausible import as_row

    head = {"schema": "plausible/1", "table": printable(source)[:300], "method_sha256": read_method()[1]}
    print(json.dumps(head)[:-1] + ', "rows": [', end="")
    for number, row in enumerate(rows):
        print(",\n" if number else "\n", as_row(row).model_dump_json(), sep="", end="")
    print('\n], "counts": ' + json.dumps({status: count[status] for status in _STATUSES}) + "}")
