"""The lock of the newest method file: the same parameters in one JSON file that reads much faster than TOML.

It is only ever used in place of the very bytes that it was made from: it names their digest, and where that is not the
digest of the file at hand, the file is read. After a change of the method file, write it anew:

    python3 -m harness.codec.method_lock
"""

import json
from pathlib import Path

from harness.codec import packaged
from harness.codec.locked_documents import made, written
from harness.model.method import MethodParameters

LOCK = packaged.PACKAGE / "metrics" / "method.lock.json"


def locked(method: MethodParameters, digest: str) -> bytes:
    """Return the lock of a method file that was read: the same file, the same bytes."""
    value = {"schema": "method-lock/1", "sha256": digest, "method": written(method)}
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_lock(digest: str, file: Path = LOCK) -> MethodParameters | None:
    """Return the method that the lock holds, or None where it was made from another file than that of this digest."""
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(value, dict) or (value.get("schema"), value.get("sha256")) != ("method-lock/1", digest):
        return None
    return made(MethodParameters, value["method"])


if __name__ == "__main__":
    from harness.codec.method_files import method_bytes, parsed

    name, data = method_bytes()
    LOCK.write_bytes(locked(*parsed(data, name)))
    print(f"wrote {LOCK.name}")
