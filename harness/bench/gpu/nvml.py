"""What an NVIDIA device shows of itself, through NVML (nvidia-ml-py). Settings are read and never changed."""

import ctypes
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harness.bench.figures import figure
from harness.bench.gpu.asked import Library, added, counted, scaled, whole, words
from harness.bench.gpu.nvml_links import links_of
from harness.model.bench_raw import BenchCounters, BenchReading
from harness.model.device_state import Limiter, LimiterName, Link, UnitState

# Bits of the reasons for which a clock is held down (nvml.h); the last two were dropped with the new names.
_REASONS: dict[LimiterName, int] = {
    "application-clocks": 0x2,
    "software-power-cap": 0x4,
    "hardware-slowdown": 0x8,
    "sync-boost": 0x10,
    "software-thermal": 0x20,
    "hardware-thermal": 0x40,
    "power-brake": 0x80,
    "board-limit": 0x200,
    "reliability": 0x400,
}
# Counters of the time under a limiter, in nanoseconds; the names that are tried, the newest first.
_COUNTERS: dict[LimiterName, tuple[str, ...]] = {
    "application-clocks": ("NVML_FI_DEV_PERF_POLICY_TOTAL_APP_CLOCKS",),
    "software-power-cap": ("NVML_FI_DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP", "NVML_FI_DEV_PERF_POLICY_POWER"),
    "sync-boost": ("NVML_FI_DEV_CLOCKS_EVENT_REASON_SYNC_BOOST", "NVML_FI_DEV_PERF_POLICY_SYNC_BOOST"),
    "software-thermal": ("NVML_FI_DEV_CLOCKS_EVENT_REASON_SW_THERM_SLOWDOWN", "NVML_FI_DEV_PERF_POLICY_THERMAL"),
    "hardware-thermal": ("NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN",),
    "power-brake": ("NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN",),
    "board-limit": ("NVML_FI_DEV_PERF_POLICY_BOARD_LIMIT",),
    "reliability": ("NVML_FI_DEV_PERF_POLICY_RELIABILITY",),
}
_THERMAL = 0x20 | 0x40
# Fields of c_nvmlValue_t, by the type that a field value names.
_FIELDS = ("dVal", "uiVal", "ulVal", "ullVal", "sllVal", "siVal", "usVal")


def library(module: Any) -> Library:
    """Return NVML as a library that may refuse."""
    lost = {
        getattr(module, f"NVML_ERROR_{name}", None) for name in ("GPU_IS_LOST", "RESET_REQUIRED", "DRIVER_NOT_LOADED")
    }

    def is_lost(error: BaseException) -> bool:
        return getattr(error, "value", None) in lost - {None}

    return Library(module=module, error=module.NVMLError, is_lost=is_lost)


