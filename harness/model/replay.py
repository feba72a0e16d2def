"""What comes of old verdicts when they are made again, `replay/1`."""

from typing import Literal

from pydantic import ConfigDict, Field

from harness.model.document import Document, Name, Sha256, Text
from harness.model.verdict import Decision, Outcome, Receipt, Refusal

# The same bytes; another law, spec or method and the same answers; other answers; other bytes from the same inputs
# and law; and no way to tell.
Status = Literal["reproduced", "unchanged", "differs", "not-reproduced", "cannot-say"]
Changed = Literal["law", "spec", "method", "assumptions"]
Direction = Literal["stricter", "laxer", "mixed", "not-asked", "newly-asked"]


class Needed(Document):
    """An input that must be at hand, by its digest."""

    what: Literal["report", "attachment", "spec", "trust-root", "log-proof", "dossier"]
    name: Name
    sha256: Sha256


class LensDifference(Document):
    """A lens whose answers then and now are not the same."""

    lens: str
    informs: bool
    # Every answer that the evidence leaves possible; none and null where the lens was not asked.
    then: tuple[str, ...]
    now: tuple[str, ...]
    outcome_then: Outcome | None
    outcome_now: Outcome | None
    # In the order of the lens's answers, from the least to the most strict.
    direction: Direction
    # What decides now.
    decisions: tuple[Decision, ...]


class Rerun(Document):
    """One verdict made again under one law."""

    law: Literal["archived", "today"]
    law_sha256: Sha256
    engine_version: Name
    status: Status
    # What is not as the receipt has it.
    changed: tuple[Changed, ...]
    outcome_then: Outcome
    outcome_now: Outcome | None
    lenses: tuple[LensDifference, ...]
    # Where the verdicts differ at all, the first of the places.
    places: tuple[str, ...]
    notes: tuple[Text, ...]


class Replayed(Document):
    """One old verdict, and what comes of it."""

    source: Text
    report_id: Name | None
    receipt: Receipt | None
    status: Status
    needed: tuple[Needed, ...]
    reruns: tuple[Rerun, ...]
    notes: tuple[Text, ...]


class Replay(Document):
    """Everything that was replayed, `replay/1`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    format: Literal["replay/1"] = Field(alias="schema")
    engine_version: Name
    law_sha256: Sha256
    replayed: tuple[Replayed, ...]
    # Archives whose members are not the ones that the manifest names.
    forged: tuple[Refusal, ...]
    unreadable: tuple[Refusal, ...]
