"""harness key: keys that sign, made and shown."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.key_files import add_passphrases, passphrase_in, verifying_key
from harness.cli.options import instant
from harness.cli.output import Exit, write_whole
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from harness.evidence.keys import PublicKey

_EPILOG = """\
examples:
  harness key new -o laboratory.key                                  Ed25519; writes laboratory.key.pub beside it
  harness key new -o root.key --algorithm ecdsa-p384-sha384 --passphrase-file passphrase.txt
  harness key show laboratory.key.pub
  harness key show laboratory.key.pub --organisation example-laboratory \\
      --valid-from 2026-01-01T00:00:00Z --valid-until 2028-01-01T00:00:00Z

The private key is PKCS #8 in PEM, for your eyes alone (mode 0600); the public one is what goes into a trust root.
A passphrase is read from a file, never from the command line, where everybody on the machine could see it.
"""
_ALGORITHMS = ("ed25519", "ecdsa-p256-sha256", "ecdsa-p384-sha384")


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "key",
        help="make keys that sign, and show them",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    deeds = command.add_subparsers(dest="deed", metavar="new|show", required=True)
    new = deeds.add_parser(
        "new", help="make a key pair", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    new.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="the private key; FILE.pub is the public one"
    )
    new.add_argument("--algorithm", choices=_ALGORITHMS, default=_ALGORITHMS[0], help="default: %(default)s")
    new.add_argument("--passphrase-file", metavar="FILE", help="encrypt it under the passphrase in this file")
    new.add_argument("--force", action="store_true", help="write over files that are there: the old key is lost")
    new.set_defaults(run=_new)
    show = deeds.add_parser(
        "show", help="print a key's id", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    show.add_argument("file", metavar="FILE", help="a private or a public key")
    add_passphrases(show)
    entry = show.add_argument_group("its entry for a trust root, as JSON")
    entry.add_argument("--organisation", metavar="NAME", help="whose it is, such as example-laboratory")
    entry.add_argument("--valid-from", metavar="INSTANT", type=instant, help="from when on it counts")
    entry.add_argument("--valid-until", metavar="INSTANT", type=instant, help="from when on it does not count any more")
    show.set_defaults(run=_show)


def _new(arguments: argparse.Namespace) -> Exit:
    """Write a key pair, or nothing."""
    from harness.evidence.keys import new_private_key, private_pem, public_of, public_pem

    private, public = Path(arguments.output), Path(f"{arguments.output}.pub")
    for path in (private, public):
        if os.path.lexists(path) and not arguments.force:
            raise WrongUsage(f"{path} is there already; --force writes over it, and the old key is lost")
    passphrase = passphrase_in(arguments.passphrase_file) if arguments.passphrase_file else None
    key = new_private_key(arguments.algorithm)
    shown = public_of(key)
    write_whole(private, private_pem(key, passphrase), force=arguments.force, mode=0o600)
    try:
        write_whole(public, public_pem(shown), force=arguments.force)
    except (UnreadableInput, WrongUsage):
        private.unlink(missing_ok=True)
        raise
    how = "encrypted" if passphrase else "not encrypted"
    print(f"wrote {private} (private, {how}: keep it) and {public}")
    _print(shown)
    print(f"next: harness key show {public} --organisation NAME --valid-from INSTANT --valid-until INSTANT")
    return Exit.PASS


def _show(arguments: argparse.Namespace) -> Exit:
    """Print a key, or its entry for a trust root."""
    key = verifying_key(arguments.file, [passphrase_in(file) for file in arguments.passphrase_files])
    asked = (arguments.organisation, arguments.valid_from, arguments.valid_until)
    if not any(asked):
        _print(key)
        return Exit.PASS
    if not all(asked):
        raise WrongUsage("an entry needs --organisation, --valid-from and --valid-until")
    from harness.cli.trust_documents import entry_of

    entry = entry_of(key, arguments.organisation, arguments.valid_from, arguments.valid_until)
    sys.stdout.write(json.dumps({key.key_id: json.loads(entry.model_dump_json(exclude_none=True))}, indent=2) + "\n")
    return Exit.PASS


def _print(key: "PublicKey") -> None:
    from harness.codec.canonical_base64 import encoded

    print(f"key id     {key.key_id}")
    print(f"algorithm  {key.algorithm}")
    print(f"spki       {encoded(key.spki)}")
