"""Signature, time, freshness, identity, custody and lot, as the rooms that read them found them."""

from collections.abc import Iterator

from harness.model.case import Case
from harness.model.finding import Finding


def evidence_is_authentic(case: Case) -> Iterator[Finding]:
    """Is the evidence what it claims to be? What envelope, trust root and attached documents show was found before."""
    for facts in case.aspects:
        yield from facts.findings
