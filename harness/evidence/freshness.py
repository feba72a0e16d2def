"""Is a report new, or does it show again what was seen before? Pure: the state is asked, and what to add is returned.

A report is compared with what was seen before it was seen first. So verifying it again gives the same answer, whatever
came between, and adds nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from harness.evidence.shown import (
    IDENTITIES,
    Shown,
    draws_of,
    identities_of,
    identity_key,
    key_of,
    remembered,
)
from harness.model.aspects import BROKEN, AspectFacts
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect, Finding
from harness.model.method_custody import FreshnessMethod
from harness.model.seen import Seen, SeenKind, SeenReport


class State(Protocol):
    """What was seen, in the order in which it was."""

    def place_of(self, payload: str) -> int | None:
        """Return the place of a report among all that were seen; None where it never was."""

    def seen(self, kind: SeenKind, key: str, before: int | None) -> Iterable[Seen]:
        """Return the things of this kind and key, in the reports before a place where one is given."""

    def last_sequence(self, laboratory: str, before: int | None) -> int | None:
        """Return the highest number of the reports of a laboratory, before a place where one is given."""

    def highest_trust_root(self) -> int | None:
        """Return the highest version of the trust root by which a report was verified."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness:
    """What was found, and what is to be remembered: nothing of a report that was seen before, or is void by this."""

    facts: AspectFacts
    new: SeenReport | None = None


def freshness_facts(
    shown: Shown, state: State | None, now: datetime | None, rules: FreshnessMethod | None
) -> Freshness:
    """Return whether a report is new by the clock and by what was seen.

    Args:
        shown: What the report shows.
        state: What was seen; None: nothing is remembered, and nothing compared with it.
        now: The clock; None: nothing is compared with it.
        rules: What the method says of freshness; None compares with no clock.
    """
    late, turns_at = _by_the_clock(shown, now, rules)
    if state is None:
        says = "no state file was given, so nothing says whether this was seen before"
        return Freshness(facts=_facts("not-checked", says, late, turns_at))
    first = state.place_of(shown.payload_sha256)
    found = [*late, *(finding for rule in _RULES for finding in rule(shown, state, first))]
    wrong = [one.code for one in found if CATALOGUE[one.code].effect is Effect.VOIDS]
    if shown.laboratory is None:
        says = "nobody signed the report, so it is compared with what was seen, and not remembered"
        return Freshness(facts=_facts("not-checked", says, found, turns_at))
    says = f"compared with what was seen of {shown.laboratory}: " + (
        ", ".join(dict.fromkeys(wrong)) if wrong else "nothing comes a second time"
    )
    new = remembered(shown, state.highest_trust_root()) if first is None and not wrong else None
    return Freshness(facts=_facts("checked", says, found, turns_at), new=new)


def _facts(level: str, says: str, findings: Sequence[Finding], turns_at: tuple[datetime, ...]) -> AspectFacts:
    wrong = any(CATALOGUE[one.code].effect is Effect.VOIDS for one in findings)
    return AspectFacts(
        aspect="freshness", level=BROKEN if wrong else level, says=says, findings=tuple(findings), turns_at=turns_at
    )


# --- The clock ------------------------------------------------------------------------------------------------------


def _by_the_clock(
    shown: Shown, now: datetime | None, rules: FreshnessMethod | None
) -> tuple[list[Finding], tuple[datetime, ...]]:
    """Return what the clock shows, and the instants at which another clock would show something else."""
    if now is None or rules is None:
        return [], ()
    found, turns = [], []
    if shown.issued_at is not None:
        earliest = _moved(shown.issued_at, timedelta(seconds=-rules.largest_clock_skew_s))
        turns.append(earliest)
        if now < earliest:
            need = f"at most {rules.largest_clock_skew_s} s after the clock, {now.isoformat()}"
            found.append(_finding("report-from-the-future", "issued_at", shown.issued_at.isoformat(), need))
    if shown.issued_at is not None and shown.export is None:
        # Where a day of export is stated, the age on that day is what counts, and another check looks at it.
        latest = _moved(shown.issued_at, timedelta(days=rules.largest_age_days))
        turns.append(latest)
        if now >= latest:
            need = f"less than {rules.largest_age_days} days before the clock, {now.isoformat()}"
            found.append(_finding("report-stale", "issued_at", shown.issued_at.isoformat(), need))
    if shown.expires_at is not None:
        turns.append(shown.expires_at)
        if now >= shown.expires_at:
            need = f"later than the clock, {now.isoformat()}"
            found.append(_finding("report-expired", "expires_at", shown.expires_at.isoformat(), need))
    return found, tuple(turns)


def _moved(instant: datetime, by: timedelta) -> datetime:
    """Return another instant; where no calendar holds it, the first or the last that one does."""
    try:
        return instant.astimezone(UTC) + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if by > timedelta() else datetime.min.replace(tzinfo=UTC)


def _finding(code: str, where: str, got: str, need: str) -> Finding:
    return Finding(code=code, where=where, got=got, need=need)


# --- What was seen --------------------------------------------------------------------------------------------------


