"""`python -m harness` is `harness`."""

from harness.start import run

if __name__ == "__main__":
    run()
