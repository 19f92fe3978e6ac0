"""Condition operators: one table, and what each does with one key of a request.

The rules are those of "IAM JSON policy elements: Condition operators" and of
"Single-valued vs. multivalued context keys" in the IAM User Guide.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from policies_lab.iam import formats, variables
from policies_lab.iam.documents import ConditionTest, ContextValue, Version, fold
from policies_lab.iam.matching import Tokens, Wild, arn, glob
from policies_lab.iam.trace import ElementCheck
from policies_lab.iam.variables import Template

Lookup = Mapping[str, ContextValue]

_CACHED_LENGTH = 256


class Family(Enum):
    """What kind of value an operator compares."""

    TEXT = "text"
    FOLDED = "folded"
    LIKE = "like"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    BINARY = "binary"
    ADDRESS = "address"
    ARN = "arn"
    NULL = "null"

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` is replaced: in the String and Arn operators only."""
        return self in {Family.TEXT, Family.FOLDED, Family.LIKE, Family.ARN}

    @property
    def has_wildcards(self) -> bool:
        """Whether `*` and `?` stand for other characters."""
        return self in {Family.LIKE, Family.ARN}


class Quantifier(Enum):
    """The set operators."""

    ALL = "ForAllValues"
    ANY = "ForAnyValue"


Comparison = Callable[[Any, Any], bool]


def _fits(text: str, matches: Callable[[str], bool]) -> bool:
    return matches(text)


def _inside(address: formats.Address, network: formats.Network) -> bool:
    return address in network  # never across IPv4 and IPv6


# operator: what it compares, whether it is the negation, how (request, policy)
_OPERATORS: dict[str, tuple[Family, bool, Comparison]] = {
    "StringEquals": (Family.TEXT, False, operator.eq),
    "StringNotEquals": (Family.TEXT, True, operator.eq),
    "StringEqualsIgnoreCase": (Family.FOLDED, False, operator.eq),
    "StringNotEqualsIgnoreCase": (Family.FOLDED, True, operator.eq),
    "StringLike": (Family.LIKE, False, _fits),
    "StringNotLike": (Family.LIKE, True, _fits),
    "NumericEquals": (Family.NUMBER, False, operator.eq),
    "NumericNotEquals": (Family.NUMBER, True, operator.eq),
    "NumericLessThan": (Family.NUMBER, False, operator.lt),
    "NumericLessThanEquals": (Family.NUMBER, False, operator.le),
    "NumericGreaterThan": (Family.NUMBER, False, operator.gt),
    "NumericGreaterThanEquals": (Family.NUMBER, False, operator.ge),
    "DateEquals": (Family.DATE, False, operator.eq),
    "DateNotEquals": (Family.DATE, True, operator.eq),
    "DateLessThan": (Family.DATE, False, operator.lt),
    "DateLessThanEquals": (Family.DATE, False, operator.le),
    "DateGreaterThan": (Family.DATE, False, operator.gt),
    "DateGreaterThanEquals": (Family.DATE, False, operator.ge),
    "Bool": (Family.BOOLEAN, False, operator.eq),
    "BinaryEquals": (Family.BINARY, False, operator.eq),
    "IpAddress": (Family.ADDRESS, False, _inside),
    "NotIpAddress": (Family.ADDRESS, True, _inside),
    "ArnEquals": (Family.ARN, False, _fits),
    "ArnLike": (Family.ARN, False, _fits),
    "ArnNotEquals": (Family.ARN, True, _fits),
    "ArnNotLike": (Family.ARN, True, _fits),
    "Null": (Family.NULL, False, operator.eq),
}

OPERATOR_NAMES = tuple(_OPERATORS)


def _itself(text: str) -> str:
    return text


# How a request's value is read; None: it has not the form that the operator needs.
_READERS: dict[Family, Callable[[str], Any]] = {
    Family.TEXT: _itself,
    Family.FOLDED: fold,
    Family.LIKE: _itself,
    Family.NUMBER: formats.number,
    Family.DATE: formats.instant,
    Family.BOOLEAN: formats.boolean,
    Family.BINARY: formats.binary,
    Family.ADDRESS: formats.address,
    Family.ARN: _itself,
    Family.NULL: formats.boolean,
}


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator's name taken apart."""

    base: str
    family: Family
    negated: bool
    compare: Comparison
    quantifier: Quantifier | None
    if_exists: bool


def parse_operator(name: str) -> Operator | None:
    """Take `ForAnyValue:StringLikeIfExists` apart; None where there is no such
    operator. Operator names keep their case, and Null takes no IfExists."""
    prefix, colon, base = name.rpartition(":")
    quantifier = {q.value: q for q in Quantifier}.get(prefix)
    if colon and quantifier is None:
        return None
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    if base not in _OPERATORS or (if_exists and base == "Null"):
        return None
    return Operator(base, *_OPERATORS[base], quantifier, if_exists)


def read_policy_value(family: Family, text: str) -> Any:
    """Read a policy value of a family without variables; None: not of its form."""
    reader = formats.network if family is Family.ADDRESS else _READERS[family]
    return reader(text)


def _prepare(family: Family, tokens: Tokens) -> Any:
    """Turn a value with its variables filled in into what `compare` needs."""
    if family is Family.LIKE:
        return glob(tokens)
    if family is Family.ARN:
        return arn(tokens)
    text = as_text(tokens)
    return fold(text) if family is Family.FOLDED else text


_prepare_cached = lru_cache(maxsize=512)(_prepare)


def as_text(tokens: Tokens) -> str:
    """Write tokens down again, wildcards as they look."""
    return "".join(t.value if isinstance(t, Wild) else t for t in tokens)


