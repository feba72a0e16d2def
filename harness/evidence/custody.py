"""How far the custody of a lot is assured: by what the laboratory states, or by a log that every party signed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from harness.errors import UnreadableInput
from harness.evidence.custody_chain import (
    Hold,
    Link,
    chain_links,
    parties,
    read_chain,
    silences,
    units_digest,
    units_stay,
    walked,
)
from harness.evidence.custody_seals import seals_followed
from harness.evidence.dsse import signers
from harness.evidence.keys import PublicKey
from harness.model.aspects import BROKEN, AspectFacts
from harness.model.catalogue import CATALOGUE
from harness.model.custody import ChainEvent
from harness.model.finding import Effect, Finding
from harness.model.lab_report import LabReport
from harness.model.method_custody import CustodyMethod
from harness.model.trust_root import RoleName

# Whose signatures count on an event.
_ROLES: tuple[RoleName, ...] = ("custodian", "laboratory")
Span = tuple[datetime, datetime]


class KeysAt(Protocol):
    """The keys that count for a role at a time, by their ids, each with the organisation whose it is."""

    def __call__(self, role: RoleName, at: datetime) -> Mapping[str, tuple[PublicKey, str]]:
        """Return them; none for a role that the trust root does not have."""


def custody_facts(
    log: bytes | None,
    source: str,
    report: LabReport,
    *,
    rules: CustodyMethod,
    keys_at: KeysAt | None = None,
    signed_by: str | None = None,
    lot_units: Collection[str] | None = None,
    issued_at: datetime | None = None,
) -> AspectFacts:
    """Return how far the custody of the lot in a report is assured.

    Args:
        log: The bytes of the attachment that the report names in `custody_log`; None where it was not found.
        source: What messages call the log.
        report: The report.
        rules: What the method says of custody.
        keys_at: The keys of the trust root; None where there is no trust root. Then nothing is complete.
        signed_by: The organisation whose signature on the report holds; None: nobody's.
        lot_units: The ids of all units of the lot, where its manifest was read.
        issued_at: When the report was signed, which names the log by its digest; None: it was not.
    """
    if report.custody_log is None:
        n = len(report.custody)
        says = f"{n} hand-overs, as the laboratory states them; no signed log" if n else "no hand-over is stated"
        return AspectFacts(aspect="custody", level="stated" if n else "none", says=says)
    if log is None:
        return _unread(report.custody_log, "no such file that can be read")
    try:
        chain = read_chain(log, source)
    except UnreadableInput as error:
        return _unread(report.custody_log, str(error.faults[0]))
    findings = [
        *chain_findings(chain, rules),
        *report_findings(chain, report, signed_by, lot_units),
        *events_after(chain, issued_at),
    ]
    if keys_at is not None:
        findings += signature_findings(chain, keys_at)
    missing = "no trust root says whose keys these are" if keys_at is None else None
    if missing is None and signed_by is None:
        missing = "nobody whose signature holds has issued the report"
    if missing is None and chain[0].event.from_organisation == signed_by:
        missing = "it begins with the laboratory, to which nobody handed the lot over"
    return facts_of(chain, findings, missing)


def _unread(name: str, got: str) -> AspectFacts:
    """A log that is named and cannot be read is worth less than none: what it would have shown is not known."""
    finding = Finding(code="custody-log-unreadable", where="custody_log", got=got, need=f"{name}, a custody-log/1")
    return AspectFacts(aspect="custody", level="none", says=f"the log {name} cannot be read", findings=(finding,))


def facts_of(chain: Sequence[Link], findings: Sequence[Finding], missing: str | None) -> AspectFacts:
    """Return the level that a chain reaches with what was found: complete only where nothing was, nor is missing."""
    first, last = chain[0].event, chain[-1].event
    way = f"{len(chain)} events from {first.from_organisation} to {last.to_organisation or last.from_organisation}"
    wrong = [one.code for one in findings if CATALOGUE[one.code].effect is Effect.VOIDS]
    if wrong:
        level, says = BROKEN, f"{way}; {', '.join(dict.fromkeys(wrong))}"
    elif findings or missing:
        noted = ", ".join(dict.fromkeys(one.code for one in findings))
        level, says = "stated", f"{way}, not complete: {'; '.join(filter(None, (missing, noted)))}"
    else:
        level, says = "complete", f"{way}, each signed by every party to it"
    return AspectFacts(aspect="custody", level=level, says=says, findings=tuple(findings))


def chain_findings(chain: Sequence[Link], rules: CustodyMethod) -> list[Finding]:
    """Return what is wrong with a chain in itself, whoever signed it."""
    return [
        *chain_links(chain),
        *walked(chain).findings,
        *seals_followed(chain)[1],
        *units_stay(chain),
        *silences(chain, rules.longest_silence_days),
    ]


def signature_findings(chain: Sequence[Link], keys_at: KeysAt) -> Iterator[Finding]:
    """Is every event signed by every party to it, with keys that count for a custodian or a laboratory at its time?"""
    for link, needed in parties(chain):
        counting = {key_id: found for role in _ROLES for key_id, found in keys_at(role, link.event.at).items()}
        # Others have nothing to sign here; their keys are tried only where they are named, or hostile logs take long.
        named = {hint for hint, _ in link.envelope.signatures}
        keys = {key_id: found for key_id, found in counting.items() if found[1] in needed or key_id in named}
        signed = signers(link.envelope, {key_id: key for key_id, (key, _) in keys.items()})
        for n in signed.bad:
            where, got = f"{link.where}.signatures[{n}]", f"the key id {link.envelope.signatures[n][0]}"
            yield Finding(code="custody-signature-bad", where=where, got=got, need="a signature by that key")
        # Organisations sign, not keys: two keys of one party are one party.
        by = dict.fromkeys(keys[key_id][1] for key_id in signed.good)
        missing = [organisation for organisation in needed if organisation not in by]
        if missing:
            got = f"signed by {', '.join(by)}" if by else "signed by nobody whose key counts at that time"
            need = f"the signature of {' and of '.join(missing)}"
            yield Finding(code="custody-one-sided", where=f"{link.where}.signatures", got=got, need=need)


def events_after(chain: Sequence[Link], issued_at: datetime | None) -> Iterator[Finding]:
    """Is every event older than the report that names the log by its digest? A clock that is fast explains minutes."""
    for link in chain:
        if issued_at is not None and link.event.at > issued_at:
            need = f"{issued_at.isoformat()}, when the report that attaches the log was signed, or earlier"
            where, got = f"{link.where}.at", link.event.at.isoformat()
            yield Finding(code="custody-after-report", where=where, got=got, need=need)


# --- Chain and report -----------------------------------------------------------------------------------------------


def report_findings(
    chain: Sequence[Link], report: LabReport, signed_by: str | None, lot_units: Collection[str] | None
) -> Iterator[Finding]:
    """Is the chain that of the lot in the report, and did the laboratory hold the lot whenever it measured?"""
    spans = list(_measured(report))
    yield from _lot_is_the_reports(chain, report, [span for _, span in spans], lot_units)
    untimed = sum(one.started_at is None and _made_here(one.source) for one in report.measurements)
    if untimed:
        got, need = f"{untimed} measurements without a time", "the time of every measurement"
        yield Finding(code="custody-unclear", where="measurements", got=got, need=need)
    if signed_by is not None:
        yield from _measured_in_hand(chain, spans, signed_by)
    yield from _measured_in_the_open(chain, spans)
    latest = max((end for _, (_, end) in spans), default=None)
    if latest is not None and chain[-1].event.at < latest:
        got, need = chain[-1].event.at.isoformat(), f"{latest.isoformat()}, the end of the last measurement, or later"
        yield Finding(code="custody-ends-early", where=f"{chain[-1].where}.at", got=got, need=need)


def _made_here(source: object) -> bool:
    return getattr(source, "kind", "measured") in ("measured", "inventory")


def _measured(report: LabReport) -> Iterator[tuple[int, Span]]:
    for n, one in enumerate(report.measurements):
        if one.started_at is not None and _made_here(one.source):
            yield n, (one.started_at, one.ended_at or one.started_at)


def _measured_in_hand(chain: Sequence[Link], spans: Iterable[tuple[int, Span]], signed_by: str) -> Iterator[Finding]:
    holds = [hold for hold in walked(chain).all_holds() if hold.organisation == signed_by]
    if not holds:
        need = f"an event by which {signed_by}, who signed the report, took the lot"
        yield Finding(code="custody-unclear", where="custody_log", got="no such event", need=need)
        return
    for n, (start, end) in spans:
        if not any(hold.since <= start and (hold.until is None or end <= hold.until) for hold in holds):
            got = f"{start.isoformat()} to {end.isoformat()}"
            need = f"while {signed_by} held the lot: {_spans(holds)}"
            yield Finding(code="measured-outside-custody", where=f"measurements[{n}].started_at", got=got, need=need)


def _spans(holds: Sequence[Hold]) -> str:
    return " or ".join(
        f"{hold.since.isoformat()} to {hold.until.isoformat()}" if hold.until else f"from {hold.since.isoformat()} on"
        for hold in holds
    )


def _measured_in_the_open(chain: Sequence[Link], spans: Iterable[tuple[int, Span]]) -> Iterator[Finding]:
    # What became of the seals after the last event, the log does not say.
    last = chain[-1].event.at
    closed = [(since, until or last) for since, until in seals_followed(chain)[0].all_closed()]
    for n, (start, end) in spans:
        for since, until in closed:
            if start < until and end > since:
                got = f"measured from {start.isoformat()} to {end.isoformat()}, behind seals since {since.isoformat()}"
                need = "a lot that was opened before it was measured"
                where = f"measurements[{n}].started_at"
                yield Finding(code="custody-seal-broken", where=where, got=got, need=need)
                break


def _lot_is_the_reports(
    chain: Sequence[Link], report: LabReport, spans: Sequence[Span], lot_units: Collection[str] | None
) -> Iterator[Finding]:
    lot = report.lot
    if lot is None or lot.lot_id is None:
        yield Finding(code="custody-unclear", where="lot.lot_id", got="nothing", need=chain[0].event.lot_id)
        return
    if chain[0].event.lot_id != lot.lot_id:
        where, got = f"{chain[0].where}.lot_id", chain[0].event.lot_id
        yield Finding(code="custody-wrong-lot", where=where, got=got, need=f"{lot.lot_id}, the lot of the report")
    held = _held_when_measured(chain, spans)
    if lot.units_in_lot is not None and held.units != lot.units_in_lot:
        need = f"{held.units} units, as the custody log has it"
        yield Finding(code="custody-units-changed", where="lot.units_in_lot", got=str(lot.units_in_lot), need=need)
        return
    known = _known_units(report, lot_units)
    if known and all(units_digest(ids) != held.units_root for ids in known):
        got, need = f"units with the digest {units_digest(known[0])}", f"{held.units_root}, as the custody log has it"
        yield Finding(code="custody-units-changed", where="lot", got=got, need=need)


def _held_when_measured(chain: Sequence[Link], spans: Sequence[Span]) -> ChainEvent:
    """Return the last event before anything was measured; the first one where none was, or nothing is timed."""
    start = min((start for start, _ in spans), default=None)
    before = [link.event for link in chain if start is not None and link.event.at <= start]
    return before[-1] if before else chain[0].event


def _known_units(report: LabReport, lot_units: Collection[str] | None) -> list[Collection[str]]:
    """Return the ids of all units of the lot, in the ways in which a log may name them; nothing where not all are."""
    if lot_units is not None:
        return [lot_units]
    lot = report.lot
    if lot is None or len(lot.units) != lot.units_in_lot:
        return []
    serials = [unit.serial for unit in lot.units if unit.serial is not None]
    return [[unit.unit_id for unit in lot.units], *([serials] if len(serials) == len(lot.units) else [])]
