"""A file's text in the one form that readers know: UTF-8, no byte order mark, no escapes of a console, no labels.

PowerShell writes what it redirects as UTF-16; a console log carries colours; a launcher of many processes says before
each line whose it is. The digest in the report stays that of the file as it was found.
"""

import codecs
import re
from dataclasses import replace

from harness.ingest.lines import LARGEST_BYTES, refusal
from harness.model.foreign import ForeignFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPE = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[()][0-9A-B]|[=>])")
# `mpirun --tag-output` of Open MPI 1 to 5: "[1,0]<stdout>:", "[job@1,0]<stdout>: ".
_MPI_LABEL = re.compile(rb"^[ \t]*\[(?:[^\]\s]{1,200}@)?\d{1,9},\d{1,9}\]<std(?:out|err|diag)>: ?", re.MULTILINE)
# `srun --label`: the number of the task, on every line.
_SLURM_LABEL = re.compile(rb"^ *\d{1,7}: ?", re.MULTILINE)
_UNLABELLED = re.compile(rb"^(?! *\d{1,7}:)[^\r\n]*\S", re.MULTILINE)


def plain(file: ForeignFile) -> ForeignFile:
    """Return a file with its text in UTF-8.

    Raises:
        UnreadableInput: It is empty, too large, or not in the encoding that its first bytes announce.
    """
    if len(file.data) > LARGEST_BYTES:
        raise refusal(file, "the file", f"{len(file.data):,} bytes", f"at most {LARGEST_BYTES:,} bytes")
    data = _as_utf8(file)
    if b"\x1b" in data:
        data = _ESCAPE.sub(b"", data)
    data = _without_labels(data)
    if not data.strip():
        raise refusal(file, "the file", "nothing", "what its tool wrote")
    return file if data is file.data else replace(file, data=data)


def _without_labels(data: bytes) -> bytes:
    if b"]<std" in data:
        data = _MPI_LABEL.sub(b"", data)
    labelled = _SLURM_LABEL.match(data) is not None and _UNLABELLED.search(data) is None
    return _SLURM_LABEL.sub(b"", data) if labelled else data


def _as_utf8(file: ForeignFile) -> bytes:
    encoding = next((name for mark, name in _MARKS if file.data.startswith(mark)), None)
    head = file.data[:64]
    if encoding is None and len(head) >= 4 and not any(head[1::2]) and all(head[::2]):
        encoding = "utf-16-le"
    if encoding is None:
        return file.data
    try:
        return file.data.decode(encoding).encode()
    except UnicodeError:
        raise refusal(file, "the file", f"bytes that are not {encoding}", f"{encoding}, as it begins") from None
