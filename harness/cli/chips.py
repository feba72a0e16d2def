"""harness chips: the chips that have a spec file, with the figures that the law reads."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from harness.cli.options import add_reading
from harness.cli.output import Exit, printable, say

if TYPE_CHECKING:
    from harness.decide.chip_table import ChipRow

_EPILOG = """\
examples:
  harness chips
  harness chips --where generation=Blackwell
  harness chips --where 'tpp>=4800' --where 'total_dram_bandwidth<6500'
  harness chips --where manufacturer=AMD --csv > chips.csv

Figures are per integrated circuit, declared, dense. ">=" is a lower bound, "or" stands between readings of the text
(--reading), and an empty cell is not known. Columns: id, manufacturer, name, generation, form_factor, availability,
data_center, tpp_completeness, integrated_circuits, tpp, performance_density, total_dram_bandwidth, dram_capacity,
copackaged_dram_capacity, interconnect_bandwidth, applicable_die_area, board_power. exit codes: 0; 2 wrong usage
"""
_TABLE = ("id", "generation", "tpp", "performance_density", "total_dram_bandwidth", "dram_capacity")


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "chips",
        help="list chips with TPP, performance density, bandwidth and capacity",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "--where",
        metavar="CONDITION",
        action="append",
        default=[],
        help="COLUMN, one of = != < <= > >=, VALUE; all must hold",
    )
    add_reading(command)
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print every column as JSON; figures are strings")
    form.add_argument("--csv", action="store_true", help="print every column as CSV")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print the chips that meet every condition."""
    from harness.codec.spec_files import chip_ids, read_spec
    from harness.decide.chip_table import chip_row, selection
    from harness.judge import law_with

    readings = law_with(readings=arguments.reading).figure_readings
    conditions = [selection(text) for text in arguments.where]
    rows, untold = [], 0
    for chip in chip_ids():
        found = read_spec(chip)
        assert found is not None
        row = chip_row(found[0], readings)
        told = [condition.selects(row) for condition in conditions]
        if all(told):
            rows.append(row)
        untold += None in told and False not in told
    (_json if arguments.json else _csv if arguments.csv else _table)(rows)
    if untold:
        say(f"{untold} more chips are left out because what is known of them does not tell")
    return Exit.PASS


def _table(rows: list["ChipRow"]) -> None:
    from tabulate import tabulate

    from harness.decide.chip_table import COLUMNS, shown

    def cell(row: "ChipRow", column: str) -> str:
        if column not in row.figures:
            return printable(row.words[column] or "")
        digits = shown(tuple(row.figures[column]))
        return " or ".join(_short(part) for part in digits.split(" or ")) if digits else ""

    headings = [f"{column}, {COLUMNS[column]}" if COLUMNS[column] else column for column in _TABLE]
    cells = [[cell(row, column) for column in _TABLE] for row in rows]
    if cells:
        align = ["left" if COLUMNS[column] is None else "right" for column in _TABLE]
        print(tabulate(cells, headings, tablefmt="simple", disable_numparse=True, colalign=align))
    print(f"{len(rows)} chips")


def _short(figure: str) -> str:
    """People read three decimals; the exact figure stands in --json and --csv."""
    sign, digits = ("", figure) if figure[0].isdigit() else figure.split(" ", 1)
    parts = [f"{float(part):.3f}".rstrip("0").rstrip(".") if "." in part else part for part in digits.split(" to ")]
    return (f"{sign} " if sign else "") + " to ".join(parts)


def _json(rows: list["ChipRow"]) -> None:
    import json

    from harness.model.quantity import as_text

    def figure(spans: Any) -> list[dict[str, str | None]]:
        return [{"lo": as_text(span.lo), "hi": None if span.hi is None else as_text(span.hi)} for span in spans]

    listed = [{**row.words, **{name: figure(spans) for name, spans in row.figures.items()}} for row in rows]
    print(json.dumps(listed, indent=2, ensure_ascii=True))


def _csv(rows: list["ChipRow"]) -> None:
    import csv

    from harness.decide.chip_table import COLUMNS, shown

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([f"{column} ({unit})" if unit else column for column, unit in COLUMNS.items()])
    for row in rows:
        cells = {**row.words, **{name: shown(spans) for name, spans in row.figures.items()}}
        writer.writerow([cells[column] or "" for column in COLUMNS])
