"""Every check of a whole law, each with a law that breaks it: on a small law that holds together."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harness.codec.law_files import read_law
from harness.errors import LawFault
from harness.policy.deep_lint import (
    faults_of_whole,
    gaps,
    idle_constants,
    idle_rows,
    other_strictness,
    overlaps,
    shapes,
    wordings,
)
from harness.policy.effects import faults_of_effects
from harness.policy.language import Compare
from harness.policy.law import Law
from harness.policy.lint import atoms_of
from harness.policy.region import mapped

SMALL = """
schema = "instrument/1"
instrument = "small"
title = "A small law"
cite = "test"
status = "codified"
jurisdiction = "US"
published = 2030-01-01
reviewed_through = 2030-01-01
source = ["test"]

[[param]]
id = "floor"
metric = "tpp"
value = 4800
pin = "test"
says = "TPP of 4,800 or more"

[[param]]
id = "ceiling"
metric = "tpp"
value = 9000
pin = "test"
says = "TPP less than 9,000"

[[group]]
id = "test.places"
op = "enact"
from = 2030-01-01
members = ["CN", "RU"]
pin = "test"
says = "two places"

[[group]]
id = "test.places"
op = "amend"
from = 2031-01-01
add = ["IR"]
remove = ["RU"]
pin = "test"
says = "one place for another"

[[set]]
id = "places"
of = ["test.places"]
says = "the places"

[[provision]]
id = "test.levy"
lens = "tariff"
op = "enact"
from = 2030-01-01
clock = ["entry"]
if = "end_user_country in @places"
pin = "test"
says = "a levy on chips between two figures"
shape = { tpp = "window" }
when = "tpp >= $floor and tpp < $ceiling"
then = "25-percent"
else = "none"

[[effect]]
lens = "tariff"
on = 2030-01-01
changes = ["none -> 25-percent"]

[[effect]]
lens = "tariff"
on = 2031-01-01
changes = ["25-percent -> none", "none -> 25-percent"]

