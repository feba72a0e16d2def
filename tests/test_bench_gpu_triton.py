"""The kernel in Triton without a device: interpreted on the processor, and compiled ahead for two generations.

Skipped, with the reason, where Triton and PyTorch are not installed. Triton reads at import whether it interprets, so
that this runs in a process of its own.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

INTERPRETED = """
import json, torch
from triton.runtime.errors import InterpreterError
from harness.bench.gpu.operands import drawn
from harness.bench.gpu.recipes import output_type
from harness.bench.gpu.triton_products import _FORMS, launched, triton_recipes

found = {}
for recipe in triton_recipes():
    # The interpreter keeps bf16 as integers, and multiplies those.
    for m, n, k in () if recipe.number_format == "bf16" else ((128, 256, 64), (70, 33, 100), (130, 257, 129)):
        for form in (_FORMS[0], _FORMS[-1]):
            generator = torch.Generator().manual_seed(1)
            a, b = (made(torch, drawn(torch, (side, k), "random", generator))
                    for made, side in ((recipe.a, m), (recipe.b, n)))
            c = torch.full((m, n), 77, dtype=output_type(torch, recipe.output))
            try:
                launched(torch, a.stored, b.stored, c, form)
            except InterpreterError as error:
                raise SystemExit(f"interpreter: {error}")
            need = a.exact(torch, slice(None)) @ b.exact(torch, slice(None)).t()
            error = float((c.to(torch.float64) - need).norm() / need.norm())
            found.setdefault(recipe.number_format, []).append(error)
print(json.dumps(found))
"""

COMPILED = """
import json, torch, triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from harness.bench.gpu.recipes import output_type
from harness.bench.gpu.triton_products import _FORMS, _product, triton_recipes

NAMES = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16", "int8": "i8", "int32": "i32",
         "float8_e4m3fn": "fp8e4nv", "float8_e5m2": "fp8e5"}
rows, columns, deep, warps, stages = _FORMS[0]
found = {}
for arch in (90, 100):
    for recipe in triton_recipes():
        stored = recipe.a(torch, torch.zeros(16, 16)).stored
        kinds = {"a": stored.dtype, "b": stored.dtype, "c": output_type(torch, recipe.output)}
        signature = {f"{one}_at": "*" + NAMES[str(kind).removeprefix("torch.")] for one, kind in kinds.items()}
        signature |= dict.fromkeys(("m", "n", "k", "a_row", "b_row", "c_row"), "i32")
        fixed = {"rows": rows, "columns": columns, "depth": deep // stored.element_size(), "group": 8,
                 "sums": tl.int32 if recipe.output == "int32" else tl.float32, "precision": "tf32"}
        source = ASTSource(
            fn=_product, signature=signature | dict.fromkeys(fixed, "constexpr"), constexprs=fixed,
            attrs={(n,): [["tt.divisibility", 16]] for n in range(len(signature))},
        )
        options = {"num_warps": warps, "num_stages": stages}
        built = triton.compile(source, target=GPUTarget("cuda", arch, 32), options=options)
        found[f"{recipe.number_format} {arch}"] = [built.metadata.shared, built.asm["ptx"].count("wgmma.mma")]
print(json.dumps(found))
"""


def run(code: str, place: Path, **more: str) -> Any:
    missing = [name for name in ("triton", "torch") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed")
    # The source of a kernel is read from its file, and that of a command is none: the code is one.
    (place / "code.py").write_text(code, encoding="utf-8")
    own = os.environ | {"PYTHONPATH": str(ROOT), "TRITON_CACHE_DIR": str(place / "cache")} | more
    done = subprocess.run(
        [sys.executable, str(place / "code.py")], env=own, capture_output=True, text=True, check=False
    )
    if done.stderr.startswith("interpreter: "):
        pytest.skip(f"this version of Triton does not interpret with this version of numpy: {done.stderr[:200]}")
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_kernel_is_a_product_for_shapes_that_do_not_fill_its_tiles(tmp_path: Path):
    errors = run(INTERPRETED, tmp_path, TRITON_INTERPRET="1")
    # Rounding of the results: half a unit in the last place of 24 and 11 digits; to bf16 the interpreter cuts off, a
    # whole unit of 8 digits. Whole numbers are exact.
    largest = {"tf32": 2.0**-22, "fp16": 2.0**-11, "int8": 0.0, "fp8_e4m3": 2.0**-7, "fp8_e5m2": 2.0**-7}
    assert errors.keys() == largest.keys()
    for name, found in errors.items():
        assert len(found) == 6
        assert max(found) <= largest[name], name


@pytest.mark.slow
def test_the_first_form_compiles_and_fits_into_the_memory_that_a_block_can_have(tmp_path: Path):
    """227 KiB of a unit's 228 on compute capabilities 9.0 and 10.0 (CUDA C++ Programming Guide, table of features)."""
    found = run(COMPILED, tmp_path)
    assert len(found) == 12
    assert all(0 < shared <= 227 * 1024 for shared, _ in found.values())
    # On 9.0 a group of warps feeds the units in every format.
    assert all(groups > 0 for name, (_, groups) in found.items() if name.endswith(" 90"))
