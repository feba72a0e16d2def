"""The files behind the lock of decisions: the lock, the protected cases, the places, and the stored reports."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from harness.codec import packaged
from harness.codec.decisions_lock import read_decisions
from harness.codec.documents import from_toml
from harness.codec.report_files import read_bytes, read_case
from harness.errors import UnreadableInput
from harness.model.case import Case
from harness.model.decisions import DecisionsLock
from harness.model.protected import ProtectedCase, ProtectedCases
from harness.model.survey import SurveyText

# Documents that a report attaches or is verified by.
_OTHER = re.compile(
    rb'"schema": "(?:custody-log|dossier|lot-draw|lot-manifest)/|"payloadType": "application/vnd[.]harness[.]'
)


def read_lock_file(path: Path | None = None) -> tuple[DecisionsLock, dict[object, int]]:
    """Return a lock and the line of each of its rows; without a path, the one that comes with the harness.

    Raises:
        UnreadableInput: The file cannot be read, or a line of it is none of a lock.
    """
    path = path or packaged.DECISIONS
    # A lock grows with the chips that are known, and is ours.
    data = path.read_bytes() if path.is_file() else read_bytes(path)
    return read_decisions(data, str(path))


def read_protected(path: Path | None = None) -> tuple[ProtectedCase, ...]:
    """Return the protected cases of a file, or those that come with the harness.

    Raises:
        UnreadableInput: The file cannot be read or does not fit its schema.
    """
    path = path or packaged.PROTECTED
    return from_toml(ProtectedCases, read_bytes(path), str(path)).cases


@cache
def read_places() -> tuple[str, ...]:
    """Return where known chips are sent."""
    return from_toml(SurveyText, packaged.SURVEY.read_bytes(), packaged.SURVEY.name).places


def report_files(words: list[str]) -> list[Path]:
    """Return the files named, and of a folder every JSON file in it."""
    found: list[Path] = []
    for word in words:
        path = Path(word)
        found += sorted(path.rglob("*.json")) if path.is_dir() else [path]
    return found


def cases_in(folder: Path) -> Iterator[tuple[str, Case | UnreadableInput]]:
    """Yield every report in a folder by its name in it: its case, or why there is none.

    What lies beside a report and says that it is something else, such as a manifest, is passed over.
    """
    for file in sorted(folder.rglob("*.json")):
        name, data = file.relative_to(folder).as_posix(), read_bytes(file)
        try:
            yield name, read_case(data, str(file), file.parent, None)
        except UnreadableInput as error:
            if _OTHER.search(data) is None:
                yield name, error
