"""A kept line in words, for whoever watches the run."""

from harness.bench.figures import rate
from harness.model.bench_raw import RawCapacity, RawEnd, RawLine, RawRemark, RawSeries


def told(line: RawLine) -> str | None:
    """Return what a line says to a person; None where it says nothing of its own."""
    if isinstance(line, RawSeries):
        best = rate(line.work, min(line.durations_s), line.unit)
        return (
            f"{line.unit_id} {line.series}: at best {float(best):,.2f} {line.unit} "
            f"({len(line.durations_s)} samples; {line.stopped})"
        )
    if isinstance(line, RawCapacity):
        verified = line.proof.bytes_verified or 0
        return f"{line.unit_id} capacity: {verified:,} bytes verified, {line.proof.bytes_wrong:,} wrong"
    if isinstance(line, RawRemark):
        return f"{line.unit_id}: {line.text}" if line.unit_id else line.text
    if isinstance(line, RawEnd):
        return f"{line.why}: {line.text}"
    return None