@dataclass(frozen=True, kw_only=True, slots=True)
class NvmlShown:
    """One device through NVML. `woken` uses the bus, which trains down when nobody does."""

    nvml: Library
    handle: Any
    units: int | None = None
    cache_bytes: int | None = None
    woken: Callable[[], object] = lambda: None

    def _ask(self, name: str, *arguments: Any) -> Any:
        return self.nvml.ask(f"nvmlDeviceGet{name}", self.handle, *arguments)

    def state(self) -> UnitState:
        constant, ask = self.nvml.constant, self._ask
        sm, memory = constant("NVML_CLOCK_SM"), constant("NVML_CLOCK_MEM")
        active = self._reasons()
        total = whole(getattr(ask("MemoryInfo"), "total", None))
        return UnitState(
            processing_units_enabled=self.units,
            max_sm_clock_mhz=scaled(ask("MaxClockInfo", sm)),
            application_sm_clock_mhz=scaled(ask("ApplicationsClock", sm)),
            max_memory_clock_mhz=scaled(ask("MaxClockInfo", memory)),
            memory_bus_width_bits=counted(ask("MemoryBusWidth")),
            memory_total=scaled(total),
            memory_total_unit="B",
            last_level_cache_bytes=self.cache_bytes,
            power_limit_w=scaled(ask("PowerManagementLimit"), 3),
            default_power_limit_w=scaled(ask("PowerManagementDefaultLimit"), 3),
            enforced_power_limit_w=scaled(ask("EnforcedPowerLimit"), 3),
            power_profile=self._power_profile(),
            thermal_slowdown=None if active is None else bool(active & _THERMAL),
            partitioned=_is_on(_first(ask("MigMode"))),
            virtualized=self._virtualized(),
            ecc_enabled=_is_on(_first(ask("EccMode"))),
            retired_memory_pages=self._retired_pages(),
            remapped_memory_rows=self._remapped_rows(),
            other_processes=self._other_processes(),
            limiters=() if active is None else tuple(_limiter(name, active) for name in _REASONS),
            device_name=words(ask("Name")),
            device_part_number=words(ask("BoardPartNumber")),
        )

    def counters(self) -> BenchCounters:
        constant, ask = self.nvml.constant, self._ask
        times = {name: self.field(*names) for name, names in _COUNTERS.items()}
        kinds = constant("NVML_MEMORY_ERROR_TYPE_UNCORRECTED"), constant("NVML_MEMORY_ERROR_TYPE_CORRECTED")
        volatile = constant("NVML_VOLATILE_ECC")
        return BenchCounters(
            energy_j=scaled(ask("TotalEnergyConsumption"), 3),
            limiters_us={name: count // 1000 for name, value in times.items() if (count := whole(value)) is not None},
            memory_errors=whole(added(whole(ask("TotalEccErrors", kind, volatile)) for kind in kinds)),
            bus_replays=whole(ask("PcieReplayCounter")),
        )

    def reading(self, at_s: float) -> BenchReading:
        constant, ask = self.nvml.constant, self._ask
        active = self._reasons()
        return BenchReading(
            at_s=figure(at_s, 6) or Decimal(0),
            sm_clock_mhz=scaled(ask("ClockInfo", constant("NVML_CLOCK_SM"))),
            memory_clock_mhz=scaled(ask("ClockInfo", constant("NVML_CLOCK_MEM"))),
            power_w=self._power(),
            temperature_celsius=scaled(ask("Temperature", constant("NVML_TEMPERATURE_GPU"))),
            memory_temperature_celsius=scaled(self.field("NVML_FI_DEV_MEMORY_TEMP")),
            utilization=scaled(getattr(ask("UtilizationRates"), "gpu", None), 2),
            active_limiters=None if active is None else tuple(name for name, bit in _REASONS.items() if active & bit),
        )

    def links(self) -> tuple[Link, ...] | None:
        self.woken()
        return links_of(self._ask, self.field, self.nvml)

    def sm_clock_mhz(self) -> float | None:
        """Return the clock of this moment: the one call that is quick enough to be made within a burst."""
        return whole(self._ask("ClockInfo", self.nvml.constant("NVML_CLOCK_SM")))

    def field(self, *names: str, scope: int | None = None) -> int | float | None:
        """Return the value of a field by the first of its names for which this version and the device have one."""
        why = "not in this version of the library"
        for wanted in dict.fromkeys(self.nvml.constant(name) for name in names):
            if wanted is None:
                continue
            found = self._ask("FieldValues", [wanted if scope is None else (wanted, scope)])
            if found and not found[0].nvmlReturn:
                return _number(found[0])
            why = "the device has no value for it" if found else "no field is read"
        self.nvml.refused.setdefault(names[0], why)
        return None

    def _power(self) -> Decimal | None:
        """The power of this moment; the older call gives a mean of the last second, which lags."""
        now = scaled(self.field("NVML_FI_DEV_POWER_INSTANT"), 3)
        return now if now is not None else scaled(self._ask("PowerUsage"), 3)

    def _reasons(self) -> int | None:
        """The old name and the new one are the same call."""
        name = "CurrentClocksEventReasons"
        if getattr(self.nvml.module, f"nvmlDeviceGet{name}", None) is None:
            name = "CurrentClocksThrottleReasons"
        return whole(self._ask(name))

    def _power_profile(self) -> str | None:
        """A profile that is enforced, such as one that saves power; None where none is, or where none can be."""
        made = self.nvml.constant("c_nvmlWorkloadPowerProfileCurrentProfiles_v1_t")
        if made is None:
            return None
        found = made()
        # This call hands on what it is given; the structure itself would be copied where its address belongs.
        place = ctypes.byref(found)
        if self.nvml.ask("nvmlDeviceWorkloadPowerProfileGetCurrentProfiles", self.handle, place) is None:
            return None
        masks = list(found.enforcedProfilesMask.mask)
        on = [32 * n + bit for n, mask in enumerate(masks) for bit in range(32) if mask >> bit & 1]
        return f"workload power profile {', '.join(str(one) for one in on)}" if on else None

    def _virtualized(self) -> bool | None:
        """A device that is passed through whole is all there; a virtual one is a share."""
        mode = whole(self._ask("VirtualizationMode"))
        whole_modes = {
            self.nvml.constant(f"NVML_GPU_VIRTUALIZATION_MODE_{name}") for name in ("NONE", "PASSTHROUGH")
        } - {None}
        return None if mode is None or not whole_modes else mode not in whole_modes

    def _retired_pages(self) -> int | None:
        causes = ("MULTIPLE_SINGLE_BIT_ECC_ERRORS", "DOUBLE_BIT_ECC_ERROR")
        pages = [
            self._ask("RetiredPages", self.nvml.constant(f"NVML_PAGE_RETIREMENT_CAUSE_{cause}")) for cause in causes
        ]
        return counted(added(None if found is None else len(found) for found in pages))

    def _remapped_rows(self) -> int | None:
        found = self._ask("RemappedRows")
        return None if found is None else counted(added(counted(count) for count in list(found)[:2]))

    def _other_processes(self) -> int | None:
        """Processes beside this one. Where ids are those of another namespace, nobody can tell which is this one."""
        found = [self._ask(f"{kind}RunningProcesses") for kind in ("Compute", "Graphics")]
        if found[0] is None:
            return None
        pids = {process.pid for some in found if some for process in some}
        return len(pids - {os.getpid()}) if os.getpid() in pids or not pids else None


def _number(found: Any) -> int | float | None:
    kind = found.valueType
    value = getattr(found.value, _FIELDS[kind], None) if 0 <= kind < len(_FIELDS) else None
    return value if isinstance(value, int | float) else None


def _first(pair: Sequence[object] | None) -> object:
    """Of a mode that is on now and one that is on after the next start, the first counts."""
    return pair[0] if pair else None


def _is_on(mode: object) -> bool | None:
    number = whole(mode)
    return None if number is None else number == 1


def _limiter(name: LimiterName, active: int) -> Limiter:
    return Limiter(name=name, active=bool(active & _REASONS[name]))
