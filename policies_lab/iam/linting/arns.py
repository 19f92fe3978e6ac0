"""Resource patterns taken apart, and the forms that a service gives its ARNs."""

import re
from dataclasses import dataclass
from functools import lru_cache

from policies_lab.iam import matching, variables
from policies_lab.iam.documents import Version
from policies_lab.iam.linting.catalogue import ResourceType
from policies_lab.iam.linting.patterns import overlap
from policies_lab.iam.matching import ARN_FIELDS, Token, Tokens, Wild
from policies_lab.iam.variables import Variable

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


@lru_cache(maxsize=2048)
def read_pattern(text: str, version: Version) -> Pattern | None:
    """Take a pattern apart; None where a variable in it is malformed."""
    if "$" not in text:
        fields = tuple(matching.tokenise(f) for f in text.split(":", ARN_FIELDS - 1))
        return Pattern(fields)
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

    service: Tokens
    region: bool | None
    account: bool | None
    resource: Tokens
    is_flat: bool
    """Whether the resource's name may not hold a slash (S3 buckets)."""


@lru_cache(maxsize=4096)
def form_of(type_: ResourceType) -> Form:
    """Read the ARN of a resource type with its placeholders."""
    written = _PLACEHOLDER.sub("*", type_.arn)
    fields = written.split(":", ARN_FIELDS - 1)
    return Form(
        service=matching.tokenise(fields[2]),
        region=_presence(fields[3]),
        account=_presence(fields[4]),
        resource=matching.tokenise(fields[5]),
        is_flat=type_.arn.endswith(":s3:::${BucketName}"),
    )


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
    return overlap(pattern.field(2), form.service) and overlap(resource, form.resource)


def shape(type_: ResourceType) -> str:
    """Write an ARN's form for readers: arn:aws:s3:::<BucketName>."""
    written = type_.arn.replace("${Partition}", "aws")
    return re.sub(r"\$\{([^}]*)\}", r"<\1>", written)
