"""Strict reading: what two readers could read differently is refused, with its place."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec import strict_json
from harness.codec.strict_json import read_generic, read_payload
from harness.errors import UnreadableInput

# RFC 8259 leaves duplicate names open; we refuse them.
DUPLICATES = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


def accepted(path: Path) -> bool:
    try:
        read_generic(path.read_bytes(), path.name)
    except UnreadableInput as error:
        return not error.faults  # A refusal names at least one fault.
    return True


@pytest.mark.parametrize(("prefix", "count"), [("n_", 188), ("i_", 35)])
def test_every_foreign_file_that_must_or_may_be_refused_is_refused(shared: Path, prefix: str, count: int):
    files = sorted((shared / "conformance" / "json-parsing").glob(f"{prefix}*.json"))
    assert len(files) == count
    assert [path.name for path in files if accepted(path)] == []


def test_every_foreign_file_that_must_be_accepted_is_accepted_but_for_duplicate_keys(shared: Path):
    files = sorted((shared / "conformance" / "json-parsing").glob("y_*.json"))
    assert len(files) == 95
    assert {path.name for path in files if not accepted(path)} == DUPLICATES


@pytest.mark.parametrize(
    ("text", "where", "got"),
    [
        ('{"a": 1, "b": 2, "a": 3}', "line 1 column 18, a", "the key a twice"),
        ('{"a": 1, "\\u0061": 3}', "line 1 column 10, a", "the key a twice"),
        ('{"a": NaN}', "line 1 column 7, a", "NaN"),
        ('{"a":\n -Infinity}', "line 2 column 2, a", "-Infinity"),
        ('{"é": [0, {"a": 1e400}]}', "line 1 column 17, '\\xe9'[1].a", "1e400"),
        ('{"a": 1e-400}', "line 1 column 7, a", "1e-400"),
        ('{"a": 12345678901234567}', "line 1 column 7, a", "12345678901234567"),
        ('{"a": "\\ud800"}', "$.a", "half a surrogate pair"),
        ('{"a":\n  [1, x]}', "line 2 column 7", "'x]}'"),
        ("[" * 65 + "]" * 65, "line 1 column 65", "nesting deeper than 64"),
        ("", "the file", "nothing"),
        ("\ufeff{}", "byte 0", "a byte order mark"),
    ],
)
def test_a_fault_names_its_place_and_what_stands_there(text: str, where: str, got: str):
    with pytest.raises(UnreadableInput) as refused:
        read_generic(text.encode(), "report.json")
    fault = refused.value.faults[0]
    assert where in fault.where
    assert got in fault.got


def test_bad_utf8_names_line_and_column_in_characters():
    with pytest.raises(UnreadableInput) as refused:
        read_generic('{"é":\n "ä'.encode() + b"\xff", "report.json")
    assert refused.value.faults[0].where == "line 2 column 4"


def test_all_duplicate_keys_come_at_once():
    with pytest.raises(UnreadableInput) as refused:
        read_generic(b'[{"a":1,"a":2},{"b":1,"b":1,"c":0,"c":0}]', "report.json")
    assert sorted(fault.got for fault in refused.value.faults) == [
        "the key a twice", "the key b twice", "the key c twice",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ['{"a": 1.5}', '{"a": 1e2}', '{"a b": 1}', '{"é": 1}', '{"a": "x\\u0000y"}', '{"": 1}']
)
def test_our_documents_have_tighter_rules_than_json(text: str):
    read_generic(text.encode(), "report.json")
    with pytest.raises(UnreadableInput):
        read_payload(text.encode(), "report.json")


def test_size_is_refused_before_anything_is_parsed():
    with pytest.raises(UnreadableInput, match="bytes"):
        read_generic(b" " * (strict_json.LARGEST_BYTES + 1), "report.json")


def test_tokens_are_counted_before_anything_is_parsed():
    with pytest.raises(UnreadableInput, match="tokens"):
        read_generic(b"[" + b"0," * strict_json.MOST_TOKENS + b"0]", "report.json")


def test_many_duplicate_keys_are_found_in_linear_time():
    pairs = ",".join(f'"k{n % 20000}":0' for n in range(40000))
    with pytest.raises(UnreadableInput):
        read_generic(("{" + pairs + "}").encode(), "report.json")


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_read_or_be_refused(data: bytes):
    with contextlib.suppress(UnreadableInput):
        read_payload(data, "fuzz")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=8).filter(lambda t: "\x00" not in t),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), inner),
    max_leaves=20,
)


@given(JSON)
def test_what_the_standard_library_writes_is_read_back_the_same(value: object):
    import json

    assert read_payload(json.dumps(value).encode(), "round trip") == value
