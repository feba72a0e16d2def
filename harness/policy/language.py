"""The grammar of law files: small on purpose, no arithmetic, no bare numbers.

expression := term ("or" term)*        term := factor ("and" factor)*
factor     := "not" factor | "(" expression ")" | atom
atom       := METRIC ("<"|"<="|">"|">=") $param | FACT ("=="|"!=") VALUE | FACT "in" @set
            | PROVISION "is" ANSWER | DEFINITION | "always"
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from harness.policy.vocabulary import METRICS, is_fact

MOST_NESTING = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Param:
    """One constant of law."""

    id: str
    metric: str
    value: Decimal
    unit: str | None
    pin: str
    says: str
    # The value as the engine compares it; made once, for it is compared often.
    exact: Fraction = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exact", Fraction(self.value))


@dataclass(frozen=True, kw_only=True, slots=True)
class FactSet:
    """A list in the law. `uncertain` maps a member whose membership is a reading to the name of that reading.

    `settled` does so for members whose reading is chosen; they are members or not, by that choice.
    """

    id: str
    members: frozenset[str]
    uncertain: Mapping[str, str]
    pin: str | None
    says: str
    settled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compare:
    """A metric against a constant."""

    metric: str
    operator: str
    param: Param


@dataclass(frozen=True, slots=True)
class Member:
    """A fact against a value or a set; `need` says it in words."""

    fact: str
    members: frozenset[str]
    uncertain: tuple[tuple[str, str], ...]
    need: str
    pin: str | None = None
    says: str | None = None
    # Values whose membership follows from a reading that is chosen, with that reading.
    settled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Is:
    """Another provision's answer."""

    provision: str
    answer: str


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    part: "Expression"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conjunction; empty is true."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Disjunction; empty is false."""

    parts: tuple["Expression", ...]


Atom = Compare | Member | Is
Expression = Atom | Not | AllOf | AnyOf


def atoms(expression: Expression) -> Iterator[Atom]:
    """Return every atom of an expression, in order."""
    if isinstance(expression, Not):
        yield from atoms(expression.part)
    elif isinstance(expression, AllOf | AnyOf):
        for part in expression.parts:
            yield from atoms(part)
    else:
        yield expression


_TOKENS = re.compile(r"\s*(<=|>=|==|!=|<|>|\(|\)|[$@]?[A-Za-z0-9][A-Za-z0-9_.:-]*)")
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "always"})


class BadExpression(ValueError):
    """An expression that the grammar does not have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What an expression may refer to."""

    params: Mapping[str, Param]
    sets: Mapping[str, FactSet]
    definitions: Mapping[str, Expression]
    # Fact -> its pin and its words, where the law gives it some.
    criteria: Mapping[str, tuple[str, str]]


def parse(text: str, names: Names) -> Expression:
    """Return the expression that this text stands for.

    Raises:
        BadExpression: Naming the place and what was expected there.
    """
    return _Parser(text, names).whole()


class _Parser:
    def __init__(self, text: str, names: Names) -> None:
        self.text, self.names = text, names
        # None stands behind the last.
        self.tokens: list[str | None] = [*self._split(text), None]
        self.position = 0
        self.depth = 0

    def _split(self, text: str) -> list[str]:
        tokens, at, end = [], 0, len(text.rstrip())
        while at < end:
            match = _TOKENS.match(text, at)
            if match is None:
                self._fail(f"{text[at:].strip()[:20]!r} is no word of the language")
            tokens.append(match.group(1))
            at = match.end()
        return tokens

    def _fail(self, why: str) -> NoReturn:
        raise BadExpression(f"{why}, in: {self.text}")

    def _peek(self) -> str | None:
        return self.tokens[self.position]

    def _next(self) -> str:
        token = self.tokens[self.position]
        if token is None:
            self._fail("the expression ends too early")
        self.position += 1
        return token

    def whole(self) -> Expression:
        expression = self._any()
        if self._peek() is not None:
            self._fail(f"{self._peek()!r} was not expected")
        return expression

    def _any(self) -> Expression:
        return self._list("or", self._all, AnyOf)

    def _all(self) -> Expression:
        return self._list("and", self._factor, AllOf)

    def _list(
        self, word: str, part: Callable[[], Expression], join: Callable[[tuple[Expression, ...]], Expression]
    ) -> Expression:
        parts = [part()]
        while self.tokens[self.position] == word:
            self.position += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else join(tuple(parts))

    def _factor(self) -> Expression:
        self.depth += 1
        if self.depth > MOST_NESTING:
            self._fail("too deeply nested")
        token = self._next()
        if token == "not":
            result: Expression = Not(self._factor())
        elif token == "(":
            result = self._any()
            if self._next() != ")":
                self._fail("a closing parenthesis was expected")
        else:
            result = self._atom(token)
        self.depth -= 1
        return result

    def _atom(self, word: str) -> Expression:
        if word == "always":
            return AllOf(())
        if word in self.names.definitions:
            return self.names.definitions[word]
        if self._peek() == "is":
            self._next()
            return Is(word, self._value())
        if word in METRICS:
            return self._compare(word)
        if not is_fact(word):
            self._fail(f"{word!r} is no metric, fact, definition or provision")
        return self._member(word)

    def _compare(self, metric: str) -> Compare:
        operator = self._next()
        if operator not in ("<", "<=", ">", ">="):
            self._fail(f"{metric!r} needs one of < <= > >=, not {operator!r}")
        word = self._next()
        if not word.startswith("$") or word[1:] not in self.names.params:
            self._fail(f"{word!r} is no constant of this file; a bare number has no citation")
        param = self.names.params[word[1:]]
        if param.metric != metric:
            self._fail(f"{word!r} is a constant for {param.metric}, not for {metric}")
        return Compare(metric, operator, param)

    def _member(self, fact: str) -> Expression:
        operator = self._next()
        if operator == "in":
            word = self._next()
            if not word.startswith("@") or word[1:] not in self.names.sets:
                self._fail(f"{word!r} is no set of this file")
            listed = self.names.sets[word[1:]]
            unsure, settled = (tuple(sorted(some.items())) for some in (listed.uncertain, listed.settled))
            return Member(fact, listed.members, unsure, listed.says, listed.pin, settled=settled)
        if operator not in ("==", "!="):
            self._fail(f"{fact!r} needs ==, != or in, not {operator!r}")
        value = self._value()
        pin, says = self.names.criteria.get(fact, (None, None))
        equal = Member(fact, frozenset({value}), (), value, pin, says)
        return equal if operator == "==" else Not(equal)

    def _value(self) -> str:
        word = self._next()
        if word in _KEYWORDS or not word[0].isalnum():
            self._fail(f"{word!r} is no value")
        return word
