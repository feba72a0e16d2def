"""The run: a generator of events, each line of evidence handed out the moment it is there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.bench.bandwidth import told_of_footprint
from harness.bench.clock import Clock
from harness.bench.device import Device, DeviceLost, NotApplicable
from harness.bench.events import Began, Event, Recorded
from harness.bench.figures import seconds
from harness.bench.plan import Plan, Seed
from harness.bench.sittings import last_moment_s
from harness.bench.steps import Step, sessions
from harness.bench.watch import Watch
from harness.bench.workbench import Stopped, Workbench
from harness.model.bench_raw import RawEnd, RawHeader, RawLine, RawSeries, RawState, RawStep
from harness.model.device_state import Link

# A step is not begun with less.
_LEAST_STEP_S = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run over devices. `done` are the lines of a run that is taken up again, its header first."""

    header: RawHeader
    devices: Sequence[Device]
    plan: Plan
    seed: Seed
    clock: Clock
    watch: Watch
    interrupted: Callable[[], bool] = lambda: False
    done: tuple[RawLine, ...] = ()

    def events(self) -> Iterator[Event]:
        """Run every step; the last event keeps how it ended. A lost device ends it, and what was measured stays."""
        bench = self._bench()
        why: Literal["complete", "interrupted", "device-lost"] = "complete"
        text = ""
        try:
            if not self.done:
                yield Recorded(line=self.header)
                for device in self.devices:
                    yield from (bench.remark(device, remark) for remark in device.remarks)
                yield from self._said_beforehand(bench)
            yield from self._states(bench, "before")
            yield from self._sessions(bench)
        except Stopped:
            why, text = "interrupted", f"interrupted after {bench.elapsed():.0f} s; what was measured until then stands"
        except DeviceLost as error:
            why, text = "device-lost", f"a device was lost after {bench.elapsed():.0f} s: {error}"
        yield from self._states_if_there(bench)
        yield Recorded(line=RawEnd(why=why, text=text or _ended(self.plan, bench.left_out), at=self.clock.utc()))

    def _bench(self) -> Workbench:
        bench = Workbench(
            plan=self.plan, seed=self.seed, clock=self.clock, watch=self.watch, interrupted=self.interrupted
        )
        bench.devices = len(self.devices)
        for line in self.done:
            if isinstance(line, RawSeries):
                bench.keep(line)
        bench.origin = self.clock.now() - last_moment_s(self.done)
        return bench

    def _said_beforehand(self, bench: Workbench) -> Iterator[Event]:
        """Say what the device has not: formats, each with its reason, and memory for arrays beyond its caches."""
        for device in self.devices:
            for support in device.arithmetic.formats():
                if not support.ways:
                    yield bench.remark(device, f"{support.number_format}: not applicable: {support.why_not}")
            yield from told_of_footprint(bench, device)

    def _states(self, bench: Workbench, when: Literal["before", "after"]) -> Iterator[Event]:
        for device in self.devices:
            links: tuple[Link, ...] | None = None
            try:
                links = device.shown.links()
            except NotApplicable as error:
                yield bench.remark(device, f"links {when} the tests: not applicable: {error}")
            state = device.shown.state().model_copy(update={"links": links or ()})
            line = RawState(
                unit_id=device.identity.unit_id,
                when=when,
                at_s=seconds(bench.elapsed()),
                state=state,
                counters=device.shown.counters(),
            )
            yield Recorded(line=line)

    def _states_if_there(self, bench: Workbench) -> Iterator[Event]:
        try:
            yield from self._states(bench, "after")
        except (DeviceLost, NotApplicable) as error:
            yield bench.remark(None, f"the state after the tests could not be read: {error}")

    def _sessions(self, bench: Workbench) -> Iterator[Event]:
        finished = {line.step for line in self.done if isinstance(line, RawStep)}
        number = len(finished)
        for steps in sessions(bench, self.devices):
            session = steps[0].session
            if self.plan.sessions is None and bench.elapsed() >= self.plan.limit_s:
                return
            wanted = [step for step in steps if step.key not in finished]
            if session > 1 and len(wanted) == len(steps):
                bench.rest(self.plan.rest_between_sessions_s)
            later = self._later(steps, session)
            of = None if later is None else number + len(wanted) + later[0]
            skipped: list[str] = []
            for n, step in enumerate(wanted):
                number += 1
                weights = sum(one.weight for one in wanted[n:]) + (later[1] if later else 0)
                began = Began(step=step.key, number=number, of=of, left_s=0)
                yield from self._step(bench, step, began, weights, skipped)
            bench.left_out += len(skipped)
            if skipped:
                yield bench.remark(
                    None, f"not measured, for no time of the plan was left: {', '.join(skipped)}"[:8_000]
                )

    def _later(self, steps: Sequence[Step], session: int) -> tuple[int, float] | None:
        """Return how many steps the sessions to come have, and their weight; None where sessions have no end."""
        if self.plan.sessions is None:
            return None
        repeated = [step.weight for step in steps if step.key.startswith(f"{session}/")]
        return (self.plan.sessions - session) * len(repeated), (self.plan.sessions - session) * sum(repeated)

    def _step(self, bench: Workbench, step: Step, began: Began, weights: float, skipped: list[str]) -> Iterator[Event]:
        """Run one step in its share of the time that is left, or skip it where there is none."""
        left = self.plan.limit_s - bench.elapsed()
        # Where sessions have no end, the share is that of this one: a short soak is a session too.
        longest = min(self.plan.longest_step_s * step.weight, left * step.weight / weights)
        yield replace(began, left_s=max(0.0, left))
        if left <= _LEAST_STEP_S:
            skipped.append(step.key)
            return
        start = self.clock.now()
        try:
            yield from step.run(longest)
        except NotApplicable as error:
            # A library that took the work and refused it later: what it gave until then is kept.
            yield bench.remark(None, f"{step.key}: {error}")
        yield Recorded(line=RawStep(step=step.key, seconds=seconds(self.clock.now() - start)))


def _ended(plan: Plan, left_out: int) -> str:
    if left_out:
        return f"the time of the plan {plan.name} is up; {left_out} steps were left out for want of it"
    return f"every step of the plan {plan.name} was run"
