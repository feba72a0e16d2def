"""The chip that a table means, by its name as people write it: maker, form factor and memory said or left out."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from itertools import islice, takewhile

from harness.codec.spec_files import read_spec, spec_files
from harness.metrics.peaks import peak_of
from harness.model.chip_spec import ChipSpec
from harness.model.plausibility import Measurable
from harness.model.plausible_table import NamedChip
from harness.model.quantity import in_base_unit

# Words that name a maker, a family or a form, and tell no two chips of a maker apart on their own.
_LOOSE = frozenset(
    word
    for line in (
        "nvidia amd intel habana google tesla radeon instinct aws huawei graphics gpu card accelerator ai the",
        "board edition generation module gen ipu modified oem ref reference founders fe le part per corp superchip",
        "nvl72 nvl36 nvl4 hbm2 hbm2e hbm3 hbm3e gddr5 gddr5x gddr6 gddr6x gddr7 lpddr5 lpddr5x wsl2 oc",
        "rtx gtx geforce rx ac vf r tm",
    )
    for word in line.split()
)
# Series whose numbers other series use too: of two names that both say one it must be the same.
_SERIES = frozenset(("rtx", "gtx", "rx"))
_MAKERS = {"nvidia": "nvidia", "geforce": "nvidia", "quadro": "nvidia", "gtx": "nvidia", "rtx": "nvidia"}
_MAKERS |= {"amd": "amd", "radeon": "amd", "instinct": "amd", "intel": "intel", "arc": "intel", "google": "google"}
_ALIKE = {"mobile": "laptop", "notebook": "laptop", "m": "laptop", "s": "super"}
_FORMS = {"sxm2": "sxm", "sxm3": "sxm", "sxm4": "sxm", "sxm5": "sxm", "sxm6": "sxm", "sxm": "sxm", "hgx": "sxm"}
_FORMS |= {"dgx": "sxm", "pcie": "pcie", "nvl": "nvl", "oam": "oam"}
_MANY = re.compile(r"^(\d{1,3})\s?[x\u00d7*]\s?(?=\D)")
_ONE_OF = re.compile(r"\b(?:1|one|single)\s+of\s+(\d+)\b")
_PART = r"(?:gcd|chiplet|die|tile|stack|gpu|device|chip|jax device|core)"
_ONE_PART = re.compile(rf"\b(?:1|one|single|per)[\s-]+{_PART}\b")
_TOGETHER = re.compile(r"\b([2-9]|\d{2,3})(?:\s?(?:gpus|devices|chips|accelerators)|-gpu)\b")
_BEHIND = re.compile(r"\sx\s?(\d{1,3})$")
_GENERATION = re.compile(r"\b(?:kepler|maxwell|pascal|volta|turing|ampere|ada|hopper|blackwell|rubin)\b")
_GLUED = re.compile(r"\b(rtx|gtx|rx|gaudi|tpu|mi|arc)[\s_-]*(?=v?\d)")
# "4090D", "2070S", "7900XTX": a number of four digits and what is written behind it without a space.
_SUFFIX = re.compile(r"\b(\d{4})(ti|d|s|super|xt|xtx|gre|m)\b")
# A table of machine-made names must not fill the memory.
_MOST_KNOWN = 50_000
_SIZE = re.compile(r"(\d+)[\s-]*(?:gb|gib|g)\b")


@lru_cache(maxsize=_MOST_KNOWN)
def named_chip(name: str) -> NamedChip | None:
    """Return the chip that a name means, or None where no spec file fits; of several the one of the highest figures.

    "MI250X (1 GCD)" is one of two devices; "RTX 4090 48GB (modified)" is an RTX 4090 with another capacity.
    """
    text = " ".join(name.casefold().split())
    found = _specs_of(text)
    if not found and _BEHIND.search(text):
        # "H100 x8"; of "MLU370 X8" it is part of the name.
        text = _BEHIND.sub("", f"{_BEHIND.findall(text)[0]}x {text}")
        found = _specs_of(text)
    if not found:
        return None
    spec, others = found[0], found[1:]
    stated = _SIZE.search(text)
    size = int(stated.group(1)) if stated else None
    return NamedChip(
        spec=spec,
        share=_share(text, spec),
        stated_gb=size if size and _is_another_size(spec, size) else None,
        others=tuple(other.name for other in others),
    )


def _share(text: str, spec: ChipSpec) -> Fraction:
    counted = _ONE_OF.search(text)
    if counted and int(counted.group(1)) > 0:
        return Fraction(1, int(counted.group(1)))
    devices = spec.visible_devices or spec.integrated_circuits
    part = Fraction(1, devices) if _ONE_PART.search(text) else Fraction(1)
    many = _MANY.match(text) or _TOGETHER.search(text)
    return part * max(1, int(many.group(1))) if many else part


def _specs_of(text: str) -> list[ChipSpec]:
    """Return the chips that a name may mean, the one with the highest figures first."""
    bare = _without_brackets(text)
    exact = _exact_names().get(text) or _exact_names().get(bare)
    if exact is not None:
        return [exact]
    wanted = _words(bare)
    if wanted is None:
        return []
    by_model, by_family = _indexed()
    named_so = [one for one in by_model.get(wanted.model, ()) if _fits(one[1], wanted, one[0])]
    family = by_family.get(wanted.model, [])
    # One chip makes no family: an R9 290 is no R9 290X.
    kin = family if len({spec.id for spec, _ in family}) > 1 else []
    fitting = _of_size(named_so or kin, wanted.size)
    # Of several forms of a chip, the one that is named, or the one that people call by its bare name.
    named = {spec.id: spec for spec, name in fitting if (name.model, name.form) == (wanted.model, wanted.form)}
    chips = named or {spec.id: spec for spec, _ in fitting}
    return sorted(chips.values(), key=_figures_of, reverse=True)


def _of_size(fitting: "list[_Named]", size: int | None) -> "list[_Named]":
    """Of chips of one name those of that size, else of about it; a size that none has is that of a modified board."""
    if size is None:
        return fitting
    exact = [one for one in fitting if _same_size(one[0], size)]
    return exact or [one for one in fitting if _near_size(one[0], size)] or fitting


def _starts(model: frozenset[str]) -> Iterator[frozenset[str]]:
    """Names of the family of a chip, whose name goes on by one sign: 910B1 to 910B4 are called 910B."""
    for word in model:
        start = word[:-1]
        if len(start) > 1 and start.isalnum() and not start.isalpha() and word[-1].isdigit() != start[-1].isdigit():
            yield (model - {word}) | {start}


def _figures_of(spec: ChipSpec) -> tuple[Decimal, Decimal]:
    rate = max((in_base_unit(one.value, one.unit) for one in spec.rates), default=Decimal(0))
    memory = spec.total_dram_bandwidth
    return rate, in_base_unit(memory.value, memory.unit) if memory else Decimal(0)


def _without_brackets(text: str) -> str:
    """Drop what stands in brackets, but for a generation, which tells chips of one name apart."""
    plain = _ONE_PART.sub(" ", _TOGETHER.sub(" ", _MANY.sub("", text)))
    kept = re.sub(r"\(([^)]*)\)", lambda found: " ".join(_GENERATION.findall(found.group(1))) or " ", plain)
    return " ".join(kept.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    """The words of a name that tell chips apart, its series, maker, form factor, and memory size in GB."""

    model: frozenset[str]
    series: frozenset[str]
    maker: str | None
    form: str | None
    size: int | None


def _words(text: str) -> _Words | None:
    stated = _SIZE.search(text)
    plain = _GLUED.sub(r"\1 ", _SUFFIX.sub(r"\1 \2", _SIZE.sub(" ", text)))
    words = [_ALIKE.get(word, word) for word in re.findall(r"[a-z0-9.+]+", plain)]
    model = frozenset(word for word in words if word not in _LOOSE and word not in _FORMS) - _maker_words()
    if not model:
        return None
    return _Words(
        model=model,
        series=_SERIES.intersection(words),
        maker=next((_MAKERS[word] for word in words if word in _MAKERS), None),
        form=next((_FORMS[word] for word in words if word in _FORMS), None),
        size=int(stated.group(1)) if stated else None,
    )


_Named = tuple[ChipSpec, _Words]
_Index = Mapping[frozenset[str], list[_Named]]


@cache
def _specs() -> list[ChipSpec]:
    read = (read_spec(file.stem) for file in spec_files("chip"))
    return [one[0] for one in read if one is not None]


@cache
def _exact_names() -> Mapping[str, ChipSpec]:
    return {name.casefold(): spec for spec in _specs() for name in (spec.id, spec.name, *spec.aliases)}


@cache
def _maker_words() -> frozenset[str]:
    """Every maker's name, in words: whether it stands before a chip's own does not matter."""
    return frozenset(word for spec in _specs() for word in re.findall(r"[a-z]{3,}", spec.manufacturer.casefold()))


@cache
def _indexed() -> tuple[_Index, _Index]:
    """Every name of every spec file by its model words, and by those of its family."""
    by_model: dict[frozenset[str], list[_Named]] = defaultdict(list)
    by_family: dict[frozenset[str], list[_Named]] = defaultdict(list)
    for spec in _specs():
        for name in (spec.name, *spec.aliases):
            words = _words(_without_brackets(name.casefold()))
            if words is not None:
                by_model[words.model].append((spec, words))
                for start in _starts(words.model):
                    by_family[start].append((spec, words))
    return dict(by_model), dict(by_family)


def _fits(one: _Words, wanted: _Words, spec: ChipSpec) -> bool:
    """Whether a name of a spec with the same model words fits: it has no other series, maker or form factor."""
    if wanted.form and one.form and wanted.form != one.form:
        return False
    if wanted.maker not in (None, spec.manufacturer.casefold()):
        return False
    return not (one.series and wanted.series) or bool(one.series & wanted.series)


def _capacity_of(spec: ChipSpec) -> Decimal:
    parts = [part for part in (spec.copackaged_dram_capacity, spec.board_dram_capacity) if part is not None]
    return sum((in_base_unit(part.value, part.unit) for part in parts), Decimal(0))


def _same_size(spec: ChipSpec, size: int) -> bool:
    total = _capacity_of(spec)
    return total == 0 or int(total) == size


def _is_another_size(spec: ChipSpec, size: int) -> bool:
    """Whether a board may have been given so much: "GH200 480GB" counts the host's memory, and is no such board."""
    return not _near_size(spec, size) and _capacity_of(spec) / 4 <= size <= _capacity_of(spec) * 4


def _near_size(spec: ChipSpec, size: int) -> bool:
    """A device shows a little less than is printed on it, and a little less is sold than lies in the package."""
    total = _capacity_of(spec)
    return total == 0 or abs(size / total - 1) <= Decimal("0.08")


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
    peaks = ((peak_of(spec, what), spec) for spec in _specs())
    claims = [(peak.claim, spec) for peak, spec in peaks if peak is not None and not peak.only_above]
    return sorted(claims, key=lambda one: one[0])
