"""A device's attestation verifies offline to its pinned root, and nothing of it can be changed, left out or lent."""

import hashlib
import json
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, put
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ObjectIdentifier
from hypothesis import given, settings
from hypothesis import strategies as st
from made_device import Certificate, Device, block, message_of, named, opaque, p384, pem, small, usage

import harness
from harness.cli.__main__ import main
from harness.codec.digest import of_files
from harness.codec.report_files import read_case
from harness.codec.schemas import faults_against_schema
from harness.errors import UnreadableInput
from harness.evidence.attestation import attested
from harness.evidence.identity import expected_nonce, identity_facts
from harness.evidence.nonces import closing_nonce, is_committed, raw_root, session_nonce
from harness.model.aspects import AspectFacts
from harness.model.attestation import DeviceAttestation
from harness.model.attestation_catalogue import ATTESTATION_CATALOGUE
from harness.model.catalogue import CATALOGUE
from harness.model.finding import Effect

NONCE = hashlib.sha256(b"a nonce of the tests").digest()
MADE = Device()
ROOTS = MADE.roots()
# SHA-256 of the DER of the root that NVIDIA publishes for its devices: `openssl x509 -fingerprint -sha256`.
NVIDIA_ROOT = "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48"


def codes(found: DeviceAttestation | AspectFacts) -> list[str]:
    return [finding.code for finding in found.findings]


def holds(report: bytes, chain: bytes, roots: dict[str, list[str]], nonce: bytes | None = NONCE) -> bool:
    """Whether an attestation holds; what cannot be read does not."""
    try:
        return not attested(report, chain, roots, nonce).findings
    except UnreadableInput:
        return False


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# --- The genuine report ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def genuine(shared: Path) -> tuple[bytes, bytes, bytes]:
    """The report of a genuine H100, its chain, and its nonce, which is the first thing that the file states."""
    folder = shared / "conformance" / "gpu-attestation"
    text = (folder / "hopperAttestationReport.txt").read_bytes()
    return text, (folder / "hopperCertChain.txt").read_bytes(), bytes.fromhex(text.decode())[4:36]


HOPPER = {"nvidia": [NVIDIA_ROOT]}


def test_the_genuine_report_verifies_offline_to_the_pinned_root(genuine):
    report, chain, nonce = genuine
    assert nonce.hex().startswith("931d8dd0")
    found = attested(report, chain, HOPPER, nonce, datetime(2026, 11, 29, tzinfo=UTC))
    assert codes(found) == []
    assert found.maker == "nvidia"
    # As `openssl x509 -text` prints subject and serial number of the first two certificates.
    assert (found.device_serial, found.device_name) == ("41431D480FE5E87274", "GH100 A01 GSP BROM")
    assert found.leaf_serial == "53c22ba15e5d68088282da074ed9fb37aa585771"
    assert found.device_info == "NVIDIA:GH100:48B02D92494BADF4"
    second = x509.load_pem_x509_certificates(chain)[1].public_key()
    spki = second.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert found.device_key_sha256 == hashlib.sha256(spki).hexdigest()
    # The answer says 64 = 0x40 blocks; the driver stands in the report as text, the VBIOS as 00 9f 00 96 01.
    assert bytes.fromhex(report.decode())[41] == 64 == len(found.measurements)
    assert (found.driver, found.vbios) == ("550.90.07", "96.00.9F.00.01")
    assert {len(one.value) for one in found.measurements} == {48}


def test_the_genuine_report_verifies_as_bytes_too(genuine):
    report, chain, nonce = genuine
    assert holds(bytes.fromhex(report.decode()), chain, HOPPER, nonce)
    assert holds(report.upper() + b"\n", chain.replace(b"\n", b"\r\n"), HOPPER, nonce)


def test_the_pinned_root_is_the_one_that_is_published(genuine, shared: Path):
    root = shared / "conformance" / "gpu-attestation" / "verifier_device_root.pem"
    der = x509.load_pem_x509_certificate(root.read_bytes()).public_bytes(Encoding.DER)
    assert hashlib.sha256(der).hexdigest() == NVIDIA_ROOT


def every_bit(size: int, every: int) -> range:
    """Bits evenly spread; the step is odd, so that every place within a byte comes."""
    return range(0, 8 * size, every)


@pytest.mark.parametrize("every", [151, pytest.param(1, marks=pytest.mark.slow)])
def test_any_flipped_bit_of_the_genuine_report_fails(genuine, every: int):
    text, chain, nonce = genuine
    report = bytes.fromhex(text.decode())
    assert [bit for bit in every_bit(len(report), every) if holds(flipped(report, bit), chain, HOPPER, nonce)] == []


@pytest.mark.parametrize("every", [151, pytest.param(1, marks=pytest.mark.slow)])
def test_any_flipped_bit_of_a_genuine_certificate_fails(genuine, every: int):
    report, chain, nonce = genuine
    ders = [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(chain)]
    assert len(ders) == 5
    for n, der in enumerate(ders):
        for bit in every_bit(len(der), every):
            assert not holds(report, as_pem([*ders[:n], flipped(der, bit), *ders[n + 1 :]]), HOPPER, nonce), (n, bit)


