"""Principal and NotPrincipal: who is let in, and whether that was meant.

Rules of "AWS JSON policy elements: Principal" and "The confused deputy problem".
"""

import re

from policies_lab.iam.documents import PolicyType
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting import keys
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.guards import limits_callers
from policies_lab.iam.linting.reading import Caller, View
from policies_lab.iam.linting.structure import service_of

_SERVICE_NAME = re.compile(
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\."
    r"(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|aws\.internal|c2s\.ic\.gov|sc2s\.sgov\.gov"
    r"|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)
_DELETED = re.compile(r"A(?:IDA|ROA)[A-Z0-9]+")
# A role for these is guarded by iam:PassRole in its own account; they have no source
# that could be named in the trust policy.
_ACT_FOR_OWN_ACCOUNT = re.compile(
    r"(?:ec2|lambda|edgelambda|eks|pods\.eks)\.amazonaws\.com(?:\.cn)?"
)
_ENCRYPTION_CONTEXT = "kms:encryptioncontext:"
_TRANSPORT = "aws:securetransport"
_PLAIN_HTTP_TOO = {"s3": "bucket", "sqs": "queue", "sns": "topic"}


def check(lint: Lint) -> None:
    """Look at every statement's callers."""
    for view in lint.statements:
        for caller in view.callers.entries if view.callers else ():
            if not lint.is_refused(caller.value.span):
                _check_caller(lint, caller)
        if lint.is_a(PolicyType.RESOURCE, PolicyType.TRUST):
            _check_public(lint, view)
            _check_deputy(lint, view)
        _check_everyone_but(lint, view)
    if lint.is_a(PolicyType.RESOURCE):
        _check_transport(lint)


def _check_caller(lint: Lint, caller: Caller) -> None:
    value = caller.value
    if caller.type == "Service" and not _SERVICE_NAME.fullmatch(value.text):
        lint.at("service-principal-format", value)
    elif caller.type == "AWS" and _DELETED.fullmatch(value.text):
        lint.at("deleted-principal", value)


def _check_public(lint: Lint, view: View) -> None:
    anyone = view.has_anyone()
    if anyone is None or not view.allows or limits_callers(view):
        return
    if lint.is_a(PolicyType.TRUST):
        lint.at("public-trust", anyone.value)
    elif service_of(lint) == "kms":
        lint.at("kms-star-principal", anyone.value)
    else:
        lint.at("public-principal", anyone.value)


def _check_deputy(lint: Lint, view: View) -> None:
    """A service acts for many customers; the policy should say for whom it may."""
    if not view.allows or view.asks(*keys.SOURCE_KEYS):
        return
    if any(test.folded.startswith(_ENCRYPTION_CONTEXT) for test in view.tests):
        return
    for caller in view.listed_callers:
        if caller.type != "Service" or not _SERVICE_NAME.fullmatch(caller.value.text):
            continue
        own = lint.is_a(PolicyType.TRUST)
        if not (own and _ACT_FOR_OWN_ACCOUNT.fullmatch(caller.value.text)):
            lint.at("confused-deputy", caller.value)


def _check_everyone_but(lint: Lint, view: View) -> None:
    """NotPrincipal with Allow is refused by the parser."""
    callers = view.callers
    if not view.denies or callers is None or not callers.negated:
        return
    if lint.is_a(PolicyType.RESOURCE, PolicyType.ENDPOINT):
        lint.add("notprincipal-deny", callers.path, callers.span)


def _check_transport(lint: Lint) -> None:
    """S3, SQS and SNS answer plain HTTP unless a Deny refuses it."""
    service = service_of(lint)
    if service not in _PLAIN_HTTP_TOO:
        return
    refuses = any(
        view.denies
        and any(test.folded == _TRANSPORT and test.says("false") for test in view.tests)
        for view in lint.statements
    )
    if not refuses:
        span, what = lint.document.span, _PLAIN_HTTP_TOO[service]
        lint.add("http-allowed", "", span, service=shown(service), what=what)
