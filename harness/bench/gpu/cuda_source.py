"""The kernels in CUDA, built at run time: nvcc found is used, nvcc not found is only a remark."""

import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.bench.cpu.compiled import own_folder
from harness.bench.device import DeviceLost, NotApplicable
from harness.bench.gpu.answers import still_there
from harness.codec.digest import sha256

_SOURCE = Path(__file__).with_name("kernels.cu")
_LONGEST_BUILD_S = 120
_STANDARD_PLACE = Path("/usr/local/cuda/bin/nvcc")


@dataclass(frozen=True, kw_only=True, slots=True)
class CudaKernels:
    """The built kernels on one device; every call takes its place in the queue of PyTorch."""

    library: Any
    device: int
    queue: Callable[[], int]
    capability: tuple[int, int]

    def call(self, name: str, *arguments: Any) -> None:
        """Launch a kernel.

        Raises:
            DeviceLost: The device does not answer any more.
            NotApplicable: The launch is refused.
        """
        code = getattr(self.library, name)(self.device, ctypes.c_void_p(self.queue()), *arguments)
        if code:
            text = self.library.bench_error(code).decode("ascii", "replace")
            raise (NotApplicable if still_there(text) else DeviceLost)(f"{name}: {text}")


@dataclass(frozen=True, kw_only=True, slots=True)
class CudaBuilt:
    """What the build gave: the library, or why there is none."""

    library: Any
    said: str


def built(capability: tuple[int, int]) -> CudaBuilt:
    """Build the kernels for a compute capability into a folder of the user's own, or find them built."""
    compiler = _compiler()
    if compiler is None:
        return CudaBuilt(library=None, said="no nvcc: no register loops, and memory is measured by PyTorch alone")
    arch = f"sm_{capability[0]}{capability[1]}"
    try:
        library = ctypes.CDLL(str(_built(compiler, arch)))
    except (OSError, subprocess.SubprocessError) as error:
        return CudaBuilt(
            library=None, said=f"the CUDA kernels could not be built by {compiler} for {arch}: {error}"[:300]
        )
    return CudaBuilt(library=_declared(library), said=f"{compiler} -arch={arch}")


def _compiler() -> str | None:
    home = os.environ.get("CUDA_HOME") or os.environ.get("CUDA_PATH")
    places = [shutil.which("nvcc"), Path(home) / "bin" / "nvcc" if home else None, _STANDARD_PLACE]
    return next((str(place) for place in places if place is not None and Path(place).is_file()), None)


def _built(compiler: str, arch: str) -> Path:
    """Return the library's file.

    Raises:
        OSError, SubprocessError: It could not be built, with the compiler's first words.
    """
    flags = ["-O3", f"-arch={arch}", "-shared", "-Xcompiler", "-fPIC"]
    folder, key = own_folder(), sha256(_SOURCE.read_bytes() + " ".join((compiler, *flags)).encode())[:16]
    library = folder / f"cuda-{key}.so"
    if not library.is_file():
        handle, name = tempfile.mkstemp(dir=folder, suffix=".so")
        os.close(handle)
        command = [compiler, *flags, "-o", name, str(_SOURCE)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_BUILD_S, check=False)
        if done.returncode:
            Path(name).unlink(missing_ok=True)
            raise OSError((done.stderr.strip().splitlines() or ["no word of why"])[0])
        Path(name).replace(library)
    return library


def _declared(library: Any) -> Any:
    """Say which types the functions take; the first two of each are the device and the queue."""
    number, place, word, size = ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_size_t
    taken = {
        "bench_stream": [number, place, place, place, ctypes.c_float, size, number, number, number, number, place],
        "bench_pattern_write": [place, word, word, size, number],
        "bench_pattern_verify": [place, word, word, size, number, place],
        "bench_clock": [ctypes.c_longlong, place],
        "bench_loop": [number, number, number, number, ctypes.c_uint32, place],
    }
    for name, arguments in taken.items():
        call = getattr(library, name)
        call.argtypes, call.restype = [number, place, *arguments], number
    library.bench_error.argtypes, library.bench_error.restype = [number], ctypes.c_char_p
    return library
