"""What is left of a text while part of the evidence is open, in a form in which equal means: the same law."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.policy.language import AllOf, AnyOf, Compare, Expression, Is, Member, Not
from harness.policy.law import Text
from harness.policy.truth import Domain, membership, truth_of

Rest = bool | tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Residual:
    """Conditions that are still open, each with its answers, in order, and the answers where none of them holds."""

    ladder: tuple[tuple[Rest, frozenset[str]], ...]
    otherwise: frozenset[str]

    def options(self) -> frozenset[str]:
        """Return every answer that may still come; the empty text stands for "the provision does not apply"."""
        return self.otherwise.union(*(answers for _, answers in self.ladder))

    def outcomes(self) -> set[frozenset[str]]:
        """Return the answers of every condition, each as the set that it gives together."""
        return {self.otherwise, *(answers for _, answers in self.ladder)}


def residual(text: Text | None, domain: Domain, nothing: str) -> Residual:
    """Return what is left of a text over a domain; `nothing` is the answer where it does not apply."""
    silent = frozenset({nothing})
    applies = False if text is None else rest_of(text.scope, domain)
    if text is None or applies is False:
        return Residual((), silent)
    ladder: list[tuple[Rest, frozenset[str]]] = [] if applies is True else [(_negated(applies), silent)]
    otherwise = frozenset(text.otherwise) or silent
    for row in text.rows:
        holds = rest_of(row.when, domain)
        if holds is True:
            otherwise = frozenset(row.then)
            break
        if holds is not False:
            ladder.append((holds, frozenset(row.then)))
    # A last row that answers as what follows it says nothing.
    while ladder and ladder[-1][1] == otherwise:
        ladder.pop()
    return Residual(tuple(ladder), otherwise)


def rest_of(expression: Expression, domain: Domain) -> Rest:
    """Return true, false, or what of an expression remains to be asked; words and citations do not count."""
    match expression:
        case Compare():
            holds, _ = truth_of(expression, domain)
            return (expression.metric, expression.operator, expression.param.value) if holds is None else holds
        case Member():
            return _member(expression, domain)
        case Is():
            holds, _ = truth_of(expression, domain)
            text = residual(domain.texts[expression.provision], domain, "") if holds is None else None
            return ("is", expression.answer, text) if holds is None else holds
        case Not():
            return _negated(rest_of(expression.part, domain))
        case AllOf():
            return _joined(expression.parts, lambda part: rest_of(part, domain), absorbing=False)
        case AnyOf():
            return _joined(expression.parts, lambda part: rest_of(part, domain), absorbing=True)


def _member(atom: Member, domain: Domain) -> Rest:
    """Of a list, only what it says of the values that are open."""
    holds, _ = truth_of(atom, domain)
    if holds is not None:
        return holds
    unsure = dict(atom.uncertain)
    sides = ((value, membership(atom, value, domain)) for value in domain.facts[atom.fact])
    return (atom.fact, frozenset((value, unsure[value] if inside is None else inside) for value, inside in sides))


def _negated(rest: Rest) -> Rest:
    return not rest if isinstance(rest, bool) else ("not", rest)


def _joined(parts: tuple[Expression, ...], rest: Callable[[Expression], Rest], *, absorbing: bool) -> Rest:
    left: set[Rest] = set()
    for part in parts:
        found = rest(part)
        if found is absorbing:
            return absorbing
        if not isinstance(found, bool):
            left.add(found)
    if not left:
        return not absorbing
    return left.pop() if len(left) == 1 else ("or" if absorbing else "and", frozenset(left))
