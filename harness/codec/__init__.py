"""Bytes to model values and back: the only home of JSON, TOML and digests."""
