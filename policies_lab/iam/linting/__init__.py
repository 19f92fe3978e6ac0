"""The linter: what is wrong, unsafe or clumsy in a policy document.

`lint` reads one document and returns findings; `Catalogue` is what it asks about AWS's
services, handed in by the caller. The words are in `../findings.toml`.
"""

from policies_lab.iam.linting.catalogue import (
    AccessLevel,
    ActionFacts,
    Catalogue,
    KeyFacts,
    KeyType,
    ResourceType,
)
from policies_lab.iam.linting.context import Options
from policies_lab.iam.linting.findings import Finding, FindingClass, class_of, table
from policies_lab.iam.linting.keys import GLOBAL_KEYS, global_key
from policies_lab.iam.linting.running import lint

__all__ = [
    "GLOBAL_KEYS",
    "AccessLevel",
    "ActionFacts",
    "Catalogue",
    "Finding",
    "FindingClass",
    "KeyFacts",
    "KeyType",
    "Options",
    "ResourceType",
    "class_of",
    "global_key",
    "lint",
    "table",
]
