"""What an import of lists and a screening found, for people."""

from collections.abc import Callable, Iterable

from harness.model.csl_snapshot import CslImport, CslSnapshot, Differences, ListCount, ListEntry
from harness.model.screening import Against, DecisionUsed, Match, ScreenedParty, Screening

Shown = Callable[[str], str]
_MOST_SHOWN = 20
_OUTCOMES = {
    "no-match": "no match",
    "review": "to be reviewed",
    "hit": "hit",
    "not-screened": "no match among what was screened, which is not everything",
}


def screening_text(one: Screening, shown: Shown, *, features: bool) -> str:
    """Return a screening as lines; every text of a list is quoted as it stands there.

    Args:
        one: What was found.
        shown: Makes a text printable.
        features: Whether each feature of a score is told.
    """
    lines = [line for party in one.parties for line in _party(party, shown, features=features)]
    lines += [f"decision not used: {shown(text)}" for text in one.unused_decisions]
    lines.append(f"screened on {one.on} against")
    lines += [line for against in one.against for line in _against(against, shown)]
    lines += [f"  not against {shown(text)}" for text in one.missing]
    lines.append(f"hit from {one.hit_from} of 1000, review from {one.review_from}: a score is of names, not of parties")
    lines.append(one.said)
    return "\n".join(lines) + "\n"


def _party(one: ScreenedParty, shown: Shown, *, features: bool) -> list[str]:
    place = f" ({one.country})" if one.country else ""
    reference = f", {shown(one.reference)}" if one.reference else ""
    head = f"{shown(one.name)}{place}{reference}: {_OUTCOMES[one.outcome]}"
    return [head, *(line for match in one.matches for line in _match(match, shown, features=features))]


def _match(one: Match, shown: Shown, *, features: bool) -> list[str]:
    what = one.band if one.counts else f"{one.band}, does not count"
    lines = [
        f"  {one.score:>4}  {what}: {one.list_title}, entry {shown(one.entry)}",
        f'        compared  "{shown(one.given)}" with "{shown(one.matched)}"',
    ]
    if one.name != one.matched:
        lines.append(f'        listed as "{shown(one.name)}"')
    if features:
        lines += [
            f"        {feature.points:>+5}  {shown(f'{feature.name}: {feature.said}')}" for feature in one.features
        ]
    lines += _quoted(one, shown)
    lines += [f"        bears on  {feed.criterion}: {feed.says}; {feed.pin}" for feed in one.feeds]
    if not one.feeds:
        lines.append("        bears on  no criterion of MU-01 to MU-20 by itself; a question to be resolved")
    if one.decision is not None:
        lines.append(f"        decided   {_decided(one.decision, shown)}")
    return lines


def _quoted(one: Match, shown: Shown) -> list[str]:
    places = ", ".join(one.countries) or "not stated"
    agrees = {True: "; the same as given", False: "; another than given", None: ""}[one.same_country]
    lines = [f"        place     {shown(places)}{agrees}"]
    if one.start or one.end:
        until = f" to {shown(one.end)}" if one.end else ""
        standing = {True: "", False: "; not on this day", None: "; a day that cannot be read"}[one.in_force]
        lines.append(f"        in force  {shown(one.start or 'a day not stated')}{until or ' on'}{standing}")
    mark = '"' if one.quoted else ""
    for name, text in (
        ("published", one.federal_register),
        ("licence", one.licence_requirement),
        ("policy", one.licence_policy),
        ("programme", "; ".join(one.programmes) or None),
        ("remarks", one.remarks),
    ):
        if text:
            lines.append(f"        {name:<9} {mark}{shown(text)}{mark}")
    return lines


def _decided(one: DecisionUsed, shown: Shown) -> str:
    counts = "" if one.counts else f"; void: {one.void}"
    why = f"{shown(one.author or '')}, {one.decided_on}, until {one.expires_on}: {shown(one.reason or '')}"
    return f"{one.decision} by {why}{counts}"


