"""Places of a JSON text: line and column of exactly the token that a path names, whatever the text looks like."""

import json

import pytest
from conftest import h200_alone
from hypothesis import given
from hypothesis import strategies as st

from harness.codec.places import Places, members
from harness.codec.strict_json import read_payload
from harness.errors import UnreadableInput

TEXT = """\
{ "a" :\t1,
  "\\u0062": [ [], {}, ["x]}\\"{[", "é😀", {"c":
    -12.5}] ],"list": [{"criterion": "MU-01"},{"criterion" : "MU-02", "result":null}],

  "d-e": {"f": "" , "g":true}}"""


@pytest.mark.parametrize(
    ("place", "line", "column", "token"),
    [
        ("a", 1, 9, "1"),
        ("b", 2, 13, "["),  # The key is written with an escape.
        ("b[0]", 2, 15, "["),
        ("b[1]", 2, 19, "{"),
        ("b[2][0]", 2, 24, '"x]}\\"{["'),  # Brackets and an escaped quote inside a string open nothing.
        ("b[2][1]", 2, 35, '"é😀"'),
        ("b[2][2].c", 3, 5, "-12.5"),  # Columns count characters: é and 😀 are one each.
        ("list[1].result", 3, 80, "null"),
        ("list[MU-02]", 3, 47, "{"),
        ("list[MU-02].result", 3, 80, "null"),
        ("d-e.g", 5, 25, "true"),
        ("$.d-e.f", 5, 16, '""'),
        ("a, in words", 1, 9, "1"),
        ("b[0] and a", 2, 15, "["),
        # What is absent stands where its closest parent does.
        ("a.b.c", 1, 9, "1"),
        ("b[7].x", 2, 13, "["),
        ("list[MU-03].result", 3, 23, "["),
        ("list[].result", 3, 23, "["),
        ("nothing.of.this", 1, 1, "{"),
        ("line 4 column 9, a key", 4, 9, None),
    ],
)
def test_a_place_is_the_token_that_the_path_names(place: str, line: int, column: int, token: str | None):
    region = Places(TEXT.encode()).region(place)
    assert region is not None
    assert (region.line, region.column) == (line, column)
    if token is not None:
        assert TEXT.split("\n")[line - 1][column - 1 : region.end_column - 1] == token


@pytest.mark.parametrize("place", ["the file", "byte 0", "standard input"])
def test_what_is_no_place_of_the_text_has_none(place: str):
    assert Places(b"\xff").region(place) is None
    assert Places(b"").region("a") is None


def test_lines_end_with_a_newline_and_nothing_else():
    """Neither a lone carriage return nor a line separator inside a string starts a line."""
    region = Places('{"x": "\u2028\x85",\r"a":\r\n 1}'.encode()).region("a")
    assert region is not None
    assert (region.line, region.column) == (2, 2)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def at(value: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def count(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(count, inner))


@given(JSON, st.sampled_from([None, 0, 1, "\t"]), st.booleans())
def test_every_value_is_found_once_and_stands_where_it_is_said_to(value: object, indent: int | None, plain: bool):
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    found = {member.path: member for member in members(text)}
    assert len(found) == count(value)
    for path, member in found.items():
        read, _ = json.JSONDecoder().raw_decode(text, member.start)
        assert read == at(value, path)
        assert member.key is None or json.JSONDecoder().raw_decode(text, member.key)[0] == path[-1]


def test_every_value_of_the_sample_is_found():
    data = h200_alone()
    assert len(list(members(data.decode()))) == count(json.loads(data))


def test_every_number_that_cannot_be_used_is_named_with_its_place_at_once():
    with pytest.raises(UnreadableInput) as refused:
        read_payload(b'{"a": [NaN, 1.5],\n "b": 1, "b": -0.5, "c": 12345678901234567}', "report.json")
    assert [(fault.where, fault.got) for fault in refused.value.faults] == [
        ("line 1 column 8, a[0]", "NaN"),
        ("line 1 column 13, a[1]", "1.5"),
        ("line 2 column 10, b", "the key b twice"),
        ("line 2 column 15, b", "-0.5"),
        ("line 2 column 26, c", "12345678901234567"),
    ]
