"""A description of a system of MLPerf: a flat object whose numbers are texts, some with a unit behind them."""

from collections.abc import Iterator
from typing import Any

from harness.ingest.figures import figure, figure_with_unit
from harness.ingest.foreign_json import Printed
from harness.ingest.lines import count_of, listed, named, printable, refusal, slug
from harness.model.foreign import ForeignFile, ForeignReading, Ingested

SURE_KEYS = ("submitter", "system_name", "accelerators_per_node")
_COUNTS = (
    "number_of_nodes",
    "accelerators_per_node",
    "host_processors_per_node",
    "host_processor_core_count",
    "host_processor_vcpu_count",
    "system_power_supply_quantity",
)
_WITH_UNIT = (
    "accelerator_memory_capacity",
    "host_memory_capacity",
    "accelerator_frequency",
    "host_processor_frequency",
)


def of_description(tool: str, file: ForeignFile, system: dict[str, Any]) -> Ingested:
    """Return the counts and the figures with units of a system's description.

    Raises:
        UnreadableInput: It is no description of a system.
    """
    if not all(key in system for key in SURE_KEYS):
        raise refusal(file, "the object", "keys of another kind", f"the keys {', '.join(SURE_KEYS)}")
    readings = tuple(_readings(system))
    return Ingested(
        tool=tool,
        readings=readings,
        remarks=listed(tuple(_remarks(system))),
        not_mapped=listed(tuple(_rest(system, {reading.place for reading in readings}))),
    )


def _about(system: dict[str, Any]) -> str | None:
    names = (named(system.get(key)) for key in ("system_name", "accelerator_model_name", "framework"))
    return ", ".join(printable(name, 100) for name in names if name) or None


def _readings(system: dict[str, Any]) -> Iterator[ForeignReading]:
    for key in _COUNTS:
        value = figure(system.get(key)) if isinstance(system.get(key), str) else None
        if value is not None and value == value.to_integral_value():
            name = slug("mlperf", key)
            yield ForeignReading(place=key, device=None, name=name, value=value, unit="1", description=_about(system))
    for key in _WITH_UNIT:
        text = system.get(key)
        found = figure_with_unit(text) if isinstance(text, str) and not isinstance(text, Printed) else None
        if found is not None and len(found[1]) <= 20:
            name = slug("mlperf", key)
            yield ForeignReading(
                place=key, device=None, name=name, value=found[0], unit=found[1], description=_about(system)
            )


def _remarks(system: dict[str, Any]) -> Iterator[str]:
    yield "a submitter's description of a system: nothing in it was measured"
    for key in _COUNTS[:2]:
        text = system.get(key)
        if not isinstance(text, str) or figure(text) is None:
            yield f"{key} {printable(text, 60)!r} is no number"
    software = system.get("other_software_stack")
    drivers = {} if not isinstance(software, dict) else {key: said for key, said in software.items() if "driver" in key}
    if len(set(map(str, drivers.values()))) > 1:
        yield f"several driver versions are named: {_shown(drivers)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return printable(", ".join(f"{printable(key, 60)} {printable(said, 60)}" for key, said in value.items()), 1000)
    return f"{len(value):,} items" if isinstance(value, list) else printable(value, 80)


def _rest(system: dict[str, Any], taken: set[str]) -> Iterator[str]:
    empty = sum(value in ("", None) for value in system.values())
    if empty:
        yield f"{count_of(empty, 'field')}: empty"
    for key, value in system.items():
        if key not in taken and value not in ("", None):
            text = _shown(value)
            yield f"{printable(key, 80)}: {text}: words, or a number without a unit"
