"""The pattern without a period, on the device: splitmix64 in signed integers of 64 bits, which is all PyTorch has.

Products and sums wrap around as unsigned ones do; a shift to the right copies the sign, so that the copies are masked.
"""

from typing import Any

_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
# Words at a time: each step of the arithmetic makes an array of this size.
BLOCK_WORDS = 4 * 2**20


def signed(word: int) -> int:
    """Return the signed number with the bits of an unsigned one of 64.

    >>> signed(2**64 - 1), signed(5)
    (-1, 5)
    """
    low = word & (2**64 - 1)
    return low - 2**64 if low >> 63 else low


def words(torch: Any, seed: int, first: int, count: int, device: Any) -> Any:
    """Return the words of addresses `first` to `first + count - 1` (in words), as signed integers.

    Source:
        splitmix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    z = torch.arange(first + 1, first + count + 1, dtype=torch.int64, device=device)
    z.mul_(signed(_STEP)).add_(signed(seed))
    z = z.bitwise_xor_(_shifted(z, 30)).mul_(signed(_FIRST))
    z = z.bitwise_xor_(_shifted(z, 27)).mul_(signed(_SECOND))
    return z.bitwise_xor_(_shifted(z, 31))


def _shifted(z: Any, by: int) -> Any:
    """Shift to the right as an unsigned number is shifted."""
    return (z >> by).bitwise_and_((1 << (64 - by)) - 1)


def write(torch: Any, array: Any, seed: int, first: int) -> None:
    """Write the pattern to every word of an array whose first word has the address `first`."""
    for n in range(0, array.numel(), BLOCK_WORDS):
        part = array[n : n + BLOCK_WORDS]
        part.copy_(words(torch, seed, first + n, part.numel(), array.device))


def compared(torch: Any, array: Any, seed: int, first: int) -> tuple[int, int | None]:
    """Return how many words of an array are wrong, and the index of the first of them."""
    wrong, lowest = 0, None
    for n in range(0, array.numel(), BLOCK_WORDS):
        part = array[n : n + BLOCK_WORDS]
        bad = part != words(torch, seed, first + n, part.numel(), array.device)
        count = int(bad.sum())
        if count and lowest is None:
            lowest = n + int(bad.to(torch.uint8).argmax())
        wrong += count
    return wrong, lowest
