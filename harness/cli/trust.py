"""harness trust: trust roots, made, signed, shown, checked and rotated."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.key_files import add_passphrases, passphrase_in, signing_key
from harness.cli.options import instant
from harness.cli.output import OF_OUTCOME, Exit, printable, say, write_whole
from harness.errors import TrustRefused, WrongUsage

if TYPE_CHECKING:
    from harness.evidence.keys import PrivateKey
    from harness.model.trust_root import TrustRoot

_EPILOG = """\
examples:
  harness trust new --key root agency root-1.key.pub --key root institute root-2.key.pub \\
      --threshold root=2 --organisations root=2 --key laboratory example-laboratory laboratory.key.pub -o payload.json
  harness trust sign payload.json --key root-1.key -o trust-root.json
  harness trust sign trust-root.json --key root-2.key -o trust-root.json --force     a second signature
  harness trust show trust-root.json
  harness trust check trust-root.json --sha256 DIGEST
  harness trust check v3.json --previous v1.json v2.json --sha256 DIGEST-OF-V1
  harness trust new --after v1.json -o payload.json                                  the next version, to edit and sign
  harness trust rotate v1.json v2.json

exit codes of check and rotate: 0 it holds, 1 forged, weak, expired or rolled back, 2 unreadable,
3 it holds in itself and nothing says whose it is: anybody can make such a file
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "trust",
        help="trust roots: whose keys count for what, and what is known of the laboratories",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    deeds = command.add_subparsers(dest="deed", metavar="new|sign|show|check|rotate", required=True)
    _add_new(_deed(deeds, "new", "print the payload of a trust root, to complete and sign", _new))
    sign = _deed(deeds, "sign", "sign a payload, or countersign a trust root", _sign)
    sign.add_argument("file", metavar="FILE", help="a payload (trust-root/1), or a trust root that is signed already")
    sign.add_argument("--key", metavar="KEY", dest="keys", action="append", required=True, help="a private key")
    add_passphrases(sign)
    _add_output(sign, required=True)
    show = _deed(deeds, "show", "print what a trust root says, believed or not", _show)
    show.add_argument("file", metavar="FILE", help="a trust root")
    _add_format(show, "print its payload, trust-root/1")
    check = _deed(deeds, "check", "check keys, roles, signatures, pin, versions and expiry", _check)
    check.add_argument("file", metavar="FILE", help="a trust root")
    check.add_argument(
        "--previous", metavar="FILE", nargs="+", default=[], help="the versions that it follows from, the oldest first"
    )
    _add_check(check, "SHA-256 of the file; with --previous, of the oldest")
    rotate = _deed(deeds, "rotate", "check that one trust root may follow another, and print its pin", _rotate)
    rotate.add_argument("old", metavar="OLD", help="the version that is trusted")
    rotate.add_argument("new", metavar="NEW", help="the version that shall follow it")
    _add_check(rotate, "SHA-256 of OLD")


