"""The version of the engine, as it stands in every receipt."""

VERSION = "0.1.0"
