"""Is a notice under License Exception NAC complete, for an item that may go by it, and early enough?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from harness.codec.digest import sha256
from harness.model.lab_report import NamedDocument
from harness.model.nac_notice import NacCheck, NacNotice, NacRow, NoticedItem
from harness.model.quantity import as_text, exact_sum, in_base_unit
from harness.model.screening_law import NacContent, NacRule
from harness.model.verdict import ConditionOutcome

_THROUGH = "snapr"
_EMPTY = sha256(b"")
# A density is stated rounded: this many decimals of the claim, or as many as are stated, count.
_DECIMALS_OF_DENSITY = 2
_Said = tuple[ConditionOutcome, str, str]  # The outcome, what the notice has, and what is needed.


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """Where the law of the day places an item of the notice, and what its maker claims in base units."""

    # Every answer that the lens on licence requirements leaves possible; empty without a chip that is known, or a day.
    answers: tuple[str, ...] = ()
    # Whether there is a spec file of the chip.
    known: bool = False
    claims: Mapping[str, Fraction] = field(default_factory=dict)


def checked_notice(notice: NacNotice, placed: Sequence[Placed], rule: NacRule, on: date | None = None) -> NacCheck:
    """Return how far a notice meets what the section asks.

    Args:
        notice: The notice.
        placed: Of each of its items, what the law makes of it.
        rule: What the section asks.
        on: The day of the export; None for the day that the notice plans.

    Source:
        15 CFR 740.8.
    """
    day = on or notice.export_on
    rows = tuple(_Checker(notice, placed, rule, day).rows())
    outcomes = {row.outcome for row in rows}
    earliest = _later(notice.submitted_on, rule.days_before)
    return NacCheck(
        schema="nac-check/1",
        notice_id=notice.notice_id,
        outcome="fail" if "fails" in outcomes else "undecided" if "undecided" in outcomes else "pass",
        on=day,
        earliest_export=earliest,
        rows=rows,
        reviewed_through=rule.reviewed_through,
    )


def _later(day: date | None, days: int) -> date | None:
    """Return the day so many calendar days later; None where there is no such day."""
    return day + timedelta(days=days) if day is not None and (date.max - day).days >= days else None


@dataclass(frozen=True, slots=True)
class _Checker:
    notice: NacNotice
    placed: Sequence[Placed]
    rule: NacRule
    day: date | None

    def rows(self) -> Iterator[NacRow]:
        contents = {content.id: content for content in self.rule.contents}
        if not self.notice.items:
            yield self._row(contents["scope"], "items", ("undecided", "no item", "every item of the export"))
        for n, (item, placed) in enumerate(zip(self.notice.items, self.placed, strict=True)):
            for name, said in self._of_item(item, placed):
                yield self._row(contents[name], f"items[{n}]", said)
        for name, where, said in self._of_notice():
            yield self._row(contents[name], where, said)

    def _row(self, content: NacContent, where: str, said: _Said) -> NacRow:
        outcome, got, need = said
        return NacRow(criterion=content.id, outcome=outcome, where=where, got=got, need=need, cite=content.pin)

    def _of_item(self, item: NoticedItem, placed: Placed) -> Iterator[tuple[str, _Said]]:
        yield "scope", self._scope(item, placed)
        yield "tpp", _figure(item.tpp, "TPP", placed.claims.get("tpp"))
        yield "performance-density", _density(item.performance_density, placed.claims.get("performance_density"))
        stated = item.memory_bandwidth
        bandwidth = None if stated is None else in_base_unit(stated.value, stated.unit)
        yield "memory-bandwidth", _figure(bandwidth, "GB/s", placed.claims.get("total_dram_bandwidth"))
        yield "data-sheet", _document("a data sheet", item.data_sheet)

    def _scope(self, item: NoticedItem, placed: Placed) -> _Said:
        need = f"{self.rule.answer} by the law of the day"
        if placed.known and not placed.answers:
            return "undecided", f"the chip {item.chip}, without a day of export", need
        if not placed.answers:
            return "undecided", f"the chip {item.chip or 'is not named'}: nothing is known of it", need
        if placed.answers == (self.rule.answer,):
            return "holds", self.rule.answer, need
        eligible = self.rule.answer in placed.answers
        return "undecided" if eligible else "fails", " or ".join(placed.answers), need

    def _of_notice(self) -> Iterator[tuple[str, str, _Said]]:
        notice = self.notice
        yield "prior-approvals", "prior_approvals", self._approvals()
        yield "cluster-use", "cluster", self._cluster()
        yield "purchase-order", "purchase_order", self._order()
        yield "submission", "submitted_through", self._way()
        yield "submission", "submitted_on", self._clock(self.day)
        for n, one in enumerate(notice.shipments):
            yield "submission", f"shipments[{n}].exported_on", self._clock(one.exported_on)
        yield "no-other-requirement", "other_requirement", self._requirement()
        of_items = [item.units for item in notice.items if item.units is not None]
        if notice.quantity is not None and sum(of_items) > notice.quantity:
            need = f"at most {notice.quantity} units, the quantity of the notice"
            yield "repeats", "items", ("fails", f"{sum(of_items)} units of the items", need)
        if notice.shipments:
            units = [one.units for one in notice.shipments]
            values = [one.value_usd for one in notice.shipments]
            yield "repeats", "quantity", _within(units, notice.quantity, "units")
            yield "repeats", "value_usd", _within(values, notice.value_usd, "USD")

    def _approvals(self) -> _Said:
        months = self.rule.months_of_approvals
        need = f"the approvals of the last {months} months, or that there was none"
        stated, submitted = self.notice.prior_approvals, self.notice.submitted_on
        if stated is None:
            return "undecided", "nothing", need
        late = [one.number for one in stated if submitted is not None and one.approved_on > submitted]
        if late:
            return "undecided", f"{', '.join(late)} approved after the notice of {submitted}", need
        since = None if submitted is None else _months_before(submitted, months)
        recent = [one for one in stated if since is None or one.approved_on >= since]
        return "holds", f"{len(recent)} stated" if recent else "that there was none", need

    def _cluster(self) -> _Said:
        need = "whether the items are for a cluster, and its aggregate TPP if they are"
        stated = self.notice.cluster
        if stated is None or stated.used_in_cluster is None:
            return "undecided", "nothing", need
        if not stated.used_in_cluster and stated.aggregate_tpp is not None:
            return "undecided", f"no cluster, and a cluster of {as_text(stated.aggregate_tpp)} TPP", need
        if not stated.used_in_cluster:
            return "holds", "no cluster", need
        if stated.aggregate_tpp is None:
            return "undecided", "a cluster without its aggregate TPP", need
        one = max((item.tpp for item in self.notice.items if item.tpp is not None), default=Decimal(0))
        got = f"a cluster of {as_text(stated.aggregate_tpp)} TPP"
        if stated.aggregate_tpp < one:
            return "fails", got, f"at least the {as_text(one)} TPP of one item"
        return "holds", got, need

    def _order(self) -> _Said:
        if self.notice.commercial_samples:
            return "holds", "commercial samples", "a written purchase order, or commercial samples"
        return _document("a written purchase order, or commercial samples", self.notice.purchase_order)

    def _way(self) -> _Said:
        said = self.notice.submitted_through
        if said is None:
            return "undecided", "nothing", "submitted through SNAP-R"
        right = "".join(filter(str.isalnum, said.casefold())) == _THROUGH
        return "holds" if right else "fails", said, "submitted through SNAP-R"

    def _clock(self, export: date | None) -> _Said:
        submitted, days = self.notice.submitted_on, self.rule.days_before
        earliest = _later(submitted, days)
        need = f"{days} calendar days or more before the export"
        if submitted is None or export is None:
            missing = "the day of the notice" if submitted is None else f"a day of export; the earliest is {earliest}"
            return "undecided", f"without {missing}", need
        between = (export - submitted).days
        got = f"notice {submitted}, export {export}: {between} days"
        return ("holds" if between >= days else "fails"), got, f"{need}: {earliest} or later"

    def _requirement(self) -> _Said:
        need = "examined: no licence is required by part 744 or 746 for another reason"
        said = self.notice.other_requirement
        if said is None or said.result is None:
            return "undecided", "nothing", need
        if said.result == "hit":
            return "fails", "a licence is required", need
        lacking = [
            name
            for name, there in (
                ("the document's digest", _digest(said.document)),
                ("who", any(map(str.isalnum, said.examined_by or ""))),
                ("when", said.examined_on),
            )
            if not there
        ]
        if lacking:
            return "undecided", f"clear without {', '.join(lacking)}", need
        first = min(
            (day for day in (self.day, *(one.exported_on for one in self.notice.shipments)) if day), default=None
        )
        if first is not None and said.examined_on is not None and said.examined_on > first:
            return "undecided", f"clear on {said.examined_on}, after the export of {first}", need
        return "holds", f"clear, by {said.examined_by} on {said.examined_on}", need


def _figure(value: Decimal | None, unit: str, claim: Fraction | None) -> _Said:
    need = "the figure" if claim is None else f"the maker's highest claim, {as_text(claim)} {unit}"
    if value is None:
        return "undecided", "nothing", need
    below = claim is not None and Fraction(value) < claim
    return "undecided" if below else "holds", f"{as_text(value)} {unit}", need


def _density(value: Decimal | None, claim: Fraction | None) -> _Said:
    """Compare with as many decimals of the claim as are stated, cut off: nobody states all of them."""
    if value is None or claim is None:
        return _figure(value, "TPP/mm2", claim)
    exponent = value.as_tuple().exponent
    decimals = max(_DECIMALS_OF_DENSITY, -exponent if isinstance(exponent, int) else 0)
    _, got, need = _figure(value, "TPP/mm2", claim)
    below = Fraction(value) < Fraction(int(claim * 10**decimals), 10**decimals)
    return "undecided" if below else "holds", got, need


def _digest(document: NamedDocument | None) -> str | None:
    """Return the digest of a document; None where there is none, or one that stands for no document."""
    stated = None if document is None else document.sha256
    return None if stated is None or stated == _EMPTY or len(set(stated)) == 1 else stated


def _document(what: str, document: NamedDocument | None) -> _Said:
    digest = _digest(document)
    if digest is not None:
        return "holds", f"sha256 {digest[:16]}...", what
    stated = document is not None and document.sha256 is not None
    return "undecided", "a digest that stands for no document" if stated else "none with a digest", what


def _within(parts: Sequence[int | Decimal | None], limit: int | Decimal | None, unit: str) -> _Said:
    known = exact_sum(Decimal(part) for part in parts if part is not None)
    got = f"{as_text(known)} {unit} exported" + (", some not stated" if None in parts else "")
    need = "the notice to state a limit" if limit is None else f"at most {as_text(Decimal(limit))} {unit}"
    if limit is not None and known > limit:
        return "fails", got, need
    return "undecided" if limit is None or None in parts else "holds", got, need


def _months_before(day: date, months: int) -> date:
    """Return the day so many months earlier, or the last day of that month where it has none such."""
    month = day.year * 12 + day.month - 1 - months
    if month < 12:
        return date.min
    year, first = divmod(month, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, first + 1, number)
        except ValueError:
            continue
    raise AssertionError(day)
