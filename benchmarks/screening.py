"""Screening, measured: one party against 60,000 names, beside `rapidfuzz` alone, and what a person would look at.

python benchmarks/screening.py             # about a minute
python benchmarks/screening.py --parties 50
"""

import argparse
import statistics
import time
from collections.abc import Callable

from made_up_names import made_up
from tabulate import tabulate

from harness.codec.name_files import read_bands
from harness.screening import edits
from harness.screening.matching import Entry, Index

NAMES = 60_000


def medians(cases: dict[str, Callable[[str], object]], parties: list[str]) -> dict[str, tuple[float, float]]:
    """Return the median and the 95th percentile of the milliseconds of the processor; parties interleave the cases."""
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for call in cases.values():
        call(parties[0])
    for party in parties:
        for name, call in cases.items():
            start = time.process_time()
            call(party)
            taken[name].append((time.process_time() - start) * 1000)
    return {name: (statistics.median(found), sorted(found)[len(found) * 95 // 100]) for name, found in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parties", type=int, default=300)
    count = parser.parse_args().parties
    listed = made_up(NAMES)
    start = time.process_time()
    index = Index.of(Entry(str(n), (name,)) for n, name in enumerate(listed))
    built = time.process_time() - start
    # Half of the parties stand on no list; of the others one letter is wrong.
    parties = [name for n in range(count) for name in (made_up(1, seed=10_000 + n)[0], _misspelled(listed[n * 97], n))]

    def alone(party: str) -> object:
        from rapidfuzz import process

        return process.extract(party, listed, limit=10)

    def without(party: str) -> object:
        edits._counter, kept = edits.count_edits, edits._counter
        try:
            return index.hits(party)
        finally:
            edits._counter = kept

    cases = {"harness, rapidfuzz counts the edits": index.hits, "harness without rapidfuzz": without}
    cases["rapidfuzz.process.extract alone (WRatio)"] = alone
    found = medians(cases, parties[: 2 * count])
    base = found["rapidfuzz.process.extract alone (WRatio)"][0]
    rows = [(name, f"{middle:.2f}", f"{high:.2f}", f"{middle / base:.3f}") for name, (middle, high) in found.items()]
    print(f"{NAMES:,} names, index built in {built:.2f} s; {2 * count} parties, ms of the processor for each")
    print(tabulate(rows, headers=("case", "median", "95 %", "ratio")))
    review_load(index, 1000)


def review_load(index: Index, parties: int) -> None:
    """Print how many of some parties that are on no list are hits, or are to be looked at."""
    bands = read_bands()
    best = [max((hit.score for hit in index.hits(name)), default=0) for name in made_up(parties, seed=99)]
    hit = sum(score >= bands.hit for score in best)
    review = sum(bands.review <= score < bands.hit for score in best)
    print(f"of {parties:,} parties on no list {hit} reach the hit band and {review} the review band")


def _misspelled(name: str, n: int) -> str:
    at = 1 + n % (len(name) - 2)
    return name[:at] + "aeiou"[n % 5] + name[at + 1 :]


if __name__ == "__main__":
    main()