[[effect]]
lens = "tariff"
provision = "test.levy"
on = 2030-01-01
stricter = "end_user_country in @places and tpp >= $floor and tpp < $ceiling"
"""

OTHER = """
[[provision]]
id = "test.other"
lens = "tariff"
op = "enact"
from = 2030-01-01
clock = ["entry"]
if = "activity == export"
pin = "test"
says = "another levy"
shape = { tpp = "stricter-up" }
{more}when = "tpp >= $floor"
then = "25-percent"
"""


def law_of(folder: Path, *changes: tuple[str, str], more: str = "") -> Law:
    text = SMALL
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    folder.mkdir(exist_ok=True)
    (folder / "small.toml").write_text(text + more, encoding="utf-8")
    return read_law(folder)


def complaints(law: Law) -> list[str]:
    return [str(fault) for fault in faults_of_whole(law)]


def test_a_law_that_holds_together_is_clean(tmp_path: Path):
    assert complaints(law_of(tmp_path)) == []


# --- What is refused at load ----------------------------------------------------------------------------------------

LEVY = 'id = "test.levy"\nlens = "tariff"\nop = "{op}"\nfrom = {day}\npin = "test"\nsays = "test"\n'


TEXT = 'clock = ["entry"]\nelse = "none"\n'


def act(op: str, day: str, text: str = "") -> str:
    return f"\n[[provision]]\n{LEVY.format(op=op, day=day)}{text}"


@pytest.mark.parametrize(
    ("changes", "more", "complaint"),
    [
        ([("says = \"TPP of 4,800 or more\"", "says = \"TPP of 4,900 or more\"")], "", "the same one number in both"),
        ([("tpp >= $floor and", "tpp >= $flor and")], "", "no constant of this file"),
        ([("in @places", "in @place")], "", "no set of this file"),
        ([("of = [\"test.places\"]", "of = [\"test.plcaes\"]")], "", "no list test.plcaes stands on"),
        ([("op = \"amend\"\nfrom = 2031-01-01\nadd", "op = \"enact\"\nfrom = 2031-01-01\nadd")], "", "one enact"),
        ([("add = [\"IR\"]", "add = [\"CN\"]")], "", "put in, and in already"),
        ([("remove = [\"RU\"]", "remove = [\"FR\"]")], "", "taken out, and not in"),
        ([], act("suspend", "2030-06-01") + act("suspend", "2030-07-01"), "suspend on 2030-07-01"),
        ([], act("revive", "2030-06-01"), "revive on 2030-06-01"),
        ([], act("repeal", "2030-06-01") + act("repeal", "2030-07-01"), "repeal on 2030-07-01"),
        ([], act("amend", "2030-06-01", TEXT).replace("test.levy", "test.new"), "amend as its first act"),
        ([], act("suspend", "2030-01-01"), "two acts on 2030-01-01"),
        ([], act("enact", "2030-06-01", TEXT), "two texts from 2030-06-01 on"),
        ([("then = \"25-percent\"", "then = \"30-percent\"")], "", "the answer 30-percent"),
        ([("status = \"codified\"", "status = \"law\"")], "", "status"),
    ],
)  # fmt: skip
def test_law_that_does_not_hold_together_is_refused(
    tmp_path: Path, changes: list[tuple[str, str]], more: str, complaint: str
):
    with pytest.raises(Exception, match=complaint) as found:
        law_of(tmp_path, *changes, more=more)
    assert isinstance(found.value, LawFault) or "status" in complaint


def test_a_reading_that_nobody_knows_or_with_too_few_answers_is_refused(tmp_path: Path):
    rows = (
        '\n[[provision.row]]\nwhen = "activity == export"\nthen = ["none", "25-percent"]\nreading = "{}"\npin = "t"\n'
    )
    for name, complaint in (("AMB-99", "the reading AMB-99"), ("not-encoded", None), ("AMB-07", None)):
        text = SMALL.replace('else = "none"\n', 'else = "none"\n' + rows.format(name), 1)
        (tmp_path / "small.toml").write_text(text, encoding="utf-8")
        if complaint is None:
            read_law(tmp_path)
            continue
        with pytest.raises(LawFault, match=complaint):
            read_law(tmp_path)
    three = SMALL.replace('else = "none"\n', 'else = "none"\n' + rows.format("AMB-07").replace(
        '["none", "25-percent"]', '["none", "25-percent", "none"]'), 1)  # fmt: skip
    (tmp_path / "small.toml").write_text(three, encoding="utf-8")
    with pytest.raises(LawFault, match="one for each of its 2 options"):
        read_law(tmp_path)


# --- What takes a look at every point -------------------------------------------------------------------------------


def of_texts(law: Law, check) -> list[str]:
    return [str(fault) for lens, text, day in wordings(law) for fault in check(law, lens, text, day)]


def test_a_gap_is_named_with_its_box_and_a_witness_unless_it_is_meant(tmp_path: Path):
    law = law_of(tmp_path, ('else = "none"\n', ""))
    (said,) = of_texts(law, gaps)
    assert "no answer at" in said
    assert "tpp below 4800" in said or "tpp from 9000" in said
    assert "for example" in said
    meant = law_of(tmp_path / "b", ('else = "none"\n', 'silent = "nothing is said of others"\n'))
    assert of_texts(meant, gaps) == []


def test_two_provisions_that_answer_otherwise_must_say_so(tmp_path: Path):
    third = OTHER.replace('lens = "tariff"', 'lens = "classification"').replace('"25-percent"', '"3A090.a.1"')
    fourth = third.replace("test.other", "test.fourth").replace('"3A090.a.1"', '"3A090.b.1"')
    changes = [('lens = "tariff"', 'lens = "classification"'), ('then = "25-percent"', 'then = "3A090.b.2"')]
    law = law_of(
        tmp_path, *changes, more=third.format(more="") if "{more}" not in third else third.replace("{more}", "")
    )
    (said,) = [str(fault) for fault in overlaps(law)]
    assert "3A090.b.2 beside 3A090.a.1 of test.other" in said
    assert "tpp from 4800 below 9000" in said
    assert "for example" in said
    declared = third.replace("{more}", 'beside = ["test.levy"]\n')
    assert list(overlaps(law_of(tmp_path / "b", *changes, more=declared))) == []
    both = declared + fourth.replace("{more}", 'beside = ["test.levy", "test.other"]\n')
    assert list(overlaps(law_of(tmp_path / "c", *changes, more=both))) == []


def test_rows_that_change_nothing_are_named(tmp_path: Path):
    row = '\n[[provision.row]]\nwhen = "{}"\nthen = "{}"\npin = "masked"\n'
    masked = law_of(
        tmp_path, ('else = "none"\n', 'else = "none"\n' + row.format("tpp >= $floor and tpp < $ceiling", "none"))
    )
    found = [str(fault) for lens, text, day in wordings(masked) for fault in idle_rows(masked, lens, text, (day,))]
    assert len(found) == 1
    assert "row 2 (none, masked) changes nothing" in found[0]


def test_a_constant_that_decides_nothing_must_say_why(tmp_path: Path):
    never = (
        'when = "tpp >= $floor and tpp < $ceiling"',
        'when = "tpp >= $floor and (tpp < $ceiling or tpp >= $ceiling)"',
    )
    (said,) = [str(fault) for fault in idle_constants(law_of(tmp_path, never))]
    assert "small#ceiling" in said
    idle = ('says = "TPP less than 9,000"', 'says = "TPP less than 9,000"\nidle = "the law has it all the same"')
    assert list(idle_constants(law_of(tmp_path / "b", never, idle))) == []
    (said,) = [str(fault) for fault in idle_constants(law_of(tmp_path / "c", idle))]
    assert "called idle and decides" in said


@pytest.mark.parametrize(
    ("shape", "when", "complaint"),
    [
        ("window", "tpp >= $floor and tpp < $ceiling", None),
        ("stricter-up", "tpp >= $floor and tpp < $ceiling", "called stricter-up, and an answer goes down"),
        ("laxer-up", "tpp >= $floor and tpp < $ceiling", "called laxer-up, and an answer goes up"),
        ("stricter-up", "tpp >= $floor", None),
        ("laxer-up", "tpp < $ceiling", None),
        ("window", "tpp >= $floor", "called a window, and it goes one way"),
        (None, "tpp >= $floor", "tpp, without a shape"),
    ],
)
def test_the_shape_of_a_text_is_held_against_it(tmp_path: Path, shape: str | None, when: str, complaint: str | None):
    said = "" if shape is None else f'shape = {{ tpp = "{shape}" }}\n'
    law = law_of(
        tmp_path,
        ('shape = { tpp = "window" }\n', said),
        ('when = "tpp >= $floor and tpp < $ceiling"', f'when = "{when}"'),
    )
    found = of_texts(law, shapes)
    assert (not found) if complaint is None else any(complaint in one for one in found), found


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('changes = ["none -> 25-percent"]', "changes = []", "none -> 25-percent not claimed, at"),
        ('changes = ["none -> 25-percent"]', 'changes = ["none -> 25-percent", "25-percent -> none"]', "nowhere so"),
        ('$ceiling"\n', '$ceiling and activity == export"\n', "stricter not claimed, and so it is"),
        ('and tpp >= $floor and tpp < $ceiling"\n', 'and tpp >= $floor"\n', "stricter claimed, and nothing changes so"),
        ('and tpp >= $floor and tpp < $ceiling"\n', 'and tpp > $floor and tpp < $ceiling"\n', "tpp at 4800"),
        ('provision = "test.levy"', 'provision = "test.lvey"', "the provision test.lvey"),
    ],
)
def test_what_an_instrument_claims_must_be_what_it_changes(tmp_path: Path, before: str, after: str, complaint: str):
    head, mark, tail = SMALL.rpartition("[[effect]]")
    text = head + mark + tail.replace(before, after) if before in tail else SMALL.replace(before, after, 1)
    assert text != SMALL
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    found = [str(fault) for fault in faults_of_effects(read_law(tmp_path))]
    assert any(complaint in one for one in found), found


def test_a_list_that_changes_is_an_effect_of_its_own(tmp_path: Path):
    law = law_of(tmp_path, ('[[effect]]\nlens = "tariff"\non = 2031-01-01\nchanges = ["25-percent -> none", '
                            '"none -> 25-percent"]\n', ""))  # fmt: skip
    found = [str(fault) for fault in faults_of_effects(law)]
    assert len(found) == 2
    assert all("2031-01-01" in one for one in found)
    provision = law.provisions["test.levy"]
    assert [act.op for act in provision.acts] == ["enact", "follow"]
    assert provision.on(date(2030, 12, 31)) != provision.on(date(2031, 1, 1))


@pytest.mark.slow
def test_the_shipped_law_has_no_fault():
    assert complaints(read_law()) == []


def test_a_comparison_must_cut_where_the_words_of_its_constant_do():
    """21,000 itself is not "less than 21,000": < and >= cut there, <= and > cut above it."""
    law = read_law()
    text = next(text for _, text, _ in wordings(law) if any(
        isinstance(atom, Compare) and atom.param.id == "gate.tpp" for atom in atoms_of(text)))  # fmt: skip
    assert not list(other_strictness(text))
    slipped = mapped(text, lambda atom: replace(atom, operator="<=") if isinstance(atom, Compare) else atom)
    (fault, *_) = other_strictness(slipped)
    assert "tpp <= $gate.tpp beside the words 'TPP less than 21,000'" in fault.got
