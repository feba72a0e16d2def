"""A certificate as text."""

import textwrap
from collections.abc import Callable

from harness.model.certificate import Certificate
from harness.render.certificate_blocks import SIGNED_BY, TITLE, Block, blocks
from harness.render.text import text_table

_WIDTH, _WIDEST_CELL = 100, 34
_RULE = "_" * 44


def as_text(of: Certificate, *, colour: bool = False, shown: Callable[[str], str] = str) -> str:
    """Return the certificate as text.

    Args:
        of: The certificate.
        colour: Whether what nobody may miss is bold.
        shown: How a text that came from a report is written; a terminal has no use for control characters.
    """
    parts = [TITLE, "=" * len(TITLE), ""]
    for block in blocks(of):
        parts += [*_block(block, colour=colour, shown=shown), ""]
    return "\n".join(parts)


def _block(block: Block, *, colour: bool, shown: Callable[[str], str]) -> list[str]:
    found = [block.heading, "-" * len(block.heading)]
    for line in block.strong:
        text = _wrapped(f"! {shown(line)}")
        found.append(f"\x1b[1m{text}\x1b[0m" if colour else text)
    found += [_wrapped(f"- {shown(line)}") for line in block.lines]
    if block.rows:
        rows = [[shown(cell) for cell in row] for row in block.rows]
        found += ["", text_table(rows, list(block.headings), str, _WIDEST_CELL)]
    if block.signed:
        found += ["", *(f"{name + ':':<16}{_RULE}\n" for name in SIGNED_BY)]
    return found


def _wrapped(line: str) -> str:
    return textwrap.fill(line, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
