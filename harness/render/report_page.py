"""The picture of a lab report as one page: it needs nothing from elsewhere, no script, and no wide screen.

Every panel is there twice, wide and narrow, and the page shows the one that fits; so no text is ever scaled away.
"""

from html import escape

from harness.model.illustrated import Illustrated
from harness.render.page_head import page_head
from harness.render.report_drawing import panel_drawing, panels, report_title
from harness.render.report_identity import Facts, identity, observations, partial_marks
from harness.render.report_paint import DARK
from harness.render.report_panel import Panel, Table
from harness.render.svg import layer_group, opening

_WIDE, _NARROW = 760.0, 304.0
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def as_page(of: Illustrated) -> str:
    """Return the page."""
    wide, narrow = panels(of, _WIDE, "wide-"), panels(of, _NARROW, "narrow-")
    title = escape(report_title(of))
    marks = "".join(f'<p class="partial"><strong>{escape(note)}</strong></p>\n' for note in partial_marks(of.report))
    facts = "".join(map(_facts, identity(of)))
    shown = "".join(_section(*pair) for pair in zip(wide, narrow, strict=True))
    others = observations(of.report)
    table = f"<section>\n<h2>Observations</h2>\n{_table(others)}</section>\n" if others else ""
    head = page_head(_POLICY, report_title(of), _STYLE + _dark())
    return f"{head}<body>\n<main>\n<h1>{title}</h1>\n{marks}{facts}{shown}{table}</main>\n</body>\n</html>\n"


def _facts(one: Facts) -> str:
    lines = "".join(f"<li>{escape(line)}</li>\n" for line in one.lines) or "<li>nothing is said</li>\n"
    listed = f"<ul>\n{lines}</ul>\n"
    if one.heading == "Notes":
        return f"<details>\n<summary>Notes of the report, {len(one.lines):,}</summary>\n{listed}</details>\n"
    return f"<section>\n<h2>{escape(one.heading)}</h2>\n{listed}</section>\n"


def _section(wide: Panel, narrow: Panel) -> str:
    tables = "".join(map(_table, wide.tables))
    return (
        f"<section>\n<h2>{escape(wide.title)}</h2>\n"
        f'<figure class="wide">\n{_picture(wide, _WIDE)}\n</figure>\n'
        f'<figure class="narrow">\n{_picture(narrow, _NARROW)}\n</figure>\n'
        f"{tables}</section>\n"
    )


def _picture(panel: Panel, width: float) -> str:
    drawing = panel_drawing(panel, width)
    return "\n".join([opening(drawing), *map(layer_group, drawing.layers), "</svg>"])


def _table(one: Table) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in one.headings)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in one.rows)
    return (
        f'<details>\n<summary>{escape(one.caption)}, in figures</summary>\n<div class="table"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n</details>\n"
    )


def _dark() -> str:
    """Return the rules that paint every colour of the drawings for dark paper; print stays on white."""
    rules = "".join(
        f'  svg [{name}="{light}"] {{ {name}: {dark}; }}\n'
        for light, dark in DARK.items()
        for name in ("fill", "stroke")
    )
    return f"@media screen and (prefers-color-scheme: dark) {{\n{rules}}}\n"


_STYLE = """:root { color-scheme: light dark; --paper: #ffffff; --ink: #1a1a1a; --rule: #c9ced6; --alarm: #b00020;
  font: 16px/1.45 "DejaVu Sans", Verdana, Helvetica, Arial, sans-serif; }
body { margin: 0 auto; max-width: 992px; padding: 0 .5rem 2rem; background: var(--paper); color: var(--ink); }
h1 { font-size: 1.35rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; overflow-wrap: anywhere; }
.partial { border: 2px solid var(--alarm); color: var(--alarm); padding: .5rem .75rem; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.1rem; font-size: .88rem; }
li { overflow-wrap: anywhere; }
figure { margin: 0 0 .4rem; }
svg { display: block; width: 100%; height: auto; }
.narrow svg { max-width: 480px; }
.wide { display: none; }
@media (min-width: 700px) { .wide { display: block; } .narrow { display: none; } }
summary { cursor: pointer; font-size: .88rem; margin: .25rem 0; overflow-wrap: anywhere; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .82rem; }
th, td { border-bottom: 1px solid var(--rule); padding: .15rem .6rem .15rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; min-width: 3.5rem; }
@media print {
  body { max-width: none; padding: 0; }
  .wide { display: block; }
  .narrow { display: none; }
  figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #ececec; --rule: #4a515c; --alarm: #ff8a95; }
}
"""
