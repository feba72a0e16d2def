"""Documents with the names of parties taken out, and put back by whoever has the key.

In place of a name stands its keyed digest, the same wherever the same name stood, so that what is joined by names stays
joined. Where one of the names stands within another text, it is taken out there too.
"""

import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.codec.canonical_json import canonical_value
from harness.codec.digest import sha256
from harness.codec.documents import from_json, path
from harness.codec.enveloped_reports import is_enveloped
from harness.codec.strict_json import read_payload
from harness.errors import Fault, UnreadableInput
from harness.model.redaction import (
    RedactedDocument,
    RedactedPlace,
    RedactionKey,
    is_redacted,
    plain,
    redacted_name,
)

_EVERY = "*"
_LONGEST_NAME = 300
_SHORTEST_WITHIN = 3
_Place = tuple[str | int, ...]
_Pattern = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Form:
    """Where a kind of document holds names of parties, and where texts that may hold some within."""

    schema: str
    # Places whose text is a party's name, or a number by which it is found.
    names: tuple[_Pattern, ...]
    # Places whose text is the name of somebody who may be a party.
    perhaps: tuple[_Pattern, ...] = ()
    # Names that stay: the law has the laboratory named.
    kept: tuple[_Pattern, ...] = ()
    # Parts in which no party is named.
    untouched: tuple[str, ...] = ()


