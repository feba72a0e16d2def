"""Which devices there are, and what hardware is seen for which no library is there."""

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.bench.device import Device
from harness.errors import WrongUsage

# Each is a module of this room with `found() -> Found`; asked in this order.
_SOURCES = ("accelerators",)
# Vendors of the PCI bus, and the classes of displays (0x03) and processing accelerators (0x12).
_VENDORS = {"0x10de": "NVIDIA", "0x1002": "AMD"}
_CLASSES = ("0x03", "0x12")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A device that can be measured; it is opened only when it is asked for."""

    word: str  # How `--devices` names it: 0, 1, cpu.
    name: str
    opened: Callable[[], Device]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a source found; `why_not` says what is missing where it found nothing."""

    devices: tuple[Listed, ...] = ()
    why_not: tuple[str, ...] = ()


def hardware_seen(root: Path = Path("/")) -> tuple[str, ...]:
    """Return the accelerators that the system shows without any library: device files, and the PCI bus."""
    seen = []
    if any((root / "dev").glob("nvidia[0-9]*")):
        seen.append("NVIDIA (/dev/nvidia*)")
    if (root / "dev" / "kfd").exists():
        seen.append("AMD (/dev/kfd)")
    for device in sorted((root / "sys/bus/pci/devices").glob("*")):
        vendor, kind = _read(device / "vendor"), _read(device / "class")
        if vendor in _VENDORS and kind.startswith(_CLASSES):
            seen.append(f"{_VENDORS[vendor]} (PCI {device.name})")
    return tuple(seen)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def accelerators() -> Found:
    """Ask every source that is there."""
    devices: list[Listed] = []
    why_not: list[str] = []
    for name in _SOURCES:
        try:
            source = importlib.import_module(f"harness.bench.{name}")
        except ModuleNotFoundError as error:
            why_not.append(f"no {error.name}")
            continue
        found: Found = source.found()
        devices += found.devices
        why_not += found.why_not
    return Found(devices=tuple(devices), why_not=tuple(why_not))


def the_cpu() -> Listed:
    """Return the host's processor; numpy is imported when it is opened."""

    def opened() -> Device:
        from harness.bench.cpu.source import cpu_device

        return cpu_device()

    from harness.bench.cpu.host import model_name

    return Listed(word="cpu", name=model_name(), opened=opened)


def chosen(asked: Sequence[str], found: Found, seen: Iterable[str]) -> tuple[Listed, ...]:
    """Return the devices to measure: those asked for, or every accelerator, or the processor where there is none.

    Raises:
        WrongUsage: A device that is not there; or hardware is seen, no library drives it, and nothing was asked for.
    """
    known = {one.word: one for one in (*found.devices, the_cpu())}
    if asked:
        missing = [word for word in asked if word not in known]
        if missing:
            there = ", ".join(known)
            raise WrongUsage(f"--devices: no device {', '.join(missing)}; there is {there}{_because(found)}")
        return tuple(known[word] for word in dict.fromkeys(asked))
    if found.devices:
        return found.devices
    if hardware := tuple(seen):
        raise WrongUsage(
            f"an accelerator is there ({'; '.join(hardware)}) and no library to measure it with{_because(found)}; "
            "next: install PyTorch for it, or measure the processor with --devices cpu"
        )
    return (known["cpu"],)


def _because(found: Found) -> str:
    return f" ({'; '.join(found.why_not)})" if found.why_not else ""