@pytest.mark.parametrize("every", [311, pytest.param(7, marks=pytest.mark.slow)])
def test_any_flipped_bit_of_the_files_as_text_fails(genuine, every: int):
    """Digits of one case and base64 in its one spelling: no bit of either file is without a meaning."""
    report, chain, nonce = genuine
    assert [bit for bit in every_bit(len(report), every) if holds(flipped(report, bit), chain, HOPPER, nonce)] == []
    assert [bit for bit in every_bit(len(chain), every) if holds(report, flipped(chain, bit), HOPPER, nonce)] == []


def test_any_flipped_bit_of_the_nonce_fails(genuine):
    report, chain, nonce = genuine
    for bit in every_bit(32, 1):
        found = attested(report, chain, HOPPER, flipped(nonce, bit))
        assert codes(found) == ["attestation-nonce"]
        assert found.is_genuine


def test_the_genuine_report_cut_or_extended_anywhere_cannot_be_read(genuine):
    text, chain, nonce = genuine
    report = bytes.fromhex(text.decode())
    for size in range(len(report)):
        with pytest.raises(UnreadableInput):
            attested(report[:size], chain, HOPPER, nonce)
    for tail in (b"\0", b"\n", report):
        with pytest.raises(UnreadableInput):
            attested(report + tail, chain, HOPPER, nonce)


def as_pem(ders: list[bytes]) -> bytes:
    """Bytes that need be no certificate, as PEM."""
    lines = []
    for der in ders:
        text = b64encode(der)
        lines += [b"-----BEGIN CERTIFICATE-----", *(text[n : n + 64] for n in range(0, len(text), 64))]
        lines += [b"-----END CERTIFICATE-----"]
    return b"\n".join(lines) + b"\n"


# --- Made devices: these run everywhere -----------------------------------------------------------------------------


@cache
def made_chain() -> bytes:
    return MADE.chain()


@cache
def made_report() -> bytes:
    return MADE.report(NONCE)


def test_a_made_report_verifies_and_says_what_it_holds():
    found = attested(made_report(), made_chain(), ROOTS, NONCE)
    assert codes(found) == []
    assert found.maker == "made"
    assert found.device_key_sha256 == MADE.key_sha256()
    assert (found.device_serial, found.device_info) == ("device-serial", "MADE:CHIP:0001")
    assert found.fields["field-99"] == "ff"
    assert [(one.index, one.kind, one.raw, len(one.value)) for one in found.measurements] == [
        (1, 1, False, 48), (2, 1, False, 48), (7, 1, True, 3),
    ]  # fmt: skip


def test_without_a_nonce_the_report_holds_and_says_that_none_was_compared():
    found = attested(made_report(), made_chain(), ROOTS, None)
    assert codes(found) == []
    assert not found.nonce_checked


@pytest.mark.parametrize("every", [31, pytest.param(1, marks=pytest.mark.slow)])
def test_any_flipped_bit_of_a_made_report_or_chain_fails(every: int):
    report, chain, roots = made_report(), made_chain(), ROOTS
    assert [bit for bit in every_bit(len(report), every) if holds(flipped(report, bit), chain, roots)] == []
    assert [bit for bit in every_bit(len(chain), 2 * every + 1) if holds(report, flipped(chain, bit), roots)] == []


def test_a_report_of_another_device_is_not_signed_by_this_one():
    found = attested(Device(seed="other").report(NONCE), made_chain(), ROOTS, NONCE)
    assert codes(found) == ["attestation-signature"]


def test_a_report_of_other_firmware_than_its_certificate_was_issued_to_does_not_hold():
    report = MADE.report(NONCE, firmware=bytes(48))
    assert codes(attested(report, made_chain(), ROOTS, NONCE)) == ["attestation-chain"]
    assert holds(MADE.report(NONCE, firmware=b""), made_chain(), ROOTS)


def test_signature_numbers_of_zero_and_of_the_order_are_no_signature():
    message = made_report()[:-96]
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
    for r, s in ((0, 0), (0, 1), (1, 0), (order, order), (1, order), (2**384 - 1, 1)):
        report = message + r.to_bytes(48, "big") + s.to_bytes(48, "big")
        assert codes(attested(report, made_chain(), ROOTS, NONCE)) == ["attestation-signature"]


