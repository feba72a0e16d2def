"""What stands in a name between spaces and signs."""

import re

from harness.codec.name_files import read_points
from harness.screening.letters import is_han, latin, split_han

_TOKEN = re.compile(r"[^\W_]+")


def tokens_of(text: str) -> list[str]:
    """Return what stands between spaces and signs; single letters in a row are one: "S.A." is "sa"."""
    longest = read_points().limits.letters
    text = latin(text)
    plain: list[str] = _TOKEN.findall(text)
    if text.isascii() and min(map(len, plain), default=0) > 1:
        return [token[:longest] for token in plain]  # Most names are as simple as that.
    joined: list[str] = []
    singles = False
    for chunk in text.split():
        tokens = [
            part for token in _TOKEN.findall(chunk) for part in ([token] if token.isascii() else split_han(token))
        ]
        if len(tokens) > 1 and all(map(_is_single, tokens)):
            tokens = ["".join(tokens)]
        for token in (token[:longest] for token in tokens):
            single = _is_single(token)
            if single and singles:
                joined[-1] += token
            else:
                joined.append(token)
            singles = single
        singles = singles and len(tokens) == 1 if tokens else singles
    return joined


def _is_single(token: str) -> bool:
    return len(token) == 1 and token.isalpha() and not is_han(token)
