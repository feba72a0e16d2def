"""kernels.cu on the processor: the very file, with launches and inline PTX as calls of cuda_on_host.hpp, built by g++.

What is rewritten is told apart strictly: what is not understood is an error here, and never compiled as something else.
"""

import contextlib
import ctypes
import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.bench.gpu import cuda_source
from harness.bench.gpu.cuda_source import CudaKernels

SOURCE = Path(cuda_source.__file__).with_name("kernels.cu")
_HEADER = Path(__file__).with_name("cuda_on_host.hpp")
# name<<<grid, block, shared, queue>>>(arguments); with at most one pair of parentheses within another.
_PARTS = r"(?:[^()]|\((?:[^()]|\([^()]*\))*\))*"
_LAUNCH = re.compile(rf"(\w+(?:<[^<>;]*>)?)<<<({_PARTS}?)>>>\(({_PARTS})\);")
_ASSEMBLY = re.compile(rf"\basm volatile\(({_PARTS})\)")
_OPERAND = re.compile(r'((?:"[^"]*"|[A-Z]+)(?:\s*(?:"[^"]*"|[A-Z]+))*)\s*\(([^()]+)\)')


class Host(ctypes.Structure):
    """What the tests set and read; the same as in cuda_on_host.hpp."""

    _fields_ = (
        ("left_out", ctypes.c_int64),
        ("turned", ctypes.c_int64),
        ("result_digits", ctypes.c_int32),
        ("sum_digits", ctypes.c_int32),
        ("most_threads", ctypes.c_int32),
        ("launches", ctypes.c_int32),
        ("mma", ctypes.c_int64),
        ("fma", ctypes.c_int64),
        ("asked", ctypes.c_int64),
    )


def on_host(text: str) -> str:
    """Return the source in C++.

    >>> on_host("copy<2><<<n, 256, 0, q>>>(a, (int)b);")
    'on_host::launch(n, 256, 0, q, [=] { copy<2>(a, (int)b); });'
    """
    launches, assemblies = text.count("<<<"), len(re.findall(r"\basm\b", text))
    text, launched = _LAUNCH.subn(r"on_host::launch(\2, [=] { \1(\3); });", text)
    text, assembled = _ASSEMBLY.subn(_called, text)
    if launched != launches or ">>>" in text or assembled != assemblies:
        raise ValueError(f"{launched} of {launches} launches, {assembled} of {assemblies} instructions are understood")
    return text


def _called(found: re.Match[str]) -> str:
    """asm volatile(text : written : read) as a call with all its operands in their order."""
    text, *places = re.split(r'\s:\s(?=(?:[^"]*"[^"]*")*[^"]*$)', found[1].replace("\\\n", " "))
    operands = []
    for place in places:
        left = _OPERAND.sub("", place)
        if left.replace(",", "").strip():
            raise ValueError(f"no operands: {place}")
        operands += [f"on_host::operand({one[1]}, {one[2]})" for one in _OPERAND.finditer(place)]
    return f"on_host::assembly({text}, {{{', '.join(operands)}}})"


def digest() -> str:
    """Return what tells this build from one of other sources."""
    return hashlib.sha256(b"".join(one.read_bytes() for one in (SOURCE, _HEADER, Path(__file__)))).hexdigest()[:16]


def built(folder: Path, arch: int = 890, change: Callable[[str], str] = str) -> Any:
    """Build kernels.cu for the processor, as if for a compute capability, and return the library, declared.

    What the folder holds already is not built again.
    """
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("no g++ here")
    source, library = folder / "kernels.cpp", folder / "kernels.so"
    if library.is_file():
        return cuda_source._declared(ctypes.CDLL(str(library)))
    source.write_text(on_host(change(SOURCE.read_text(encoding="utf-8"))), encoding="utf-8")
    flags = ["-std=c++17", "-O1", "-w", "-shared", "-fPIC", f"-D__CUDA_ARCH__={arch}", "-include", str(_HEADER)]
    unfinished = folder / "unfinished.so"
    done = subprocess.run(
        [compiler, *flags, "-o", str(unfinished), str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    unfinished.replace(library)
    return cuda_source._declared(ctypes.CDLL(str(library)))


class OnHost:
    """The built kernels, with what is set for them and what they count."""

    def __init__(self, library: Any, capability: tuple[int, int] = (8, 9)) -> None:
        self.library = library
        self.host = Host.in_dll(library, "host")
        self.kernels = CudaKernels(library=library, device=0, queue=lambda: 0, capability=capability)
        self.reset()

    def reset(self) -> None:
        """Set nothing, and count from 0."""
        for name, _ in Host._fields_:
            setattr(self.host, name, -1 if name in ("left_out", "turned") else 0)
        self._watch(None, 0, None, None)

    def _watch(self, *place: Any) -> None:
        self.library.host_watch.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p]
        self.library.host_watch.restype = None
        self.library.host_watch(*place)

    @contextlib.contextmanager
    def watched(self, *arrays: np.ndarray, element: int = 16) -> Iterator[list[tuple[np.ndarray, np.ndarray]]]:
        """Count loads and stores of every element of these arrays; one beside them is a fault of the launch."""
        counts = [tuple(np.zeros(one.nbytes // element, dtype=np.uint32) for _ in range(2)) for one in arrays]
        for one, (loads, stores) in zip(arrays, counts, strict=True):
            self._watch(one.ctypes.data, one.nbytes, loads.ctypes.data, stores.ctypes.data)
        try:
            yield counts
        finally:
            self._watch(None, 0, None, None)
