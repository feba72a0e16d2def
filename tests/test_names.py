"""Names: what is left of one when its form, its script and its punctuation no longer count."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec.name_files import read_forms, read_letters, read_pinyin, read_words
from harness.screening.letters import latin, ordinals, pinyin, readings
from harness.screening.names import read_name
from harness.screening.tokens import tokens_of


def texts(name: str) -> list[str]:
    return [word.text for word in read_name(name).words]


@pytest.mark.parametrize(
    "written",
    [
        "Tengda Co., Ltd.", "TENGDA CO LTD", "Tengda Company Limited", "Tengda GmbH", "Tengda G.m.b.H.", "OOO Tengda",
        "ООО «Тенгда»", "JSC Tengda", "Tengda Joint Stock Company", "АО Тенгда", "Tengda S.A.", "Tengda S. A. R. L.",
        "Tengda Sp. z o.o.", "PT Tengda Tbk", "Tengda Sdn. Bhd.", "Tengda 有限公司", "Tengda 株式会社",
        "Tengda Pte Ltd", "Tengda L.L.C.", "the Tengda Corporation", "Tengda Corporaton",
        "Общество с ограниченной ответственностью Тенгда",
    ],
)  # fmt: skip
def test_a_legal_form_is_no_part_of_the_name(written: str):
    assert texts(written) == ["tengda"]


def test_a_form_alone_is_a_name():
    """Where nothing else remains the form is what is compared."""
    assert texts("AG") == ["ag"]
    assert texts("Co., Ltd.") == ["co ltd"]
    assert texts("The") == ["the"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("S.M.I.C. Inc", ["smic"]),
        ("L & H Sweden", ["lh", "sweden"]),
        ("Fund X L.P.", ["foundation", "x"]),
        ("Int'l Bank", ["international", "bank"]),
        ("Coca-Cola", ["coca", "cola"]),
        ("55th Research Inst.", ["55", "research", "institute"]),
        ("Factory No. 007", ["factory", "7"]),
        ("Third Factory", ["3", "factory"]),
        ("1 2 3", ["1", "2", "3"]),
        ("Ｔｅｎｇｄａ ２", ["tengda", "2"]),
    ],
)
def test_abbreviations_numbers_and_signs_are_read(written: str, words: list[str]):
    assert texts(written) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        # The readings are those of the Unicode Han database: 华 huá, 为 wèi, 腾 téng, 达 dá.
        ("华为技术有限公司", ["huawei", "technology"]),
        ("西安腾达半导体股份有限公司", ["xian", "tengda", "semiconductor"]),
        (
            "中国电子科技集团公司第五十五研究所",
            ["china", "electronics", "technology", "group", "55", "research", "institute"],
        ),
        ("華為", ["huawei"]),
        ("深圳市华为", ["shenzhen", "huawei"]),
        # BGN/PCGN: я is ya, ф is f, х is kh.
        ("АЯС ФХ", ["ayas", "fkh"]),
        ("Завод Комета", ["plant", "kometa"]),
        ("Ηλεκτρον", ["ilektron"]),
        ("삼성", ["samseong"]),
        ("Müller Straße Łódź Ørsted", ["muller", "strasse", "lodz", "orsted"]),
    ],
)
def test_other_scripts_are_read_in_latin_letters(written: str, words: list[str]):
    assert texts(written) == words


def test_characters_without_a_reading_stay_and_match_themselves():
    assert pinyin("龘") is None
    assert texts("龘龘") == ["龘龘"]


def test_a_character_without_a_reading_leaves_the_others_theirs():
    assert pinyin("翟龘") == "zhai龘"


@pytest.mark.parametrize(
    ("characters", "reading"),
    [
        # Unicode Han database, kMandarin: 大 dà, dài in 大夫; 行 xíng, háng in 银行; 翟 zhái, 瞿 qú, 覃 tán or qín.
        ("大疆", "dajiang"),
        ("大夫", "daifu"),
        ("银行", "yinhang"),
        ("行", "xing"),
        ("翟", "zhai"),
        ("瞿", "qu"),
        ("覃", "qin"),
    ],
)
def test_characters_of_two_readings_are_read_as_names_use_them(characters: str, reading: str):
    assert pinyin(characters) == reading


def test_common_characters_are_read_by_their_place_in_the_standard():
    """GB 2312 level 1 has 3,755 characters, from 啊 (a) to 座 (zuo)."""
    table = readings()
    assert len(table) >= 3755
    assert (table["啊"], table["座"], table["北"], table["京"], table["女"], table["略"]) == (
        "a", "zuo", "bei", "jing", "nu", "lue",
    )  # fmt: skip
    assert all(reading.isascii() and reading.isalpha() for reading in table.values())


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("第七", 7),
        ("第十", 10),
        ("第十三", 13),
        ("第二十", 20),
        ("第五十五", 55),
        ("第一百零三", 103),
        ("第六一八", 618),
    ],
)
def test_chinese_ordinals_are_numbers(numeral: str, number: int):
    assert ordinals(numeral) == [(numeral, number)]


@pytest.mark.parametrize(
    "disguised",
    [
        "Теngdа",  # Cyrillic Т, е and а among Latin letters
        "ΤENGDA",  # Greek Tau
        "Ten\u200bgda",  # zero-width space
        "\u202eTengda\u202c",  # bidirectional marks
        "T\u00ade\u00adngda",  # soft hyphens
        "Te\u0301ngda\u0308",  # combining marks
        "\ufeffTENGDA\u2060",
        "Ｔｅｎｇｄａ",
        "𝐓𝐞𝐧𝐠𝐝𝐚",
    ],
)
def test_a_disguise_of_letters_is_seen_through(disguised: str):
    assert texts(disguised) == ["tengda"]


@pytest.mark.parametrize("nothing", ["", " ", "...", "&", "\u200b\u202e", "()[]{}", "\u0301", "-" * 10_000])
def test_a_name_without_letters_and_digits_has_no_words(nothing: str):
    assert read_name(nothing).words == ()


def test_a_very_long_name_is_read_as_far_as_the_limit():
    assert len(read_name("Foo " * 10_000).words) == 64
    assert [len(word.text) for word in read_name("x" * 10_000).words] == [64]
    assert len(read_name("啊" * 10_000).words) == 1


@given(st.text(max_size=80))
def test_any_text_is_read_and_read_alike_twice(text: str):
    once, again = read_name(text), read_name(text)
    assert once == again
    assert all(word.text and word.written for word in once.words)


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, categories=["Lu", "Ll", "Nd", "Zs"]), max_size=60))
def test_case_and_composition_do_not_matter(text: str):
    assert tokens_of(text.casefold()) == tokens_of(text)
    assert tokens_of(unicodedata.normalize("NFD", text)) == tokens_of(unicodedata.normalize("NFC", text))


def test_the_tables_say_nothing_twice():
    """A writing that stood for two words would be read by whichever came first."""
    words, forms = read_words(), read_forms()
    tables = (words.common, words.place, words.number, forms.anywhere)
    meant: dict[str, set[str]] = {}
    for table in tables:
        for key, text in table.items():
            for writing in text.split("|"):
                meant.setdefault(" ".join(tokens_of(writing)), set()).add(key)
    assert {writing: keys for writing, keys in meant.items() if len(keys) > 1} == {}


def test_every_letter_of_the_tables_is_one_letter():
    letters = read_letters()
    for script in (letters.cyrillic, letters.greek, letters.arabic, letters.hangul, letters.lookalikes):
        assert all(len(pair) >= 2 and pair[1] == "=" for pair in script.letters.split())
    assert all(latin(letter) == letter for letter in letters.latin.values())
    assert all(not part[-1].isascii() for part in read_pinyin().first.split())
