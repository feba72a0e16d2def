"""The skeleton of a law file for a new instrument, to fill in."""

import re
from datetime import date

from harness.errors import WrongUsage

_SKELETON = """\
# {name}: fill in what stands in capitals, delete what is not needed, then: harness law check
schema           = "instrument/1"
instrument       = "{name}"
title            = "WHAT IT DOES, IN ONE LINE"
cite             = "VOLUME FR PAGE ({day}), FR Doc NUMBER"
status           = "codified"          # codified | letter | proclamation | guidance | reported | proposed
jurisdiction     = "US"
published        = {day}
# knowable       = {day}      # where the public could know it before it was published
reviewed_through = {day}      # the day up to which this file was read against its source
source = ["https://ADDRESS"]
notes = [
  "WHAT WAS READ, AND WHAT WAS NOT.",
]

# A constant of law: its number stands in `says` too, and both must be equal.
[[param]]
id     = "limit.tpp"
metric = "tpp"
value  = 4800
pin    = "PARAGRAPH"
says   = "TPP of 4,800 or more"

# A list; country groups and others that the law keeps are named in `of` and `but`.
[[set]]
id   = "places"
of   = ["us.ear.740s1.d5"]
pin  = "PARAGRAPH"
says = "a place in country group D:5"

# One act upon one provision: enact | amend | suspend | revive | repeal | withdraw.
[[provision]]
id    = "us.example.provision"
lens  = "licence-requirement"
op    = "enact"
from  = {day}
clock = ["export"]                     # test | application | export | entry; several where the law is silent
if    = "end_user_country in @places"
pin   = "PARAGRAPH"
says  = "THE CLAUSE IN YOUR OWN WORDS"
shape = {{ tpp = "stricter-up" }}        # stricter-up | laxer-up | window
when  = "tpp >= $limit.tpp"
then  = "ccl"
else  = "none"

# What it claims to change on a day; `harness law check` prints the difference where this is not it.
[[effect]]
lens     = "licence-requirement"
on       = {day}
stricter = "end_user_country in @places and tpp >= $limit.tpp"
"""


def law_skeleton(name: str, day: date) -> str:
    """Return a law file that reads, with everything that an instrument may hold; its day is that of its name.

    Raises:
        WrongUsage: The name is none that an instrument may have.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,79}", name):
        raise WrongUsage(f"{name!r}: need lower-case letters, digits, dots, hyphens, such as us-bis-2027-01-02-example")
    return _SKELETON.format(name=name, day=_day_of(name) or day)


def _day_of(name: str) -> date | None:
    """Return the day that a name carries."""
    found = re.search(r"\d{4}-\d{2}-\d{2}", name)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        raise WrongUsage(f"{name!r}: {found[0] if found else name} is no day; need YYYY-MM-DD") from None
