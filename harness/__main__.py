"""`python -m harness` is `harness`."""

from harness.cli.__main__ import run

if __name__ == "__main__":
    run()
