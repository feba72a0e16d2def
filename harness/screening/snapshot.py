"""A snapshot of the lists: written as lines of JSON, read again, and what differs between two."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from harness.codec.digest import sha256
from harness.codec.documents import from_json
from harness.errors import Fault, UnreadableInput
from harness.model.csl_snapshot import (
    LONGEST_KEY,
    ChangedEntry,
    CslSnapshot,
    Differences,
    ListCount,
    ListEntry,
    Matched,
    TouchedEntry,
)

_Texts = tuple[str, ...]
_MATCHED: TypeAdapter[tuple[tuple[str, _Texts, str | None, str | None], ...]] = TypeAdapter(
    tuple[tuple[str, _Texts, str | None, str | None], ...]
)
_ENTRY: TypeAdapter[tuple[Any, ...]] = TypeAdapter(
    tuple[str, str, _Texts, str, str, _Texts, _Texts, str, str, str, str, str, str, tuple[tuple[str, str], ...]]
)
# A party without a type is a legal entity: so are those of the lists that state none.
_UNSTATED = "entity"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that was read: what is matched at once, and of each entry the line that says the rest."""

    head: CslSnapshot
    sha256: str
    matched: tuple[Matched, ...]
    lines: Sequence[bytes]
    source: str

    def entry(self, n: int) -> ListEntry:
        """Return the entry at a place.

        Raises:
            UnreadableInput: The line is none, or one of another entry.
        """
        try:
            entry = ListEntry._make(_ENTRY.validate_json(self.lines[n], strict=True))
        except ValidationError:
            raise self._altered(n, "no entry") from None
        if matched_of(entry) != self.matched[n]:
            raise self._altered(n, "another entry than the one that was matched")
        return entry

    def entry_sha256(self, n: int) -> str:
        """Return the digest of all that the entry at a place says."""
        return sha256(self.lines[n])

    def entries(self) -> Iterable[ListEntry]:
        """Yield every entry."""
        return map(self.entry, range(len(self.lines)))

    def _altered(self, n: int, got: str) -> UnreadableInput:
        where = f"line {2 + len(self.matched) + n:,}"
        return UnreadableInput(self.source, (Fault(where=where, got=got, need="a snapshot as it was written"),))


def matched_of(entry: ListEntry) -> Matched:
    """Return what of an entry is matched; of several places none stands for the party."""
    country = entry.countries[0] if len(entry.countries) == 1 else None
    return Matched(key=entry.key, names=entry.names, country=country, kind=entry.kind or _UNSTATED)


def snapshot_bytes(
    entries: Sequence[ListEntry],
    *,
    source_sha256: str,
    source_form: Literal["csv", "json"],
    published: date | None,
    accepted: tuple[str, ...],
    unknown: Mapping[str, int],
    known: Iterable[str],
    notes: tuple[str, ...],
) -> bytes:
    """Return a snapshot as a file: the same bytes for the same entries, whatever order they came in.

    Args:
        entries: What the file holds.
        source_sha256: Of the file.
        source_form: How it is written.
        published: On which day it was, where that is known.
        accepted: Losses that were accepted.
        unknown: Rows of lists that the harness does not know, by the name that the file gives them.
        known: The ids of the lists that it knows.
        notes: What else is to be known of it.
    """
    ordered = sorted(entries)
    matched = b"".join(line_of(matched_of(entry)) for entry in ordered)
    body = matched + b"".join(map(line_of, ordered))
    counts = Counter(entry.list for entry in ordered)
    lists = [ListCount(list=one, entries=counts[one]) for one in known]
    lists += [ListCount(list="other", source=name, entries=rows) for name, rows in sorted(unknown.items())]
    head = CslSnapshot(
        schema="csl-snapshot/1",
        source_sha256=source_sha256,
        source_form=source_form,
        published=published,
        entries=len(ordered),
        lists=tuple(lists),
        accepted=accepted,
        notes=notes,
        body_sha256=sha256(body),
    )
    return head.model_dump_json(by_alias=True, exclude_none=True).encode() + b"\n" + body


