"""Documents with the names of parties taken out, and put back by whoever has the key.

In place of a name stands its keyed digest, the same wherever the same name stood, so that what is joined by names stays
joined. Where one of the names stands within another text, in whatever spelling, it is taken out there too. Nothing else
of the file changes, so that it comes back byte for byte.
"""

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.codec.canonical_json import canonical_value
from harness.codec.digest import sha256
from harness.codec.documents import from_json, path
from harness.codec.enveloped_reports import is_enveloped
from harness.codec.spelt_names import Spellings, stems
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
_LONGEST_TEXT = 8_000
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?')
_MARK = re.compile(r"redacted:[0-9a-f]{32}")
_Place = tuple[str | int, ...]
_Pattern = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Form:
    """Where a kind of document holds names of parties, and where texts that may hold some within."""

    schema: str
    # Places whose text is a party's name.
    names: tuple[_Pattern, ...]
    # Places whose text is how else a party is found: a number or an address.
    found_by: tuple[_Pattern, ...] = ()
    # Places whose text is the name of somebody who may be a party.
    perhaps: tuple[_Pattern, ...] = ()
    # Names that stay: the law has the laboratory named.
    kept: tuple[_Pattern, ...] = ()
    # What is compared with what stands outside the document; a name in it stays, and is told.
    compared: tuple[_Pattern, ...] = ()


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
        compared=(
            ("schema",),
            ("product", "manufacturer"),
            ("product", "part_number"),
            ("configuration", "driver"),
            ("configuration", "firmware"),
            ("configuration", "compute_library"),
            ("configuration", "bench"),
            ("lot", "units", _EVERY, "serial"),
            ("lot", "units", _EVERY, "device_uuid"),
            ("laboratory", "accreditations", _EVERY, "body"),
            ("laboratory", "accreditations", _EVERY, "number"),
            ("laboratory", "accreditations", _EVERY, "standard"),
            ("measurements", _EVERY, "unit"),
            ("observations", _EVERY, "unit"),
        ),
    ),
    "dossier/1": _Form(
        schema="dossier",
        names=(
            ("parties", _EVERY, "name"),
            ("parties", _EVERY, "other_names", _EVERY),
            ("parties", _EVERY, "ultimate_parent"),
            ("parties", _EVERY, "ownership", _EVERY, "holder"),
            ("screened", _EVERY, "name"),
            ("remote_service", "users", _EVERY, "name"),
        ),
        found_by=(("parties", _EVERY, "registry_number"), ("parties", _EVERY, "address")),
        kept=(("shipments", _EVERY, "laboratory"),),
        compared=(("schema",),),
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Redacted:
    """A document without names: its bytes, what the key has to keep, and the files that it attaches as they were.

    What remains: the places at which something still reads like a name, or like one without its legal form.
    """

    content: bytes
    kept: RedactedDocument
    names: int
    attached: tuple[str, ...]
    remains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of the parties of one document, and what stands in their place."""

    salt: bytes
    kept: frozenset[str] = frozenset()
    known: dict[str, str] = field(default_factory=dict)
    spelt: Spellings = field(default_factory=Spellings)

    def add(self, name: str) -> None:
        self.spelt.add(name, self.known.setdefault(plain(name), self._instead(plain(name))))

    def add_stems(self, name: str) -> None:
        """Take what is left of a name without its legal form: that may be of several parties, and is one of its own."""
        for stem in stems(name):
            self.spelt.add(stem, self._instead(stem))

    def _instead(self, name: str) -> str:
        return redacted_name(hmac.new(self.salt, name.encode(), "sha256").hexdigest())

    def whole(self, text: str) -> str:
        """Return what stands in place of a text that is a name: the same for those that are compared alike."""
        if plain(text) in self.kept:
            return text
        if plain(text) not in self.known and self.spelt.is_one(text):
            return self._instead(plain(text))
        return self.known.get(plain(text)) or self.within(text)

    def within(self, text: str) -> str:
        """Return a text without the names in it."""
        said = self.spelt.taken_out(text)
        # What is no name any more may not have the room: then nothing of it is shown.
        too_long = len(said) > _LONGEST_NAME >= len(text) or len(said) > _LONGEST_TEXT
        return self._instead(text) if too_long else said


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
    content, stood = _rewritten(data, value, {place.at: _literal(place.now) for place in places})
    kept = RedactedDocument(
        before_sha256=before,
        after_sha256=sha256(canonical_value(value, source)),
        places=tuple(
            RedactedPlace(at=one.at, stood=one.stood, literal=None if literal == _literal(one.stood) else literal)
            for one, literal in ((place, stood[place.at]) for place in places)
        ),
    )
    return Redacted(
        content=content,
        kept=kept,
        names=len(names.known),
        attached=tuple(one["name"] for one in value.get("attachments") or ()),
        remains=tuple(path(at) for at, text in _texts(value) if names.spelt.left_in(_shown(at, text))),
    )


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
    literals = {place.at: place.literal or _literal(place.stood) for place in kept.places}
    return _rewritten(data, value, literals)[0]


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
    return json.dumps(value).encode()


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _rewritten(data: bytes, value: Any, now: Mapping[_Place, str]) -> tuple[bytes, dict[_Place, str]]:
    """Return the bytes with other texts at some places and nothing else changed, and what stood at those places.

    The texts of a document stand in its file in the order in which they are walked.
    """
    places = (at for at, _ in _texts(value))
    stood: dict[_Place, str] = {}

    def put(match: re.Match[str]) -> str:
        if match.group(1) is not None:
            return match.group()
        at = next(places)
        if at not in now:
            return match.group()
        stood[at] = match.group()
        return now[at]

    return _LITERAL.sub(put, data.decode()).encode(), stood


def _shown(at: _Place, text: str) -> str:
    """Return what of a text may hold a name: no digest does."""
    return "" if str(at[-1]).endswith("sha256") else _MARK.sub(" ", text)


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
    kept = {plain(text): text for at, text in texts if _fits(at, form.kept)}
    names = _Names(salt, frozenset(kept))
    found = [(at, text) for at, text in texts if _fits(at, (*form.names, *form.found_by)) and plain(text) not in kept]
    if any(is_redacted(text) for _, text in found):
        fault = Fault(where="the document", got="names that are redacted already", need="names")
        raise UnreadableInput(source, (fault,))
    for text in kept.values():
        names.spelt.add(text, None)
    for _, text in found:
        names.add(text)
    for at, text in found:
        if _fits(at, form.names):
            names.add_stems(text)
    if not names.known:
        raise UnreadableInput(source, (Fault(where="the document", got="no name of a party", need="one at least"),))
    return names


def _replaced(value: Any, form: _Form, names: _Names) -> Iterator[_Change]:
    whole = (*form.names, *form.found_by, *form.perhaps)
    for at, text in _texts(value):
        if _fits(at, (*form.kept, *form.compared)):
            continue
        now = names.whole(text) if _fits(at, whole) else names.within(text)
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
    while True:
        try:
            _checked(_written(value), form, source)
        except UnreadableInput as error:
            where = {fault.where for fault in error.faults}
            # What one field of a part does not bear, that of its like does not either.
            closed = {_pattern(place.at) for place in places if path(place.at) in where}
            if not closed:
                raise
            for place in places:
                if _pattern(place.at) in closed:
                    _put(value, place.at, place.stood)
            places = [place for place in places if _pattern(place.at) not in closed]
        else:
            return places


def _pattern(at: _Place) -> _Pattern:
    return tuple(_EVERY if isinstance(step, int) else step for step in at)


def _put(value: Any, at: _Place, text: str) -> None:
    *steps, last = at
    for step in steps:
        value = value[step]
    value[last] = text
