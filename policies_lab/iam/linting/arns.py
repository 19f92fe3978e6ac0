"""Resource patterns taken apart, and the forms that a service gives its ARNs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import not_
from typing import Literal

from policies_lab.iam import matching, variables
from policies_lab.iam.documents import Version
from policies_lab.iam.linting.catalogue import ResourceType
from policies_lab.iam.linting.patterns import Automaton, tokenise
from policies_lab.iam.matching import ARN_FIELDS, Token, Tokens, Wild
from policies_lab.iam.variables import Variable

Part = Literal["region", "account"]
PARTS: tuple[Part, ...] = ("region", "account")
_Parted = tuple[tuple["Form", ...], tuple["Form", ...]]

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_STAR: Tokens = (Wild.STAR,)

PARTITIONS = frozenset(
    {
        "aws",
        "aws-cn",
        "aws-eusc",
        "aws-iso",
        "aws-iso-b",
        "aws-iso-e",
        "aws-iso-f",
        "aws-us-gov",
    }
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A resource pattern. `fields` has six entries where it is complete; a variable
    counts as a star in them. `early_variable`: one stands before the sixth field;
    `may_lack_value`: one has no default value."""

    fields: tuple[Tokens, ...]
    early_variable: bool = False
    has_variables: bool = False
    may_lack_value: bool = False

    @property
    def complete(self) -> bool:
        return len(self.fields) == ARN_FIELDS

    def literal(self, number: int) -> str | None:
        """Return a field as text; None where it holds a wildcard or is not there."""
        if number >= len(self.fields):
            return None
        match self.fields[number]:
            case ():
                return ""
            case (str(text),):
                return text
        return None

    def field(self, number: int) -> Tokens:
        """Return a field's tokens; one that is missing means everything."""
        return self.fields[number] if number < len(self.fields) else _STAR


def read_pattern(text: str, version: Version) -> Pattern | None:
    """Take a pattern apart; None where a variable in it is malformed."""
    if "$" not in text:
        return Pattern(tuple(map(tokenise, text.split(":", ARN_FIELDS - 1))))
    try:
        template = variables.parse(text, version, wildcards=True)
    except variables.TemplateError:
        return None
    asked = [part for part in template.parts if isinstance(part, Variable)]
    flat: list[Token] = [
        Wild.STAR if isinstance(part, Variable) else part for part in template.parts
    ]
    return Pattern(
        fields=tuple(matching.split_fields(matching.join(flat))),
        early_variable=variables.before_sixth_field(template),
        has_variables=bool(asked),
        may_lack_value=any(part.default is None for part in asked),
    )


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one type of resource. `region` and `account` say whether the ARN has
    one: None where either is fine."""

    service: Automaton
    region: bool | None
    account: bool | None
    resource: Automaton
    is_flat: bool
    """Whether the resource's name may not hold a slash (S3 buckets)."""


@lru_cache(maxsize=4096)
def form_of(type_: ResourceType) -> Form:
    """Read the ARN of a resource type with its placeholders."""
    written = _PLACEHOLDER.sub("*", type_.arn)
    fields = written.split(":", ARN_FIELDS - 1)
    return Form(
        service=Automaton(tokenise(fields[2])),
        region=_presence(fields[3]),
        account=_presence(fields[4]),
        resource=Automaton(tokenise(fields[5])),
        is_flat=type_.arn.endswith(":s3:::${BucketName}"),
    )


class Forms:
    """All forms of one service's ARNs. `typed`: each begins with the name of a type."""

    def __init__(self, types: Iterable[ResourceType]) -> None:
        self.all = tuple(form_of(type_) for type_ in types)
        heads = [form.resource.tokens[:1] for form in self.all]
        self.typed = bool(heads) and all(map(_names_a_type, heads))
        self._parted: dict[tuple[Part, bool], _Parted] = {}
        for part in PARTS:
            for wanted in (True, False):
                has = [getattr(form, part) is wanted for form in self.all]
                self._parted[part, wanted] = (
                    tuple(compress(self.all, has)),
                    tuple(compress(self.all, map(not_, has))),
                )

    def can_differ(self, part: Part, wanted: bool) -> bool:
        """Whether any form has the part as wanted; if none has, it is settled."""
        return bool(self._parted[part, wanted][0])

    def agree(self, pattern: Pattern, part: Part, wanted: bool) -> bool:
        """Whether all that a pattern can mean has a part, or lacks it; and whether it
        can mean anything at all. What speaks against it is asked first."""
        fitting, others = self._parted[part, wanted]
        return not any(can_name(pattern, form) for form in others) and any(
            can_name(pattern, form) for form in fitting
        )


def _names_a_type(head: Tokens) -> bool:
    return bool(head) and isinstance(head[0], str) and head[0][:1] not in "/:"


def _presence(field: str) -> bool | None:
    if field == "":
        return False
    return True if field == "*" else None


def can_name(pattern: Pattern, form: Form) -> bool:
    """Whether the pattern can mean a resource of this form. Partition, Region and
    account are not looked at: what is wrong with them is said elsewhere."""
    resource = pattern.field(5)
    if form.is_flat and any(isinstance(t, str) and "/" in t for t in resource):
        return False
    return form.service.meets(pattern.field(2)) and form.resource.meets(resource)


def shape(type_: ResourceType) -> str:
    """Write an ARN's form for readers: arn:aws:s3:::<BucketName>."""
    written = type_.arn.replace("${Partition}", "aws")
    return re.sub(r"\$\{([^}]*)\}", r"<\1>", written)
