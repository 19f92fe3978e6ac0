"""Trust policies: who may become the role, and with which call ("Using roles" and
"Access to AWS accounts owned by third parties" in the IAM User Guide)."""

import re

from policies_lab.iam.documents import PolicyType, fold
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting import keys
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.guards import granted
from policies_lab.iam.linting.patterns import is_every_action
from policies_lab.iam.linting.reading import Caller, Item, Test, View

_ASSUME = "sts:assumerole"
_SAML = "sts:assumerolewithsaml"
_WEB = "sts:assumerolewithwebidentity"
_WAYS_IN = frozenset({_ASSUME, _SAML, _WEB})
_NAMES = {
    _ASSUME: "sts:AssumeRole",
    _SAML: "sts:AssumeRoleWithSAML",
    _WEB: "sts:AssumeRoleWithWebIdentity",
}
_ALLOWED = _WAYS_IN | {"sts:setcontext", "sts:setsourceidentity", "sts:tagsession"}
_SAML_PROVIDER = re.compile(r"arn:[^:]*:iam::[^:]*:saml-provider/")
_OIDC_PROVIDER = re.compile(r"arn:[^:]*:iam::[^:]*:oidc-provider/(.+)")
_ACCOUNT = re.compile(r"(?:arn:[^:]*:(?:iam|sts)::)?([0-9]{12})(:.*)?")
_THIRD_PARTY_GUARDS = frozenset(
    {
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "sts:externalid",
        "sts:sourceidentity",
        "aws:sourceidentity",
    }
)
_TAG = "aws:principaltag/"
# What an identity provider of AWS's own list is told apart by; others by `sub`.
_CLAIMS = {
    "accounts.google.com": ("aud", "sub", "oaud"),
    "cognito-identity.amazonaws.com": ("aud",),
    "graph.facebook.com": ("app_id", "id"),
    "www.amazon.com": ("app_id", "user_id"),
}
_GITHUB = "token.actions.githubusercontent.com"
# Claims that say whom a token is for, not whom it is about.
_AUDIENCE = frozenset({"aud", "oaud", "azp", "iss", "amr"})


def check(lint: Lint) -> None:
    """Look at every statement of a trust policy."""
    if not lint.is_a(PolicyType.TRUST):
        return
    for view in lint.statements:
        for item in lint.sound(view.listed_actions):
            if is_every_action(item.text) or not granted(lint, item, _ALLOWED):
                lint.at("trust-action", item)
        if view.allows:
            _check_ways_in(lint, view)
            _check_third_parties(lint, view)
            _check_providers(lint, view)


def _check_ways_in(lint: Lint, view: View) -> None:
    """Each caller needs the call that is made for its kind."""
    ways = [(item, granted(lint, item, _WAYS_IN)) for item in view.listed_actions]
    offered = set().union(*(found for _, found in ways))
    wrong = next((item for item, found in ways if found), None)
    if wrong is None:
        return
    for caller in view.listed_callers:
        needed = _way_of(caller)
        if needed and needed not in offered and not lint.is_refused(caller.value.span):
            facts = {"principal": shown(caller.value.text), "right": _NAMES[needed]}
            lint.at("action-principal-mismatch", wrong, **facts)
            return


def _way_of(caller: Caller) -> str:
    if caller.type in {"AWS", "Service"}:
        return "" if caller.is_anyone else _ASSUME
    if caller.type != "Federated":
        return ""
    return _SAML if _SAML_PROVIDER.match(caller.value.text) else _WEB


def _check_third_parties(lint: Lint, view: View) -> None:
    """Another account that is trusted as a whole may act for many customers."""
    if view.asks(*_THIRD_PARTY_GUARDS):
        return
    if any(test.folded.startswith(_TAG) for test in view.tests):
        return
    if any(test.folded in keys.NETWORK_KEYS and test.demands for test in view.tests):
        return
    for caller in view.listed_callers:
        account = _ACCOUNT.fullmatch(caller.value.text)
        if caller.type != "AWS" or account is None or _is_own(lint, account):
            continue
        lint.at("external-id", caller.value, account=account[1])


def _is_own(lint: Lint, found: re.Match[str]) -> bool:
    """Whether a principal is of the role's account. Where that account is not known,
    a user or role that is named is taken for one's own."""
    if lint.options.account is not None:
        return found[1] == lint.options.account
    return found[2] not in {None, ":root"}


def _check_providers(lint: Lint, view: View) -> None:
    if not any(_WEB in granted(lint, item, _WAYS_IN) for item in view.listed_actions):
        return
    for caller in view.listed_callers:
        if caller.type != "Federated" or lint.is_refused(caller.value.span):
            continue
        provider = _OIDC_PROVIDER.fullmatch(caller.value.text)
        host = fold(provider[1] if provider else caller.value.text)
        if not caller.value.text.startswith("arn:") or provider:
            _check_claims(lint, view, caller, host)


def _check_claims(lint: Lint, view: View, caller: Caller, host: str) -> None:
    wanted = _CLAIMS.get(host)
    tests = [
        (test, test.folded[len(host) + 1 :])
        for test in view.tests
        if test.folded.startswith(f"{host}:") and test.demands
    ]
    told_apart = [
        test
        for test, claim in tests
        if (claim in wanted if wanted else claim not in _AUDIENCE)
    ]
    claim = wanted[0] if wanted else "sub"
    facts = {"host": shown(host), "claim": claim}
    if not told_apart:
        lint.at("oidc-no-sub", caller.value, **facts)
    elif host == _GITHUB and (item := _any_repository(told_apart)):
        lint.at("oidc-no-sub", item, **facts, variant="github")


def _any_repository(tests: list[Test]) -> Item | None:
    """Return a subject that every repository of GitHub can have."""
    if any(not test.folded.endswith(":sub") for test in tests):
        return None
    for test in tests:
        for item in test.items:
            start = re.split(r"[*?]", item.text, maxsplit=1)[0]
            if start != item.text and start in {"", "repo:", "r", "re", "rep", "repo"}:
                return item
    return None
