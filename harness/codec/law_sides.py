"""What one side of a comparison is: a day, an instrument file, a folder, a proposal, or a git revision."""

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from harness.codec.digest import of_files
from harness.codec.documents import from_toml
from harness.codec.law_files import law_of_files, read_law
from harness.codec.report_files import read_bytes
from harness.codec.revisions import commit_of, policy_files
from harness.errors import WrongUsage
from harness.model.policy import InstrumentText
from harness.policy.law import Law, Selection
from harness.policy.timeline import compile_law

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NEEDED = "a day (2026-01-15), law, an instrument file, a policy folder, a proposal (S.3374), or a git revision"
_AS_IT_IS = "law"
_WHOLE = Selection()


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedLaw:
    """A law that a word stands for; with its day, where the word is a day, or is a law that begins later."""

    name: str
    law: Law
    day: date | None
    # Of a single instrument, the day from which all of it stands.
    whole_from: date | None = None


def read_side(word: str, base: Law, here: Path) -> NamedLaw:
    """Return the law that a word stands for.

    Args:
        word: A day, "law" for the base on every day, a path, the number of a proposal, or a git revision.
        base: The law that a day or an instrument file is read in.
        here: The folder whose repository has the revision.

    Raises:
        WrongUsage: It is none of these.
        UnreadableInput: A file does not read.
        LawFault: The law does not hold together.
    """
    if _DAY.fullmatch(word):
        return NamedLaw(name=f"the law on {word}", law=base, day=_day(word))
    if word == _AS_IT_IS:
        return NamedLaw(name="the law as it is encoded", law=base, day=None)
    if not word.strip():
        raise WrongUsage(f"an empty word is nothing to compare; need {_NEEDED}")
    path = Path(word)
    if word.endswith(".toml") or path.is_file():
        return _with_instrument(word, base)
    if path.is_dir():
        return NamedLaw(name=f"the law in {word}", law=law_in(path, base.selection), day=None)
    proposed = {name.casefold(): text for text in base.instruments.values() if text.status == "proposed"
                for name in (text.instrument, *text.known_as)}  # fmt: skip
    if word.casefold() in proposed:
        text = proposed[word.casefold()]
        return _selecting(f"the law with {word}", base, text)
    commit = commit_of(word, here)
    if commit is None:
        bills = ", ".join(dict.fromkeys(name for text in proposed.values() for name in text.known_as[:1]))
        raise WrongUsage(f"{word!r} is nothing to compare; need {_NEEDED}; proposals: {bills or 'none'}")
    law = law_of_files(policy_files(commit, here), _known_in(base.selection))
    return NamedLaw(name=f"the law at {word} ({commit[:12]})", law=law, day=None)


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise WrongUsage(f"{word!r} is no day; need one as YYYY-MM-DD, such as 2026-01-15") from None


def law_in(path: Path, selection: Selection = _WHOLE) -> Law:
    """Return the law in a policy folder, or in a folder of instrument files alone.

    Raises:
        UnreadableInput: A file does not read.
        LawFault: The files do not fit together, or there are none.
    """
    inside = path / "instruments"
    if not inside.is_dir():
        return read_law(path, _known_in(selection))
    files = {f"instruments/{file.name}": file.read_bytes() for file in sorted(inside.glob("*.toml"))}
    lists = {name: (path / name).read_bytes() for name in ("lenses.toml", "readings.toml", "names.toml")
             if (path / name).is_file()}  # fmt: skip
    return law_of_files({**files, **lists}, _known_in(selection))


def _known_in(selection: Selection) -> Selection | None:
    """A selection that selects nothing is none, so that the law is checked as a whole."""
    return None if selection == _WHOLE else selection


def _with_instrument(word: str, base: Law) -> NamedLaw:
    data = read_bytes(word)
    text = from_toml(InstrumentText, data, word)
    others = tuple(one for one in base.source.instruments if one.instrument != text.instrument)
    files = replace(
        base.source,
        instruments=(*others, text),
        checked=False,
        facts=None,
        sha256=of_files([("law", base.sha256.encode()), (text.instrument, data)]),
    )
    with_it = replace(base, source=files, instruments={one.instrument: one for one in files.instruments})
    return _selecting(f"the law with {word}", with_it, text)


def _selecting(name: str, base: Law, text: InstrumentText) -> NamedLaw:
    selection = base.selection
    if text.status == "proposed":
        selection = replace(selection, proposed=tuple(dict.fromkeys([*selection.proposed, text.instrument])))
    law = replace(compile_law(base.source, selection), names=base.names)
    days = [one.from_day for one in text.provisions] + [one.from_day for one in text.groups]
    return NamedLaw(name=name, law=law, day=None, whole_from=max(days, default=None))
