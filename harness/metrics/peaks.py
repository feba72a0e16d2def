"""The peak of a chip for what was measured, from its spec file: the claim, and the most at its highest clock."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from harness.metrics.claims import claimed
from harness.metrics.dram_bandwidth import dram_bandwidth_gb_s
from harness.metrics.peak import peak_rate_tops
from harness.metrics.tpp import BIT_LENGTH
from harness.model.chip_spec import Architecture, ChipSpec, SpecRate
from harness.model.plausibility import Measurable, Peak
from harness.model.quantity import as_text, in_base_unit

# A claim is rounded, and its clock need not be the one that drivers show.
_CLAIM_ROUNDED = Fraction(3, 100)
# Formats that run on the same units at the same rate, where a spec file names only one of them.
_ALIKE = {"bf16": ("fp16",), "fp16": ("bf16",), "fp8_e5m2": ("fp8_e4m3",), "fp8_e4m3": ("fp8_e5m2",)}


def peak_of(
    spec: ChipSpec, what: Measurable, *, share: Fraction = Fraction(1), stated_gb: int | None = None
) -> Peak | None:
    """Return the peak of what was measured on a chip, in the base unit of its kind; None where nothing says it.

    Args:
        spec: The spec file of the chip.
        what: What was measured.
        share: The share of the chip that was measured, such as 1/2 for one of two devices on a card.
        stated_gb: A capacity that the chip's name states, where it is another than the spec file's.

    Source:
        The maker's claim; units x operations per clock x highest clock; bus width x clock as drivers report them.
    """
    if what.kind == "compute":
        peak = _rate(spec, what)
    elif what.kind == "dram":
        peak = _dram(spec)
    elif what.kind == "capacity":
        peak = _capacity(spec, stated_gb)
        share = Fraction(1) if stated_gb is not None else share
    elif what.kind == "host":
        peak, share = _host(spec, what.both_directions), Fraction(1)
    else:
        peak, share = _links(spec, what.both_directions), Fraction(1)
    # A chip without DRAM, or without links, claims nothing of them.
    return None if peak is None or peak.claim == 0 else _of_share(peak, share)


def _of_share(peak: Peak, share: Fraction) -> Peak:
    if share == 1:
        return peak
    basis = f"{as_text(share)} of {peak.basis}"
    return replace(peak, claim=peak.claim * share, most=peak.most * share, basis=basis, share=share)


def claims_by_format(spec: ChipSpec) -> Iterator[tuple[str, str, Fraction]]:
    """Return every rate that is claimed: its format, the units it runs on ("matrix" where not said), its value."""
    for rate in spec.rates:
        if rate.grade != "estimate":
            yield rate.format, rate.units or "matrix", Fraction(in_base_unit(rate.value, rate.unit))


def _rate(spec: ChipSpec, what: Measurable) -> Peak | None:
    assert what.number_format is not None
    claims = [rate for rate in spec.rates if rate.grade != "estimate"]
    own = _in_format(claims, what, (what.number_format,))
    found = own or _in_format(claims, what, _ALIKE.get(what.number_format, ()))
    wider = _on_wider_units(spec, claims, what, found)
    if wider is not None:
        return wider
    if found is None:
        return _from_architecture(spec, what) or _bound_of_narrower(spec, claims, what)
    claim = Fraction(in_base_unit(found.value, found.unit))
    kind = f"{found.units} " if found.units else ""
    built = _at_highest_clock(spec, found.format)
    basis = f"{as_text(claim)} {found.unit.replace('POP', 'TOP').replace('PFLOP', 'TFLOP')}, {kind}{found.format}"
    # The figure of matrix units says nothing of vector units but that they are no faster, and that of FP16 little of
    # BF16 on chips whose list of rates is complete without it: they convert.
    foreign = what.units == "vector" and found.units != "vector"
    converted = own is None and spec.tpp_completeness == "complete" and what.number_format in ("bf16", "fp16")
    return Peak(claim=claim, most=max(claim, built or claim), basis=basis, only_above=foreign or converted)


def _on_wider_units(spec: ChipSpec, claims: list[SpecRate], what: Measurable, found: SpecRate | None) -> Peak | None:
    """Units of a wider format compute a narrower one too: libraries convert FP16 where FP32 is the faster."""
    if what.units == "vector" or what.number_format not in ("fp16", "bf16") or spec.tpp_completeness != "complete":
        return None
    wide = max((rate for rate in claims if rate.format == "fp32"), key=_in_tera, default=None)
    # Where nothing in 16 bits is known, the fastest of all must be FP32 for it to bound them.
    rival = found or max(claims, key=_in_tera, default=None)
    if wide is None or rival is None or (rival is not wide and _in_tera(rival) >= _in_tera(wide)):
        return None
    claim = _in_tera(wide)
    basis = f"{as_text(claim)} TFLOP/s, fp32; {what.number_format} is converted"
    return Peak(claim=claim, most=claim, basis=basis, only_above=True)


def _in_tera(rate: SpecRate) -> Fraction:
    return Fraction(in_base_unit(rate.value, rate.unit))


def _in_format(claims: list[SpecRate], what: Measurable, formats: tuple[str, ...]) -> SpecRate | None:
    """Return the claim in the first of these formats, on the units that were measured where there are several."""
    of_format = [rate for rate in claims if rate.format in formats]
    if what.units == "vector":
        of_format = [rate for rate in of_format if rate.units == "vector"] or of_format
    elif what.units == "matrix":
        of_format = [rate for rate in of_format if rate.units != "vector"] or of_format
    # Which units ran is not said: the fastest that there are.
    return max(of_format, key=lambda rate: in_base_unit(rate.value, rate.unit), default=None)


def _at_highest_clock(spec: ChipSpec, number_format: str) -> Fraction | None:
    """Return units x operations per clock x highest clock of a format, where the spec file says them."""
    architecture = spec.architecture
    if architecture is None or architecture.capped:
        return None
    clock = architecture.maximum_clock_mhz or architecture.nominal_clock_mhz
    operations = next((one.operations for one in architecture.ops_per_clock if one.format == number_format), None)
    if clock is None or operations is None:
        return None
    return Fraction(peak_rate_tops(architecture.processing_units, operations, clock))


def _from_architecture(spec: ChipSpec, what: Measurable) -> Peak | None:
    formats = (what.number_format, *_ALIKE.get(what.number_format or "", ()))
    for name in formats:
        built = _at_highest_clock(spec, name or "")
        if built is not None:
            return Peak(claim=built, most=built, basis=f"{as_text(built)} TFLOP/s, units x operations x clock")
    return None


def _bound_of_narrower(spec: ChipSpec, claims: list[SpecRate], what: Measurable) -> Peak | None:
    """A format is no faster than the next narrower one; None where no narrower one is known."""
    bits = BIT_LENGTH[what.number_format or "fp32"]
    known = {rate.format: _in_tera(rate) for rate in sorted(claims, key=_in_tera)}
    for one in spec.architecture.ops_per_clock if spec.architecture else ():
        built = _at_highest_clock(spec, one.format)
        if built is not None:
            known.setdefault(one.format, built)
    next_bits = max((BIT_LENGTH[name] for name in known if BIT_LENGTH[name] <= bits), default=None)
    narrower = {name: rate for name, rate in known.items() if BIT_LENGTH[name] == next_bits}
    if not narrower:
        return None
    fastest = max(narrower, key=lambda name: narrower[name])
    claim = narrower[fastest]
    most = max(claim, _at_highest_clock(spec, fastest) or claim)
    basis = f"no {what.number_format} rate is known; {fastest} runs at {as_text(claim)}"
    return Peak(claim=claim, most=most, basis=basis, only_above=True)


def uncapped(spec: ChipSpec, number_format: str) -> Fraction | None:
    """Return what the units of a chip would give without the cap that its maker set; None where there is none."""
    architecture = spec.architecture
    if architecture is None or not architecture.capped:
        return None
    return _at_highest_clock(spec.model_copy(update={"architecture": _free(architecture)}), number_format)


def architectural_operations(spec: ChipSpec, number_format: str) -> int | None:
    """Return what one unit of a chip does per clock in a format: as its file says, or as its claim gives at its clock.

    A claim counts where at the highest clock it lies within 3 % of a power of two, which alone silicon is built for.
    """
    architecture = spec.architecture
    if architecture is None:
        return None
    listed = next((one.operations for one in architecture.ops_per_clock if one.format == number_format), None)
    clock = architecture.maximum_clock_mhz or architecture.nominal_clock_mhz
    claims = [rate for rate in spec.rates if rate.format == number_format and rate.grade != "estimate"]
    if listed is not None or clock is None or not claims or architecture.capped:
        return listed
    claim = max(Fraction(in_base_unit(rate.value, rate.unit)) for rate in claims)
    operations = claim * 10**6 / (architecture.processing_units * Fraction(clock))
    power = 1 << max(round(operations).bit_length() - 1, 0)
    nearest = min((power, 2 * power), key=lambda one: abs(operations - one))
    return nearest if abs(operations / nearest - 1) <= _CLAIM_ROUNDED else None


def _free(architecture: Architecture) -> Architecture:
    return architecture.model_copy(update={"capped": False})


def _dram(spec: ChipSpec) -> Peak | None:
    known, memory = claimed(spec.total_dram_bandwidth), spec.memory
    built: Decimal | None = None
    if memory and memory.bus_width_bits and memory.reported_clock_mhz and memory.transfers_per_clock:
        built = dram_bandwidth_gb_s(memory.bus_width_bits, memory.reported_clock_mhz, memory.transfers_per_clock)
    if known is None and built is None:
        return None
    claim = Fraction(known if known is not None else built or 0)
    most = max(claim, Fraction(built or 0))
    basis = f"{as_text(claim)} GB/s" + (f", {as_text(most)} by bus and clock" if most > claim else "")
    return Peak(claim=claim, most=most, basis=basis)


def _capacity(spec: ChipSpec, stated_gb: int | None) -> Peak | None:
    parts = [claimed(spec.copackaged_dram_capacity), claimed(spec.board_dram_capacity)]
    total = Fraction(sum((part for part in parts if part), Decimal(0)))
    if stated_gb is not None:
        total = Fraction(stated_gb)
    if total == 0:
        return None
    # Makers print GB for what devices count in GiB.
    return Peak(claim=total, most=total * Fraction(2**30, 10**9), basis=f"{as_text(total)} GB, or as many GiB")


def _host(spec: ChipSpec, both: bool) -> Peak | None:
    """The bus, or a faster link to the host where the chip has one."""
    bus, link = _bus(spec, both), claimed(spec.host_link_bandwidth_bidirectional)
    if link is None:
        return bus
    claim = Fraction(link) / (1 if both else 2)
    return Peak(claim=claim, most=claim, basis=f"{as_text(claim)} GB/s of the link to the host")


def _bus(spec: ChipSpec, both: bool) -> Peak | None:
    bus = spec.system_bus
    if bus is None or bus.grade == "estimate":
        return None
    claim = Fraction(bus.lanes) * Fraction(in_base_unit(bus.rate_per_lane, bus.unit)) * (2 if both else 1)
    return Peak(claim=claim, most=claim, basis=f"{as_text(claim)} GB/s, {bus.name} x{bus.lanes}")


def _links(spec: ChipSpec, both: bool) -> Peak | None:
    links = claimed(spec.link_bandwidth_bidirectional)
    if links is None or links == 0:
        # Where every link is listed and none is there, the bus carries it; else there may be links nobody stated.
        return _bus(spec, both) if spec.links_complete or links == 0 else None
    claim = Fraction(links) / (1 if both else 2)
    return Peak(claim=claim, most=claim, basis=f"{as_text(claim)} GB/s of links, {'both ways' if both else 'one way'}")
