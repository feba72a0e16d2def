"""A text over part of the evidence: what that part decides is taken out, and what is left gives the same answers."""

from collections.abc import Iterator
from dataclasses import replace
from operator import is_

from harness.policy.language import AllOf, AnyOf, Expression, Is, Not
from harness.policy.law import Row, Text
from harness.policy.lint import atoms_of
from harness.policy.splitting import Referred
from harness.policy.truth import Domain, truth_of

ALWAYS, NEVER = AllOf(()), AnyOf(())


def narrowed(texts: list[Text], domain: Domain) -> tuple[list[Text], Referred]:
    """Return the texts, and those that they still refer to, without what is decided over the whole domain.

    A text that does not apply anywhere in the domain is left out.
    """
    scopes = [(text, open_part(text.scope, domain)) for text in texts]
    left = [_scoped(text, scope, domain) for text, scope in scopes if scope != NEVER]
    referred: dict[str, Text | None] = {}
    waiting = [name for text in left for name in _referred(text)]
    while waiting:
        name = waiting.pop()
        if name not in referred:
            text = domain.texts.get(name)
            referred[name] = None if text is None else within(text, domain)
            waiting += _referred(referred[name])
    return left, referred


def _referred(text: Text | None) -> Iterator[str]:
    for atom in () if text is None else atoms_of(text):
        if isinstance(atom, Is):
            yield atom.provision


def within(text: Text, domain: Domain) -> Text:
    """Return a text without what is decided over the whole domain; what it still refers to stays as it is."""
    return _scoped(text, open_part(text.scope, domain), domain)


def _scoped(text: Text, scope: Expression, domain: Domain) -> Text:
    rows: list[Row] = []
    for row in text.rows if scope != NEVER else ():
        when = open_part(row.when, domain)
        if when != NEVER:
            rows.append(row if when is row.when else replace(row, when=when))
        if when == ALWAYS:
            break
    if scope is text.scope and len(rows) == len(text.rows) and all(map(is_, rows, text.rows)):
        return text
    return replace(text, scope=scope, rows=tuple(rows))


def open_part(expression: Expression, domain: Domain) -> Expression:
    """Return an expression that holds where this one does, all over the domain; the same object where nothing falls."""
    if isinstance(expression, AllOf | AnyOf):
        neutral, absorbing = (ALWAYS, NEVER) if isinstance(expression, AllOf) else (NEVER, ALWAYS)
        left = []
        for part in expression.parts:
            found = open_part(part, domain)
            if found == absorbing:
                return absorbing
            if found != neutral:
                left.append(found)
        if len(left) == len(expression.parts) and all(map(is_, left, expression.parts)):
            return expression
        return left[0] if len(left) == 1 else type(expression)(tuple(left))
    if isinstance(expression, Not):
        part = open_part(expression.part, domain)
        if part is expression.part:
            return expression
        return NEVER if part == ALWAYS else ALWAYS if part == NEVER else Not(part)
    holds, _ = truth_of(expression, domain)
    return expression if holds is None else ALWAYS if holds else NEVER
