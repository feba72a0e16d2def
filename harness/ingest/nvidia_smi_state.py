"""What one GPU's part of an nvidia-smi log says: the state of the unit, observations, and what is to be remarked."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from harness.ingest.bus_links import NVLINK_NOT_COUNTED, pcie_by_generation
from harness.ingest.figures import figure, figure_with_unit
from harness.ingest.lines import count_of, named, printable
from harness.ingest.nvidia_smi_paths import (
    COUNTED,
    COUNTERS,
    ECC,
    ENFORCED,
    EVENTS,
    LOOKED_AT,
    OBSERVED,
    POWER,
    POWER_LIMITS,
    REASONS,
)
from harness.ingest.safe_xml import Element
from harness.model.device_state import Limiter, Link, UnitState
from harness.model.foreign import ForeignReading
from harness.model.quantity import EXACT, CapacityUnit

_CAPACITIES = get_args(CapacityUnit)
_NOTHING = ("n/a", "none", "[n/a]", "not supported", "[not supported]", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gpu:
    """One element `gpu` of a log, and the key of its device."""

    element: Element
    key: str

    def said(self, path: str) -> str | None:
        """Return the words at a path, or None where they say that there is nothing."""
        text = self.element.at(path)
        return None if text is None or text.strip().lower() in _NOTHING else named(printable(text))

    def number(self, unit: str, *paths: str) -> Decimal | None:
        """Return the first number among some places that has its unit behind it."""
        for path in paths:
            found = figure_with_unit(self.element.at(path) or "")
            if found is not None and found[1] == unit:
                return found[0]
        return None

    def count(self, path: str, most: int = 10**9) -> int | None:
        """Return a whole number, such as a link width of "16x"."""
        value = figure((self.element.at(path) or "").removesuffix("x"))
        return int(value) if value is not None and value == value.to_integral_value() and value <= most else None

    def active(self, reason: str) -> bool | None:
        """Return whether an event reason is active, under its new name or its old one."""
        said = next((text for prefix in EVENTS if (text := self.element.at(f"{prefix}{reason}"))), None)
        return {"Active": True, "Not Active": False}.get(said or "")


def state_of(gpu: Gpu) -> UnitState:
    """Return the state of a unit as the driver tells it."""
    total = figure_with_unit(gpu.element.at("fb_memory_usage/total") or "")
    memory = total if total is not None and total[1] in _CAPACITIES else None
    return UnitState(
        max_sm_clock_mhz=gpu.number("MHz", "max_clocks/sm_clock", "max_clocks/graphics_clock"),
        application_sm_clock_mhz=gpu.number("MHz", "applications_clocks/graphics_clock"),
        max_memory_clock_mhz=gpu.number("MHz", "max_clocks/mem_clock"),
        memory_total=memory[0] if memory else None,
        memory_total_unit=memory[1] if memory else "MiB",  # type: ignore[arg-type]
        power_limit_w=gpu.number("W", *POWER_LIMITS, *ENFORCED),
        default_power_limit_w=gpu.number("W", *(f"{section}/default_power_limit" for section in POWER)),
        enforced_power_limit_w=gpu.number("W", *ENFORCED),
        power_profile=gpu.said("power_profiles/power_profile_enforced_profiles"),
        thermal_slowdown=_thermal(gpu),
        partitioned=_partitioned(gpu),
        virtualized=_virtualized(gpu),
        ecc_enabled={"Enabled": True, "Disabled": False}.get(gpu.element.at("ecc_mode/current_ecc") or ""),
        retired_memory_pages=_sum(
            gpu.count("retired_pages/multiple_single_bit_retirement/retired_count"),
            gpu.count("retired_pages/double_bit_retirement/retired_count"),
        ),
        remapped_memory_rows=_sum(
            gpu.count("remapped_rows/remapped_row_corr"), gpu.count("remapped_rows/remapped_row_unc")
        ),
        other_processes=_processes(gpu),
        limiters=tuple(_limiters(gpu)),
        device_name=gpu.said("product_name"),
        device_part_number=gpu.said("gpu_part_number") or gpu.said("board_part_number"),
        links=(_pcie(gpu), NVLINK_NOT_COUNTED),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _thermal(gpu: Gpu) -> bool | None:
    """Was it slowed by heat when it was asked? An idle device shows nothing, whatever it says."""
    said = (gpu.active("sw_thermal_slowdown"), gpu.active("hw_thermal_slowdown"))
    if True in said:
        return True
    return None if None in said or gpu.active("gpu_idle") is not False else False


def _partitioned(gpu: Gpu) -> bool | None:
    # The driver prints N/A where the device has no such mode; inside a virtual GPU it has none either.
    words = gpu.element.at("mig_mode/current_mig")
    if words == "N/A":
        return None if _virtualized(gpu) is not False else False
    return {"Enabled": True, "Disabled": False}.get(words or "")


def _virtualized(gpu: Gpu) -> bool | None:
    """A device that is passed through is a whole one; VGPU, host VGPU and VSGA are shares."""
    words = (gpu.element.at("gpu_virtualization_mode/virtualization_mode") or "N/A").lower()
    if words in ("none", "pass-through"):
        return False
    return True if "vgpu" in words or "vsga" in words else None


def _processes(gpu: Gpu) -> int | None:
    """Count the processes that compute; a display's are not of this kind."""
    sections = list(gpu.element.each("processes"))
    if not sections or sections[0].text not in ("", "None"):
        return None
    return sum("C" in (process.at("type") or "") for process in sections[0].each("process_info"))


