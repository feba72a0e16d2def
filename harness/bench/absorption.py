"""How small a number may be and still count in a sum: what the units keep of it while they add.

A rate with accumulators that are shorter than the format's results is another rate, and no error of random data shows
it: their sums do not grow far. Here one product is 1 and all the others are 2^-k, 2^k terms in all: their sum is
2 - 2^-k, and what is lost beside the 1 is missing in it.

Source:
    Fasi, Higham, Mikaitis, Pranesh, "Numerical behavior of NVIDIA tensor cores", PeerJ CS 7:e330 (2021).
"""

from collections.abc import Iterator

from harness.bench.device import Arithmetic, NotApplicable, Way
from harness.bench.events import Event, Recorded
from harness.bench.workbench import Workbench
from harness.model.bench_raw import RawAbsorption
from harness.model.measurement import NumberFormat

# Accumulators of fp16 lose what is below 2^-11 of the sum; units add some products beforehand, which hides up to 2^-5.
LARGEST_TRIED, SMALLEST_TRIED = 10, 16
# Half of what the small products come to.
_HALF = 1.5
_LONGEST_S = 0.5


def absorbed(
    bench: Workbench, unit_id: str, arithmetic: Arithmetic, number_format: NumberFormat, way: Way
) -> Iterator[Event]:
    """Keep from which k on products of 2^-k are lost on a way; nothing where the format cannot hold such numbers."""
    started, lost_from, tried_to = bench.clock.utc(), None, 0
    try:
        for k in range(LARGEST_TRIED, SMALLEST_TRIED + 1):
            began = bench.clock.now()
            lost = arithmetic.sum_beside_one(number_format, way, k) < _HALF
            lost_from, tried_to = k if lost else None, k
            # Each step is twice the work of the one before.
            if lost or 2 * (bench.clock.now() - began) > _LONGEST_S:
                break
    except NotApplicable:
        if not tried_to:
            return
    yield Recorded(
        line=RawAbsorption(
            unit_id=unit_id,
            number_format=number_format,
            way=way.name,
            lost_from=lost_from,
            tried_to=tried_to,
            started_at=started,
            ended_at=bench.clock.utc(),
        )
    )
