"""A certificate as blocks of lines and tables, the same on a terminal and on paper."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.model.certificate import Certificate, ConfirmedQuantity, Notice, Origin
from harness.render.words import finding_line, with_unit

TITLE = "Laboratory's certification of a shipment"
# What is said in any case; every other notice is a warning.
_PLAIN = "no-official-form"

_ORIGIN: dict[Origin, str] = {
    "trust-root": "the trust root",
    "laboratory": "as the laboratory states it",
    "assumed": "assumed",
    "report": "the report",
}
_OUTCOME = {"holds": "at or below", "fails": "above", "undecided": "open"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A heading, lines under it, and a table.

    Attributes:
        heading: What it is about.
        lines: One thought each.
        strong: Lines that nobody may miss; they come first.
        headings: Of the columns of the table.
        rows: Of the table; empty where there is none.
        signed: Whether it is the place of the signature, which stays on one page.
    """

    heading: str
    lines: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    signed: bool = False


def blocks(of: Certificate) -> Iterator[Block]:
    """Yield the blocks of a certificate in the order in which they are read."""
    warnings = tuple(one.text for one in of.notices if not _plain(one))
    yield Block(heading="What this is", strong=warnings, lines=tuple(one.text for one in of.notices if _plain(one)))
    yield Block(heading="Laboratory and report", lines=tuple(_identity(of)))
    yield from _shipment(of)
    yield _quantities(of)
    yield _qualification(of)
    yield Block(heading="Days", lines=tuple(_days(of)))
    found = (*(f"{finding_line(one)} ({one.effect})" for one in of.findings), *of.remarks)
    yield Block(heading="To be looked at by a person before signing", lines=found or ("Nothing was found.",))
    rows = tuple((aspect, one.level, one.says) for aspect, one in of.reached.items())
    said = (f"The evidence is {of.evidence}.",)
    yield Block(heading="How far the evidence is assured", lines=said, headings=("aspect", "reached", "by"), rows=rows)
    yield Block(heading="What it follows from", lines=tuple(_basis(of)))
    yield Block(heading="Certification", lines=tuple(_statement(of)), signed=True)


def _plain(notice: Notice) -> bool:
    return str(notice.code) == _PLAIN


def _stated(value: object) -> str:
    return "not stated" if value is None else str(value)


def _identity(of: Certificate) -> Iterator[str]:
    yield f"Laboratory: {_stated(of.laboratory.name)}"
    address = _stated(of.laboratory.address)
    yield f"Address: {', '.join(address.splitlines())} ({_ORIGIN[of.laboratory.origin]})"
    yield f"Report: {of.report_id}"
    yield f"SHA-256 of its file: {_stated(of.receipt.inputs.report_sha256)}"
    yield f"Signature: {of.signature.level}: {of.signature.says}"
    if of.signature.issued_at is not None:
        yield f"Signed, as it says: {of.signature.issued_at.isoformat()}"
    for key in of.signature.keys:
        yield f"Key: {key.key_id}, of {key.organisation} ({', '.join(key.roles) or 'no role'})"


def _shipment(of: Certificate) -> Iterator[Block]:
    ships, product = of.shipment, of.shipment.product
    named = ", ".join(
        part for part in (product.manufacturer, product.name, product.part_number, product.chip) if part is not None
    )
    lines = (
        f"Product: {named or 'not stated'}",
        f"Lot: {_stated(ships.lot_id)}; units in it: {_stated(ships.units_in_lot)}; units that ship: "
        f"{_stated(ships.units_shipping)}; units tested: {len(ships.tested)}",
        *(f"{one.role}: {_stated(one.name)}, {_stated(one.country)}" for one in ships.parties),
    )
    rows = tuple((one.unit_id, _stated(one.serial), _stated(one.device_uuid)) for one in ships.tested)
    yield Block(heading="Shipment", lines=lines, headings=("unit tested", "serial number", "UUID"), rows=rows)
    said = tuple(f"{one.what}: {_stated(one.title)}, SHA-256 {_stated(one.sha256)}" for one in of.papers)
    yield Block(heading="Licence application", lines=said)


