"""Which library shows a device: NVML, AMD SMI, or PyTorch alone; and the identity that it gives."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harness.bench.device import Shown
from harness.bench.figures import figure
from harness.bench.gpu import amd_smi, nvml
from harness.bench.gpu.answers import told
from harness.bench.gpu.asked import Library, words
from harness.model.bench_raw import BenchCounters, BenchReading
from harness.model.device_state import Link, UnitState


@dataclass(frozen=True, kw_only=True, slots=True)
class Shows:
    """What shows a device, the identity that it gives, and what a reader must know of it."""

    shown: Shown
    identity: dict[str, str | None]
    remarks: tuple[str, ...]
    clock: Callable[[], float | None] = lambda: None


def nvidia_shows(properties: Any, units: int, cache: int | None, woken: Callable[[], object]) -> Shows | str:
    """Return NVML for a device, or in words why there is none."""
    found = _nvidia(properties)
    if isinstance(found, str):
        return found
    library, handle = found
    shown = nvml.NvmlShown(nvml=library, handle=handle, units=units, cache_bytes=cache, woken=woken)
    return Shows(
        shown=shown,
        identity=_nvidia_identity(library, handle),
        remarks=_read_once(shown, library),
        clock=shown.sm_clock_mhz,
    )


def amd_shows(properties: Any, units: int, cache: int | None, woken: Callable[[], object]) -> Shows | str:
    """Return AMD SMI for a device, or in words why there is none."""
    found = _amd(properties)
    if isinstance(found, str):
        return found
    library, handle = found
    shown = amd_smi.AmdShown(
        smi=library,
        handle=handle,
        units=units,
        cache_bytes=cache,
        memory_bytes=int(properties.total_memory),
        woken=woken,
    )
    identity = _amd_identity(shown)
    remarks = (*_read_once(shown, library), *_parts(library, handle))
    return Shows(shown=shown, identity=identity, remarks=remarks, clock=shown.sm_clock_mhz)


def _read_once(shown: Shown, library: Library) -> tuple[str, ...]:
    """Read everything once, so that what cannot be read is known, and said, before anything runs."""
    shown.state(), shown.counters(), shown.reading(0.0), shown.links()
    return library.remarks("telemetry")


def _place(properties: Any) -> str | None:
    """Where on the bus a device is; by it one library's device is found in another."""
    parts = [getattr(properties, f"pci_{part}_id", None) for part in ("domain", "bus", "device")]
    numbers = [part for part in parts if isinstance(part, int)]
    return "{:08X}:{:02X}:{:02X}.0".format(*numbers) if len(numbers) == len(parts) else None


def _nvidia(properties: Any) -> tuple[Library, Any] | str:
    """Return NVML and the handle of this device, or why there is none."""
    try:
        module = importlib.import_module("pynvml")
    except ImportError:
        return "nvidia-ml-py is not installed"
    library = nvml.library(module)
    try:
        module.nvmlInit()
    except library.error as error:
        return f"NVML does not start: {error}"
    uuid, place = words(str(getattr(properties, "uuid", ""))), _place(properties)
    handle = None
    if uuid is not None:
        # Bytes, which every version takes; older ones take no text.
        full = uuid if uuid.startswith(("GPU-", "MIG-")) else f"GPU-{uuid}"
        handle = library.ask("nvmlDeviceGetHandleByUUID", full.encode())
    if handle is None and place is not None:
        handle = library.ask("nvmlDeviceGetHandleByPciBusId", place.encode())
    if handle is None:
        return f"NVML does not know the device with UUID {uuid} at {place}"
    library.refused.clear()
    return library, handle


