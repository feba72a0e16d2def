"""Do the report's statements carry what they rest on?"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from harness.metrics.claims import claimed, claimed_interconnect_gb_s, claimed_rates
from harness.metrics.tpp import highest_tpp
from harness.model.case import Case
from harness.model.chip_spec import ChipSpec
from harness.model.document import Day
from harness.model.finding import Finding
from harness.model.lab_report import Certification, Examination, NamedDocument
from harness.model.quantity import as_text, base_unit, in_base_unit

_EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
# The quantities that thresholds of law read: without a spec file, what the maker claims of them is unknown.
CLAIMED = ("tpp", "total_dram_bandwidth")
_BINARY_OF = {"MB": "MiB", "GB": "GiB", "TB": "TiB"}


def evidence_missing(document: NamedDocument | None, by: str | None, on: Day | None, latest: Day | None) -> str | None:
    """Return what a statement lacks to count, or None. `latest`: the day by which it must have been made."""
    missing = [
        name
        for name, lacking in (
            ("the document's digest", document is None or document.sha256 is None),
            # A name without a letter or digit is nobody's.
            ("who", not any(map(str.isalnum, by or ""))),
            ("when", on is None),
        )
        if lacking
    ]
    if missing:
        return "without " + ", ".join(missing)
    if document is not None and document.sha256 is not None:
        if document.sha256 == _EMPTY_SHA256:
            return "with the digest of an empty document"
        if len(set(document.sha256)) == 1:
            return "with a digest that stands for no document"
    if on is not None and latest is not None and on > latest:
        return f"dated {on}, after the export of {latest}"
    return None


def statements_have_evidence(case: Case) -> Iterator[Finding]:
    """Does every examination and certification name its document, who made it, and when; and what else is claimed?"""
    report, latest = case.report, case.export_day
    for n, examination in enumerate(report.transaction.examinations if report.transaction else ()):
        yield from examination_faults(f"transaction.examinations[{n}]", examination, latest)
    for n, certification in enumerate(report.certifications):
        yield from certification_faults(f"certifications[{n}]", certification, latest)
    if report.laboratory_conclusion is not None:
        got = report.laboratory_conclusion[:60]
        yield Finding(code="conclusion-ignored", where="laboratory_conclusion", got=got, need="evidence")


def examination_faults(where: str, examination: Examination, latest: Day | None) -> Iterator[Finding]:
    """Name what an examination lacks to count, at its place."""
    lacking = evidence_missing(examination.document, examination.examined_by, examination.examined_on, latest)
    # A hit needs no proof to count against the transaction.
    if lacking is not None and examination.result == "clear":
        got = f'{examination.criterion} "{examination.result}" {lacking}'
        yield Finding(code="examination-unsupported", where=where, got=got, need="digest, who, when, before export")


def certification_faults(where: str, certification: Certification, latest: Day | None) -> Iterator[Finding]:
    """Name what a certification lacks to count, at its place."""
    lacking = evidence_missing(certification.document, certification.certified_by, certification.certified_on, latest)
    if lacking is not None and certification.status in ("supplied", "committed"):
        got = f'{certification.criterion} "{certification.status}" {lacking}'
        yield Finding(code="certification-unsupported", where=where, got=got, need="digest, who, when, before export")


def capacity_unit_is_plain(case: Case) -> Iterator[Finding]:
    """Does the capacity that was found exceed the declaration only because GB was written for GiB?"""
    declared = case.report.declared.copackaged_dram_capacity if case.report.declared else None
    if declared is None or declared.value is None or declared.unit not in _BINARY_OF:
        return
    as_written = in_base_unit(declared.value, declared.unit)
    as_binary = in_base_unit(declared.value, _BINARY_OF[declared.unit])
    for where, value, unit, measurements in _capacities(case):
        if as_written < in_base_unit(value, unit) <= as_binary:
            got = f"{as_text(value)} {unit}, which is {as_text(in_base_unit(value, unit))} GB"
            need = f"at most {as_text(declared.value)} {declared.unit}; {_BINARY_OF[declared.unit]} would hold it"
            yield Finding(code="capacity-unit-ambiguous", where=where, got=got, need=need, measurements=measurements)


def _capacities(case: Case) -> Iterator[tuple[str, Decimal, str, tuple[int, ...]]]:
    """Return every capacity that was found: measured, or reported by a device of itself."""
    for n, measurement in enumerate(case.report.measurements):
        fits = measurement.measurand == "copackaged_dram_capacity" and base_unit(measurement.unit) == "GB"
        if fits and measurement.value is not None:
            yield f"measurements[{n}].value", measurement.value, measurement.unit, (n,)
    for n, one in enumerate(case.report.lot.units if case.report.lot else ()):
        if one.state is not None and one.state.memory_total is not None:
            yield f"lot.units[{n}].state.memory_total", one.state.memory_total, one.state.memory_total_unit, ()


def declaration_meets_the_makers_claim(case: Case) -> Iterator[Finding]:
    """Is the declaration at least what the maker claims?"""
    declared, spec = case.report.declared, case.spec
    if declared is None or spec is None:
        return
    for quantity, claim in makers_claims(spec).items():
        stated = getattr(declared, quantity)
        if stated is None or stated.value is None:
            continue
        value = in_base_unit(stated.value, stated.unit)
        if value < claim:
            got, need = as_text(value), f"{as_text(claim)}, as the maker of {spec.name} claims"
            yield Finding(code="declared-below-maker-claim", where=f"declared.{quantity}.value", got=got, need=need)


def makers_claims(spec: ChipSpec) -> dict[str, Fraction]:
    """Return what the maker claims, in base units, as its documents or others that repeat them say; no estimates.

    Of a card with several integrated circuits: what is claimed of each, but for the interconnect, which they share.
    The claim for the interconnect is that of the links and the bus that are known: a declaration may only lie above.
    """
    claims: dict[str, Fraction] = {}
    highest = highest_tpp(claimed_rates(spec))
    if highest is not None:
        claims["tpp"] = Fraction(highest) / spec.integrated_circuits
    for quantity, figure in (
        ("total_dram_bandwidth", spec.total_dram_bandwidth),
        ("copackaged_dram_capacity", spec.copackaged_dram_capacity),
    ):
        value = claimed(figure)
        if value is not None:
            claims[quantity] = Fraction(value) / spec.integrated_circuits
    interconnect = claimed_interconnect_gb_s(spec)
    if interconnect is not None:
        claims["interconnect_bandwidth"] = Fraction(interconnect)
    return claims
