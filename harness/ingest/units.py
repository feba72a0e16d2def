"""The units of a lot, found in several files: matched by identity, then by number, and never by guess alone."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from harness.errors import WrongUsage
from harness.model.device_state import Limiter, Link, UnitState
from harness.model.foreign import ForeignDevice

_BUS_ID = re.compile(r"(?:([0-9A-Fa-f]{1,8}):)?([0-9A-Fa-f]{2}):([0-9A-Fa-f]{2})(?:\.[0-9A-Fa-f])?")
# How tools number the devices of one machine: 0, gpu-0, GPU 0, card0, device_0.
_NUMBERED = re.compile(r"(?:gpu|card|device|dev|cuda)?[\s:_-]*([0-9]{1,4})", re.IGNORECASE)
MOST_UNITS = 4_096


@dataclass(slots=True)
class MatchedUnit:
    """One unit, with what every file says of it; the first that says a thing is believed."""

    unit_id: str
    name: str | None = None
    uuid: str | None = None
    serial: str | None = None
    bus_id: str | None = None
    number: int | None = None
    state: UnitState | None = None
    files: list[str] = field(default_factory=list)


class Units:
    """The units that the files speak of, in the order in which they come up."""

    def __init__(self, unit_id: str | None = None) -> None:
        self._asked = unit_id
        self._units: list[MatchedUnit] = []
        self._of: dict[tuple[str, str], MatchedUnit] = {}

    def take(self, file: str, devices: Sequence[ForeignDevice]) -> list[str]:
        """Match the devices of one file, and return what is to be remarked of how that was done."""
        if self._asked is not None and len(devices) > 1:
            raise WrongUsage(f"--unit: {file} speaks of {len(devices)} devices, and one unit is named")
        devices, remarks = _identities_apart(file, devices)
        for device in devices:
            unit = self._match(device)
            if unit is None and len(self._units) == MOST_UNITS:
                raise WrongUsage(f"{file} makes more than {MOST_UNITS:,} devices, and a lab report holds no more units")
            if unit is None:
                number, bus = _number(device.key), plain_bus_id(device.bus_id)
                unit = MatchedUnit(unit_id=self._new_id(device), number=number, bus_id=bus)
                self._units.append(unit)
            elif not _same_identity(unit, device, plain_bus_id(device.bus_id)):
                remarks.append(f"{device.key} of {file} is taken for {unit.unit_id}, by its number alone")
            remarks += _add(unit, device, file)
            self._of[file, device.key] = unit
        return remarks

    def _match(self, device: ForeignDevice) -> MatchedUnit | None:
        if self._asked is not None:
            return self._units[0] if self._units else None
        bus = plain_bus_id(device.bus_id)
        for unit in self._units:
            if _same_identity(unit, device, bus):
                return unit
        number = _number(device.key)
        # A unit with another identity is another unit, whatever its number.
        alike = [unit for unit in self._units if number is not None and unit.number == number]
        free = [unit for unit in alike if not _another(unit, device)]
        return free[0] if len(free) == 1 else None

    def _new_id(self, device: ForeignDevice) -> str:
        if self._asked is not None:
            return self._asked
        number = _number(device.key)
        wanted = f"unit-{number}" if number is not None else _slug(device.key)
        taken = {unit.unit_id for unit in self._units}
        return next(name for name in _candidates(wanted) if name not in taken)

    def of(self, file: str, key: str | None) -> MatchedUnit | None:
        """Return the unit of a device of a file; None where the reading says no device."""
        return None if key is None else self._of.get((file, key))

    def alone(self, devices: Sequence[ForeignDevice]) -> MatchedUnit | None:
        """Return the unit of a reading without a device: the only one of its file, or of files that name none."""
        if len(devices) == 1 and len(self._units) == 1:
            return self._units[0]
        # Beside a file that names devices, a reading of no device may be of the host.
        return None if devices or self._units else self.only()

    def only(self) -> MatchedUnit:
        """Return the unit that stands for files that name no device."""
        return MatchedUnit(unit_id=self._asked or "unit-1")

    def listed(self) -> tuple[MatchedUnit, ...]:
        """Return every unit."""
        return tuple(self._units)


def _identities_apart(file: str, devices: Sequence[ForeignDevice]) -> tuple[list[ForeignDevice], list[str]]:
    """Leave out identities that several devices of one file share, such as a serial of 0: they identify none."""
    remarks = []
    kept = list(devices)
    for name in ("uuid", "serial", "bus_id"):
        counted = Counter(getattr(device, name) for device in devices if getattr(device, name))
        shared = {text for text, number in counted.items() if number > 1 or not text.strip("0x-")}
        kept = [replace(one, **{name: None}) if getattr(one, name) in shared else one for one in kept]  # type: ignore[arg-type]
        remarks += [f"{name} {text[:100]} in {file} is that of {counted[text]} devices: no identity" for text in shared]
    return kept, sorted(remarks)


def _number(key: str) -> int | None:
    found = _NUMBERED.fullmatch(key.strip())
    return int(found.group(1)) if found else None


def plain_bus_id(text: str | None) -> str | None:
    """Return domain, bus and device of a bus id in the one form in which two tools' can be compared.

    >>> plain_bus_id("00000000:0F:00.0"), plain_bus_id("0000:0f:00"), plain_bus_id("0f:00.0"), plain_bus_id("N/A")
    ('0000:0f:00', '0000:0f:00', '0000:0f:00', None)
    """
    found = _BUS_ID.fullmatch(text.strip()) if text else None
    if found is None:
        return None
    domain, bus, device = found.groups()
    return f"{(domain or '0').lower().lstrip('0').rjust(4, '0')}:{bus.lower()}:{device.lower()}"


def _slug(key: str) -> str:
    slug = re.sub(r"[^a-z0-9._-]+", "-", key.casefold()).strip("-._")[:90]
    return slug or "unit"


def _candidates(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _same_identity(unit: MatchedUnit, device: ForeignDevice, bus: str | None) -> bool:
    if (unit.uuid and unit.uuid == device.uuid) or (unit.serial and unit.serial == device.serial):
        return True
    # Two machines number their buses alike; another UUID or serial is another unit.
    return bool(bus and bus == unit.bus_id and not _said_otherwise(unit, device))


def _said_otherwise(unit: MatchedUnit, device: ForeignDevice) -> bool:
    return bool((unit.uuid and device.uuid) or (unit.serial and device.serial))


def _another(unit: MatchedUnit, device: ForeignDevice) -> bool:
    """Whether identities that both have say that a device is another one than the unit of its number."""
    bus = plain_bus_id(device.bus_id)
    return _said_otherwise(unit, device) or bool(unit.bus_id and bus and unit.bus_id != bus)


def _add(unit: MatchedUnit, device: ForeignDevice, file: str) -> list[str]:
    """Add what a file says of a unit, and return what contradicts what others said."""
    remarks = []
    for name in ("name", "uuid", "serial"):
        said, known = getattr(device, name), getattr(unit, name)
        if said and known and said != known:
            remarks.append(f"{unit.unit_id}: {name} {said} in {file}, {known} before; the first is kept")
        elif said and not known:
            setattr(unit, name, said[:300])
    unit.bus_id = unit.bus_id or plain_bus_id(device.bus_id)
    if device.state is not None:
        unit.state, told = _merged(unit.state, device.state)
        remarks += [f"{unit.unit_id}: {one} in {file}; the first is kept" for one in told]
    unit.files.append(file)
    return remarks


_OF_A_LINK = ("count", "physical_count", "rate", "maximum_rate")


def _merged(first: UnitState | None, second: UnitState) -> tuple[UnitState, list[str]]:
    if first is None:
        return second, []
    kept: dict[str, object] = {}
    told = []
    for name in UnitState.model_fields:
        one, other = getattr(first, name), getattr(second, name)
        if name == "limiters":
            kept[name] = _before_and_after(one, other)
        elif name == "links":
            kept[name], disagreements = _links(one, other)
            told += disagreements
        elif name == "memory_total_unit":
            # A unit belongs to its figure, whichever file that comes from.
            kept[name] = one if first.memory_total is not None else other
        elif name in first.model_fields_set and one is not None:
            kept[name] = one
            if name in second.model_fields_set and other not in (None, one):
                told.append(f"{name} {other}, {one} before")
        else:
            kept[name] = other
    return first.model_copy(update=kept), told


def _before_and_after(first: tuple[Limiter, ...], second: tuple[Limiter, ...]) -> tuple[Limiter, ...]:
    """Two states of one device are the one before the tests and the one after them."""
    later = {limiter.name: limiter for limiter in second}
    merged = [
        limiter
        if limiter.name not in later
        else Limiter(
            name=limiter.name,
            active=bool(limiter.active or later[limiter.name].active)
            if limiter.active is not None or later[limiter.name].active is not None
            else None,
            before_us=limiter.before_us,
            after_us=later[limiter.name].after_us or later[limiter.name].before_us,
        )
        for limiter in first
    ]
    return (*merged, *(limiter for limiter in second if limiter.name not in {one.name for one in first}))


def _links(first: tuple[Link, ...], second: tuple[Link, ...]) -> tuple[tuple[Link, ...], list[str]]:
    """Fill what one file does not say of a link from another that does; and say where they differ."""
    later = {link.name: link for link in second}
    filled, told = [], []
    for link in first:
        other = later.get(link.name, link)
        if link.count is None:
            filled.append(other)
            continue
        missing = {name: getattr(other, name) for name in _OF_A_LINK if getattr(link, name) is None}
        filled.append(link.model_copy(update=missing))
        told += [
            f"links {link.name} {name} {getattr(other, name)}, {getattr(link, name)} before"
            for name in _OF_A_LINK
            if None not in (getattr(link, name), getattr(other, name)) and getattr(link, name) != getattr(other, name)
        ]
    return (*filled, *(link for link in second if link.name not in {one.name for one in first})), told
