"""The house stays as it was drawn: imports run one way, law stays data, commands start light."""

import ast
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "harness"
# Each layer may import what stands to its left.
LAYERS = [
    "errors",
    "version",
    "model",
    "metrics",
    "policy",
    "checks",
    "decide",
    "impact",
    "authenticate",
    "judge",
    "plausible",
    "replay",
    "archive",
    "certificate",
    "notice",
    "render",
    "cli",
]
SIDE_ROOMS = {
    "codec": {"errors", "version", "model", "metrics", "policy", "codec"},
    "ingest": {"errors", "model", "metrics", "codec", "ingest"},
    "bench": {"errors", "version", "model", "metrics", "codec", "bench"},
    "evidence": {"errors", "version", "model", "metrics", "codec", "evidence"},
    "lots": {"errors", "version", "model", "metrics", "codec", "evidence", "lots"},
    "ledger": {"errors", "version", "model", "metrics", "codec", "evidence", "ledger"},
    "screening": {"errors", "version", "model", "metrics", "codec", "screening"},
}
USERS_OF_SIDE_ROOMS = {
    *("authenticate", "judge", "plausible", "replay", "archive", "certificate", "notice", "cli", "codec"),
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@dataclass(frozen=True)
class Module:
    """What the tests of the house ask of a module."""

    imported: frozenset[str]
    literals: frozenset[object]
    catches_everything: bool


@cache
def read(path: Path) -> Module:
    """Return what stands in a module; each is read once."""
    imported, literals, broad = set(), set(), False
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
        elif isinstance(node, ast.Constant):
            literals.add(node.value)
        elif isinstance(node, ast.ExceptHandler):
            broad |= node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
    return Module(frozenset(imported), frozenset(literals), broad)


def imported_rooms(path: Path) -> set[str]:
    return {name.split(".")[1] for name in read(path).imported if name.startswith("harness.")}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path):
    """A layer imports only what stands to its left; side rooms are called from above and look only downward."""
    here = room(path)
    if here in ("__init__", "__main__", "start"):
        return
    if here in SIDE_ROOMS:
        assert imported_rooms(path) <= SIDE_ROOMS[here]
        return
    allowed = set(LAYERS[: LAYERS.index(here) + 1])
    if here in USERS_OF_SIDE_ROOMS:
        allowed |= set(SIDE_ROOMS)
    assert imported_rooms(path) <= allowed


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_outer_rooms_touch_files_clocks_and_the_environment(path: Path):
    if room(path) in (
        "cli",
        "codec",
        "bench",
        "ledger",
        "authenticate",
        "judge",
        "plausible",
        "replay",
        "archive",
        "certificate",
        "__init__",
        "__main__",
        "start",
    ):
        return
    imported = {name.split(".")[0] for name in read(path).imported}
    assert not imported & {"os", "sys", "io", "time", "pathlib", "socket", "random", "secrets", "subprocess"}
    assert not re.search(r"\b(open|input)\(|\.now\(|\.today\(", path.read_text(encoding="utf-8"))


def law_numbers() -> set[str]:
    """Every threshold that the law files hold, as they are written."""
    texts = (path.read_text(encoding="utf-8") for path in (PACKAGE / "policy" / "instruments").glob("*.toml"))
    return {number for text in texts for number in re.findall(r"^value = ([0-9.]+)$", text, re.MULTILINE)}


def test_no_threshold_of_law_stands_in_python():
    # the round 100 and 200 metres and petaflops of 15 CFR 772.1 are everybody's numbers
    numbers = {number for number in law_numbers() if float(number) > 200 or "." in number}
    assert numbers >= {"4800", "21000", "6500", "5.92"}
    for path in modules():
        for value in read(path).literals - {True, False, None}:
            if isinstance(value, int | float):
                assert str(value) not in numbers, f"{value} in {path}"


def test_no_chip_id_and_no_country_list_stands_in_python():
    chips = {path.stem for path in (ROOT / "specs").glob("*.toml")}
    assert len(chips) >= 9
    for path in modules():
        assert not read(path).literals & chips, path
        code = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r'"(?:CN|MO|KP|RU|BY|VE)"', code), path


def test_only_the_entry_point_catches_everything():
    for path in modules():
        assert not read(path).catches_everything or path == PACKAGE / "cli" / "__main__.py", path


@pytest.mark.parametrize("command", [["--help"], ["verify", "lab_reports/h200-sxm.json", "--format", "json"]])
def test_commands_import_nothing_heavy(command: list[str]):
    """Neither help nor verify of a plain report pays for numpy, jsonschema, cryptography or anything of an extra."""
    code = (
        "import sys; from harness.cli.__main__ import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "heavy = ('numpy', 'jsonschema', 'tabulate', 'cryptography', 'sqlite3', 'socket')\n"
        "print([m for m in heavy if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = ast.literal_eval(done.stderr.strip().splitlines()[-1])
    assert set(heavy) <= {"socket"}, heavy


def test_help_imports_no_models():
    code = "import sys; import harness.cli.__main__; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
