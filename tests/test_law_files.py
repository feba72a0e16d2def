"""Law compiled from bytes in memory: the same law as from the files, and no file that is none is passed over."""

import pytest

import harness
from harness.codec.law_files import known_names, law_bytes, law_of_files, read_law
from harness.errors import LawFault, UnreadableInput
from harness.policy.law import Selection


def test_the_shipped_files_make_the_shipped_law():
    law = law_of_files(law_bytes())
    assert law == read_law()
    assert law.sha256 == read_law().sha256
    assert law.names == known_names()


def test_lists_that_are_missing_are_those_that_come_with_the_harness():
    instruments = {name: data for name, data in law_bytes().items() if "/" in name}
    assert len(law_bytes()) - len(instruments) == 3
    assert law_of_files(instruments).sha256 == read_law().sha256


def test_a_selection_is_made_as_from_the_files():
    selection = Selection(readings={"AMB-20": "b"})
    assert law_of_files(law_bytes(), selection) == read_law(None, selection)


def test_a_changed_file_is_what_counts(h200_text: str):
    """The threshold of 21,000 TPP moved down to 15,000: the sample, at 15,832 TPP, is above it."""
    changed = {
        name: data.replace(b"value = 21000", b"value = 15000").replace(b"21,000", b"15,000")
        for name, data in law_bytes().items()
    }
    assert changed != law_bytes()
    law = law_of_files(changed)
    assert law.sha256 != read_law().sha256
    assert harness.verify(h200_text.encode(), law=law).lenses["review-policy"].answer == "presumption-of-denial"


def test_changed_names_are_what_facts_may_name():
    names = law_bytes()["names.toml"].replace(b'"NVIDIA Corporation"', b'"NVIDIA Incorporated"')
    law = law_of_files({**law_bytes(), "names.toml": names})
    assert "nvidia incorporated" in law.names.makers
    assert "nvidia incorporated" not in known_names().makers


@pytest.mark.parametrize(
    "name",
    ["law.lock.json", "instruments/a.txt", "instruments/a/b.toml", "other/a.toml", "../lenses.toml", "a.toml", ""],
)
def test_a_name_that_is_no_law_file_is_refused(name: str):
    with pytest.raises(LawFault) as caught:
        law_of_files({**law_bytes(), name: b""})
    assert [fault.where for fault in caught.value.faults] == [name]


def test_no_instruments_are_no_law():
    lists = {name: data for name, data in law_bytes().items() if "/" not in name}
    with pytest.raises(LawFault, match="no law files"):
        law_of_files(lists)


@pytest.mark.parametrize("data", [b"\xff", b"maker = 1", b"[parts]", b"places = 3\nmaker = []\n[parts]", b"a" * 9])
def test_names_that_do_not_read_are_refused(data: bytes):
    with pytest.raises(UnreadableInput) as caught:
        law_of_files({**law_bytes(), "names.toml": data})
    assert caught.value.source == "names.toml"


@pytest.mark.parametrize("name", ["lenses.toml", "readings.toml", "instruments/2026-01-15-us-bis-ac-review.toml"])
def test_a_law_file_that_does_not_read_is_refused(name: str):
    assert name in law_bytes()
    with pytest.raises(UnreadableInput) as caught:
        law_of_files({**law_bytes(), name: b"schema = "})
    assert name.endswith(caught.value.source)
