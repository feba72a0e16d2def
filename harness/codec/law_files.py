"""Law files read and handed on as values."""

from functools import cache
from pathlib import Path

from harness.codec import packaged
from harness.codec.digest import of_files
from harness.codec.documents import from_toml
from harness.errors import Fault, LawFault
from harness.model.assumption import AssumedFact, AssumptionsText
from harness.model.policy import InstrumentText, LensesText
from harness.policy.law import Law
from harness.policy.timeline import compile_law


def read_law(folder: Path | None = None) -> Law:
    """Return the law in a folder of instrument files; without one, the law that comes with the harness.

    Raises:
        UnreadableInput: A file does not read.
        LawFault: The files do not fit together, or there are none.
    """
    return _read_law(folder or packaged.INSTRUMENTS)


@cache
def read_assumptions() -> tuple[AssumedFact, ...]:
    """Return what a classification assumes where nothing is said."""
    data = packaged.ASSUMPTIONS.read_bytes()
    return from_toml(AssumptionsText, data, packaged.ASSUMPTIONS.name).assumptions


@cache
def _read_law(folder: Path) -> Law:
    files = list(packaged.toml_files(folder))
    if not files:
        raise LawFault(str(folder), (Fault(where=str(folder), got="no law files", need="instrument files, *.toml"),))
    lenses = packaged.LENSES.read_bytes()
    digest = of_files([*files, ("../lenses.toml", lenses)])
    texts = [from_toml(InstrumentText, data, name) for name, data in files]
    return compile_law(texts, from_toml(LensesText, lenses, "lenses.toml"), digest)
