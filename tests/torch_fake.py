"""A small stand-in for PyTorch on a device: numpy works, time and memory are made up, errors come on demand.

Only what the bench calls is here. Formats narrower than fp32 are fp32 numbers rounded to their digits. Each product
takes its operations over `rate`; each byte that is moved takes its share of `bandwidth`.
"""

import contextlib
import types
from dataclasses import dataclass, field
from typing import Any

import numpy as np


class OutOfMemoryError(RuntimeError):
    pass


class AcceleratorError(RuntimeError):
    pass


@dataclass(frozen=True)
class Kind:
    """A number type: what numpy keeps it in, and how many digits (bits, the first included) it has."""

    name: str
    kept: type
    digits: int | None = None


def rounded(array: np.ndarray, digits: int) -> np.ndarray:
    """Return numbers with so many binary digits."""
    fraction, exponent = np.frexp(array.astype(np.float64))
    return np.ldexp(np.round(np.ldexp(fraction, digits)), exponent - digits)


KINDS = {
    "float64": Kind("float64", np.float64),
    "float32": Kind("float32", np.float32),
    "float16": Kind("float16", np.float16),
    "bfloat16": Kind("bfloat16", np.float32, 8),
    "float8_e4m3fn": Kind("float8_e4m3fn", np.float32, 4),
    "float8_e5m2": Kind("float8_e5m2", np.float32, 3),
    "int8": Kind("int8", np.int8),
    "uint8": Kind("uint8", np.uint8),
    "int32": Kind("int32", np.int32),
    "int64": Kind("int64", np.int64),
}


class Tensor:
    """An array and its type; every call of the bench that writes moves bytes, and so takes time."""

    def __init__(self, torch: "FakeTorch", array: np.ndarray, kind: Kind) -> None:
        self.torch, self.array, self.dtype = torch, array, kind
        self.device = torch.cuda_device

    def made(self, array: Any, kind: Kind | None = None) -> "Tensor":
        kind = kind or self.dtype
        array = np.asarray(array)
        if kind.digits is not None:
            array = rounded(array, kind.digits)
        with np.errstate(all="ignore"):
            return Tensor(self.torch, array.astype(kind.kept), kind)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    def numel(self) -> int:
        return self.array.size

    def element_size(self) -> int:
        return self.array.itemsize

    def data_ptr(self) -> int:
        return self.array.ctypes.data

    def t(self) -> "Tensor":
        return Tensor(self.torch, self.array.T, self.dtype)

    def to(self, what: Any) -> "Tensor":
        return self.made(self.array, what) if isinstance(what, Kind) else self

    def __getitem__(self, place: Any) -> "Tensor":
        return Tensor(self.torch, self.array[place], self.dtype)

    def __setitem__(self, place: Any, value: Any) -> None:
        self.array[place] = value

    def _with(self, other: Any, operation: Any) -> "Tensor":
        with np.errstate(all="ignore"):
            return self.made(operation(self.array, getattr(other, "array", other)))

    def __add__(self, other: Any) -> "Tensor":
        return self._with(other, np.add)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Tensor":
        return self._with(other, np.subtract)

    def __mul__(self, other: Any) -> "Tensor":
        return self._with(other, np.multiply)

    __rmul__ = __mul__

    def __matmul__(self, other: "Tensor") -> "Tensor":
        return self._with(other, np.matmul)

    def __rshift__(self, by: int) -> "Tensor":
        return self._with(by, np.right_shift)

    def __gt__(self, other: Any) -> "Tensor":
        return Tensor(self.torch, self.array > other, KINDS["uint8"])

    def __eq__(self, other: object) -> Any:
        return Tensor(self.torch, self.array == getattr(other, "array", other), KINDS["uint8"])

    def __ne__(self, other: object) -> Any:
        return Tensor(self.torch, self.array != getattr(other, "array", other), KINDS["uint8"])

    __hash__ = object.__hash__

    def _into(self, array: Any) -> "Tensor":
        with np.errstate(all="ignore"):
            np.copyto(self.array, array, casting="unsafe")
        self.torch.moved(self.array.nbytes)
        return self

    def fill_(self, value: float) -> "Tensor":
        return self._into(value)

    def zero_(self) -> "Tensor":
        return self._into(0)

    def copy_(self, other: "Tensor", non_blocking: bool = False) -> "Tensor":
        self.torch.moved(self.array.nbytes)
        return self._into(other.array)

    def mul_(self, other: Any) -> "Tensor":
        return self._into((self * other).array)

    def add_(self, other: Any) -> "Tensor":
        return self._into((self + other).array)

    def bitwise_xor_(self, other: "Tensor") -> "Tensor":
        return self._into(self.array ^ other.array)

    def bitwise_and_(self, other: int) -> "Tensor":
        return self._into(self.array & np.int64(other))

    def uniform_(self, low: float, high: float, generator: Any) -> "Tensor":
        return self._into(generator.random.uniform(low, high, self.shape))

    def abs(self) -> "Tensor":
        return self.made(np.abs(self.array))

    def max(self) -> "Tensor":
        return self.made(self.array.max())

    def clamp(self, min: float | None = None, max: float | None = None) -> "Tensor":  # noqa: A002
        return self.made(np.clip(self.array, min, max))

    def round(self) -> "Tensor":
        return self.made(np.round(self.array))

    def norm(self) -> float:
        return float(np.linalg.norm(self.array))

    def sum(self, dtype: Kind | None = None) -> "Tensor":
        self.torch.moved(self.array.nbytes)
        kind = dtype or (KINDS["int64"] if self.array.dtype.kind in "biu" else self.dtype)
        return Tensor(self.torch, self.array.sum(dtype=kind.kept), kind)

    def any(self) -> bool:
        return bool(self.array.any())

    def all(self) -> bool:
        return bool(self.array.all())

    def argmax(self) -> int:
        return int(self.array.argmax())

    def item(self) -> Any:
        return self.array.item()

    def tolist(self) -> list[Any]:
        return self.array.tolist()

    def __float__(self) -> float:
        return float(self.array)

    def __int__(self) -> int:
        return int(self.array)


