"""Derive the plausibility bands of the method file from a table of published measurements, and validate them.

    python benchmarks/derive_bands.py measured_train.csv            # print the bands and the validation
    python benchmarks/derive_bands.py measured_train.csv --write    # and write them into the newest method file

A band says at which shares of the datasheet's peak published measurements of one kind lie. It is derived per kind of
figure, number format, method and market where enough rows and chips stand behind it, and for wider groups besides, so
that a measurement always finds the most narrowly told band. The validation leaves one chip out at a time, derives all
bands from the others, and counts what of that chip would be refused or looked at.
"""

import argparse
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from harness.codec import packaged
from harness.codec.measured_files import measured_rows
from harness.codec.method_files import read_method
from harness.metrics.plausibility import market_of, method_named
from harness.model.plausibility import Band
from harness.model.plausible_table import JudgedRow
from harness.plausible import judged_rows

MARK = "# -- bands, written by benchmarks/derive_bands.py; do not edit below this line --\n"
FEWEST_ROWS, FEWEST_CHIPS = 6, 4
# The fewest rows for a number format whose libraries lag behind its silicon: it has a floor of its own.
OWN_FLOOR = {"fp4"}
# So has what is no best figure by its own words.
OWN_FLOOR_METHODS = {"median-over-shapes"}
# Normal spread below the middle: 2.5 robust standard deviations leave out about one honest row in 150 of a normal
# population, and more of one with a tail; those are looked at, not refused.
SPREADS, LEAST_SPREAD = 2.5, 0.1
# Between the lowest honest share of any table (about 0.12, a small shape) and what a prefix slip leaves (0.0015).
SHARE_REFUSED = 0.02
# Above: how far beyond the largest share seen, per market. A data-centre part keeps to its clocks.
BEYOND = {"data-center": 1.03, "other": 1.15}
NEVER_BELOW = {"data-center": 1.1, "other": 1.15}
# Cards sold for desks run at what cooling and factory settings allow, and their caches serve a part of DRAM reads.
NEVER_BELOW_OF = {("compute", "other"): 1.45, ("dram", "other"): 1.3}
# In-network reduction gives each rank more than its links carry: 2 (n - 1) / n, which is 1.75 for eight ranks.
REDUCTION = 1.75
NOTES = {
    ("compute", None): "clocks go above the datasheet's, or its figure is rounded",
    ("dram", None): "caches, compression or a faster memory clock serve a part",
    ("compute", "other"): "their clocks go above the datasheet's boost clock",
    ("compute", "data-center"): "the datasheet's figure is rounded, or stands at a lower clock",
    ("dram", "other"): "lossless compression and large caches serve a part of the reads",
    ("dram", "data-center"): "drivers show a faster memory clock than the datasheet's figure",
    ("collective", None): "reduction within the switches spares the links: up to 2 (n - 1) / n of their rate",
    ("host", None): "the bus carries a little more than its nominal payload",
    ("link", None): "links run a little above their nominal rate",
    ("capacity", None): "the datasheet's GB are counted in GiB",
}


@dataclass(frozen=True)
class Share:
    """One measurement as a share of its chip's peak."""

    chip: str
    kind: str
    number_format: str | None
    method: str | None
    market: str
    ratio: float


def shares(judged: list[JudgedRow]) -> list[Share]:
    """Return every row whose peak is known as a share of it."""
    rules = read_method()[0].plausibility
    found = []
    for one in judged:
        if (
            one.peak is None
            or one.peak.only_above
            or one.peak.packed
            or one.value is None
            or one.what is None
            or one.chip is None
        ):
            continue
        market = market_of(one.chip.spec)
        method = method_named(rules.methods, one.what.kind, one.row.method) if rules else None
        ratio = float(one.value / one.peak.claim)
        found.append(Share(one.chip.spec.id, one.what.kind, one.what.number_format, method, market, ratio))
    return found


def quantile(values: list[float], share: float) -> float:
    """Return a quantile by linear interpolation."""
    values = sorted(values)
    at = share * (len(values) - 1)
    low = math.floor(at)
    return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def derive(found: list[Share]) -> list[Band]:
    """Return every band that enough rows stand behind; of a kind as a whole always."""
    groups: dict[tuple[str, str | None, str | None, str | None], list[Share]] = defaultdict(list)
    for one in found:
        for number_format in {one.number_format, None}:
            for method in {one.method, None}:
                for market in (one.market, None):
                    groups[one.kind, number_format, method, market].append(one)
    bands = []
    for key, rows in groups.items():
        _, number_format, method, market = key
        chips = {one.chip for one in rows}
        enough = len(rows) >= FEWEST_ROWS and len(chips) >= FEWEST_CHIPS
        own = number_format in OWN_FLOOR and len(rows) >= 3
        own = own or (method in OWN_FLOOR_METHODS and len(rows) >= 3 and len(chips) >= 2)
        if enough or own or (number_format, method, market) == (None, None, None):
            bands.append(_band(key, rows, groups))
    return sorted(bands, key=lambda band: tuple(str(part or "") for part in _key(band)))


