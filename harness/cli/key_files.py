"""Keys in files: private ones, some under a passphrase, and public ones."""

import argparse
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.output import say
from harness.errors import Fault, UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.evidence.keys import PrivateKey, PublicKey

_LARGEST_KEY_FILE = 16_384
_LARGEST_PASSPHRASE = 1_024


def add_passphrases(command: Any) -> None:
    """Add --passphrase-file, which may stand once for every key."""
    command.add_argument(
        "--passphrase-file",
        metavar="FILE",
        dest="passphrase_files",
        action="append",
        default=[],
        help="a file that holds a passphrase; may stand several times, and each is tried on every encrypted key",
    )


def passphrase_in(path: str) -> bytes:
    """Return the passphrase in a file: its bytes, without the end of its last line.

    Raises:
        UnreadableInput: It cannot be read, or holds none.
    """
    from harness.codec.report_files import read_bytes

    found = read_bytes(path, _LARGEST_PASSPHRASE)
    found = found.removesuffix(b"\n").removesuffix(b"\r")
    if not 0 < len(found) <= _LARGEST_PASSPHRASE:
        need = f"a passphrase of 1 to {_LARGEST_PASSPHRASE:,} bytes"
        raise UnreadableInput(path, (Fault(where="the file", got=f"{len(found):,} bytes", need=need),))
    return found


def signing_key(path: str, passphrases: Sequence[bytes] = ()) -> "PrivateKey":
    """Return the private key in a file, and say where others can read it.

    Raises:
        UnreadableInput: It holds none, or one under another passphrase.
    """
    from harness.codec.report_files import read_bytes
    from harness.evidence.keys import UnusableKey, private_key

    pem = read_bytes(path, _LARGEST_KEY_FILE)
    refusal = ""
    tried: Sequence[bytes | None] = passphrases if b"ENCRYPTED" in pem and passphrases else (None,)
    for passphrase in tried:
        try:
            found = private_key(pem, passphrase)
        except UnusableKey as error:
            refusal = str(error)
            continue
        _mind_the_mode(path)
        return found
    advice = "--passphrase-file FILE" if b"ENCRYPTED" in pem else None
    fault = Fault(where="the file", got=refusal, need="a private key in PEM, as harness key new writes it", next=advice)
    raise UnreadableInput(path, (fault,))


def signing_keys(arguments: argparse.Namespace) -> "list[PrivateKey]":
    """Return the private keys that --key names.

    Raises:
        WrongUsage: None was named, or one twice.
        UnreadableInput: A file holds none.
    """
    from harness.evidence.keys import public_of

    if not arguments.key:
        raise WrongUsage("need --key FILE, a private key; next: harness key new makes one")
    passphrases = [passphrase_in(path) for path in arguments.passphrase_files]
    keys = [signing_key(path, passphrases) for path in arguments.key]
    if len({public_of(key).key_id for key in keys}) < len(keys):
        raise WrongUsage("one key stands twice; a key signs once")
    return keys


def verifying_key(path: str, passphrases: Sequence[bytes] = ()) -> "PublicKey":
    """Return the public key in a file, or that of the private key in it.

    Raises:
        UnreadableInput: It holds no key.
    """
    from harness.codec.report_files import read_bytes
    from harness.evidence.keys import UnusableKey, public_key_in_pem, public_of

    pem = read_bytes(path, _LARGEST_KEY_FILE)
    if b"PRIVATE KEY" in pem:
        return public_of(signing_key(path, passphrases))
    try:
        return public_key_in_pem(pem)
    except UnusableKey as error:
        fault = Fault(where="the file", got=str(error), need="a public or private key in PEM")
        raise UnreadableInput(path, (fault,)) from None


def _mind_the_mode(path: str) -> None:
    if path == "-":
        return
    mode = stat.S_IMODE(Path(path).stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        say(f"{path}: others can read this private key (mode {mode:04o}); next: chmod 600 {path}")
