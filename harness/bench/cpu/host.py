"""What the host shows of its processor: read from /proc and /sys, null where it is not there."""

import os
import platform
import re
from decimal import Decimal
from pathlib import Path

from harness.bench.figures import figure
from harness.model.bench_raw import BenchCounters, BenchReading
from harness.model.device_state import Link, UnitState

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_CPU = Path("/sys/devices/system/cpu")


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def cpu_field(name: str) -> str | None:
    """Return a field of the first processor in /proc/cpuinfo."""
    found = re.search(rf"^{re.escape(name)}\s*:\s*(.+)$", _text("/proc/cpuinfo"), re.MULTILINE)
    return found.group(1).strip() if found else None


def model_name() -> str:
    """Return what the processor calls itself."""
    return (cpu_field("model name") or platform.processor() or platform.machine() or "processor")[:300]


def memory_bytes(field: str) -> int | None:
    """Return a field of /proc/meminfo, such as MemAvailable."""
    found = re.search(rf"^{field}:\s+([0-9]+) kB$", _text("/proc/meminfo"), re.MULTILINE)
    return int(found.group(1)) * 1024 if found else None


def last_level_cache_bytes() -> int | None:
    """Return the largest cache that the system reports; on a virtual machine it is shared with others."""
    sizes = [_text(path).strip() for path in _CPU.glob("cpu0/cache/index*/size")]
    found = [re.fullmatch(r"([0-9]+)([KM])", size) for size in sizes]
    return max((int(one.group(1)) * {"K": 2**10, "M": 2**20}[one.group(2)] for one in found if one), default=None)


def usable_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def placement() -> str:
    """Return threads, affinity and memory nodes, in words."""
    nodes = len(list(Path("/sys/devices/system/node").glob("node[0-9]*"))) or 1
    return f"{usable_processors()} of {os.cpu_count()} processors usable, {nodes} memory node{'s' if nodes > 1 else ''}"


def _megahertz(kilohertz: str) -> Decimal | None:
    return figure(int(kilohertz) / 1000) if kilohertz.strip().isdigit() else None


class HostShown:
    """The processor as a device that shows little: no power, no limiter counters, often no clock of its own."""

    def state(self) -> UnitState:
        flags = cpu_field("flags")
        return UnitState(
            processing_units_enabled=usable_processors(),
            max_sm_clock_mhz=_megahertz(_text(_CPU / "cpu0/cpufreq/cpuinfo_max_freq")),
            application_sm_clock_mhz=_megahertz(_text(_CPU / "cpu0/cpufreq/scaling_max_freq")),
            # Memory of the host is not packaged with the chip: `memory_total` would count it so.
            last_level_cache_bytes=last_level_cache_bytes(),
            virtualized=None if flags is None else "hypervisor" in flags.split(),
            device_name=model_name(),
        )

    def counters(self) -> BenchCounters:
        found = re.match(r"cpu(?:\s+[0-9]+){7}\s+([0-9]+)", _text("/proc/stat"))
        load = _text("/proc/loadavg").split()
        return BenchCounters(
            stolen_s=figure(int(found.group(1)) / _TICKS) if found else None,
            load=figure(float(load[0])) if load else None,
        )

    def reading(self, at_s: float) -> BenchReading:
        clock = cpu_field("cpu MHz")
        zone = _text("/sys/class/thermal/thermal_zone0/temp").strip()
        return BenchReading(
            at_s=figure(at_s, 6) or Decimal(0),
            sm_clock_mhz=figure(float(clock)) if clock else None,
            temperature_celsius=figure(int(zone) / 1000) if zone.isdigit() else None,
        )

    def links(self) -> tuple[Link, ...] | None:
        return None
