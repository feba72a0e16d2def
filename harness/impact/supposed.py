"""A law in which some constants have other values: what if the line moved."""

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from re import fullmatch

from harness.errors import WrongUsage
from harness.model.document import FIGURE
from harness.model.policy import InstrumentText, ParamText
from harness.policy.law import Law
from harness.policy.timeline import compile_law


def supposed(law: Law, words: Iterable[str]) -> Law:
    """Return a law with some constants changed.

    Args:
        law: The law as it stands.
        words: Each `NAME=VALUE`; the name is that of a constant, such as gate.tpp, or INSTRUMENT#gate.tpp where several
            instruments have one of that name. The value is in the unit of the constant.

    Raises:
        WrongUsage: No such constant, several of that name, one twice, or no figure.
    """
    named = [_change(law, word) for word in words]
    changes = dict(named)
    if len(changes) < len(named):
        raise WrongUsage("--set: a constant is given twice; it can have one value")
    texts = tuple(_changed(text, changes) for text in law.source.instruments)
    said = ", ".join(f"{instrument}#{name}={value}" for (instrument, name), value in sorted(changes.items()))
    # The clause of a constant that is supposed repeats no number any more, so what is checked at load is not.
    files = replace(law.source, instruments=texts, checked=True, facts=law.facts, sha256=f"{law.sha256} with {said}")
    return replace(compile_law(files, law.selection), names=law.names)


def _change(law: Law, word: str) -> tuple[tuple[str, str], str]:
    name, given, value = (part.strip() for part in word.partition("="))
    if not given or not fullmatch(FIGURE, value):
        raise WrongUsage(f"--set {word!r}: need NAME=VALUE, a constant and a figure such as gate.tpp=16000")
    known = {f"{text.instrument}#{param.id}": (text.instrument, param.id)
             for text in law.source.instruments for param in text.params}  # fmt: skip
    found = [place for full, place in known.items() if name in (full, place[1])]
    if len(found) > 1:
        raise WrongUsage(f"--set {name}: several have that name: {', '.join('#'.join(one) for one in found)}")
    if not found:
        near = get_close_matches(name, [*known, *(own for _, own in known.values())], n=4, cutoff=0.5)
        advice = f"did you mean {', '.join(dict.fromkeys(near))}?" if near else "harness law show INSTRUMENT lists them"
        raise WrongUsage(f"--set {name}: no constant of that name; {advice}")
    return found[0], value


def _changed(text: InstrumentText, changes: dict[tuple[str, str], str]) -> InstrumentText:
    params = tuple(_param(text, param, changes) for param in text.params)
    return text if params == text.params else text.model_copy(update={"params": params})


def _param(text: InstrumentText, param: ParamText, changes: dict[tuple[str, str], str]) -> ParamText:
    value = changes.get((text.instrument, param.id))
    if value is None:
        return param
    said = f"supposed: {value} in place of {param.value} ({param.says})"
    return param.model_copy(update={"value": value, "says": said})
