"""What a lab report says in figures, as panels to be drawn: rows of marks with what they are compared with."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from harness.metrics.peaks import peak_of
from harness.metrics.plausibility import band_for, market_of, method_named
from harness.metrics.references import Reference, other_references, rate_references
from harness.metrics.tpp import BIT_LENGTH
from harness.model.illustrated import Illustrated
from harness.model.measurement import Measurement
from harness.model.plausibility import Measurable
from harness.model.quantity import as_text, base_unit, in_base_unit
from harness.render.figure_text import few_digits, prefixed

_BASE = {
    "compute_rate": "TFLOP/s",
    "total_dram_bandwidth": "GB/s",
    "interconnect_bandwidth": "GB/s",
    "copackaged_dram_capacity": "GB",
    "peak_power_at_max_tpp": "W",
}
_TITLES = {
    "total_dram_bandwidth": "Total DRAM bandwidth by kernel",
    "copackaged_dram_capacity": "Copackaged DRAM capacity",
    "interconnect_bandwidth": "Interconnect bandwidth",
    "peak_power_at_max_tpp": "Peak power",
}
_SHAPE = re.compile(r" [0-9]+x[0-9]+x[0-9]+\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One measured figure, in the base unit of its kind."""

    unit_id: str
    value: Fraction
    uncertainty: Fraction | None
    stated: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The stretch in which published measurements of a kind lie."""

    lo: Fraction
    hi: Fraction
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """Figures that were obtained in the same way."""

    label: str
    marks: tuple[Mark, ...]
    span: Span | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Rows on one axis from 0, with what they are compared with."""

    title: str
    base: str
    rows: tuple[Row, ...]
    references: tuple[Reference, ...]
    # What stands in the report and has no place on the axis.
    notes: tuple[str, ...]

    @cached_property
    def most(self) -> Fraction:
        """The end of the axis: every value and reference lies on it, an uncertainty as far as it is no larger."""
        values = [mark.value for row in self.rows for mark in row.marks]
        found = [*values, *(one.value for one in self.references), *(row.span.hi for row in self.rows if row.span)]
        largest = max(found, default=Fraction(0))
        ends = [mark.value + (mark.uncertainty or 0) for row in self.rows for mark in row.marks]
        return max([largest, *(end for end in ends if end <= largest * Fraction(5, 4))]) or Fraction(1)

    @cached_property
    def unit(self) -> tuple[str, Fraction]:
        """The unit in which it is written, and how many of it make one base unit."""
        return prefixed(self.base, self.most)

    def said(self, value: Fraction) -> str:
        """Return a figure of the axis with its unit."""
        unit, times = self.unit
        return f"{few_digits(value * times)} {unit}"

    def told(self, mark: Mark) -> str:
        """Return a measured figure with its expanded uncertainty."""
        unit, times = self.unit
        around = "" if mark.uncertainty is None else f" ± {few_digits(mark.uncertainty * times)}"
        return f"{few_digits(mark.value * times)}{around} {unit}"


def comparisons(of: Illustrated) -> Iterator[Comparison]:
    """Yield a comparison for every number format, and then for every other quantity, of every kind of device."""
    groups: dict[tuple[str, ...], list[Measurement]] = {}
    for one in of.report.measurements:
        groups.setdefault((one.measurand, one.number_format or "", one.sparsity or "", _kind(of, one)), []).append(one)
    # Rates come first, by their formats from wide to narrow, and then the quantities in the order of the law.
    order, formats = list(_BASE), [*BIT_LENGTH, ""]
    kinds = {key[3] for key in groups}
    for key in sorted(groups, key=lambda key: (order.index(key[0]), formats.index(key[1]), *key[2:])):
        yield _comparison(of, groups[key], key, f": {key[3] or 'unnamed device'}" if len(kinds) > 1 else "")


def _kind(of: Illustrated, one: Measurement) -> str:
    spec, state = of.spec(one.unit_id), of.states.get(one.unit_id)
    return (state.device_name if state else None) or (spec.name if spec else "")


def _comparison(of: Illustrated, found: list[Measurement], key: tuple[str, ...], suffix: str) -> Comparison:
    measurand, number_format, sparsity, _ = key
    base = _BASE[measurand]
    drawn: list[Measurement] = []
    left: list[Measurement] = []
    for one in found:
        (drawn if one.value is not None and base_unit(one.unit) == base else left).append(one)
    title = (
        _TITLES.get(measurand) or f"{number_format or 'No number format named'}, {sparsity or 'sparsity not stated'}"
    )
    if measurand == "compute_rate" and any("OP/s" in one.unit and "FLOP" not in one.unit for one in found):
        base = "TOP/s"
    return Comparison(
        title=title + suffix,
        base=base,
        rows=tuple(_rows(of, drawn)),
        references=tuple(_references(of, found[0], {one.unit_id for one in found})),
        notes=tuple(map(_note, left)),
    )


