"""What the linter says: a finding is an id, a place and the facts of a sentence.

Ids, classes and words stand in `findings.toml`. Classes are those of IAM Access
Analyzer's policy validation.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from policies_lab.iam.documents import Span

_TABLE = Path(__file__).parent.with_name("findings.toml")


class FindingClass(StrEnum):
    """How much a finding matters, gravest first."""

    ERROR = "error"
    """The document is refused, or cannot do what it says."""
    SECURITY_WARNING = "security_warning"
    """It grants more, or holds back less, than it should."""
    WARNING = "warning"
    """It probably does not do what was meant."""
    SUGGESTION = "suggestion"
    """It could be said better."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a document.

    `id` is its name in `findings.toml`, `facts` fill in its sentence.
    """

    id: str
    klass: FindingClass
    path: str
    span: Span
    facts: Mapping[str, str] = field(default_factory=dict)


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """Return the table of findings by id, read once."""
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


@cache
def class_of(id: str) -> FindingClass:
    """Return the class that a finding has where nothing else is said."""
    return FindingClass(table()[id]["class"])