def _number_goes_up(shown: Shown, state: State, first: int | None) -> Iterator[Finding]:
    """Does the number of the report come after the last of its laboratory?"""
    last = state.last_sequence(shown.laboratory, first) if shown.laboratory is not None else None
    if shown.sequence is not None and last is not None and shown.sequence <= last:
        need = f"more than {last}, the last that was seen of {shown.laboratory}"
        yield _finding("sequence-rolled-back", "sequence", str(shown.sequence), need)


def _id_is_its_own(shown: Shown, state: State, first: int | None) -> Iterator[Finding]:
    """Is the id that of no other report of the laboratory?"""
    for one in state.seen("report-id", key_of(shown.laboratory, shown.report_id), first):
        if one.payload != shown.payload_sha256:
            need = f"an id other than that of the report with the digest {one.payload}"
            yield _finding("report-id-reused", "report_id", shown.report_id, need)
            return


def _challenge_is_its_own(shown: Shown, state: State, first: int | None) -> Iterator[Finding]:
    """Did the challenge serve no other lot and no other unit?"""
    if shown.challenge is None:
        return
    served = [one for one in state.seen("challenge", shown.challenge, first) if one.payload != shown.payload_sha256]
    others = [one for one in served if shown.lot_id is None or one.lot != shown.lot_id]
    if others:
        got = f"the challenge of lot {others[0].lot or 'unknown'} in report {others[0].report_id}"
        yield _finding("challenge-reused", "challenge", got, f"a challenge for lot {shown.lot_id or 'unknown'} alone")
        return
    units = {one.thing.unit for one in served}
    new = [device.unit_id for device in shown.devices if device.unit_id not in units]
    if served and new:
        got = f"the challenge of {', '.join(sorted(units)[:5])} in report {served[0].report_id}"
        yield _finding("challenge-reused", "challenge", got, f"a challenge for {new[0]}")


def _raw_is_its_own(shown: Shown, state: State, first: int | None) -> Iterator[Finding]:
    """Is every raw series that of no other unit?"""
    for digest, unit in shown.raw:
        for one in state.seen("raw", digest, first):
            if one.payload == shown.payload_sha256:
                continue
            # Without the names of both lots, units of one name may be one unit.
            same_lot = one.lot == (shown.lot_id or "") or not one.lot or shown.lot_id is None
            is_it = _is_the_device(shown, state, unit, one.payload, first)
            same_lab = one.laboratory == (shown.laboratory or one.laboratory)
            if one.thing.unit != unit or not same_lot or not same_lab or not is_it:
                owner = f"{one.thing.unit}, lot {one.lot or 'unknown'}"
                got = f"a series of {unit} that is of {owner}, in report {one.report_id}"
                yield _finding("raw-reused", "measurements", got, f"samples of {unit} of its own")
                break


def _is_the_device(shown: Shown, state: State, unit: str, payload: str, first: int | None) -> bool:
    """Whether a unit has an identity that it had in another report; one without any is taken at its name."""
    device = next((one for one in shown.devices if one.unit_id == unit), None)
    own = identities_of(device) if device is not None else {}
    stated = [(kind, own[name]) for kind, name in IDENTITIES if own.get(name)]
    return not stated or any(
        one.payload == payload and one.thing.unit == unit
        for kind, value in stated
        for one in state.seen(kind, identity_key(shown.maker, kind, value), first)
    )


def _devices_are_one(shown: Shown, state: State, first: int | None) -> Iterator[Finding]:
    """Has every device the identities that it had before, and is it of no other lot?"""
    for n, device in enumerate(shown.devices):
        own = identities_of(device)
        seen = [
            (kind, one)
            for kind, name in IDENTITIES
            if own[name]
            for one in state.seen(kind, identity_key(shown.maker, kind, own[name]), first)
            if one.payload != shown.payload_sha256
        ]
        contradicting = [(kind, one) for kind, one in seen if _contradicts(own, one.thing.value)]
        where = f"lot.units[{n}]"
        if contradicting:
            kind, one = contradicting[0]
            got = f"the {kind} of a unit of report {one.report_id}, with other identities beside it"
            yield _finding("identity-contradicts", where, got, "one device by every identity")
        elsewhere = [one for _, one in seen if one.lot and shown.lot_id and one.lot != shown.lot_id]
        if elsewhere and not contradicting:
            got = f"a unit of lot {elsewhere[0].lot} in report {elsewhere[0].report_id}"
            yield _finding("unit-in-another-lot", where, got, f"a unit of lot {shown.lot_id} alone")


def _contradicts(own: dict[str, str], written: str) -> bool:
    """Whether an identity is known of both and not the same."""
    theirs = dict(zip(own, written.split("\n"), strict=True))
    return any(own[name] and theirs[name] and own[name] != theirs[name] for name in own)


def _lot_is_drawn_once(shown: Shown, state: State, first: int | None) -> Iterator[Finding]:
    """Are list and draw of the lot those that were seen?"""
    for kind, digest in draws_of(shown):
        for one in state.seen(kind, key_of(shown.laboratory, shown.lot_id), first):
            if one.payload != shown.payload_sha256 and one.thing.value != digest:
                need = f"{one.thing.value}, the {kind} of lot {shown.lot_id} in report {one.report_id}"
                yield _finding("lot-redrawn", f"lot.{kind}", digest, need)
                break


_RULES = (
    _number_goes_up,
    _id_is_its_own,
    _challenge_is_its_own,
    _raw_is_its_own,
    _devices_are_one,
    _lot_is_drawn_once,
)