def line_of(value: tuple[Any, ...]) -> bytes:
    """Return an entry, or what of one is matched, as a line of a snapshot."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_snapshot(data: bytes, source: str) -> Snapshot:
    """Return the snapshot in these bytes.

    Raises:
        UnreadableInput: It is none, or not as it was written.
    """
    first, _, body = data.partition(b"\n")
    head = from_json(CslSnapshot, first, source)
    if sha256(body) != head.body_sha256:
        fault = Fault(
            where="body_sha256", got="another digest", need="a snapshot as it was written", next="import again"
        )
        raise UnreadableInput(source, (fault,))
    lines = body.split(b"\n")
    if len(lines) != 2 * head.entries + 1 or lines[-1]:
        got, need = f"{len(lines) - 1:,} lines after the head", f"{2 * head.entries:,}"
        raise UnreadableInput(source, (Fault(where="entries", got=got, need=need),))
    try:
        rows = _MATCHED.validate_json(b"[" + b",".join(lines[: head.entries]) + b"]", strict=True)
    except ValidationError as error:
        where = f"line {_place(error) + 2:,}"
        raise UnreadableInput(source, (Fault(where=where, got="no entry", need="key, names, place, kind"),)) from None
    if len(rows) != head.entries:
        raise UnreadableInput(source, (Fault(where="entries", got=f"{len(rows):,}", need=f"{head.entries:,}"),))
    matched = tuple(map(Matched._make, rows))
    if len({one.key for one in matched}) < len(matched) or not all(0 < len(one.key) <= LONGEST_KEY for one in matched):
        need = f"of each entry another, of 1 to {LONGEST_KEY} characters"
        raise UnreadableInput(source, (Fault(where="the keys", got="others", need=need),))
    return Snapshot(head=head, sha256=sha256(data), matched=matched, lines=lines[head.entries : -1], source=source)


def _place(error: ValidationError) -> int:
    location = error.errors(include_url=False)[0]["loc"]
    return location[0] if location and isinstance(location[0], int) else 0


def differences(before: Snapshot, after: Snapshot) -> Differences:
    """Return what differs between two snapshots, entry by entry.

    Some lists have no numbers of their own, and an entry that changes comes under another key: one that went and one
    that came under the same name, in the same list, is one that changed.
    """
    old = {entry.key: n for n, entry in enumerate(before.matched)}
    new = {entry.key: n for n, entry in enumerate(after.matched)}
    gone = [before.entry(n) for key, n in old.items() if key not in new]
    came = [after.entry(n) for key, n in new.items() if key not in old]
    pairs = _same_names(gone, came)
    both = [
        (before.entry(old[key]), after.entry(n))
        for key, n in new.items()
        if key in old and before.lines[old[key]] != after.lines[n]
    ]
    paired = {one.key for pair in pairs for one in pair}
    return Differences(
        previous_sha256=before.sha256,
        added=tuple(_touched(one) for one in came if one.key not in paired),
        removed=tuple(_touched(one) for one in gone if one.key not in paired),
        changed=tuple(_changed(one, other) for one, other in sorted([*both, *pairs], key=lambda pair: pair[1].key)),
    )


def _same_names(gone: Sequence[ListEntry], came: Sequence[ListEntry]) -> list[tuple[ListEntry, ListEntry]]:
    """Return those that went and came under one name; a name that several have pairs nobody."""

    def by_name(entries: Sequence[ListEntry]) -> dict[tuple[str, str], ListEntry]:
        counts = Counter((one.list, one.whole.casefold()) for one in entries)
        named = {(one.list, one.whole.casefold()): one for one in entries}
        return {name: one for name, one in named.items() if counts[name] == 1}

    old, new = by_name(gone), by_name(came)
    return [(old[name], one) for name, one in new.items() if name in old]


def _touched(entry: ListEntry) -> TouchedEntry:
    return TouchedEntry(entry=entry.key, name=entry.whole)


def _changed(before: ListEntry, after: ListEntry) -> ChangedEntry:
    fields = [name for name in ListEntry._fields if name != "other" and getattr(before, name) != getattr(after, name)]
    old, new = dict(before.other), dict(after.other)
    fields += [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return ChangedEntry(
        entry=after.key,
        name=after.whole,
        fields=tuple(fields),
        requirement=_pair(before.requirement, after.requirement),
        policy=_pair(before.policy, after.policy),
    )


def _pair(before: str, after: str) -> tuple[str, str] | None:
    return None if before == after else (before, after)
