"""Frozen documents and values. Nothing here reads a file, knows a rule, or decides."""