def _key(band: Band) -> tuple[str | None, ...]:
    return (band.kind, band.number_format, band.method, band.market)


def _band(key, rows, groups) -> Band:  # type: ignore[no-untyped-def]
    kind, number_format, method, market = key
    by_chip = defaultdict(list)
    for one in rows:
        by_chip[one.chip].append(one.ratio)
    ratios = [one.ratio for one in rows]
    middle = quantile([quantile(values, 0.5) for values in by_chip.values()], 0.5)
    below = [math.log(middle / ratio) for ratio in ratios if ratio <= middle]
    spread = max(LEAST_SPREAD, 1.4826 * quantile(below, 0.5) if below else LEAST_SPREAD)
    low = middle * math.exp(-SPREADS * spread)
    if len(by_chip) < FEWEST_CHIPS:
        low = min(low, 0.75 * min(ratios))  # too few chips to speak for the others
    high, most = _above(key, groups)
    return Band(
        kind=kind,
        number_format=number_format,
        method=method,
        market=market,
        least=_figure(min(SHARE_REFUSED, low / 4)),
        low=_figure(low),
        middle=_figure(middle),
        high=_figure(high),
        most=_figure(most),
        rows=len(ratios),
        chips=len(by_chip),
        note=NOTES.get((kind, market)) or NOTES.get((kind, None)),
    )


def _above(key, groups) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """The upper ends come from clocks, not from formats: from every format together, per method for memory."""
    kind, _, method, market = key
    wide = groups[kind, None, method if kind == "dram" else None, market]
    largest = max(one.ratio for one in wide)
    if kind == "capacity":
        return 1.0, 1.08
    market = market or "other"
    most = max(NEVER_BELOW_OF.get((kind, market), NEVER_BELOW[market]), largest * BEYOND[market])
    if kind == "collective":
        most = max(most, REDUCTION)
    return max(1.0, largest), most


def _figure(value: float):  # type: ignore[no-untyped-def]
    from decimal import Decimal

    return Decimal(f"{value:.4f}")


def as_toml(bands: list[Band]) -> str:
    """Return the bands as they stand in a method file."""
    parts = []
    for band in bands:
        lines = ["[[plausibility.bands]]"]
        for name, value in band.model_dump(exclude_none=True).items():
            lines.append(
                f"{name} = {value}" if not isinstance(value, str) or _is_number(value) else f'{name} = "{value}"'
            )
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9.]+", text) is not None


def validate(judged: list[JudgedRow]) -> None:
    """Print what leaving one chip out at a time would refuse and look at."""
    method = read_method()[0]
    assert method.plausibility is not None
    found = shares(judged)
    chips = sorted({one.chip.spec.id for one in judged if one.chip})
    count = {"accept": 0, "warn": 0, "refuse": 0}
    told = []
    for chip in chips:
        others = [one for one in found if one.chip != chip]
        rules = method.plausibility.model_copy(update={"bands": tuple(derive(others))})
        rows = [one.row for one in judged if one.chip and one.chip.spec.id == chip]
        for one in judged_rows(rows, method.model_copy(update={"plausibility": rules})):
            count[one.judgement.status] += 1
            if one.judgement.status != "accept":
                ratio = one.judgement.ratio
                told.append(
                    f"  {one.judgement.status:7} {chip:32} {one.row.metric:24} "
                    f"{'' if ratio is None else f'{float(ratio):.3f}':7} {', '.join(one.judgement.codes)}"
                )
    total = sum(count.values())
    print("\n".join(told))
    print(
        f"leaving one chip out, {len(chips)} times, {total} rows: "
        f"refused {count['refuse']} ({count['refuse'] / total:.1%}), "
        f"looked at {count['warn']} ({count['warn'] / total:.1%})"
    )


def judged_table(about: str | None) -> tuple[list[JudgedRow], bool]:
    """Return the judged rows of the table that the command line names, and whether to write what is derived."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with arguments.table.open("rb") as file:
        return list(judged_rows(measured_rows(file, str(arguments.table)))), arguments.write


def main() -> None:
    """Derive, validate, and write where asked."""
    judged, write = judged_table(__doc__)
    bands = derive(shares(judged))
    for band in bands:
        print(
            f"{band.kind:11} {band.number_format or '*':9} {band.method or '*':19} {band.market or '*':12} "
            f"{band.least} {band.low} .. {band.middle} .. {band.high} {band.most}  n={band.rows} chips={band.chips}"
        )
    validate(judged)
    if write:
        path = sorted(packaged.METHODS.glob("*.toml"))[-1]
        text = path.read_text(encoding="utf-8").split(MARK)[0].rstrip() + "\n\n" + MARK + "\n" + as_toml(bands)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {len(bands)} bands into {path.name}")


if __name__ == "__main__":
    main()
