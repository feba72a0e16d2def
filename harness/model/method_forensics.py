"""Parameters by which raw samples, proofs and dates are judged."""

from harness.model.document import Document


class ForensicsMethod(Document):
    """The part `[forensics]` of a method file. Methods of before it was written have none; its checks do not run."""
