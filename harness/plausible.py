"""From rows of a table of measurements to judgements: the calls behind `harness plausible` and `harness.plausible`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from harness.codec.chip_names import chip_with_figure, named_chip
from harness.codec.method_files import read_method
from harness.errors import WrongUsage
from harness.metrics.likeliest import figure_of_another
from harness.metrics.measurable import base_unit_of, measurable_in, plain_value, unit_factor
from harness.metrics.peaks import peak_of
from harness.metrics.plausibility import judge, method_named
from harness.model.chip_spec import ChipSpec
from harness.model.method import MethodParameters
from harness.model.plausibility import Judgement, Measurable, Peak, PlausibilityMethod, Status
from harness.model.plausible_table import JudgedRow, MeasuredRow, NamedChip
from harness.model.quantity import as_text


def judged_rows(rows: Iterable[MeasuredRow], method: MethodParameters | None = None) -> Iterator[JudgedRow]:
    """Yield the judgement on every row, in order.

    Args:
        rows: The rows of a table.
        method: The method file; None for the newest that comes with the harness.

    Raises:
        WrongUsage: A method file of before plausibility was judged.
    """
    rules = (method or read_method()[0]).plausibility
    if rules is None:
        raise WrongUsage("the method file has no part [plausibility]; need one of 2026-11-29 or later")
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    for row in rows:
        yield _copied(_told(_judged(row, rules)), seen)


# A figure of so many digits is nobody else's by chance; and no table that people made has more of them than this.
_TELLING_DIGITS, _MOST_REMEMBERED = 7, 200_000
# With fewer, a measured figure is somebody's claim by chance; a sibling's or another of the maker's, with fewer still.
_FEW_DIGITS, _KIN_DIGITS = 4, 3
# A claim itself is printed to four or five digits.
_PRINTED = Fraction(1, 20_000)


def _digits(judged: JudgedRow) -> int:
    return len("".join(sign for sign in judged.row.value if sign.isdecimal()).strip("0"))


def _copied(judged: JudgedRow, seen: dict[tuple[str, str], tuple[str, int]]) -> JudgedRow:
    """Look at a figure that another chip has to the last of many digits."""
    row = judged.row
    digits = _digits(judged)
    if digits < _TELLING_DIGITS or judged.value is None or judged.chip is None:
        return judged
    chip = judged.chip.spec.id
    if len(seen) < _MOST_REMEMBERED or (row.metric, row.value) in seen:
        other, line = seen.setdefault((row.metric, row.value), (chip, row.line))
        if other != chip:
            cause = f"the same {digits} digits as line {line}, another chip: a figure that was copied?"
            return _looked_at(judged, "value-copied", cause)
    return judged


def _told(judged: JudgedRow) -> JudgedRow:
    """Add what only the other spec files tell: whose figure it is, and that a chip has not shipped."""
    chip, answer = judged.chip, judged.judgement
    what, value = judged.what, judged.value
    if chip is None or what is None or value is None:
        return judged
    if chip.others:
        told = f"{judged.row.chip} may also be {', '.join(chip.others)}; {chip.spec.name} has the highest figures"
        answer = replace(answer, said=(*answer.said, told))
        judged = replace(judged, judgement=answer)
    if chip.stated_gb is not None:
        told = f"the size of {chip.stated_gb} GB is the name's; no spec file of {chip.spec.name} has it"
        judged = replace(judged, judgement=replace(answer, said=(*answer.said, told)))
    bounded = judged.peak is not None and judged.peak.only_above
    if answer.status != "accept" or answer.ratio is None or bounded:
        judged = _with_owner(judged, what, value, chip)
    if chip.spec.availability in ("announced", "roadmap"):
        return _not_shipped(judged, f"{chip.spec.name} is {chip.spec.availability}, and measured here")
    return judged


def _not_shipped(judged: JudgedRow, said: str) -> JudgedRow:
    """The likeliest thing about a figure of a chip that nobody has; a slip beside it is told second."""
    slip = judged.judgement.cause
    looked = _looked_at(judged, "chip-not-shipped", said)
    told = (*looked.judgement.said, *([slip] if slip else []))
    return replace(looked, judgement=replace(looked.judgement, cause=said, said=told))


def _with_owner(judged: JudgedRow, what: Measurable, value: Fraction, chip: NamedChip) -> JudgedRow:
    """Say whose figure it is, where it is another chip's."""
    ratio = judged.judgement.ratio
    if ratio is not None and ratio > 1:
        same = _rounding_of(judged, value)
        owner = chip_with_figure(what, value, chip.spec, same)
        own = owner is not None and _made_of_own(ratio, what, value, chip, same)
        return judged if owner is None else _owned_above(judged, owner, chip, own)
    # Below the peak figures lie everywhere, and only the very same one is a copy.
    owner = chip_with_figure(what, value, chip.spec, Fraction(0)) if _digits(judged) >= _KIN_DIGITS else None
    return judged if owner is None else _owned_below(judged, owner, chip)


def _owned_below(judged: JudgedRow, owner: ChipSpec, chip: NamedChip) -> JudgedRow:
    """Three digits below a peak are a sibling's by more than chance; of strangers it takes more, or another doubt."""
    answer, said = judged.judgement, f"the figure of {owner.name}, to the last digit"
    if owner.generation == chip.spec.generation:
        return _looked_at(judged, "value-copied", f"{said}: given for {chip.spec.name}?")
    if _digits(judged) >= _FEW_DIGITS:
        return _looked_at(judged, "value-copied", said)
    if answer.status == "accept" or answer.cause is None:
        return judged
    return replace(judged, judgement=replace(answer, cause=f"{answer.cause.rstrip('?')}, or {said}?"))