LAYOUTS = [
    pytest.param({"head": b"\x12\x60\x00\x00"}, id="answer of SPDM 1.2"),
    pytest.param({"head": b"\x11\x61\x00\x00"}, id="another answer"),
    pytest.param({"head": b"\x11\x60\x00\x01"}, id="answer of another slot"),
    pytest.param({"request": b"\x10\xe0\x01\xff" + NONCE + b"\0"}, id="request of SPDM 1.0"),
    pytest.param({"request": b"\x11\xe1\x01\xff" + NONCE + b"\0"}, id="another request"),
    pytest.param({"request": b"\x11\xe0\x00\xff" + NONCE + b"\0"}, id="no signature asked for"),
    pytest.param({"request": b"\x11\xe0\x01\xff" + NONCE}, id="request without a slot"),
    pytest.param({"record": block(1, bytes(48)), "count": 2}, id="fewer blocks than counted"),
    pytest.param({"record": block(1, bytes(48)) * 2, "count": 2}, id="a block twice"),
    pytest.param({"record": block(1, bytes(48)) + b"\0", "count": 1}, id="a byte behind the blocks"),
    pytest.param({"record": block(1, bytes(48)) + block(2, bytes(48)), "count": 1}, id="more blocks than counted"),
    pytest.param({"record": b"\x01\x02\x33\x00\x01\x30\x00" + bytes(48), "count": 1}, id="another specification"),
    pytest.param({"record": b"\x01\x01\x34\x00\x01\x30\x00" + bytes(49), "count": 1}, id="a byte behind a value"),
    pytest.param({"record": b"\x01\x01\x33\x00\x01\x31\x00" + bytes(48), "count": 1}, id="a value beyond its block"),
    pytest.param({"record": b"\x01\x01\x02\x00\x01\x00", "count": 1}, id="a block without a size"),
    pytest.param({"fields": opaque(3, b"1") + opaque(3, b"2")}, id="a field twice"),
    pytest.param({"fields": b"\x03\x00\x05\x001"}, id="a field beyond the fields"),
    pytest.param({"fields": b"\x03\x00\x00"}, id="half a field"),
]


@pytest.mark.parametrize("parts", LAYOUTS)
def test_a_layout_that_does_not_add_up_is_refused_though_it_is_signed(parts: dict[str, Any]):
    with pytest.raises(UnreadableInput, match=r"byte \d+: got "):
        attested(MADE.report(NONCE, **parts), made_chain(), ROOTS, NONCE)


def test_no_measurement_and_no_field_is_a_layout_that_adds_up():
    assert holds(MADE.report(NONCE, record=b"", count=0, fields=b"", firmware=b""), made_chain(), ROOTS)


def test_a_made_report_cut_or_extended_anywhere_cannot_be_read():
    report = made_report()
    for spoilt in (*(report[:size] for size in range(len(report))), report + b"\0", report + b"\n", report * 2):
        with pytest.raises(UnreadableInput):
            attested(spoilt, made_chain(), ROOTS, NONCE)


@pytest.mark.parametrize(
    ("spell", "expected"),
    [
        (lambda text: text, True),
        (lambda text: text.upper() + b"\r\n", True),
        (lambda text: text[:100] + text[100:].upper(), False),
        (lambda text: text[:100] + b"  " + text[100:], False),
        (lambda text: text[:100] + b"\n" + text[100:], False),
        (lambda text: text + b"\n\n", False),
        (lambda text: b"0x" + text, False),
    ],
)
def test_digits_have_one_spelling_in_each_case(spell, expected: bool):
    assert holds(spell(made_report().hex().encode()), made_chain(), ROOTS) == expected


@pytest.mark.parametrize(
    "text",
    [b"", b"\n", b"11", b"11e", b"zz", b"11 e0", b" 11e0", b"11e0\n\n", b"11E0ff", b"0x11e0", "11é0".encode(), b"\xff"],
)
def test_other_spellings_of_digits_are_refused(text: bytes):
    with pytest.raises(UnreadableInput):
        attested(text, made_chain(), ROOTS, NONCE)


def test_a_report_or_chain_that_is_too_large_is_refused():
    with pytest.raises(UnreadableInput, match="at most 1,048,576"):
        attested(b"\x11" + bytes(1 << 20), made_chain(), ROOTS, NONCE)
    with pytest.raises(UnreadableInput, match="at most 65,536"):
        attested(made_report(), made_chain() * 40, ROOTS, NONCE)


# --- Chains ---------------------------------------------------------------------------------------------------------


def altered(*order: int) -> bytes:
    ders = MADE.certificates()
    return pem([ders[n] for n in order])


@pytest.mark.parametrize("order", [(1, 0, 2, 3, 4), (0, 2, 1, 3, 4), (0, 1, 3, 2, 4), (0, 1, 2, 4, 3), (4, 3, 2, 1, 0)])
def test_a_chain_in_another_order_does_not_hold(order):
    assert "attestation-chain" in codes(attested(made_report(), altered(*order), ROOTS, NONCE))


@pytest.mark.parametrize("missing", range(5))
def test_a_chain_with_one_missing_does_not_hold(missing: int):
    chain = altered(*(n for n in range(5) if n != missing))
    found = attested(made_report(), chain, ROOTS, NONCE)
    # Without the first, the device's own certificate would have to sign reports; without the root, nobody vouches.
    assert codes(found)[0] == ("attestation-root-unknown" if missing == 4 else "attestation-chain")


def test_a_chain_without_a_device_between_key_and_root_does_not_hold():
    """A key that the root itself vouches for would make the root the device of everybody."""
    root = MADE.keys()[4]
    leaf = MADE.certificates({0: change(signed_by=root, issuer=named("Made Device Root", None))})[0]
    for ders in ([leaf, MADE.certificates()[4]], [leaf], MADE.certificates()[4:]):
        roots = {"made": [hashlib.sha256(ders[-1]).hexdigest()]}
        assert codes(attested(made_report(), pem(ders), roots, NONCE)) == ["attestation-chain"]


