"""A trust root held against its pin, its predecessors and the clock, as an answer and not as an error."""

import re
from dataclasses import dataclass
from datetime import datetime

from harness.codec.digest import sha256
from harness.errors import TrustRefused, WrongUsage
from harness.evidence.trust_root import ReadRoot, consistent_root, trusted_root, unbelieved
from harness.model.trust_check import TrustCheck, TrustNote, TrustReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is asked of a trust root: files from the oldest on, each with its name, and what they are held against."""

    files: tuple[tuple[bytes, str], ...]
    pin: str | None
    needs_pin: bool
    now: datetime
    clock_given: bool
    at_least: int | None


def checked(asked: Asked) -> TrustCheck:
    """Return the answer.

    Raises:
        UnreadableInput: A file that is no trust root.
        WrongUsage: The pin is no digest.
    """
    if asked.pin is not None and re.fullmatch("[0-9a-f]{64}", asked.pin) is None:
        raise WrongUsage(f"got {asked.pin[:80]!r}; need a SHA-256 digest: 64 lower-case hexadecimal digits")
    source = asked.files[-1][1]
    try:
        root = _root(asked)
    except TrustRefused as refused:
        reasons = tuple(
            TrustReason(code=one.code, where=one.where, got=one.got[:8000], need=one.need, next=one.next)
            for one in refused.faults
        )
        # Where the fault lies in one of the files before, its name tells which.
        return _answer(asked, refused.source, None, reasons)
    return _answer(asked, source, root, ())


def _root(asked: Asked) -> ReadRoot:
    (data, source), *later = asked.files
    if asked.pin is None:
        return consistent_root(data, source, now=asked.now, highest_version=asked.at_least, later=later)
    return trusted_root(data, source, pin=asked.pin, now=asked.now, highest_version=asked.at_least, later=later)


def _answer(asked: Asked, source: str, root: ReadRoot | None, reasons: tuple[TrustReason, ...]) -> TrustCheck:
    unpinned = asked.needs_pin and asked.pin is None
    at = next(n for n, (_, name) in enumerate(asked.files) if name == source)
    data = asked.files[at][0]
    # A file that is not the one that was pinned is not even read.
    said = None if any(one.code == "root-pin-differs" for one in reasons) else unbelieved(data, source)[1]
    return TrustCheck(
        schema="trust-check/1",
        source=source,
        outcome="fail" if root is None else "undecided" if unpinned else "pass",
        sha256=sha256(data),
        version=said.version if said else None,
        expires=said.expires if said else None,
        signed_by={id_: root.document.keys[id_].organisation for id_ in root.signed_by} if root else {},
        after=tuple(name for _, name in asked.files[:at]),
        pinned=asked.pin is not None and root is not None,
        clock=asked.now,
        clock_given=asked.clock_given,
        reasons=reasons,
        notes=tuple(TrustNote(where=one.where, got=one.got, need=one.need) for one in root.notes) if root else (),
    )