class Generator:
    def __init__(self, device: Any = None) -> None:
        self.device = device

    def manual_seed(self, seed: int) -> "Generator":
        self.random = np.random.default_rng(seed)
        return self


class Event:
    """It is over after it was asked twice, so that the clock is read at least once."""

    def __init__(self, torch: "FakeTorch") -> None:
        self.torch, self.at_s, self.asked = torch, 0.0, 0

    def record(self, stream: Any = None) -> None:
        """Without a stream it goes to the chosen device; on another one than that which works it sees no time go by."""
        chosen = stream is not None or self.torch.set_to == self.torch.cuda_device.index
        self.at_s = self.torch.now_s if chosen else 0.0

    def query(self) -> bool:
        self.asked += 1
        return self.asked > 2

    def synchronize(self) -> None:
        pass

    def elapsed_time(self, other: "Event") -> float:
        return (other.at_s - self.at_s) * 1e3


@dataclass
class FakeTorch:
    """The module. `fault(n)` is asked before the n-th product and may return an error to raise."""

    rate: float = 1e12
    bandwidth: float = 1e12
    memory_bytes: int = 2**26
    clock_hz: float = 1.5e9
    capability: tuple[int, int] = (9, 0)
    name: str = "Fake Accelerator"
    # Whether products of fp32 are made in tf32 whatever the flag says.
    always_tf32: bool = False
    skips_work: bool = False
    fault: Any = lambda n: None
    now_s: float = 0.0
    # The number of the device on which events are recorded.
    set_to: int = 0
    products: int = 0
    memory: np.ndarray | None = None
    taken: int = 0
    cuda: Any = None
    fields: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, kind in KINDS.items():
            setattr(self, name, kind)
        self.OutOfMemoryError, self.AcceleratorError = OutOfMemoryError, AcceleratorError
        self.Generator, self.__version__ = Generator, "2.99"
        self.version = types.SimpleNamespace(cuda="99.0", hip=None)
        self.matmul_flags = types.SimpleNamespace(allow_tf32=True)
        self.backends = types.SimpleNamespace(
            cuda=types.SimpleNamespace(matmul=self.matmul_flags, preferred_blas_library=self.prefer)
        )
        self.library = "default"
        self.cuda_device = types.SimpleNamespace(type="cuda", index=0)
        aten = types.SimpleNamespace(mm=types.SimpleNamespace(dtype_out=self.mm_wide))
        self.ops = types.SimpleNamespace(aten=aten)
        self.sparse = types.SimpleNamespace()
        self.nn = types.SimpleNamespace(functional=types.SimpleNamespace())
        properties = types.SimpleNamespace(
            name=self.name,
            multi_processor_count=4,
            L2_cache_size=2**20,
            total_memory=self.memory_bytes,
            major=self.capability[0],
            minor=self.capability[1],
            uuid="00000000-0000-0000-0000-00000000abcd",
            **self.fields,
        )
        self.cuda = types.SimpleNamespace(
            get_device_properties=lambda n: properties,
            get_device_name=lambda n: self.name,
            device_count=lambda: 1,
            is_available=lambda: True,
            Event=lambda enable_timing: Event(self),
            Stream=lambda device, priority=0: types.SimpleNamespace(wait_event=lambda event: None),
            stream=lambda queue: contextlib.nullcontext(),
            current_stream=lambda device: types.SimpleNamespace(cuda_stream=0),
            nccl=types.SimpleNamespace(is_available=lambda tensors: True, all_reduce=self.all_reduce),
            synchronize=lambda device=None: None,
            set_device=self.set_device,
            empty_cache=lambda: None,
            mem_get_info=lambda device: (self.memory_bytes, self.memory_bytes),
            can_device_access_peer=lambda one, other: True,
            _sleep=self.sleep,
        )

    def device(self, kind: str, index: int) -> Any:
        self.cuda_device.index = index
        return self.cuda_device

    def all_reduce(self, inputs: list[Tensor], outputs: list[Tensor]) -> None:
        total = sum(one.array for one in inputs)
        for one in outputs:
            one._into(total)

    def set_device(self, device: Any) -> None:
        self.set_to = device.index

    def prefer(self, name: Any = None) -> Any:
        before, self.library = self.library, name if name is not None else self.library
        return before if name is None else self.library

    def moved(self, size: int) -> None:
        self.now_s += size / self.bandwidth

    def sleep(self, cycles: int) -> None:
        self.now_s += cycles / self.clock_hz

    def iinfo(self, kind: Kind) -> Any:
        return np.iinfo(kind.kept)

    def empty(self, *shape: Any, dtype: Any = None, device: Any = None) -> Tensor:
        kind = dtype or KINDS["float32"]
        shape = shape[0] if isinstance(shape[0], tuple) else shape
        size = int(np.prod(shape)) * np.dtype(kind.kept).itemsize
        if size > self.memory_bytes:
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate more than there is")
        if self.memory is not None and kind.name == "int64" and len(shape) == 1 and shape[0] > 64:
            return self._of_memory(shape[0], kind)
        return Tensor(self, np.empty(shape, kind.kept), kind)

    def _of_memory(self, count: int, kind: Kind) -> Tensor:
        """Chunks come from one memory; when it has been handed out in full, the device gives what it gave before."""
        assert self.memory is not None
        if self.taken + 8 * count > self.memory_bytes:
            raise OutOfMemoryError("CUDA out of memory")
        first = self.taken // 8 % (len(self.memory) - count + 1)
        self.taken += 8 * count
        return Tensor(self, self.memory[first : first + count], kind)

    def zeros(self, shape: Any, dtype: Any = None, device: Any = None) -> Tensor:
        return self.empty(shape if isinstance(shape, tuple) else (shape,), dtype=dtype).zero_()

    def ones(self, shape: Any, dtype: Any = None, device: Any = None) -> Tensor:
        return self.zeros(shape, dtype=dtype).fill_(1)

    def full(self, shape: Any, value: float, device: Any = None) -> Tensor:
        return self.empty(shape).fill_(value)

    def zeros_like(self, other: Tensor) -> Tensor:
        return self.zeros(other.shape, dtype=other.dtype)

    def arange(self, first: int, end: int, dtype: Kind, device: Any) -> Tensor:
        return Tensor(self, np.arange(first, end, dtype=dtype.kept), dtype)

    def randn(self, shape: Any, device: Any, generator: Generator | None = None) -> Tensor:
        random = np.random.default_rng(0) if generator is None else generator.random
        return Tensor(self, random.standard_normal(shape).astype(np.float32), KINDS["float32"])

    def empty_like(self, other: Tensor) -> Tensor:
        return self.empty(other.shape, dtype=other.dtype)

    def randint(self, low: int, high: int, shape: Any, generator: Generator, device: Any) -> Tensor:
        return Tensor(self, generator.random.integers(low, high, shape), KINDS["int64"])

    def where(self, condition: Tensor, one: Tensor, other: Tensor) -> Tensor:
        return one.made(np.where(condition.array, one.array, other.array))

    def cat(self, tensors: list[Tensor]) -> Tensor:
        return tensors[0].made(np.concatenate([one.array for one in tensors]))

    def isfinite(self, tensor: Tensor) -> Tensor:
        return Tensor(self, np.isfinite(tensor.array), KINDS["uint8"])

    def allclose(self, one: Tensor, other: Tensor, rtol: float) -> bool:
        return bool(np.allclose(one.array, other.array, rtol=rtol))

    def sum(self, tensor: Tensor, dim: int, keepdim: bool, out: Tensor) -> Tensor:
        self.moved(tensor.array.nbytes)
        out.array[...] = tensor.array.sum()
        return out

    def add(self, one: Tensor, other: Tensor, alpha: float, out: Tensor) -> Tensor:
        self.moved(one.array.nbytes + other.array.nbytes)
        return out._into(one.array + np.float32(alpha) * other.array)

    def _product(self, a: Tensor, b: Tensor, out: Tensor, digits: int | None = None) -> Tensor:
        self.products += 1
        if (error := self.fault(self.products)) is not None:
            raise error
        self.now_s += 2 * a.shape[0] * a.shape[1] * b.shape[1] / self.rate
        if self.skips_work:
            return out
        one, other = (x.array.astype(np.float64) for x in (a, b))
        if digits is not None:
            one, other = rounded(one, digits), rounded(other, digits)
        exact = one @ other
        return out._into(rounded(exact, out.dtype.digits) if out.dtype.digits is not None else exact)

    def mm(self, a: Tensor, b: Tensor, out: Tensor) -> Tensor:
        tf32 = a.dtype.name == "float32" and (self.matmul_flags.allow_tf32 or self.always_tf32)
        return self._product(a, b, out, 11 if tf32 else None)

    def matmul(self, a: Tensor, b: Tensor) -> Tensor:
        return self.mm(a, b, self.empty((a.shape[0], b.shape[1]), dtype=a.dtype))

    def mm_wide(self, a: Tensor, b: Tensor, kind: Kind, out: Tensor) -> Tensor:
        return self._product(a, b, out)

    def _int_mm(self, a: Tensor, b: Tensor, out: Tensor) -> Tensor:
        return self._product(a, b, out)

    def _scaled_mm(
        self, a: Tensor, b: Tensor, *, use_fast_accum: bool, out_dtype: Kind, out: Tensor | None = None, **scales: Any
    ) -> Tensor:
        if {a.dtype.name, b.dtype.name} == {"float8_e5m2"}:
            raise RuntimeError("Multiplication of two Float8_e5m2 matrices is not supported")
        return self._product(a, b, self.empty((a.shape[0], b.shape[1]), dtype=out_dtype) if out is None else out)
