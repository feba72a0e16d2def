"""The codes of the assurance statement: what each says of the evidence, and what would help. Written once."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class AssuranceCode:
    """What a code of the assurance statement stands for. The sense of a code never changes."""

    conclusion: str
    title: str
    meaning: str
    remedy: str


def _code(conclusion: str, title: str, meaning: str, remedy: str) -> AssuranceCode:
    return AssuranceCode(conclusion=conclusion, title=title, meaning=meaning, remedy=remedy)


ASSURANCE_CATALOGUE: Mapping[str, AssuranceCode] = {
    "DEC-P": _code(
        "below",
        "Every source says below",
        "The upper bounds of the declaration, of the derivation and of the measurement all lie below the limit, and "
        "the three do not contradict each other.",
        "None needed.",
    ),
    "DEC-F-DECLARED": _code(
        "not-below",
        "The declaration itself reaches the limit",
        "The declared value, or the maker's claim where that is more, is at or above the limit; it counts in full.",
        "None: a device that is claimed to reach the limit is not below it.",
    ),
    "DEC-F-DERIVED": _code(
        "not-below",
        "The silicon at its nominal clock reaches the limit",
        "Units x operations per clock x nominal clock, or bus x rate, is at or above the limit.",
        "Prove that fewer units are enabled, where that is so.",
    ),
    "DEC-F-MEASURED": _code(
        "not-below",
        "A measurement reaches the limit",
        "A measured value, less its expanded uncertainty, is at or above the limit.",
        "Measure once more in a second session, where the unit or the setting is in doubt; report both.",
    ),
    "DEC-I-MISSING": _code(
        "inconclusive",
        "A source is silent",
        "Declared, derived and measured values are all needed; a measurement counts only where it can show at most.",
        "State what is missing; measure on a device that is not held down, with its uncertainty.",
    ),
    "DEC-I-UNDERSTATED": _code(
        "inconclusive",
        "More was measured than is declared or derived",
        "The measured value exceeds the declaration, or what the silicon yields at its highest clock, by more than the "
        "margin of contradiction. One of the sources is wrong.",
        "Declare the highest value, or mend the spec file.",
    ),
    "DEC-I-DECLARED-LOW": _code(
        "inconclusive",
        "Less is declared than the silicon yields",
        "The declaration lies below the derivation at nominal clock by more than the margin of contradiction.",
        "Declare what the silicon yields, or prove that fewer units are enabled.",
    ),
    "DEC-I-DECLARED-HIGH": _code(
        "inconclusive",
        "More is declared than the silicon yields",
        "The declaration exceeds the derivation at the highest clock by more than the margin of contradiction: the "
        "derivation is not of this silicon.",
        "Mend the spec file, or name the chip that was tested.",
    ),
    "DEC-I-UNDERPERFORM": _code(
        "inconclusive",
        "Less was measured than an honest measurement reaches",
        "Even divided by the efficiency floor the highest measured value lies below the derivation at nominal clock: a "
        "slow kernel, a wrong unit, or a device that was held down.",
        "Measure with a faster kernel, on a device that is not held down.",
    ),
    "DEC-I-GUARD": _code(
        "inconclusive",
        "An upper bound reaches the limit",
        "No source says that the device reaches the limit, and one or more leave it possible.",
        "What the statement names: a smaller uncertainty, or a kernel nearer to the peak with a floor of its own, at a "
        "sampled clock.",
    ),
    "DEC-R-VALUE": _code(
        "rejected",
        "A value that is not above 0",
        "A bound of nothing bounds nothing.",
        "Correct the value.",
    ),
    "DEC-R-FLOOR": _code(
        "rejected",
        "An efficiency floor outside of 0 to 1",
        "The floor comes from the method file; a measurement is divided by it.",
        "Mend the method file.",
    ),
    "DEC-R-UNCERTAINTY": _code(
        "rejected",
        "An uncertainty that cannot be used",
        "It is zero, has no degree of freedom, or exceeds what the method accepts of a measurement.",
        "State u, k and the degrees of freedom; repeat in more sessions.",
    ),
    "DEC-R-VOID": _code(
        "rejected",
        "The evidence is void",
        "A finding says that the report cannot be relied on, so nothing is concluded from it.",
        "Mend what the finding names.",
    ),
}
