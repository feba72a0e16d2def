"""From a case and the law to a verdict, in numbered steps. A function of its arguments: no file, no clock, no state."""

from harness.decide.verdict import LensNames, decide

__all__ = ["LensNames", "decide"]
