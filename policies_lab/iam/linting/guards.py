"""What limits a statement: conditions that strangers cannot meet, and the extent of
what it speaks of."""

from policies_lab.iam import formats
from policies_lab.iam.conditions import Family
from policies_lab.iam.documents import fold
from policies_lab.iam.linting import keys
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.patterns import (
    has_wildcard,
    is_every_action,
    is_everything,
)
from policies_lab.iam.linting.reading import Item, Test, View
from policies_lab.iam.matching import ARN_FIELDS

_CALLER_KEYS = (
    frozenset(
        {
            "aws:principalaccount",
            "aws:principalarn",
            "aws:principalisawsservice",
            "aws:principalorgid",
            "aws:principalorgpaths",
            "aws:principalservicename",
            "aws:principalservicenameslist",
            "aws:userid",
            "kms:calleraccount",
            "s3:dataaccesspointaccount",
            "s3:dataaccesspointarn",
        }
    )
    | keys.NETWORK_KEYS
    | keys.SOURCE_KEYS
)
# Conditions that say when or how a request is made, not what it is about.
_CIRCUMSTANCES = (
    frozenset(
        {
            "aws:currenttime",
            "aws:epochtime",
            "aws:multifactorauthage",
            "aws:multifactorauthpresent",
            "aws:requestedregion",
            "aws:securetransport",
            "aws:tokenissuetime",
            "aws:useragent",
        }
    )
    | keys.NETWORK_KEYS
)
_WIDEST_PREFIX = {4: 8, 6: 32}
"""Ranges with a shorter prefix than this shut nobody out."""
# What stands in the last field of an ARN that means all of IAM, or all of one type.
_ALL_OF_TYPE = frozenset({"", "group/", "policy/", "role/", "user/"})


def limits_callers(view: View) -> bool:
    """Whether a condition shuts strangers out ("The meaning of public" in the S3 User
    Guide): a key about the caller or the network has to have a fixed value."""
    return any(_shuts_out(test) for test in view.tests)


def _shuts_out(test: Test) -> bool:
    if not test.demands or test.folded not in _CALLER_KEYS or not test.items:
        return False
    return not any(_is_open(test, item.text) for item in test.items)


def _is_open(test: Test, value: str) -> bool:
    """Whether a value can be had by anybody."""
    if test.family is Family.ADDRESS:
        network = formats.network(value)
        return network is None or network.prefixlen < _WIDEST_PREFIX[network.version]
    if test.family not in {Family.ARN, Family.LIKE}:
        return False
    fields = value.split(":", ARN_FIELDS - 1)
    if len(fields) == ARN_FIELDS and fields[0] == "arn":
        nameless = not fields[4] and is_everything(fields[5])
        return has_wildcard(fields[4]) or nameless
    return is_everything(value)


def only_circumstances(view: View) -> bool:
    """Whether no condition narrows down what the statement is about."""
    return all(test.folded in _CIRCUMSTANCES for test in view.tests)


def every_resource(view: View) -> bool:
    """Whether Resource leaves nothing out."""
    return any(is_everything(item.text) for item in view.listed_resources)


def every_action(view: View) -> bool:
    """Whether Action leaves nothing out."""
    return any(is_every_action(item.text) for item in view.listed_actions)


def all_of_service(view: View, service: str) -> bool:
    """Whether Resource means everything of a service, or all things of one type."""
    return every_resource(view) or any(
        _is_all_of(item.text, service) for item in view.listed_resources
    )


def _is_all_of(text: str, service: str) -> bool:
    fields = text.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS:
        return fields[:1] == ["arn"] and fields[2:3] in ([], [service])
    owner_is_open = fields[2] == service and fields[5].endswith("*")
    return owner_is_open and fields[5].rstrip("*") in _ALL_OF_TYPE


def granted(lint: Lint, item: Item, names: frozenset[str]) -> set[str]:
    """Return which of some folded actions an action pattern means, as far as that is
    known."""
    pattern = fold(item.text)
    if not has_wildcard(pattern):
        return {pattern} & names
    prefix = pattern.partition(":")[0]
    if not has_wildcard(prefix) and not any(n.startswith(f"{prefix}:") for n in names):
        return set()
    fits = lint.matchers.get(pattern)
    return {name for name in names if fits(name)} if fits else set()
