"""How far each aspect of the evidence is assured: by what the side rooms found, else by what the report shows."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from harness.checks.raw import raw_samples
from harness.model.aspects import BROKEN, LEVELS, Aspect, AspectFacts
from harness.model.case import Case
from harness.model.finding import Finding
from harness.model.verdict import Lens, Reached

# Findings of the checks that break an aspect; a side room says of its own that it is broken.
_BREAKING: Mapping[Aspect, frozenset[str]] = {
    "time": frozenset({"time-out-of-order"}),
    "identity": frozenset({"unit-duplicated"}),
    "custody": frozenset({"custody-gap", "custody-out-of-order", "measured-outside-custody"}),
    "raw-data": frozenset({"attachment-altered", "raw-copied", "summary-not-from-raw"}),
}


def reached(case: Case, findings: Iterable[Finding], lenses: Mapping[str, Lens]) -> dict[str, Reached]:
    """Return how far each aspect is assured, in the order of the aspects.

    Args:
        case: The case, with what the side rooms found.
        findings: What every check found.
        lenses: The answers, for a lot is accepted only where its units were found at or below the declaration.
    """
    codes = {finding.code for finding in findings}
    known = {facts.aspect: facts for facts in case.aspects}
    found: dict[str, Reached] = {}
    for aspect, stated in _STATED.items():
        facts = _accepted(known.get(aspect) or stated(case), lenses)
        breaking = sorted(_BREAKING.get(aspect, frozenset()) & codes)
        if breaking:
            facts = replace(facts, level=BROKEN, says=", ".join(breaking))
        found[aspect] = Reached.model_construct(level=facts.level, says=facts.says)
    return found


def suffices(aspect: Aspect, level: str, wanted: str) -> bool:
    """Return whether a level is the wanted one or a higher one."""
    levels = LEVELS[aspect]
    return level != BROKEN and levels.index(level) >= levels.index(wanted)


def _accepted(facts: AspectFacts, lenses: Mapping[str, Lens]) -> AspectFacts:
    """A lot that was drawn so that anyone can draw it again is accepted where what was drawn was confirmed."""
    capability = lenses.get("capability")
    if (
        facts.level == "drawn"
        and not facts.final
        and capability is not None
        and capability.certain
        and capability.outcome == "pass"
    ):
        return replace(facts, level="accepted", says=f"{facts.says}; every unit drawn is at or below the declaration")
    return facts


def _authenticity(case: Case) -> AspectFacts:  # noqa: ARG001 - a report without an envelope says nothing of itself.
    return AspectFacts(aspect="authenticity", level="unsigned", says="in no envelope that a laboratory signed")


def _time(case: Case) -> AspectFacts:  # noqa: ARG001 - whatever the report states, it states by its own clock.
    return AspectFacts(aspect="time", level="stated", says="by the clock of the laboratory alone")


def _freshness(case: Case) -> AspectFacts:  # noqa: ARG001 - only a state file knows what was seen before.
    says = "not held against reports seen before (--state FILE)"
    return AspectFacts(aspect="freshness", level="not-checked", says=says)


def _identity(case: Case) -> AspectFacts:
    units = case.report.lot.units if case.report.lot else ()
    named = sum(bool(unit.serial or unit.device_uuid) for unit in units)
    level = "serial" if units and named == len(units) else "none"
    return AspectFacts(
        aspect="identity", level=level, says=_counted(named, units, "units", "with a serial number or a UUID")
    )


def _custody(case: Case) -> AspectFacts:
    events = case.report.custody
    level, says = ("stated", f"{len(events)} hand-overs as stated, unsigned") if events else ("none", "no hand-over")
    return AspectFacts(aspect="custody", level=level, says=says)


def _raw_data(case: Case) -> AspectFacts:
    stated = [one for one in case.report.measurements if one.value is not None]
    shown = sum(raw_samples(case, one) is not None for one in stated)
    level = "none" if not shown else "recomputed" if shown == len(stated) else "partly"
    says = _counted(shown, stated, "values", "recomputed from raw samples")
    return AspectFacts(aspect="raw-data", level=level, says=says)


def _lot(case: Case) -> AspectFacts:
    lot = case.report.lot
    if lot is None or lot.units_in_lot is None:
        return AspectFacts(aspect="lot", level="none", says="the size of the lot is not stated")
    says = f"{len(lot.units)} of {lot.units_in_lot} units tested; no draw that anyone can repeat"
    return AspectFacts(aspect="lot", level="stated", says=says)


def _counted(some: int, of: Collection[object], what: str, how: str) -> str:
    return f"{some} of {len(of)} {what} {how}" if of else f"no {what}"


_STATED: Mapping[Aspect, Callable[[Case], AspectFacts]] = {
    "authenticity": _authenticity,
    "time": _time,
    "freshness": _freshness,
    "identity": _identity,
    "custody": _custody,
    "raw-data": _raw_data,
    "lot": _lot,
}