_FORMS: Mapping[str, _Form] = {
    "lab-report/0": _Form(
        schema="lab-report",
        names=(
            ("transaction", "parties", _EVERY, "name"),
            ("custody", _EVERY, "from_party"),
            ("custody", _EVERY, "to_party"),
            ("laboratory", "financial_interests", _EVERY, "party"),
        ),
        perhaps=(("recorders", _EVERY, "name"), ("recorders", _EVERY, "controlled_by")),
        kept=(("laboratory", "name"),),
        untouched=("schema", "report_id", "product", "configuration", "attachments", "measurements", "observations"),
    ),
    "dossier/1": _Form(
        schema="dossier",
        names=(
            ("parties", _EVERY, "name"),
            ("parties", _EVERY, "other_names", _EVERY),
            ("parties", _EVERY, "ultimate_parent"),
            ("parties", _EVERY, "registry_number"),
            ("parties", _EVERY, "address"),
            ("parties", _EVERY, "ownership", _EVERY, "holder"),
            ("remote_service", "users", _EVERY, "name"),
        ),
        kept=(("shipments", _EVERY, "laboratory"),),
        untouched=("schema", "dossier_id"),
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Redacted:
    """A document without names: its bytes, what the key has to keep, and the files that it attaches as they were."""

    content: bytes
    kept: RedactedDocument
    names: int
    attached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of the parties of one document, and what stands in their place."""

    salt: bytes
    known: dict[str, str] = field(default_factory=dict)
    spelt: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        self.known.setdefault(plain(name), redacted_name(self._digest(plain(name))))
        self.spelt.add(name)

    def _digest(self, name: str) -> str:
        return hmac.new(self.salt, name.encode(), "sha256").hexdigest()

    def whole(self, text: str) -> str:
        """Return what stands in place of a text that is a name."""
        return self.known.get(plain(text), text)

    def within(self) -> Callable[[str], str]:
        """Return what takes the names out of a text."""
        long = sorted((name for name in self.spelt if len(name) >= _SHORTEST_WITHIN), key=len, reverse=True)
        if not long:
            return lambda text: text
        found = re.compile("|".join(map(_as_a_word, long)), re.IGNORECASE)

        def taken_out(text: str) -> str:
            said = found.sub(lambda match: self.whole(match.group()), text)
            # What is no name any more may not have the room: then nothing of it is shown.
            too_long = len(said) > _LONGEST_NAME >= len(text)
            return redacted_name(self._digest(text)) if too_long else said

        return taken_out


def _as_a_word(name: str) -> str:
    """Match a name where it does not begin or end within a longer word."""
    before = r"(?<![A-Za-z0-9])" if re.match(r"[A-Za-z0-9]", name) else ""
    after = r"(?![A-Za-z0-9])" if re.search(r"[A-Za-z0-9]$", name) else ""
    return f"{before}{re.escape(name)}{after}"


def redacted(data: bytes, source: str, salt: bytes, dossier: tuple[str, bytes] | None = None) -> Redacted:
    """Return a document with the names of its parties taken out.

    Args:
        data: The bytes of a lab report or a dossier.
        source: What messages call it.
        salt: 32 bytes that nobody else knows; with the same salt the same name becomes the same digest.
        dossier: Name and bytes of the redacted dossier that a redacted report is to name in place of its own.

    Raises:
        UnreadableInput: It is no such document, is in an envelope, or has nothing to take out.
    """
    value = _read(data, source)
    form = _FORMS[value["schema"]]
    names = _names(value, form, salt, source)
    places = list(_replaced(value, form, names))
    if dossier is not None:
        places += _renamed(value, dossier, source)
    before = sha256(canonical_value(value, source))
    for place in places:
        _put(value, place.at, place.now)
    places = _that_fit(value, places, form, source)
    kept = RedactedDocument(
        before_sha256=before,
        after_sha256=sha256(canonical_value(value, source)),
        places=tuple(RedactedPlace(at=place.at, stood=place.stood) for place in places),
    )
    attached = tuple(one["name"] for one in value.get("attachments") or ())
    return Redacted(content=_written(value), kept=kept, names=len(names.known), attached=attached)


def revealed(data: bytes, source: str, key: RedactionKey) -> bytes:
    """Return the document as it was before its names were taken out.

    Raises:
        UnreadableInput: It is no document that was redacted with this key, or it was changed since.
    """
    value = _read(data, source)
    digest = sha256(canonical_value(value, source))
    kept = next((one for one in reversed(key.documents) if one.after_sha256 == digest), None)
    if kept is None:
        need = "a document that was redacted with this key, and not changed since"
        raise UnreadableInput(source, (Fault(where="the document", got=f"sha256 {digest}", need=need),))
    for place in kept.places:
        _put(value, place.at, place.stood)
    if sha256(canonical_value(value, source)) != kept.before_sha256:
        raise UnreadableInput(source, (Fault(where="the key", got="other names", need="those that were taken out"),))
    return _written(value)


def with_document(key: RedactionKey, kept: RedactedDocument) -> bytes:
    """Return the file of a key that knows one document more."""
    others = tuple(one for one in key.documents if one.after_sha256 != kept.after_sha256)
    known = key.model_copy(update={"documents": (*others, kept)})
    return (known.model_dump_json(by_alias=True, indent=2) + "\n").encode()


def _read(data: bytes, source: str) -> dict[str, Any]:
    if is_enveloped(data):
        fault = Fault(
            where="the file",
            got="a report in an envelope",
            need="a plain one: no signature holds over names that are gone",
            next="redact the report itself, and have what is to be shared signed anew",
        )
        raise UnreadableInput(source, (fault,))
    value = read_payload(data, source)
    schema = value.get("schema") if isinstance(value, dict) else None
    if not isinstance(schema, str) or schema not in _FORMS:
        fault = Fault(where="schema", got=ascii(schema)[:60], need=f"one of {', '.join(_FORMS)}")
        raise UnreadableInput(source, (fault,))
    _checked(data, _FORMS[schema], source)
    found: dict[str, Any] = value
    return found


def _checked(data: bytes, form: _Form, source: str) -> None:
    from harness.codec.schemas import MODELS

    from_json(MODELS[form.schema], data, source)


def _written(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


# --- Places -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    at: _Place
    stood: str
    now: str


def _texts(value: Any, at: _Place = ()) -> Iterator[tuple[_Place, str]]:
    """Yield every text of a document with the steps that lead to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*at, key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _texts(item, (*at, n))
    elif isinstance(value, str):
        yield at, value


def _fits(at: _Place, patterns: tuple[_Pattern, ...]) -> bool:
    return any(
        len(at) == len(pattern)
        and all(
            step == part or (part == _EVERY and isinstance(step, int)) for step, part in zip(at, pattern, strict=True)
        )
        for pattern in patterns
    )


def _names(value: Any, form: _Form, salt: bytes, source: str) -> _Names:
    texts = list(_texts(value))
    kept = {plain(text) for at, text in texts if _fits(at, form.kept)}
    names = _Names(salt)
    for at, text in texts:
        if _fits(at, form.names) and plain(text) not in kept:
            if is_redacted(text):
                fault = Fault(where="the document", got="names that are redacted already", need="names")
                raise UnreadableInput(source, (fault,))
            names.add(text)
    if not names.known:
        raise UnreadableInput(source, (Fault(where="the document", got="no name of a party", need="one at least"),))
    return names


def _replaced(value: Any, form: _Form, names: _Names) -> Iterator[_Change]:
    within = names.within()
    for at, text in _texts(value):
        if at[0] in form.untouched or _fits(at, form.kept):
            continue
        named = _fits(at, (*form.names, *form.perhaps))
        now = names.whole(text) if named else within(text)
        if named and now == text:
            now = within(text)
        if now != text:
            yield _Change(at, text, now)


def _renamed(value: Any, dossier: tuple[str, bytes], source: str) -> Iterator[_Change]:
    stated = value.get("dossier")
    if not isinstance(stated, dict):
        raise UnreadableInput(source, (Fault(where="dossier", got="nothing", need="a report that names a dossier"),))
    name, data = dossier
    for key, now in (("file", name), ("sha256", sha256(data))):
        yield _Change(("dossier", key), stated[key], now)


def _that_fit(value: Any, places: list[_Change], form: _Form, source: str) -> list[_Change]:
    """Return the changes that the form of the document bears; a word of a closed list stays, whoever bears its name."""
    try:
        _checked(_written(value), form, source)
    except UnreadableInput as error:
        closed = {fault.where for fault in error.faults}
        for place in places:
            if path(place.at) in closed:
                _put(value, place.at, place.stood)
        _checked(_written(value), form, source)
        return [place for place in places if path(place.at) not in closed]
    return places


def _put(value: Any, at: _Place, text: str) -> None:
    *steps, last = at
    for step in steps:
        value = value[step]
    value[last] = text
