"""Readers of other tools' output: one module per tool; each recognises its files and says what they hold."""
