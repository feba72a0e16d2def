"""The catalogue of findings about spec files: what each code means, how grave it is, and how to mend it. Written once.

Findings about lab reports have a catalogue of their own; no code stands in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.model.spec_finding import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecCatalogueEntry:
    """What a spec finding's code stands for. The sense of a code never changes."""

    title: str
    severity: Severity
    meaning: str
    remedy: str


def _entry(severity: Severity, title: str, meaning: str, remedy: str) -> SpecCatalogueEntry:
    return SpecCatalogueEntry(title=title, severity=severity, meaning=meaning, remedy=remedy)


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

SPEC_CATALOGUE: Mapping[str, SpecCatalogueEntry] = {
    "spec-alias-shared": _entry(
        _ERROR,
        "A name that leads to two specs",
        "Another spec of the same kind has this name, alias or id, in any case, so a report that uses it names nobody.",
        "Keep the name in one of the two.",
    ),
    "spec-area-contradicts": _entry(
        _ERROR,
        "An area that counts, and no die that does",
        "has_non_planar_logic_die says that no die counts, and an applicable die area is stated.",
        "Keep the one that the source says.",
    ),
    "spec-area-impossible": _entry(
        _ERROR,
        "An area that no package has",
        "The summed logic area is smaller than any die that is built, or larger than any package.",
        "Check the unit and the count of dies.",
    ),
    "spec-bandwidth-not-bus": _entry(
        _ERROR,
        "Bandwidth and bus contradict each other",
        "The bandwidth is not bus width x data rate / 8. Makers print 0 to 2.5 % less, never more.",
        "Correct the bandwidth, or the width, the clock or the transfers per clock.",
    ),
    "spec-bandwidth-not-capacity": _entry(
        _WARNING,
        "Bandwidth and capacity do not fit each other",
        "The bandwidth of each GB is outside of what this kind of memory has, from its largest and slowest part to its "
        "smallest and fastest.",
        "Check the units of both, and state the bus.",
    ),
    "spec-both-areas": _entry(
        _ERROR,
        "An area as a sum and by dies",
        "Two statements of one figure can differ, and nothing says which counts.",
        "Keep the dies, or the sum.",
    ),
    "spec-bus-lanes": _entry(
        _ERROR,
        "A bus as wide as none is built",
        "A bus has one of a few numbers of lanes.",
        "State the lanes of one chip's bus.",
    ),
    "spec-bus-rate": _entry(
        _ERROR,
        "A lane that does not run at its line rate",
        "The raw rate of one lane in one direction is fixed by the generation of the bus.",
        "State the raw line rate, without coding, of one lane in one direction.",
    ),
    "spec-capacity-not-of-stacks": _entry(
        _WARNING,
        "A capacity that no number of stacks gives",
        "Divided over the stacks or chips that the bus is wide, the capacity is no size that this kind is built in.",
        "Check GB against GiB, the width of the bus and the kind of memory.",
    ),
    "spec-capacity-place": _entry(
        _WARNING,
        "Memory in the wrong place",
        "Stacked memory lies in the package, other memory on the board; only the first is copackaged.",
        "Move the capacity, or correct the kind.",
    ),
    "spec-chip-twice": _entry(
        _ERROR,
        "A chip listed twice in one system",
        "Two lines of one chip can contradict each other.",
        "Give one line with the whole count.",
    ),
    "spec-chip-unknown": _entry(
        _ERROR,
        "A system with a chip that has no spec",
        "The thresholds are per chip; without its spec nothing can be said of the system.",
        "Add the chip's spec file, or correct the id.",
    ),
    "spec-clock-order": _entry(
        _ERROR,
        "A highest clock that is none",
        "The highest clock lies below the nominal one, or far above it.",
        "Check the unit: both are in MHz.",
    ),
    "spec-completeness": _entry(
        _WARNING,
        "tpp_completeness and rates disagree",
        "none leaves TPP unknown although a rate bounds it from below; complete promises a rate that can set TPP.",
        "Correct tpp_completeness, or add the rates.",
    ),
    "spec-die-above-reticle": _entry(
        _ERROR,
        "A die larger than one exposure field",
        "One die is exposed at once, in at most 26 mm x 33 mm; larger areas are several dies, or a whole wafer.",
        "Give the area of one die and their count.",
    ),
    "spec-dies-unstated": _entry(
        _NOTE,
        "An area of several dies without the dies",
        "The sum exceeds one exposure field, so there are several dies, and which of them count cannot be seen.",
        "State the dies: count, area, logic or not.",
    ),
    "spec-format-missing": _entry(
        _NOTE,
        "Complete, without a 16-bit rate",
        "Some chips run 16 bits as fast as 8; then 16 bits set TPP.",
        "Add the 16-bit rate, or a note that there is none.",
    ),
    "spec-id-not-file-name": _entry(
        _WARNING,
        "File name and id differ",
        "A spec is found by the name of its file.",
        "Rename the file, or correct the id.",
    ),
    "spec-links-without-bus": _entry(
        _WARNING,
        "All links, but no bus",
        "links_complete says that links and bus are all there is; the bus to the host counts and is not stated.",
        "State the bus, or leave links_complete out.",
    ),
    "spec-memory-density": _entry(
        _WARNING,
        "A memory density that no stack has",
        "Bandwidth over area lies far outside of what stacks are built with.",
        "Check the units: GB/s of the whole stack, mm2 of its package.",
    ),
    "spec-pin-rate": _entry(
        _WARNING,
        "A data rate that this memory does not run at",
        "Reported clock x transfers per clock is the rate of one pin, in a range that its standard fixes.",
        "Check whether the clock is half the data rate, and the transfers per clock.",
    ),
    "spec-rate-above-physics": _entry(
        _ERROR,
        "A rate above what the silicon can do",
        "The rate exceeds units x operations per clock x highest clock.",
        "Check unit and sparsity, then units, operations and clock.",
    ),
    "spec-rate-off-physics": _entry(
        _WARNING,
        "A rate that does not follow from the architecture",
        "The rate differs from units x operations per clock x nominal clock by more than rounding.",
        "Correct the rate or the clock behind it; where the maker caps the product, set capped with a note.",
    ),
    "spec-rate-ratio": _entry(
        _NOTE,
        "A rate in an unusual ratio to the others",
        "Most chips keep rate x bit length the same over their formats, or a plain ratio of it. "
        "Some do not: a person should look once.",
        "Read the source again; where it is so, say so in a note.",
    ),
    "spec-rate-slip": _entry(
        _ERROR,
        "A rate that is wrong by a factor",
        "The architecture or the other formats of the chip give another order of magnitude.",
        "Correct value and unit.",
    ),
    "spec-rate-twice": _entry(
        _ERROR,
        "One format twice",
        "Two rates, or two numbers of operations, of one format on the same units can contradict each other.",
        "Keep the highest dense rate.",
    ),
    "spec-rate-unit": _entry(
        _NOTE,
        "A rate in the unit of other formats",
        "Integer rates are OP/s and the others FLOP/s; the mix is a sign of a column that slipped.",
        "Correct the unit, or the format.",
    ),
    "spec-sibling-outlier": _entry(
        _WARNING,
        "A figure out of step with its siblings",
        "Chips of the same maker and generation agree with each other, and this one differs by a known slip.",
        "Compare with the source; where it is so, say so in a note.",
    ),
    "spec-sibling-slip": _entry(
        _ERROR,
        "A figure wrong by a factor, as siblings show",
        "It differs from chips of the same maker and generation by a factor that no two variants differ by.",
        "Correct value and unit.",
    ),
    "spec-source-compilation": _entry(
        _NOTE,
        "A datasheet figure from a table of others",
        "The grade says that the maker states it; the source is a compilation, a shop or the press.",
        "Name the maker's document, or grade it secondary.",
    ),
    "spec-source-duplicate": _entry(
        _ERROR,
        "Two sources of one id",
        "A figure that names the id names both.",
        "Give each source its own id.",
    ),
    "spec-source-missing": _entry(
        _ERROR,
        "A figure without its source",
        "The figure names a source that the file does not list.",
        "List the source, or correct the id.",
    ),
    "spec-source-unread": _entry(
        _NOTE,
        "A source that nobody opened for this file",
        "Without a day the source was carried over from another table.",
        "Open it, compare, and state read_on.",
    ),
    "spec-source-unused": _entry(
        _NOTE,
        "A source that no figure names",
        "It may confirm the figures, but nothing says which.",
        "Name it where a figure rests on it, or leave it out.",
    ),
    "spec-sparse": _entry(
        _WARNING,
        "A sparse rate given as dense?",
        "The rate is twice what the other formats of the chip give; a sparse rate does not count.",
        "Halve it if the source says with sparsity; else say in a note that it is dense.",
    ),
    "spec-value-out-of-range": _entry(
        _ERROR,
        "A figure far outside of what is built",
        "The widest limits of what is built are passed, most often by a unit that is wrong by a thousand.",
        "Check the unit.",
    ),
    "spec-value-zero": _entry(
        _ERROR,
        "A figure of 0",
        "0 says that it is known to be nothing, and this cannot be nothing.",
        "State the figure, or leave the field out.",
    ),
    "spec-wide-rate": _entry(
        _WARNING,
        "A wide rate that no unit makes",
        "Divided by units and clock, the fp32 or fp64 rate is no number of operations that units are built for.",
        "Correct the rate, the units or the clock; the figures may belong to two products.",
    ),
}
