"""The entry point: as little as can be imported before an interruption is met politely."""

INTERRUPTED = 130


def run() -> None:
    """Run the command line; an interruption during start-up ends it without a traceback."""
    try:
        from harness.cli.__main__ import run as run_command

        run_command()
    except KeyboardInterrupt:
        import os

        os._exit(INTERRUPTED)
