"""One chip for a region: a known one where there is one, else one within the limits of what is built."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from harness.decide.declared import declared_chip
from harness.decide.facts import with_known_names
from harness.model.buildable import BuildableText
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import ABSENT, Absent, Interval
from harness.model.subject import Subject
from harness.policy.box import Fact, Piece, stated, truth
from harness.policy.derived import derived_piece
from harness.policy.difference import Change
from harness.policy.law import KnownNames
from harness.policy.truth import OTHER
from harness.policy.vocabulary import DERIVED, SUMS
from harness.policy.witness import Witness, witness_in

WHOLE = Piece(Fraction(0), None)
EVERY_CHIP = frozenset({"tpp", "applicable_die_area_mm2", "total_dram_bandwidth"})
_NAMES = frozenset({"manufacturer", "product"})
AREA, DENSITY, TPP = "applicable_die_area_mm2", "performance_density", "tpp"
Limits = Mapping[str, tuple[Piece, str]]
Pieces = Mapping[str, Piece | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownChip:
    """A chip whose figures are known: exact ones, absent ones, and what names it."""

    id: str
    figures: Mapping[str, Fraction | Absent]
    facts: Mapping[str, Fact]


def known_chips(subjects: Iterable[Subject], names: KnownNames) -> list[KnownChip]:
    """Return the chips among these, each with the figures of which the spec file leaves nothing open.

    Args:
        subjects: Chips and systems; only a chip by itself has figures that a region speaks of.
        names: The makers that the law may name.
    """
    found = []
    for subject in subjects:
        (part, *others) = subject.parts
        if others or not isinstance(part.spec, ChipSpec):
            continue
        (reading, *more) = declared_chip(part.spec).readings
        figures = {
            name: at if isinstance(at, Absent) else at.lo
            for name, at in reading.figures.items()
            if isinstance(at, Absent) or (isinstance(at, Interval) and at.exact)
        }
        if more:
            figures.pop(TPP, None)
        facts = {"manufacturer": stated(subject.manufacturer), "product": stated(subject.id)}
        if len(subject.data_center) == 1:
            facts["data_center"] = truth(True in subject.data_center)
        facts = with_known_names(facts, names)
        found.append(KnownChip(id=subject.id, figures=figures, facts=facts))
    return found


def limits_of(text: BuildableText) -> Limits:
    """Return the limits by figure, each with why."""
    return {
        one.figure: (
            Piece(Fraction(one.lowest), Fraction(one.highest), lo_closed=Fraction(one.lowest) > 0),
            f"{one.figure} from {one.lowest} to {one.highest} {one.unit}: {one.says}",
        )
        for one in text.limits
    }


def nearest(
    change: Change, named: Mapping[str, frozenset[str]], chips: Sequence[KnownChip], limits: Limits
) -> tuple[Witness, tuple[str, ...], tuple[str, ...]]:
    """Return one chip of a region, why none like it is built, and the known chips that the region holds.

    Args:
        change: The region.
        named: Per fact, every value that either law names; any other is OTHER.
        chips: The chips that there are.
        limits: Within which limits chips are built.
    """
    inside = _inside(change, named, chips)
    ids = tuple(chip.id for chip in inside)
    whole = next((chip for chip in inside if chip.figures.keys() >= EVERY_CHIP), None)
    if whole is not None:
        own = {name: next(iter(fact.values)) for name, fact in whole.facts.items()
               if name in change.facts and fact.values}  # fmt: skip
        known = Witness(
            figures={**change.witness.figures, **whole.figures},
            facts={**change.witness.facts, **own},
            readings=change.witness.readings,
        )
        return known, (), ids
    pieces, unlike = _within(_with_area(change.pieces), limits)
    # A chip of that name with these figures would be another chip.
    facts = {name: frozenset({OTHER}) if name in _NAMES and OTHER in found else found
             for name, found in change.facts.items()}  # fmt: skip
    return witness_in(pieces, facts, change.readings), unlike, ids


def _inside(change: Change, named: Mapping[str, frozenset[str]], chips: Sequence[KnownChip]) -> list[KnownChip]:
    """Return the chips that have every figure and name that a region asks for."""
    # Most chips fall out at the first figure, and most regions ask for few.
    asked = [(name, piece) for name, piece in change.pieces.items() if piece != WHOLE]
    return [
        chip
        for chip in chips
        if all(_lies_in(piece, _figure(chip, name)) for name, piece in asked)
        and all(_is_among(fact, change.facts.get(name), named.get(name)) for name, fact in chip.facts.items())
    ]


def _is_among(fact: Fact, values: frozenset[str] | None, named: frozenset[str] | None) -> bool:
    """Return whether a fact of a chip lies among the values that a region asks for; None asks for none."""
    if values is None:
        return True
    if fact.values is None:
        return False
    return {value if value in (named or ()) or value in values else OTHER for value in fact.values} <= values


def _lies_in(piece: Piece | None, at: Fraction | Absent | None) -> bool:
    if piece is None or at is None or isinstance(at, Absent):
        return piece is None and isinstance(at, Absent)
    below = at < piece.lo or (at == piece.lo and not piece.lo_closed)
    return not below and (piece.hi is None or at < piece.hi or (at == piece.hi and piece.hi_closed))


def _figure(chip: KnownChip, name: str) -> Fraction | Absent | None:
    if name not in DERIVED:
        return chip.figures.get(name)
    one, other = (chip.figures.get(source) for source in DERIVED[name])
    if one is None or other is None:
        return None
    if name in SUMS:
        terms = [term for term in (one, other) if not isinstance(term, Absent)]
        return sum(terms, Fraction(0)) if terms else ABSENT
    return ABSENT if isinstance(one, Absent) or isinstance(other, Absent) else one / other


def _with_area(pieces: Pieces) -> dict[str, Piece | None]:
    """Return a region's pieces with an area and a density where it asks for TPP alone: every chip has both."""
    found = dict(pieces)
    if found.get(TPP) is not None and AREA not in found:
        found[AREA] = Piece(Fraction(0), None, lo_closed=False)
    if found.get(TPP) is not None and found.get(AREA) is not None and DENSITY not in found:
        found[DENSITY] = Piece(Fraction(0), None)
    return found


def _within(pieces: Pieces, limits: Limits) -> tuple[Pieces, tuple[str, ...]]:
    """Return pieces narrowed to what is built; a limit that would leave nothing is not kept, and is told."""
    found, unlike = dict(pieces), []
    for name, (limit, why) in limits.items():
        piece = found.get(name)
        if piece is None:
            continue
        met = piece.meet(limit)
        narrowed = {**found, name: met}
        if met is not None and _reachable(narrowed):
            found = narrowed
        else:
            unlike.append(f"none is known to be built like it: {why}")
    return found, tuple(unlike)


def _reachable(pieces: Pieces) -> bool:
    """Return whether some point lies in every piece at once."""
    for name, piece in pieces.items():
        if name in DERIVED and piece is not None:
            one, other = (pieces[source] for source in DERIVED[name])
            whole = derived_piece(name, one, other)
            if whole is None or piece.meet(whole) is None:
                return False
    return True
