"""One product of 1 and all others of 2^-k, through PyTorch: what of the others is in the sum."""

from typing import Any

from harness.bench.device import NotApplicable
from harness.bench.gpu.answers import told
from harness.bench.gpu.operands import Operand
from harness.bench.gpu.recipes import Recipe, Stored, as_set, output_type

# So many results that every unit has its own: a library divides a sum among units that have nothing else to do, and
# parts without the 1 in them lose nothing.
_SIDE = 4096


def sum_beside_one(torch: Any, device: Any, recipe: Recipe, k: int) -> float:
    """Return the sum of 1 and 2^k - 1 products of 2^-k, the largest of all results.

    Raises:
        NotApplicable: The format cannot hold such numbers, or there is no memory for so many.
    """
    if recipe.way.sparsity != "dense":
        raise NotApplicable("half of the numbers would be zeros")
    with told(torch, f"{recipe.number_format} by {recipe.way.name}, sums of 2^-{k}"), as_set(torch, recipe):
        # Kernels in Triton go to the device that is chosen.
        torch.cuda.set_device(device)
        a = _operand(torch, device, recipe.a, k, k // 2)
        b = _operand(torch, device, recipe.b, k, k - k // 2)
        c = torch.zeros((_SIDE, _SIDE), dtype=output_type(torch, recipe.output), device=device)
        return float(recipe.call(torch, a, b, c).max())


def _operand(torch: Any, device: Any, stored: Stored, k: int, share: int) -> Operand:
    """Return a matrix whose rows are 1 and then 2^-share throughout, as the format holds it."""
    plain = torch.full((_SIDE, 2**k), 2.0**-share, device=device)
    plain[:, 0] = 1.0
    operand, first = stored(torch, plain), slice(0, 1)
    if bool((operand.exact(torch, first) != plain[first].to(torch.float64)).any()):
        raise NotApplicable(f"the format has no 2^-{share} beside a 1")
    return operand
