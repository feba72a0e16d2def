"""Loops of one instruction over registers: what the units do when neither memory nor a library is in the way.

Their operands are whole numbers that the format holds exactly; the sums must come out exactly by how many steps were
done (kernels.cu says how), so that a loop that was shortened, or done in another way, does not pass.
"""

from dataclasses import dataclass
from typing import Any

from harness.bench.device import Check, NotApplicable, OutputFormat, ProductTask, Shape, Timing, Way
from harness.bench.gpu.answers import told
from harness.bench.gpu.cuda_source import CudaKernels
from harness.bench.gpu.products import Clock, event_pair, timed
from harness.model.measurement import NumberFormat

# What kernels.cu is built with: accumulators of a warp (or a thread, for fma), threads of a block.
_CHAINS, _THREADS, _WARP = 8, 256, 32
# Blocks per unit, and pairs of steps; beyond the last one a sum in fp32 would no longer be exact.
_BLOCKS, _PAIRS = (1, 2, 4), (1024, 4096, 8192)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """One loop: its number in kernels.cu, rows and depth of one instruction, threads that share it, columns."""

    name: str
    kind: int
    rows: int
    depth: int
    columns: int
    threads: int
    least_capability: tuple[int, int]
    instruction: str
    output: OutputFormat = "fp32"


# Major numbers of devices whose tensor units are fed by groups of warps: an instruction of one warp does not fill them,
# and fp8 has none; what the compiler puts in its place multiplies less often than it was asked to.
_BY_GROUPS = frozenset({9, 10, 11})
_PASCAL, _AMPERE, _ADA = (6, 0), (8, 0), (8, 9)


def _tensor(kind: int, depth: int, instruction: str, output: OutputFormat = "fp32", rows: int = 16) -> Loop:
    return Loop(
        name="registers-mma",
        kind=kind,
        rows=rows,
        depth=depth,
        columns=8 * _CHAINS,
        threads=_WARP,
        least_capability=_ADA if kind in _FP8 else _AMPERE,
        instruction=instruction,
        output=output,
    )


def _fma(kind: int, output: OutputFormat) -> Loop:
    return Loop(
        name="registers-fma",
        kind=kind,
        rows=1,
        depth=1,
        columns=_CHAINS,
        threads=1,
        least_capability=_PASCAL,
        instruction=f"fma, {output}",
        output=output,
    )


_FP8 = frozenset({7, 8})
LOOPS: dict[NumberFormat, tuple[Loop, ...]] = {
    "fp32": (_fma(0, "fp32"),),
    "fp64": (_tensor(2, 4, "mma.m8n8k4.f64", "fp64", rows=8), _fma(1, "fp64")),
    "tf32": (_tensor(3, 8, "mma.m16n8k8.tf32"),),
    "bf16": (_tensor(4, 16, "mma.m16n8k16.bf16"),),
    "fp16": (_tensor(5, 16, "mma.m16n8k16.f16, fp32 sums"),),
    "int8": (_tensor(6, 32, "mma.m16n8k32.s8", "int32"),),
    "fp8_e4m3": (_tensor(7, 32, "mma.m16n8k32.e4m3"),),
    "fp8_e5m2": (_tensor(8, 32, "mma.m16n8k32.e5m2"),),
}
_SAID = (
    "a loop of {} over registers, no memory, whole numbers whose sums are exact; where libraries use instructions of a "
    "group of warps, or the compiler has another in place of this one, it reaches only a part of their rate"
)


