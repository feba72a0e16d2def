"""A run begins: its header from what was asked for, the devices, and the bench itself."""

import secrets
from collections.abc import Sequence
from decimal import Decimal

from harness.bench.clock import Clock, timer_resolution_s
from harness.bench.device import Device
from harness.bench.figures import seconds
from harness.bench.own_digest import bench_sha256
from harness.bench.plan import Plan, Seed, seed_from_challenge
from harness.model.bench_raw import RawHeader
from harness.version import VERSION


def seed_for(challenge: bytes | None) -> Seed:
    """Return the seed of a run: of the challenge, or of chance where nobody gave one."""
    return seed_from_challenge(challenge) if challenge is not None else Seed(hex=secrets.token_hex(32))


def header_for(devices: Sequence[Device], plan: Plan, seed: Seed, clock: Clock) -> RawHeader:
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
        timer_resolution_s=seconds(timer_resolution_s()),
        units=tuple(device.identity for device in devices),
    )
