"""Signatures against foreign suites, and against the points of Curve25519 that make one signature fit every message."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from trusting import key, public, spki_of

from harness.codec.canonical_base64 import decoded
from harness.codec.canonical_json import canonical, canonical_sha256
from harness.errors import UnreadableInput
from harness.evidence.dsse import Opened, opened, pre_authentication_encoding, signers
from harness.evidence.keys import UnusableKey, public_key, signature_of, verifies

# --- Wycheproof -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suite", "count", "valid"),
    [("ed25519_test", 151, 88), ("ecdsa_secp256r1_sha256_test", 484, 174), ("ecdsa_secp384r1_sha384_test", 504, 194)],
)
def test_wycheproof_agrees_in_every_case(shared: Path, suite: str, count: int, valid: int):
    told = json.loads((shared / "conformance" / "signatures" / f"{suite}.json").read_text(encoding="utf-8"))
    cases = [(group, case) for group in told["testGroups"] for case in group["tests"]]
    assert len(cases) == told["numberOfTests"] == count
    assert sum(case["result"] == "valid" for _, case in cases) == valid
    wrong = [case["tcId"] for group, case in cases if _verified(group, case) is not (case["result"] == "valid")]
    assert wrong == []


def _verified(group: dict[str, Any], case: dict[str, Any]) -> bool:
    found = public_key(bytes.fromhex(group["publicKeyDer"]))
    return verifies(found, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))


# --- DSSE -----------------------------------------------------------------------------------------------------------


def test_dsse_envelopes_of_others_verify_where_their_signature_is_good(shared: Path):
    """Twelve of fourteen: the other `_fail` ones fail in what stands around the envelope, not in its signature."""
    answers = {}
    for file in sorted((shared / "conformance" / "dsse").glob("*.json")):
        bundle = json.loads(file.read_text(encoding="utf-8"))
        envelope = bundle["dsseEnvelope"]
        data = json.dumps({
            "payload": envelope["payload"], "payloadType": envelope["payloadType"],
            "signatures": [{"sig": one["sig"]} for one in envelope["signatures"]],
        })  # fmt: skip
        found = public_key(_certified(bundle["verificationMaterial"]))
        read = opened(data.encode(), file.name, "application/vnd.in-toto+json")
        answers[file.stem] = signers(read, {found.key_id: found}).good == (found.key_id,)
    assert len(answers) == 14
    assert {name for name, good in answers.items() if not good} == {
        "dsse-invalid-sig_fail",
        "rekor2-dsse-invalid-sig_fail",
    }


def _certified(material: dict[str, Any]) -> bytes:
    """The key of the certificate in a bundle."""
    held = material.get("certificate") or material["x509CertificateChain"]["certificates"][0]
    certificate = x509.load_der_x509_certificate(base64.b64decode(held["rawBytes"]))
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_the_vector_of_the_dsse_protocol_verifies():
    """Key and signature of protocol.md in secure-systems-lab/dsse: P-256, and r and s side by side."""
    x = 46950820868899156662930047687818585632848591499744589407958293238635476079160
    y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
    spki = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    signature = decoded("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==")
    message = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert signature is not None
    assert verifies(public_key(spki), message, signature)
    assert not verifies(public_key(spki), message + b" ", signature)


def test_the_encoding_counts_bytes_and_not_characters():
    """ "é" is two bytes of UTF-8: 18 characters before it and it are 20 bytes."""
    kind = "http://example.com/é"
    assert (len(kind), len(kind.encode())) == (20, 21)
    assert pre_authentication_encoding(kind, b"").startswith(b"DSSEv1 21 ")


@given(st.binary(max_size=60), st.binary(max_size=60), st.text(max_size=8), st.text(max_size=8))
def test_no_two_pairs_of_type_and_payload_are_encoded_alike(one: bytes, other: bytes, kind: str, another: str):
    same = pre_authentication_encoding(kind, one) == pre_authentication_encoding(another, other)
    assert same == ((kind, one) == (another, other))


@given(st.binary(min_size=1, max_size=80), st.data())
def test_a_flipped_bit_of_payload_or_signature_never_verifies(payload: bytes, data: st.DataObject):
    message = pre_authentication_encoding("a/b", payload)
    signature = signature_of(key("root-1"), message)
    whole = bytearray(payload + signature)
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = Opened(
        payload_type="a/b",
        payload=bytes(whole[: len(payload)]),
        signatures=((public("root-1").key_id, bytes(whole[len(payload) :])),),
    )
    found = signers(changed, {public("root-1").key_id: public("root-1")})
    assert (found.good, found.bad) == ((), (0,))


@pytest.mark.parametrize("hint", [None, "", "another name", "0" * 64])
def test_a_key_that_signed_is_told_by_its_own_id_whatever_the_hint(hint: str | None):
    signature = signature_of(key("root-1"), pre_authentication_encoding("a/b", b"payload"))
    found = Opened(payload_type="a/b", payload=b"payload", signatures=((hint, signature), ("x", signature)))
    assert signers(found, {public("root-1").key_id: public("root-1")}).good == (public("root-1").key_id,)


# --- Points of low order --------------------------------------------------------------------------------------------

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
Point = tuple[int, int]


def plus(one: Point, other: Point) -> Point:
    """Addition on the twisted Edwards curve of RFC 8032, section 5.1."""
    (x1, y1), (x2, y2) = one, other
    cross = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + cross, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - cross, -1, P) % P,
    )


def times(n: int, point: Point) -> Point:
    found: Point = (0, 1)
    while n:
        if n & 1:
            found = plus(found, point)
        point, n = plus(point, point), n >> 1
    return found


def on_curve(y: int) -> Point | None:
    """A point with this y: x² = (y² - 1) / (d y² + 1); P is 5 modulo 8."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    for x in (root, root * pow(2, (P - 1) // 4, P) % P):
        if x * x % P == square:
            return x, y
    return None


