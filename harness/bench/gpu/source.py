"""An accelerator as a device of the bench: PyTorch for the work, NVML or AMD SMI for what it shows of itself."""

import importlib
from collections.abc import Iterator
from typing import Any

from harness.bench.device import Device, NotApplicable
from harness.bench.gpu.answers import told
from harness.bench.gpu.arithmetic import TorchArithmetic
from harness.bench.gpu.asked import words
from harness.bench.gpu.clocks import BuiltCounter, ClockCounter, SpinCounter
from harness.bench.gpu.cuda_source import CudaKernels, built
from harness.bench.gpu.memory import DeviceMemory
from harness.bench.gpu.recipes import Recipe, fp8_recipes, plain_recipes
from harness.bench.gpu.register_loop import CudaLoops
from harness.bench.gpu.telemetry import OnlyTorch, Shows, amd_shows, nvidia_shows
from harness.model.bench_raw import BenchIdentity

# The buffer that empties the caches is so large, and at least twice as large as they are.
_FLUSH_BYTES = 256 * 2**20
# Of the time between two events (CUDA Runtime API, cudaEventElapsedTime: about half a microsecond).
_EVENT_STEP_S = 0.5e-6
_WAKING_BYTES = 64 * 2**20


def accelerator(torch: Any, index: int) -> Device:
    """Return a device that PyTorch drives, ready to be measured.

    Raises:
        NotApplicable: It cannot be opened.
        DeviceLost: It does not answer.
    """
    device = torch.device("cuda", index)
    with told(torch, f"device {index}"):
        torch.cuda.set_device(device)
        properties = torch.cuda.get_device_properties(index)
        torch.zeros(1, device=device)
    rocm = bool(getattr(torch.version, "hip", None))
    units, cache = properties.multi_processor_count, getattr(properties, "L2_cache_size", None) or None
    shows = _shows(torch, device, properties, units, cache, rocm=rocm)
    kernels, said = (None, "register loops: none, they are in CUDA") if rocm else _kernels(torch, device, properties)
    arithmetic = TorchArithmetic(
        torch,
        device,
        units=units,
        recipes=(*plain_recipes(rocm=rocm), *_narrow(properties, rocm=rocm), *_triton()),
        flush_bytes=max(_FLUSH_BYTES, 2 * (cache or 0)),
        clock=shows.clock,
        counter=_counter(torch, device, kernels, rocm=rocm),
        loops=CudaLoops(torch, device, kernels, units) if kernels is not None else None,
    )
    return Device(
        identity=_identity(torch, device, properties, shows, rocm=rocm),
        shown=shows.shown,
        arithmetic=arithmetic,
        memory=DeviceMemory(torch, device, units=units, cache=cache, clock=shows.clock, kernels=kernels),
        remarks=(*shows.remarks, said, *_said_of_formats(arithmetic)),
        timer_resolution_s=_EVENT_STEP_S,
    )


def _said_of_formats(arithmetic: TorchArithmetic) -> tuple[str, ...]:
    arithmetic.formats()
    # The first test takes all the memory that there is.
    arithmetic.release()
    return tuple(arithmetic.refused())


def _kernels(torch: Any, device: Any, properties: Any) -> tuple[CudaKernels | None, str]:
    capability = (properties.major, properties.minor)
    found = built(capability)
    said = f"kernels in CUDA: {found.said}"
    if found.library is None:
        return None, said

    def queue() -> int:
        return int(torch.cuda.current_stream(device).cuda_stream)

    kernels = CudaKernels(library=found.library, device=device.index, queue=queue, capability=capability)
    try:
        BuiltCounter(torch, device, kernels).tried()
    except NotApplicable as error:
        return None, f"{said}; not used: {error}"
    return kernels, said


def _counter(torch: Any, device: Any, kernels: CudaKernels | None, *, rocm: bool) -> ClockCounter | None:
    if kernels is not None:
        return BuiltCounter(torch, device, kernels)
    # What a kernel of ROCm counts is the cycles of another clock on some devices.
    return None if rocm else SpinCounter(torch, device)


def _narrow(properties: Any, *, rocm: bool) -> Iterator[Recipe]:
    capability = None if rocm else (properties.major, properties.minor)
    return fp8_recipes(fnuz=_has_own_fp8(properties), capability=capability)


def _triton() -> tuple[Any, ...]:
    try:
        from harness.bench.gpu.triton_products import triton_recipes
    except ImportError:
        return ()
    return tuple(triton_recipes())


def _has_own_fp8(properties: Any) -> bool:
    """The first generation of AMD's fp8 has a zero of its own and no other than that one."""
    return str(getattr(properties, "gcnArchName", "")).startswith("gfx94")


def _shows(torch: Any, device: Any, properties: Any, units: int, cache: int | None, *, rocm: bool) -> Shows:
    def woken() -> None:
        # A bus that nobody uses trains down to a slower rate.
        with told(torch, "the bus"):
            torch.empty(_WAKING_BYTES, dtype=torch.uint8).to(device)
            torch.cuda.synchronize(device)

    found = (amd_shows if rocm else nvidia_shows)(properties, units, cache, woken)
    if not isinstance(found, str):
        return found
    only = OnlyTorch(torch=torch, device=device, units=units, cache_bytes=cache)
    return Shows(shown=only, identity={}, remarks=(f"no telemetry: {found}",))


def _identity(torch: Any, device: Any, properties: Any, shows: Shows, *, rocm: bool) -> BenchIdentity:
    """What PyTorch tells, and in its place what the telemetry's library tells."""
    known = {name: value for name, value in shows.identity.items() if value is not None}
    of_torch = {
        "name": words(properties.name) or "accelerator",
        "device_uuid": words(str(getattr(properties, "uuid", ""))),
    }
    return BenchIdentity(
        unit_id=f"gpu-{device.index}",
        kind="rocm" if rocm else "cuda",
        manufacturer="AMD" if rocm else "NVIDIA",
        compute_library=_libraries(torch, rocm=rocm),
        **(of_torch | known),
    )


def _libraries(torch: Any, *, rocm: bool) -> str:
    runtime = f"ROCm {torch.version.hip}" if rocm else f"CUDA {torch.version.cuda}"
    triton = _version_of("triton")
    return f"PyTorch {torch.__version__}, {runtime}{f', Triton {triton}' if triton else ''}"


def _version_of(name: str) -> str | None:
    try:
        return words(getattr(importlib.import_module(name), "__version__", None))
    except ImportError:
        return None
