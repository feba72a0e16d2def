"""The report of a device: an SPDM 1.1 request for measurements, and the signed answer to it, byte by byte."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.errors import Fault, UnreadableInput
from harness.model.attestation import DeviceMeasurement

_VERSION, _GET_MEASUREMENTS, _MEASUREMENTS = 0x11, 0xE0, 0x60
_SIGNATURE_ASKED = 0x01
_DMTF = 0x01
SIGNATURE_BYTES = 96  # r and s of P-384, side by side.
_NONCE_BYTES = 32
LARGEST_REPORT_BYTES = 1024 * 1024
_DIGITS = (b"0123456789abcdef", b"0123456789ABCDEF")
# A value with this bit set is a raw bit stream, otherwise a digest; the bits below say of what.
_RAW = 0x80


@dataclass(frozen=True, kw_only=True, slots=True)
class SpdmReport:
    """What a device was asked and what it answered; nothing of it is believed before its signature is checked.

    Attributes:
        nonce: The requester's, which the answer is tied to.
        slot: Which of the device's certificate chains the signature belongs to.
        blocks: The measurements, in the order of the device.
        responder_nonce: The device's own.
        fields: What the device says besides, by number; see `harness.evidence.device_fields`.
        signed: The bytes that the signature stands over: request and answer, without the signature.
        signature: r and s, big-endian, 48 bytes each.
    """

    nonce: bytes
    slot: int
    blocks: tuple[DeviceMeasurement, ...]
    responder_nonce: bytes
    fields: tuple[tuple[int, bytes], ...]
    signed: bytes
    signature: bytes


def report_bytes(data: bytes, source: str) -> bytes:
    """Return a report as bytes, from a file that holds them as they are or as hexadecimal digits.

    Digits are all in one case, with no white space but one line end: a text that has two spellings could be altered
    unseen.

    Raises:
        UnreadableInput: It is neither, or larger than any report.
    """
    if len(data) > LARGEST_REPORT_BYTES:
        raise _unreadable(source, "the file", f"{len(data):,} bytes", f"at most {LARGEST_REPORT_BYTES:,}")
    # No digit has either of these codes.
    if data[:1] == bytes([_VERSION]) or data[1:2] == bytes([_GET_MEASUREMENTS]):
        return data
    text = data.removesuffix(b"\n").removesuffix(b"\r")
    if text and len(text) % 2 == 0 and any(not text.strip(digits) for digits in _DIGITS):
        return bytes.fromhex(text.decode("ascii"))
    need = "an SPDM 1.1 report, as bytes or as hexadecimal digits of one case"
    raise _unreadable(source, "the file", "another form", need)


def parsed(data: bytes, source: str) -> SpdmReport:
    """Return the parts of a report, every length of which must add up.

    Args:
        data: The 37 bytes of the request and the answer, without anything before, between or after.
        source: What messages call it.

    Raises:
        UnreadableInput: With the byte at which it stops being one.

    Source:
        DMTF DSP0274 1.1.x, GET_MEASUREMENTS and MEASUREMENTS; NVIDIA/nvtrust at 0281730, local_gpu_verifier: the
        report of its devices is the request with the answer behind it.
    """
    cursor = _Cursor(data, source)
    cursor.expect(_VERSION, "SPDM 1.1")
    cursor.expect(_GET_MEASUREMENTS, "GET_MEASUREMENTS")
    attributes = cursor.number(1, "the attributes of the request")
    if not attributes & _SIGNATURE_ASKED:
        raise cursor.refusal(f"attributes {attributes:#04x}", "a request for a signature")
    cursor.number(1, "which measurements are asked for")
    nonce = cursor.take(_NONCE_BYTES, "the nonce of the request")
    slot = cursor.number(1, "the slot")
    cursor.expect(_VERSION, "SPDM 1.1")
    cursor.expect(_MEASUREMENTS, "MEASUREMENTS")
    cursor.number(1, "the first parameter of the answer")
    if (answered := cursor.number(1, "the slot of the answer") & 0x0F) != slot & 0x0F:
        raise cursor.refusal(f"an answer of slot {answered}", f"of slot {slot & 0x0F}, as asked")
    count = cursor.number(1, "the number of measurements")
    record = cursor.within(cursor.number(3, "the length of the measurements"), "the measurements")
    blocks = tuple(_blocks(record, count))
    responder_nonce = cursor.take(_NONCE_BYTES, "the nonce of the device")
    fields = tuple(_fields(cursor.within(cursor.number(2, "the length of the fields"), "the fields")))
    signed = data[: cursor.at]
    signature = cursor.take(SIGNATURE_BYTES, "the signature")
    cursor.end("the signature")
    return SpdmReport(
        nonce=nonce,
        slot=slot,
        blocks=blocks,
        responder_nonce=responder_nonce,
        fields=fields,
        signed=signed,
        signature=signature,
    )


def _blocks(record: "_Cursor", count: int) -> Iterator[DeviceMeasurement]:
    seen = set()
    for _ in range(count):
        index = record.number(1, "the index of a measurement")
        if index in seen:
            raise record.refusal(f"measurement {index} again", "each measurement once")
        seen.add(index)
        record.expect(_DMTF, "the measurement specification of DMTF")
        one = record.within(record.number(2, "the size of a measurement"), f"measurement {index}")
        kind = one.number(1, "the kind of a measurement")
        value = one.take(one.number(2, "the size of its value"), "its value")
        one.end(f"measurement {index}")
        yield DeviceMeasurement(index=index, kind=kind & ~_RAW, raw=bool(kind & _RAW), value=value)
    record.end("the last measurement")


def _fields(opaque: "_Cursor") -> Iterator[tuple[int, bytes]]:
    seen = set()
    while opaque.at < opaque.stop:
        kind = opaque.number(2, "the kind of a field")
        if kind in seen:
            raise opaque.refusal(f"field {kind} again", "each field once")
        seen.add(kind)
        yield kind, opaque.take(opaque.number(2, "the size of a field"), f"field {kind}")


class _Cursor:
    """A place in bytes, up to which they were read, and one beyond which nothing is. Numbers are little-endian."""

    def __init__(self, data: bytes, source: str, at: int = 0, stop: int | None = None) -> None:
        self.data, self.source, self.at = data, source, at
        self.stop = len(data) if stop is None else stop

    def take(self, size: int, what: str) -> bytes:
        if size > self.stop - self.at:
            raise self.refusal(f"{self.stop - self.at} bytes more", f"{size}: {what}")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int, what: str) -> int:
        return int.from_bytes(self.take(size, what), "little")

    def expect(self, value: int, what: str) -> None:
        got = self.number(1, what)
        if got != value:
            self.at -= 1
            raise self.refusal(f"{got:#04x}", f"{value:#04x}: {what}")

    def within(self, size: int, what: str) -> "_Cursor":
        self.take(size, what)
        return _Cursor(self.data, self.source, self.at - size, self.at)

    def end(self, what: str) -> None:
        if self.at != self.stop:
            raise self.refusal(f"{self.stop - self.at} bytes behind {what}", "none")

    def refusal(self, got: str, need: str) -> UnreadableInput:
        return _unreadable(self.source, f"byte {self.at}", got, need)


def _unreadable(source: str, where: str, got: str, need: str) -> UnreadableInput:
    return UnreadableInput(source, (Fault(where=where, got=got, need=need),))
