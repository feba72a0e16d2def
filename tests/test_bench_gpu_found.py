"""Which accelerators there are, and in words why one that is there cannot be measured."""

import importlib.util
import sys
import types
from pathlib import Path

import pytest
from torch_fake import AcceleratorError, FakeTorch

from harness.bench import accelerators
from harness.errors import WrongUsage


def found_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, torch: object | None, version: str | None):
    spec = None
    if version is not None:
        (tmp_path / "version.py").write_text(version, encoding="utf-8")
        spec = types.SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    monkeypatch.setitem(sys.modules, "torch", torch)
    return accelerators.found(tmp_path)


BUILT_FOR_CUDA = "cuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n"


def test_without_pytorch_it_says_so(monkeypatch, tmp_path):
    found = found_with(monkeypatch, tmp_path, None, None)
    assert not found.devices
    assert "PyTorch is not installed" in found.why_not[0]


def test_a_build_for_the_processor_is_told_without_importing_it(monkeypatch, tmp_path):
    """The module is one that cannot be imported: it is not tried."""
    found = found_with(
        monkeypatch, tmp_path, None, "cuda: Optional[str] = None\nhip: Optional[str] = None\nxpu = None\n"
    )
    assert "a build for the processor alone" in found.why_not[0]


def test_a_driver_that_is_too_old_is_said_in_its_words(monkeypatch, tmp_path):
    def init() -> None:
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).\nPlease update")

    torch = types.SimpleNamespace(cuda=types.SimpleNamespace(is_available=lambda: False, init=init))
    found = found_with(monkeypatch, tmp_path, torch, BUILT_FOR_CUDA)
    assert found.why_not[-1] == (
        "PyTorch does not reach a device: The NVIDIA driver on your system is too old (found version 11040)."
    )


def test_a_device_file_without_permission_is_named(monkeypatch, tmp_path):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/nvidia0").touch()
    monkeypatch.setattr(accelerators.os, "access", lambda place, mode: False)
    found = found_with(monkeypatch, tmp_path, None, None)
    assert found.why_not[-1] == f"no permission to use {tmp_path}/dev/nvidia0"


def test_mig_without_an_instance_and_hidden_devices_are_said(monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    torch = types.SimpleNamespace(cuda=types.SimpleNamespace(is_available=lambda: False, init=lambda: None))
    found = found_with(monkeypatch, tmp_path, torch, BUILT_FOR_CUDA)
    assert any("CUDA_VISIBLE_DEVICES" in why for why in found.why_not)
    assert any("MIG" in why for why in found.why_not)


def test_a_device_is_listed_by_its_number_and_opened_only_when_asked(monkeypatch, tmp_path):
    torch = FakeTorch()
    (one,) = found_with(monkeypatch, tmp_path, torch, BUILT_FOR_CUDA).devices
    assert (one.word, one.name, torch.products) == ("0", "Fake Accelerator", 0)


def test_a_device_that_cannot_be_opened_says_why_and_is_no_crash(monkeypatch, tmp_path):
    torch = FakeTorch()
    (one,) = found_with(monkeypatch, tmp_path, torch, BUILT_FOR_CUDA).devices

    def gone(n: int) -> None:
        raise AcceleratorError("CUDA error: no kernel image is available for execution on the device")

    torch.cuda.get_device_properties = gone
    with pytest.raises(WrongUsage, match=r"--devices 0: it cannot be opened: .*no kernel image"):
        one.opened()
