"""The processor as a device of the bench."""

import platform

import numpy as np

from harness.bench.cpu import host
from harness.bench.cpu.compiled import compiled
from harness.bench.cpu.memory import CpuMemory
from harness.bench.cpu.products import CpuArithmetic
from harness.bench.device import Device
from harness.model.bench_raw import BenchIdentity

_MAKERS = {"GenuineIntel": "Intel", "AuthenticAMD": "AMD"}


def cpu_device() -> Device:
    """Return the host's processor, ready to be measured."""
    arithmetic, kernels = CpuArithmetic(), compiled()
    vendor = host.cpu_field("vendor_id")
    identity = BenchIdentity(
        unit_id="cpu-0",
        kind="cpu",
        name=host.model_name(),
        manufacturer=_MAKERS.get(vendor or "", vendor),
        driver=f"{platform.system()} {platform.release()}",
        firmware=_microcode(),
        compute_library=f"numpy {np.__version__}, {arithmetic.blas}",
    )
    return Device(
        identity=identity,
        shown=host.HostShown(),
        arithmetic=arithmetic,
        memory=CpuMemory(kernels),
        remarks=tuple(_remarks(arithmetic, kernels.said)),
    )


def _microcode() -> str | None:
    found = host.cpu_field("microcode")
    return f"microcode {found}" if found else None


def _remarks(arithmetic: CpuArithmetic, kernels: str) -> list[str]:
    said = [
        f"the processor of the host, timed by the host's clock: {host.placement()}; {arithmetic.blas}",
        f"memory kernels: {kernels}",
        "bytes by the rule of STREAM: a processor that reads a line before it writes it moves up to 3/2 as many",
        "power, limiters and a counter of cycles cannot be read by a program of the user's: null, never 0",
        "read bandwidth by footprint shows the caches; a last-level cache that a virtual machine reports is shared",
    ]
    if arithmetic.threads is None:
        said.append("one thread alone: not measured, for threadpoolctl is not installed")
    return said
