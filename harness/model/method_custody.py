"""Parameters by which the chain of custody and the freshness of a report are judged."""

from harness.model.document import Count, Document


class CustodyMethod(Document):
    """The part `[custody]` of a method file."""

    # Longer without an event is noted, and the chain is not complete.
    longest_silence_days: Count


class FreshnessMethod(Document):
    """The part `[freshness]` of a method file."""

    # A report may be issued so much later than the clock that it is judged by.
    largest_clock_skew_s: Count
    # From the issue of a report to now, where it states no day of export.
    largest_age_days: Count
