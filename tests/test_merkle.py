"""A Merkle log proves what it holds and nothing else: every proof of its own verifies, no other does."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(b"entry %d" % n) for n in range(size)]


def defined_root(hashes: list[bytes]) -> bytes:
    """The definition, RFC 6962 section 2.1, word by word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + defined_root(hashes[:k]) + defined_root(hashes[k:])).digest()


def flipped(value: bytes, bit: int) -> bytes:
    place, of_byte = divmod(bit % (8 * len(value)), 8)
    return value[:place] + bytes([value[place] ^ (1 << of_byte)]) + value[place + 1 :]


@pytest.mark.parametrize("size", range(70))
def test_the_root_is_that_of_the_definition_however_it_is_come_by(size: int):
    frontier = Frontier()
    for leaf in leaves(size):
        frontier.append(leaf)
    assert root(leaves(size)) == frontier.root() == defined_root(leaves(size))
    assert len(frontier.edge) == size.bit_count()


def test_the_roots_of_the_rfc_are_these():
    # The tree of eight entries that certificate-transparency's own tests grew up with.
    entries = [b"", b"\0", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"]
    grown = root([leaf_hash(entry) for entry in entries])
    assert grown.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.integers(1, 200), st.data())
def test_every_leaf_has_a_proof_and_any_change_breaks_it(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    every = leaves(size)
    proof = inclusion_proof(every, index)
    whole = {"leaf": every[index], "index": index, "size": size, "proof": proof, "tree_root": root(every)}
    assert verify_inclusion(**whole)
    bit = data.draw(st.integers(0, 255))
    assert not verify_inclusion(**{**whole, "leaf": flipped(every[index], bit)})
    assert not verify_inclusion(**{**whole, "tree_root": flipped(root(every), bit)})
    assert not verify_inclusion(**{**whole, "proof": [*proof, every[0]]})
    if proof:
        n = data.draw(st.integers(0, len(proof) - 1))
        assert not verify_inclusion(**{**whole, "proof": [*proof[:n], flipped(proof[n], bit), *proof[n + 1 :]]})
        assert not verify_inclusion(**{**whole, "proof": proof[:-1]})
        assert not verify_inclusion(**{**whole, "proof": [proof[0][:-1], *proof[1:]]})


@given(st.integers(1, 200), st.data())
def test_every_beginning_has_a_proof_and_any_change_breaks_it(size: int, data: st.DataObject):
    old = data.draw(st.integers(1, size))
    every = leaves(size)
    proof = consistency_proof(every, old)
    whole: dict[str, Any] = {
        "old_size": old, "old_root": root(every[:old]), "new_size": size, "new_root": root(every), "proof": proof,
    }  # fmt: skip
    assert verify_consistency(**whole)
    bit = data.draw(st.integers(0, 255))
    assert not verify_consistency(**{**whole, "old_root": flipped(whole["old_root"], bit)})
    assert not verify_consistency(**{**whole, "new_root": flipped(whole["new_root"], bit)})
    assert not verify_consistency(**{**whole, "proof": [*proof, every[0]]})
    if proof:
        n = data.draw(st.integers(0, len(proof) - 1))
        assert not verify_consistency(**{**whole, "proof": [*proof[:n], flipped(proof[n], bit), *proof[n + 1 :]]})
        assert not verify_consistency(**{**whole, "proof": proof[:-1]})


def test_no_proof_of_another_history_is_consistent():
    every = leaves(13)
    for old in range(1, 13):
        rewritten = [leaf_hash(b"another"), *every[1:]]
        proof = consistency_proof(rewritten, old)
        assert not verify_consistency(
            old_size=old, old_root=root(every[:old]), new_size=13, new_root=root(rewritten), proof=proof
        )


def test_nothing_follows_from_an_empty_tree():
    every = leaves(3)
    assert not verify_consistency(old_size=0, old_root=EMPTY_ROOT, new_size=3, new_root=root(every), proof=[])
    assert not verify_consistency(old_size=0, old_root=EMPTY_ROOT, new_size=0, new_root=EMPTY_ROOT, proof=[])
    assert not verify_inclusion(leaf=every[0], index=0, size=0, proof=[], tree_root=EMPTY_ROOT)


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_a_leaf_that_is_not_there_has_no_proof(size: int, index: int):
    with pytest.raises(IndexError):
        inclusion_proof(leaves(size), index)


@pytest.mark.parametrize(("size", "old"), [(3, 0), (3, 4), (0, 0)])
def test_a_tree_that_is_no_beginning_has_no_proof(size: int, old: int):
    with pytest.raises(IndexError):
        consistency_proof(leaves(size), old)


def unpacked(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def vectors(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    return [(path, json.loads(path.read_bytes())) for path in sorted(folder.rglob("*.json"))]


def test_every_inclusion_vector_of_transparency_dev_is_answered_right(shared: Path):
    found = vectors(shared / "conformance" / "merkle" / "inclusion")
    assert len(found) == 98
    for path, case in found:
        holds = verify_inclusion(
            leaf=unpacked(case["leafHash"]),
            index=case["leafIdx"],
            size=case["treeSize"],
            proof=[unpacked(one) for one in case["proof"] or ()],
            tree_root=unpacked(case["root"]),
        )
        assert holds is not case["wantErr"], path


def test_every_consistency_vector_of_transparency_dev_is_answered_right(shared: Path):
    found = vectors(shared / "conformance" / "merkle" / "consistency")
    assert len(found) == 98
    for path, case in found:
        holds = verify_consistency(
            old_size=case["size1"],
            old_root=unpacked(case["root1"]),
            new_size=case["size2"],
            new_root=unpacked(case["root2"]),
            proof=[unpacked(one) for one in case["proof"] or ()],
        )
        assert holds is not case["wantErr"], path
