"""Where nvidia-smi's log says what: the places of each fact under their names of several years.

Source:
    Real outputs in influxdata/telegraf `plugins/inputs/nvidia_smi/testdata`.
"""

from harness.model.device_state import LimiterName

REASONS: dict[str, LimiterName] = {
    "applications_clocks_setting": "application-clocks",
    "sw_power_cap": "software-power-cap",
    "hw_slowdown": "hardware-slowdown",
    "sync_boost": "sync-boost",
    "sw_thermal_slowdown": "software-thermal",
    "hw_thermal_slowdown": "hardware-thermal",
    "hw_power_brake_slowdown": "power-brake",
}
COUNTERS: dict[LimiterName, str] = {
    "software-power-cap": "sw_power_cap",
    "sync-boost": "sync_boost",
    "software-thermal": "sw_therm_slowdown",
    "hardware-thermal": "hw_therm_slowdown",
    "power-brake": "hw_power_brake",
}
# Sections by their names of before and after driver 535.
EVENTS = ("clocks_event_reasons/clocks_event_reason_", "clocks_throttle_reasons/clocks_throttle_reason_")
COUNTED = "clocks_event_reasons_counters/clocks_event_reasons_counters_"
POWER = ("gpu_power_readings", "power_readings")

POWER_LIMITS = tuple(
    f"{section}/{name}"
    for section, name in (
        ("power_readings", "power_limit"),
        ("gpu_power_readings", "requested_power_limit"),
        ("gpu_power_readings", "power_limit"),
    )
)
ENFORCED = ("gpu_power_readings/current_power_limit", "power_readings/enforced_power_limit")
ECC = {
    "sram-correctable": ("sram_correctable",),
    "sram-uncorrectable": ("sram_uncorrectable", "sram_uncorrectable_parity", "sram_uncorrectable_secded"),
    "dram-correctable": ("dram_correctable",),
    "dram-uncorrectable": ("dram_uncorrectable",),
    "corrected": ("single_bit/total",),
    "uncorrected": ("double_bit/total",),
}
# Name of the observation, its places in the order of preference, the unit that must stand behind the number.
OBSERVED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("power-draw", tuple(f"{one}/{name}" for one in POWER for name in ("power_draw", "instant_power_draw")), "W"),
    ("power-draw-mean", ("gpu_power_readings/average_power_draw",), "W"),
    ("minimum-power-limit", tuple(f"{one}/min_power_limit" for one in POWER), "W"),
    ("maximum-power-limit", tuple(f"{one}/max_power_limit" for one in POWER), "W"),
    ("temperature", ("temperature/gpu_temp",), "C"),
    ("memory-temperature", ("temperature/memory_temp",), "C"),
    ("slowdown-temperature", ("temperature/gpu_temp_slow_threshold",), "C"),
    ("shutdown-temperature", ("temperature/gpu_temp_max_threshold",), "C"),
    ("highest-operating-temperature", ("temperature/gpu_temp_max_gpu_threshold",), "C"),
    ("highest-memory-temperature", ("temperature/gpu_temp_max_mem_threshold",), "C"),
    ("sm-clock", ("clocks/sm_clock", "clocks/graphics_clock"), "MHz"),
    ("memory-clock", ("clocks/mem_clock",), "MHz"),
    ("default-application-sm-clock", ("default_applications_clocks/graphics_clock",), "MHz"),
    ("application-memory-clock", ("applications_clocks/mem_clock",), "MHz"),
    ("highest-customer-sm-clock", ("max_customer_boost_clocks/graphics_clock",), "MHz"),
    ("memory-used", ("fb_memory_usage/used",), "MiB"),
    ("memory-reserved", ("fb_memory_usage/reserved",), "MiB"),
    ("utilization", ("utilization/gpu_util",), "%"),
)
LOOKED_AT = frozenset(
    {path for _, paths, _ in OBSERVED for path in paths}
    | {*POWER_LIMITS, *ENFORCED, *(f"{section}/default_power_limit" for section in POWER)}
    | {f"{prefix}{reason}" for prefix in EVENTS for reason in (*REASONS, "gpu_idle")}
    | {f"{COUNTED}{name}" for name in COUNTERS.values()}
    | {f"ecc_errors/{span}/{name}" for span in ("volatile", "aggregate") for all_of in ECC.values() for name in all_of}
    | {
        *("product_name", "uuid", "serial", "gpu_part_number", "board_part_number", "vbios_version", "pci/pci_bus_id"),
        *("max_clocks/sm_clock", "max_clocks/graphics_clock", "max_clocks/mem_clock"),
        *("applications_clocks/graphics_clock", "fb_memory_usage/total", "ecc_mode/current_ecc"),
        *("mig_mode/current_mig", "gpu_virtualization_mode/virtualization_mode", "processes", "remapped_rows"),
        *("remapped_rows/remapped_row_corr", "remapped_rows/remapped_row_unc"),
        *("remapped_rows/remapped_row_pending", "remapped_rows/remapped_row_failure"),
        "retired_pages/multiple_single_bit_retirement/retired_count",
        "retired_pages/double_bit_retirement/retired_count",
        *("power_profiles/power_profile_enforced_profiles", "fabric/state", "performance_state"),
        *(f"pci/pci_gpu_link_info/pcie_gen/{name}" for name in ("current_link_gen", "max_link_gen")),
        *("pci/pci_gpu_link_info/pcie_gen/max_device_link_gen", "pci/pci_gpu_link_info/link_widths/current_link_width"),
        "pci/pci_gpu_link_info/link_widths/max_link_width",
    }
)
