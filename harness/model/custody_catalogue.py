"""Findings about the signed chain of custody, and about what was seen before."""

from collections.abc import Mapping

from harness.model.catalogue_entry import CatalogueEntry, entry
from harness.model.finding import Effect

_VOIDS, _NOTES = Effect.VOIDS, Effect.NOTES

OF_THE_CHAIN: Mapping[str, CatalogueEntry] = {
    "custody-after-report": entry(
        _NOTES,
        "An event later than the report that attaches it",
        "The report names the log by its digest, so every event in it is older than the report's signature. A clock "
        "that is fast explains minutes; else the event was signed before it happened.",
        "Correct the clock, or attach the log as it is when the report is issued.",
    ),
    "custody-chain-broken": entry(
        _VOIDS,
        "A chain of events that does not link",
        "An event does not name the digest of the one before it, or its number does not follow: an event was taken "
        "out, put in, exchanged or altered after the next one was signed.",
        "Send the log as it was signed, with every event.",
    ),
    "custody-ends-early": entry(
        _NOTES,
        "The log ends before the last measurement",
        "Nothing that was signed shows where the lot was when the last measurement ended.",
        "Add the event that followed the test: resealed, returned or shipped.",
    ),
    "custody-log-unreadable": entry(
        _NOTES,
        "A custody log that cannot be read",
        "The report names a log that is not beside it or does not fit its schema, so it shows nothing. It is as if "
        "there were none.",
        "Attach the log, custody-log/1, and name it in custody_log.",
    ),
    "custody-long-silence": entry(
        _NOTES,
        "Long without an event",
        "More time lies between two events than the method lets pass unasked.",
        "Have whoever held the lot say in an event where it lay, and which seals are whole.",
    ),
    "custody-one-sided": entry(
        _NOTES,
        "A hand-over that one side alone signed",
        "A party of an event has not signed it with a key that counts for it at that time. The event stands as a "
        "statement, and the chain is not complete: signatures of one party under two keys are one party's.",
        "Have the other party sign: harness custody sign.",
    ),
    "custody-overlap": entry(
        _VOIDS,
        "A lot in two hands",
        "Somebody gives or handles a lot that he gave away before, and it did not come back to him: two lots go under "
        "one name, or an event is invented.",
        "State the event by which the lot came back.",
    ),
    "custody-seal-broken": entry(
        _VOIDS,
        "A seal that is broken, gone, strange or used again",
        "A seal was found broken; or one that was applied is not there, one is found or removed that was never "
        "applied, one is applied a second time, or the lot was handled behind its seals. Units can have been "
        "exchanged.",
        "Take the lot back to where its seals were last whole, and test it again.",
    ),
    "custody-seal-unseen": entry(
        _NOTES,
        "A way without a seal that was seen",
        "The lot was shipped without a seal, or whoever received it does not say which seals were found, so nothing "
        "shows that nobody reached it on its way.",
        "Seal the lot before it is shipped, and list the seals that are found whole.",
    ),
    "custody-signature-bad": entry(
        _VOIDS,
        "A signature of a known key that does not verify",
        "An event names a key that the trust root knows, and the signature is not that key's: the event was altered "
        "after it was signed, or the signature is forged.",
        "Send the event as it was signed.",
    ),
    "custody-units-changed": entry(
        _VOIDS,
        "Other units than before",
        "The digest or the number of the units changes without a split or a merger that accounts for it, or is not "
        "that of the lot in the report.",
        "State the split or the merger, with every part.",
    ),
    "custody-wrong-lot": entry(
        _VOIDS,
        "The log of another lot",
        "An event names another lot than the report, or than the event before it.",
        "Attach the log of this lot.",
    ),
}

OF_FRESHNESS: Mapping[str, CatalogueEntry] = {
    "challenge-reused": entry(
        _VOIDS,
        "A challenge that was used before",
        "The same challenge served another lot or another unit, so what depends on it can be older than it looks.",
        "Get a challenge of its own for every lot, and test again.",
    ),
    "identity-contradicts": entry(
        _VOIDS,
        "One identity, two devices",
        "A serial number, device UUID or device key was seen before together with another one: one of the two units "
        "is not what it says.",
        "Read the identities from the device again, and compare them with its marking.",
    ),
    "lot-redrawn": entry(
        _NOTES,
        "Another draw, or another list of units, for the same lot",
        "Whoever may draw again until the units please him has chosen them.",
        "Say why the lot was drawn again, and show the first draw with its results.",
    ),
    "raw-reused": entry(
        _VOIDS,
        "Raw data of another unit or lot",
        "The same series was seen in an earlier report as that of another unit, or of a unit of another lot.",
        "Send each unit's own samples.",
    ),
    "report-expired": entry(
        _VOIDS,
        "An expired report",
        "The laboratory says until when its report counts, and that time is over.",
        "Get a report that is still good, or judge as of the day in question.",
    ),
    "report-from-the-future": entry(
        _VOIDS,
        "A report from the future",
        "The report is issued later than now, by more than clocks differ.",
        "Correct the clock, or the time of issue.",
    ),
    "report-id-reused": entry(
        _VOIDS,
        "A report id that was used for other content",
        "Two reports of one laboratory go under one id.",
        "Give the later one an id of its own, and say which it replaces.",
    ),
    "sequence-rolled-back": entry(
        _VOIDS,
        "A number that does not go up",
        "The laboratory counts its reports, and this one does not come after the last that was seen: an old report "
        "is shown for a new one, or two were issued under one number.",
        "Verify reports in the order of their numbers, or get one that is newly issued.",
    ),
    "unit-in-another-lot": entry(
        _NOTES,
        "A unit that was in another lot",
        "The same device was reported in another lot before. It may be tested again; it does not ship twice.",
        "Say how the unit came from one lot to the other.",
    ),
}

CUSTODY_CATALOGUE: Mapping[str, CatalogueEntry] = {**OF_THE_CHAIN, **OF_FRESHNESS}
