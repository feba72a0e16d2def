"""A wheel carries everything: installed into an empty environment, it judges from another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import REPORTS, ROOT

import harness


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_specs_law_methods_and_schemas(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (("specs", "harness/specs"), ("harness/policy/instruments",) * 2,
                           ("harness/codec/schemas",) * 2, ("harness/metrics/methods",) * 2,
                           ("harness/screening/lists",) * 2):  # fmt: skip
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        here = {f"{inside}/{path.relative_to(ROOT / folder)}" for path in files}
        assert here
        assert here <= names
    assert {"harness/policy/lenses.toml", "harness/policy/law.lock.json", "harness/metrics/method.lock.json"} <= names
    assert "harness/py.typed" in names


def installed(folder: Path, *arguments: str) -> Path:
    """Make an empty environment, let it see the dependencies of this one, install, and return its programs' folder."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    site = next((folder / "lib").glob("python*/site-packages"))
    # What stands first counts: the installed harness hides any that the other folder may hold.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run(
        [str(programs / "python"), "-m", "pip", "install", "-q", "--ignore-installed", "--no-deps", "--no-index",
         *arguments],
        check=True, capture_output=True,
    )  # fmt: skip
    return programs


@pytest.mark.slow
def test_the_wheel_judges_in_an_empty_environment_from_another_folder(wheel: Path, tmp_path: Path):
    programs = installed(tmp_path / "environment", str(wheel))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(programs / "harness"), "verify", str(REPORTS / "h200-sxm.json"), "--format", "json"],
        cwd=elsewhere, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(
        harness.verify(REPORTS / "h200-sxm.json").model_dump_json(by_alias=True)
    )
    where = subprocess.run(
        [str(programs / "python"), "-c", "import harness; print(harness.__file__)"],
        cwd=elsewhere, capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert str(tmp_path) in where.stdout
    assert list(elsewhere.iterdir()) == []


@pytest.mark.slow
def test_an_editable_install_works_too(tmp_path: Path):
    programs = installed(tmp_path / "environment", "--no-build-isolation", "-e", str(ROOT))
    done = subprocess.run(
        [str(programs / "harness"), "verify", str(REPORTS / "h200-sxm.json")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_version_is_the_one_of_the_package(wheel: Path):
    assert f"harness-{harness.__version__}-" in wheel.name
