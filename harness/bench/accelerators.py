"""Accelerators: which there are, and in words why one that is there cannot be measured."""

import importlib.util
import os
import re
from functools import partial
from pathlib import Path
from typing import Any

from harness.bench.device import Device, DeviceLost, NotApplicable
from harness.bench.found import Found, Listed
from harness.errors import WrongUsage

_INSTALL = "next: pip install 'harness[bench]', with the build of PyTorch for the device"


def found(root: Path = Path("/")) -> Found:
    """Return the accelerators that PyTorch can reach. PyTorch is imported only where it is a build for them."""
    place = importlib.util.find_spec("torch")
    if place is None:
        return Found(why_not=(f"PyTorch is not installed; {_INSTALL}", *_denied(root)))
    if _is_processor_build(place.origin):
        return Found(why_not=(f"PyTorch is a build for the processor alone; {_INSTALL}", *_denied(root)))
    try:
        import torch
    except (ImportError, OSError) as error:
        return Found(why_not=(f"PyTorch cannot be imported: {_line(error)}", *_denied(root)))
    return _reached(torch, root)


def _reached(torch: Any, root: Path) -> Found:
    try:
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        names = [str(torch.cuda.get_device_name(n)) for n in range(count)]
    except (RuntimeError, AssertionError) as error:
        return Found(why_not=(f"PyTorch does not reach the device: {_line(error)}", *_denied(root)))
    if not names:
        return Found(why_not=(*_hidden(), *_denied(root), _no_device(torch)))
    return Found(devices=tuple(_listed(torch, n, name) for n, name in enumerate(names)))


def _listed(torch: Any, index: int, name: str) -> Listed:
    return Listed(word=str(index), name=name, opened=partial(_opened, torch, index))


def _opened(torch: Any, index: int) -> Device:
    """Open a device.

    Raises:
        WrongUsage: It does not answer, or does not work with this PyTorch; in its words.
    """
    from harness.bench.gpu.source import accelerator

    try:
        return accelerator(torch, index)
    except (NotApplicable, DeviceLost) as error:
        raise WrongUsage(f"--devices {index}: it cannot be opened: {error}") from None


def _is_processor_build(origin: str | None) -> bool:
    """Read what PyTorch was built for off its version file: to import it takes seconds."""
    try:
        text = (Path(origin or "").parent / "version.py").read_text(encoding="utf-8")
    except OSError:
        return False
    built_for = re.findall(r"^(cuda|hip|xpu)\b[^=\n]*=\s*(.+)$", text, re.MULTILINE)
    return bool(built_for) and all(value.strip() == "None" for kind, value in built_for if kind != "xpu")


def _no_device(torch: Any) -> str:
    """Ask PyTorch to begin, for the sake of its words: a driver too old, none at all, or no device."""
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:
        return f"PyTorch does not reach a device: {_line(error)}"
    return "PyTorch sees no device; where MIG is on, an instance of it must be made and named first"


def _hidden() -> tuple[str, ...]:
    names = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
    return tuple(
        f"{name} is set to {os.environ[name]!r}, which may hide a device" for name in names if name in os.environ
    )


def _denied(root: Path) -> tuple[str, ...]:
    """Device files that are there and that this user may not use."""
    places = [*sorted((root / "dev").glob("nvidia[0-9]*")), root / "dev/nvidiactl", root / "dev/kfd"]
    denied = [str(place) for place in places if place.exists() and not os.access(place, os.R_OK | os.W_OK)]
    return (f"no permission to use {', '.join(denied)}",) if denied else ()


def _line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
