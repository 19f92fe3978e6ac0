"""A strict JSON reader that keeps positions.

The standard library keeps the last of two equal keys, takes NaN, turns 1e999 into
infinity and recurses without end; each of those could turn a Deny into an Allow.
Syntax errors are raised at the first place; what is wrong with single values
(`value_problems`) is collected, all of it.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from policies_lab.iam.documents import IamError, Problem, Span, fold
from policies_lab.iam.formats import MAX_DIGITS

MAX_DEPTH = 20
INDENT = 2

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(
    r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+"', re.ASCII
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[-+A-Za-z0-9_.]+")
_WORDS = {"true": "boolean", "false": "boolean", "null": "null"}
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NAME = re.compile(r"[^\s.\[\]]+")
_SHOWN = 60


@dataclass(slots=True)
class Node:
    """A JSON value and its place. `text` is a string's content, or the literal of a
    number, boolean or null; `items` and `members` are those of lists and objects."""

    type: str
    start: int
    end: int
    text: str = ""
    items: Sequence["Node"] = ()
    members: Sequence[tuple["Node", "Node"]] = ()


class Source:
    """A text and the means to say where in it something is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def span(self, start: int, end: int) -> Span:
        """Turn offsets into 1-based lines and columns."""
        starts = self._starts
        line, end_line = bisect_right(starts, start), bisect_right(starts, end)
        column, end_column = start - starts[line - 1], end - starts[end_line - 1]
        return Span(line, column + 1, end_line, end_column + 1)

    def of(self, node: Node) -> Span:
        """Return the place of a node."""
        return self.span(node.start, node.end)


def shown(text: str) -> str:
    """Shorten a text for a message, and make what cannot be seen visible."""
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    if short.isprintable() and short.isascii():
        return short
    return "".join(
        c if c.isprintable() and not _SURROGATE.match(c) else f"\\u{ord(c):04x}"
        for c in short
    )


def member_path(path: str, key: str) -> str:
    """Name a member of an object: `Statement[0].Action`."""
    name = shown(key)
    if not _NAME.fullmatch(name):
        name = json.dumps(name, ensure_ascii=False)
    return f"{path}.{name}" if path else name


def item_path(path: str, index: int) -> str:
    """Name an item of a list: `Statement[0]`."""
    return f"{path}[{index}]"


class JsonError(IamError):
    """The text is not JSON. There is one problem, the first."""


class _Reader:
    def __init__(self, source: Source, max_depth: int) -> None:
        self.source = source
        self.text = source.text
        self.max_depth = max_depth

    def fail(self, code: str, path: str, at: int, width: int = 1, **facts: str) -> Any:
        span = self.source.span(at, min(at + width, len(self.text)))
        raise JsonError((Problem(code, path, span, facts),))

    def skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def document(self) -> Node:
        if self.text.startswith("\ufeff"):
            self.fail("byte_order_mark", "", 0)
        at = self.skip(0)
        if at == len(self.text):
            self.fail("empty_document", "", 0, 0)
        node = self.value(at, "", 1)
        at = self.skip(node.end)
        if at < len(self.text):
            self.fail("trailing_text", "", at, found=shown(self.text[at : at + 20]))
        return node

    def value(self, at: int, path: str, depth: int) -> Node:
        character = self.text[at : at + 1]
        if character in ("{", "["):
            if depth > self.max_depth:
                self.fail("too_deep", path, at, limit=str(self.max_depth))
            return (self.object if character == "{" else self.list)(at, path, depth)
        if character == '"':
            return self.string(at, path)
        return self.literal(at, path)

    def object(self, at: int, path: str, depth: int) -> Node:
        members: list[tuple[Node, Node]] = []
        node = Node("object", at, at, members=members)
        at = self.skip(at + 1)
        while self.text[at : at + 1] != "}" or members:
            key = self.key(at, path, node)
            inside = member_path(path, key.text)
            at = self.skip(key.end)
            if self.text[at : at + 1] != ":":
                self.expected("missing_colon", inside, at, node, key=shown(key.text))
            value = self.value(self.skip(at + 1), inside, depth + 1)
            members.append((key, value))
            at = self.skip(value.end)
            if self.text[at : at + 1] == "}":
                break
            if self.text[at : at + 1] != ",":
                self.expected("missing_comma", path, at, node)
            at = self.skip(at + 1)
            if self.text[at : at + 1] == "}":
                self.fail("trailing_comma", path, self.text.rindex(",", 0, at))
        node.end = at + 1
        return node

    def list(self, at: int, path: str, depth: int) -> Node:
        items: list[Node] = []
        node = Node("array", at, at, items=items)
        at = self.skip(at + 1)
        while self.text[at : at + 1] != "]" or items:
            if at == len(self.text):
                self.unexpected_end(path, node)
            inside = item_path(path, len(items))
            value = self.value(at, inside, depth + 1)
            items.append(value)
            at = self.skip(value.end)
            if self.text[at : at + 1] == "]":
                break
            if self.text[at : at + 1] != ",":
                self.expected("missing_comma", path, at, node)
            at = self.skip(at + 1)
            if self.text[at : at + 1] == "]":
                self.fail("trailing_comma", path, self.text.rindex(",", 0, at))
        node.end = at + 1
        return node

    def key(self, at: int, path: str, node: Node) -> Node:
        if self.text[at : at + 1] == '"':
            return self.string(at, path)
        return self.expected("key_not_string", path, at, node)  # type: ignore[no-any-return]

    def expected(self, code: str, path: str, at: int, node: Node, **facts: str) -> Any:
        """Say that something else should stand here, or that the text is over."""
        if at >= len(self.text):
            self.unexpected_end(path, node)
        if self.text.startswith(("//", "/*", "#"), at):
            self.fail("comment", path, at, 2)
        self.fail(code, path, at, 1, found=shown(self.text[at]), **facts)

    def unexpected_end(self, path: str, node: Node) -> Any:
        opened = self.source.of(node)
        self.fail(
            "unexpected_end",
            path,
            len(self.text),
            0,
            opened=self.text[node.start],
            line=str(opened.line),
            at_column=str(opened.column),
        )

    def string(self, at: int, path: str) -> Node:
        found = _STRING.match(self.text, at)
        if found is None:
            return self.bad_string(at, path)  # type: ignore[no-any-return]
        raw = found[0]
        content: str = json.loads(raw) if "\\" in raw else raw[1:-1]
        return Node("string", at, found.end(), content)

    def bad_string(self, start: int, path: str) -> Any:
        at = start + 1
        while at < len(self.text):
            character = self.text[at]
            if character < " ":
                name = f"U+{ord(character):04X}"
                if character in "\r\n":
                    self.fail("unclosed_string", path, start)
                self.fail("raw_control_character", path, at, character=name)
            if character == "\\":
                escape = self.text[at : at + 6]
                if not re.match(r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})', escape):
                    self.fail("bad_escape", path, at, 2, found=shown(escape[:2]))
                at += 1
            at += 1
        self.fail("unclosed_string", path, start)

    def literal(self, at: int, path: str) -> Node:
        word = _WORD.match(self.text, at)
        if word is not None:
            if word[0] in _WORDS:
                return Node(_WORDS[word[0]], at, word.end(), word[0])
            if _NUMBER.fullmatch(word[0]):
                return Node("number", at, word.end(), word[0])
            is_number = word[0].strip("-+.eE0123456789") == ""
            code = "bad_number" if is_number else "not_json_word"
            self.fail(code, path, at, len(word[0]), found=shown(word[0]))
        if at >= len(self.text):
            self.fail("unexpected_end_of_text", path, at, 0)
        if self.text.startswith(("//", "/*", "#"), at):
            self.fail("comment", path, at, 2)
        code = "single_quotes" if self.text[at] == "'" else "unexpected_character"
        return self.fail(  # type: ignore[no-any-return]
            code, path, at, found=shown(self.text[at])
        )


