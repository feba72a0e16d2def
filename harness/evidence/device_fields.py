"""What the devices of one maker say of themselves beside their measurements, as people read it."""

from collections.abc import Iterable, Mapping

# The opaque fields of NVIDIA's devices by number. What is not listed keeps its number.
_NAMES: Mapping[int, str] = {
    1: "certificate-issuer",
    2: "authority-key",
    3: "driver",
    4: "gpu-info",
    5: "sku",
    6: "vbios",
    7: "manufacturer",
    8: "tamper-detection",
    9: "smc",
    10: "vpr",
    11: "nvdec0",
    12: "measurement-counts",
    13: "cpr-info",
    14: "board",
    15: "chip-sku",
    16: "chip-sku-modification",
    17: "project",
    18: "project-sku",
    19: "project-sku-modification",
    20: "firmware-id",
    21: "protected-pcie",
    22: "switches",
    23: "ports-off",
    24: "position",
    25: "switch-locks",
    32: "links",
}
_TEXTS = frozenset({3, 15, 16, 17, 18, 19})
_VBIOS, _BOARD, FIRMWARE_ID = 6, 14, 20
_VBIOS_BYTES = 8


def named(fields: Iterable[tuple[int, bytes]]) -> dict[str, str]:
    """Return the fields by name, in their order; what is no text as hexadecimal digits.

    Source:
        NVIDIA/nvtrust at 0281730, local_gpu_verifier: the numbers, and the order in which a VBIOS version is printed.
    """
    return {_NAMES.get(kind, f"field-{kind}"): _shown(kind, value) for kind, value in fields}


def _shown(kind: int, value: bytes) -> str:
    if kind == _VBIOS and len(value) == _VBIOS_BYTES:
        return vbios_version(value)
    if kind == _BOARD:
        return f"{int.from_bytes(value, 'little'):x}"
    if kind in _TEXTS:
        text = value.rstrip(b"\0")
        if all(0x20 <= byte < 0x7F for byte in text):
            return text.decode("ascii")
    return value.hex()


def vbios_version(value: bytes) -> str:
    """Return a VBIOS version as tools print it.

    >>> vbios_version(bytes.fromhex("009f009601000000"))
    '96.00.9F.00.01'
    """
    low, high = value[:4][::-1], value[4:5]
    return ".".join(f"{byte:02X}" for byte in low + high)
