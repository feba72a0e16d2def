"""What an AMD device shows of itself, through AMD SMI. Settings are read and never changed.

Its answers are tables in which "N/A" stands for what is not known, and whose keys changed between versions.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harness.bench.figures import figure
from harness.bench.gpu.asked import Library, counted, scaled, whole, words
from harness.model.bench_raw import BenchCounters, BenchReading
from harness.model.device_state import Limiter, LimiterName, Link, UnitState

# Flags of the violation status, and the limiter that each is.
_LIMITERS: dict[LimiterName, tuple[str, ...]] = {
    "software-power-cap": ("active_ppt_pwr",),
    "hardware-slowdown": ("active_prochot_thrm",),
    "hardware-thermal": ("active_socket_thrm", "active_vr_thrm", "active_hbm_thrm"),
}
_WHOLE = "SPX"
# A power limit is in microwatts; older versions gave watts. No device has a limit of a tenth of a watt.
_LEAST_MICROWATTS = 100_000


def library(module: Any) -> Library:
    """Return AMD SMI as a library that may refuse; some of its calls stumble over what an older driver gives."""
    codes = [getattr(getattr(module, "AmdSmiRetCode", None), name, None) for name in ("NOT_INIT", "DRM_ERROR")]
    lost = {int(code) for code in codes if code is not None}

    def is_lost(error: BaseException) -> bool:
        return getattr(error, "err_code", None) in lost

    errors = (module.AmdSmiException, KeyError, ValueError, AttributeError)
    return Library(module=module, error=errors, is_lost=is_lost)


@dataclass(frozen=True, kw_only=True, slots=True)
class AmdShown:
    """One device through AMD SMI."""

    smi: Library
    handle: Any
    units: int | None = None
    cache_bytes: int | None = None
    memory_bytes: int | None = None
    woken: Callable[[], object] = lambda: None

    def table(self, name: str, *arguments: Any) -> Mapping[str, Any]:
        """Return what a call answers as a table; an empty one where it refuses."""
        found = self.smi.ask(f"amdsmi_get_{name}", self.handle, *arguments)
        return found if isinstance(found, Mapping) else {}

    def _constant(self, kind: str, *names: str) -> Any:
        group = self.smi.constant(kind)
        return next((value for name in names if (value := getattr(group, name, None)) is not None), None)

    def state(self) -> UnitState:
        clock = self.table("clock_info", self._constant("AmdSmiClkType", "GFX", "SYS"))
        memory = self.table("clock_info", self._constant("AmdSmiClkType", "MEM"))
        cap, asic, board = self.table("power_cap_info"), self.table("gpu_asic_info"), self.table("gpu_board_info")
        active = self._active()
        partition = words(self.smi.ask("amdsmi_get_gpu_compute_partition", self.handle))
        units = counted(asic.get("num_compute_units"))
        # The most that a user may set below the most that there is: the clock is held.
        return UnitState(
            processing_units_enabled=units if units is not None else self.units,
            max_sm_clock_mhz=scaled(_first(clock, "max_clk", "max_clock")),
            application_sm_clock_mhz=self._clock_allowed(clock),
            max_memory_clock_mhz=scaled(_first(memory, "max_clk", "max_clock")),
            memory_bus_width_bits=counted(self.table("gpu_vram_info").get("vram_bit_width")),
            memory_total=scaled(self.memory_bytes),
            memory_total_unit="B",
            last_level_cache_bytes=self.cache_bytes,
            power_limit_w=_watts(cap.get("power_cap")),
            default_power_limit_w=_watts(cap.get("default_power_cap")),
            power_profile=self._performance_level(),
            thermal_slowdown=None if active is None else "hardware-thermal" in active,
            partitioned=None if partition is None else partition != _WHOLE,
            virtualized=self._virtualized(),
            ecc_enabled=self._ecc(),
            retired_memory_pages=_length(self.smi.ask("amdsmi_get_gpu_bad_page_info", self.handle)),
            other_processes=self._other_processes(),
            limiters=() if active is None else tuple(Limiter(name=name, active=name in active) for name in _LIMITERS),
            device_name=words(asic.get("market_name")),
            device_part_number=words(board.get("model_number")),
        )

    def counters(self) -> BenchCounters:
        energy, ecc = self.table("energy_count"), self.table("gpu_total_ecc_count")
        count, step = whole(_first(energy, "energy_accumulator", "power")), energy.get("counter_resolution")
        errors = [whole(ecc.get(f"{kind}_count")) for kind in ("correctable", "uncorrectable")]
        known = [error for error in errors if error is not None]
        return BenchCounters(
            # The counter's step is in microjoules.
            energy_j=figure(count * step / 1e6) if count is not None and isinstance(step, int | float) else None,
            memory_errors=sum(known) if len(known) == len(errors) else None,
            bus_replays=whole(self._bus().get("pcie_replay_count")),
        )

    def reading(self, at_s: float) -> BenchReading:
        power, metric = self.table("power_info"), self._constant("AmdSmiTemperatureMetric", "CURRENT")
        hot, memory = (
            self.smi.ask("amdsmi_get_temp_metric", self.handle, self._constant("AmdSmiTemperatureType", *names), metric)
            for names in (("HOTSPOT", "JUNCTION", "EDGE"), ("VRAM",))
        )
        return BenchReading(
            at_s=figure(at_s, 6) or Decimal(0),
            sm_clock_mhz=_number(self.sm_clock_mhz()),
            memory_clock_mhz=self._clock("MEM"),
            power_w=scaled(_first(power, "current_socket_power", "average_socket_power", "socket_power")),
            temperature_celsius=scaled(hot),
            memory_temperature_celsius=scaled(memory),
            utilization=scaled(self.table("gpu_activity").get("gfx_activity"), 2),
        )

    def links(self) -> tuple[Link, ...] | None:
        self.woken()
        found = tuple(one for one in (self._xgmi(), self._pcie()) if one is not None)
        return found or None

    def sm_clock_mhz(self) -> float | None:
        """Return the clock of this moment."""
        clock = self._clock("GFX", "SYS")
        return None if clock is None else float(clock)

    def _clock(self, *names: str) -> Decimal | None:
        found = self.table("clock_info", self._constant("AmdSmiClkType", *names))
        return scaled(_first(found, "clk", "cur_clk"))

    def _clock_allowed(self, clock: Mapping[str, Any]) -> Decimal | None:
        """The clock that is set: the highest one, unless it says that it is locked to what it is at."""
        locked = clock.get("clk_locked")
        if not isinstance(locked, bool | int):
            return None
        return scaled(_first(clock, "clk", "cur_clk") if locked else _first(clock, "max_clk", "max_clock"))

    def _performance_level(self) -> str | None:
        level = words(self.smi.ask("amdsmi_get_gpu_perf_level", self.handle))
        return None if level is None or level.upper().endswith("AUTO") else level

    def _active(self) -> set[LimiterName] | None:
        """Limiters of this moment; the call waits a while, so that it is made before and after, not during tests."""
        found = self.table("violation_status")
        flags = {
            name: [found.get(key) for key in keys if isinstance(found.get(key), bool | int)]
            for name, keys in _LIMITERS.items()
        }
        return {name for name, seen in flags.items() if any(seen)} if any(flags.values()) else None

    def _virtualized(self) -> bool | None:
        found = self.smi.ask("amdsmi_get_gpu_virtualization_mode", self.handle)
        mode = found.get("mode") if isinstance(found, Mapping) else found
        name = getattr(mode, "name", None)
        return None if name is None or "UNKNOWN" in name else not ("BAREMETAL" in name or "PASSTHROUGH" in name)

    def _ecc(self) -> bool | None:
        block = self._constant("AmdSmiGpuBlock", "UMC")
        mask = whole(self.smi.ask("amdsmi_get_gpu_ecc_enabled", self.handle))
        return None if mask is None or block is None else bool(mask & int(block))

    def _other_processes(self) -> int | None:
        found = self.smi.ask("amdsmi_get_gpu_process_list", self.handle)
        if not isinstance(found, list):
            return None
        pids = {process.get("pid") for process in found if isinstance(process, Mapping)}
        return len(pids - {os.getpid()}) if os.getpid() in pids or not pids else None

    def _bus(self) -> Mapping[str, Any]:
        metric = self.table("pcie_info").get("pcie_metric")
        return metric if isinstance(metric, Mapping) else {}

    def _pcie(self) -> Link | None:
        """The bus: its speeds are in MT/s, of which each carries a bit per lane."""
        fixed, now = self.table("pcie_info").get("pcie_static"), self._bus()
        most = fixed if isinstance(fixed, Mapping) else {}
        rate = scaled(now.get("pcie_speed"), 3)
        link = Link(
            name="PCIe lane",
            count=counted(now.get("pcie_width")),
            physical_count=counted(most.get("max_pcie_width")),
            rate=rate or None,
            maximum_rate=scaled(most.get("max_pcie_speed"), 3) or None,
            unit="Gbit/s",
        )
        return link if link.count or link.physical_count else None

    def _xgmi(self) -> Link | None:
        """Links between packages: those that are up, of those that there are; the rate is one way, in Gbit/s."""
        status = self.table("gpu_xgmi_link_status")
        states, there = status.get("status"), counted(status.get("total_links"))
        if not isinstance(states, list) or not there:
            return None
        listed = self.table("link_metrics").get("links")
        rates = {
            whole(link.get("max_bandwidth"))
            for link in (listed if isinstance(listed, list) else ())
            if isinstance(link, Mapping)
        } - {None, 0}
        rate = scaled(rates.pop()) if len(rates) == 1 else None
        return Link(name="XGMI", count=states.count("U"), physical_count=there, rate=rate, unit="Gbit/s")


def _first(table: Mapping[str, Any], *keys: str) -> Any:
    return next((table[key] for key in keys if whole(table.get(key)) is not None), None)


def _number(value: float | None) -> Decimal | None:
    return None if value is None else figure(value)


def _watts(value: object) -> Decimal | None:
    limit = scaled(value)
    return None if limit is None else (limit.scaleb(-6) if limit >= _LEAST_MICROWATTS else limit)


def _length(found: object) -> int | None:
    return len(found) if isinstance(found, list) else None
