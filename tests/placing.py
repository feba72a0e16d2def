"""Items placed by classification, and made spec files to place: what several test files share."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import harness
from harness.model.subject import Subject
from harness.model.verdict import Verdict

OCT22, NOV22, LAST22 = date(2022, 10, 21), date(2022, 11, 1), date(2023, 11, 16)

OCT23, LETTERS, J26 = date(2023, 11, 17), date(2025, 4, 9), date(2026, 1, 15)
A1, B1 = "3A090.a.1", "3A090.b.1"
CBC, POD = "case-by-case", "presumption-of-denial"
POA, PD = "presumption-of-approval", "policy-of-denial"

MEMORY = """
schema = "memory-spec/1"
id = "example-stack"
manufacturer = "Micron"
name = "Example stack"
bandwidth = {{ value = {bandwidth}, unit = "GB/s", source = "s", grade = "datasheet" }}
area = {{ value = 100, unit = "mm2", source = "s", grade = "datasheet" }}
sources = [{{ id = "s", reference = "made for a test" }}]
"""


SYSTEM = """
schema = "system-spec/1"
id = "example-server"
manufacturer = "Example"
name = "Example server"
kind = "server"
{more}
contains = [{contains}]
sources = [{{ id = "s", reference = "made for a test" }}]
"""


def system(folder: Path, *chips: tuple[str, int], more: str = "") -> str:
    contains = ", ".join(f'{{ chip = "{chip}", count = {count} }}' for chip, count in chips)
    path = folder / "example-server.toml"
    path.write_text(SYSTEM.format(contains=contains, more=more), encoding="utf-8")
    return str(path)


def placed(item: str | Subject, day: date = J26, **given: str) -> Verdict:
    flags = {flag.replace("_", "-"): value for flag, value in given.items()}
    return harness.classify(item, as_of=day, given=flags)


def answers(verdict: Verdict, lens: str) -> set[str]:
    return set(verdict.lenses[lens].possible)


def spec_file(folder: Path, **figures: str | None) -> str:
    """A spec file with one 8-bit rate: TPP = rate x 8."""
    said = {"tpp": "4800", "area": None, "bandwidth": "1000", "data_center": "true", "io": None, **figures}
    rate = Fraction(said["tpp"] or 0) / 8
    digits = f"{float(rate):.12f}".rstrip("0").rstrip(".")
    assert Fraction(digits) == rate
    text = f"""
schema = "chip-spec/1"
id = "example-chip"
manufacturer = "Intel"
name = "Example chip"
generation = "Example"
designed_or_marketed_for_data_centers = {said["data_center"]}
has_non_planar_logic_die = {"false" if said["area"] == "none" else "true"}
links_complete = {"true" if said["io"] else "false"}
tpp_completeness = "complete"
rates = [{{ format = "int8", value = {digits}, unit = "TOP/s", source = "s", grade = "datasheet" }}]
sources = [{{ id = "s", reference = "made for a test" }}]
total_dram_bandwidth = {{ value = {said["bandwidth"]}, unit = "GB/s", source = "s", grade = "datasheet" }}
"""
    if said["area"] not in (None, "none"):
        text += f'applicable_die_area = {{ value = {said["area"]}, unit = "mm2", source = "s", grade = "datasheet" }}\n'
    if said["io"]:
        io = f'{{ value = {said["io"]}, unit = "GB/s", source = "s", grade = "datasheet" }}'
        text += f"link_bandwidth_bidirectional = {io}\n"
    path = folder / "example-chip.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)
