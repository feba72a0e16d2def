"""harness explain: what a code, a criterion, a lens or an answer means, and where it stands."""

import argparse
import sys
from typing import Any

from harness.cli.output import Exit
from harness.errors import WrongUsage

_EPILOG = """\
examples:
  harness explain                        every word that can be explained
  harness explain custody-gap            a finding
  harness explain gate.tpp               a constant of law
  harness explain MU-01                  a criterion
  harness explain presumption-of-denial  an answer
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "explain",
        help="explain a finding code, a criterion, a lens or an answer",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("word", metavar="CODE|CRITERION", nargs="?", help="what to explain; without it, a list")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print the explanation, or the list of words."""
    from difflib import get_close_matches

    from harness.codec.law_files import read_law
    from harness.render.explanation import explain, explainable

    law = read_law()
    if arguments.word is None:
        sys.stdout.write(explainable(law))
        return Exit.PASS
    text = explain(arguments.word, law)
    if text is None:
        words = [word for line in explainable(law).splitlines() if line.startswith("  ") for word in line.split()[:1]]
        near = get_close_matches(arguments.word, dict.fromkeys(words), n=3)
        advice = f"did you mean {', '.join(near)}?" if near else "harness explain lists every word"
        raise WrongUsage(f"no such code or criterion: {arguments.word!r}; {advice}")
    sys.stdout.write(text)
    return Exit.PASS
