"""Derive the bands of name matching from labelled pairs, and tell what they cost.

    python benchmarks/derive_name_bands.py            # print recall, precision and load by threshold
    python benchmarks/derive_name_bands.py --write    # and write harness/screening/match_bands.toml
    python benchmarks/derive_name_bands.py --cases cases.csv   # and measure a public set of pairs beside

Every listed name of the pairs stands in one list with 60,000 made-up ones, so that the words of the list weigh what
they would, and a name that the index does not find counts as missed. The review band begins at the highest threshold
that finds 98.5 % of the pairs of one party in either half of them; the hit band where 99.5 % of what is found is one
party and at most ten of a thousand strangers come so far. A public set is a table with the columns name1, name2, schema
and is_match.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

from made_up_names import made_up
from make_name_pairs import PAIRS
from tabulate import tabulate

from harness.codec import packaged
from harness.screening.likeness import likeness
from harness.screening.matching import Entry, Index
from harness.screening.names import kind_weights, read_name

NAMES, STRANGERS = 60_000, 1_000
RECALL, PRECISION, STRANGERS_HIT = 985, 995, 10  # of a thousand
LEAST, STEP = 500, 10
COMPANIES = {"Company", "Organization", "LegalEntity"}


@dataclass(frozen=True)
class Scored:
    """One labelled pair with its score; `half` says which half of the pairs it belongs to."""

    given: str
    listed: str
    same: bool
    kind: str
    score: int
    half: int


def scored(index: Index, rows: list[dict[str, str]]) -> list[Scored]:
    """Return every pair with the score that the index finds for it; 0 where it does not find the entry."""
    found = []
    for row in rows:
        scores = {hit.entry.key: hit.score for hit in index.hits(row["given"], least=LEAST)}
        score = scores.get(row["listed"], 0)
        found.append(
            Scored(
                row["given"],
                row["listed"],
                row["same_party"] == "yes",
                row["kind"],
                score,
                sum(row["listed"].encode()) % 2,
            )
        )
    return found


def recall(pairs: list[Scored], least: int) -> float:
    """Return the share of pairs of one party that score at least so much."""
    same = [pair for pair in pairs if pair.same]
    return sum(pair.score >= least for pair in same) / len(same)


def precision(pairs: list[Scored], least: int) -> float:
    """Return the share of one party among the pairs that score at least so much."""
    found = [pair for pair in pairs if pair.score >= least]
    return sum(pair.same for pair in found) / len(found) if found else 1.0


def bands(pairs: list[Scored], strangers: list[int]) -> tuple[int, int]:
    """Return where the review band and the hit band begin."""
    halves = [[pair for pair in pairs if pair.half == half] for half in (0, 1)]
    thresholds = range(LEAST + STEP, 1001, STEP)
    review = max(t for t in thresholds if all(recall(half, t) * 1000 >= RECALL for half in halves))
    hit = min(
        t
        for t in thresholds
        if t >= review
        and precision(pairs, t) * 1000 >= PRECISION
        and sum(score >= t for score in strangers) * 1000 <= STRANGERS_HIT * len(strangers)
    )
    return review, hit


def public_set(path: Path) -> None:
    """Print F1 of a public set of company pairs, at the threshold in force and at the best one."""
    weights = kind_weights()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["schema"] in COMPANIES]
    found = [
        (
            likeness(read_name(row["name1"]), read_name(row["name2"]), lambda word: weights[word.kind]).score,
            row["is_match"] == "true",
        )
        for row in rows
    ]
    table = []
    for least in range(LEAST, 1001, 20):
        right = sum(score >= least and same for score, same in found)
        wrong = sum(score >= least and not same for score, same in found)
        missed = sum(score < least and same for score, same in found)
        table.append((least, f"{2 * right / (2 * right + wrong + missed):.3f}", right, wrong, missed))
    print(f"\n{path.name}: {len(found)} pairs of companies, {sum(same for _, same in found)} of one party")
    print(tabulate(table, headers=("at least", "F1", "right", "wrong", "missed")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--cases", type=Path)
    arguments = parser.parse_args()
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = dict.fromkeys(row["listed"] for row in rows)
    index = Index.of(Entry(name, (name,)) for name in [*listed, *made_up(NAMES)])
    pairs = scored(index, rows)
    strangers = [
        max((hit.score for hit in index.hits(name, least=LEAST)), default=0) for name in made_up(STRANGERS, seed=99)
    ]
    table = [
        (t, f"{recall(pairs, t):.4f}", f"{precision(pairs, t):.4f}", sum(score >= t for score in strangers))
        for t in range(600, 1001, 2 * STEP)
    ]
    print(tabulate(table, headers=("at least", "recall", "precision", f"strangers of {STRANGERS:,}")))
    review, hit = bands(pairs, strangers)
    looked_at = sum(score >= review for score in strangers)
    print(f"review from {review}, hit from {hit}; of {STRANGERS:,} strangers {looked_at} are looked at")
    for pair in sorted(pairs, key=lambda one: one.score):
        if (pair.score >= review) != pair.same:
            print(f"  {pair.score:4} {'missed' if pair.same else 'wrong '} {pair.kind}: {pair.given} | {pair.listed}")
    if arguments.write:
        write(review, hit, pairs, looked_at)
    if arguments.cases:
        public_set(arguments.cases)


def write(review: int, hit: int, pairs: list[Scored], looked_at: int) -> None:
    """Write the bands into the package."""
    says = (
        f"recall {recall(pairs, review):.4f} and precision {precision(pairs, review):.4f} at the review band, on "
        f"{len(pairs)} pairs among {NAMES:,} names; {looked_at} of {STRANGERS:,} strangers are looked at"
    )
    text = (
        f'schema = "match-bands/1"\n# Written by benchmarks/derive_name_bands.py.\nhit    = {hit}\nreview = {review}\n'
        f'pairs  = {len(pairs)}\nsays   = "{says}"\n'
    )
    (packaged.SCREENING / "match_bands.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
