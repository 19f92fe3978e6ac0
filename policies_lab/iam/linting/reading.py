"""A document as the linter looks at it: whatever can be made out of it, with places.

The parser gives no policy where anything is wrong, and none of its statements. Advice
is wanted all the same, so here the tree of the text is taken as far as it makes sense.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from policies_lab.iam.conditions import Family, Operator, Quantifier, parse_operator
from policies_lab.iam.documents import Effect, PolicyType, Span, Version, fold
from policies_lab.iam.jsontext import (
    Node,
    Source,
    item_path,
    member_path,
    plain_number,
    shown,
)

_operator = lru_cache(maxsize=256)(parse_operator)


@dataclass(frozen=True, slots=True)
class Item:
    """One scalar of the document and its place."""

    text: str
    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class Listed:
    """Action, Resource or a Not form, with the values that are texts."""

    name: str
    items: tuple[Item, ...]
    path: str
    span: Span

    @property
    def negated(self) -> bool:
        return self.name.startswith("Not")


@dataclass(frozen=True, slots=True)
class Caller:
    """One entry of Principal or NotPrincipal; `type` is * for the lone star."""

    type: str
    value: Item

    @property
    def is_anyone(self) -> bool:
        """Whether the entry means every AWS caller, strangers included."""
        return self.type == "*" or (self.type == "AWS" and self.value.text == "*")


@dataclass(frozen=True, slots=True)
class Callers:
    """Principal or NotPrincipal."""

    name: str
    entries: tuple[Caller, ...]
    path: str
    span: Span

    @property
    def negated(self) -> bool:
        return self.name.startswith("Not")


@dataclass(frozen=True, slots=True)
class Test:
    """One key under one operator; `operator` is None where there is no such thing.

    `folded` is the key as keys are compared, `span` reaches from the key to its values.
    """

    name: str
    operator: Operator | None
    key: str
    folded: str
    items: tuple[Item, ...]
    path: str
    span: Span
    key_span: Span
    operator_span: Span
    operator_path: str

    @property
    def family(self) -> Family | None:
        return self.operator.family if self.operator else None

    @property
    def negated(self) -> bool:
        return self.operator is not None and self.operator.negated

    @property
    def if_exists(self) -> bool:
        return self.operator is not None and self.operator.if_exists

    @property
    def quantifier(self) -> Quantifier | None:
        return self.operator.quantifier if self.operator else None

    @property
    def demands(self) -> bool:
        """Whether the test can only be true when the key is there and has a value
        that is listed."""
        return (
            self.operator is not None
            and self.family is not Family.NULL
            and not self.negated
            and not self.if_exists
            and self.quantifier is not Quantifier.ALL
        )

    def says(self, text: str) -> bool:
        """Whether one of the values is this one, in any case."""
        return any(fold(item.text) == text for item in self.items)


@dataclass(frozen=True, slots=True)
class View:
    """A statement, as far as it could be read. `condition` is the element itself."""

    index: int
    path: str
    span: Span
    sid: Item | None
    effect: Effect | None
    callers: Callers | None
    action: Listed | None
    resource: Listed | None
    condition: Node | None
    tests: tuple[Test, ...]

    @property
    def allows(self) -> bool:
        return self.effect is Effect.ALLOW

    @property
    def denies(self) -> bool:
        return self.effect is Effect.DENY

    @property
    def listed_actions(self) -> tuple[Item, ...]:
        """The values of Action; nothing where the statement has NotAction."""
        return self.action.items if self.action and not self.action.negated else ()

    @property
    def listed_resources(self) -> tuple[Item, ...]:
        """The values of Resource; nothing where the statement has NotResource."""
        return (
            self.resource.items if self.resource and not self.resource.negated else ()
        )

    @property
    def listed_callers(self) -> tuple[Caller, ...]:
        """The entries of Principal; nothing where the statement has NotPrincipal."""
        return self.callers.entries if self.callers and not self.callers.negated else ()

    def has_anyone(self) -> Caller | None:
        """Return the entry of Principal that means everyone."""
        return next((c for c in self.listed_callers if c.is_anyone), None)

    def asks(self, *keys: str) -> bool:
        """Whether any condition, of whatever kind, is about one of the folded keys."""
        return any(test.folded in keys for test in self.tests)


@dataclass(frozen=True, slots=True)
class Document:
    """The whole document. `version` is None where there is no Version."""

    kind: PolicyType
    source: Source
    root: Node
    version: Version | None
    id: Item | None
    statements: tuple[View, ...]

    @property
    def span(self) -> Span:
        return self.source.of(self.root)

    @property
    def language(self) -> Version:
        """The language that the document is evaluated in."""
        return self.version or Version.V2008


def read_document(source: Source, root: Node, kind: PolicyType) -> Document:
    """Take a document's tree apart."""
    return _Reader(source).document(root, kind)


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source

    def document(self, root: Node, kind: PolicyType) -> Document:
        members = _members(root)
        version = members.get("Version")
        known = version is not None and version.text in set(Version)
        statement = members.get("Statement", Node("null", 0, 0))
        listed = [(statement, "Statement")]
        if statement.type == "array":
            paths = (item_path("Statement", i) for i in range(len(statement.items)))
            listed = list(zip(statement.items, paths, strict=True))
        views = (
            self.view(node, path, index)
            for index, (node, path) in enumerate(listed)
            if node.type == "object"
        )
        return Document(
            kind=kind,
            source=self.source,
            root=root,
            version=_version(version, known=known),
            id=self.text(members.get("Id"), "Id"),
            statements=tuple(views),
        )

    def view(self, node: Node, path: str, index: int) -> View:
        members = _members(node)
        effect = members.get("Effect")
        known = effect is not None and effect.text in set(Effect)
        condition = members.get("Condition")
        tests = self.tests(condition, f"{path}.Condition") if condition else ()
        return View(
            index=index,
            path=path,
            span=self.source.of(node),
            sid=self.text(members.get("Sid"), f"{path}.Sid"),
            effect=Effect(effect.text) if effect and known else None,
            callers=self.callers(members, path),
            action=self.listed(members, path, "Action"),
            resource=self.listed(members, path, "Resource"),
            condition=condition,
            tests=tuple(tests),
        )

    def text(self, node: Node | None, path: str) -> Item | None:
        if node is None or node.type != "string":
            return None
        return Item(node.text, path, self.source.of(node))

    def texts(self, node: Node, path: str) -> Iterator[Item]:
        for item, where in _each(node, path):
            if item.type == "string":
                yield Item(item.text, where, self.source.of(item))

    def listed(self, members: dict[str, Node], path: str, name: str) -> Listed | None:
        name = name if name in members else f"Not{name}"
        if (node := members.get(name)) is None:
            return None
        where = f"{path}.{name}"
        return Listed(name, tuple(self.texts(node, where)), where, self.source.of(node))

    def callers(self, members: dict[str, Node], path: str) -> Callers | None:
        name = "Principal" if "Principal" in members else "NotPrincipal"
        if (node := members.get(name)) is None:
            return None
        where = f"{path}.{name}"
        entries = [
            Caller(key.text, item)
            for key, value in node.members
            for item in self.texts(value, f"{where}.{shown(key.text)}")
        ]
        if node.type == "string" and node.text == "*":
            entries = [Caller("*", Item("*", where, self.source.of(node)))]
        return Callers(name, tuple(entries), where, self.source.of(node))

    def tests(self, condition: Node, path: str) -> Iterator[Test]:
        for name, block in condition.members:
            inside = member_path(path, name.text)
            operator, operator_span = _operator(name.text), self.source.of(name)
            for key, value in block.members:
                where = member_path(inside, key.text)
                start, end = self.source.of(key), self.source.of(value)
                yield Test(
                    name=name.text,
                    operator=operator,
                    key=key.text,
                    folded=fold(key.text),
                    items=tuple(self.scalars(value, where)),
                    path=where,
                    span=Span(start.line, start.column, end.end_line, end.end_column),
                    key_span=start,
                    operator_span=operator_span,
                    operator_path=inside,
                )

    def scalars(self, node: Node, path: str) -> Iterator[Item]:
        for item, where in _each(node, path):
            if item.type in {"string", "number", "boolean"}:
                text = item.text
                if item.type == "number":
                    text = plain_number(text) or text
                yield Item(text, where, self.source.of(item))


def _members(node: Node) -> dict[str, Node]:
    """Return the members by name; of two equal names the first counts."""
    found: dict[str, Node] = {}
    for key, value in node.members:
        found.setdefault(key.text, value)
    return found


def _each(node: Node, path: str) -> list[tuple[Node, str]]:
    if node.type != "array":
        return [(node, path)]
    return [(item, item_path(path, index)) for index, item in enumerate(node.items)]


def _version(node: Node | None, *, known: bool) -> Version | None:
    """A Version that does not exist was most likely meant to be the new one."""
    if node is None:
        return None
    return Version(node.text) if known else Version.V2012