def _quantities(of: Certificate) -> Block:
    rows = (
        *map(_quantity, of.confirmed),
        *((_term(one.quantity), _declared(one.declared, one.unit), "", "", "declared, not confirmed", "", "")
          for one in of.declared_alone),
    )  # fmt: skip
    headings = ("quantity", "declared", "found", "k", "found to be", "by", "citation")
    said = "Of all units tested, the value that leaves the least room below the declaration; U = k u behind it."
    return Block(heading="What was found", lines=(said,), headings=headings, rows=rows)


def _quantity(one: ConfirmedQuantity) -> tuple[str, ...]:
    by = f"{one.where}, {one.unit_id}" if one.unit_id else one.where
    found = f"{one.found} ± {one.expanded_uncertainty} {one.unit}"
    factor = one.coverage_factor or ""
    return (_term(one.quantity), _declared(one.declared, one.unit), found, factor, _OUTCOME[one.outcome], by, one.cite)


# As 15 CFR 748 Supp. 2, paragraph (dd)(1)(i) and its notes call them.
_TERMS = {
    "tpp": "TPP",
    "total_dram_bandwidth": "total DRAM bandwidth",
    "interconnect_bandwidth": "interconnect bandwidth",
    "copackaged_dram_capacity": "copackaged DRAM capacity",
    "peak_power_at_max_tpp": "peak power consumption at maximum TPP",
}


def _term(quantity: str) -> str:
    return _TERMS.get(quantity, quantity)


def _declared(value: str | None, unit: str) -> str:
    return "not stated" if value is None else with_unit(value, unit)


def _qualification(of: Certificate) -> Block:
    headings = ("fact", "criterion", "found", "needed", "by whose word", "outcome", "citation")
    rows = tuple(
        (one.id or "", one.criterion, one.got, one.need, _ORIGIN[one.origin], one.outcome, one.cite)
        for one in of.qualification
    )
    return Block(heading="The laboratory and its review", headings=headings, rows=rows)


def _days(of: Certificate) -> Iterator[str]:
    days = of.days
    yield f"Tested: {_stated(days.test)}; applied for: {_stated(days.application)}"
    yield f"Export: {_stated(days.export)}; entry into the United States: {_stated(days.entry)}"
    kept = of.retention
    yield f"To be kept until {_stated(kept.keep_at_least_until)} at least: {kept.note}. [{kept.cite}]"


def _basis(of: Certificate) -> Iterator[str]:
    receipt = of.receipt
    yield f"Verdict: {of.verdict.outcome}; {of.verdict.score.holds} of {of.verdict.score.applies} criteria hold"
    yield f"SHA-256 of the verdict in the spelling of RFC 8785: {of.verdict.sha256}"
    yield f"SHA-256 of the law: {receipt.law_sha256}; engine {receipt.engine_version}"
    yield f"SHA-256 of the method: {_stated(receipt.inputs.method_sha256)}; of the chip's spec file: " + _stated(
        receipt.inputs.spec_sha256
    )
    if receipt.verification is not None and receipt.verification.trust_root_sha256 is not None:
        told = receipt.verification
        yield f"SHA-256 of the trust root, version {told.trust_root_version}: {told.trust_root_sha256}"
    yield "harness verify REPORT --format json prints the verdict again."
    yield "harness certificate --check CERTIFICATE.json REPORT says whether one still follows from its report."


def _statement(of: Certificate) -> Iterator[str]:
    yield (
        f"For {_stated(of.laboratory.name)} I certify that lot {_stated(of.shipment.lot_id)} was reviewed, that each "
        "quantity named as found above was found at or below what the licence application describes, and that this "
        f"description of its capabilities and functions is accurate. [{'; '.join(of.cites)}]"
    )


SIGNED_BY = ("Name and title", "Signature", "Place and day")
