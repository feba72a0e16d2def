"""Blocks that share a scale: mxfp8 and mxfp4 (a power of two per 32), nvfp4 (an e4m3 number per 16).

Source: OCP Microscaling Formats (MX) specification 1.0, sections 5 and 6; the layout of scales in tiles of 128 x 4 is
that of cuBLAS ("1D block scaling factors layout").
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# The magnitudes of e2m1, in the order of their codes.
E2M1 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
# Between two neighbours, half way; a number above the n-th bound has a code above n.
_BOUNDS = tuple((low + high) / 2 for low, high in pairwise(E2M1))
_BLOCK = {"mxfp8": 32, "mxfp4": 32, "nvfp4": 16}
# The largest exponent of the elements: 448 = 1.75 x 2^8 in e4m3, 6 = 1.5 x 2^2 in e2m1.
_LARGEST_EXPONENT = {"mxfp8": 8, "mxfp4": 2}
_LARGEST_E4M3 = 448.0
_BIAS = 127


@dataclass(frozen=True, kw_only=True, slots=True)
class Scaled:
    """Elements, and scales by block: as a plain table, and as the units want them."""

    stored: Any
    # rows x (columns / block), in double precision.
    scales: Any
    swizzled: Any
    block: int
    # Whether two elements of four bits share a byte.
    packed: bool

    def exact(self, torch: Any, rows: slice) -> Any:
        """Return rows in double precision."""
        elements = unpacked(torch, self.stored[rows]) if self.packed else self.stored[rows].to(torch.float64)
        return elements * self.scales[rows].repeat_interleave(self.block, dim=1)


def mx_scaled(torch: Any, matrix: Any, recipe: str) -> Scaled:
    """Return a matrix (fp32, rows x columns, columns a multiple of 32) with a power of two per block of 32."""
    block = _BLOCK[recipe]
    blocks = matrix.unflatten(1, (-1, block))
    largest = blocks.abs().amax(dim=2).clamp(min=2.0**-100)
    exponent = torch.floor(torch.log2(largest)) - _LARGEST_EXPONENT[recipe]
    scales = torch.exp2(exponent)
    elements = (blocks / scales.unsqueeze(2)).flatten(1)
    code = (exponent + _BIAS).to(torch.uint8).view(torch.float8_e8m0fnu)
    packed = recipe == "mxfp4"
    stored = pack(torch, elements) if packed else elements.clamp(-_LARGEST_E4M3, _LARGEST_E4M3).to(torch.float8_e4m3fn)
    return Scaled(
        stored=stored, scales=scales.to(torch.float64), swizzled=swizzled(torch, code), block=block, packed=packed
    )


def nv_scaled(torch: Any, matrix: Any) -> Scaled:
    """Return a matrix (fp32, rows x columns, columns a multiple of 16) in e2m1 with an e4m3 scale per block of 16."""
    block = _BLOCK["nvfp4"]
    blocks = matrix.unflatten(1, (-1, block))
    scale = (blocks.abs().amax(dim=2) / E2M1[-1]).clamp(2.0**-6, _LARGEST_E4M3).to(torch.float8_e4m3fn)
    elements = (blocks / scale.to(torch.float32).unsqueeze(2)).flatten(1)
    return Scaled(
        stored=pack(torch, elements),
        scales=scale.to(torch.float64),
        swizzled=swizzled(torch, scale),
        block=block,
        packed=True,
    )


def pack(torch: Any, elements: Any) -> Any:
    """Return numbers rounded to e2m1, two in a byte, the first in the lower half; half the columns."""
    bounds = torch.tensor(_BOUNDS, device=elements.device)
    code = torch.bucketize(elements.abs().contiguous(), bounds).to(torch.uint8) | (elements < 0).to(torch.uint8) << 3
    return (code[:, ::2] | code[:, 1::2] << 4).contiguous().view(torch.float4_e2m1fn_x2)


def unpacked(torch: Any, stored: Any) -> Any:
    """Return the numbers of packed e2m1 in double precision."""
    code = stored.view(torch.uint8)
    both = torch.stack((code & 0xF, code >> 4), dim=2).flatten(1).to(torch.int64)
    magnitude = torch.tensor(E2M1, dtype=torch.float64, device=code.device)[both & 7]
    return torch.where(both >= 8, -magnitude, magnitude)


def swizzled(torch: Any, scales: Any) -> Any:
    """Return a table of scales in tiles of 128 x 4, each tile as 32 rows of 4 groups of 4; missing rows are zero."""
    rows, columns = scales.shape
    tall, wide = -(-rows // 128), -(-columns // 4)
    full = torch.zeros((tall * 128, wide * 4), dtype=torch.uint8, device=scales.device)
    full[:rows, :columns] = scales.view(torch.uint8)
    tiles = full.view(tall, 4, 32, wide, 4).permute(0, 3, 2, 1, 4)
    return tiles.contiguous().flatten().view(scales.dtype)
