"""Custody logs as they grow: an event is added behind the last one, and a party signs one that stands there."""

from collections.abc import Sequence

from harness.codec.documents import from_json
from harness.errors import Fault, UnreadableInput, WrongUsage
from harness.evidence.custody_chain import Link, read_chain, senseless
from harness.evidence.dsse import countersigned, enveloped, written
from harness.evidence.keys import PrivateKey
from harness.model.custody import CUSTODY_EVENT_TYPE, MOST_EVENTS, ChainEvent, CustodyLog
from harness.model.envelope import Envelope


def event_after(last: Link | None, **stated: object) -> ChainEvent:
    """Return the event that follows another one; lot and units stay as they were where nothing else is stated.

    Args:
        last: The event before; None begins a log.
        stated: The fields of `ChainEvent`, but for its number and the digest of the event before.

    Raises:
        WrongUsage: The event leaves out what one of its type needs, or says too much.
    """
    before = last.event if last is not None else None
    stays = {} if before is None else {"lot_id": before.lot_id, "units": before.units, "units_root": before.units_root}
    missing = [name for name in ("lot_id", "units_root") if stays.get(name) is None and stated.get(name) is None]
    if missing:
        raise WrongUsage("the first event of a log names its lot and its units")
    event = ChainEvent.model_validate(
        {
            "schema": "custody-event/1",
            "seq": 1 if before is None else before.seq + 1,
            "prev": None if last is None else last.digest,
            **stays,
            **{name: value for name, value in stated.items() if value is not None},
        }
    )
    faults = [str(fault) for fault in senseless(event)]
    if faults:
        raise WrongUsage("; ".join(faults))
    return event


def with_event(data: bytes | None, source: str, event: ChainEvent, keys: Sequence[PrivateKey]) -> bytes:
    """Return a custody log with one more event, signed by these keys.

    Args:
        data: The log; None begins one.
        source: What to call it in messages.
        event: The event.
        keys: The keys that sign it.

    Raises:
        UnreadableInput: The log cannot be read, or has no room.
    """
    before = () if data is None else from_json(CustodyLog, data, source).events
    if len(before) >= MOST_EVENTS:
        fault = Fault(where="events", got=f"{len(before)} events", need=f"at most {MOST_EVENTS}")
        raise UnreadableInput(source, (fault,))
    payload = event.model_dump_json(by_alias=True, exclude_none=False).encode()
    added = from_json(Envelope, enveloped(payload, CUSTODY_EVENT_TYPE, keys), source)
    return _log((*before, added))


def with_signatures(data: bytes, source: str, place: int, keys: Sequence[PrivateKey]) -> bytes:
    """Return a custody log in which further keys signed an event; what was signed stays as it is.

    Args:
        data: The log.
        source: What to call it in messages.
        place: The number of the event, from 1; 0 is the last one.
        keys: The keys that sign.

    Raises:
        UnreadableInput: The log cannot be read, or the event would have more signatures than are read.
        WrongUsage: There is no such event.
    """
    chain = read_chain(data, source)
    if not 0 <= place <= len(chain):
        raise WrongUsage(f"no event {place}: the log has {len(chain)}")
    events = list(from_json(CustodyLog, data, source).events)
    n = (place or len(chain)) - 1
    signed = countersigned(written(events[n]), source, CUSTODY_EVENT_TYPE, keys)
    events[n] = from_json(Envelope, signed, source)
    return _log(tuple(events))


def _log(events: tuple[Envelope, ...]) -> bytes:
    log = CustodyLog(schema="custody-log/1", events=events)
    return (log.model_dump_json(by_alias=True, exclude_none=True, indent=2) + "\n").encode()
