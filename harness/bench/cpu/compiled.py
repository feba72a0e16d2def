"""The kernels in C, built at run time: a compiler found is used, one not found is only a remark."""

import ctypes
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness.codec.digest import sha256

_SOURCE = Path(__file__).with_name("kernels.c")
# A sum may be taken in any order. The shorter -ffast-math would also make the whole process round subnormal numbers to
# zero as soon as the library is loaded.
_ANY_ORDER = ("-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math", "-fno-math-errno")
_FLAGS = (
    ("-O3", "-march=native", *_ANY_ORDER, "-fopenmp"),
    ("-O3", *_ANY_ORDER, "-fopenmp"),
    ("-O3", *_ANY_ORDER),
)
_LONGEST_BUILD_S = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """The built kernels, or why there are none."""

    library: ctypes.CDLL | None
    said: str


def compiled() -> Compiled:
    """Build the kernels into a folder of the user's own under the system's temporary one, or find them built."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        return Compiled(library=None, said="no C compiler: memory is measured by numpy alone, which is a lower bound")
    try:
        return _built(compiler)
    except (OSError, subprocess.SubprocessError) as error:
        return Compiled(library=None, said=f"the C kernels could not be built ({type(error).__name__}): numpy alone")


def _built(compiler: str) -> Compiled:
    folder = own_folder()
    for flags in _FLAGS:
        key = sha256(_SOURCE.read_bytes() + " ".join((compiler, _machine(), *flags)).encode())[:16]
        library = folder / f"kernels-{key}.so"
        if not library.is_file():
            handle, name = tempfile.mkstemp(dir=folder, suffix=".so")
            os.close(handle)
            command = [compiler, *flags, "-shared", "-fPIC", "-o", name, str(_SOURCE)]
            done = subprocess.run(command, capture_output=True, timeout=_LONGEST_BUILD_S, check=False)
            if done.returncode:
                Path(name).unlink(missing_ok=True)
                continue
            Path(name).replace(library)
        return Compiled(library=_declared(ctypes.CDLL(str(library))), said=f"{compiler} {' '.join(flags)}")
    return Compiled(library=None, said=f"{compiler} refused the C kernels: memory is measured by numpy alone")


def own_folder() -> Path:
    """Return a folder that nobody else can write to: what lies in it is loaded as code.

    Raises:
        OSError: Somebody else's folder has that name.
    """
    folder = Path(tempfile.gettempdir()) / f"harness-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o022 or folder.is_symlink():
        raise PermissionError(f"{folder} is not this user's own")
    return folder


def _machine() -> str:
    """What the code is built for: -march=native of another machine would not run here."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    flags = (line for line in lines if line.startswith(("flags", "Features")))
    return next(flags, " ".join(os.uname()))


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    """Say which types the functions take."""
    array, size, word, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint64, ctypes.c_double
    library.bench_read.argtypes, library.bench_read.restype = [array, size], number
    library.bench_write.argtypes, library.bench_write.restype = [array, number, size], None
    library.bench_copy.argtypes, library.bench_copy.restype = [array, array, size], None
    library.bench_triad.argtypes, library.bench_triad.restype = [array, array, array, number, size], None
    for fill in (library.bench_pattern_write, library.bench_random):
        fill.argtypes, fill.restype = [array, word, word, size], None
    library.bench_pattern_verify.argtypes = [array, word, word, size, ctypes.POINTER(word)]
    library.bench_pattern_verify.restype = size
    return library
