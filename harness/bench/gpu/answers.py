"""What an error of PyTorch means: the device is gone, there is no memory, or the library refuses."""

import contextlib
from collections.abc import Iterator
from subprocess import SubprocessError
from typing import Any

from harness.bench.device import DeviceLost, NotApplicable

_RUNTIMES = ("CUDA error", "HIP error", "CUDA driver error", "NCCL error: unhandled cuda error")
_NO_MEMORY = ("out of memory", "ALLOC_FAILED", "alloc_failed", "not enough memory")
# Errors of the runtime after which the device still works; every other one ends the context, and with it the run.
_STILL_THERE = (
    "not supported",
    "STATUS_NOT_SUPPORTED",
    "STATUS_INVALID_VALUE",
    "STATUS_ARCH_MISMATCH",
    "invalid argument",
    "invalid configuration",
    "no kernel image",
    "invalid device function",
    "out of memory",
    "too many resources requested",
    # The compiler is newer than the driver: what it built does not run, and everything else does.
    "driver version is insufficient",
    "unsupported toolchain",
)
# How PyTorch names the call of a library, such as cuBLAS, that gave an error: the device may be well.
_OF_LIBRARY = " when calling "
# What a library's error comes as: of its kernels or its arguments, of a compiler, a header or a module not there.
_REFUSALS = (
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    AssertionError,
    ImportError,
    OSError,
    SubprocessError,
)
_LONGEST = 300


@contextlib.contextmanager
def told(torch: Any, what: str) -> Iterator[None]:
    """Turn PyTorch's errors into the two that the bench knows.

    Raises:
        DeviceLost: The device does not answer any more.
        NotApplicable: No memory for it, or the library refuses; in the library's own words.
    """
    try:
        yield
    except MemoryError:
        raise NotApplicable(f"{what}: the host has no memory for it") from None
    except _REFUSALS as error:
        raise _meant(torch, error, what) from None


def _meant(torch: Any, error: Exception, what: str) -> DeviceLost | NotApplicable:
    text = first_line(error)
    if isinstance(error, getattr(torch, "OutOfMemoryError", ())) or any(sign in str(error) for sign in _NO_MEMORY):
        return NotApplicable(f"{what}: no memory for it on the device")
    of_runtime = isinstance(error, getattr(torch, "AcceleratorError", ())) or text.startswith(_RUNTIMES)
    if of_runtime and not still_there(text) and not (_OF_LIBRARY in text and _answers(torch)):
        return DeviceLost(text)
    return NotApplicable(f"{what}: the library refuses: {text}")


def _answers(torch: Any) -> bool:
    """Return whether the device still works: what has ended its context is said again by every call that follows."""
    try:
        torch.cuda.synchronize()
    except RuntimeError:
        return False
    return True


def still_there(text: str) -> bool:
    """Return whether a device that gave this error of the runtime still works."""
    return any(sign in text for sign in _STILL_THERE)


def first_line(error: BaseException) -> str:
    """Return the first line of an error, without what no report can hold."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return "".join(letter for letter in lines[0] if letter.isprintable())[:_LONGEST]
