"""Lists that the law keeps under names of their own, such as country groups, as they stand on each day."""

from collections.abc import Iterable
from datetime import date

from harness.errors import Fault
from harness.model.policy import GroupText, InstrumentText


class Groups:
    """Every such list on a time line."""

    def __init__(self, instruments: Iterable[InstrumentText]) -> None:
        self._acts: dict[str, list[tuple[GroupText, InstrumentText]]] = {}
        for text in instruments:
            for group in text.groups:
                self._acts.setdefault(group.id, []).append((group, text))
        for acts in self._acts.values():
            acts.sort(key=lambda act: act[0].from_day)
        self._standing: dict[tuple[str, date], dict[str, str | None] | None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._acts

    def on(self, name: str, day: date) -> dict[str, str | None] | None:
        """Return the members on a day, each with the reading on which its place depends; None before the list was."""
        key = (name, self.since([name], day))
        if key not in self._standing:
            members: dict[str, str | None] | None = None
            for group, _ in self._acts[name]:
                if group.from_day <= day:
                    members = _changed(members, group)
            self._standing[key] = members
        return self._standing[key]

    def since(self, names: Iterable[str], day: date) -> date:
        """Return the day from which these lists stand as they do on a day; the first of all before any was enacted."""
        days = (group.from_day for name in names for group, _ in self._acts.get(name, ()))
        return max((one for one in days if one <= day), default=date.min)

    def changes(self, names: Iterable[str]) -> dict[date, InstrumentText]:
        """Return the days on which any of these lists changed after it was enacted, and by what."""
        return {
            group.from_day: text for name in names for group, text in self._acts.get(name, ()) if group.op == "amend"
        }

    def readings(self, names: Iterable[str]) -> Iterable[str]:
        """Yield the readings on which a place on any of these lists depends."""
        return (reading for name in names for group, _ in self._acts.get(name, ()) for reading in group.unsure.values())

    def faults(self) -> Iterable[Fault]:
        """Name what is wrong: a list amended before it is enacted, or enacted twice, or changed to no effect."""
        for name, acts in self._acts.items():
            where = f"list {name}"
            members: dict[str, str | None] | None = None
            for n, (group, text) in enumerate(acts):
                if (group.op == "enact") != (n == 0):
                    yield Fault(where=where, got=f"{group.op} as act {n + 1}, by {text.instrument}", need=_NEED)
                if n and group.from_day == acts[n - 1][0].from_day:
                    yield Fault(where=where, got=f"two acts on {group.from_day}", need="one act a day")
                yield from _idle(where, group, members)
                members = _changed(members, group)


_NEED = "one enact, and then amendments"


def _changed(members: dict[str, str | None] | None, group: GroupText) -> dict[str, str | None]:
    before = dict.fromkeys(group.members) if members is None or group.op == "enact" else members
    after = {**before, **dict.fromkeys(group.add), **group.unsure}
    return {member: reading for member, reading in after.items() if member not in group.remove}


def _idle(where: str, group: GroupText, members: dict[str, str | None] | None) -> Iterable[Fault]:
    """A member that is put in twice, or taken out without being in, is a slip."""
    if members is None:
        return
    sure = {member for member, reading in members.items() if reading is None}
    twice = sorted(sure & set(group.add))
    absent = sorted(set(group.remove) - set(members))
    for names, got in ((twice, "put in, and in already"), (absent, "taken out, and not in")):
        if names:
            yield Fault(where=where, got=f"{', '.join(names)} {got}, on {group.from_day}", need="a change")
