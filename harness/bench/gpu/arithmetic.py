"""The arithmetic of an accelerator: every format with the ways that work on this one, and why the others do not."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from harness.bench.device import Check, ClockCount, FormatSupport, NotApplicable, ProductTask, Shape, Way
from harness.bench.gpu.answers import told
from harness.bench.gpu.beside_one import sum_beside_one
from harness.bench.gpu.clocks import ClockCounter, Load
from harness.bench.gpu.products import Clock, TorchProduct
from harness.bench.gpu.recipes import Recipe
from harness.bench.gpu.register_loop import CudaLoops, RegisterProduct
from harness.bench.gpu.shapes import shapes_for
from harness.model.measurement import NumberFormat

_FORMATS: tuple[NumberFormat, ...] = (
    "fp64",
    "fp32",
    "tf32",
    "bf16",
    "fp16",
    "int8",
    "fp8_e4m3",
    "fp8_e5m2",
    "fp6",
    "fp4",
    "int4",
)
_NO_CALL = "PyTorch has no product for it"
_SMALL = Shape(512, 512, 512)
# A product in tf32 loses half of an fp32 number's digits; one that loses none was not done in it.
_LEAST_TF32_ERROR = 2e-5


class TorchArithmetic:
    """Products through PyTorch, and register loops beside them."""

    def __init__(
        self,
        torch: Any,
        device: Any,
        *,
        units: int,
        recipes: Iterable[Recipe],
        flush_bytes: int,
        clock: Clock,
        counter: ClockCounter | None = None,
        loops: CudaLoops | None = None,
    ) -> None:
        self.torch, self.device, self.units, self.clock = torch, device, units, clock
        self.counter, self.loops = counter, loops
        self.flush_bytes = flush_bytes
        self.flush: Any = None
        self.recipes = {(recipe.number_format, recipe.way.name): recipe for recipe in recipes}
        # Why a recipe does not work here; asked once.
        self.refusals: dict[tuple[str, str], str | None] = {}
        # The product of this moment: the load under which the clock is counted.
        self.current: Load | None = None

    def formats(self) -> tuple[FormatSupport, ...]:
        return tuple(self._support(name) for name in _FORMATS)

    def _support(self, name: NumberFormat) -> FormatSupport:
        recipes = [recipe for (of, _), recipe in self.recipes.items() if of == name]
        found = [recipe.way for recipe in recipes if not recipe.tried or self._refusal(recipe) is None]
        # A sparse rate never stands for a dense one.
        ways = sorted(found, key=lambda way: way.sparsity != "dense")
        if self.loops is not None:
            ways += [way for way in self.loops.ways(name) if self._loop_refusal(self.loops, name, way) is None]
        integer = name.startswith("int")
        if any(way.sparsity == "dense" for way in ways):
            return FormatSupport(number_format=name, ways=tuple(ways), integer=integer)
        reasons = dict.fromkeys(reason for recipe in recipes if (reason := self._refusal(recipe)) is not None)
        return FormatSupport(number_format=name, why_not="; ".join(reasons) or _NO_CALL, integer=integer)

    def refused(self) -> Iterator[str]:
        """Return in words which ways of formats that do work do not."""
        for (name, way), why in self.refusals.items():
            if why is not None:
                yield f"{name} by {way}: not applicable: {why}"

    def _refusal(self, recipe: Recipe) -> str | None:
        """Return why a recipe does not work on a small product, or None where it does."""
        key = (recipe.number_format, recipe.way.name)
        if key not in self.refusals:
            self.refusals[key] = recipe.unfit or self._why_not(recipe)
        return self.refusals[key]

    def _loop_refusal(self, loops: CudaLoops, name: NumberFormat, way: Way) -> str | None:
        key = (name, way.name)
        if key not in self.refusals:
            shape = loops.shapes(name, way)[0]
            task = ProductTask(number_format=name, way=way, shape=shape, pattern="random", seed=shape.k)
            found = self._tried(lambda: loops.product(task, self.clock))
            self.refusals[key] = found if isinstance(found, str) else _not_the_product(found)
        return self.refusals[key]

    def _why_not(self, recipe: Recipe) -> str | None:
        task = ProductTask(
            number_format=recipe.number_format, way=recipe.way, shape=_SMALL, pattern="random", seed=_SMALL.k
        )
        check = self._tried(lambda: self._by_torch(task, recipe))
        if isinstance(check, str):
            return check
        if recipe.number_format == "tf32" and check.relative_error < _LEAST_TF32_ERROR:
            return f"a relative error of {check.relative_error:.0e} is that of fp32: the library did not multiply in it"
        return None if _speaks_of_the_device(recipe.way) else _not_the_product(check)

    def _tried(self, made: Callable[[], TorchProduct | RegisterProduct]) -> Check | str:
        """Return the check of one product, or why there is none."""
        try:
            product = made()
        except NotApplicable as error:
            return str(error)
        try:
            product.burst(1)
            return product.check(0)
        except NotApplicable as error:
            return str(error)
        finally:
            product.close()

    def shapes(self, number_format: NumberFormat, way: Way) -> tuple[Shape, ...]:
        if way.path == "register-loop":
            return self.loops.shapes(number_format, way) if self.loops is not None else ()
        every = shapes_for(self.units)
        recipe = self.recipes[number_format, way.name]
        # A way that does not work says so once, and not for every shape.
        return every if self._refusal(recipe) is None else every[:1]

    def product(self, task: ProductTask) -> TorchProduct | RegisterProduct:
        if task.way.path != "register-loop":
            recipe = self.recipes[task.number_format, task.way.name]
            if not recipe.tried and (why := self._refusal(recipe)) is not None:
                raise NotApplicable(why)
            made: TorchProduct | RegisterProduct = self._by_torch(task, recipe)
        elif self.loops is not None:
            made = self.loops.product(task, self.clock)
        else:
            raise NotApplicable("no register loop was built")
        self.current = made
        return made

    def _by_torch(self, task: ProductTask, recipe: Recipe) -> TorchProduct:
        return TorchProduct(self.torch, self.device, recipe, task, self._flusher(), self.clock)

    def _flusher(self) -> Any:
        """A buffer larger than the caches; it is taken when the first product is, and stays."""
        if self.flush is None:
            with told(self.torch, f"{self.flush_bytes:,} bytes to empty the caches"):
                self.flush = self.torch.empty(self.flush_bytes, dtype=self.torch.uint8, device=self.device)
        return self.flush

    def sum_beside_one(self, number_format: NumberFormat, way: Way, k: int) -> float:
        recipe = self.recipes.get((number_format, way.name))
        if recipe is None:
            raise NotApplicable("a loop over registers has operands of its own")
        return sum_beside_one(self.torch, self.device, recipe, k)

    def clock_in_kernel(self) -> ClockCount | None:
        """Count the device's cycles while the product of this moment keeps it under load."""
        if self.counter is None or self.current is None:
            return None
        try:
            return self.counter.counted(self.current, self.clock)
        except NotApplicable:
            return None

    def release(self) -> None:
        """Give back what is kept between products, so that there is room for something else."""
        self.flush = None
        with told(self.torch, "release"):
            # The libraries' own scratch memory; it is taken again when it is needed.
            clear = getattr(getattr(self.torch, "_C", None), "_cuda_clearCublasWorkspaces", None)
            if clear is not None:
                clear()
            self.torch.cuda.empty_cache()


def _speaks_of_the_device(way: Way) -> bool:
    """Whether a wrong result is evidence: of a maker's dense product it is, of a kernel of the bench's own it is not.

    What calls for more than a plain product, as sparsity does, may be wrong for how it is called.
    """
    return way.path == "library" and way.sparsity == "dense"


def _not_the_product(check: Check) -> str | None:
    """Return why a way is not used whose result on a small product is wrong."""
    if not check.wrong:
        return None
    return f"a small product does not come out: relative error {check.relative_error:.1e}"
