"""The processor as a device of the bench: work that is checked, a pattern that is right, memory that is not taken."""

import numpy as np
import pytest

from harness.bench.cpu.products import freivalds
from harness.bench.proofs import format_shown


def test_freivalds_finds_a_single_wrong_element():
    random = np.random.default_rng(1)
    a, b = random.standard_normal((64, 48)), random.standard_normal((48, 32))
    c = a @ b
    assert freivalds(a, b, c, 7) < 1e-14
    c[5, 9] += 1
    # ‖difference‖ is 1 and ‖A B‖ about sqrt(64 · 32 · 48) = 313.5: an error of about 1/313.
    assert freivalds(a, b, c, 7) == pytest.approx(1 / 313.5, rel=0.2)


@pytest.mark.parametrize(("kind", "name"), [(np.float16, "tf32 or fp16"), (np.float32, "fp32")])
def test_the_error_of_rounded_operands_names_their_format(kind: type, name: str):
    random = np.random.default_rng(2)
    a, b = (random.standard_normal((512, 512)) for _ in range(2))
    c = a.astype(kind).astype(np.float64) @ b.astype(kind).astype(np.float64)
    assert format_shown(freivalds(a, b, c.astype(np.float32), 3)) == name
