"""What the linter has to know of AWS's services, and whom it asks.

The engine ships no list of actions: whoever calls `lint` hands one in. The shapes are
those of the "Service Authorization Reference".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class AccessLevel(StrEnum):
    """How AWS classes what an action does."""

    LIST = "List"
    READ = "Read"
    TAGGING = "Tagging"
    WRITE = "Write"
    PERMISSIONS = "Permissions management"


class KeyType(StrEnum):
    """What the values of a condition key are."""

    STRING = "String"
    ARN = "ARN"
    BOOL = "Bool"
    NUMBER = "Numeric"
    DATE = "Date"
    ADDRESS = "IPAddress"


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """One action. `name` is without its prefix; resource types are names of
    `Catalogue.resource_types`, none of them: the action takes no resource but `*`."""

    name: str
    level: AccessLevel
    resource_types: tuple[str, ...]
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One type of resource; `arn` holds placeholders such as `${BucketName}`."""

    name: str
    arn: str
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """One condition key; a multivalued one needs a set operator."""

    name: str
    type: KeyType
    multivalued: bool


class Catalogue(Protocol):
    """Services, actions, resource types and condition keys. Case never matters.

    Everything about a service that does not exist is empty.
    """

    def services(self) -> Collection[str]:
        """Return the prefixes of all services, folded."""

    def action_names(self, service: str) -> Collection[str]:
        """Return the names of a service's actions, folded and without prefix."""

    def action(self, service: str, name: str) -> ActionFacts | None:
        """Return what is known of an action."""

    def resource_types(self, service: str) -> Mapping[str, ResourceType]:
        """Return a service's resource types by name."""

    def condition_key(self, key: str) -> KeyFacts | None:
        """Return what is known of a condition key, global ones included."""

    def closest_service(self, prefix: str) -> str:
        """Return the service that was likely meant, or an empty text."""

    def closest_action(self, service: str, name: str) -> str:
        """Return the action that was likely meant with its prefix, or an empty text."""

    def closest_key(self, key: str) -> str:
        """Return the condition key that was likely meant, or an empty text."""
