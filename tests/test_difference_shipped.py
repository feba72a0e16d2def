"""The difference of the shipped law and changed copies of it."""

import shutil
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from random_law import (
    FLIPPED,
    compare,
    shipped,
    with_atoms,
)

from harness.codec import packaged
from harness.codec.law_files import read_law
from harness.model.quantity import Absent
from harness.policy.box import Box, Piece
from harness.policy.cells import Question
from harness.policy.difference import difference
from harness.policy.language import Compare, Expression, atoms
from harness.policy.law import Law
from harness.policy.lint import atoms_of
from harness.policy.timeline import constants
from harness.policy.truth import OTHER
from harness.policy.vocabulary import DERIVED, SUMS

ANYTHING = Box()


def law_with(folder: Path, *changes: tuple[str, str]) -> Law:
    """The shipped law after changes to the text of its files, each of which must be found."""
    shutil.copytree(packaged.INSTRUMENTS, folder / "instruments")
    for before, after in changes:
        files = [file for file in (folder / "instruments").glob("*.toml") if before in file.read_text("utf-8")]
        assert files, before
        for file in files:
            file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")
    return read_law(folder / "instruments")


def test_the_shipped_law_does_not_differ_from_itself():
    law = read_law()
    for lens in law.lenses:
        if law.of_lens(lens):
            assert difference(shipped(law, lens), shipped(law, lens), ANYTHING) == ()


def test_a_higher_gate_changes_the_review_policy_of_the_band_and_nothing_else(tmp_path: Path):
    (limit,) = (param.value for name, param in constants(read_law()).items() if name.endswith("#gate.tpp"))
    old = read_law()
    pin = 'pin = "15 CFR 742.6(b)(10)(iii)(A)(1)"\nsays = "TPP less than {:,}"'
    new = law_with(tmp_path, (f"value = {limit}\n{pin.format(int(limit))}",
                              f"value = {limit + 3000}\n{pin.format(int(limit + 3000))}"))  # fmt: skip
    assert difference(shipped(old, "classification"), shipped(new, "classification"), ANYTHING) == ()
    assert difference(shipped(old, "tariff"), shipped(new, "tariff"), ANYTHING) == ()
    changes = difference(shipped(old, "review-policy"), shipped(new, "review-policy"), ANYTHING)
    assert changes
    for change in changes:
        assert change.pieces["tpp"] == Piece(Fraction(limit), Fraction(limit + 3000), True, False)
        assert change.old == {"presumption-of-denial"}
        assert "case-by-case" in change.new
        assert OTHER not in change.witness.facts["item_kind"]


@pytest.mark.parametrize("lens", ["classification", pytest.param("review-policy", marks=pytest.mark.slow), "tariff"])
def test_every_strictness_flip_in_the_shipped_law_is_a_change_on_its_threshold(lens: str):
    """Each comparison in turn. None goes unseen but where an earlier row has already answered at that very threshold,
    such as a ceiling of 3A090.b at which 3A090.a begins."""
    old, unseen = shipped(read_law(), lens), []
    # What a text says itself; what it refers to is the turn of the lens that it stands in.
    for atom in {atom for text in old.texts for atom in atoms_of(text) if isinstance(atom, Compare)}:
        found = difference(old, flipped(old, atom), ANYTHING)
        unseen += [] if found or answered_before(old, atom) else [(atom.param.id, atom.operator)]
        for change in found:
            assert figure_at(atom.metric, change.witness.figures) == atom.param.exact, atom
    assert unseen == []


def figure_at(metric: str, figures: Mapping[str, Fraction | Absent]) -> Fraction | Absent:
    if metric not in DERIVED:
        return figures[metric]
    one, other = (figures[source] for source in DERIVED[metric])
    assert isinstance(one, Fraction)
    assert isinstance(other, Fraction)
    return one + other if metric in SUMS else one / other


def flipped(question: Question, atom: Compare) -> Question:
    def change(other: Expression) -> Expression:
        return compare(atom.metric, FLIPPED[atom.operator], atom.param.value) if other == atom else other

    referred = {name: with_atoms(text, change) for name, text in question.referred.items()}
    order = tuple(sorted(question.rank, key=question.rank.__getitem__))[1:]
    return Question([with_atoms(text, change) for text in question.texts], referred, order)


def answered_before(question: Question, atom: Compare) -> bool:
    for text in question.texts:
        for n, row in enumerate(text.rows):
            if atom in atoms(row.when):
                earlier = [other for before in text.rows[:n] for other in atoms(before.when)]
                return any(
                    isinstance(other, Compare) and (other.metric, other.param.value) == (atom.metric, atom.param.value)
                    for other in earlier
                )
    return False
