"""Parameters by which raw samples, proofs and dates are judged."""

from typing import Annotated

from pydantic import Field

from harness.model.document import Count, Document, Figure, LargeCount, Name, Sha256, Slug, Text
from harness.model.measurement import NumberFormat

Series = Annotated[int, Field(ge=1, le=64)]


class ErrorSignature(Document):
    """The relative error (Frobenius) that a product shows whose operands are rounded to a format."""

    # A format of the report's vocabulary, or another name for what rounds alike.
    name: Slug
    formats: tuple[NumberFormat, ...] = ()
    lowest: Figure
    highest: Figure


class OutputRounding(Document):
    """The relative error that rounding the result to a format adds, whatever the operands."""

    name: Slug
    error: Figure


class FormatRatio(Document):
    """How many times the rate of one format that of another is on dense matrices, where no spec file says it."""

    faster: NumberFormat
    slower: NumberFormat
    ratio: Figure


class KnownBench(Document):
    """A bench by its name, with the digest of every version of it that is known."""

    name: Name
    sha256: tuple[Sha256, ...]
    source: Text


class ForensicsMethod(Document):
    """The part `[forensics]` of a method file. Methods of before it was written have none; its checks do not run."""

    # The chance that any honest report is called copied, rescaled or patterned, over all of its series together.
    false_alarm: Figure
    # The same where the finding is a note, over all pairs of units together.
    false_note: Figure
    # The chance that an honest value of at least `long_value_digits` digits is that of another unit.
    chance_of_equal_value: Figure
    long_value_digits: Count
    # Series longer than this are judged by their first samples; each is held against this many of its length.
    most_samples: Annotated[int, Field(ge=100, le=100_000)]
    most_neighbours: Series
    fewest_even_samples: Annotated[int, Field(ge=5)]
    least_relative_scatter: Figure
    largest_best_over_mean: Figure
    largest_unit_spread: Figure
    hardest_share: Figure
    format_ratio_excess: Figure
    smallest_footprint_bytes: LargeCount
    footprint_over_cache: Count
    footprint_share_of_memory: Figure
    fewest_seeds: Count
    least_verified_share: Figure
    # The share of the memory that the device counts that a capacity holds at least.
    least_counted_share: Figure
    slowest_chunk_share: Figure
    timer_resolution_s: Figure
    shortest_session_s: Figure
    shortest_measurement_s: Figure
    largest_report_age_days: Count
    largest_clock_offset_ms: Figure
    error_signatures: tuple[ErrorSignature, ...] = ()
    output_roundings: tuple[OutputRounding, ...] = ()
    format_ratios: tuple[FormatRatio, ...] = ()
    benches: tuple[KnownBench, ...] = ()
