"""Matching: whole scores that add up, found by an index, the same with and without the extra that counts edits."""

import csv
import random
import subprocess
import sys
from functools import cache

import pytest
from conftest import ROOT
from hypothesis import example, given
from hypothesis import strategies as st

from harness.codec.name_files import read_bands, read_points
from harness.screening import edits
from harness.screening.edits import count_edits, edits_between
from harness.screening.likeness import likeness
from harness.screening.matching import Entry, Hit, Index
from harness.screening.names import Name, kind_weights, read_name
from harness.screening.near_words import NearWords
from harness.screening.slips import readings_of

PAIRS = ROOT / "benchmarks" / "name_pairs.csv"
WORDS = tuple(
    word
    for line in (
        "tengda qianwei kometa hua wei huawei lingyun technology technologies tech electronics comm communications",
        "group beijing nanjing iran 7 55 bank of the co ltd gmbh jsc ooo research institute ic tngda teng da kometa",
    )
    for word in line.split()
)
# What is left out of a comparison (forms, "of") does not belong here: with it a name has other words.
COMPARED = sorted(set(WORDS) - {"of", "the", "co", "ltd", "gmbh", "jsc", "ooo"})
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
SHORT = st.text(alphabet="abcd", max_size=9)


def weigh(word) -> int:  # type: ignore[no-untyped-def]
    return kind_weights()[word.kind]


def score(one: str, other: str) -> int:
    return likeness(read_name(one), read_name(other), weigh).score


def direct(party: str, other: Name) -> int:
    """The most that any reading of a party scores, compared with one name and no index."""
    scores = [
        (likeness(reading, other, listed().weight), guess.cost if guess else 0) for reading, guess in readings_of(party)
    ]
    return max(max(0, compared.score - cost) for compared, cost in scores)


def index(*names: str) -> Index:
    return Index.of(Entry(name, (name,)) for name in names)


def found(list_of: Index, name: str, least: int | None = None) -> dict[str, int]:
    return {hit.entry.key: hit.score for hit in list_of.hits(name, least=least)}


@cache
def pairs() -> tuple[dict[str, str], ...]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def listed() -> Index:
    return index(*dict.fromkeys(row["listed"] for row in pairs()))


# --- Edits ------------------------------------------------------------------------------------------------------------


