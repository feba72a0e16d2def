"""A certificate as a page to print and sign: black on white, without scripts, and nothing from elsewhere."""

from collections.abc import Callable
from html import escape

from harness.model.certificate import Certificate
from harness.render.certificate_blocks import SIGNED_BY, TITLE, Block, blocks
from harness.render.page_head import page_head

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def as_page(of: Certificate, *, shown: Callable[[str], str] = str) -> str:
    """Return the page.

    Args:
        of: The certificate.
        shown: How a text that came from a report is written: characters that turn the writing around deceive on paper
            as they do on a terminal.
    """
    name = shown(of.report_id)
    head = page_head(_POLICY, f"{TITLE}: {name}", _STYLE)
    found = "".join(_block(block, shown) for block in blocks(of))
    return f"{head}<body>\n<main>\n<h1>{escape(TITLE)}</h1>\n{found}</main>\n</body>\n</html>\n"


def _block(block: Block, shown: Callable[[str], str]) -> str:
    strong = "".join(f'<p class="strong"><strong>{escape(shown(line))}</strong></p>\n' for line in block.strong)
    if block.signed:
        said = "".join(f"<p>{escape(shown(line))}</p>\n" for line in block.lines)
        lines = "".join(f'<p class="line"><span>{escape(name)}</span></p>\n' for name in SIGNED_BY)
        return f'<section class="signed">\n<h2>{escape(block.heading)}</h2>\n{strong}{said}{lines}</section>\n'
    items = "".join(f"<li>{escape(shown(line))}</li>\n" for line in block.lines)
    listed = f"<ul>\n{items}</ul>\n" if items else ""
    table = _table(block, shown) if block.rows else ""
    return f"<section>\n<h2>{escape(block.heading)}</h2>\n{strong}{listed}{table}</section>\n"


def _table(block: Block, shown: Callable[[str], str]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in block.headings)
    rows = "".join(f"<tr>{''.join(f'{_cell(shown(cell))}' for cell in row)}</tr>\n" for row in block.rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _cell(text: str) -> str:
    """Return a cell. No figure is cut in two; a longer word than any of ours may be, or it would leave the page."""
    longest = max(map(len, text.replace("_", "_ ").split()), default=0)
    kept = ' class="kept"' if longest <= _LONGEST_KEPT else ""
    return f"<td{kept}>{escape(text).replace('_', '_<wbr>')}</td>"


# Seven columns of such words are as wide as the page.
_LONGEST_KEPT = 16

# Without a size of its own a page prints on A4 and on Letter; its text fits the narrower and the shorter of them.
_STYLE = """:root { color-scheme: only light; font: 10pt/1.35 "DejaVu Serif", Georgia, "Times New Roman", serif; }
@page { margin: 16mm 15mm; }
body { margin: 0 auto; max-width: 180mm; padding: 0 4mm 8mm; background: #ffffff; color: #000000; }
h1 { font-size: 15pt; border-bottom: 1.5pt solid #000000; padding-bottom: 2mm; }
h2 { font-size: 11.5pt; margin: 5mm 0 1.5mm; break-after: avoid; }
p, li, td, h1 { overflow-wrap: anywhere; }
.strong { border: 1.5pt solid #000000; padding: 1.5mm 2.5mm; margin: 2mm 0; }
ul { margin: 0 0 1.5mm; padding-left: 5mm; }
table { border-collapse: collapse; width: 100%; font-size: 8pt; line-height: 1.25; }
th, td { border: 0.5pt solid #000000; padding: 0.8mm 1.2mm; text-align: left; vertical-align: top; min-width: 9mm; }
.kept { overflow-wrap: normal; }
thead { display: table-header-group; }
tr, li, .strong { break-inside: avoid; }
.signed { break-inside: avoid; }
.line { margin: 11mm 0 0; border-top: 0.75pt solid #000000; width: 110mm; font-size: 8.5pt; }
@media print { body { max-width: none; padding: 0; } }
"""
