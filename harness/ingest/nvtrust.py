"""Claims of NVIDIA's attestation (nvtrust, NRAS): which device and firmware answered, and never how fast it is.

The claims are read as text: nothing here verifies a signature. That they have not expired does not make them fresh; a
real file expires in the year 2124, so only the nonce ties them to a challenge.

Source:
    NVIDIA/nvtrust at 0281730 `guest_tools/attestation_sdk/tests`: a real file of detached claims.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from harness.ingest.foreign_json import each_in, members, whole
from harness.ingest.lines import listed, named, printable, refusal, text_of
from harness.model.foreign import ForeignFile, Ingested

TOOL = "nvtrust"
ABOUT = "nvtrust's attestation claims (JSON): driver, firmware, nonce, as remarks; no signature is checked"
BASIS = "sample"

_PREFIX = "x-nvidia-gpu-"
_SAID = {"iss", "eat_nonce", "ueid", "hwmodel", "iat", "exp", "measres", "secboot", "dbgstat", "oemid"}
_SAID |= {f"{_PREFIX}driver-version", f"{_PREFIX}vbios-version"}


def recognises(file: ForeignFile) -> bool:
    """Is it an object with a nonce and claims of NVIDIA's own?"""
    head = file.data[:200_000]
    return b'"eat_nonce"' in head and re.search(rb'"x-nvidia-gpu-[a-z-]+"\s*:', head) is not None


def read(file: ForeignFile) -> Ingested:
    """Return driver and firmware, and all that is to be known of the claims as remarks.

    Raises:
        UnreadableInput: It is no JSON, or no object has a nonce.
    """
    found = (members(one) for one in each_in(file, text_of(file)))
    claims = next((one for one in found if "eat_nonce" in one), None)
    if claims is None:
        raise refusal(file, "the object", "no eat_nonce on its outermost level", "detached claims of one device")
    return Ingested(
        tool=TOOL,
        driver=named(claims.get(f"{_PREFIX}driver-version")),
        firmware=named(claims.get(f"{_PREFIX}vbios-version")),
        remarks=listed(tuple(_remarks(claims))),
        not_mapped=listed(tuple(_not_mapped(claims))),
    )


def _remarks(claims: dict[str, Any]) -> Iterator[str]:
    yield "claims of an attestation as text: their signature was not verified, and they say nothing of a capability"
    for key, what in (("hwmodel", "device"), ("ueid", "device id"), ("eat_nonce", "nonce"), ("iss", "issued by")):
        if claims.get(key) is not None:
            yield f"{what}: {printable(claims[key], 200)}"
    for key, what in (("iat", "issued"), ("exp", "expires")):
        seconds = whole(claims.get(key), 10**11)
        if seconds is not None:
            yield f"{what} on {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
    if (claims.get("measres") or "success") != "success":
        yield f"measured firmware against reference: {printable(claims['measres'], 60)}"
    if claims.get("secboot") is not True:
        yield f"secure boot: {printable(claims.get('secboot'), 20)}"
    if claims.get("dbgstat") != "disabled":
        yield f"debugging: {printable(claims.get('dbgstat'), 60)}"
    untrue = sorted(key for key, value in claims.items() if key.startswith(_PREFIX) and value is False)
    if untrue:
        yield f"claims that are false: {', '.join(printable(key, 80) for key in untrue[:30])}"


def _not_mapped(claims: dict[str, Any]) -> Iterator[str]:
    rest = sorted(printable(key, 80) for key in claims if key not in _SAID)
    if rest:
        yield f"{', '.join(rest[:60])}: claims that a lab report has no place for"
