"""One row per chip: what its spec file declares, per integrated circuit, for a table and for selections from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from harness.decide.declared import Declared, declared_chip
from harness.errors import WrongUsage
from harness.metrics.claims import claimed
from harness.model.chip_spec import ChipSpec
from harness.model.quantity import FigureState, Interval, as_text, quotient

# Column -> unit; None: a word.
COLUMNS: dict[str, str | None] = {
    "id": None,
    "manufacturer": None,
    "name": None,
    "generation": None,
    "form_factor": None,
    "availability": None,
    "data_center": None,
    "tpp_completeness": None,
    "integrated_circuits": "",
    "tpp": "TPP",
    "performance_density": "TPP/mm2",
    "total_dram_bandwidth": "GB/s",
    "dram_capacity": "GB",
    "copackaged_dram_capacity": "GB",
    "interconnect_bandwidth": "GB/s",
    "applicable_die_area": "mm2",
    "board_power": "W",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ChipRow:
    """Words by column, and for each figure its values: one by reading, none where nothing is known."""

    words: dict[str, str | None]
    figures: dict[str, tuple[Interval, ...]]


def chip_row(spec: ChipSpec, readings: Iterable[str] = ()) -> ChipRow:
    """Return the row of a chip; a figure with several readings has several values."""
    declared = declared_chip(spec, readings)
    return ChipRow(words=_words(spec), figures=_figures(spec, declared))


def _words(spec: ChipSpec) -> dict[str, str | None]:
    marketed = spec.designed_or_marketed_for_data_centers
    return {
        "id": spec.id,
        "manufacturer": spec.manufacturer,
        "name": spec.name,
        "generation": spec.generation,
        "form_factor": spec.form_factor,
        "availability": spec.availability,
        "data_center": None if marketed is None else "yes" if marketed else "no",
        "tpp_completeness": spec.tpp_completeness,
    }


def _figures(spec: ChipSpec, declared: Declared) -> dict[str, tuple[Interval, ...]]:
    def of(metric: str) -> tuple[Interval, ...]:
        return _known(reading.figures.get(metric) for reading in declared.readings)

    capacities = [claimed(spec.copackaged_dram_capacity), claimed(spec.board_dram_capacity)]
    dram = [value for value in capacities if value is not None]
    power = claimed(spec.board_power)
    return {
        "integrated_circuits": (_exactly(Decimal(spec.integrated_circuits)),),
        "tpp": of("tpp"),
        "performance_density": _known(
            quotient(reading.figures["tpp"], reading.figures["applicable_die_area_mm2"])
            for reading in declared.readings
        ),
        "total_dram_bandwidth": of("total_dram_bandwidth"),
        "dram_capacity": (_exactly(sum(dram, Decimal(0)), spec.integrated_circuits),) if dram else (),
        "copackaged_dram_capacity": of("copackaged_dram_capacity"),
        "interconnect_bandwidth": of("interconnect_bandwidth"),
        "applicable_die_area": of("applicable_die_area_mm2"),
        "board_power": (_exactly(power),) if power is not None else (),
    }


def _exactly(value: Decimal, parts: int = 1) -> Interval:
    exact = Fraction(value) / parts
    return Interval(lo=exact, hi=exact)


def _known(states: Iterable[FigureState | None]) -> tuple[Interval, ...]:
    """Leave out what is not known at all, and repetitions."""
    spans = [state for state in states if isinstance(state, Interval) and (state.hi is not None or state.lo)]
    return tuple({(span.lo, span.hi): span for span in spans}.values())


_OPERATORS = ("<=", ">=", "!=", "<", ">", "=")


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """One condition on rows, such as tpp>=4800 or generation=Blackwell."""

    column: str
    operator: str
    word: str
    value: Fraction | None

    def selects(self, row: ChipRow) -> bool | None:
        """Return whether the row meets the condition; None where what is known does not tell."""
        if self.value is None:
            said = row.words[self.column]
            return None if said is None else _says(said, self.word) == (self.operator == "=")
        found = {_compared(span, self.operator, self.value) for span in row.figures[self.column]}
        return found.pop() if len(found) == 1 else None


def selection(text: str) -> Selection:
    """Return the condition that a text stands for: COLUMN, one of = != < <= > >=, and a word or a figure.

    Raises:
        WrongUsage: The text is no condition; says what would be.
    """
    for operator in _OPERATORS:
        column, found, word = (part.strip() for part in text.partition(operator))
        if found and column in COLUMNS:
            return _selection(text, column, operator, word)
    raise WrongUsage(
        f"{text!r} is no condition; need COLUMN, one of {' '.join(_OPERATORS)}, and a value, such as "
        f"'generation=Blackwell' or 'tpp>=4800'; columns: {', '.join(COLUMNS)}"
    )


def _selection(text: str, column: str, operator: str, word: str) -> Selection:
    if COLUMNS[column] is None:
        if operator not in ("=", "!=") or not word:
            raise WrongUsage(f"{text!r}: {column} holds words; need = or != and a word")
        return Selection(column=column, operator=operator, word=word, value=None)
    digits = word.replace(",", "").replace("_", "")
    if not digits.replace(".", "", 1).isdecimal() or not digits.isascii():
        raise WrongUsage(f"{text!r}: {column} holds figures in {COLUMNS[column] or 'parts'}; need a decimal figure")
    return Selection(column=column, operator=operator, word=word, value=Fraction(digits))


def _says(said: str, word: str) -> bool:
    """Whether a text holds these words, whole, in any case: Blackwell is in "Blackwell Ultra (GB110)"."""
    clean = "".join(letter if letter.isalnum() or letter in "-." else " " for letter in said.casefold()).split()
    wanted = "".join(letter if letter.isalnum() or letter in "-." else " " for letter in word.casefold()).split()
    spans = range(len(clean) - len(wanted) + 1)
    return said.casefold() == word.casefold() or any(clean[n : n + len(wanted)] == wanted for n in spans if wanted)


def _compared(span: Interval, operator: str, value: Fraction) -> bool | None:
    """Compare every value that a span leaves open with a figure."""
    lo, hi = span.lo, span.hi
    above, below = lo > value, hi is not None and hi < value
    match operator:
        case "=":
            return True if lo == hi == value else False if above or below else None
        case "!=":
            return False if lo == hi == value else True if above or below else None
        case ">":
            return True if above else False if hi is not None and hi <= value else None
        case ">=":
            return True if lo >= value else False if below else None
        case "<":
            return True if below else False if lo >= value else None
    return True if hi is not None and hi <= value else False if above else None


def shown(spans: tuple[Interval, ...]) -> str:
    """Return a figure in words: several readings with "or", a lower bound with ">="; nothing where it is not known."""
    return " or ".join(_span(span) for span in spans)


def _span(span: Interval) -> str:
    if span.exact:
        return as_text(span.lo)
    return f">= {as_text(span.lo)}" if span.hi is None else f"{as_text(span.lo)} to {as_text(span.hi)}"
