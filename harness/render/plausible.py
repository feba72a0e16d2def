"""Judged rows as text and as JSON: every row with its ratio, its band and what has probably happened."""

from collections.abc import Callable, Iterator

from harness.metrics.measurable import base_unit_of
from harness.model.plausibility import Judgement, Status
from harness.model.plausible_table import JudgedRow, PlausibleCounts, PlausibleRow
from harness.model.quantity import as_text

_COLOURS: dict[Status, str] = {"accept": "\x1b[32m", "warn": "\x1b[33m", "refuse": "\x1b[31m"}
_PLAIN = "\x1b[0m"


def as_lines(judged: JudgedRow, shown: Callable[[str], str], *, colour: bool) -> Iterator[str]:
    """Yield a row for people: the answer, then why where it is no plain acceptance."""
    row, answer = judged.row, judged.judgement
    word = f"{answer.status:<7}"
    if colour:
        word = f"{_COLOURS[answer.status]}{word}{_PLAIN}"
    head = f"{word} {shown(row.chip):<26} {shown(row.metric):<22} {shown(row.value)} {shown(row.unit)}"
    yield f"{head:<80}  {_comparison(judged)}".rstrip()
    if answer.codes:
        yield f"        line {row.line}: {', '.join(answer.codes)}"
    if answer.cause:
        yield f"        {shown(answer.cause)}"
    for said in answer.said:
        yield f"        {shown(said)}"


def _comparison(judged: JudgedRow) -> str:
    answer, peak = judged.judgement, judged.peak
    if answer.ratio is None or peak is None or judged.what is None:
        return ""
    of = f"{_share(judged)} of {as_text(peak.claim)} {base_unit_of(judged.what.kind)}"
    return of if answer.band is None else f"{of}, {_band(answer)}"


def _band(answer: Judgement) -> str:
    assert answer.band is not None
    band = answer.band
    return f"band {as_text(band.low)}..{as_text(band.high)} ({band.rows} rows of {band.chips} chips)"


def _share(judged: JudgedRow) -> str:
    assert judged.judgement.ratio is not None
    return f"{float(judged.judgement.ratio):.4g}"


def as_row(judged: JudgedRow) -> PlausibleRow:
    """Return a row as it stands in the JSON document; the ratio to 12 significant digits, all else as it is."""
    row, answer, peak, band = judged.row, judged.judgement, judged.peak, judged.judgement.band
    return PlausibleRow.model_construct(
        line=row.line,
        chip=row.chip or None,
        spec=judged.chip.spec.id if judged.chip else None,
        metric=row.metric or None,
        value=row.value or None,
        unit=row.unit or None,
        method=row.method or None,
        value_in_base_unit=None if judged.value is None else as_text(judged.value),
        peak=None if peak is None else as_text(peak.claim),
        base_unit=base_unit_of(judged.what.kind) if judged.what else None,
        ratio=None if answer.ratio is None else as_text(answer.ratio),
        band_low=None if band is None else as_text(band.low),
        band_high=None if band is None else as_text(band.high),
        band_rows=None if band is None else band.rows,
        band_chips=None if band is None else band.chips,
        status=answer.status,
        findings=answer.codes,
        cause=answer.cause,
        said=answer.said,
    )


def summary(counts: PlausibleCounts) -> str:
    """Return how many rows came out how, in words."""
    rows = counts.accept + counts.warn + counts.refuse
    plural = "row" if rows == 1 else "rows"
    return f"{rows:,} {plural}: {counts.accept:,} accepted, {counts.warn:,} to look at, {counts.refuse:,} refused"
