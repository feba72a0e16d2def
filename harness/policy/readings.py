"""Which readings of the law, and which proposals, a person asks for by name."""

from collections.abc import Iterable, Mapping

from harness.errors import WrongUsage
from harness.model.policy import ReadingText
from harness.policy.law import Law


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


def proposals_named(law: Law, words: Iterable[str]) -> tuple[str, ...]:
    """Return the instruments that are named, each by its id or by another name; compared without regard to case.

    Raises:
        WrongUsage: A name that no proposal has.
    """
    proposals = {text.instrument: text for text in law.instruments.values() if text.status == "proposed"}
    names = {name.casefold(): one for one, text in proposals.items() for name in (one, *text.known_as)}
    found = []
    for word in words:
        if word.casefold() not in names:
            listed = ", ".join(name for text in proposals.values() for name in text.known_as) or "none"
            raise WrongUsage(f"no proposal {word!r}; there are {listed}")
        found.append(names[word.casefold()])
    return tuple(dict.fromkeys(found))


def _listed(readings: Mapping[str, ReadingText]) -> str:
    return ", ".join(readings)
