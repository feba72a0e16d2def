"""Does the device call itself what the report calls it?"""

import re
from collections.abc import Iterator

from harness.checks.device import measurements_by_unit
from harness.checks.runs import states_of
from harness.model.case import Case
from harness.model.chip_spec import ChipSpec
from harness.model.finding import Finding
from harness.model.method_device import DeviceMethod

# Fewer digits after letters are a version of something else.
_DIGITS_OF_A_MODEL = 4


def device_names_itself_alike(case: Case) -> Iterator[Finding]:
    """Are the name and the part number that the device shows those of the product?"""
    rules, spec, of_unit = case.method.device, case.spec, measurements_by_unit(case)
    if rules is None:
        return
    stated = case.report.product.part_number if case.report.product else None
    for place, unit_id, state in states_of(case):
        name, number = state.device_name, state.device_part_number
        told = []
        if name is not None and _words(name) & set(rules.partition_words) and not state.partitioned:
            need, measurements = "the name of a whole device", of_unit.get(unit_id, ())
            where = f"{place}.device_name"
            yield Finding(code="device-partitioned", where=where, got=name, need=need, measurements=measurements)
        elif spec is not None and name is not None and not names_the_chip(name, spec, rules):
            told.append(("device_name", name, f"a name of {spec.name}"))
        if number is not None and stated is not None and _plain(number) != _plain(stated):
            told.append(("device_part_number", number, f"{stated}, as product.part_number says"))
        for field, got, need in told:
            where, measurements = f"{place}.{field}", of_unit.get(unit_id, ())
            yield Finding(code="device-name-contradicts", where=where, got=got, need=need, measurements=measurements)


def names_the_chip(name: str, spec: ChipSpec, rules: DeviceMethod) -> bool:
    """A device names the model, and no form of it that the chip has not; makers add their own words."""
    said = _words(name)
    forms = said & set(rules.variants)
    known = [spec.name, *spec.aliases]
    models = {word for text in known if (word := _model(text)) is not None}
    own_forms = {word for text in (*known, spec.form_factor or "") for word in _words(text)} & set(rules.variants)
    if not models:
        return True
    called = any(_holds(model, name) for model in models) or any(_words(text) <= said for text in known)
    return called and (not forms or not own_forms or bool(forms & own_forms))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _words(text: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", text.casefold())) - {""}


def _holds(model: str, name: str) -> bool:
    """ "RTX6000" and "RTX 6000" are one name; "H200" and "H2000" are two, and the 3 of "HBM3" is no model."""
    joined = model.isdigit() and len(model) >= _DIGITS_OF_A_MODEL
    return re.search(f"(?<!{'[0-9]' if joined else '[a-z0-9]'}){model}(?![a-z0-9])", name.casefold()) is not None


def _model(text: str) -> str | None:
    """Return the word of a name that tells the model: the first that holds a digit."""
    return next((word for word in re.split(r"[^a-z0-9]+", text.casefold()) if re.search(r"[0-9]", word)), None)
