"""Files in some folders, found by their digest."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.codec.strict_json import LARGEST_BYTES
from harness.errors import WrongUsage


class Folders:
    """The files that lie in some folders, not below them; each is digested once, when it may be the one.

    Args:
        folders: Where to look, in this order.

    Raises:
        WrongUsage: One of them is no folder.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(dict.fromkeys(folders))
        for folder in self.folders:
            if not folder.is_dir():
                raise WrongUsage(f"{str(folder)!r} is no folder")
        self._digests: dict[Path, str | None] = {}
        self._sizes: dict[Path, int] | None = None

    def small(self, sha256: str) -> Path | None:
        """Return the file with this digest among those that are small enough for a document."""
        return self._first(sha256, (path for path, size in self._files().items() if size <= LARGEST_BYTES))

    def named(self, sha256: str, name: str, size: int | None) -> Path | None:
        """Return the file with this digest among those of this name and, after them, those of this size."""
        called = [folder / name for folder in self.folders if (folder / name).is_file()]
        sized = (path for path, found in self._files().items() if found == size)
        return self._first(sha256, called) or self._first(sha256, sized)

    def _first(self, sha256: str, paths: Iterable[Path]) -> Path | None:
        return next((path for path in paths if self._digest(path) == sha256), None)

    def _files(self) -> dict[Path, int]:
        if self._sizes is None:
            self._sizes = dict(file for folder in self.folders for file in _in(folder))
        return self._sizes

    def _digest(self, path: Path) -> str | None:
        """Return the digest of a file; of one that cannot be read, None, for another may be the one."""
        if path not in self._digests:
            try:
                with path.open("rb") as file:
                    self._digests[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                self._digests[path] = None
        return self._digests[path]


def _in(folder: Path) -> Iterator[tuple[Path, int]]:
    try:
        for path in sorted(folder.iterdir()):
            if path.is_file():
                yield path, path.stat().st_size
    except OSError:
        return