def _nvidia_identity(library: Library, handle: Any) -> dict[str, str | None]:
    def said(name: str) -> str | None:
        return words(library.ask(f"nvmlDeviceGet{name}", handle))

    firmware = {
        "VBIOS": said("VbiosVersion"),
        "InfoROM": said("InforomImageVersion"),
        "GSP": said("GspFirmwareVersion"),
    }
    return {
        "name": said("Name") or "NVIDIA accelerator",
        "serial": said("Serial"),
        "device_uuid": said("UUID"),
        "part_number": said("BoardPartNumber"),
        "driver": _labelled("NVIDIA driver", words(library.ask("nvmlSystemGetDriverVersion"))),
        "firmware": ", ".join(f"{name} {value}" for name, value in firmware.items() if value)[:300] or None,
    }


def _labelled(label: str, value: str | None) -> str | None:
    return None if value is None else f"{label} {value}"


def _amd(properties: Any) -> tuple[Library, Any] | str:
    """Return AMD SMI and the handle of this device, or why there is none."""
    try:
        module = importlib.import_module("amdsmi")
    except (ImportError, OSError, KeyError):
        # Without its shared library the module stumbles over itself.
        return "amdsmi is not installed, or its library is not there"
    library = amd_smi.library(module)
    try:
        module.amdsmi_init()
    except library.error as error:
        return f"AMD SMI does not start: {error}"
    place = (_place(properties) or "")[4:].lower()
    for handle in library.ask("amdsmi_get_processor_handles") or ():
        if words(library.ask("amdsmi_get_gpu_device_bdf", handle)) == place:
            library.refused.clear()
            return library, handle
    return f"AMD SMI does not know the device at {place or 'an unknown place'}"


def _amd_identity(shown: amd_smi.AmdShown) -> dict[str, str | None]:
    asic, board = shown.table("gpu_asic_info"), shown.table("gpu_board_info")
    driver, bios = shown.table("gpu_driver_info"), shown.table("gpu_vbios_info")
    return {
        "serial": words(board.get("product_serial")) or words(asic.get("asic_serial")),
        "device_uuid": words(shown.smi.ask("amdsmi_get_gpu_device_uuid", shown.handle)),
        "part_number": words(board.get("model_number")),
        "driver": _labelled("amdgpu", words(driver.get("driver_version"))),
        "firmware": _labelled("VBIOS", words(bios.get("version")) or words(bios.get("part_number"))),
    }


def _parts(library: Library, handle: Any) -> tuple[str, ...]:
    """Say how the package is divided: a part of one shows itself as a device of its own."""
    said = []
    memory = words(library.ask("amdsmi_get_gpu_memory_partition", handle))
    if memory not in (None, "NPS1"):
        said.append(f"the memory is partitioned: {memory}")
    own = words((library.ask("amdsmi_get_gpu_board_info", handle) or {}).get("product_serial"))
    others = [
        other
        for other in library.ask("amdsmi_get_processor_handles") or ()
        if own is not None
        and words((library.ask("amdsmi_get_gpu_board_info", other) or {}).get("product_serial")) == own
    ]
    if len(others) > 1:
        said.append(f"one of {len(others)} devices on board {own}: every figure is of this part of the package")
    return tuple(said)


class OnlyTorch:
    """What PyTorch itself knows of a device, where no library shows more: no clock, no power, no limits."""

    def __init__(self, *, torch: Any, device: Any, units: int, cache_bytes: int | None) -> None:
        self.torch, self.device, self.units, self.cache_bytes = torch, device, units, cache_bytes

    def state(self) -> UnitState:
        with told(self.torch, "memory"):
            _, total = self.torch.cuda.mem_get_info(self.device)
        return UnitState(
            processing_units_enabled=self.units,
            memory_total=Decimal(total),
            memory_total_unit="B",
            last_level_cache_bytes=self.cache_bytes,
        )

    def counters(self) -> BenchCounters:
        return BenchCounters()

    def reading(self, at_s: float) -> BenchReading:
        return BenchReading(at_s=figure(at_s, 6) or Decimal(0))

    def links(self) -> tuple[Link, ...] | None:
        return None
