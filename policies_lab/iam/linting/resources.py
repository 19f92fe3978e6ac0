"""Resource and NotResource: ARNs that are complete and can exist ("Amazon Resource
Names" in the IAM User Guide, forms from the Service Authorization Reference)."""

import re

from policies_lab.iam.documents import Effect, PolicyType, Version, fold
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting.arns import (
    PARTITIONS,
    Forms,
    Part,
    Pattern,
)
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.patterns import is_everything
from policies_lab.iam.linting.reading import Item
from policies_lab.iam.matching import Wild

_ACCOUNT = re.compile(r"[0-9]{12}|aws|cloudfront|")
# Shorthands that are no ARNs, and that the service itself completes.
_COMPLETED_BY_THE_SERVICE = "execute-api:/"
# AWS owns some of their resources, and those have no account.
_SHARED_BY_AWS = frozenset({"bedrock", "imagebuilder", "ssm"})
_FILLED = (PolicyType.IDENTITY, PolicyType.BOUNDARY)
_PARTITION, _SERVICE, _REGION, _OWNER, _RESOURCE = 1, 2, 3, 4, 5
# What IAM's and S3's ARNs lack, for when there is no catalogue.
_WITHOUT_REGION = frozenset({"iam"})


def check(lint: Lint) -> None:
    """Check every resource pattern, and the ARNs in principals and conditions."""
    for view in lint.statements:
        for item in lint.sound(view.resource.items if view.resource else ()):
            _check_resource(lint, item)
        if (
            view.resource is not None
            and view.resource.negated
            and view.effect is Effect.ALLOW
        ):
            _check_variables(lint, view.resource.items)
        for caller in view.callers.entries if view.callers else ():
            if caller.value.text.startswith("arn:"):
                check_partition(lint, caller.value)


def _check_variables(lint: Lint, items: tuple[Item, ...]) -> None:
    """What an Allow grants when a variable of its NotResource has no value is not
    settled; a default value settles it."""
    if lint.language is Version.V2012:
        for item in lint.sound(items):
            pattern = lint.pattern(item.text)
            if pattern is not None and pattern.may_lack_value:
                lint.at("notresource-variable", item)


def _check_resource(lint: Lint, item: Item) -> None:
    if is_everything(item.text):
        return
    if lint.is_a(PolicyType.RESOURCE) and item.text.startswith(
        _COMPLETED_BY_THE_SERVICE
    ):
        return
    pattern = lint.pattern(item.text)
    if pattern is None:
        return
    if not pattern.complete or pattern.literal(0) != "arn":
        filled = not pattern.complete and lint.is_a(*_FILLED)
        lint.at("invalid-arn", item, variant="filled" if filled else "")
        return
    check_partition(lint, item)
    check_account(lint, item, pattern)
    if _wild_part(lint, pattern):
        lint.at("arn-type-wildcard", item)
    else:
        _check_form(lint, item, pattern)


def check_partition(lint: Lint, item: Item) -> None:
    """Report a partition that does not exist, in any text that is an ARN."""
    partition = item.text.split(":", 2)[1]
    if "*" in partition or "?" in partition or "$" in partition:
        return
    if partition not in PARTITIONS:
        lint.at("arn-partition", item, partition=shown(partition))


def check_account(lint: Lint, item: Item, pattern: Pattern) -> None:
    """Report an account that can be none."""
    account = pattern.literal(_OWNER)
    if account is not None and not _ACCOUNT.fullmatch(account):
        lint.at("arn-account", item, account=shown(account))


def _wild_part(lint: Lint, pattern: Pattern) -> bool:
    """Whether a wildcard stands where none may: in the partition, the service, or as
    part of the type of a resource. A star alone in place of the type is common."""
    if pattern.literal(_PARTITION) is None or pattern.literal(_SERVICE) is None:
        return not pattern.early_variable
    if not _forms(lint, fold(pattern.literal(_SERVICE) or "")).typed:
        return False
    type_: list[str | Wild] = []
    for token in pattern.field(_RESOURCE):
        if isinstance(token, str) and (cut := re.search("[/:]", token)):
            type_ += [token[: cut.start()]]
            break
        type_.append(token)
    head = [token for token in type_ if token != ""]
    is_wild = any(isinstance(token, Wild) for token in head)
    return is_wild and head != [Wild.STAR] and not pattern.has_variables


def _forms(lint: Lint, service: str) -> Forms:
    """Return the forms of a service's ARNs; none where the service is not known."""
    if service not in lint.forms:
        types = lint.catalogue.resource_types(service) if lint.catalogue else {}
        lint.forms[service] = Forms(types.values())
    return lint.forms[service]


def _check_form(lint: Lint, item: Item, pattern: Pattern) -> None:
    """Hold Region and account against the forms of the resources it may mean."""
    service = fold(pattern.literal(_SERVICE) or "")
    if pattern.early_variable:
        return
    if lint.catalogue is None:
        if service in _WITHOUT_REGION and pattern.literal(_REGION) != "":
            lint.at("arn-region-or-account-not-allowed", item, part="Region")
        return
    region, account = pattern.literal(_REGION), pattern.literal(_OWNER)
    if region != "" and _agree(lint, service, pattern, "region", wanted=False):
        lint.at("arn-region-or-account-not-allowed", item, part="Region")
    elif account != "" and _agree(lint, service, pattern, "account", wanted=False):
        lint.at("arn-region-or-account-not-allowed", item, part="account")
    if region == "" and _agree(lint, service, pattern, "region", wanted=True):
        lint.at("arn-missing-region", item)
    owned = account == "" and service not in _SHARED_BY_AWS
    if owned and _agree(lint, service, pattern, "account", wanted=True):
        lint.at("arn-missing-account", item)


def _agree(
    lint: Lint, service: str, pattern: Pattern, part: Part, *, wanted: bool
) -> bool:
    """Whether the ARNs of all that a pattern can mean have a part, or lack it."""
    forms = _forms(lint, service)
    if not forms.can_differ(part, wanted) or not lint.work.spend(len(forms.all)):
        return False
    return forms.agree(pattern, part, wanted)
