"""Verdicts as people and programs read them. Rounding happens here and nowhere else; no judgement is added."""