@pytest.mark.parametrize("doubled", range(5))
def test_a_chain_with_one_doubled_is_refused(doubled: int):
    with pytest.raises(UnreadableInput, match="again"):
        attested(made_report(), altered(*sorted([*range(5), doubled])), ROOTS, NONCE)


def test_a_chain_with_a_stranger_at_its_end_does_not_hold():
    stranger = Device(seed="stranger", root="another").certificates()
    for chain in (pem([*MADE.certificates(), stranger[-1]]), pem([stranger[0], *MADE.certificates()])):
        assert "attestation-chain" in codes(attested(made_report(), chain, ROOTS, NONCE))


def test_a_root_of_the_same_name_and_another_key_is_unknown():
    forger = Device(root="forged")
    found = attested(forger.report(NONCE), forger.chain(), ROOTS, NONCE)
    assert codes(found) == ["attestation-root-unknown"]
    assert not found.is_genuine
    swapped = pem([*MADE.certificates()[:4], forger.certificates()[4]])
    assert codes(attested(made_report(), swapped, ROOTS, NONCE))[0] == "attestation-chain"


@pytest.mark.parametrize("roots", [{}, {"made": []}, {"made": ["0" * 64]}])
def test_without_a_root_nothing_is_vouched_for(roots):
    assert codes(attested(made_report(), made_chain(), roots, NONCE)) == ["attestation-root-unknown"]


def change(**parts: Any):
    def apply(certificate: Certificate) -> None:
        for name, value in parts.items():
            setattr(certificate, name, value)

    return apply


CONSTRAINED = x509.BasicConstraints
BROKEN = [
    pytest.param({1: change(constraints=None)}, id="an issuer that says nothing of issuing"),
    pytest.param({1: change(constraints=CONSTRAINED(ca=False, path_length=None))}, id="an issuer that may not issue"),
    pytest.param({2: change(usage=usage(signs_certificates=False))}, id="an issuer whose key signs no certificates"),
    pytest.param({2: change(constraints=CONSTRAINED(ca=True, path_length=0))}, id="an issuer of one level, over two"),
    pytest.param({4: change(constraints=CONSTRAINED(ca=True, path_length=2))}, id="a root of two levels, over three"),
    pytest.param({0: change(constraints=CONSTRAINED(ca=True, path_length=None))}, id="a leaf that may issue"),
    pytest.param({0: change(usage=usage(signs_certificates=True))}, id="a leaf whose key may not sign reports"),
    pytest.param({0: change(issuer=x509.Name([]))}, id="another issuer's name"),
    pytest.param({1: change(hash_algorithm=hashes.SHA256())}, id="a hash that is not that of the curve"),
    pytest.param({1: change(hash_algorithm=hashes.SHA512())}, id="a larger hash"),
    pytest.param({0: change(key=ec.derive_private_key(7, ec.SECP256R1()))}, id="a leaf on P-256"),
    pytest.param({0: change(key=ec.derive_private_key(7, ec.SECP521R1()))}, id="a leaf on P-521"),
    pytest.param({0: change(key=ec.derive_private_key(7, ec.SECP256K1()))}, id="a leaf on a curve of Koblitz"),
    pytest.param({0: change(key=ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))}, id="a leaf of Ed25519"),
    pytest.param({0: change(signed_by=p384("nobody"))}, id="another signature"),
    pytest.param({0: lambda one: one.others.append(
        (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\0"), True)
    )}, id="a critical extension that nobody knows"),
]  # fmt: skip


@pytest.mark.parametrize("changes", BROKEN)
def test_a_chain_that_is_signed_and_not_fit_does_not_hold(changes):
    chain = MADE.chain(changes)
    root = x509.load_pem_x509_certificates(chain)[-1].public_bytes(Encoding.DER)
    found = attested(made_report(), chain, {"made": [hashlib.sha256(root).hexdigest()]}, NONCE)
    assert codes(found) == ["attestation-chain"]
    assert found.device_key_sha256 is None


def test_a_key_of_another_kind_in_the_middle_does_not_hold():
    key = rsa.generate_private_key(65537, 2048)
    chain = MADE.chain({1: change(key=key), 0: change(signed_by=key)})
    assert codes(attested(made_report(), chain, ROOTS, NONCE)) == ["attestation-chain"]


def test_levels_as_many_as_are_needed_and_an_unknown_extension_that_is_not_critical_hold():
    exact = {4: change(constraints=CONSTRAINED(ca=True, path_length=3)),
             1: change(constraints=CONSTRAINED(ca=True, path_length=0)), 0: change(usage=None)}  # fmt: skip
    chain = MADE.chain(exact)
    root = x509.load_pem_x509_certificates(chain)[-1].public_bytes(Encoding.DER)
    assert holds(made_report(), chain, {"made": [hashlib.sha256(root).hexdigest()]})


