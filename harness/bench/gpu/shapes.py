"""Which shapes to try: whole waves of tiles over the units, from a depth of 1,024 up to 65,536.

Source: a product takes as many waves as its tiles fill the units, and a last wave that is nearly empty costs as much as
a full one (NVIDIA, "Matrix Multiplication Background User's Guide", wave quantization).
"""

from harness.bench.device import Shape

# The tile that libraries choose for large products, in rows and columns of the result.
_TILE = 128, 256
_STEP = 256
_SQUARES = (4096, 8192, 16384)
_SIDES = (4096, 6144, 8192, 12288, 16384)
_DEPTHS = (1024, 4096, 8192, 20480)
_DEEPEST = 65536
_FAR = 0.1


def shapes_for(units: int) -> tuple[Shape, ...]:
    """Return about 24 shapes: first a few that are good on most devices, then all the others, the quickest first.

    Args:
        units: Processing units of the device, over which tiles are spread.

    >>> [str(shape) for shape in shapes_for(132)[:3]]
    ['4096x4096x4096', '8192x8192x8192', '8448x8192x8192']
    """
    waves = {side: _full_waves(side, units) for side in _SIDES}
    leading = [Shape(4096, 4096, 4096), Shape(8192, 8192, 8192), Shape(*waves[8192], 8192), Shape(*waves[12288], 8192)]
    others = [Shape(side, side, side) for side in _SQUARES]
    others += [Shape(*waves[side], depth) for side in _SIDES for depth in _DEPTHS]
    others.append(Shape(*waves[8192], _DEEPEST))
    rest = sorted(set(others) - set(leading), key=lambda shape: (shape.operations, shape))
    return tuple(dict.fromkeys([*leading, *rest]))


def _full_waves(side: int, units: int) -> tuple[int, int]:
    """Return rows and columns near a square whose tiles fill their last wave best."""
    low, high = (round(side * share / _STEP) for share in (1 - _FAR, 1 + _FAR))
    near = [(m * _STEP, n * _STEP) for m in range(low, high + 1) for n in range(low, high + 1)]
    return max(near, key=lambda pair: (round(_filled(pair, units), 3), -abs(pair[0] * pair[1] - side * side), pair))


def _filled(pair: tuple[int, int], units: int) -> float:
    """Return the share of the units' time that tiles take, of the waves that they need."""
    tiles = -(-pair[0] // _TILE[0]) * -(-pair[1] // _TILE[1])
    return tiles / (-(-tiles // units) * units)
