"""The aspects in which evidence is assured, and how far each can be: the assurance that a verdict says was reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from harness.model.finding import Finding

Aspect = Literal["authenticity", "time", "freshness", "identity", "custody", "raw-data", "lot"]
BROKEN = "broken"

# Of each aspect its levels, from the least to the most; "broken" stands below all of them: worse than nothing.
LEVELS: Mapping[Aspect, tuple[str, ...]] = {
    # unverified: signed, and no trust root to verify by. countersigned: by keys of two organisations.
    "authenticity": ("unsigned", "unverified", "signed", "countersigned"),
    # stated: by the laboratory's own clock. challenged: after a challenge that an outsider issued, on which the run
    # depends. logged, witnessed: before a checkpoint of a log, or one that witnesses signed.
    "time": ("stated", "challenged", "logged", "witnessed"),
    # checked: against the state file of what was seen before.
    "freshness": ("not-checked", "checked"),
    "identity": ("none", "serial", "attested", "attested-twice"),
    # complete: every hand-over signed by both parties, without a gap.
    "custody": ("none", "stated", "complete"),
    "raw-data": ("none", "partly", "recomputed"),
    # drawn: by a draw that anyone can recheck. accepted: every unit drawn was tested, and the plan accepts.
    "lot": ("none", "stated", "drawn", "accepted"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectFacts:
    """How far one aspect was assured, as a side room found it.

    Attributes:
        aspect: Which.
        level: One of its levels, or "broken".
        says: One line for people: by whom, of what, how many.
        findings: What is wrong, each with a code of the catalogue.
        turns_at: Instants at which a later clock would give another answer.
        final: Whether nothing that is found later can lift the level.
    """

    aspect: Aspect
    level: str
    says: str
    findings: tuple[Finding, ...] = ()
    turns_at: tuple[datetime, ...] = ()
    final: bool = False