def _deed(deeds: Any, name: str, words: str, run: Any) -> Any:
    deed = deeds.add_parser(name, help=words, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    deed.set_defaults(run=run)
    return deed


def _add_output(deed: Any, *, required: bool) -> None:
    deed.add_argument("-o", "--output", metavar="FILE", required=required, help="write here")
    deed.add_argument("--force", action="store_true", help="write over a file that is there")


def _add_format(deed: Any, words: str) -> None:
    deed.add_argument("--format", choices=("text", "json"), default="text", help=f"text (default); json: {words}")


def _add_new(new: Any) -> None:
    new.add_argument(
        "--key",
        metavar=("ROLE", "ORGANISATION", "FILE"),
        nargs=3,
        dest="keys",
        action="append",
        default=[],
        help="a public key, whose it is, and its role: root, laboratory, custodian, challenger, accreditor, exporter, "
        "manufacturer; may stand several times",
    )
    for name, what in (("threshold", "keys"), ("organisations", "different organisations")):
        new.add_argument(
            f"--{name}", metavar="ROLE=N", action="append", default=[], help=f"how many {what} must sign; default: 1"
        )
    for name, words in (
        ("valid-from", "from when on the keys count; default: today"),
        ("valid-until", "from when on they do not count any more; default: a year later"),
        ("expires", "from when on nothing rests on it; default: a year from today"),
    ):
        new.add_argument(f"--{name}", metavar="INSTANT", type=instant, help=words)
    new.add_argument("--after", metavar="FILE", help="print the next version of this trust root, in place of a new one")
    _add_output(new, required=False)


def _add_check(deed: Any, words: str) -> None:
    deed.add_argument("--sha256", metavar="DIGEST", help=words)
    deed.add_argument("--now", metavar="INSTANT", type=instant, help="the clock; default: that of this machine")
    deed.add_argument("--at-least", metavar="VERSION", type=int, help="refuse a lower version: one was trusted before")
    _add_format(deed, "print trust-check/1")


def _new(arguments: argparse.Namespace) -> Exit:
    """Print or write a payload."""
    from harness.cli.trust_documents import skeleton
    from harness.codec.report_files import read_bytes

    if arguments.after:
        if arguments.keys:
            raise WrongUsage("--after takes everything from a trust root; edit what it prints")
        found = _said_in(read_bytes(arguments.after), arguments.after)
        payload = found.model_copy(update={"version": found.version + 1})
    else:
        payload = skeleton(arguments, datetime.now(UTC))
    text = payload.model_dump_json(by_alias=True, indent=2) + "\n"
    if arguments.output in (None, "-"):
        sys.stdout.write(text)
    else:
        write_whole(Path(arguments.output), text, force=arguments.force)
        print(
            f"wrote {arguments.output}; next: complete it, then harness trust sign {arguments.output} --key KEY -o FILE"
        )
    return Exit.PASS


def _sign(arguments: argparse.Namespace) -> Exit:
    """Sign what could be trusted when it is signed; what could not is refused unsigned."""
    from harness.cli.trust_documents import is_envelope
    from harness.codec.documents import from_json
    from harness.codec.report_files import read_bytes
    from harness.evidence.dsse import countersigned, enveloped
    from harness.evidence.trust_root import document_faults, unbelieved
    from harness.model.trust_root import TRUST_ROOT_TYPE, TrustRoot

    passphrases = [passphrase_in(file) for file in arguments.passphrase_files]
    keys = [signing_key(file, passphrases) for file in arguments.keys]
    data, source = read_bytes(arguments.file), arguments.file
    signed_before = is_envelope(data, source)
    document = _said_in(data, source) if signed_before else from_json(TrustRoot, data, source)
    faults = document_faults(document, source)
    if faults:
        raise TrustRefused(source, faults)
    if signed_before:
        signed = countersigned(data, source, TRUST_ROOT_TYPE, keys)
    else:
        signed = enveloped(data, TRUST_ROOT_TYPE, keys)
    # What could not be read back is not written.
    unbelieved(signed, arguments.output)
    _tell_strangers(keys, document)
    write_whole(Path(arguments.output), signed, force=arguments.force)
    _tell_signed(signed, arguments.output)
    return Exit.PASS


def _said_in(data: bytes, source: str) -> "TrustRoot":
    """Return what a trust root says, believed or not."""
    from harness.evidence.trust_root import unbelieved

    return unbelieved(data, source)[1]


def _tell_strangers(keys: "list[PrivateKey]", document: "TrustRoot") -> None:
    from harness.evidence.keys import public_of

    for key_id in (public_of(key).key_id for key in keys):
        if key_id not in document.roles["root"].keys:
            say(f"key {key_id} is no root key of this version; it counts where the version before named it so")


def _tell_signed(signed: bytes, output: str) -> None:
    from harness.evidence.trust_root import read_root

    try:
        root = read_root(signed, output)
    except TrustRefused as refused:
        print(f"wrote {output}; it does not hold yet:")
        for fault in refused.faults:
            print(f"  {printable(str(fault))}")
        return
    print(f"wrote {output}; it holds in itself, signed by {len(root.signed_by)} of its root keys")
    print(f"pin: {root.sha256}")


def _show(arguments: argparse.Namespace) -> Exit:
    """Print what a trust root says."""
    from harness.codec.digest import sha256
    from harness.codec.report_files import read_bytes
    from harness.evidence.trust_root import read_root, unbelieved
    from harness.render.trust_root import as_text

    data = read_bytes(arguments.file)
    document = unbelieved(data, arguments.file)[1]
    if arguments.format == "json":
        print(document.model_dump_json(by_alias=True, indent=2))
        return Exit.PASS
    try:
        holds = f"signed by {len(read_root(data, arguments.file).signed_by)} of its root keys; whose it is, a pin says"
    except TrustRefused as refused:
        holds = f"DOES NOT HOLD: {', '.join(dict.fromkeys(fault.code for fault in refused.faults))}"
    sys.stdout.write(as_text(document, sha256(data), holds, shown=printable))
    return Exit.PASS


def _check(arguments: argparse.Namespace) -> Exit:
    """Check a trust root, from the oldest of those that it follows."""
    return _answered(arguments, [*arguments.previous, arguments.file], needs_pin=True)


def _rotate(arguments: argparse.Namespace) -> Exit:
    """Check that one trust root may follow another."""
    return _answered(arguments, [arguments.old, arguments.new], needs_pin=False)


def _answered(arguments: argparse.Namespace, chain: list[str], *, needs_pin: bool) -> Exit:
    from harness.cli.trust_check import Asked, checked
    from harness.codec.report_files import read_bytes
    from harness.render.trust_root import check_as_text

    if len(set(chain)) < len(chain):
        raise WrongUsage("one file stands twice")
    asked = Asked(
        files=tuple((read_bytes(file), file) for file in chain),
        pin=arguments.sha256,
        needs_pin=needs_pin,
        now=arguments.now or datetime.now(UTC),
        clock_given=arguments.now is not None,
        at_least=arguments.at_least,
    )
    answer = checked(asked)
    if arguments.format == "json":
        print(answer.model_dump_json(by_alias=True, indent=2))
    else:
        sys.stdout.write(check_as_text(answer, shown=printable))
    return OF_OUTCOME[answer.outcome]
