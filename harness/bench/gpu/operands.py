"""Operands as a number format stores them: drawn on the device from a seed, rounded once, kept exactly as they are.

Every matrix comes with the scale by which its stored numbers are multiplied, so that a check can read them in double
precision just as the units do.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

from harness.bench.gpu.microscaled import Scaled, mx_scaled, nv_scaled
from harness.model.bench_raw import DataPattern

# A whole number below this is exact in every product of the check.
_INT8_SPREAD = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Operand:
    """A matrix as it is stored; `exact(rows)` gives some of its rows in double precision, as the units read them."""

    stored: Any
    scale: Any = None
    scaled: Scaled | None = None

    def exact(self, torch: Any, rows: slice) -> Any:
        """Return rows of the matrix in double precision, on the device."""
        if self.scaled is not None:
            return self.scaled.exact(torch, rows)
        return self.stored[rows].to(torch.float64)


def drawn(torch: Any, shape: tuple[int, int], pattern: DataPattern, generator: Any, one: float = 1.0) -> Any:
    """Return standard normal numbers, zeros, or low-toggle ones (all `one`), in fp32 on the generator's device."""
    device = generator.device
    if pattern == "zeros":
        return torch.zeros(shape, device=device)
    if pattern == "low-toggle":
        return torch.full(shape, one, device=device)
    return torch.randn(shape, device=device, generator=generator)


def stored_as(torch: Any, dtype: Any, matrix: Any) -> Operand:
    """Return a matrix rounded to a plain format; int8 takes the numbers at one scale, and loses that scale."""
    if dtype == torch.int8:
        largest = matrix.abs().max().clamp(min=1.0)
        spread = torch.where(largest > 1, matrix * (_INT8_SPREAD - 1), matrix)
        return Operand(stored=spread.round().clamp(-127, 127).to(torch.int8))
    return Operand(stored=matrix.to(dtype), scale=torch.ones((), device=matrix.device))


def sparse_half(torch: Any, dtype: Any, matrix: Any) -> Operand:
    """Return a matrix of which two in each four of a row are zero; its packed form stands where a scale would."""
    fours = matrix.unflatten(1, (-1, 4))
    dense = stored_as(torch, dtype, torch.where(largest_two(torch, fours), fours, 0.0).flatten(1)).stored
    return Operand(stored=dense, scale=torch._cslt_compress(dense))


def largest_two(torch: Any, fours: Any) -> Any:
    """Return which two of each four are the largest; of equal ones the first. To sort them all takes far longer."""
    parts = fours.abs().unbind(2)
    wins = [torch.zeros_like(part, dtype=torch.uint8) for part in parts]
    for one, other in combinations(range(4), 2):
        first = parts[one] >= parts[other]
        wins[one] += first
        wins[other] += ~first
    return torch.stack([won >= 2 for won in wins], dim=2)


def micro_scaled(torch: Any, recipe: str, matrix: Any) -> Operand:
    """Return a matrix in blocks that share a scale: mxfp8, mxfp4 or nvfp4."""
    scaled = nv_scaled(torch, matrix) if recipe == "nvfp4" else mx_scaled(torch, matrix, recipe)
    return Operand(stored=scaled.stored, scale=scaled.swizzled, scaled=scaled)