def _note(one: Measurement) -> str:
    got = "no value" if one.value is None else f"{as_text(one.value)} {one.unit}, which is no unit of its kind"
    return f"{one.unit_id}, {one.method.name if one.method else 'no method named'}: {got}"


def _references(of: Illustrated, one: Measurement, units: set[str]) -> Iterable[Reference]:
    spec, declared = of.spec(one.unit_id), of.report.declared
    if one.measurand != "compute_rate":
        states = of.states
        shown = [other_references(declared, spec, states.get(unit), one.measurand) for unit in sorted(units)]
        # What several units show alike is drawn once.
        return dict.fromkeys(reference for references in shown for reference in references)
    dense = one.sparsity == "dense" and one.number_format is not None
    return rate_references(declared, spec, one.number_format or "") if dense else ()


def _rows(of: Illustrated, found: list[Measurement]) -> Iterator[Row]:
    rows: dict[tuple[str, str], list[Measurement]] = {}
    for one in found:
        rows.setdefault((_label(one), _first_words(one)), []).append(one)
    for label, words in sorted(rows):
        members = rows[label, words]
        alike = [other for same, other in rows if same == label]
        apart = _what_differs(words, alike)
        yield Row(
            label=f"{label} ({apart})" if apart else label,
            marks=tuple(map(_mark, members)),
            span=_span(of, members[0]),
        )


def _label(one: Measurement) -> str:
    """Return how a figure was obtained; the shape, which differs from unit to unit, is left to the report."""
    method = one.method
    if method is None:
        return "no method named"
    # A challenge gives every session a shape of its own, and the name has them all.
    names = dict.fromkeys(_SHAPE.sub("", name) for name in method.name.split(" / "))
    counted = f"counting {method.bytes_counted}" if method.bytes_counted else None
    return ", ".join(filter(None, (" / ".join(names), method.path, method.data_pattern, counted)))


def _first_words(one: Measurement) -> str:
    """Return the part of a description that says what ran, before what it says of the samples."""
    return (one.method.description or "").partition(";")[0] if one.method else ""


def _what_differs(words: str, alike: list[str]) -> str:
    """Return the clauses of a description that those of the same label do not all have."""
    clauses = [other.split(", ") for other in alike]
    return ", ".join(clause for clause in words.split(", ") if not all(clause in other for other in clauses))


def _mark(one: Measurement) -> Mark:
    assert one.value is not None
    wide = one.expanded_uncertainty
    factor = f" (k = {as_text(one.coverage_factor)})" if one.coverage_factor is not None else ""
    around = "" if wide is None else f" ± {as_text(wide)}"
    return Mark(
        unit_id=one.unit_id,
        value=Fraction(in_base_unit(one.value, one.unit)),
        uncertainty=None if wide is None else Fraction(in_base_unit(wide, one.unit)),
        stated=f"{as_text(one.value)}{around} {one.unit}{factor if around else ''}",
    )


def _span(of: Illustrated, one: Measurement) -> Span | None:
    """Return where published measurements of the same kind lie on a chip with this claim."""
    what = {
        "compute_rate": Measurable(kind="compute", number_format=one.number_format),
        "total_dram_bandwidth": Measurable(kind="dram"),
    }.get(one.measurand)
    spec, rules = of.spec(one.unit_id), of.rules
    if what is None or spec is None or rules is None or (one.number_format and one.sparsity != "dense"):
        return None
    if what.kind == "compute" and one.number_format is None:
        return None
    said = f"{one.method.name} {one.method.description or ''}" if one.method else None
    method = method_named(rules.methods, what.kind, said)
    band = band_for(rules.bands, what.kind, what.number_format, method, market_of(spec))
    peak = peak_of(spec, what)
    if band is None or peak is None or peak.only_above:
        return None
    shares = f"{as_text(band.low)} to {as_text(band.high)} of the claim"
    says = f"published: {band.rows} measurements of {band.chips} chips, {shares}"
    return Span(lo=Fraction(band.low) * peak.claim, hi=Fraction(band.high) * peak.claim, says=says)
