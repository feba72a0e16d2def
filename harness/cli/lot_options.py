"""What the steps of harness lot are asked for: shares, counts, challenges, and the promise that a plan keeps."""

import argparse
import re
from decimal import Decimal
from typing import Any

from harness.errors import WrongUsage

_SHARE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,16})?) ?(%?)", re.ASCII)
# A challenge, or the digest of one.
HEX = re.compile("[0-9a-f]{64}", re.ASCII)
_MOST_IN_LOT = 10**9
# In 32 bytes that were drawn at random, fewer digits than these never occur.
_FEWEST_DIGITS = 8


def add_promise(command: Any, *, required: bool = False) -> None:
    """Add what a plan promises: which share of bad units may pass how often, and what failed units do."""
    command.add_argument(
        "--ltpd",
        metavar="SHARE",
        type=share,
        required=required,
        help="the share of bad units not to pass: 1%% or 0.01",
    )
    command.add_argument(
        "--beta",
        metavar="SHARE",
        type=share,
        required=required,
        help="with which probability it may pass: 5%% or 0.05",
    )
    command.add_argument(
        "--accept", metavar="C", type=whole, default=0, help="failed units that are accepted (default: 0)"
    )
    command.add_argument(
        "--detection", metavar="SHARE", type=share, default=Decimal(1),
        help="probability that a bad unit is called bad (default: 100%%)",
    )  # fmt: skip


def check_promise(ltpd: Decimal, beta: Decimal) -> None:
    """Raise WrongUsage where a plan promises nothing, or what no plan can."""
    if not 0 < ltpd <= 1:
        raise WrongUsage("--ltpd: got 0; need a share above 0, such as 1%")
    if not 0 < beta < 1:
        raise WrongUsage("--beta: got a certainty; need a probability above 0 and below 100 %, such as 5%")


def add_output(command: Any) -> None:
    """Add where a document is written."""
    command.add_argument("-o", "--output", metavar="FILE", required=True, help='write here; "-" for standard output')
    command.add_argument("--force", action="store_true", help="write over a file that is there")


def share(text: str) -> Decimal:
    """Return an exact share. A bare 1 could be all or one in a hundred, so it is asked for with its sign."""
    found = _SHARE.fullmatch(text)
    if found is not None:
        value = Decimal(found[1]).scaleb(-2) if found[2] else Decimal(found[1])
        if value < 1 or (value == 1 and found[2]):
            return value
    raise argparse.ArgumentTypeError(f"got {text!r}; need a share with its sign, such as 1%, or below 1, such as 0.01")


def count(text: str) -> int:
    """Return a number of units, at most those of the largest lot."""
    if re.fullmatch("[1-9][0-9]{0,9}", text) and int(text) <= _MOST_IN_LOT:
        return int(text)
    raise argparse.ArgumentTypeError(f"got {text!r}; need a whole number from 1 to {_MOST_IN_LOT:,}, without commas")


def whole(text: str) -> int:
    """Return a small whole number, nought too."""
    if re.fullmatch("[0-9]{1,3}", text):
        return int(text)
    raise argparse.ArgumentTypeError(f"got {text!r}; need a whole number from 0 to 999")


def challenge(text: str) -> bytes:
    """Return 32 bytes that nobody can guess."""
    plain = text.lower()
    if HEX.fullmatch(plain) is None:
        raise argparse.ArgumentTypeError(
            f"got {text[:70]!r}; need 64 hexadecimal digits: 32 bytes drawn at random, so that nobody can guess them"
        )
    if len(set(plain)) < _FEWEST_DIGITS:
        raise argparse.ArgumentTypeError(f"got {text!r}; need 32 bytes drawn at random, not ones that can be guessed")
    return bytes.fromhex(plain)
