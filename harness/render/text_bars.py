"""Bars and lines of block characters, each of a number of cells; in plain ASCII where blocks cannot be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEVELS = "▁▂▃▄▅▆▇█"
_PLAIN_LEVELS = "_.:-=+*#"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """How bars look.

    Args:
        count: Cells of a bar.
        blocks: Whether block characters can be shown.
    """

    count: int
    blocks: bool

    def bar(self, share: float, until: float | None = None) -> str:
        """Return a bar that is filled up to a share of it, and lighter from there to another share.

        >>> Cells(count=8, blocks=False).bar(0.5, 0.75), Cells(count=4, blocks=True).bar(0.375)
        ('####--  ', '█▌  ')
        """
        full, light = share * self.count, (until or share) * self.count
        if not self.blocks:
            text = "#" * round(full)
            text += "-" * (round(light) - len(text))
        else:
            eighths = round(full * 8)
            text = "█" * (eighths // 8)
            if until is None and eighths % 8:
                text += _EIGHTHS[eighths % 8]
            text += "░" * (round(light) - len(text) if until is not None else 0)
        return text.ljust(self.count)[: self.count]

    def letters(self, placed: Iterable[tuple[float, str]]) -> str:
        """Return letters at their shares of the bar, in their order; where there is no room, beside it.

        >>> Cells(count=8, blocks=False).letters([(0.5, "A"), (0.5, "B"), (1, "C"), (0.95, "D")])
        '    ABDC'
        """
        listed = sorted(placed)[: self.count]
        places: list[int] = []
        for share, _ in listed:
            places.append(max(int(share * self.count), places[-1] + 1 if places else 0))
        cells = [" "] * self.count
        end = self.count - 1
        for at, (_, letter) in zip(reversed(places), reversed(listed), strict=True):
            end = min(at, end)
            cells[end] = letter or " "
            end -= 1
        return "".join(cells)

    def line(self, values: Sequence[float | None], least: float, most: float) -> str:
        """Return a line of levels between two ends; blank where nothing is known.

        >>> Cells(count=4, blocks=False).line([0, 7, None, 3.5], 0, 7)
        '_# ='
        """
        levels = _LEVELS if self.blocks else _PLAIN_LEVELS
        last = len(levels) - 1
        span = most - least
        return "".join(
            " " if one is None else levels[round((one - least) / span * last) if span else last // 2] for one in values
        )

    def active(self, spans: Iterable[tuple[float, float]]) -> str:
        """Return a line that is filled between shares of it; a moment fills one cell."""
        cells = ["·" if self.blocks else "."] * self.count
        for first, last in spans:
            begin = min(int(first * self.count), self.count - 1)
            for n in range(begin, max(begin + 1, min(round(last * self.count), self.count))):
                cells[n] = "█" if self.blocks else "#"
        return "".join(cells)
