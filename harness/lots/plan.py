"""How many units to draw, what that promises, and what other plans would do."""

from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from math import ceil

from harness.metrics.acceptance_plan import sequential_lines, standard_plan, variables_factor
from harness.metrics.binomial import poisson_mean
from harness.metrics.lot_bounds import Bounds, accepts_between, few_called
from harness.metrics.lot_risk import accepts, iaea_sample, least_sample, sample_for_large_lot
from harness.model.lot_plan import LotPlan, SequentialLines, StandardPlan, VariablesPlan
from harness.model.quantity import as_text

# Up to here a risk is also written out as the fraction that it is.
_LARGEST_EXACT, _LONGEST_FRACTION = 500, 1_000
# No lot comes near this, and longer whole numbers are not read by everybody.
_LARGEST_TOLD = 10**15
_UPWARD = Context(prec=5, rounding=ROUND_CEILING)


def lot_plan(
    units: int,
    ltpd: Decimal,
    beta: Decimal,
    *,
    accept: int = 0,
    detection: Decimal = Decimal(1),
    false_alarm: Decimal,
    sequential: tuple[Decimal, Decimal] | None = None,
    variables: int | None = None,
) -> LotPlan:
    """Return a plan for a lot.

    Args:
        units: N, units in the lot, >= 1.
        ltpd: The share of bad units that must not pass, in (0, 1].
        beta: With which probability it may, in (0, 1).
        accept: How many failed units are accepted.
        detection: Probability that a bad unit that was drawn is called bad.
        false_alarm: Probability that a good unit is called bad.
        sequential: The good and the bad share of Wald's test, with `beta` for both its risks.
        variables: How many units a plan by values measures.

    Source:
        The hypergeometric distribution; for comparison, IAEA Safeguards Technical Manual, part F, MIL-STD-105E and
        Wald (1947).
    """
    bad = ceil(Fraction(ltpd) * units)
    drawn = least_sample(units, ltpd, beta, accept, detection)
    # Where no sample is enough, what all units together reach is told.
    n = units if drawn is None else drawn
    reached = _risk(units, bad, n, accept, detection)
    one_more = _risk(units, bad, n, accept + 1, detection)
    return LotPlan(
        format="lot-plan/1",
        units_in_lot=units,
        ltpd=ltpd,
        beta=beta,
        accept=accept,
        detection=detection,
        bad_units=bad,
        drawn=drawn,
        risk=_fraction(reached, bad, n),
        risk_percent=percent_up(reached),
        # One failed unit more passes where it is bad, is measured again, and is then missed.
        risk_with_retest_percent=percent_up(reached + (one_more - reached) * (1 - Fraction(detection))),
        drawn_of_endless_lot=_endless(ltpd, beta, detection) if accept == 0 and detection > 0 else None,
        drawn_by_iaea=iaea_sample(units, bad, float(beta)),
        standard=_standard(units) if units > 1 else None,
        false_alarm=false_alarm,
        refused_though_good_percent=percent_up(1 - _passes(n, accept, false_alarm).low),
        refused_though_good_with_retest_percent=percent_up(1 - _passes_with_retest(n, accept, false_alarm)),
        sequential=_sequential(*sequential, beta) if sequential else None,
        variables=_variables(variables, ltpd, beta) if variables else None,
    )


def percent_up(share: Decimal | Fraction) -> str:
    """Return a share in per cent, rounded up to five digits.

    >>> percent_up(Decimal("0.0498279226")), percent_up(Fraction(1, 5)), percent_up(Decimal(0))
    ('4.9828', '20', '0')
    """
    exact = Fraction(share) * 100
    rounded = _UPWARD.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return as_text(max(rounded, Decimal("1E-100")) if exact > 0 else Decimal(0))


def _risk(units: int, bad: int, drawn: int, accept: int, detection: Decimal) -> Fraction:
    """Return the risk of a plan, exactly where that can be written out, else an upper bound of 60 digits."""
    if min(bad, drawn) <= _LARGEST_EXACT:
        return accepts(units, bad, drawn, accept, detection)
    return Fraction(accepts_between(units, bad, drawn, accept, Fraction(detection)).high)


def _fraction(risk: Fraction, bad: int, drawn: int) -> str | None:
    """Return an exact risk as a text that is not too long."""
    text = str(risk)
    return text if min(bad, drawn) <= _LARGEST_EXACT and len(text) <= _LONGEST_FRACTION else None


def _endless(ltpd: Decimal, beta: Decimal, detection: Decimal) -> int | None:
    n = sample_for_large_lot(ltpd, beta, detection)
    return n if n <= _LARGEST_TOLD else None


def _mixed(at_once: Bounds, one_more: Bounds, again: Fraction, not_again: Fraction) -> Bounds:
    return at_once.scaled(again.numerator, again.denominator).plus(
        one_more.scaled(not_again.numerator, not_again.denominator)
    )


def _passes(drawn: int, accept: int, false_alarm: Decimal) -> Bounds:
    """Return the probability that a lot of good units is accepted."""
    return next(few_called(drawn, accept, Fraction(false_alarm)))


def _passes_with_retest(drawn: int, accept: int, false_alarm: Decimal) -> Decimal:
    again = Fraction(false_alarm)
    return _mixed(_passes(drawn, accept, false_alarm), _passes(drawn, accept + 1, false_alarm), again, 1 - again).low


def _standard(units: int) -> StandardPlan:
    letter, drawn, accept = standard_plan(units)
    share = Fraction(poisson_mean(accept, 0.10)) / drawn
    return StandardPlan(
        letter=letter, drawn=drawn, accept=accept, accepted_in_ten_percent=f"{min(100.0, float(share) * 100):.2f}"
    )


def _sequential(good: Decimal, bad: Decimal, risk: Decimal) -> SequentialLines:
    accept, refuse, slope = sequential_lines(float(good), float(bad), float(risk), float(risk))
    return SequentialLines(
        good=good,
        bad=bad,
        accept=f"{accept:.5f}",
        refuse=f"{refuse:.5f}",
        slope=f"{slope:.8f}",
        first_acceptance=ceil(accept / slope),
    )


def _variables(drawn: int, share: Decimal, risk: Decimal) -> VariablesPlan:
    return VariablesPlan(drawn=drawn, factor=f"{variables_factor(drawn, float(share), float(risk)):.4f}")
