"""Frontiers day by day as one page: a slider over days, one picture, a table. It needs nothing from elsewhere.

The picture is written once. What differs from day to day lies in groups that name the days on which they show; the
script hides and shows them. Without scripts the page shows the day that was asked for.
"""

import json
from collections.abc import Iterable, Sequence
from html import escape

from harness.impact.frontier import Chip, Frontier
from harness.impact.plane import UP
from harness.render.canvas import Drawing, Layer
from harness.render.frontier_drawing import frontier_drawing
from harness.render.frontier_marks import told_figure
from harness.render.frontier_sheet import Sheet
from harness.render.page_head import page_head
from harness.render.svg import layer_group, opening

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


def as_page(sheet: Sheet, chosen: int) -> str:
    """Return the page.

    Args:
        sheet: How frontiers are drawn; it shows a stop for each of its frontiers, in order of their days.
        chosen: The number of the stop that shows first.
    """
    drawings = [frontier_drawing(sheet, one) for one in sheet.shown]
    body = _BODY.format(
        title=escape(sheet.title(sheet.shown[chosen])),
        last=len(drawings) - 1,
        chosen=chosen,
        span=escape(_span(sheet.shown[chosen])),
        picture=_picture(drawings, chosen),
        rows="\n".join(_row(chip, sheet.shown[chosen]) for chip in sheet.frontiers.drawn),
    )
    facts = _safe({"stops": [_stop(*one) for one in zip(sheet.shown, drawings, strict=True)]})
    head = page_head(_POLICY, sheet.title(sheet.shown[chosen]), _STYLE)
    return f"{head}{body}<script>\nconst facts = {facts};\n{_SCRIPT}</script>\n</body>\n</html>\n"


def _picture(drawings: Sequence[Drawing], chosen: int) -> str:
    """Return one picture of all days: layer by layer, the same shapes once."""
    tallest = max(drawings, key=lambda one: one.height)
    whole = Drawing(
        width=tallest.width,
        height=tallest.height,
        title=drawings[chosen].title,
        description=drawings[chosen].description,
        layers=(),
    )
    groups = []
    for layers in zip(*(one.layers for one in drawings), strict=True):
        stops: dict[Layer, list[int]] = {}
        for n, layer in enumerate(layers):
            stops.setdefault(layer, []).append(n)
        groups += [layer_group(layer, _shown(found, len(drawings), chosen)) for layer, found in stops.items()]
    return "\n".join([opening(whole), *groups, "</svg>"])


def _shown(stops: list[int], count: int, chosen: int) -> str:
    """Return the attributes of a group that shows at some of the stops."""
    if len(stops) == count:
        return ""
    hidden = "" if chosen in stops else ' display="none"'
    return f' data-stops="{" ".join(map(str, stops))}"{hidden}'


def _stop(frontier: Frontier, drawing: Drawing) -> dict[str, object]:
    return {
        "span": _span(frontier),
        "title": drawing.title,
        "description": drawing.description,
        "answers": {chip: " or ".join(label) for chip, label in frontier.answers.items()},
    }


def _span(frontier: Frontier) -> str:
    return f"{frontier.day} to {frontier.until}" if frontier.until else f"from {frontier.day}"


def _row(chip: Chip, frontier: Frontier) -> str:
    figures = (told_figure(chip.spans[metric]) if metric in chip.spans else "" for metric in _COLUMNS)
    cells = "".join(f"<td>{escape(text)}</td>" for text in figures)
    said = escape(" or ".join(frontier.answers[chip.id]))
    name = escape(f"{chip.manufacturer} {chip.name}")
    return f'<tr data-chip="{escape(chip.id)}"><th scope="row">{name}</th>{cells}<td class="answer">{said}</td></tr>'


_COLUMNS: Iterable[str] = (UP, "total_dram_bandwidth", "performance_density")


def _safe(value: object) -> str:
    """Return a value as a literal of the script that cannot end it: names come from spec files."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c")


_STYLE = """:root { color-scheme: light dark; font: 16px/1.45 "DejaVu Sans", Verdana, Helvetica, Arial, sans-serif; }
body { margin: 0 auto; max-width: 1160px; padding: 0 1rem 2rem; }
.days { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center;
  padding: .6rem 0; background: Canvas; border-bottom: 1px solid GrayText; }
.days[hidden] { display: none; }
.days input { flex: 1 1 16rem; min-width: 10rem; }
.days output { font-weight: bold; min-width: 15rem; }
button { font: inherit; padding: .1rem .7rem; }
figure { margin: 1rem 0; background: #fff; border: 1px solid GrayText; border-radius: 6px; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 760px; height: auto; }
.marks path:hover, .marks circle:hover { stroke-width: 3; }
#said { min-height: 2.9em; margin: .3rem 0; white-space: pre-line; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; }
th, td { border-bottom: 1px solid GrayText; padding: .2rem .5rem; text-align: left; vertical-align: top; }
td:nth-child(-n+4) { text-align: right; white-space: nowrap; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
summary { cursor: pointer; margin: .5rem 0; }
@media print {
  .days, #said, summary, .plain { display: none; }
  body { max-width: none; padding: 0; }
  figure { border: 0; }
  svg { min-width: 0; }
}
"""

_BODY = """<body>
<main>
<h1 class="unseen">{title}</h1>
<div class="days" hidden>
<label for="stop">Day</label>
<button type="button" id="earlier" aria-label="earlier change">◀</button>
<input type="range" id="stop" min="0" max="{last}" step="1" value="{chosen}" aria-valuetext="{span}">
<button type="button" id="later" aria-label="later change">▶</button>
<output for="stop" id="span" aria-live="polite">{span}</output>
</div>
<noscript><p class="plain">Scripts are off, so the picture stays at {span}.</p></noscript>
<figure>
{picture}
</figure>
<p id="said" role="status">Point at a mark to read what it is.</p>
<details>
<summary>Every chip, with its figures and its answer</summary>
<table>
<thead><tr><th scope="col">chip</th><th scope="col">TPP</th><th scope="col">total DRAM bandwidth, GB/s</th>
<th scope="col">performance density, TPP/mm²</th><th scope="col">answer</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</details>
</main>
"""

_SCRIPT = """const slider = document.getElementById("stop");
function show() {
  const n = slider.value, stop = facts.stops[n];
  for (const group of document.querySelectorAll("[data-stops]")) {
    const on = group.dataset.stops.split(" ").includes(n);
    if (on) group.removeAttribute("display"); else group.setAttribute("display", "none");
  }
  document.getElementById("span").value = stop.span;
  slider.setAttribute("aria-valuetext", stop.span);
  document.getElementById("frontier-title").textContent = stop.title;
  document.getElementById("frontier-desc").textContent = stop.description;
  for (const row of document.querySelectorAll("[data-chip]"))
    row.querySelector(".answer").textContent = stop.answers[row.dataset.chip];
}
function step(by) { slider.value = Number(slider.value) + by; show(); }
function tell(event) {
  const said = event.target.closest(".marks path, .marks circle")?.querySelector("title");
  if (said) document.getElementById("said").textContent = said.textContent;
}
slider.addEventListener("input", show);
document.getElementById("earlier").addEventListener("click", () => step(-1));
document.getElementById("later").addEventListener("click", () => step(1));
document.querySelector("figure").addEventListener("pointerover", tell);
document.querySelector("figure").addEventListener("click", tell);
document.querySelector(".days").hidden = false;
show();
"""
