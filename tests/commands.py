"""The command line as tests call it: as a process of its own, or in this one, where nothing need start first."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from harness.cli.__main__ import main

COMMAND = [sys.executable, "-m", "harness"]


def started(*arguments: str, cwd: Path | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command as users do: a process with an environment, streams and an end of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd or ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        check=False,
        **options,
    )


def command(*arguments: str, cwd: Path | None = None, input: str = "") -> subprocess.CompletedProcess[str]:  # noqa: A002
    """Run a command in this process: what it answers, prints and ends with is the same, and it comes sooner."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace") for name in ("stdout", "stderr")}
    with pytest.MonkeyPatch.context() as here:
        here.chdir(cwd or ROOT)
        here.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(input.encode()), "utf-8"))
        for name, stream in streams.items():
            here.setattr(sys, name, stream)
        try:
            code = main(list(arguments))
        except SystemExit as end:  # So argparse ends, with help or with what is wrong.
            code = int(end.code or 0)
    for stream in streams.values():
        stream.flush()
    printed = {name: stream.buffer.getvalue().decode() for name, stream in streams.items()}  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(arguments, code, **printed)
