"""The head of a page that needs nothing from elsewhere, and is allowed nothing from there."""

from html import escape


def page_head(policy: str, title: str, style: str) -> str:
    """Return everything before the body.

    Args:
        policy: What the page may load, as a content security policy.
        title: The title as plain text.
        style: The style sheet as it stands.
    """
    return _HEAD.format(policy=escape(policy), title=escape(title), style=style)


_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
{style}</style>
</head>
"""