def test_an_issuer_on_p256_signs_with_its_own_hash():
    key = ec.derive_private_key(11, ec.SECP256R1())
    chain = MADE.chain({1: change(key=key), 0: change(signed_by=key, hash_algorithm=hashes.SHA256())})
    assert holds(made_report(), chain, ROOTS)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC) - timedelta(seconds=1), True),
        (datetime(2026, 1, 1, tzinfo=UTC), False),
        (datetime(2026, 12, 31, tzinfo=UTC), False),
        (datetime(2026, 12, 31, tzinfo=UTC) + timedelta(seconds=1), True),
        (None, False),
    ],
)
def test_a_certificate_holds_from_its_first_to_its_last_instant(now: datetime | None, expected: bool):
    day = {"start": datetime(2026, 1, 1, tzinfo=UTC), "end": datetime(2026, 12, 31, tzinfo=UTC)}
    found = attested(made_report(), MADE.chain({1: change(**day)}), ROOTS, NONCE, now)
    assert codes(found) == (["attestation-chain"] if expected else [])
    if not expected:
        # What has no end says the last second of the year 9999, and no clock turns that.
        assert found.turns_at == (datetime(2020, 10, 17, tzinfo=UTC), *day.values())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"subject=Made\n" + text,
        lambda text: text + b"\n",
        lambda text: text + b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
        lambda text: text.replace(b"\n", b"\n\n", 1),
        lambda text: text.replace(b"-----END", b"====\n-----END", 1),
        lambda text: text.replace(b"\n", b" \n", 3),
        lambda text: b"",
        lambda text: b"\xff\xfe",
        lambda text: as_pem([b"", *MADE.certificates()]),
        lambda text: as_pem([b"\x30\x03\x02\x01\x01", *MADE.certificates()]),
    ],
)
def test_a_file_with_anything_but_certificates_in_it_is_refused(spoil):
    with pytest.raises(UnreadableInput):
        attested(made_report(), spoil(made_chain()), ROOTS, NONCE)


def test_bits_left_over_before_a_signature_are_refused():
    """The count of unused bits before a signature is under no signature; where the last bit is 0, readers take a 1."""
    numbers = iter(range(100, 200))
    while (ders := MADE.certificates({1: change(number=next(numbers))}))[1][-1] & 1:
        continue
    signature = x509.load_der_x509_certificate(ders[1]).signature
    assert ders[1].endswith(b"\0" + signature)
    ders[1] = ders[1].removesuffix(b"\0" + signature) + b"\1" + signature
    assert x509.load_der_x509_certificate(ders[1]).signature == signature
    with pytest.raises(UnreadableInput, match="certificate 2: got a signature with bits left over"):
        attested(made_report(), as_pem(ders), ROOTS, NONCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"\x0c\x08Made FMC", b"\x03\x08\0ade FMC", id="a name that is no text"),
        pytest.param(b"\x0c\x08Made FMC", b"\x0c\x08\xff\xfe FMC...", id="a name that is no UTF-8"),
        pytest.param(b"201017000000Z", b"201317000000Z", id="a month that no calendar has"),
        pytest.param(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01", id="version 2"),
        pytest.param(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", id="a version that is none"),
        pytest.param(b"\x02\x01\x01", b"\x02\x01\x81", id="a negative serial number"),
    ],
)
def test_a_certificate_that_its_reader_stumbles_over_is_refused(old: bytes, new: bytes):
    ders = MADE.certificates()
    assert old in ders[0]
    ders[0] = ders[0].replace(old, new[: len(old)])
    with pytest.raises(UnreadableInput, match="certificate 1: got "):
        attested(made_report(), as_pem(ders), ROOTS, NONCE)


@given(st.data())
def test_nothing_but_a_refusal_or_a_finding_comes_of_any_bytes(data: st.DataObject):
    """Bytes are cut out, put in and changed anywhere; only what is left as it was holds."""
    report, chain = made_report(), made_chain()
    spoilt = []
    for original in (report, chain):
        at = data.draw(st.integers(0, len(original)))
        gone = data.draw(st.integers(0, 40))
        spoilt.append(original[:at] + data.draw(st.binary(max_size=40)) + original[at + gone :])
    assert holds(*spoilt, ROOTS) == (spoilt[0] == report and _certificates(spoilt[1]) == _certificates(chain))


def _certificates(chain: bytes) -> bytes:
    """A final line end is none of the certificates."""
    return chain.rstrip(b"\n") if chain.endswith(b"-\n") else chain


@settings(max_examples=40)
@given(st.binary(max_size=600), st.binary(max_size=600))
def test_nothing_but_a_refusal_comes_of_bytes_that_are_nothing(report: bytes, chain: bytes):
    for head in (b"", b"\x11\xe0\x01\xff", made_report()[:60]):
        assert not holds(head + report, chain, ROOTS)
        assert not holds(made_report(), as_pem([chain]) if chain else b"", ROOTS)


# --- Nonces ---------------------------------------------------------------------------------------------------------

CHALLENGE = bytes(range(32))


def test_the_nonces_are_the_digests_that_the_page_states():
    before = hashlib.sha256(b"harness/session/1" + b"\x00" + CHALLENGE + b"unit-1" + b"\x00" + "Sitzung-ä".encode())
    assert session_nonce(CHALLENGE, "unit-1", "Sitzung-ä") == before.digest()
    lines = f"{'b' * 64}  a.txt\n{'a' * 64}  b.txt\n"
    root = hashlib.sha256(lines.encode()).digest()
    assert raw_root([("b.txt", "a" * 64), ("a.txt", "b" * 64)]) == root
    after = hashlib.sha256(b"harness/post/1" + b"\x00" + before.digest() + root)
    assert closing_nonce(before.digest(), root) == after.digest()


