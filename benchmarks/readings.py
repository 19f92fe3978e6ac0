"""The ways in which iam-simulate reads AWS differently, each as a rewriting.

A reading turns a scenario into one in which AWS's own rules give what the other reading
gives. So a class of disagreements is no guess about words in a policy but a claim that
is tried out: the engine, given the rewritten scenario, has to answer as the other does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.rewritings import (
    absent_trust_delegates,
    account_spares_all,
    addresses_as_written,
    empty_is_missing,
    epochs_are_milliseconds,
    everything_is_nothing,
    federated_as_user,
    keys_dropped,
    lone_addresses_fail,
    parent_unknown,
    rcps_everywhere,
    root_as_user,
    sessions_always_limit,
    short_by_side,
    star_names_services,
    stars_stay_in_fields,
    tokens_have_accounts,
    unsettled_falls_away,
    valueless_fails,
    versions_ignored,
)


@dataclass(frozen=True)
class Reading:
    """One difference, its `title` in the words of the other; `rule` is what AWS says,
    `page` where. `rewrite` changes a scenario in place; its second argument is what
    the other evaluator reported."""

    title: str
    rule: str
    page: str
    rewrite: Callable[[dict, Mapping], None]


PAGE_PRINCIPAL = "IAM, reference_policies_elements_principal"
PAGE_OPERATORS = "IAM, reference_policies_elements_condition_operators"
PAGE_VARIABLES = "IAM, reference_policies_variables"
PAGE_LOGIC = "IAM, reference_policies_evaluation-logic_policy-eval-denyallow"

READINGS = (
    Reading(
        "The root user is a user without policies",
        "The root user has every permission in its own account; what limits it are "
        "explicit denies and the policies of the organisation.",
        "IAM, id_root-user",
        root_as_user,
    ),
    Reading(
        "Session policies limit every grant",
        "An Allow in the resource's policy that names the session itself is not "
        "limited by what the session policies leave out.",
        PAGE_LOGIC,
        sessions_always_limit,
    ),
    Reading(
        "A federated user without a session policy has what the user has",
        "GetFederationToken without a policy gives a session without permissions, "
        "other than those of a resource's policy that names the session.",
        "IAM, id_credentials_temp_control-access_getfederationtoken",
        federated_as_user,
    ),
    Reading(
        "A grant or denial for a user does not reach its federated sessions",
        "Naming the user covers the federated sessions of the user as well, within "
        "the limits of their session policies.",
        PAGE_LOGIC,
        parent_unknown,
    ),
    Reading(
        "Variables are replaced under every Version",
        "Under 2008-10-17 `${...}` is plain text.",
        PAGE_VARIABLES,
        versions_ignored,
    ),
    Reading(
        "NotPrincipal spares whoever's account is listed",
        "The account, the role and the session, or the account and the user, have to "
        "be listed for a Deny to spare the caller.",
        "IAM, reference_policies_elements_notprincipal",
        account_spares_all,
    ),
    Reading(
        "RCPs bind every service",
        "An RCP restricts the services of a published list, which lacks SNS and EC2; "
        "the other leaves that to whoever hands the policies over.",
        "Organizations, orgs_manage_policies_rcps",
        rcps_everywhere,
    ),
    Reading(
        "A role without a trust policy leaves it to the account",
        "A trust policy has to allow, even inside the account. A scenario without one "
        "has nothing that allows.",
        "IAM, id_roles_create_for-user",
        absent_trust_delegates,
    ),
    Reading(
        "Keys that an action is not listed with are dropped",
        "A scenario says which keys the request has; the lists of keys by action are "
        "not complete (`kms:EncryptionContext:` takes any name), and a policy is held "
        "against the request.",
        "IAM, reference_policies_condition-logic-multiple-context-keys-or-values",
        keys_dropped,
    ),
    Reading(
        "A negated test against a variable without a value fails",
        "A variable without a value equals nothing, so a negated test is satisfied.",
        PAGE_VARIABLES,
        valueless_fails,
    ),
    Reading(
        "Digits as a date are milliseconds",
        "A date may be written as Unix time, which counts seconds since 1970.",
        PAGE_OPERATORS,
        epochs_are_milliseconds,
    ),
    Reading(
        "A star never leaves the first five fields of an ARN",
        "A star that ends its field matches colons, too.",
        "IAM, reference_policies_elements_resource",
        stars_stay_in_fields,
    ),
    Reading(
        "Incomplete ARNs are completed in SCPs, and match nothing in RCPs",
        "Missing fields are completed with stars in identity policies; AWS does not "
        "say what happens elsewhere. The engine refuses instead of guessing.",
        "IAM, reference-arns",
        short_by_side,
    ),
    Reading(
        "A NotResource whose variable has no value drops its statement",
        "Such a variable matches no resource, so it excludes none. A Deny is taken so; "
        "an Allow is refused, because AWS's page can be read both ways.",
        PAGE_VARIABLES,
        unsettled_falls_away,
    ),
    Reading(
        '`{"AWS": "*"}` names services, too',
        "It names the principals of all accounts and anonymous callers, not service "
        "principals nor callers with a provider's token.",
        PAGE_PRINCIPAL,
        star_names_services,
    ),
    Reading(
        "A caller with a token belongs to the provider's account",
        "Whoever brings a provider's token is no principal of an account before the "
        "role is assumed; only Federated names it.",
        PAGE_PRINCIPAL,
        tokens_have_accounts,
    ),
    Reading(
        "A key with an empty value is absent",
        "IfExists and the default of a variable are for keys that the request does not "
        "have.",
        PAGE_VARIABLES,
        empty_is_missing,
    ),
    Reading(
        "NotIpAddress with a lone address of the other family fails",
        "An address without a prefix means /32, and an IPv6 caller is not in it.",
        PAGE_OPERATORS,
        lone_addresses_fail,
    ),
    Reading(
        "An IPv6 address without prefix is compared as text",
        "2001:0DB8:0:0::1 and 2001:db8::1 are one address.",
        PAGE_OPERATORS,
        addresses_as_written,
    ),
    Reading(
        "The range 0.0.0.0/0 contains no address",
        "A range in CIDR notation with the prefix 0 contains every IPv4 address.",
        PAGE_OPERATORS,
        everything_is_nothing,
    ),
)

REFUSALS = {
    'Principal must be "*" in an endpoint policy': (
        "Endpoint policies have the Principal `*`, or the other refuses",
        "Gateway endpoints want the Principal to be `*`; interface endpoints take "
        "principals, and a scenario does not say which of them it means.",
        "VPC, vpc-endpoints-access",
    ),
}
"""Words of the other's refusals: title, rule and page."""
