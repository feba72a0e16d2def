"""Judge AI-chip lab reports against dated US export thresholds, and explain every answer with its paragraph.

>>> import harness
>>> verdict = harness.verify("lab_reports/h200-sxm.json")
>>> verdict.outcome
'pass'
>>> verdict.lenses["classification"].answer
'3A090.a.1'
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from harness.errors import HarnessError, LawFault, UnreadableInput, WrongUsage
    from harness.judge import classifier, classify, verify
    from harness.model.verdict import Verdict
    from harness.version import VERSION

    __version__ = VERSION
else:
    # Importing `harness` alone, as every command does first, must cost nothing and must not be interruptible for long.
    _HOMES = {
        "HarnessError": "harness.errors",
        "LawFault": "harness.errors",
        "UnreadableInput": "harness.errors",
        "WrongUsage": "harness.errors",
        "Verdict": "harness.model.verdict",
        "classifier": "harness.judge",
        "classify": "harness.judge",
        "verify": "harness.judge",
    }

    def __getattr__(name):
        from importlib import import_module

        if name == "__version__":
            return import_module("harness.version").VERSION
        if name in _HOMES:
            return getattr(import_module(_HOMES[name]), name)
        raise AttributeError(f"module 'harness' has no attribute {name!r}")


__all__ = [
    "HarnessError",
    "LawFault",
    "UnreadableInput",
    "Verdict",
    "WrongUsage",
    "__version__",
    "classifier",
    "classify",
    "verify",
]
