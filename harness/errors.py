"""What goes wrong before anything can be judged: input that nobody could use, and words that make no sense."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing wrong with an input: where it is, what stands there, what is needed, and what to do next."""

    where: str
    got: str
    need: str
    next: str | None = None

    def __str__(self) -> str:
        advice = f"; next: {self.next}" if self.next else ""
        return f"{self.where}: got {self.got}; need {self.need}{advice}"


class HarnessError(Exception):
    """The root of every error that the harness raises on purpose."""


class UnreadableInput(HarnessError):
    """An input that cannot be read, or does not fit its schema. Carries every fault found, not only the first."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        self.source = source
        self.faults = faults
        super().__init__(f"{source}: " + "; ".join(str(fault) for fault in faults))


@dataclass(frozen=True, kw_only=True, slots=True)
class Distrust(Fault):
    """One reason not to trust a file that can be read. `code` is a slug, for programs."""

    code: str

    def __str__(self) -> str:
        # The zero-argument super() does not survive the class that slots make anew.
        return f"{self.code}: {Fault.__str__(self)}"


class TrustRefused(HarnessError):
    """A trust root that can be read, and that nothing may rest on: forged, weak, out of date or rolled back."""

    def __init__(self, source: str, faults: tuple[Distrust, ...]) -> None:
        self.source = source
        self.faults = faults
        super().__init__(f"{source}: " + "; ".join(str(fault) for fault in faults))


class LawFault(HarnessError):
    """The law files contradict themselves or cannot be read; nothing may be decided with them."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        self.source = source
        self.faults = faults
        super().__init__(f"{source}: " + "; ".join(str(fault) for fault in faults))


class WrongUsage(HarnessError):
    """A command or call whose words make no sense; says what would."""


class UndefinedMetric(HarnessError):
    """A metric that has no value for these inputs."""

    def __init__(self, metric: str, why: str) -> None:
        super().__init__(f"{metric} is undefined: {why}")
