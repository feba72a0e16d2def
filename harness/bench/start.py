"""A run begins: its header from what was asked for, the devices, and the bench itself."""

import secrets
from collections.abc import Sequence
from decimal import Decimal

from harness.bench.clock import Clock, timer_resolution_s
from harness.bench.device import Device
from harness.bench.figures import seconds
from harness.bench.journal import Journal
from harness.bench.own_digest import bench_sha256
from harness.bench.plan import Plan, Seed, seed_from_challenge
from harness.errors import WrongUsage
from harness.model.bench_raw import RawHeader
from harness.version import VERSION


def seed_for(challenge: bytes | None) -> Seed:
    """Return the seed of a run: of the challenge, or of chance where nobody gave one."""
    return seed_from_challenge(challenge) if challenge is not None else Seed(hex=secrets.token_hex(32))


def header_for(devices: Sequence[Device], plan: Plan, seed: Seed, clock: Clock, chip: str | None = None) -> RawHeader:
    """Return the first line of the raw file."""
    started = clock.utc()
    return RawHeader(
        schema="bench-raw/1",
        run_id=f"BENCH-{started:%Y%m%d-%H%M%S}-{seed.hex[:6].upper()}",
        plan=plan.name,
        limit_s=Decimal(str(plan.limit_s)),
        bench=f"harness bench {VERSION}",
        bench_sha256=bench_sha256(),
        seed=seed.hex,
        nonce_sha256=seed.nonce_sha256,
        started_at=started,
        timer_resolution_s=seconds(max(timer_resolution_s(), *(device.timer_resolution_s for device in devices))),
        units=tuple(device.identity for device in devices),
        chip=chip,
    )


def seed_of(header: RawHeader) -> Seed:
    """Return the seed of a run that is taken up."""
    return Seed(hex=header.seed, nonce_sha256=header.nonce_sha256)


def taken_up(done: Journal, devices: Sequence[Device]) -> RawHeader:
    """Return the header of a run that goes on with these devices.

    Raises:
        WrongUsage: Another bench, other devices, or another driver: what follows would be no part of the same run.
    """
    header = done.header
    if header.bench_sha256 != bench_sha256():
        raise WrongUsage("the raw file is of another version of the bench: its samples are not continued; measure anew")
    for unit, device in zip(header.units, devices, strict=True):
        if unit != device.identity:
            changed = [
                name for name in type(unit).model_fields if getattr(unit, name) != getattr(device.identity, name)
            ]
            raise WrongUsage(f"{unit.unit_id} is not the device of the raw file: {', '.join(changed)} differ")
    return header
