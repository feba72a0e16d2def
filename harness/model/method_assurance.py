"""Parameters of the assurance statement."""

from harness.model.document import Document


class AssuranceMethod(Document):
    """The part `[assurance]` of a method file. Methods of before it was written have none."""
