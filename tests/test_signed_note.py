"""Notes and checkpoints are read as C2SP writes them, and a signature of a known key that fails refuses the note."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signing import key_of

from harness.errors import UnreadableInput
from harness.evidence.checkpoint import checkpoint_text, opened_checkpoint, stated_checkpoint
from harness.evidence.keys import UnusableKey, new_private_key, public_of
from harness.evidence.merkle import leaf_hash
from harness.evidence.signed_note import (
    COSIGNATURE,
    MOST_SIGNATURES,
    PLAIN,
    note_signers,
    read_note,
    signature_line,
    signed_note,
    verifier_key,
    verifier_text,
)
from harness.evidence.tlog_proof import proof_text, read_proof

# The key of the example of signed-note, and the note that it signed.
KEY_OF_THE_EXAMPLE = "quasimodo.example/salvatore+3678284b+ATe"
NAME = "example.com/log"
# The same in every run, for tests are named by them.
KEY, OTHER = key_of("a log"), key_of("another log")
PUBLIC, OTHER_PUBLIC = public_of(KEY), public_of(OTHER)
V = verifier_key(verifier_text(NAME, PUBLIC))
ROOT = leaf_hash(b"x")
TEXT = checkpoint_text(NAME, 1, ROOT)
NOTE = signed_note(TEXT, NAME, KEY, PUBLIC)


def test_the_example_of_the_format_is_read():
    """The example of C2SP signed-note, whose text has an empty line of its own."""
    example = (
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
        "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaq"
        "P3ZekRwNtIc=\n"
    )
    note = read_note(example.encode(), "the example")
    assert note.text == "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
    ((name, key_id, signature),) = note.signatures
    assert (name, key_id.hex(), len(signature)) == ("quasimodo.example/salvatore", "367ba04b", 64)


def test_the_example_of_a_witness_is_read_and_states_its_time():
    """The example of C2SP tlog-cosignature: its witness states 1679315147, as the text below the example says."""
    example = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE"
        "+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
        "xUe+mbIUBkBIfZ+qnA==\n"
    )
    point = stated_checkpoint(example.encode(), "the example")
    assert (point.origin, point.size) == ("example.com/behind-the-sofa", 20852163)
    name, _, signature = point.note.signatures[1]
    assert (name, int.from_bytes(signature[:8], "big")) == ("witness.example.com/w1", 1679315147)


def test_what_is_signed_verifies_under_its_key_alone():
    assert [key for key, _ in note_signers(read_note(NOTE.encode(), "n"), [V]).good] == [V]
    other = verifier_key(verifier_text(NAME, OTHER_PUBLIC))
    assert note_signers(read_note(NOTE.encode(), "n"), [other]).good == ()
    assert opened_checkpoint(NOTE.encode(), "n", [V]).root == ROOT


def test_a_signature_of_a_known_key_that_fails_refuses_the_note_and_unknown_ones_are_ignored():
    unknown = signature_line(TEXT, "example.com/unknown", OTHER, OTHER_PUBLIC)
    assert opened_checkpoint((NOTE + unknown).encode(), "n", [V]).size == 1
    bad = signature_line(TEXT + "more\n", NAME, KEY, PUBLIC)
    with pytest.raises(UnreadableInput, match="does not verify"):
        opened_checkpoint((NOTE + bad).encode(), "n", [V])
    # The same name with another key is another key.
    same_name = signature_line(TEXT, NAME, OTHER, OTHER_PUBLIC)
    assert opened_checkpoint((NOTE + same_name).encode(), "n", [V]).size == 1


def test_a_checkpoint_is_signed_by_the_key_of_its_origin():
    witness = verifier_key(verifier_text("example.com/w", OTHER_PUBLIC))
    note = signed_note(TEXT, "example.com/w", OTHER, OTHER_PUBLIC)
    with pytest.raises(UnreadableInput, match="none of a known key of the log"):
        opened_checkpoint(note.encode(), "n", [V, witness])


def test_a_witness_signs_the_time_too():
    w = verifier_key(verifier_text("example.com/w", OTHER_PUBLIC, COSIGNATURE))
    line = signature_line(TEXT, "example.com/w", OTHER, OTHER_PUBLIC, 1_700_000_000)
    good = note_signers(read_note((NOTE + line).encode(), "n"), [V, w]).good
    assert good == ((V, None), (w, 1_700_000_000))
    raw = base64.b64decode(line.split()[2])
    later = raw[:4] + (1_700_000_001).to_bytes(8, "big") + raw[12:]
    forged = f"— example.com/w {base64.b64encode(later).decode()}\n"
    assert note_signers(read_note((NOTE + forged).encode(), "n"), [V, w]).bad == ("example.com/w",)
    huge = raw[:4] + (1 << 63).to_bytes(8, "big") + raw[12:]
    forged = f"— example.com/w {base64.b64encode(huge).decode()}\n"
    assert note_signers(read_note((NOTE + forged).encode(), "n"), [V, w]).bad == ("example.com/w",)


@given(st.integers(0, 8 * len(NOTE.encode()) - 1))
def test_no_flipped_bit_verifies(bit: int):
    data = bytearray(NOTE.encode())
    data[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(UnreadableInput):
        opened_checkpoint(bytes(data), "n", [V])


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", TEXT.encode(), TEXT.encode() + b"\n", NOTE.encode()[:-1], NOTE.encode() + b"\n",
        NOTE.replace("— ", "- ").encode(), NOTE.replace("— ", "—").encode(), b"\xff" + NOTE.encode(),
        NOTE.replace("\n1\n", "\n1\t\n").encode(), NOTE.encode() + b"- x AAAAAAAA\n",
        NOTE.encode() + "— a+b AAAAAAAA\n".encode(), NOTE.encode() + "— ab AAAA\n".encode(),
        NOTE.encode() + "— ab AAAAAAB=\n".encode(),
        (NOTE + signature_line(TEXT, NAME, KEY, PUBLIC) * MOST_SIGNATURES).encode(),
        NOTE.encode() + b" " * 1_000_001,
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(data: bytes):
    with pytest.raises(UnreadableInput):
        read_note(data, "n")


def test_as_many_signatures_are_read_as_the_format_asks_for_and_more():
    lines = signature_line(TEXT, NAME, KEY, PUBLIC) * (MOST_SIGNATURES - 1)
    assert len(opened_checkpoint((NOTE + lines).encode(), "n", [V]).signers.good) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}\n1\n", f"{NAME}\n01\nAAAA\n", f"{NAME}\n-1\nAAAA\n", f"{NAME}\n1\nAAAA\n",
        f"{NAME}\n1\n\n{'A' * 44}\n",
        f"\n1\n{base64.b64encode(ROOT).decode()}\n", f"{NAME}\n１\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n1\n{base64.urlsafe_b64encode(b'~' * 32).decode()}\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(UnreadableInput):
        stated_checkpoint(signed_note(text, NAME, KEY, PUBLIC).encode(), "n")


def test_lines_after_the_root_are_signed_and_say_nothing():
    text = TEXT + "an extension\n"
    assert opened_checkpoint(signed_note(text, NAME, KEY, PUBLIC).encode(), "n", [V]).size == 1


def test_verifier_keys_go_to_and_fro():
    text = verifier_text(NAME, PUBLIC)
    assert verifier_text(verifier_key(text).name, verifier_key(text).key) == text
    assert verifier_key(verifier_text(NAME, PUBLIC, COSIGNATURE)).key_id != V.key_id
    # The key of Go's checksum database, as everybody has it.
    known = verifier_key("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert (known.name, known.kind) == ("sum.golang.org", PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "", "a+b", KEY_OF_THE_EXAMPLE, verifier_text(NAME, PUBLIC).replace("+", "-", 1),
        verifier_text(NAME, PUBLIC)[:-2], "x" + verifier_text(NAME, PUBLIC), verifier_text(NAME, PUBLIC) + "A",
        # A key of low order: one signature would verify everything.
        "a+00000000+" + base64.b64encode(bytes([1, 1] + [0] * 31)).decode(),
    ],
)  # fmt: skip
def test_what_is_no_verifier_key_is_refused(text: str):
    with pytest.raises(UnusableKey):
        verifier_key(text)


def test_only_ed25519_signs_notes():
    key = new_private_key("ecdsa-p256-sha256")
    with pytest.raises(UnusableKey, match="another algorithm"):
        verifier_text(NAME, public_of(key))
    with pytest.raises(UnusableKey, match="a space or a plus sign"):
        verifier_text("a b", PUBLIC)


PROOF = proof_text(0, [], NOTE, b"extra")


@pytest.mark.parametrize(
    "text",
    [
        "", PROOF[1:], PROOF.replace("index 0", "index 00"), PROOF.replace("index 0", "index -1"),
        PROOF.replace("index 0\n", ""), PROOF.replace("index 0\n", "index 0\nAAAA\n"),
        PROOF.replace("index 0\n", "index 0\n" + base64.b64encode(ROOT).decode() * 1 + "\n\n"),
        PROOF.replace("extra ", "extra !"), PROOF.replace("@v1", "@v2"), PROOF.replace("\n\n", "\n", 1),
        PROOF.replace("index 0\n", "index 0\n" + (base64.b64encode(ROOT).decode() + "\n") * 64),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(text: str):
    with pytest.raises(UnreadableInput):
        read_proof(text.encode(), "p", [V])


def test_a_proof_shows_its_entry_and_no_other():
    proof = read_proof(PROOF.encode(), "p", [V])
    assert proof.extra == b"extra"
    assert proof.shows(b"x")
    assert not proof.shows(b"y")