def is_empty(value: ContextValue | None) -> bool:
    """Whether a key counts as missing for set operators and Null: absent, an empty
    list, or a list of one empty text. A single empty text is present."""
    return value is None or value == () or value == ("",)


class CompiledTest:
    """One key under one operator, ready to be held against requests."""

    __slots__ = ("_dynamic", "_exact", "_key", "_op", "_read", "_values", "test")

    def __init__(self, test: ConditionTest, version: Version) -> None:
        parsed = parse_operator(test.operator)
        if parsed is None:  # INVARIANT: the parser refuses unknown operators
            raise ValueError(test.operator)
        self.test = test
        self._op = parsed
        self._key = fold(test.key)
        self._read = _READERS[parsed.family]
        self._values = [self._compile(text, version) for text in test.texts]
        self._dynamic = any(isinstance(value, Template) for value in self._values)
        plain = parsed.family in {Family.TEXT, Family.FOLDED} and not self._dynamic
        self._exact = frozenset(self._values) if plain else None

    def _compile(self, text: str, version: Version) -> Any:
        family = self._op.family
        if not family.has_variables:
            return read_policy_value(family, text)
        template = variables.parse(text, version, wildcards=family.has_wildcards)
        tokens = template.fixed()
        return template if tokens is None else _prepare(family, tokens)

    def holds(self, lookup: Lookup) -> bool:
        """Whether the test is satisfied by the request's keys."""
        return self._judge(lookup)[0]

    def _judge(self, lookup: Lookup) -> tuple[bool, str]:
        """Return the answer and a code for the rule behind it, where there is one."""
        value = lookup.get(self._key)
        op = self._op
        if op.family is Family.NULL:
            return self._judge_null(value)
        if op.quantifier is not None:
            return self._judge_set(value, lookup)
        if value is None:
            if op.if_exists:
                return True, "key_missing_if_exists"
            return op.negated, "key_missing_negated" if op.negated else "key_missing"
        if not isinstance(value, str):
            return False, "multivalued_without_set_operator"
        return self._hit(value, self._filled(lookup)) is not op.negated, ""

    def _judge_null(self, value: ContextValue | None) -> tuple[bool, str]:
        if self._op.quantifier is not None:
            return self._op.quantifier is Quantifier.ALL, "null_with_set_operator"
        return is_empty(value) in self._values, ""

    def _judge_set(
        self, value: ContextValue | None, lookup: Lookup
    ) -> tuple[bool, str]:
        op = self._op
        if value is None or is_empty(value):
            # IfExists does not rescue ForAnyValue from a missing key.
            is_all = op.quantifier is Quantifier.ALL
            return is_all, "set_empty_all" if is_all else "set_empty_any"
        members = (value,) if isinstance(value, str) else value
        values = self._filled(lookup)
        answers = (self._hit(member, values) is not op.negated for member in members)
        return (all if op.quantifier is Quantifier.ALL else any)(answers), ""

    def _hit(self, member: str, values: list[Any]) -> bool:
        """Whether one of the policy's values is met, before any negation."""
        read = self._read(member)
        if self._exact is not None:
            return read in self._exact
        if read is None:
            return False
        compare = self._op.compare
        return any(compare(read, value) for value in values if value is not None)

    def _filled(self, lookup: Lookup) -> list[Any]:
        """Return the policy's values with variables replaced; None: no value."""
        if not self._dynamic:
            return self._values
        return [
            self._fill(value, lookup) if isinstance(value, Template) else value
            for value in self._values
        ]

    def _fill(self, template: Template, lookup: Lookup) -> Any:
        tokens = template.expand(lookup)
        if tokens is None:
            return None
        short = sum(len(t) for t in tokens if isinstance(t, str)) <= _CACHED_LENGTH
        return (_prepare_cached if short else _prepare)(self._op.family, tokens)

    def check(self, lookup: Lookup, *, looked_at: bool) -> ElementCheck:
        """Hold the test against the request, with everything a reader may ask."""
        test, value = self.test, lookup.get(self._key)
        matched, note = self._judge(lookup) if looked_at else (None, "")
        return ElementCheck(
            "Condition",
            test.texts,
            value,
            matched,
            test.span,
            test.key,
            test.operator,
            self._hits(value, lookup) if looked_at else (),
            self._expanded(lookup) if self._dynamic else (),
            note or (self._value_note(value, lookup) if looked_at else ""),
        )

    def _hits(self, value: ContextValue | None, lookup: Lookup) -> tuple[int, ...]:
        if self._op.family is Family.NULL:
            missing = is_empty(value)
            return tuple(i for i, v in enumerate(self._values) if v == missing)
        members = (value,) if isinstance(value, str) else value or ()
        read = [r for r in map(self._read, members) if r is not None]
        compare = self._op.compare
        hits = [
            at
            for at, wanted in enumerate(self._filled(lookup))
            if wanted is not None
            for found in read
            if compare(found, wanted)
        ]
        return tuple(dict.fromkeys(hits))

    def _expanded(self, lookup: Lookup) -> tuple[str | None, ...]:
        return tuple(
            _shown(value.expand(lookup)) if isinstance(value, Template) else text
            for value, text in zip(self._values, self.test.texts, strict=True)
        )

    def _value_note(self, value: ContextValue | None, lookup: Lookup) -> str:
        members = (value,) if isinstance(value, str) else value or ()
        if any(self._read(member) is None for member in members):
            return "value_unreadable"
        if self._dynamic and None in self._expanded(lookup):
            return "variable_without_value"
        return ""


def _shown(tokens: Tokens | None) -> str | None:
    return None if tokens is None else as_text(tokens)
