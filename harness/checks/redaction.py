"""Were names taken out of the report before it was shared?"""

from collections.abc import Iterator

from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.redaction import is_redacted


def parties_are_named(case: Case) -> Iterator[Finding]:
    """Does every party stand there by its name?"""
    report = case.report
    names = [party.name for party in report.transaction.parties] if report.transaction else []
    places = {
        "transaction.parties": names,
        "custody": [name for event in report.custody for name in (event.from_party, event.to_party)],
    }
    for where, found in places.items():
        hidden = {name for name in found if is_redacted(name)}
        if hidden:
            got = f"{len(hidden)} redacted {'name' if len(hidden) == 1 else 'names'}"
            yield Finding(code="parties-redacted", where=where, got=got, need="names, so that they can be screened")
            return
