"""The names of a report and its dossier, held against the military-intelligence end users that the law names."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.codec.screening_files import read_military_intelligence
from harness.model.lab_report import Party
from harness.model.redaction import plain

if TYPE_CHECKING:
    from harness.model.dossier import Dossier

_LAST = ("ultimate-consignee", "end-user")
# A name, the places it is held from, and whether it is of a party whose being one decides.
Named = tuple[str, frozenset[str | None], bool]


def objections(parties: Iterable[Party], dossier: "Dossier | None") -> Iterator[tuple[str, bool, str]]:
    """Yield what the names say of the criterion that the named end users feed: it, whether it is met, and why.

    A consignee or end user of that name and place is met; any other, such as an owner, a remote user, or one of
    another place who may share the name by chance, is for a person. No match is no clearance.

    Args:
        parties: The parties of the report.
        dossier: The dossier, with its parties, their owners, and remote users.

    Source:
        15 CFR 744.22(f)(2).
    """
    law, _ = read_military_intelligence()
    listed = {plain(name): one for one in law.end_users for name in one.names}
    told: dict[tuple[str, str, bool], None] = {}
    for name, places, decides in _named((*parties, *(dossier.parties if dossier is not None else ())), dossier):
        found = listed.get(plain(name))
        if found is not None:
            said = f"{name}: named in {law.cite}"
            told |= {(feed.criterion, said, decides and found.country in places): None for feed in law.feeds}
    for criterion, said, met in told:
        yield criterion, met, said


def _named(parties: Iterable[Party], dossier: "Dossier | None") -> Iterator[Named]:
    for one in parties:
        places = frozenset((one.country, one.headquarters_country, one.ultimate_parent_country))
        for name in filter(None, (one.name, *getattr(one, "other_names", ()))):
            yield name, places, one.role in _LAST
        if (parent := getattr(one, "ultimate_parent", None)) is not None:
            yield parent, places, False
        for holding in getattr(one, "ownership", None) or ():
            yield holding.holder, places, False
    service = dossier.remote_service if dossier is not None else None
    for user in (service.users if service is not None else None) or ():
        if user.name is not None:
            yield user.name, frozenset(), False