def read(source: Source, *, max_depth: int = MAX_DEPTH) -> Node:
    """Read one JSON document. Raise JsonError where it is none."""
    return _Reader(source, max_depth).document()


def value_problems(
    source: Source, node: Node, path: str = "", skip: frozenset[int] = frozenset()
) -> Iterator[Problem]:
    """Yield what is wrong with keys, strings and numbers, in the order of the text.

    Nodes whose `id()` is in `skip` are left out.
    """
    if id(node) in skip:
        return
    if node.type == "string":
        yield from _string_problems(source, node, path)
    elif node.type == "number":
        if len(node.text) > MAX_DIGITS:
            limit = {"limit": str(MAX_DIGITS)}
            yield Problem("number_too_long", path, source.of(node), limit)
        elif plain_number(node.text) is None:
            facts = {"found": shown(node.text)}
            yield Problem("number_out_of_range", path, source.of(node), facts)
    for index, item in enumerate(node.items):
        yield from value_problems(source, item, item_path(path, index), skip)
    seen: dict[str, Node] = {}
    for key, value in node.members:
        inside = member_path(path, key.text)
        yield from _string_problems(source, key, inside)
        first = seen.setdefault(fold(key.text), key)
        if first is not key:
            line = str(source.of(first).line)
            facts = {"key": shown(key.text), "first": shown(first.text), "line": line}
            yield Problem("duplicate_key", path or inside, source.of(key), facts)
        yield from value_problems(source, value, inside, skip)


def _string_problems(source: Source, node: Node, path: str) -> Iterator[Problem]:
    if found := _CONTROL.search(node.text):
        facts = {"character": f"U+{ord(found[0]):04X}"}
        yield Problem("control_character", path, source.of(node), facts)
    if found := _SURROGATE.search(node.text):
        facts = {"character": f"U+{ord(found[0]):04X}"}
        yield Problem("lone_surrogate", path, source.of(node), facts)


def plain_number(literal: str) -> str | None:
    """Write a JSON number without an exponent; None where it is out of range."""
    if "e" not in literal and "E" not in literal:
        return literal
    exponent = literal.lower().partition("e")[2]
    if len(exponent) > 5 or abs(Decimal(literal).adjusted()) > MAX_DIGITS - 1:
        return None
    return format(Decimal(literal), "f")


def dump(node: Node, indent: int = 0) -> str:
    """Write a node down in the canonical form, two spaces of indent.

    Nothing is tidied away: a key that stands twice is written twice.
    """
    pad, close = "\n" + " " * (indent + INDENT), "\n" + " " * indent
    if node.type == "string":
        return json.dumps(node.text, ensure_ascii=False)
    if node.type == "object" and node.members:
        members = (
            f"{dump(key)}: {dump(value, indent + INDENT)}"
            for key, value in node.members
        )
        return "{" + pad + ("," + pad).join(members) + close + "}"
    if node.type == "array" and node.items:
        items = (dump(item, indent + INDENT) for item in node.items)
        return "[" + pad + ("," + pad).join(items) + close + "]"
    return {"object": "{}", "array": "[]"}.get(node.type, node.text)
