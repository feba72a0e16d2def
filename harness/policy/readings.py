"""Which of several readings of the law a person asks for, by name."""

from collections.abc import Iterable, Mapping

from harness.errors import WrongUsage
from harness.model.policy import ReadingText


def chosen_readings(readings: Mapping[str, ReadingText], words: Iterable[str]) -> dict[str, str]:
    """Return the option that is asked for of each reading.

    Args:
        readings: Every reading of the law.
        words: Each `ID=OPTION`, such as `AMB-11=b` or `AMB-20=both`, or the name of a way of counting, such as
            `tf32-32`.

    Raises:
        WrongUsage: A reading or an option that does not exist, or two options of one reading.
    """
    counted = {one.figures: (text.id, one.id) for text in readings.values() for one in text.options if one.figures}
    chosen: dict[str, str] = {}
    for word in words:
        name, equals, option = word.partition("=")
        if word in counted:
            name, option = counted[word]
        elif not equals:
            raise WrongUsage(f"no reading {word!r}; need ID=OPTION such as AMB-11=b; there are {_listed(readings)}")
        text = {one.casefold(): found for one, found in readings.items()}.get(name.casefold())
        if text is None:
            raise WrongUsage(f"no reading {name!r}; there are {_listed(readings)}")
        options = [one.id for one in text.options]
        if option not in (*options, "both"):
            raise WrongUsage(f"no option {option!r} of {text.id}; there are {', '.join(options)} and both")
        # Naming every way of counting asks for all of them.
        chosen[text.id] = "both" if chosen.get(text.id, option) != option else option
    return chosen


def _listed(readings: Mapping[str, ReadingText]) -> str:
    return ", ".join(readings)
