"""Derive the efficiency floors of the assurance statement from a table of published measurements.

    python benchmarks/derive_floors.py measured_train.csv            # print the floors
    python benchmarks/derive_floors.py measured_train.csv --write    # and write them into the newest method file

A floor is a one-sided tolerance limit: mean − k1 s of the best shares of the peak that reference devices reached, k1
for the method's content and confidence. Only data-centre parts are read, a device once, by its best share. Where the
limit is at least the floor that the method has agreed on for the quantity, it is the floor of its group; where it is
not, the agreed floor stands, with the limit that the devices bear out beside it: everyone sees what it rests on.
"""

from collections import defaultdict
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from statistics import mean, stdev

from derive_bands import MARK as BANDS
from derive_bands import Share, judged_table, shares

from harness.codec import packaged
from harness.codec.method_files import read_method
from harness.metrics.tolerance import one_sided_limit_factor
from harness.model.method import MethodParameters

MARK = "# -- floors, written by benchmarks/derive_floors.py --\n"
END = "# -- end of the floors --\n"
FEWEST_DEVICES = 6
MARKET = "data-center"
KIND_OF = {"tpp": "compute", "total_dram_bandwidth": "dram"}
_FOUR, _SIX = Decimal("0.0001"), Decimal("0.000001")

Group = tuple[str | None, str | None]


def best_shares(found: list[Share], kind: str) -> dict[Group, list[float]]:
    """Return per number format and way of measuring the best share of every device; a peak is never passed."""
    groups: dict[Group, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        if one.kind == kind and one.market == MARKET:
            for group in {(one.number_format, one.method), (None, None)}:
                groups[group][one.chip].append(min(one.ratio, 1.0))
    return {group: sorted(max(values) for values in chips.values()) for group, chips in groups.items()}


def floors(found: list[Share], method: MethodParameters) -> list[dict[str, str]]:
    """Return the floors, each as the fields of its entry in a method file."""
    entries = []
    for agreed in method.efficiency_floors:
        groups = best_shares(found, KIND_OF[agreed.quantity])
        for (number_format, way), ratios in sorted(groups.items(), key=str):
            everything = number_format is None and way is None
            if len(ratios) < FEWEST_DEVICES and not everything:
                continue
            entry = _entry(ratios, method)
            derived = Decimal(entry["limit"]) >= agreed.floor
            if not derived and not everything:
                continue
            head = {"quantity": f'"{agreed.quantity}"'}
            if not everything:
                head |= {"number_format": f'"{number_format}"'} if number_format else {}
                head |= {"method": f'"{way}"'} if way else {}
                head |= {"market": f'"{MARKET}"'}
            why = (
                f"the tolerance limit of {len(ratios)} published data-centre parts, a part once, by its best share"
                if derived
                else f"agreed: {agreed.why}; the tolerance limit of all {len(ratios)} would be {entry['limit']}"
            )
            head |= {"floor": entry["limit"] if derived else str(agreed.floor)}
            head |= {"basis": '"derived"' if derived else '"agreed"', "why": f'"{why}"'}
            fields = ", ".join(f"{name} = {value}" for name, value in entry.items())
            entries.append({**head, "reference": f"{{ {fields} }}"})
    return entries


def _entry(ratios: list[float], method: MethodParameters) -> dict[str, str]:
    factor = one_sided_limit_factor(len(ratios), method.floor_content, method.floor_confidence)
    # The mean is rounded down, the spread and the factor up: a floor is never too high.
    middle = Decimal(mean(ratios)).quantize(_FOUR, ROUND_FLOOR)
    spread = Decimal(stdev(ratios)).quantize(_FOUR, ROUND_CEILING)
    wide = (Decimal(factor.numerator) / factor.denominator).quantize(_SIX, ROUND_CEILING)
    limit = (middle - wide * spread).quantize(_FOUR, ROUND_FLOOR)
    return {
        "devices": str(len(ratios)),
        "mean": str(middle),
        "spread": str(spread),
        "tolerance_factor": str(wide),
        "limit": str(limit),
    }


def as_toml(entries: list[dict[str, str]]) -> str:
    """Return the floors as they stand in a method file."""
    blocks = ("\n".join(f"{name} = {value}" for name, value in entry.items()) for entry in entries)
    return "\n".join(f"[[assurance.floors]]\n{block}\n" for block in blocks)


def main() -> None:
    """Derive, and write where asked."""
    judged, write = judged_table(__doc__)
    text = as_toml(floors(shares(judged), read_method()[0]))
    print(text)
    if write:
        path = sorted(packaged.METHODS.glob("*.toml"))[-1]
        before, _, rest = path.read_text(encoding="utf-8").partition(MARK)
        _, _, after = rest.partition(END)
        assert BANDS in after
        path.write_text(f"{before}{MARK}\n{text}\n{END}{after}", encoding="utf-8")
        print(f"wrote the floors into {path.name}")


if __name__ == "__main__":
    main()
