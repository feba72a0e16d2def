"""What a signature costs: `harness verify` of a signed report against the same report without its envelope.

    python3 benchmarks/signed.py

Whole processes, byte-code compiled, interleaved; medians and their ratio. The report is that of `lab_reports/signed/`,
with custody log, manifest and draw: named by both, so that both read them.
"""

import argparse
import compileall
import hashlib
import sys
from pathlib import Path

from run import ROOT, whole_process
from tabulate import tabulate

FOLDER = ROOT / "lab_reports" / "signed"
PLAIN = ROOT / "lab_reports" / "h200-sxm.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    compileall.compile_dir(str(ROOT / "harness"), quiet=2)
    root = FOLDER / "trust-root.json"
    pin = hashlib.sha256(root.read_bytes()).hexdigest()
    by = ["--trust-root", str(root), "--trust-root-sha256", pin, "--now", "2026-08-10T00:00:00Z"]
    harness = [sys.executable, "-m", "harness", "verify", "--format", "json"]
    measured = whole_process(
        {
            "importing pydantic": [sys.executable, "-c", "from pydantic import BaseModel"],
            "a plain report": [*harness, str(PLAIN)],
            "the shipment's report, unsigned": [*harness, str(FOLDER / "report.json")],
            "the shipment's report, signed, no trust root": [*harness, str(FOLDER / "report.dsse.json")],
            "the shipment's report, signed and verified": [*harness, str(FOLDER / "report.dsse.json"), *by],
            "... with its log proof": [
                *harness, str(FOLDER / "report.dsse.json"), *by, "--log-proof", str(FOLDER / "log-proof.txt"),
            ],
        },
        rounds,
    )  # fmt: skip
    unsigned = measured["the shipment's report, unsigned"]
    rows = [[name, f"{seconds * 1000:.0f} ms", f"{seconds / unsigned:.2f}"] for name, seconds in measured.items()]
    print(tabulate(rows, ["whole process", "median", "against unsigned"]))
    print(f"report of {Path(FOLDER / 'report.json').stat().st_size:,} bytes; {rounds} rounds, interleaved")


if __name__ == "__main__":
    main()
