"""harness bench: measure a device and write its lab report."""

import argparse
from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.cli.output import Exit, printable, say

_EPILOG = """\
examples:
  harness bench -o report.json
  harness bench --quick --devices cpu -o report.json
  harness bench --challenge 6f1c2e... --devices 0,1 -o report.json
  harness bench --soak 8h -o report.json            # Ctrl-C stops it, with a report of what there is
  harness bench --resume report.raw.jsonl           # goes on as it began, and writes its own report anew
  harness bench --list
  harness bench --replay report.json                # every value again from the raw samples
  harness bench --compare monday.json tuesday.json

Settings of a device are read and never changed. Beside the report lie its raw file (REPORT.raw.jsonl: every sample),
its telemetry (REPORT.telemetry.csv) and long series; the report names them by digest. Nothing here judges: next comes
`harness verify REPORT`.

Ctrl-C ends the run after the sample that runs; once more, when the call that runs returns. So do SIGTERM and SIGHUP.

exit codes: 0; 1 a replayed value or a comparison that differs; 2 no device or library, a place that cannot be written,
input that cannot be read, or wrong usage; 3 a device was lost, or nothing to compare; 4 a bug; 130 interrupted; 141 the
reader of --json went away. After a lost device, 130 and 141 the report holds what there is
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "bench",
        help="measure a GPU or this processor, and write its lab report with every raw sample",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "-o", "--output", metavar="REPORT", type=Path, help="the report; its other files lie beside it"
    )
    command.add_argument("--force", action="store_true", help="write over files that are there")
    plans = command.add_mutually_exclusive_group()
    plans.add_argument("--quick", dest="plan", action="store_const", const="quick", help="under a minute")
    plans.add_argument("--standard", dest="plan", action="store_const", const="standard", help="15 minutes (default)")
    plans.add_argument(
        "--soak", metavar="TIME", nargs="?", const="4h", type=_length, help="hours, such as 8h; 4h unless told"
    )
    command.add_argument(
        "--devices", metavar="LIST", type=_words, default=(), help="such as 0,1 or cpu; all GPUs unless told"
    )
    command.add_argument(
        "--challenge", metavar="HEX", type=_hex, help="a verifier's nonce: seeds data, order and shapes"
    )
    command.add_argument("--chip", metavar="ID", help="the chip by its spec file, by id or name, for the report")
    command.add_argument("--json", action="store_true", help="print every kept line as JSON Lines while it runs")
    other = command.add_mutually_exclusive_group()
    other.add_argument("--list", action="store_true", help="print the devices that can be measured")
    other.add_argument("--resume", metavar="RAW", type=Path, help="take a run up again from its raw file")
    other.add_argument("--replay", metavar="RAW", type=Path, help="derive every value again from a report's raw file")
    other.add_argument("--compare", metavar="REPORT", nargs=2, type=Path, help="two runs side by side")
    command.set_defaults(run=run)


def _length(text: str) -> float:
    """Return seconds; a number alone is hours."""
    unit = {"h": 3600, "m": 60, "s": 1}.get(text[-1:])
    digits = text if unit is None else text[:-1]
    if not digits.isascii() or not digits.replace(".", "", 1).isdigit() or not 0 < float(digits) < 1000:
        raise argparse.ArgumentTypeError(f"got {text!r}; need a time such as 8h, 90m or 30s")
    return float(digits) * (unit or 3600)


def _words(text: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in text.split(","))
    if not all(words):
        raise argparse.ArgumentTypeError(f"got {text!r}; need devices with commas between, such as 0,1")
    return words


def _hex(text: str) -> bytes:
    with suppress(ValueError):
        nonce = bytes.fromhex(text)
        if 16 <= len(nonce) <= 64 and text.isascii():
            return nonce
    raise argparse.ArgumentTypeError("need 16 to 64 bytes in hexadecimal digits, so that nobody guesses it")


def run(arguments: argparse.Namespace) -> Exit:
    """Measure, or do what was asked for in its place."""
    if arguments.list:
        return _list()
    if arguments.replay is not None or arguments.compare is not None:
        from harness.cli.bench_files import compare, replay

        return replay(arguments.replay) if arguments.replay is not None else compare(*arguments.compare)
    from harness.cli.bench_run import measure

    return measure(arguments)


def _list() -> Exit:
    from harness.bench.found import accelerators, hardware_seen, the_cpu

    found = accelerators()
    for one in (*found.devices, the_cpu()):
        print(f"{one.word:4} {printable(one.name)}")
    for hardware in hardware_seen():
        say(f"seen: {hardware}" + ("" if found.devices else f"; not measurable: {'; '.join(found.why_not)}"))
    return Exit.PASS
