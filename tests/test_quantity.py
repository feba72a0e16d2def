"""Figures, units and intervals are exact."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from harness.model.document import Amount, Day, Figure, Instant, Sha256, SignedFigure
from harness.model.quantity import Interval, as_text, base_unit, exactly, in_base_unit

FIGURES = st.from_regex(r"(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{1,18})?", fullmatch=True)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("4.8", "TB/s", "4800"),  # decimal: 4.8 x 1000
        ("143771", "MiB", "150.754820096"),  # 143771 x 1048576 / 10^9
        ("140.4", "GiB", "150.7533520896"),  # 140.4 x 1073741824 / 10^9
        ("32", "Gbit/s", "4"),  # 32 / 8
        ("1.979", "PFLOP/s", "1979"),
        ("788000", "GFLOP/s", "788"),
        ("0.7", "kW", "700"),
        ("150754820096", "B", "150.754820096"),
    ],
)
def test_units_convert_exactly_and_decimally(value: str, unit: str, expected: str):
    assert in_base_unit(Decimal(value), unit) == Decimal(expected)


@given(FIGURES)
def test_a_figure_is_the_decimal_that_its_digits_say(text: str):
    value = TypeAdapter(Figure).validate_python(text)
    assert value == Decimal(text)
    assert Decimal(as_text(value)) == value


@given(FIGURES, st.sampled_from(["TB/s", "GiB", "MiB", "Gbit/s", "GFLOP/s"]))
def test_no_figure_is_rounded_by_a_conversion(text: str, unit: str):
    factor = Fraction(in_base_unit(Decimal(1), unit))
    assert Fraction(in_base_unit(Decimal(text), unit)) == Fraction(Decimal(text)) * factor


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "1e400", "1E3", "+1", "-1", "-0", "01", "1.", ".5", " 1", "1 ", "1\n", "1_000", "1,000", "",
     "\uff11\uff12", "\u0661", "0x10", "1" * 21, "1." + "0" * 19, "½", "1.5GB"],
)  # fmt: skip
def test_a_figure_in_another_form_is_refused(text: str):
    with pytest.raises(ValidationError):
        TypeAdapter(Figure).validate_python(text)


@pytest.mark.parametrize("value", [1, 1.5, True, None, ["1"], b"1"])
def test_a_figure_that_is_no_text_is_refused(value: object):
    with pytest.raises(ValidationError):
        TypeAdapter(Figure).validate_python(value)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (SignedFigure, "-12.5", "--1"),
        (Day, "2026-02-28", "2026-02-29"),
        (Day, "2024-02-29", "20240229"),
        (Instant, "2026-08-04T15:10:00Z", "2026-08-04 15:10:00"),
        (Instant, "2026-08-04T15:10:00.123456789+05:30", "2026-08-04T24:00:00Z"),
        (Sha256, "0" * 64, "0" * 64 + "\n"),
        (Sha256, "a" * 64, "A" * 64),
        (Amount, "-1.25", "1e5"),
    ],
)
def test_every_form_accepts_its_own_and_refuses_its_neighbour(kind: object, good: str, bad: str):
    TypeAdapter(kind).validate_python(good)
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(bad)


def test_base_units_are_the_ones_that_the_law_uses():
    assert {base_unit(unit) for unit in ("TB/s", "Gbit/s", "GiB/s")} == {"GB/s"}
    assert {base_unit(unit) for unit in ("MiB", "B", "TB")} == {"GB"}


def test_intervals_say_what_they_leave_open():
    assert str(exactly(5)) == "5"
    assert str(Interval(lo=Fraction(1), hi=Fraction(5, 2))) == "1 to 2.5"
    assert str(Interval(lo=Fraction(1), hi=None)) == "at least 1"
