"""harness redact: take the names of parties out of a document, or put them back."""

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.output import Exit, printable, say, write_whole
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.model.redaction import RedactionKey

_MOST_PLACES = 20
_EPILOG = """\
examples:
  harness redact report.json -o shared.json --key names.json
  harness redact dossier.json -o shared-dossier.json --key names.json
  harness redact report.json -o shared.json --key names.json --dossier shared-dossier.json
  harness redact --reveal shared.json -o report-again.json --key names.json

The key file is made where there is none; with the same one the same name becomes the same digest in every document.
Keep it apart: whoever has it can read every name. Files that a report attaches are not changed, and may hold names.
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "redact",
        help="take the names of parties out of a report or a dossier, or put them back",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("document", metavar="DOCUMENT", help='a lab report or a dossier, or "-" for standard input')
    command.add_argument("--reveal", action="store_true", help="put the names back")
    command.add_argument("-o", "--output", metavar="FILE", required=True, help="write the document here")
    command.add_argument("--key", metavar="FILE", required=True, help="the salt and the names: redaction-key/1")
    command.add_argument("--dossier", metavar="FILE", help="the redacted dossier that the report is to name")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Write the document without its names, and the key; or with its names, by the key."""
    from harness.codec.redacted import redacted, revealed, with_document
    from harness.codec.report_files import read_bytes

    output, key_file = Path(arguments.output), Path(arguments.key)
    if output.absolute() == key_file.absolute():
        raise WrongUsage("the key must not stand where the document is written that is shared")
    data = read_bytes(arguments.document)
    if arguments.reveal:
        if arguments.dossier is not None:
            raise WrongUsage("--reveal puts back what stood there; it takes no --dossier")
        write_whole(output, revealed(data, arguments.document, _key(key_file)), force=arguments.force)
        print(f"wrote {printable(arguments.output)}: the names are back")
        return Exit.PASS
    key = _key(key_file) if key_file.exists() else _new_key()
    dossier = None if arguments.dossier is None else (Path(arguments.dossier).name, read_bytes(arguments.dossier))
    found = redacted(data, arguments.document, bytes.fromhex(key.salt), dossier)
    # The key first: a document without its key could never be read again.
    write_whole(key_file, with_document(key, found.kept), force=True, mode=0o600)
    write_whole(output, found.content, force=arguments.force)
    print(f"wrote {printable(arguments.output)}: {found.names} names taken out at {len(found.kept.places)} places")
    print(f"wrote {printable(arguments.key)}: keep it apart, it holds the names")
    if found.remains:
        more = len(found.remains) - _MOST_PLACES
        places = ", ".join(found.remains[:_MOST_PLACES]) + (f" and {more} more" if more > 0 else "")
        say(f"look at these before you share it, they read like a name still: {printable(places)}")
    if found.attached:
        say(f"not looked into: {', '.join(found.attached)}")
    return Exit.PASS


def _key(path: Path) -> "RedactionKey":
    from harness.codec.documents import from_json
    from harness.codec.report_files import read_bytes
    from harness.model.redaction import RedactionKey

    return from_json(RedactionKey, read_bytes(path), str(path))


def _new_key() -> "RedactionKey":
    from harness.model.redaction import RedactionKey

    return RedactionKey(schema="redaction-key/1", salt=secrets.token_hex(32))
