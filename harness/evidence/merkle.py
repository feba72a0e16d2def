"""A Merkle tree over the entries of a log: one hash that stands for all of them, and short proofs against it.

Trees of size 0 prove nothing and no proof about one is accepted: with nothing inside, every history continues it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

HASH_BYTES = 32
# The root of a tree without leaves: the hash of nothing.
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf.

    Source:
        RFC 6962, section 2.1: leaves and nodes are hashed behind different first bytes, so neither passes for the
        other.

    >>> leaf_hash(b"").hex()
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
    """
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over two others.

    Source:
        RFC 6962, section 2.1.
    """
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(kw_only=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to append to it, and as many hashes as its size has bits set.

    Attributes:
        size: Leaves so far.
        edge: Roots of the complete subtrees from the left, the largest first.
    """

    size: int = 0
    edge: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add one leaf, by its hash."""
        found, bits = leaf, self.size
        while bits & 1:
            found = node_hash(self.edge.pop(), found)
            bits >>= 1
        self.edge.append(found)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self.edge:
            return EMPTY_ROOT
        *rest, found = self.edge
        for left in reversed(rest):
            found = node_hash(left, found)
        return found


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over these leaves, by their hashes."""
    level = list(leaves)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        # The last of an odd number moves up as it is, which is the split at the largest power of two from below.
        odd = level[-1:] if len(level) % 2 else []
        level = [node_hash(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)] + odd
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from one leaf to the root, from below.

    Args:
        leaves: Hashes of all leaves of the tree.
        index: Which leaf, from 0.

    Raises:
        IndexError: The tree has no such leaf.

    Source:
        RFC 9162, section 2.1.3.1.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a tree of {len(leaves)}")
    found: list[bytes] = []
    first, end = 0, len(leaves)
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            found.append(root(leaves[middle:end]))
            end = middle
        else:
            found.append(root(leaves[first:middle]))
            first = middle
    return found[::-1]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the hashes which show that the tree of the first leaves is the beginning of the tree of all.

    Args:
        leaves: Hashes of all leaves of the newer tree.
        old_size: Leaves of the older one, at least 1.

    Raises:
        IndexError: The older tree is empty or larger.

    Source:
        RFC 9162, section 2.1.4.1.
    """
    if not 1 <= old_size <= len(leaves):
        raise IndexError(f"a tree of {old_size} within one of {len(leaves)}")
    found: list[bytes] = []
    first, end, whole = 0, len(leaves), True
    while old_size < end:
        middle = first + _split(end - first)
        if old_size <= middle:
            found.append(root(leaves[middle:end]))
            end = middle
        else:
            found.append(root(leaves[first:middle]))
            first, whole = middle, False
    # A verifier has the root of the older tree; it lacks that of a part of it.
    return ([] if whole else [root(leaves[first:end])]) + found[::-1]


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes) -> bool:
    """Return whether a proof shows that a leaf stands at this place of the tree with this root.

    Args:
        leaf: Hash of the leaf.
        index: Its place, from 0.
        size: Leaves of the tree.
        proof: Hashes from below.
        tree_root: Root of the tree.

    Source:
        RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size or not _are_hashes(leaf, tree_root, *proof):
        return False
    place, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == tree_root


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether a proof shows that the newer tree begins with the older one.

    Args:
        old_size: Leaves of the older tree.
        old_root: Its root.
        new_size: Leaves of the newer tree.
        new_root: Its root.
        proof: As `consistency_proof` gives it.

    Source:
        RFC 9162, section 2.1.4.2; that nothing follows from an empty tree is transparency-dev/merkle's rule.
    """
    if not 1 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    # Where the older tree is complete, its root is the first node, and the proof leaves it out.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not proof or not _are_hashes(old_root, new_root, *proof):
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    of_old = of_new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            of_old, of_new = node_hash(other, of_old), node_hash(other, of_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            of_new = node_hash(of_new, other)
        place, last = place >> 1, last >> 1
    return last == 0 and of_old == old_root and of_new == new_root


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
