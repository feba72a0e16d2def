"""The lock: the law files as they were read and found right, in one JSON file that reads much faster.

It is only ever used in place of the very bytes that it was made from: it names their digest, and where that is not the
digest of the files at hand, the files are read. After a change of a law file, write it anew:

    python3 -m harness.codec.law_lock
"""

import json
from pathlib import Path

from harness.codec import packaged
from harness.codec.locked_documents import made, written
from harness.model.policy import InstrumentText, LensesText, ReadingsText
from harness.policy.timeline import LawFiles, compile_law

LOCK = packaged.PACKAGE / "policy" / "law.lock.json"


def locked(files: LawFiles) -> bytes:
    """Return the lock of these law files: the same files, the same bytes.

    Raises:
        LawFault: The files do not hold together; what is in a lock is not checked again.
    """
    value = {
        "schema": "law-lock/1",
        "sha256": files.sha256,
        "lenses": written(files.lenses),
        "readings": written(files.readings),
        "facts": compile_law(files).facts,
        "instruments": [written(text) for text in files.instruments],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_lock(digest: str, file: Path = LOCK) -> LawFiles | None:
    """Return the law files that the lock holds, or None where it was made from others than those of this digest."""
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(value, dict) or (value.get("schema"), value.get("sha256")) != ("law-lock/1", digest):
        return None
    return LawFiles(
        instruments=tuple(made(InstrumentText, text) for text in value["instruments"]),
        lenses=made(LensesText, value["lenses"]),
        readings=made(ReadingsText, value["readings"]),
        sha256=digest,
        checked=True,
        facts=tuple(value["facts"]),
    )


if __name__ == "__main__":
    from harness.codec.law_files import parsed

    LOCK.write_bytes(locked(parsed(packaged.INSTRUMENTS)))
    print(f"wrote {LOCK.name}")