def test_the_root_of_the_raw_series_is_the_digest_of_a_set_of_files():
    files = [("b.txt", b"1\n"), ("a.txt", b"2\n")]
    assert raw_root((name, hashlib.sha256(text).hexdigest()) for name, text in files).hex() == of_files(files)


def test_unit_and_session_cannot_lend_each_other_a_letter():
    assert session_nonce(CHALLENGE, "unit-1", "1") != session_nonce(CHALLENGE, "unit-11", "")
    assert len({session_nonce(CHALLENGE, unit, session) for unit in ("a", "b") for session in ("a", "b", "ab")}) == 6


def test_a_commitment_is_the_digest_of_the_challenge():
    assert is_committed(CHALLENGE, hashlib.sha256(CHALLENGE).hexdigest())
    assert not is_committed(CHALLENGE, hashlib.sha256(bytes(32)).hexdigest())


# --- The identity of the units of a report --------------------------------------------------------------------------

SERIES = b"4.1\n4.3\n"


class Bench:
    """A report in a folder, whose units the devices attest."""

    def __init__(self, folder: Path, report: dict[str, Any]) -> None:
        self.folder, self.report, self.roots = folder, report, ROOTS
        report["challenge"] |= {"nonce": CHALLENGE.hex(), "nonce_sha256": hashlib.sha256(CHALLENGE).hexdigest()}
        report["attachments"], report["attestations"] = [], []
        report["measurements"][2]["raw"] = {"unit": "TB/s", "attachment": "dram.txt"}
        self.attach("dram.txt", SERIES)

    def attach(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        self.report["attachments"].append({"name": name, "sha256": digest, "size_bytes": len(data)})

    def nonce(self, unit: str, stage: str) -> bytes:
        session = self.report["session"]["session_id"].encode()
        before = hashlib.sha256(b"harness/session/1\0" + CHALLENGE + unit.encode() + b"\0" + session).digest()
        if stage == "before":
            return before
        line = f"{hashlib.sha256(SERIES).hexdigest()}  dram.txt\n"
        return hashlib.sha256(b"harness/post/1\0" + before + hashlib.sha256(line.encode()).digest()).digest()

    def attest(self, unit: str, stage: str, device: Device, nonce: bytes | None = None, chain: bytes | None = None):
        stem = f"{unit}-{stage}-{len(self.report['attestations'])}"
        self.attach(f"{stem}.bin", device.report(nonce or self.nonce(unit, stage)))
        self.attach(f"{stem}.pem", chain or device.chain())
        self.report["attestations"].append(
            {"unit_id": unit, "stage": stage, "report": f"{stem}.bin", "chain": f"{stem}.pem"}
        )
        return self

    def second_unit(self) -> str:
        unit = self.report["lot"]["units"][0]
        self.report["lot"]["units"].append(
            {**unit, "unit_id": "unit-2", "serial": "SAMPLE-0002", "device_uuid": "GPU-00000000-0000-4000-8000-2"}
        )
        return "unit-2"

    def facts(self, now: datetime | None = None, roots: Any = None) -> AspectFacts:
        case = read_case(json.dumps(self.report).encode(), "the report", self.folder, None)
        return identity_facts(case.report, case.attachments, self.roots if roots is None else roots, now)


@pytest.fixture
def bench(tmp_path: Path, h200: dict[str, Any]) -> Bench:
    return Bench(tmp_path, h200)


UNIT = "unit-1"


def test_a_serial_number_is_what_a_report_without_attestations_states(bench: Bench):
    assert (bench.facts().level, codes(bench.facts())) == ("serial", [])
    put("lot.units.0.serial", None)(bench.report)
    assert bench.facts().level == "serial"
    put("lot.units.0.device_uuid", None)(bench.report)
    assert bench.facts().level == "none"
    put("lot", None)(bench.report)
    assert bench.facts().level == "none"


def test_a_unit_that_answers_the_session_is_attested_and_after_it_twice(bench: Bench):
    put("measurements.1.raw", None)(bench.report)
    facts = bench.attest(UNIT, "before", MADE).facts()
    assert (facts.level, codes(facts)) == ("attested", [])
    facts = bench.attest(UNIT, "after", MADE).facts()
    assert (facts.aspect, facts.level, codes(facts)) == ("identity", "attested-twice", [])
    assert "1 of 1 attested by a device of made, 1 twice" in facts.says
    assert "custody must show" in facts.says
    case = read_case(json.dumps(bench.report).encode(), "the report", bench.folder, None)
    assert expected_nonce(case.report, UNIT, "after") == bench.nonce(UNIT, "after")


@pytest.mark.parametrize("words", ["--help", "attest --help"])
def test_cryptography_is_read_only_where_something_is_signed(words: str):
    code = (
        "import sys; from harness.cli.__main__ import main; import harness.evidence.identity\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.exit('cryptography' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words.split()], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0


def test_attested_reports_are_judged_as_before(bench: Bench):
    bench.attest(UNIT, "before", MADE).attest(UNIT, "after", MADE)
    (bench.folder / "report.json").write_text(json.dumps(bench.report))
    assert harness.verify(bench.folder / "report.json").outcome == "pass"


def test_after_alone_is_not_attested(bench: Bench):
    facts = bench.attest(UNIT, "after", MADE).facts()
    assert (facts.level, codes(facts)) == ("serial", [])


def test_every_unit_must_be_attested(bench: Bench):
    unit = bench.second_unit()
    facts = bench.attest(UNIT, "before", MADE).facts()
    assert (facts.level, codes(facts)) == ("serial", [])
    assert bench.attest(unit, "before", Device(seed="second")).facts().level == "attested"
    # Twice counts only where it counts for every unit.
    assert bench.attest(UNIT, "after", MADE).facts().level == "attested"


def test_without_roots_attestations_are_not_verified_and_change_nothing(bench: Bench):
    facts = bench.attest(UNIT, "before", MADE, nonce=bytes(32)).facts(roots={})
    assert (facts.level, codes(facts)) == ("serial", [])
    assert "not verified" in facts.says
    assert bench.facts(roots={"made": []}).level == "serial"


def test_without_a_challenge_an_attestation_could_be_a_recording(bench: Bench):
    bench.attest(UNIT, "before", MADE)
    put("challenge.nonce", None)(bench.report)
    facts = bench.facts()
    assert (facts.level, codes(facts)) == ("serial", [])
    assert "no challenge is revealed" in facts.says


def test_without_an_attached_series_the_second_answer_is_tied_to_nothing(bench: Bench):
    bench.attest(UNIT, "before", MADE).attest(UNIT, "after", MADE)
    put("measurements.2.raw", {"unit": "TB/s", "samples": ["4.1", "4.3"]})(bench.report)
    facts = bench.facts()
    assert (facts.level, codes(facts)) == ("attested", [])
    assert "no raw series is attached" in facts.says


def test_a_file_that_is_named_and_not_there_is_worth_less_than_none(bench: Bench):
    bench.attest(UNIT, "before", MADE)
    (bench.folder / "unit-1-before-0.bin").unlink()
    facts = bench.facts()
    assert (facts.level, codes(facts)) == ("none", [])
    assert "1 without their files" in facts.says


def test_an_attestation_of_a_unit_outside_the_lot_counts_for_none(bench: Bench):
    facts = bench.attest("unit-9", "before", MADE).facts()
    assert (facts.level, codes(facts)) == ("serial", [])
    assert "1 of units that are not in the lot" in facts.says


def other_challenge(bench: Bench) -> None:
    bench.report["challenge"]["nonce"] = bytes(32).hex()


def key_changed(bench: Bench) -> None:
    bench.attest(UNIT, "before", MADE).attest(UNIT, "after", Device(seed="swapped"))


def key_duplicated(bench: Bench) -> None:
    unit = bench.second_unit()
    bench.attest(UNIT, "before", MADE).attest(unit, "before", MADE)


def replayed(bench: Bench) -> None:
    """The answer before is sent in as the one after."""
    bench.attest(UNIT, "before", MADE).attest(UNIT, "after", MADE, nonce=bench.nonce(UNIT, "before"))


def raw_data_swapped(bench: Bench) -> None:
    bench.attest(UNIT, "before", MADE).attest(UNIT, "after", MADE)
    (entry,) = [one for one in bench.report["attachments"] if one["name"] == "dram.txt"]
    bench.report["attachments"].remove(entry)
    bench.attach("dram.txt", b"4.1\n4.2\n")


def unreadable(bench: Bench) -> None:
    bench.attest(UNIT, "before", MADE, chain=b"no chain\n")


LOUD = [
    ("attestation-chain", lambda bench: bench.attest(UNIT, "before", MADE, chain=altered(0, 1, 3, 4))),
    ("attestation-nonce", lambda bench: bench.attest(UNIT, "before", MADE, nonce=bytes(32))),
    ("attestation-nonce", replayed),
    ("attestation-nonce", raw_data_swapped),
    ("attestation-root-unknown", lambda bench: bench.attest(UNIT, "before", Device(root="forged"))),
    ("attestation-signature", lambda bench: bench.attest(UNIT, "before", Device("x"), chain=made_chain())),
    ("attestation-unreadable", unreadable),
    ("challenge-not-the-one-committed", other_challenge),
    ("device-key-changed", key_changed),
    ("device-key-duplicated", key_duplicated),
]
# Every code of this kind, for the tests that no code is without one.
RAISED = {code for code, _ in LOUD}


@pytest.mark.parametrize(("code", "fault"), LOUD)
def test_identity_that_is_contradicted_is_broken(bench: Bench, code: str, fault):
    fault(bench)
    facts = bench.facts()
    assert codes(facts) == [code]
    assert facts.level == "broken"
    assert CATALOGUE[code].effect is Effect.VOIDS


def test_every_code_is_raised_here():
    assert set(ATTESTATION_CATALOGUE) == RAISED


def test_a_device_that_lends_its_answers_is_found_though_it_answers_each_question(bench: Bench):
    """Other firmware gives another signing key; the device below it stays the same."""
    unit = bench.second_unit()
    bench.attest(UNIT, "before", MADE).attest(unit, "before", replace(MADE, firmware=bytes(48)))
    assert codes(bench.facts()) == ["device-key-duplicated"]


def test_new_firmware_between_the_two_is_the_same_device(bench: Bench):
    bench.attest(UNIT, "before", MADE).attest(UNIT, "after", replace(MADE, firmware=bytes(48)))
    assert bench.facts().level == "attested-twice"


def test_a_copied_answer_is_both_another_question_and_a_lent_device(bench: Bench):
    unit = bench.second_unit()
    bench.attest(UNIT, "before", MADE).attest(unit, "before", MADE, nonce=bench.nonce(UNIT, "before"))
    assert codes(bench.facts()) == ["attestation-nonce", "device-key-duplicated"]


def test_a_clock_before_the_device_was_made_does_not_hold(bench: Bench):
    bench.attest(UNIT, "before", MADE)
    first = datetime(2020, 10, 17, tzinfo=UTC)
    assert codes(bench.facts(now=first - timedelta(seconds=1))) == ["attestation-chain"]
    assert bench.facts(now=first).level == "attested"
    assert bench.facts().turns_at == (first,)


def test_the_genuine_report_answers_another_question_than_that_of_a_session(bench: Bench, genuine):
    report, chain, _ = genuine
    bench.attach("h100.txt", report)
    bench.attach("h100.pem", chain)
    bench.report["attestations"] = [
        {"unit_id": UNIT, "stage": "before", "report": "h100.txt", "chain": "h100.pem"},
    ]
    bench.roots = HOPPER
    assert (bench.facts().level, codes(bench.facts())) == ("broken", ["attestation-nonce"])


# --- The command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "report.bin").write_bytes(made_report())
    (tmp_path / "chain.pem").write_bytes(made_chain())
    (tmp_path / "root.pem").write_bytes(pem(MADE.certificates()[-1:]))
    (tmp_path / "stranger.pem").write_bytes(pem(Device(root="stranger").certificates()[-1:]))
    return {path.stem: str(path) for path in tmp_path.iterdir()}


def attest(files: dict[str, str], *words: str, root: str = "root") -> int:
    return main(["attest", files["report"], "--chain", files["chain"], "--root", files.get(root, root), *words])


def test_the_command_passes_what_holds_and_says_what_that_shows(files, capsys):
    assert attest(files, "--nonce", NONCE.hex()) == 0
    told = capsys.readouterr().out
    assert MADE.key_sha256() in told
    assert "123.45.06" in told
    assert "it does not show that it is the device on this bench" in told
    assert told.endswith("HOLDS\n")


@pytest.mark.parametrize(
    ("root", "words", "code"),
    [
        ("root", [], 0),
        (ROOTS["made"][0], [], 0),
        ("root", ["--root", "0" * 64], 0),
        ("root", ["--now", "2026-08-04T15:00:00Z"], 0),
        ("root", ["--now", "2019-08-04T15:00:00Z"], 1),
        ("stranger", [], 1),
        ("0" * 64, [], 1),
        ("root", ["--nonce", "00" * 32], 1),
        ("root", ["--nonce", "00"], 2),
        ("root", ["--nonce", "zz" * 32], 2),
        ("root", ["--now", "2026-08-04"], 2),
        ("no-such-file.pem", [], 2),
        ("report", [], 2),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_exit_code_says_whether_it_holds(files, capsys, root: str, words: list[str], code: int, form: str):
    assert attest(files, *words, "--format", form, root=root) == code
    told = capsys.readouterr()
    assert bool(told.out) == (code != 2)
    if form == "json" and code != 2:
        assert json.loads(told.out)["holds"] == (code == 0)
        assert faults_against_schema("attestation", told.out.encode(), "attestation.json") == []


def test_a_name_that_would_write_on_the_terminal_is_shown_as_escapes(files, capsys):
    """A forger names his device; nothing that he writes moves the cursor, and JSON holds it as text."""
    loud = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "\x1b[2J" + "x" * 40)])
    chain = MADE.chain({1: change(subject=loud), 0: change(issuer=loud)})
    Path(files["chain"]).write_bytes(chain)
    assert attest(files) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert attest(files, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["device_name"].startswith("\\x1b[2J")


def test_a_changed_file_is_told_with_its_place(files, capsys):
    path = Path(files["report"])
    path.write_bytes(path.read_bytes()[:-1])
    assert attest(files) == 2
    assert "report.bin: byte " in capsys.readouterr().err


def test_the_command_stands_in_a_process_of_its_own_and_reads_standard_input(files):
    command = [sys.executable, "-m", "harness", "attest", "-", "--chain", files["chain"], "--root", files["root"]]
    done = subprocess.run(command, cwd=ROOT, input=made_report().hex().encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_made_message_is_laid_out_as_the_tests_say():
    """37 bytes of request, 8 of head, the record, 32 of nonce, 2 of length, the fields."""
    message = message_of(NONCE, record=block(1, b""), count=1, fields=opaque(3, b"x"))
    assert len(message) == 37 + 8 + 7 + 32 + 2 + 5
    assert message[41:45] == b"\x01" + small(7, 3)