def low_order() -> set[Point]:
    """The eight points whose order divides 8: what is left of any point when the prime order is taken out of it."""
    for y in range(2, 100):
        point = on_curve(y)
        if point is not None:
            left = times(ORDER, point)
            if times(4, left) != (0, 1):  # It is of order 8, so it makes all the others.
                return {times(n, left) for n in range(8)}
    raise AssertionError("no point found")


def encodings() -> set[bytes]:
    """Every 32 bytes that a reader that does not look may take for one of them: with y or y + P, and either sign."""
    return {
        (y | sign << 255).to_bytes(32, "little")
        for _, y_reduced in low_order()
        for y in (y_reduced, y_reduced + P)
        if y < 2**255
        for sign in (0, 1)
    }


def test_there_are_eight_points_of_low_order_in_fourteen_encodings():
    assert len(low_order()) == 8
    assert all(times(8, point) == (0, 1) for point in low_order())
    assert len(encodings()) == 14


@pytest.mark.parametrize("raw", sorted(encodings()), ids=lambda raw: raw.hex()[:8])
def test_a_key_of_low_order_is_refused(raw: bytes):
    with pytest.raises(UnusableKey, match=r"low order|not reduced"):
        public_key(spki_of(raw))


def test_what_a_key_of_low_order_would_do_is_why():
    """With the neutral point for a key, S = 0 and R = the neutral point, S·B = R + k·A holds for every k."""
    neutral = (1).to_bytes(32, "little")
    taken = ed25519.Ed25519PublicKey.from_public_bytes(neutral)
    for message in (b"any", b"message", b"whatever"):
        taken.verify(neutral + bytes(32), message)  # No exception: it verifies.


def test_a_coordinate_that_is_not_reduced_is_refused():
    """y = P + 3 would be a second encoding, and a second id, of the key with y = 3."""
    with pytest.raises(UnusableKey, match="not reduced"):
        public_key(spki_of((P + 3).to_bytes(32, "little")))


# --- Keys of curves -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
def test_ecdsa_with_r_and_s_of_nought_never_verifies(curve: ec.EllipticCurve):
    private = ec.generate_private_key(curve)
    found = public_key(private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    length = (curve.key_size + 7) // 8
    for signature in (bytes(2 * length), bytes.fromhex("3006020100020100"), b""):
        assert not verifies(found, b"message", signature)


def test_one_key_has_one_encoding():
    """A compressed point is the same key in other bytes; so are the parameters of its curve written out."""
    numbers = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    usual = numbers.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    compressed = numbers.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    # The same structure around 33 bytes in place of 65: SEQUENCE, AlgorithmIdentifier, BIT STRING.
    body = usual[2:23] + b"\x03" + bytes([len(compressed) + 1, 0]) + compressed
    assert public_key(usual).algorithm == "ecdsa-p256-sha256"
    with pytest.raises(UnusableKey, match="not its usual one"):
        public_key(b"\x30" + bytes([len(body)]) + body)
    with pytest.raises(UnusableKey):
        public_key(explicit_parameters(usual))
    with pytest.raises(UnusableKey):
        public_key(usual + b"\x00")


def explicit_parameters(usual: bytes) -> bytes:
    """P-256 with its field, curve, generator and order written out (SEC 1, C.2) in place of its name."""

    def tlv(tag: int, content: bytes) -> bytes:
        length = bytes([len(content)]) if len(content) < 128 else b"\x82" + len(content).to_bytes(2, "big")
        return bytes([tag]) + length + content

    def integer(value: int) -> bytes:
        return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))

    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    generator = ec.derive_private_key(1, ec.SECP256R1()).public_key()
    base = generator.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    field = tlv(0x30, bytes.fromhex("06072a8648ce3d0101") + integer(p))
    curve = tlv(0x30, tlv(4, (p - 3).to_bytes(32, "big")) + tlv(4, b.to_bytes(32, "big")))
    parameters = tlv(0x30, integer(1) + field + curve + tlv(4, base) + integer(n) + integer(1))
    algorithm = tlv(0x30, bytes.fromhex("06072a8648ce3d0201") + parameters)
    return tlv(0x30, algorithm + usual[23:])


@pytest.mark.parametrize(
    ("curve", "words"), [(ec.SECP521R1(), "another algorithm"), (ec.SECP256K1(), "another algorithm")]
)
def test_other_curves_are_refused(curve: ec.EllipticCurve, words: str):
    spki = ec.derive_private_key(7, curve).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(UnusableKey, match=words):
        public_key(spki)


# --- Canonical JSON -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_rfc_8785_agrees_byte_for_byte(shared: Path, name: str):
    folder = shared / "conformance" / "canonical-json"
    given_text = (folder / "input" / f"{name}.json").read_bytes()
    assert canonical(given_text, name) == (folder / "output" / f"{name}.json").read_bytes()


@pytest.mark.parametrize("text", [b'{"a": 1, "a": 1}', b"NaN", b"1e400", b'"\\ud800"', b"9007199254740993", b"", b"{"])
def test_what_has_no_one_meaning_has_no_canonical_spelling(text: bytes):
    with pytest.raises(UnreadableInput):
        canonical(text, "a text")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@given(JSON, st.integers(0, 4))
def test_the_digest_does_not_depend_on_layout(value: Any, indent: int):
    laid_out = json.dumps(value, indent=indent, sort_keys=bool(indent % 2), ensure_ascii=bool(indent % 3)).encode()
    once = canonical(laid_out, "a text")
    assert json.loads(once) == value
    assert canonical(once, "a text") == once
    assert canonical_sha256(laid_out, "a text") == canonical_sha256(once, "a text")
