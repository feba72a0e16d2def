"""Total processing performance (TPP)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import product

from harness.errors import WrongUsage
from harness.model.quantity import EXACT

# Bit length of the largest input of the multiply. TF32 holds 19 bits and is stored in 32; which of the two counts is
# not settled, so a proof uses the smaller (AMB-11).
BIT_LENGTH: Mapping[str, int] = {
    "fp64": 64,
    "fp32": 32,
    "tf32": 19,
    "bf16": 16,
    "fp16": 16,
    "fp8_e4m3": 8,
    "fp8_e5m2": 8,
    "int8": 8,
    "fp6": 6,
    "fp4": 4,
    "int4": 4,
}


def tpp(rate_tops: Decimal, number_format: str) -> Decimal:
    """Return the TPP of one dense rate in one number format.

    Args:
        rate_tops: Dense rate in tera-operations per second; one multiply-accumulate counts as two operations.
        number_format: The format of the inputs of the multiply, a key of `BIT_LENGTH`.

    Returns:
        TPP = 2 x MacTOPS x bit length, exactly.

    Source:
        ECCN 3A090, technical notes 1 to 3 to 3A090.a and .b: accumulator width does not count, sparsity does not count.

    The official example, 600 TOPS at 8 bits:

    >>> tpp(Decimal(600), "int8")
    Decimal('4800')
    """
    return EXACT.multiply(rate_tops, Decimal(BIT_LENGTH[number_format]))


def highest_tpp(rates_tops: Mapping[str, Decimal]) -> Decimal | None:
    """Return the largest TPP over formats, or None where there is no rate.

    Source:
        ECCN 3A090, technical notes 1 and 2: summed over all processing units, the maximum theoretically possible over
        the bit lengths that the chip offers. A maker prints the rate of all units of one kind together; whether units
        of several kinds add up is not settled (AMB-12), and here they do not.

    >>> highest_tpp({"fp16": Decimal("989.4"), "fp8_e4m3": Decimal(1979)})
    Decimal('15832')
    """
    return max((tpp(rate, number_format) for number_format, rate in rates_tops.items()), default=None)


# Choices that the text leaves open and that may change an answer: name -> bit length by format, None leaves it out.
# AMB-11: TF32 holds 19 bits and is stored in 32. FP6 at the rate of FP4: nothing found excludes it, and the highest
# products that makers print leave it out.
READINGS: Mapping[str, Mapping[str, int | None]] = {
    "tf32-19": {"tf32": 19},
    "tf32-32": {"tf32": 32},
    "fp6-counted": {"fp6": 6},
    "fp6-left-out": {"fp6": None},
}


# AMB-12: matrix and vector units can run together; their peaks are summed, or the highest of one kind counts.
KINDS_APART, KINDS_SUMMED = "kinds-apart", "kinds-summed"
Rates = Mapping[str, Decimal]


def readings_named(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of readings.

    Raises:
        WrongUsage: A name that no reading has; says which there are.
    """
    chosen = tuple(names)
    unknown = [name for name in chosen if name not in READINGS]
    if unknown:
        raise WrongUsage(f"no reading {', '.join(unknown)}; there are {', '.join(READINGS)}")
    return chosen


def tpp_by_reading(
    rates_tops: Rates, chosen: Iterable[str] = (), kinds: tuple[Rates, Rates] | None = None
) -> dict[tuple[str, ...], Decimal]:
    """Return the TPP under each combination of readings that makes a difference; one entry where none does.

    Args:
        rates_tops: Dense rate by number format, in tera-operations per second.
        chosen: Names of `READINGS` to follow; a format without a chosen reading is read every way. Kinds of units are
            only summed where `KINDS_SUMMED` is named.
        kinds: The same rates, those of matrix units and those of vector units, where both are known.

    Returns:
        From the names of the readings that matter to the TPP; empty where there is no rate.

    Source:
        ECCN 3A090, technical notes 1 to 3 to 3A090.a and .b: bit length is that of the largest input of the multiply.

    A chip whose TF32 runs at the BF16 rate:

    >>> for names, value in tpp_by_reading({"bf16": Decimal(667), "tf32": Decimal(667)}).items():
    ...     print(*names, value)
    tf32-19 12673
    tf32-32 21344
    """
    chosen = frozenset(chosen)
    options = [_options(number_format, chosen) for number_format in _READ_SEVERAL_WAYS if number_format in rates_tops]
    if kinds is not None and all(kinds) and KINDS_SUMMED in chosen:
        options.append([name for name in (KINDS_APART, KINDS_SUMMED) if name in chosen])
    found = {names: _tpp_under(rates_tops, names, kinds) for names in product(*options)}
    values = {names: value for names, value in found.items() if value is not None}
    return {_telling(names, values): value for names, value in values.items()}


_READ_SEVERAL_WAYS = tuple(dict.fromkeys(name for lengths in READINGS.values() for name in lengths))


def _options(number_format: str, chosen: frozenset[str]) -> list[str]:
    every = [name for name, lengths in READINGS.items() if number_format in lengths]
    return [name for name in every if name in chosen] or every


def _tpp_under(rates_tops: Rates, readings: tuple[str, ...], kinds: tuple[Rates, Rates] | None) -> Decimal | None:
    if kinds is not None and KINDS_SUMMED in readings:
        parts = (_tpp_under(rates, tuple(set(readings) - {KINDS_SUMMED}), None) for rates in kinds)
        return sum((part for part in parts if part is not None), Decimal(0))
    lengths: dict[str, int | None] = dict(BIT_LENGTH)
    for name in readings:
        lengths.update(READINGS.get(name, {}))
    products = (EXACT.multiply(rate, Decimal(bits)) for key, rate in rates_tops.items() if (bits := lengths[key]))
    return max(products, default=None)


def _telling(names: tuple[str, ...], values: Mapping[tuple[str, ...], Decimal]) -> tuple[str, ...]:
    """Keep the readings without which the value would be another."""

    def matters(position: int) -> bool:
        return any(
            values[names] != value
            for other, value in values.items()
            if all((name == also) != (n == position) for n, (name, also) in enumerate(zip(names, other, strict=True)))
        )

    return tuple(name for position, name in enumerate(names) if matters(position))