def _against(one: Against, shown: Shown) -> list[str]:
    day = f", of {one.day}" if one.day else ""
    source = f", source {one.source_sha256[:16]}" if one.source_sha256 else ""
    lines = [f"  {one.title}: {one.entries:,} entries, version {one.version_sha256[:16]}{source}{day}"]
    if one.lists:
        lines.append(f"    {_counts(one.lists, shown)}")
    return lines + [f"    {shown(note)}" for note in one.notes]


def _counts(lists: Iterable[ListCount], shown: Shown) -> str:
    return ", ".join(f"{shown(one.source) if one.source else one.list} {one.entries:,}" for one in lists)


def snapshot_text(head: CslSnapshot, digest: str, shown: Shown) -> str:
    """Return the head of a snapshot as lines."""
    published = f"published {head.published}" if head.published else "day of publication not stated"
    lines = [
        f"snapshot {digest}",
        f"source   {head.source_sha256} ({head.source_form}), {published}",
        f"entries  {head.entries:,}: {_counts(head.lists, shown)}",
    ]
    lines += [f"accepted {shown(one)}" for one in head.accepted]
    return "\n".join([*lines, *(f"note     {shown(one)}" for one in head.notes)]) + "\n"


def import_text(one: CslImport, shown: Shown) -> str:
    """Return what an import found as lines."""
    text = snapshot_text(one.head, one.snapshot_sha256, shown)
    lines = [f"{'accepted' if loss.accepted else 'lost'}     {shown(loss.said)}" for loss in one.losses]
    if one.differences is not None:
        lines += _differences(one.differences, shown)
    return text + "".join(f"{line}\n" for line in lines)


def _differences(one: Differences, shown: Shown) -> list[str]:
    lines = [
        f"since    {one.previous_sha256[:16]}: {len(one.added):,} added, {len(one.removed):,} removed, "
        f"{len(one.changed):,} changed"
    ]
    for what, entries in (("added", one.added), ("removed", one.removed)):
        lines += [f"  {what:<8} {shown(entry.entry)} {shown(entry.name)}" for entry in entries[:_MOST_SHOWN]]
        lines += _more(len(entries), what)
    # What a licence is asked for, and how an application is reviewed, is told first and in full.
    weighty = [entry for entry in one.changed if entry.requirement or entry.policy]
    for entry in weighty:
        lines.append(f"  changed  {shown(entry.entry)} {shown(entry.name)}")
        for what, pair in (("licence", entry.requirement), ("policy", entry.policy)):
            if pair is not None:
                lines.append(f'    {what}: "{shown(pair[0])}" -> "{shown(pair[1])}"')
    others = [entry for entry in one.changed if not (entry.requirement or entry.policy)]
    for entry in others[:_MOST_SHOWN]:
        lines.append(f"  changed  {shown(entry.entry)} {shown(entry.name)}: {', '.join(entry.fields)}")
    return lines + _more(len(others), "changed otherwise")


def _more(count: int, what: str) -> list[str]:
    return [f"  and {count - _MOST_SHOWN:,} more {what}; --format json lists all"] if count > _MOST_SHOWN else []


def entry_text(entry: ListEntry, digest: str, shown: Shown) -> str:
    """Return all that a list says of an entry."""
    lines = [f"entry         {shown(entry.key)}, {digest}", f"name          {shown(entry.whole)}"]
    lines += [f"names         {shown(name)}" for name in entry.names if name != entry.whole]
    for name, text in (
        ("type", entry.kind),
        ("places", ", ".join(entry.countries)),
        ("programmes", "; ".join(entry.programmes)),
        ("published", entry.notice),
        ("from", entry.start),
        ("until", entry.end),
        ("licence", entry.requirement),
        ("policy", entry.policy),
        ("remarks", entry.remarks),
        *entry.other,
    ):
        if text:
            lines.append(f"{name:<13} {shown(text)}")
    return "\n".join(lines) + "\n"
