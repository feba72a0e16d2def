"""What the columns `metric` and `unit` of a table of measurements say: read by their words, never assumed."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from harness.metrics.tpp import BIT_LENGTH
from harness.model.plausibility import Kind, Measurable

_RATES = {"tflops", "tops", "gflops", "gops", "pflops", "pops", "flops", "ops", "tflop", "top", "mflops"}
# Words that are no rate by themselves, and are one beside a number format.
_RUNS = {"gemm", "hgemm", "sgemm", "dgemm", "matmul", "compute", "peak", "throughput", "performance"}
_RUNS |= {"dense", "tensor", "matrix", "vector"}
_FORMATS = {
    "fp8": "fp8_e4m3",
    "float8": "fp8_e4m3",
    "half": "fp16",
    "single": "fp32",
    "double": "fp64",
    "bfloat16": "bf16",
    "float16": "fp16",
    "float32": "fp32",
    "float64": "fp64",
    "mxfp8": "fp8_e4m3",
    "nvfp4": "fp4",
    "mxfp4": "fp4",
    "mxfp6": "fp6",
    "blockfp8": "fp8_e4m3",
    "blockfp4": "fp4",
    "hgemm": "fp16",
    "sgemm": "fp32",
    "dgemm": "fp64",
}
_COLLECTIVES = {"allreduce", "alltoall", "allgather", "reducescatter", "broadcast", "sendrecv", "reduce"}
_MEMORY_KIND = r"\b(?:hbm[1-9]e?|(?:gddr|lpddr|ddr)[1-9]x?)\b"
_DRAM = {"dram", "hbm", "mem", "memory", "vram", "membw", "stream", "triad", "gddr"}
_SPARSE, _NOT = {"sparse", "sparsity"}, {"no", "non", "not", "without"}
_HOST = {"h2d", "d2h", "pcie", "host"}
# "d2d" alone is a copy within a device to one tool and between two to another: it names neither.
_LINKS = {"p2p", "nvlink", "xgmi", "link", "interconnect"}
_BOTH = {"bidir", "bidirectional", "duplex", "both"}
_CACHES = {"l1", "l2", "l3", "cache", "shared", "lds"}
_BANDWIDTHS = {"bw", "bandwidth", "membw", "busbw", "throughput", "triad"}
_CAPACITIES = (["vram", "gb"], ["memory", "gb"], ["mem", "gb"], ["memory", "size"])


@lru_cache(maxsize=10_000)
def measurable(metric: str) -> Measurable | None:
    """Return what a metric's name says was measured, or None where its words say nothing that is known.

    >>> measurable("tflops_bf16_dense").number_format, measurable("p2p_bw_bidir_gb_s").both_directions
    ('bf16', True)
    >>> measurable("latency_us") is None
    True
    """
    text = re.sub(r"\b(all|reduce)[ _-](reduce|gather|scatter)", r"\1\2", metric.casefold().replace("_", " "))
    text = re.sub(r"\b(all)[ -]?(?:to|2)[ -]?(all)", r"\1to\2", text)
    text = re.sub(_MEMORY_KIND, "hbm", text)
    # "bf16tflops", "peakfp8": formats are found where they are glued to other words.
    words = re.sub(
        r"((?:nv|mx|block)?(?:bf16|tf32|fp\d{1,2}|int\d))", r" \1 ", re.sub(r"[^a-z0-9]+", " ", text)
    ).split()
    said = set(words)
    if said & {"latency", "power", "clock"}:
        return None
    if said & _RATES:
        return _rate(words)
    if said & _COLLECTIVES:
        return Measurable(kind="collective")
    if "capacity" in said or words[:2] in _CAPACITIES:
        return Measurable(kind="capacity")
    found = _bandwidth(said) if said & _BANDWIDTHS else None
    return found or (_rate(words) if said & _RUNS else None)


# What a unit says of the figure beside it, where the metric alone does not: "bf16" in TFLOPS, "HBM" in TB/s.
_SAID_BY_UNIT: Mapping[str, str] = {"TFLOP/s": "ops", "GB/s": "bandwidth"}


def measurable_in(metric: str, unit: str) -> Measurable | None:
    """Return what a metric's name says was measured, with what the unit adds to it; None where that is nothing known.

    >>> [measurable_in(metric, unit).kind for metric, unit in (("bf16", "TFLOPS"), ("HBM", "TB/s"), ("VRAM", "GiB"))]
    ['compute', 'dram', 'capacity']
    >>> measurable_in("L2", "TB/s") is measurable_in("bf16", "ns") is measurable_in("size", "GB") is None
    True
    """
    factor = unit_factor(unit)
    if factor is None:
        return measurable(metric)
    told = f"{metric} {_qualified(unit)[1]}"
    if factor[0] == "GB":
        return measurable(told) or (Measurable(kind="capacity") if _names_memory(metric) else None)
    return measurable(told) or measurable(f"{told} {_SAID_BY_UNIT[factor[0]]}")


def _names_memory(metric: str) -> bool:
    return re.sub(_MEMORY_KIND, "hbm", metric.strip().casefold()) in _DRAM


def _bandwidth(said: set[str]) -> Measurable | None:
    both = bool(said & _BOTH)
    if said & _HOST:
        return Measurable(kind="host", both_directions=both)
    if said & _LINKS:
        return Measurable(kind="link", both_directions=both)
    # Caches have rates of their own, of which no spec file speaks.
    return Measurable(kind="dram") if said & _DRAM and not said & _CACHES else None


def _rate(words: list[str]) -> Measurable | None:
    known = set(BIT_LENGTH)
    formats = [_FORMATS.get(word, word) for word in words if word in _FORMATS or word in known]
    if "e5m2" in words:
        formats = ["fp8_e5m2"]
    if not formats:
        return None
    units: Literal["matrix", "vector"] | None = None
    plain = {"vector", "shader", "simd", "dp4a"} & set(words)
    if plain or {("non", "tensor"), ("non", "matrix"), ("cuda", "core"), ("cuda", "cores")} & set(pairwise(words)):
        units = "vector"
    elif {"matrix", "tensor", "dense", "sparse", "mma"} & set(words):
        units = "matrix"
    sparse = any(word in _SPARSE and before not in _NOT for before, word in pairwise(["", *words]))
    return Measurable(kind="compute", number_format=formats[0], units=units, sparse=sparse)


# Texts of units, and the factor of each to the base unit of its kind: TFLOP/s, GB/s and GB, all decimal.
_PREFIX = {"": Fraction(1, 10**12), "k": Fraction(1, 10**9), "m": Fraction(1, 10**6), "g": Fraction(1, 1000)}
_PREFIX |= {"t": Fraction(1), "p": Fraction(1000), "e": Fraction(10**6)}
_BYTES = {
    "": Fraction(1, 10**9),
    "K": Fraction(1, 10**6),
    "M": Fraction(1, 1000),
    "G": Fraction(1),
    "T": Fraction(1000),
}
_BYTES |= {"Ki": Fraction(2**10, 10**9), "Mi": Fraction(2**20, 10**9), "Gi": Fraction(2**30, 10**9)}
_BYTES |= {"Ti": Fraction(2**40, 10**9), "k": Fraction(1, 10**6), "P": Fraction(10**6)}

_PER_SECOND = r"(?:/s|/sec|/second|ps)"
# Words of people, each by itself: a pattern over all of them would take hours over a row of hyphens.
_QUALIFIER, _LONGEST_UNIT = re.compile(r"[A-Za-z0-9][\w-]*"), 60
_RATE = re.compile(rf"([kmgtpe]?)(?:fl|i)?op(?:s|{_PER_SECOND}|s{_PER_SECOND})?")
# "TF/s" of supercomputers; "F" alone is a farad.
_FLOP = re.compile(r"([GTPE])F(?:/s)?")
_BANDWIDTH = re.compile(rf"([KkMGTP]i?|)(B|b|Byte|Bytes|bit|bits|bytes)(?:{_PER_SECOND}|PS)")
# "TeraFLOPS", "gigabytes": the prefix written in full.
_WORDY = re.compile(r"^(?:[Gg]iga|[Tt]era|[Pp]eta|[Mm]ega|[Kk]ilo|[Ee]xa)(?=[FfOoBb])")
_CAPACITY = re.compile(r"([KkMGTP]i?|)(B|Byte|Bytes|bytes)")
_BASE: Mapping[str, str] = {"compute": "TFLOP/s", "capacity": "GB"}


def base_unit_of(kind: Kind) -> str:
    """Return the unit in which figures of a kind are compared."""
    return _BASE.get(kind, "GB/s")


def _qualified(unit: str) -> tuple[str, str]:
    """Return a unit and the words behind it, which speak of the quantity; "per watt" would make another unit of it."""
    text = re.sub(r"[ ·](?:per second|s-1|s⁻¹)(?!\w)", "/s", " ".join(unit.split()))
    first, _, rest = text.partition(" ")
    if first.casefold() in ("dense", "sparse"):
        first, rest = rest, first
    bare = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
    words = bare.split()
    plain = len(unit) <= _LONGEST_UNIT and all(_QUALIFIER.fullmatch(word) for word in words)
    return (first, bare) if plain and "per" not in words else (text, "")


@lru_cache(maxsize=10_000)
def unit_factor(unit: str) -> tuple[str, Fraction] | None:
    """Return the base unit that a unit belongs to and its factor to it; None where the text is no unit known here.

    Upper and lower case tell bytes from bits and are read as they stand.

    >>> unit_factor("GFLOPS"), unit_factor("Gb/s"), unit_factor("GiB"), unit_factor("ns")
    (('TFLOP/s', Fraction(1, 1000)), ('GB/s', Fraction(1, 8)), ('GB', Fraction(2097152, 1953125)), None)
    >>> unit_factor("PF/s"), unit_factor("TFLOPS (dense)"), unit_factor("TFLOPS per watt")
    (('TFLOP/s', Fraction(1000, 1)), ('TFLOP/s', Fraction(1, 1)), None)
    """
    text = _WORDY.sub(lambda word: word.group(0)[0].upper(), _qualified(unit)[0])
    found = _RATE.fullmatch(text.casefold()) or _FLOP.fullmatch(text)
    if found and text:
        return "TFLOP/s", _PREFIX[found.group(1).casefold()]
    found = _BANDWIDTH.fullmatch(text)
    if found:
        return "GB/s", _BYTES[found.group(1)] / (8 if found.group(2) in ("b", "bit", "bits") else 1)
    found = _CAPACITY.fullmatch(text)
    return ("GB", _BYTES[found.group(1)]) if found else None


def plain_value(text: str) -> Decimal | None:
    """Return a positive number that is written in plain digits or with an exponent; None for anything else.

    >>> plain_value("1,979.5"), plain_value("1 979"), plain_value("1e3"), plain_value("NaN"), plain_value("1.979,5")
    (Decimal('1979.5'), Decimal('1979'), Decimal('1E+3'), None, None)
    """
    # Commas, apostrophes and spaces of any width stand between thousands; a comma for the point does not.
    words = re.sub(r"(?<=\d)[,'\u2019 \u00a0\u2009\u202f](?=\d{3}(?!\d))", ",", text.strip())
    if len(words) > 60 or not re.fullmatch(
        r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?", words
    ):
        return None
    digits = words.replace(",", "")
    if not digits or not re.search(r"[1-9]", digits.casefold().split("e")[0]):
        return None
    return Decimal(digits)
