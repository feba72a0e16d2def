"""Judge AI-chip lab reports against dated US export thresholds, and explain every answer with its paragraph.

>>> import harness
>>> verdict = harness.verify("lab_reports/h200-sxm.json")
>>> verdict.outcome
'pass'
>>> verdict.lenses["classification"].answer
'3A090.a.1'
"""

from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError, LawFault, UnreadableInput, WrongUsage
from harness.version import VERSION

__version__ = VERSION

if TYPE_CHECKING:
    from harness.judge import verify
    from harness.model.verdict import Verdict

__all__ = ["HarnessError", "LawFault", "UnreadableInput", "Verdict", "WrongUsage", "__version__", "verify"]


def __getattr__(name: str) -> Any:
    # Importing `harness` alone, as `harness --help` does, must not pay for the models.
    if name == "verify":
        from harness.judge import verify

        return verify
    if name == "Verdict":
        from harness.model.verdict import Verdict

        return Verdict
    raise AttributeError(f"module 'harness' has no attribute {name!r}")
