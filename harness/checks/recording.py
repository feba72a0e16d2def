"""Who recorded the tests and with what, and which checks are wished away?"""

import re
from collections.abc import Iterator
from decimal import Decimal

from harness.checks.custody import same_name
from harness.checks.device import same_maker
from harness.model.case import Case
from harness.model.finding import Finding


def recorders_are_independent(case: Case) -> Iterator[Finding]:
    """Does one recorder at least stand under nobody's control who gains by the result, and do the clocks agree?"""
    rules, recorders = case.method.forensics, case.report.recorders
    if rules is None or not recorders:
        return
    everything = tuple(range(len(case.report.measurements)))
    parties = _interested(case)
    bound = [one for one in recorders if _by(one.controlled_by, parties) or _by_maker(case, one.controlled_by)]
    # A recorder of which nobody is named as its controller is no independent one.
    if bound and len(bound) == len([one for one in recorders if one.controlled_by]):
        got = f"{bound[0].name}, controlled by {bound[0].controlled_by}"
        need = "a recorder that no party to the transaction controls"
        yield Finding(code="recorder-not-independent", where="recorders", got=got, need=need, measurements=everything)
    # Where nobody stands at 0, the earliest and the latest clock are as far apart as the two.
    earliest = min((one.clock_offset_ms for one in recorders if one.clock_offset_ms is not None), default=Decimal(0))
    for n, recorder in enumerate(recorders):
        offset = recorder.clock_offset_ms
        if offset is not None and max(abs(offset), offset - earliest) > rules.largest_clock_offset_ms:
            where, need = f"recorders[{n}].clock_offset_ms", f"at most {rules.largest_clock_offset_ms} ms either way"
            yield Finding(
                code="recorder-clocks-apart", where=where, got=f"{offset} ms", need=need, measurements=everything
            )


def _interested(case: Case) -> set[str]:
    """Return the names of every party that the goods pass through."""
    parties = case.report.transaction.parties if case.report.transaction else ()
    return {party.name for party in parties if party.name}


def _by(name: str | None, parties: set[str]) -> bool:
    return any(same_name(name, party) for party in parties)


def _by_maker(case: Case, name: str | None) -> bool:
    product = case.report.product
    makers = [product.manufacturer if product else None, case.spec.manufacturer if case.spec else None]
    return name is not None and any(same_maker(name, maker) for maker in makers if maker)


def bench_is_unmodified(case: Case) -> Iterator[Finding]:
    """Is a bench that is known by its name one of the versions that are known of it?"""
    rules, configuration = case.method.forensics, case.report.configuration
    if rules is None or configuration is None or configuration.bench_sha256 is None:
        return
    for known in rules.benches:
        if _is_a_version_of(known.name, configuration.bench) and configuration.bench_sha256 not in known.sha256:
            need = f"the digest of one of the {len(known.sha256)} versions of {known.name} that are known"
            where, got = "configuration.bench_sha256", configuration.bench_sha256
            everything = tuple(range(len(case.report.measurements)))
            yield Finding(code="bench-modified", where=where, got=got, need=need, measurements=everything)


def _is_a_version_of(known: str, name: str | None) -> bool:
    """Whether a bench is named so, with or without its version."""
    return name is not None and same_name(known, re.sub(r"[\s_-]*v?[0-9][0-9.]*$", "", name.strip().casefold()))


def waivers_change_nothing(case: Case) -> Iterator[Finding]:
    """Is no check wished away?"""
    for n, waiver in enumerate(case.report.waivers if case.method.forensics else ()):
        signed = f", signed by {waiver.signed_by or 'nobody'}"
        got = f"a waiver of {waiver.check}{signed}: {(waiver.reason or 'no reason given')[:60]}"
        yield Finding(
            code="waiver-ignored", where=f"waivers[{n}]", got=got, need="the check, which was made all the same"
        )
