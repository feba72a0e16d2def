"""nvidia-smi -q as text: the same log, indented by four, under other names. It is read as the XML that it would be.

Source:
    Real outputs of drivers 590 to 610 in utkuozdemir/nvidia_gpu_exporter `internal/captures`.
"""

import re

from harness.ingest.lines import lines_of, printable
from harness.ingest.safe_xml import Element
from harness.model.foreign import ForeignFile

_GPU = re.compile(r"GPU ([0-9A-Fa-f]{8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f])")
_HEAD = {
    "timestamp": "timestamp",
    "driver version": "driver_version",
    "kmd version": "kmd_version",
    "attached gpus": "attached_gpus",
}
# Sections whose entries have one beginning in the XML, and what it is.
_EVENTS = "clocks_event_reasons/clocks_event_reason_"
_COUNTED = "clocks_event_reasons_counters/clocks_event_reasons_counters_"
_REASONS = {
    "idle": "gpu_idle",
    "applications clocks setting": "applications_clocks_setting",
    "sw power cap": "sw_power_cap",
    "hw slowdown": "hw_slowdown",
    "hw slowdown/hw thermal slowdown": "hw_thermal_slowdown",
    "hw slowdown/hw power brake slowdown": "hw_power_brake_slowdown",
    "sync boost": "sync_boost",
    "sw thermal slowdown": "sw_thermal_slowdown",
    "display clock setting": "display_clocks_setting",
}
_COUNTERS = {
    "sw power capping": "sw_power_cap",
    "sync boost": "sync_boost",
    "sw thermal slowdown": "sw_therm_slowdown",
    "hw thermal slowdown": "hw_therm_slowdown",
    "hw power braking": "hw_power_brake",
}
_POWER = {
    "average power draw": "average_power_draw",
    "instantaneous power draw": "instant_power_draw",
    "power draw": "power_draw",
    "current power limit": "current_power_limit",
    "requested power limit": "requested_power_limit",
    "default power limit": "default_power_limit",
    "min power limit": "min_power_limit",
    "max power limit": "max_power_limit",
}
_OLD_POWER = {**_POWER, "power limit": "power_limit", "enforced power limit": "enforced_power_limit"}
_ECC = {
    "sram correctable": "sram_correctable",
    "sram uncorrectable": "sram_uncorrectable",
    "sram uncorrectable parity": "sram_uncorrectable_parity",
    "sram uncorrectable sec-ded": "sram_uncorrectable_secded",
    "dram correctable": "dram_correctable",
    "dram uncorrectable": "dram_uncorrectable",
}
_TEMPERATURES = {
    "gpu current temp": "gpu_temp",
    "memory current temp": "memory_temp",
    "gpu shutdown temp": "gpu_temp_max_threshold",
    "gpu slowdown temp": "gpu_temp_slow_threshold",
    "gpu max operating temp": "gpu_temp_max_gpu_threshold",
    "memory max operating temp": "gpu_temp_max_mem_threshold",
}
_MAPPED: dict[str, str] = {
    "product name": "product_name",
    "serial number": "serial",
    "gpu uuid": "uuid",
    "vbios version": "vbios_version",
    "board part number": "board_part_number",
    "gpu part number": "gpu_part_number",
    "performance state": "performance_state",
    "processes": "processes",
    "mig mode/current": "mig_mode/current_mig",
    "gpu virtualization mode/virtualization mode": "gpu_virtualization_mode/virtualization_mode",
    "pci/bus id": "pci/pci_bus_id",
    "pci/gpu link info/pcie generation/max": "pci/pci_gpu_link_info/pcie_gen/max_link_gen",
    "pci/gpu link info/pcie generation/current": "pci/pci_gpu_link_info/pcie_gen/current_link_gen",
    "pci/gpu link info/pcie generation/device max": "pci/pci_gpu_link_info/pcie_gen/max_device_link_gen",
    "pci/gpu link info/link width/max": "pci/pci_gpu_link_info/link_widths/max_link_width",
    "pci/gpu link info/link width/current": "pci/pci_gpu_link_info/link_widths/current_link_width",
    "fb memory usage/total": "fb_memory_usage/total",
    "fb memory usage/reserved": "fb_memory_usage/reserved",
    "fb memory usage/used": "fb_memory_usage/used",
    "utilization/gpu": "utilization/gpu_util",
    "ecc mode/current": "ecc_mode/current_ecc",
    "retired pages/single bit ecc": "retired_pages/multiple_single_bit_retirement/retired_count",
    "retired pages/double bit ecc": "retired_pages/double_bit_retirement/retired_count",
    "remapped rows": "remapped_rows",
    "remapped rows/correctable error": "remapped_rows/remapped_row_corr",
    "remapped rows/uncorrectable error": "remapped_rows/remapped_row_unc",
    "remapped rows/pending": "remapped_rows/remapped_row_pending",
    "remapped rows/remapping failure occurred": "remapped_rows/remapped_row_failure",
    "workload power profiles/enforced profiles": "power_profiles/power_profile_enforced_profiles",
    "clocks/sm": "clocks/sm_clock",
    "clocks/graphics": "clocks/graphics_clock",
    "clocks/memory": "clocks/mem_clock",
    "applications clocks/graphics": "applications_clocks/graphics_clock",
    "applications clocks/memory": "applications_clocks/mem_clock",
    "default applications clocks/graphics": "default_applications_clocks/graphics_clock",
    "max clocks/sm": "max_clocks/sm_clock",
    "max clocks/graphics": "max_clocks/graphics_clock",
    "max clocks/memory": "max_clocks/mem_clock",
    "max customer boost clocks/graphics": "max_customer_boost_clocks/graphics_clock",
    "mig device/device attributes/shared/multiprocessor count": "device_attributes/shared/multiprocessor_count",
    "mig device/fb memory usage/total": "fb_memory_usage/total",
    "mig device/shared fb memory usage/total": "fb_memory_usage/total",
    **{f"clocks event reasons/{name}": f"{_EVENTS}{xml}" for name, xml in _REASONS.items()},
    **{f"clocks throttle reasons/{name}": f"{_EVENTS}{xml}" for name, xml in _REASONS.items()},
    **{f"clocks event reasons counters/{name}": f"{_COUNTED}{xml}" for name, xml in _COUNTERS.items()},
    **{f"gpu power readings/{name}": f"gpu_power_readings/{xml}" for name, xml in _POWER.items()},
    # Since driver 610 the three limits of the power stand one section deeper.
    **{
        f"gpu power readings/gpu ceiling power limit/{name}": f"gpu_power_readings/{xml}"
        for name, xml in _POWER.items()
    },
    **{f"power readings/{name}": f"power_readings/{xml}" for name, xml in _OLD_POWER.items()},
    **{
        f"ecc errors/{span}/{name}": f"ecc_errors/{span}/{xml}"
        for span in ("volatile", "aggregate")
        for name, xml in _ECC.items()
    },
    **{f"temperature/{name}": f"temperature/{xml}" for name, xml in _TEMPERATURES.items()},
}


