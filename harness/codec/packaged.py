"""Where the files that come with the harness lie: law, method, specs and schemas."""

from collections.abc import Iterator
from pathlib import Path

from harness.errors import Fault, UnreadableInput

PACKAGE = Path(__file__).resolve().parent.parent
INSTRUMENTS = PACKAGE / "policy" / "instruments"
READINGS = PACKAGE / "policy" / "readings.toml"
LENSES = PACKAGE / "policy" / "lenses.toml"
NAMES = PACKAGE / "policy" / "names.toml"
ASSUMPTIONS = PACKAGE / "policy" / "assumptions.toml"
RETENTION = PACKAGE / "policy" / "retention.toml"
METHODS = PACKAGE / "metrics" / "methods"
SPEC_LIMITS = PACKAGE / "checks" / "spec_limits.toml"
BUILDABLE = PACKAGE / "impact" / "buildable.toml"
DECISIONS = PACKAGE / "impact" / "decisions.lock"
PROTECTED = PACKAGE / "impact" / "protected.toml"
SURVEY = PACKAGE / "impact" / "survey.toml"
SCREENING = PACKAGE / "screening"
SCHEMAS = PACKAGE / "codec" / "schemas"
SCREENING = PACKAGE / "screening"


def specs_folder() -> Path:
    """Return the folder of chip spec files: inside an installed package, beside it in a source tree."""
    inside = PACKAGE / "specs"
    return inside if inside.is_dir() else PACKAGE.parent / "specs"


def reports_folder() -> Path:
    """Return the folder of sample reports: inside an installed package, beside it in a source tree."""
    inside = PACKAGE / "lab_reports"
    return inside if inside.is_dir() else PACKAGE.parent / "lab_reports"


def toml_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Return name and bytes of every TOML file in a folder, in order of name.

    Raises:
        UnreadableInput: The folder or a file in it cannot be read.
    """
    try:
        for file in sorted(folder.glob("*.toml")):
            yield file.name, file.read_bytes()
    except OSError as error:
        fault = Fault(where=str(error.filename or folder), got=error.strerror or str(error), need="a readable file")
        raise UnreadableInput(str(folder), (fault,)) from None
