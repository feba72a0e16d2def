"""A product held against the same one in double precision, on the device, in time that grows with the sides' square."""

from typing import Any

from harness.bench.gpu.operands import Operand

_VECTORS, _ROWS = 4, 1024


def relative_error(torch: Any, a: Operand, b: Operand, c: Any, seed: int) -> float:
    """Return the relative error (Frobenius) of C against A B by random vectors.

    Args:
        torch: PyTorch.
        a: A (m x k) as it is stored.
        b: B transposed (n x k) as it is stored.
        c: The result (m x n).
        seed: Of the random signs.

    Returns:
        ‖C R − A (B R)‖ / ‖A (B R)‖; where that product is 0, 0 if C is 0 as well and 1 if not; infinity where C holds
        what is no number.

    Source:
        R. Freivalds, "Probabilistic machines can use less running time", IFIP 1977.
    """
    generator = torch.Generator(device=c.device).manual_seed(seed)
    shape = (c.shape[1], _VECTORS)
    signs = torch.randint(0, 2, shape, generator=generator, device=c.device).to(torch.float64) * 2 - 1
    of_b = sum(b.exact(torch, rows).t() @ signs[rows] for rows in _blocks(c.shape[1]))
    need = torch.cat([a.exact(torch, rows) @ of_b for rows in _blocks(c.shape[0])])
    got = torch.cat([c[rows].to(torch.float64) @ signs for rows in _blocks(c.shape[0])])
    if not bool(torch.isfinite(got).all()):
        return float("inf")
    size, error = float(need.norm()), float((got - need).norm())
    return error / size if size else float(error > 0)


def _blocks(rows: int) -> list[slice]:
    return [slice(n, min(n + _ROWS, rows)) for n in range(0, rows, _ROWS)]