def log_in_text(file: ForeignFile) -> tuple[Element, dict[str, int]]:
    """Return the log as an element, and how many values of each section have no counterpart in it.

    Raises:
        UnreadableInput: It is no text.
    """
    reader = _Reader()
    for number, line in lines_of(file):
        if not reader.take(number, line):
            break
    return reader.root, reader.rest


class _Reader:
    def __init__(self) -> None:
        self.root = Element(tag="nvidia_smi_log", attributes={}, line=1)
        self.rest: dict[str, int] = {}
        self._gpu: Element | None = None
        self._path: list[tuple[int, str]] = []
        self._begun = False

    def take(self, number: int, line: str) -> bool:
        """Take a line; False where a second log begins."""
        if "NVSMI LOG" in line:
            again, self._begun = self._begun, True
            return not again
        gpu = _GPU.fullmatch(line.strip())
        if gpu:
            self._gpu, self._path = Element(tag="gpu", attributes={"id": gpu.group(1)}, line=number), []
            self.root.children.append(self._gpu)
        elif self._begun:
            name, _, value = line.strip().partition(":")
            self._entry(number, len(line) - len(line.lstrip()), name.strip().lower(), value.strip())
        return True

    def _entry(self, number: int, indent: int, name: str, value: str) -> None:
        if self._gpu is None:
            if name in _HEAD and value:
                _put(self.root, _HEAD[name], number, value)
            return
        self._path = [(at, section) for at, section in self._path if at < indent]
        self._path.append((indent, name))
        path = "/".join(section for _, section in self._path)
        if path == "mig device":
            _put(self._gpu, "mig_devices/", number, "")
        if not value:
            return
        if path.startswith("processes/"):
            self._process(number, name, value)
        elif path in _MAPPED:
            _put(self._slice() if path.startswith("mig device/") else self._gpu, _MAPPED[path], number, value)
        elif value != "N/A":
            section = printable(self._path[0][1], 60)
            self.rest[section] = self.rest.get(section, 0) + 1

    def _slice(self) -> Element:
        """Return the slice that is being told of."""
        slices = next(child for child in self._gpu.children if child.tag == "mig_devices") if self._gpu else self.root
        return slices.children[-1]

    def _process(self, number: int, name: str, value: str) -> None:
        if name == "type" and self._gpu is not None:
            processes = next((one for one in self._gpu.children if one.tag == "processes"), None)
            if processes is None:
                processes = Element(tag="processes", attributes={}, line=number)
                self._gpu.children.append(processes)
            process = Element(tag="process_info", attributes={}, line=number)
            process.children.append(Element(tag="type", attributes={}, line=number, text=value))
            processes.children.append(process)


def _put(root: Element, path: str, number: int, value: str) -> None:
    """Put a value at a path; one that ends in a stroke opens a new slice there."""
    *sections, last = path.split("/")
    for section in sections:
        child = next((one for one in root.children if one.tag == section), None)
        if child is None:
            child = Element(tag=section, attributes={}, line=number)
            root.children.append(child)
        root = child
    root.children.append(Element(tag=last or "mig_device", attributes={}, line=number, text=value))
