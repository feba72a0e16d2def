"""The law that screening reads beside the instruments, as it comes with the harness."""

from functools import cache
from pathlib import Path
from typing import TypeVar

from harness.codec import packaged
from harness.codec.documents import from_toml
from harness.model.document import Document
from harness.model.screening_law import NacRule, OwnershipRule, RedFlags

D = TypeVar("D", bound=Document)


@cache
def ownership_rule() -> OwnershipRule:
    """Return when the owners of a party make it count as listed."""
    return _read(OwnershipRule, packaged.SCREENING / "ownership.toml")


@cache
def nac_rule() -> NacRule:
    """Return what License Exception NAC asks of a notice."""
    return _read(NacRule, packaged.SCREENING / "nac.toml")


@cache
def red_flag_list() -> RedFlags:
    """Return the red flags."""
    return _read(RedFlags, packaged.SCREENING / "red_flags.toml")


def _read(model: type[D], path: Path) -> D:
    return from_toml(model, path.read_bytes(), path.name)