def by_the_definition(one: str, other: str) -> int:
    """Optimal string alignment as it is defined, over the whole table."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            ways = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (one[i - 1] != other[j - 1])]
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                ways.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(ways)
    return table[len(one), len(other)]


@given(SHORT, SHORT, st.integers(0, 5))
@example("ab", "ba", 1)
@example("abcd", "badc", 2)
def test_edits_are_those_of_the_definition_up_to_the_limit(one: str, other: str, most: int):
    assert count_edits(one, other, most) == min(by_the_definition(one, other), most + 1)


@given(st.text(max_size=12), st.text(max_size=12), st.integers(0, 4))
def test_the_extra_counts_the_same_edits(one: str, other: str, most: int):
    pytest.importorskip("rapidfuzz")
    assert edits_between(one, other, most) == count_edits(one, other, most)


def test_scores_are_the_same_with_and_without_the_extra(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("rapidfuzz")
    rows = pairs()[::7]
    monkeypatch.setattr(edits, "_counter", None)
    with_it = [listed().hits(row["given"], least=400) for row in rows]
    monkeypatch.setattr(edits, "_counter", count_edits)
    assert [listed().hits(row["given"], least=400) for row in rows] == with_it


@given(st.lists(st.text(alphabet="abcdef", min_size=1, max_size=8), max_size=30), SHORT, st.integers(0, 3))
def test_near_words_are_all_words_so_near(words: list[str], word: str, most: int):
    """Against a count for each; words of one or two letters are near nothing."""
    near = dict(NearWords(set(words)).of(word, lambda _: most, count_edits))
    expected = {other: by_the_definition(word, other) for other in words if len(other) > 2}
    assert near == {other: count for other, count in expected.items() if count <= most}


# --- Scores -----------------------------------------------------------------------------------------------------------


@given(NAMES, NAMES)
def test_a_score_is_the_sum_of_its_features(one: str, other: str):
    compared = likeness(read_name(one), read_name(other), weigh)
    assert compared.score == sum(points for _, points, _ in compared.features)
    assert 0 <= compared.score <= 1000
    assert all(isinstance(points, int) for _, points, _ in compared.features)


@given(NAMES, NAMES)
def test_a_score_is_the_same_from_either_side(one: str, other: str):
    assert score(one, other) == score(other, one)


@given(NAMES)
def test_a_name_is_wholly_like_itself(name: str):
    assert score(name, name) == 1000
    assert found(index(name), name) == {name: 1000}


@given(st.lists(st.sampled_from(COMPARED), min_size=1, max_size=6, unique=True), st.data())
def test_taking_a_difference_away_never_lowers_a_score(words: list[str], data: st.DataObject):
    """A name with wrong words, and the same name with one of them put right."""
    wrong = [data.draw(st.sampled_from([word, word + "x", word[1:] or "q", "zzz"])) for word in words]
    place = data.draw(st.integers(0, len(words) - 1))
    right = [*wrong[:place], words[place], *wrong[place + 1 :]]
    name = " ".join(words)
    assert score(" ".join(right), name) >= score(" ".join(wrong), name)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # One word of two weighs 100 of 100 + 35 on one side and all of the other: (1000 + 740.7) / 2.
        ("Tengda", "Tengda Technology", 870),
        # One edit in six letters: 1000 - 1200 / 6.
        ("Tengdo", "Tengda", 800),
        # Three words alike, in another order: 1000 - 10.
        ("Radar Kometa Institute", "Kometa Radar Institute", 990),
        ("Kometa GmbH", "Kometa JSC", 985),
        ("Teng Da Radar", "Tengda Radar", 985),
        # Another telling word: 35 of 135 on either side are 259, less 150 for the other word, less what is left.
        ("Tengda Technology", "Kometa Technology", 0),
        # Five initials.
        ("HJSEU", "Harbin Jiye Ship Engineering University", 760),
        # Two kinds of word in eleven edits are two words.
        ("Railroad", "Railway", 0),
    ],
)
def test_scores_follow_from_the_points(one: str, other: str, expected: int):
    assert score(one, other) == expected


def test_features_name_both_strings():
    (hit,) = index("Tengda Radar GmbH").hits("Tengdo Radar JSC")
    assert hit == Hit(
        entry=Entry("Tengda Radar GmbH", ("Tengda Radar GmbH",)),
        score=hit.score,
        matched="Tengda Radar GmbH",
        given="Tengdo Radar JSC",
        features=hit.features,
    )
    assert [(name, said) for name, _, said in hit.features] == [
        ("spelling", "tengdo ~ tengda"),
        ("same", "radar = radar"),
        ("other-form", "joint-stock against liability"),
    ]


# --- Slips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed_as", "slip", "expected"),
    [
        # A slip put right costs 120 of what the name scores without it, which is all.
        ("Tengda Group Co., Ltd.", "Tengda Group Co., Lt.d", 880),
        ("Tengda Group Co., Ltd.", "Tengda Group Co., Ldt.", 880),
        ("Joint Stock Company Kometa", "Jont Stock Company Kometa", 880),
        ("National University of Defense Technology", "National University onf Defense Technology", 880),
        ("Beijing Institute of Technology", "Beijing Institute fo Technology", 880),
        ("Academy of Military Sciences", "Academy o Military Sciences", 880),
        ("Institute for Advanced Physics", "Institute fr Advanced Physics", 880),
        # Lost spaces cost 20; lower case hides where a word begins, and the letters are compared as one word.
        ("Tengda Technologies Co., Ltd.", "TengdaTechnologiesCo.,Ltd.", 980),
        ("Semiconductor Manufacturing Corp", "SemiconductorManufacturingCorp", 980),
        ("Tengda Technologies Co., Ltd.", "tengdatechnologiescoltd", 960),
        # An abbreviation in brackets on the side of the party.
        ("Aviation Corporation of Tengda Institute 7", "Aviation Corporation of Tengda (ACT) Institute 7", 980),
    ],
)
def test_a_slip_beside_what_tells_hides_nobody(listed_as: str, slip: str, expected: int):
    assert found(index(listed_as), slip) == {listed_as: expected}


@pytest.mark.parametrize("name", ["Tengda Land Radar", "Kometa Led", "Tengda Radar off Iran"])
def test_a_guess_is_for_review_and_never_a_hit(name: str):
    (other,) = [other for other, guess in readings_of(name) if guess is not None]
    (hit,) = index(" ".join(word.written for word in other.words)).hits(name)
    assert read_bands().review <= hit.score < read_bands().hit
    assert hit.features[-1][:2] == ("guessed", -120)


@pytest.mark.parametrize(
    "name", ["Tengda Radar Co., Ltd.", "Bank of Kometa", "华为技术有限公司", "7 Kometa", "", "HP SA"]
)
def test_a_name_without_a_slip_is_read_once(name: str):
    assert len(readings_of(name)) == 1


# --- The index --------------------------------------------------------------------------------------------------------


def test_what_the_index_finds_has_the_score_of_a_direct_comparison():
    for row in pairs()[::5]:
        for hit in listed().hits(row["given"], least=500):
            assert hit.score == direct(row["given"], read_name(hit.matched))
            assert hit.score == sum(points for _, points, _ in hit.features)


@pytest.mark.parametrize("part", range(4))
def test_the_index_finds_what_comparing_with_every_name_finds(part: int):
    names = [row["listed"] for row in pairs()]
    every = {name: read_name(name) for name in names}
    for row in pairs()[part::60]:
        scores = {name: direct(row["given"], other) for name, other in every.items()}
        least = read_bands().review
        assert found(listed(), row["given"]) == {name: points for name, points in scores.items() if points >= least}


def test_an_entry_is_found_by_any_of_its_names_and_once():
    list_of = Index.of(
        [Entry("e1", ("Kometa Radar", "Tengda Radar", "腾达雷达"), country="xx"), Entry("e2", ("Lingyun",))]
    )
    (hit,) = list_of.hits("Tengda Radar LLC")
    assert (hit.entry.key, hit.matched, hit.entry.country) == ("e1", "Tengda Radar", "xx")


def test_of_equal_scores_the_one_spelled_most_alike_is_first():
    hits = index("Kometa JSC", "KOMETA j.s.c", "Kometa").hits("kometa j.s.c")
    assert [hit.score for hit in hits] == [1000, 1000, 1000]
    assert hits[0].matched == "KOMETA j.s.c"


def test_the_order_of_a_list_does_not_matter():
    names = [row["listed"] for row in pairs()]
    shuffled = names[:]
    random.Random(3).shuffle(shuffled)
    one, other = index(*dict.fromkeys(names)), index(*dict.fromkeys(shuffled))
    for row in pairs()[::40]:
        assert one.hits(row["given"]) == other.hits(row["given"])


def test_a_frequent_word_weighs_less_in_a_long_list():
    """Of 1,000 names a word that 20 have weighs no more than 40, and one that a single name has no more than 80."""
    list_of = index("Star Kometa", *(f"Star Word{n}" for n in range(19)), *(f"Other{n}" for n in range(980)))
    star, kometa = read_name("Star Kometa").words
    assert (list_of.weight(star), list_of.weight(kometa)) == (40, 80)


def test_of_many_companies_of_one_name_none_is_left_out():
    """Lists have more than a hundred entries under one name."""
    list_of = index(*(f"Tengda Branch{n}" for n in range(300)), *(f"Other{n} Radar" for n in range(100)))
    assert len(list_of.hits("Tengda", least=700)) == 300


def test_a_shared_word_alone_finds_only_the_name_that_is_that_word():
    list_of = index("Kometa Technology", "Technology Ltd", "Tengda Electronics Technology")
    assert found(list_of, "TECHNOLOGY") == {"Technology Ltd": 1000}
    assert found(list_of, "corp") == {}


@pytest.mark.parametrize(
    "name", ["", "...", "\u200b", "the", "1 2 3", "x" * 10_000, "of the " * 2_000, "()&", "\u202e"]
)
def test_hostile_names_find_nothing_and_break_nothing(name: str):
    assert listed().hits(name) == []
    assert Index.of([Entry("e", (name,))]).hits("Kometa") == []
    assert len(Index.of([])) == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_are_compared(one: str, other: str):
    list_of = Index.of([Entry("e", (one,))])
    assert all(0 < hit.score <= 1000 for hit in list_of.hits(other, least=0))
    assert list_of.hits(other) == list_of.hits(other)


@pytest.mark.parametrize(
    "disguised",
    [
        "Теngdа Rаdаr",
        "T\u200bengda Ra\u00addar",
        "\u202eTENGDA RADAR\u202c",
        "Te\u0301ngda Rada\u0308r",
        "Tengda  -- Radar",
    ],
)
def test_disguised_letters_hide_nobody(disguised: str):
    assert found(index("Tengda Radar"), disguised) == {"Tengda Radar": 1000}


# --- The bands --------------------------------------------------------------------------------------------------------


def test_the_bands_find_the_labelled_pairs():
    """Of the pairs of one party at least 98 of 100 reach the review band, and of what does 99 of 100 are one party."""
    bands = read_bands()
    scores = [(found(listed(), row["given"], 500).get(row["listed"], 0), row["same_party"] == "yes") for row in pairs()]
    same = [points for points, one in scores if one]
    looked_at = [one for points, one in scores if points >= bands.review]
    assert len(scores) == bands.pairs
    assert sum(points >= bands.review for points in same) >= 0.98 * len(same)
    assert sum(looked_at) >= 0.99 * len(looked_at)
    assert all(one for points, one in scores if points >= bands.hit)


def test_the_labelled_pairs_are_those_that_the_script_makes(tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import make_name_pairs

    monkeypatch.setattr(make_name_pairs, "PAIRS", tmp_path / "pairs.csv")
    make_name_pairs.main()
    assert (tmp_path / "pairs.csv").read_bytes() == PAIRS.read_bytes()


def test_scores_do_not_depend_on_the_run():
    """Sets and hashes have another order in every process."""
    code = (
        "from harness.screening.matching import Entry, Index\n"
        "i = Index.of(Entry(str(n), (x,)) for n, x in enumerate(['Tengda Radar', 'Tengdo Radar', 'Radar Tengda']))\n"
        "print(i.hits('tengda radar gmbh', least=1))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(runs) == 1


def test_every_figure_of_a_score_is_a_whole_number_of_the_file():
    points = read_points()
    assert points.relations.same == 1000
    assert 0 < read_bands().review < read_bands().hit <= 1000