class CudaLoops:
    """The loops that a device has."""

    def __init__(self, torch: Any, device: Any, kernels: CudaKernels, units: int) -> None:
        self.torch, self.device, self.kernels, self.units = torch, device, kernels, units

    def ways(self, number_format: NumberFormat) -> tuple[Way, ...]:
        """Return the loops of a format, the best first."""
        return tuple(
            Way(
                name=loop.name,
                path="register-loop",
                description=_SAID.format(loop.instruction),
                partial=loop.threads == _WARP and self.kernels.capability[0] in _BY_GROUPS,
            )
            for loop in LOOPS.get(number_format, ())
            if self._has(loop)
        )

    def _has(self, loop: Loop) -> bool:
        capability = self.kernels.capability
        return loop.least_capability <= capability and not (loop.kind in _FP8 and capability[0] in _BY_GROUPS)

    def shapes(self, number_format: NumberFormat, way: Way) -> tuple[Shape, ...]:
        """Return blocks per unit and steps as shapes: rows over all warps, columns of one, depth over all steps."""
        loop = _loop(number_format, way)
        groups = _THREADS // loop.threads
        return tuple(
            Shape(self.units * blocks * groups * loop.rows, loop.columns, loop.depth * 2 * pairs)
            for pairs in _PAIRS
            for blocks in _BLOCKS
        )

    def product(self, task: ProductTask, clock: Clock) -> "RegisterProduct":
        """Return the loop, warm.

        Raises:
            NotApplicable: It has other operands, or other shapes.
        """
        loop, shape = _loop(task.number_format, task.way), task.shape
        blocks, rest = divmod(shape.m, _THREADS // loop.threads * loop.rows)
        pairs, odd = divmod(shape.k, 2 * loop.depth)
        if task.pattern != "random" or rest or odd or shape.n != loop.columns or pairs > _PAIRS[-1]:
            raise NotApplicable("a loop over registers has operands and shapes of its own")
        return RegisterProduct(self, loop, blocks, pairs, task.seed & 0xFFFFFFFF, clock)


def _loop(number_format: NumberFormat, way: Way) -> Loop:
    return next(loop for loop in LOOPS[number_format] if loop.name == way.name)


class RegisterProduct:
    """One loop with its length."""

    iterations = 20

    def __init__(self, loops: CudaLoops, loop: Loop, blocks: int, pairs: int, seed: int, clock: Clock) -> None:
        self.torch, self.kernels, self.loop, self.clock = loops.torch, loops.kernels, loop, clock
        self.blocks, self.pairs, self.seed, self.device = blocks, pairs, seed, loops.device
        with told(self.torch, f"a loop of {loop.instruction}"):
            # The square of what was wrong, and of what must be, over all accumulators.
            self.found = self.torch.zeros(2, dtype=self.torch.float64, device=self.device)
            self.queue(1)
            self.torch.cuda.synchronize(self.device)

    def queue(self, count: int) -> None:
        """Put loops on the queue without timing any."""
        for _ in range(count):
            place = self.found.data_ptr()
            self.kernels.call("bench_loop", self.loop.kind, self.blocks, _THREADS, self.pairs, self.seed, place)

    def burst(self, count: int) -> tuple[Timing, ...]:
        """Run loops back to back; every one adds to what is found, so that the check speaks for all of them."""
        with told(self.torch, "burst"):
            self.torch.cuda.set_device(self.device)
            self.found.zero_()
            events = [event_pair(self.torch) for _ in range(count)]
            for start, end in events:
                start.record()
                self.queue(1)
                end.record()
            self.results = count
            return timed(events, self.clock)

    def steady(self, count: int) -> Timing:
        """Run loops with nothing between them; the check speaks for all of them."""
        with told(self.torch, "loops without rest"):
            self.torch.cuda.set_device(self.device)
            self.found.zero_()
            start, end = event_pair(self.torch)
            start.record()
            self.queue(count)
            end.record()
            self.results = count
            return timed([(start, end)], self.clock)[0]

    def check(self, seed: int) -> Check:  # noqa: ARG002 - every accumulator is looked at, none at random.
        with told(self.torch, "check"):
            wrong, need = (float(one) for one in self.found.tolist())
        # No comparison holds of what is no number.
        error = (wrong / need) ** 0.5 if need > 0 and wrong >= 0 else float("inf")
        return Check(
            relative_error=min(error, 10.0**6),
            output_format=self.loop.output,
            # The sums are whole numbers that every one of these formats holds: there is no rounding.
            wrong=error > 0,
            results=self.results,
        )

    def close(self) -> None:
        del self.found
