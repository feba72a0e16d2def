"""The policy folder as a git revision has it."""

import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from harness.errors import Fault, UnreadableInput, WrongUsage

_INSTRUMENTS = "instruments"
_LISTS = ("lenses.toml", "readings.toml", "names.toml")
_LONGEST_SECONDS = 60


def commit_of(revision: str, folder: Path) -> str | None:
    """Return the commit that a word names in the repository of a folder; None where it names none there."""
    if not revision or revision.startswith("-"):
        return None
    word = f"{revision}^{{commit}}"
    done = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", word)
    return done.stdout.decode().strip() if done is not None and done.returncode == 0 else None


def policy_files(commit: str, folder: Path) -> Mapping[str, bytes]:
    """Return the law files of a commit by their names below the policy folder, which is found by what lies in it.

    Raises:
        UnreadableInput: Git does not hand them out.
        WrongUsage: The commit has no policy folder, or several.
    """
    listed = _asked(folder, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
    paths = [PurePosixPath(name) for name in listed.decode().split("\0") if name.endswith(".toml")]
    homes = {path.parent.parent for path in paths if path.parent.name == _INSTRUMENTS}
    homes = {home for home in homes if home / _LISTS[0] in paths} or homes
    if len(homes) != 1:
        found = ", ".join(sorted(map(str, homes))) or "none"
        raise WrongUsage(f"revision {commit[:12]}: need one folder with {_INSTRUMENTS}/*.toml and {_LISTS[0]}; {found}")
    (home,) = homes
    inside = home / _INSTRUMENTS
    wanted = [path for path in paths if path.parent == inside or (path.parent == home and path.name in _LISTS)]
    return {str(path.relative_to(home)): _asked(folder, "cat-file", "blob", f"{commit}:{path}") for path in wanted}


def _asked(folder: Path, *words: str) -> bytes:
    done = _git(folder, *words)
    if done is None or done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip() if done is not None else "git cannot be run"
        raise UnreadableInput("git", (Fault(where=" ".join(words[:1]), got=said or "an error", need="a commit"),))
    return done.stdout


def _git(folder: Path, *words: str) -> "subprocess.CompletedProcess[bytes] | None":
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, check=False, timeout=_LONGEST_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
