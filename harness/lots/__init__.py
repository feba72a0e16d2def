"""Lots: how many units to draw, which ones, and whether what was found accepts the lot. No file, clock or chance."""
