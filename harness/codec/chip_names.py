"""The chip that a table means, by its name as people write it: maker, form factor and memory said or left out."""

import re
from bisect import bisect_left
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import islice, takewhile

from harness.codec.spec_files import read_spec, spec_files
from harness.metrics.peaks import peak_of
from harness.model.chip_spec import ChipSpec
from harness.model.plausibility import Measurable, NamedChip
from harness.model.quantity import in_base_unit

# Words that name a maker, a family or a form, and tell no two chips of a maker apart on their own.
_LOOSE = frozenset(
    word
    for line in (
        "nvidia amd intel google tesla geforce radeon instinct quadro aws huawei graphics gpu card accelerator ai the",
        "board edition generation module gen modified oem ref reference founders fe part per corp superchip ac r tm",
        "nvl72 nvl36 nvl4 hbm2 hbm2e hbm3 hbm3e gddr5 gddr5x gddr6 gddr6x gddr7 lpddr5 lpddr5x",
    )
    for word in line.split()
)
_FORMS = {"sxm2": "sxm", "sxm3": "sxm", "sxm4": "sxm", "sxm5": "sxm", "sxm6": "sxm", "sxm": "sxm", "hgx": "sxm"}
_FORMS |= {"dgx": "sxm", "pcie": "pcie", "nvl": "nvl", "oam": "oam"}
_MANY = re.compile(r"^(\d{1,4})\s?x\s")
_ONE_OF = re.compile(r"\b(?:1|one|single)\s+of\s+(\d+)\b")
_ONE_PART = re.compile(r"\b(?:1|one|single|per)[\s-]+(?:gcd|chiplet|die|tile|stack|gpu|device|chip|jax device|core)\b")
_SERIES = re.compile(r"\b(rtx|gtx|rx|gaudi|tpu)(?=v?\d)")
_SIZE = re.compile(r"(\d+)\s*(?:gb|gib|g)\b")


@cache
def named_chip(name: str) -> NamedChip | None:
    """Return the chip that a name means, or None where no spec file fits, or more than one does.

    "MI250X (1 GCD)" is one of two devices; "RTX 4090 48GB (modified)" is an RTX 4090 with another capacity.
    """
    text = " ".join(name.casefold().split())
    found = _specs_of(text)
    if not found:
        return None
    spec, others = found[0], found[1:]
    stated = _SIZE.search(text)
    size = int(stated.group(1)) if stated else None
    return NamedChip(
        spec=spec,
        share=_share(text, spec),
        stated_gb=size if size and not _same_size(spec, size) else None,
        others=tuple(other.name for other in others),
    )


def _share(text: str, spec: ChipSpec) -> Fraction:
    counted = _ONE_OF.search(text)
    if counted and int(counted.group(1)) > 0:
        return Fraction(1, int(counted.group(1)))
    many = _MANY.match(text)
    if many and int(many.group(1)) > 1:
        return Fraction(int(many.group(1)))
    devices = spec.visible_devices or spec.integrated_circuits
    return Fraction(1, devices) if _ONE_PART.search(text) else Fraction(1)


def _specs_of(text: str) -> list[ChipSpec]:
    """Return the chips that a name may mean, the one with the highest figures first."""
    exact = read_spec(text) or read_spec(_without_brackets(text))
    if exact is not None:
        return [exact[0]]
    wanted = _words(_without_brackets(text))
    if wanted is None:
        return []
    model, form, size = wanted
    fitting = [
        (spec, names) for spec, names in _all_names() if any(_fits(one, model, form, size, spec) for one in names)
    ]
    # Of several forms of a chip, the one that is named, or the one that people call by its bare name.
    named = [spec for spec, names in fitting if any(name[:2] == (model, form) for name in names)]
    return sorted(named or [spec for spec, _ in fitting], key=_figures_of, reverse=True)


def _figures_of(spec: ChipSpec) -> tuple[Decimal, Decimal]:
    rate = max((in_base_unit(one.value, one.unit) for one in spec.rates), default=Decimal(0))
    memory = spec.total_dram_bandwidth
    return rate, in_base_unit(memory.value, memory.unit) if memory else Decimal(0)


def _without_brackets(text: str) -> str:
    return " ".join(re.sub(r"\([^)]*\)", " ", _MANY.sub("", text)).split())


_Words = tuple[frozenset[str], str | None, int | None]


def _words(text: str) -> _Words | None:
    """Return the words of a name that tell chips apart, its form factor, and its memory size in GB."""
    stated = _SIZE.search(text)
    words = re.findall(r"[a-z0-9.+]+", _SERIES.sub(r"\1 ", _SIZE.sub(" ", text)))
    form = next((_FORMS[word] for word in words if word in _FORMS), None)
    model = frozenset(word for word in words if word not in _LOOSE and word not in _FORMS)
    return (model, form, int(stated.group(1)) if stated else None) if model else None


@cache
def _all_names() -> list[tuple[ChipSpec, tuple[_Words, ...]]]:
    found = []
    for file in spec_files("chip"):
        read = read_spec(file.stem)
        if read is not None:
            spec = read[0]
            names = (spec.name, *spec.aliases)
            words = (_words(_without_brackets(name.casefold())) for name in names)
            found.append((spec, tuple(one for one in words if one is not None)))
    return found


def _fits(one: _Words, model: frozenset[str], form: str | None, size: int | None, spec: ChipSpec) -> bool:
    """Whether a name of a spec fits: the same model words, no other form factor, and no other memory size."""
    if one[0] != model or (form and one[1] and form != one[1]):
        return False
    return size is None or _same_size(spec, size)


def _same_size(spec: ChipSpec, size: int) -> bool:
    parts = [part for part in (spec.copackaged_dram_capacity, spec.board_dram_capacity) if part is not None]
    total = sum(in_base_unit(part.value, part.unit) for part in parts)
    return total == 0 or int(total) == size


def chip_with_figure(what: Measurable, value: Fraction, but: ChipSpec, same: Fraction) -> ChipSpec | None:
    """Return another chip that claims this very figure of the same thing; None where none does.

    Args:
        what: What was measured.
        value: The figure, in the base unit of its kind.
        but: The chip whose figure it should be; of several others, the one whose name is most like its own.
        same: The relative difference within which two figures are one.
    """
    figures = _figures(what)
    first = bisect_left(figures, value / (1 + same), key=lambda one: one[0])
    near = takewhile(lambda one: one[0] * (1 - same) <= value, islice(figures, first, None))
    owners = [spec for _, spec in near if spec.id != but.id]
    own = set(but.id.split("-"))

    def alike(spec: ChipSpec) -> tuple[bool, int]:
        return spec.generation == but.generation, len(own & set(spec.id.split("-")))

    return max(owners, key=alike, default=None)


@cache
def _figures(what: Measurable) -> list[tuple[Fraction, ChipSpec]]:
    """Every chip's own claim of one thing, the lowest first."""
    peaks = ((peak_of(spec, what), spec) for spec, _ in _all_names())
    claims = [(peak.claim, spec) for peak, spec in peaks if peak is not None and not peak.only_above]
    return sorted(claims, key=lambda one: one[0])
