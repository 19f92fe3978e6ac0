"""Whether S3 takes a bucket policy to be public.

"The meaning of 'public'" under "Blocking public access to your Amazon S3 storage" in
the Amazon S3 User Guide: a policy is public unless every Allow is limited to fixed
values, without a wildcard or a variable, of a principal or of certain condition keys.
"""

from policies_lab.iam import formats
from policies_lab.iam.conditions import Family, Quantifier, parse_operator
from policies_lab.iam.documents import (
    ConditionTest,
    Effect,
    Policy,
    PrincipalElement,
    Statement,
    fold,
)

_LIMITING_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
_ACCESS_POINT = "s3:dataaccesspointarn"
# A range of addresses that is broader than this counts as everybody.
_BROADEST = {4: 8, 6: 32}


def is_public(policy: Policy) -> bool:
    """Whether any Allow statement of the policy lets in more than fixed values."""
    return any(
        statement.effect is Effect.ALLOW and not _is_limited(statement)
        for statement in policy.statements
    )


def _is_limited(statement: Statement) -> bool:
    return _is_fixed(statement.principal) or any(map(_limits, statement.conditions))


def _is_fixed(principal: PrincipalElement | None) -> bool:
    return (
        principal is not None
        and not principal.negated
        and all(
            entry.type in {"AWS", "Service", "CanonicalUser"} and "*" not in entry.value
            for entry in principal.entries
        )
    )


def _limits(test: ConditionTest) -> bool:
    """Whether only callers with fixed values pass the test. IfExists and ForAllValues
    let pass whoever does not bring the key."""
    operator = parse_operator(test.operator)
    if operator is None or operator.negated or operator.if_exists:
        return False
    if operator.quantifier is Quantifier.ALL:
        return False
    key = fold(test.key)
    if operator.family is Family.ADDRESS:
        return key == "aws:sourceip" and all(map(_is_narrow, test.texts))
    if not operator.family.has_variables or key not in _LIMITING_KEYS:
        return False
    return all(_is_fixed_value(key, text) for text in test.texts)


def _is_fixed_value(key: str, text: str) -> bool:
    if "${" in text:
        return False
    if key == _ACCESS_POINT:
        # Any access point of one account: the name may vary, the account not.
        text = ":".join(text.split(":", 5)[:5])
    return "*" not in text and "?" not in text


def _is_narrow(text: str) -> bool:
    network = formats.network(text)
    if network is None:
        return False
    return network.prefixlen >= _BROADEST[network.version]