def _limiters(gpu: Gpu) -> Iterator[Limiter]:
    for reason, name in REASONS.items():
        active = gpu.active(reason)
        counted = gpu.number("us", f"{COUNTED}{COUNTERS[name]}") if name in COUNTERS else None
        if active is not None or counted is not None:
            yield Limiter(name=name, active=active, before_us=None if counted is None else int(counted))


def _pcie(gpu: Gpu) -> Link:
    at = "pci/pci_gpu_link_info"
    highest = gpu.count(f"{at}/pcie_gen/max_device_link_gen") or gpu.count(f"{at}/pcie_gen/max_link_gen")
    lanes, most = (gpu.count(f"{at}/link_widths/{name}_link_width", 64) for name in ("current", "max"))
    now = gpu.count(f"{at}/pcie_gen/current_link_gen")
    # An idle device lets its bus slow down by design, so that its rate shows only where it works, or is the highest.
    shows = now == highest or gpu.active("gpu_idle") is False
    return pcie_by_generation(lanes, most, now if shows else None, highest)


def readings_of(gpu: Gpu) -> Iterator[ForeignReading]:
    """Yield what a lab report keeps as observations: draw, temperatures, clocks, counts of errors."""
    for name, paths, unit in OBSERVED:
        for path in paths:
            value = gpu.number(unit, path)
            if value is not None:
                yield _observed(gpu, path, name, value, unit)
                break
    for span in ("volatile", "aggregate"):
        for name, below in ECC.items():
            counts = [gpu.count(f"ecc_errors/{span}/{one}", 10**18) for one in below]
            known = [one for one in counts if one is not None]
            if known:
                yield _observed(gpu, f"ecc_errors/{span}", f"ecc-{name}-{span}", Decimal(sum(known)), "1")
    for n, slice_ in enumerate(gpu.element.each("mig_devices/mig_device")):
        yield from _slice(gpu, n, slice_)


def _slice(gpu: Gpu, n: int, slice_: Element) -> Iterator[ForeignReading]:
    units = figure(slice_.at("device_attributes/shared/multiprocessor_count") or "")
    memory = figure_with_unit(slice_.at("fb_memory_usage/total") or "")
    place = f"mig_devices/mig_device[{n}]"
    if units is not None:
        yield _observed(gpu, place, "mig-multiprocessors", units, "1")
    if memory is not None and memory[1] in _CAPACITIES:
        yield _observed(gpu, place, "mig-memory", memory[0], memory[1])


def _observed(gpu: Gpu, path: str, name: str, value: Decimal, unit: str) -> ForeignReading:
    return ForeignReading(place=f"{gpu.key}/{path}", device=gpu.key, name=name, value=value, unit=unit)


def remarks_of(gpu: Gpu) -> Iterator[str]:
    """Yield what a reader of the report must know of this GPU."""
    slices = list(gpu.element.each("mig_devices/mig_device"))
    if _partitioned(gpu):
        units = [figure(one.at("device_attributes/shared/multiprocessor_count") or "") for one in slices]
        known = " + ".join(str(one) for one in units if one is not None)[:200]
        yield f"{gpu.key}: MIG is on, with {count_of(len(slices), 'slice')}: {known or 'unknown'} multiprocessors"
    if gpu.active("gpu_idle"):
        yield f"{gpu.key}: read while it was idle: what would limit it under load does not show"
    if gpu.element.at("gpu_virtualization_mode/virtualization_mode") == "Pass-Through":
        yield f"{gpu.key}: passed through to a virtual machine: the host does not show"
    held = [limiter for limiter in _limiters(gpu) if limiter.active]
    if held:
        yield f"{gpu.key}: held down when it was read: {', '.join(limiter.name for limiter in held)}"
    for limiter in _limiters(gpu):
        if limiter.before_us:
            seconds = EXACT.scaleb(Decimal(limiter.before_us), -6)
            yield f"{gpu.key}: {seconds.normalize():f} s under {limiter.name} since its counter began"
    yield from _health(gpu)
    odd = [path for path in sorted(LOOKED_AT) if (gpu.element.at(path) or "") and _is_no_answer(gpu, path)]
    if odd:
        words = sorted({printable(gpu.element.at(path), 60) for path in odd})
        yield f"{gpu.key}: {', '.join(odd[:8])}: {' / '.join(words[:3])}: no figure, and so unknown"


def _is_no_answer(gpu: Gpu, path: str) -> bool:
    words = (gpu.element.at(path) or "").lower()
    return "deprecated" in words or "error" in words or words.startswith("err!") or "insufficient" in words


def _health(gpu: Gpu) -> Iterator[str]:
    for span in ("volatile", "aggregate"):
        below = [*ECC["sram-uncorrectable"], *ECC["dram-uncorrectable"], *ECC["uncorrected"]]
        wrong = sum(gpu.count(f"ecc_errors/{span}/{one}", 10**18) or 0 for one in below)
        if wrong:
            yield f"{gpu.key}: {count_of(wrong, 'uncorrectable memory error')} counted ({span})"
    for path, what in (
        ("remapped_row_pending", "rows wait to be remapped"),
        ("remapped_row_failure", "a remap failed"),
    ):
        if gpu.element.at(f"remapped_rows/{path}") == "Yes":
            yield f"{gpu.key}: {what}"
    retired = _sum(
        gpu.count("retired_pages/multiple_single_bit_retirement/retired_count"),
        gpu.count("retired_pages/double_bit_retirement/retired_count"),
    )
    if retired:
        yield f"{gpu.key}: {count_of(retired, 'memory page')} retired"
