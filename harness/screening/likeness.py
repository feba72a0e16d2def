"""How alike two names are: points for each pair of words and costs for each difference, in whole numbers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter

from harness.codec.name_files import read_points
from harness.screening.edits import counter, edits_between
from harness.screening.names import Name, Word
from harness.screening.phrases import known_phrases

Feature = tuple[str, int, str]
Weigh = Callable[[Word], int]
FULL = 1000
# What is written with other spaces may differ by one edit besides, where it is long enough.
_SHORTEST, _LONG = 4, 8


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score, and the features whose points add up to it: name, points, and what was compared."""

    score: int
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Words of one name that stand for words of the other."""

    relation: str
    alike: int  # of 1000
    ours: range
    theirs: range
    weight: int


def likeness(ours: Name, theirs: Name, weigh: Weigh) -> Likeness:
    """Return how alike two names are: by their words, as one word, or as initials, whichever gives most.

    Args:
        ours: One name.
        theirs: The other; exchanged, the two have the same score.
        weigh: What a word weighs, > 0.
    """
    if not ours.words or not theirs.words:
        return Likeness(0, ())
    ways = [_by_words(ours, theirs, weigh)]
    if ways[0].score < FULL:
        ways += [*_as_one_word(ours, theirs), *_as_initials(ours, theirs)]
    return max(ways, key=lambda way: way.score)


def _by_words(ours: Name, theirs: Name, weigh: Weigh) -> Likeness:
    pairs = _paired(ours.words, theirs.words, weigh)
    left = [_left_over(ours.words, (p.ours for p in pairs)), _left_over(theirs.words, (p.theirs for p in pairs))]
    shared = sum(pair.weight for pair in pairs)
    totals = [shared + sum(map(weigh, words)) for words in left]
    features, score = [], 0
    reached = 0
    for pair in pairs:
        reached += pair.weight * pair.alike
        upto = reached * sum(totals) // (2 * totals[0] * totals[1])
        features.append((pair.relation, upto - score, _compared(pair, ours.words, theirs.words)))
        score = upto
    for feature, cost, said in _differences(ours, theirs, pairs, left):
        taken = min(cost, score)
        features.append((feature, -taken, said))
        score -= taken
    return Likeness(score, tuple(features))


def _paired(ours: Sequence[Word], theirs: Sequence[Word], weigh: Weigh) -> list[_Pair]:
    """Pair equal words first, then words with other spaces, then the most alike; each word once."""
    pairs = _equal(ours, theirs, weigh)
    free = [_free(ours, (p.ours for p in pairs)), _free(theirs, (p.theirs for p in pairs))]
    if free[0] and free[1]:
        pairs += _joined(ours, theirs, free, weigh)
        pairs += _resembling(ours, theirs, free, weigh)
    return sorted(pairs, key=lambda pair: (pair.ours.start, pair.theirs.start))


def _equal(ours: Sequence[Word], theirs: Sequence[Word], weigh: Weigh) -> list[_Pair]:
    """Words of one sense; of several those that are written alike."""
    pairs: list[_Pair] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for ways in (("text", "written"), ("text",)):
        sense = attrgetter(*ways)
        places: dict[object, list[int]] = {}
        for j, word in enumerate(theirs):
            if j not in taken[1]:
                places.setdefault(sense(word), []).append(j)
        for i, word in enumerate(ours):
            if i not in taken[0] and (found := places.get(sense(word))):
                j = found.pop(0)
                taken[0].add(i)
                taken[1].add(j)
                pairs.append(_Pair("same", FULL, range(i, i + 1), range(j, j + 1), min(weigh(word), weigh(theirs[j]))))
    return pairs


def _free(words: Sequence[Word], taken: Iterable[range]) -> list[int]:
    used = {n for span in taken for n in span}
    return [n for n in range(len(words)) if n not in used]


def _left_over(words: Sequence[Word], taken: Iterable[range]) -> list[Word]:
    return [words[n] for n in _free(words, taken)]


def _joined(ours: Sequence[Word], theirs: Sequence[Word], free: list[list[int]], weigh: Weigh) -> list[_Pair]:
    """Two or three neighbours that are one word of the other name."""
    alike = read_points().relations.as_one_word
    pairs = []
    for many, one, side in ((ours, theirs, 0), (theirs, ours, 1)):
        singles = {one[n].written: n for n in reversed(free[1 - side])}
        for span in _spans(free[side]):
            single = singles.get("".join([many[n].written for n in span]))
            if single is None or not set(span) <= set(free[side]) or single not in free[1 - side]:
                continue
            weight = min(sum(weigh(many[n]) for n in span), weigh(one[single]))
            spans = (span, range(single, single + 1))
            pairs.append(_Pair("as-one-word", alike, spans[side], spans[1 - side], weight))
            free[side] = [n for n in free[side] if n not in span]
            free[1 - side].remove(single)
    return pairs


def _spans(free: list[int]) -> list[range]:
    """Return each two and three neighbours."""
    twos = [range(n, n + 2) for n, after in pairwise(free) if after == n + 1]
    return twos + [range(one.start, other.stop) for one, other in pairwise(twos) if other.start == one.start + 1]


def _resembling(ours: Sequence[Word], theirs: Sequence[Word], free: list[list[int]], weigh: Weigh) -> list[_Pair]:
    found = []
    for i in free[0]:
        for j in free[1]:
            relation, alike = resemblance(ours[i], theirs[j])
            if alike:
                weight = min(weigh(ours[i]), weigh(theirs[j]))
                texts = sorted((ours[i].text, theirs[j].text))
                found.append(
                    ((-alike, -weight, texts, i, j), _Pair(relation, alike, range(i, i + 1), range(j, j + 1), weight))
                )
    used: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, pair in sorted(found, key=lambda one: one[0]):
        i, j = pair.ours.start, pair.theirs.start
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            pairs.append(pair)
    return pairs


def resemblance(one: Word, other: Word) -> tuple[str, int]:
    """Return how two different words are related, and how alike that makes them, of 1000; 0 where they are not."""
    if one.kind != "telling" and other.kind != "telling":
        return "", 0  # Two known words are two words, however alike they look.
    abbreviated = known_phrases().abbreviated
    for short, long in ((one, other), (other, one)):
        if short.kind == "telling" and long.kind == "common" and long.text in abbreviated.get(short.text, ()):
            return "abbreviation", read_points().relations.abbreviation
    # A known word is compared as it was written, for its sense has another spelling.
    return "spelling", _spelled(one.written, other.written)


def _spelled(one: str, other: str) -> int:
    longer = max(len(one), len(other))
    most = allowed_edits(longer)
    if not most or one.isdecimal() or other.isdecimal():
        return 0
    edits = counter()(one, other, most)
    return max(0, FULL - edits * read_points().spelling.edit_cost // longer) if edits <= most else 0


@lru_cache(maxsize=256)
def allowed_edits(letters: int) -> int:
    """Return by how many edits two words may differ and be taken for the same, the longer one of so many letters."""
    allowed = 0
    for step in read_points().spelling.edits:
        if letters >= step.letters:
            allowed = step.edits
    return allowed


def _compared(pair: _Pair, ours: Sequence[Word], theirs: Sequence[Word]) -> str:
    left, right = (
        " ".join(words[n].written for n in span) for words, span in ((ours, pair.ours), (theirs, pair.theirs))
    )
    sign = "=" if pair.relation == "same" else "~"
    return f"{left} {sign} {right}"


def _differences(ours: Name, theirs: Name, pairs: list[_Pair], left: list[list[Word]]) -> Iterable[Feature]:
    costs = read_points().costs
    for feature, cost, kinds in (
        ("other-words", costs.other_words, ("telling", "common")),
        ("other-number", costs.other_number, ("number",)),
        ("other-place", costs.other_place, ("place",)),
    ):
        unlike = [[word for word in words if word.kind in kinds] for words in left]
        if all(unlike):
            yield feature, cost, _against(unlike)
    remaining = {word.kind for words in left for word in words}
    if remaining and not _tells(pairs, ours, theirs):
        said = "only words that many names share are alike"
        if remaining & {"telling", "number"}:
            yield "nothing-telling", costs.nothing_telling, said
        else:
            yield "little-telling", costs.little_telling, said
    if any(before.theirs.start > after.theirs.start for before, after in pairwise(pairs)):
        yield "other-order", costs.other_order, "the words stand in another order"
    if ours.forms and theirs.forms and not ours.forms & theirs.forms:
        said = f"{', '.join(sorted(ours.forms))} against {', '.join(sorted(theirs.forms))}"
        yield "other-form", costs.other_form, said


def _tells(pairs: list[_Pair], ours: Name, theirs: Name) -> bool:
    """Whether a word that tells companies apart is one on both sides; a misspelled shared word is none."""
    return any(_telling(ours.words, pair.ours) and _telling(theirs.words, pair.theirs) for pair in pairs)


def _telling(words: Sequence[Word], span: range) -> bool:
    return any(words[n].kind == "telling" for n in span)


def _against(sides: list[list[Word]]) -> str:
    return " against ".join(", ".join(word.written for word in words) for words in sides)


def _as_one_word(ours: Name, theirs: Name) -> Iterable[Likeness]:
    """The same letters with other spaces; one edit besides is let pass in a long name of more or fewer words."""
    one, other = ours.as_one_word, theirs.as_one_word
    shorter, longer = sorted((len(one), len(other)))
    if shorter < _SHORTEST:
        return
    edits = edits_between(one, other, 1)
    if edits == 0 or (edits == 1 and shorter >= _LONG and len(ours.words) != len(theirs.words)):
        points = read_points().relations.as_one_word - edits * read_points().spelling.edit_cost // longer
        yield Likeness(points, (("as-one-word", points, f"{one} {'~' if edits else '='} {other}"),))


def _as_initials(ours: Name, theirs: Name) -> Iterable[Likeness]:
    for short, long in ((ours, theirs), (theirs, ours)):
        if len(short.words) == 1 and short.words[0].kind == "telling" and short.words[0].text in long.initials:
            points = initials_points(len(short.words[0].text))
            said = f"{short.words[0].text} = initials of {' '.join(word.written for word in long.words)}"
            yield Likeness(points, (("initials", points, said),))


def initials_points(letters: int) -> int:
    """Return what so many initials are worth."""
    return max((step.points for step in read_points().relations.initials if letters >= step.letters), default=0)
