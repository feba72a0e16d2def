"""Parties and uses: lists, names and their matching, ownership, end uses and red flags, as functions of values."""
