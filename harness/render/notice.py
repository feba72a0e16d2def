"""The check of a notice as text."""

from collections.abc import Callable

from harness.model.nac_notice import NacCheck
from harness.render.text import text_table
from harness.render.words import painted

_HEADINGS = ["criterion", "outcome", "where", "got", "need", "citation"]


def as_text(check: NacCheck, *, colour: bool, shown: Callable[[str], str], widest: int) -> str:
    """Return the check for people; `shown` makes texts of the notice harmless on a terminal."""
    rows = [[row.criterion, row.outcome, row.where, row.got, row.need, row.cite] for row in check.rows]
    earliest = check.earliest_export or "not known: the day of the notice is not stated"
    closing = painted(f"{check.outcome.upper()}  {shown(check.notice_id)}", check.outcome, colour=colour)
    return "\n".join(
        [
            f"Notice {shown(check.notice_id)} under License Exception NAC",
            f"  asked for an export on {check.on or 'a day that is not stated'}; earliest export {earliest}",
            "",
            text_table(rows, _HEADINGS, shown, widest),
            "",
            f"read against the source as of {check.reviewed_through}",
            closing,
            "",
        ]
    )
