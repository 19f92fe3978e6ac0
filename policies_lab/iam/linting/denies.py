"""Deny statements that fire when they should not, or never ("Policy evaluation logic",
and the data perimeter chapters of the IAM User Guide)."""

from policies_lab.iam.conditions import Family
from policies_lab.iam.documents import PolicyType
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting import keys
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.patterns import can_meet, is_every_action
from policies_lab.iam.linting.reading import Test, View

_T = PolicyType
_ORGANISATION_KEYS = frozenset(
    {"aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"}
)
_SERVICE_KEYS = (
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:viaawsservice",
)
# Tests of the caller are how single identities are spared, which is what an added
# test is for.
_EXEMPTIONS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalservicename",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
        *_SERVICE_KEYS,
    }
)
_TAG_EXEMPTION = "aws:principaltag/"
# Services that answer in one Region for the whole world.
_GLOBAL_SERVICES = ("cloudfront", "iam", "organizations", "route53", "sts", "support")
_GLOBAL_REGION = "us-east-1"


def check(lint: Lint) -> None:
    """Look at every Deny that has conditions."""
    for view in lint.statements:
        if not view.denies:
            continue
        negated = [test for test in view.tests if test.negated and test.items]
        for test in negated:
            _check_missing_key(lint, view, test)
        _check_services(lint, view, negated)
        _check_conjunction(lint, view, negated)
        if lint.is_a(_T.SCP):
            _check_regions(lint, view, negated)


def _check_missing_key(lint: Lint, view: View, test: Test) -> None:
    """A negated test is true where the key is missing; IfExists or Null say that the
    author knows."""
    if test.if_exists or test.quantifier is not None:
        return
    if not keys.may_be_missing(test.folded) or _is_thought_of(view, test):
        return
    facts = {"key": shown(test.key), "operator": shown(test.name)}
    lint.add("deny-negated-missing", test.path, test.operator_span, **facts)


def _is_thought_of(view: View, about: Test) -> bool:
    return any(
        test.family is Family.NULL and test.folded == about.folded
        for test in view.tests
    )


def _check_services(lint: Lint, view: View, negated: list[Test]) -> None:
    """AWS services call with addresses and accounts of their own."""
    if view.asks(*_SERVICE_KEYS):
        return
    by_network = next((t for t in negated if t.folded in keys.NETWORK_KEYS), None)
    by_caller = next((t for t in negated if t.folded in _ORGANISATION_KEYS), None)
    found = None
    if lint.is_a(_T.IDENTITY, _T.SCP):
        found = by_network
    elif lint.is_a(_T.RESOURCE, _T.RCP) and _reaches_services(view):
        found = by_network or by_caller
    if found is not None:
        network = found is by_network
        spared = "aws:ViaAWSService" if network else "aws:PrincipalIsAWSService"
        facts = {"key": shown(found.key), "exemption": spared}
        lint.add("deny-service-breakage", found.path, found.key_span, **facts)


def _reaches_services(view: View) -> bool:
    if view.callers is None or view.callers.negated:
        return view.callers is not None
    return any(caller.type in {"*", "Service"} for caller in view.callers.entries)


def _check_conjunction(lint: Lint, view: View, negated: list[Test]) -> None:
    """Several negated tests are joined by AND: the Deny spares whoever meets one."""
    demands: dict[str, Test] = {}
    for test in negated:
        if not test.if_exists and test.quantifier is None and not _exempts(test):
            demands.setdefault(_subject(test), test)
    if len(demands) > 1:
        first, second, *_ = demands.values()
        facts = {"first": shown(first.key), "second": shown(second.key)}
        lint.add("and-trap", second.path, second.operator_span, **facts)


def _exempts(test: Test) -> bool:
    return test.folded in _EXEMPTIONS or test.folded.startswith(_TAG_EXEMPTION)


def _subject(test: Test) -> str:
    """Address and endpoint are one subject, because no request has both; so are the
    names for the source of a service's call, and those for an organisation."""
    if test.folded in keys.NETWORK_KEYS:
        return "network"
    if test.folded in keys.SOURCE_KEYS:
        return "source"
    if test.folded in _ORGANISATION_KEYS:
        return "organisation"
    return test.folded


def _check_regions(lint: Lint, view: View, negated: list[Test]) -> None:
    for test in negated:
        if test.folded != "aws:requestedregion" or test.says(_GLOBAL_REGION):
            continue
        missing = [name for name in _GLOBAL_SERVICES if _is_denied(view, name)]
        if missing:
            services = ", ".join(missing)
            place = (test.path, test.key_span)
            lint.add("region-deny-global", *place, services=services)


def _is_denied(view: View, service: str) -> bool:
    """Whether a Deny of everything, or of everything but a list, hits a service."""
    if view.action is None:
        return False
    texts = [item.text for item in view.action.items]
    if not view.action.negated:
        return any(map(is_every_action, texts))
    return not any(_names_some_of(text, service) for text in texts)


def _names_some_of(text: str, service: str) -> bool:
    """Whether an action pattern is about a service; which of its actions a Region
    policy has to spare depends on what is used."""
    return is_every_action(text) or can_meet(text.partition(":")[0], service)
