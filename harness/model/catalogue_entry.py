"""One entry of the catalogue of findings."""

from dataclasses import dataclass

from harness.model.finding import Effect


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueEntry:
    """What a finding code stands for. The sense of a code never changes."""

    title: str
    effect: Effect
    meaning: str
    remedy: str


def entry(effect: Effect, title: str, meaning: str, remedy: str) -> CatalogueEntry:
    """Return an entry; in the tables of codes the effect stands first."""
    return CatalogueEntry(title=title, effect=effect, meaning=meaning, remedy=remedy)
