"""What `harness verify` prints where a verdict is asked about: --why, --why-not, --what-if and --flip."""

import argparse
from typing import TYPE_CHECKING

from harness.cli.output import Exit, printable, wants_colour
from harness.errors import UnreadableInput

if TYPE_CHECKING:
    from harness.authenticate import Trust
    from harness.codec.report_files import FoundDossier
    from harness.model.verdict import Verdict
    from harness.policy.law import Law


class Explainer:
    """Prints every verdict with its explanation; as JSON one object each, of several a list."""

    def __init__(
        self, arguments: argparse.Namespace, law: "Law", trust: "Trust", dossier: "FoundDossier | None"
    ) -> None:
        self.arguments, self.law, self.trust, self.dossier = arguments, law, trust, dossier
        self.as_json, self.many, self.printed = arguments.format == "json", len(arguments.reports) > 1, 0

    def judged(self, source: str, data: bytes, verdict: "Verdict") -> None:
        """Explain a verdict."""
        from harness.judge import explained, folder_of
        from harness.render.why import as_text

        asked = self.arguments
        found = explained(
            data,
            source,
            self.law,
            verdict,
            as_of=asked.as_of,
            folder=folder_of(source),
            trust=self.trust,
            why_not=asked.why_not,
            what_if=asked.what_if,
            flip=asked.flip,
            dossier=self.dossier,
        )
        if self.as_json:
            self._json(found.model_dump_json(by_alias=True, indent=2))
        else:
            print(as_text(found, why=asked.why, colour=wants_colour(), shown=printable), end="")
            if asked.why_not and not found.why_not:
                print(f"\nwhy not {printable(asked.why_not)}? Nothing is in its way: every lens that decides has it")

    def refused(self, source: str, data: bytes, error: UnreadableInput) -> None:  # noqa: ARG002 - the error says it all.
        """Put a refusal in the place of an explanation; for people, standard error has it already."""
        from harness.render.refusal import refusal

        if self.as_json:
            self._json(refusal(error, printable).model_dump_json(by_alias=True, indent=2))

    def close(self, codes: list[Exit]) -> None:  # noqa: ARG002 - a list is closed whatever it holds.
        """Close a list."""
        if self.as_json and self.many:
            print("\n]")

    def _json(self, text: str) -> None:
        lead = ("[\n" if self.printed == 0 else ",\n") if self.many else ""
        print(lead + text, end="" if self.many else "\n")
        self.printed += 1