def _owned_above(judged: JudgedRow, owner: ChipSpec, chip: NamedChip, own: bool) -> JudgedRow:
    """The owner is the cause where nothing of the chip itself is, and is told beside it otherwise."""
    answer, said = judged.judgement, f"the figure of {owner.name}, to the last digit"
    telling, makers = _digits(judged) >= _KIN_DIGITS, owner.manufacturer == chip.spec.manufacturer
    kin = owner.generation == chip.spec.generation or (makers and telling)
    unexplained = (answer.cause is None or "no slip" in answer.cause) and (makers or telling)
    if unexplained or (kin and not own):
        told = (*answer.said, *([answer.cause] if answer.cause else []))
        answer = replace(answer, cause=f"{said}: given for {chip.spec.name}?", said=told)
    else:
        answer = replace(answer, said=(*answer.said, said))
    return replace(judged, judgement=answer)


def _rounding_of(judged: JudgedRow, value: Fraction) -> Fraction:
    """How far a figure may lie from a claim and be its print: half a step of its last digit, and at most 0.2 %."""
    _, _, decimals = judged.row.value.partition(".")
    factor = unit_factor(judged.row.unit)
    step = (factor[1] if factor else Fraction(1)) * Fraction(1, 10 ** (len(decimals) if decimals.isdigit() else 0))
    return max(_PRINTED, min(step / 2 / value, Fraction(1, 500)))


def _made_of_own(ratio: Fraction, what: Measurable, value: Fraction, chip: NamedChip, same: Fraction) -> bool:
    """Whether the figure follows from the chip's own datasheet: a multiple of its claim, or another format's claim."""
    multiple = abs(ratio - round(ratio)) * 100 <= ratio and ratio >= Fraction(3, 2)
    return multiple or (what.kind == "compute" and figure_of_another(value, what, chip.spec, same) is not None)


def _looked_at(judged: JudgedRow, code: str, cause: str) -> JudgedRow:
    answer = judged.judgement
    status: Status = "refuse" if answer.status == "refuse" else "warn"
    codes = (*answer.codes, code)
    return replace(judged, judgement=replace(answer, status=status, codes=codes, cause=answer.cause or cause))


def _judged(row: MeasuredRow, rules: PlausibilityMethod) -> JudgedRow:
    chip = named_chip(row.chip) if row.chip else None
    what = measurable_in(row.metric, row.unit)
    value = plain_value(row.value)
    unit = unit_factor(row.unit)
    fault = _fault(row, what, value is not None, unit)
    if fault is not None or value is None or unit is None or what is None:
        assert fault is not None
        return JudgedRow(row=row, chip=chip, what=what, value=None, peak=None, judgement=fault)
    figure = Fraction(value) * unit[1]
    peak = _peak(row, what, figure, rules)
    answer = judge(figure, what, peak, chip.spec if chip else None, row.method, rules)
    return JudgedRow(row=row, chip=chip, what=what, value=figure, peak=peak, judgement=answer)


def _peak(row: MeasuredRow, what: Measurable, figure: Fraction, rules: PlausibilityMethod) -> Peak | None:
    """The peak of the units that ran: a loop of vector instructions, where nothing says otherwise, runs on those."""
    peak = _known_peak(row.chip, what)
    if what.kind != "compute" or what.units or method_named(rules.methods, what.kind, row.method) != "vector-loop":
        return peak
    vector = _known_peak(row.chip, replace(what, units="vector"))
    if vector is None or vector.only_above or peak is None:
        return peak
    # Packed instructions reach the matrix units' figure on some parts.
    if vector.most * (1 + Fraction(rules.rounding)) < figure <= peak.most and vector.claim * 3 / 2 <= peak.most:
        return replace(peak, basis=f"{peak.basis}; {as_text(vector.claim)} on vector units", packed=True)
    return vector


@lru_cache(maxsize=20_000)
def _known_peak(name: str, what: Measurable) -> Peak | None:
    chip = named_chip(name) if name else None
    return None if chip is None else peak_of(chip.spec, what, share=chip.share, stated_gb=chip.stated_gb)


def _fault(
    row: MeasuredRow, what: Measurable | None, is_value: bool, unit: tuple[str, Fraction] | None
) -> Judgement | None:
    """Return why a row cannot be compared with anything, or None where it can."""
    if not row.chip:
        return _refused("chip-absent", "no chip is named")
    if not is_value:
        return _refused("value-absent", f"{row.value[:40] or 'nothing'} is no number above 0 in plain digits")
    if what is None:
        said = f"{row.metric[:60] or 'nothing'}: no quantity that is judged here"
        return Judgement(status="warn", ratio=None, band=None, codes=("metric-unknown",), said=(said,))
    if unit is None or unit[0] != base_unit_of(what.kind):
        return _refused("unit-wrong", f"{row.unit[:30] or 'no unit'} is no unit of {base_unit_of(what.kind)}'s kind")
    return _refused("sparse-rate", "a sparse rate; TPP and peaks count dense operations") if what.sparse else None


def _refused(code: str, cause: str) -> Judgement:
    return Judgement(status="refuse", ratio=None, band=None, codes=(code,), cause=cause)


def basis_of(judged: JudgedRow) -> str | None:
    """Return what a row was compared with, in words."""
    if judged.peak is None or judged.what is None:
        return None
    return f"{as_text(judged.peak.claim)} {base_unit_of(judged.what.kind)} ({judged.peak.basis})"
