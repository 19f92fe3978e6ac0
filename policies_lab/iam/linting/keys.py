"""Condition keys that no service page lists: the global ones, and a few that travel
with a session into requests to every service.

Names, types and single or multivalued as in "AWS global condition context keys"
(IAM User Guide), state of mid-2026.
"""

from policies_lab.iam.documents import fold
from policies_lab.iam.linting.catalogue import Catalogue, KeyFacts, KeyType

GLOBAL_PREFIX = "aws:"

_STRINGS = (
    "aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalType "
    "aws:PrincipalServiceName aws:userid aws:username aws:FederatedProvider "
    "aws:Ec2InstanceSourceVpc aws:SourceIdentity aws:SourceVpc aws:SourceVpce "
    "aws:VpceAccount aws:VpceOrgID aws:ResourceAccount aws:ResourceOrgID "
    "aws:CalledViaFirst aws:CalledViaLast aws:CalledViaAWSMCP aws:referer "
    "aws:UserAgent aws:RequestedRegion aws:SourceAccount aws:SourceOrgID "
    "aws:PrincipalTag/ aws:RequestTag/ aws:ResourceTag/"
)
_LISTS = (
    "aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:VpceOrgPaths "
    "aws:ResourceOrgPaths aws:CalledVia aws:TagKeys aws:SourceOrgPaths"
)
_ARNS = (
    "aws:PrincipalArn aws:SignInSessionArn aws:ChatbotSourceArn aws:SourceVpcArn "
    "aws:SourceArn"
)
_BOOLEANS = (
    "aws:PrincipalIsAWSService aws:AssumedRoot aws:MultiFactorAuthPresent "
    "aws:ViaAWSService aws:ViaAWSMCPService aws:IsMcpServiceAction aws:SecureTransport"
)
_NUMBERS = "aws:MultiFactorAuthAge"
_DATES = "aws:TokenIssueTime aws:CurrentTime aws:EpochTime"
_ADDRESSES = "aws:Ec2InstanceSourcePrivateIPv4 aws:SourceIp aws:VpcSourceIp"


def _facts(names: str, type_: KeyType, *, multivalued: bool = False) -> list[KeyFacts]:
    return [KeyFacts(name, type_, multivalued) for name in names.split()]


GLOBAL_KEYS: dict[str, KeyFacts] = {
    fold(facts.name): facts
    for facts in (
        *_facts(_STRINGS, KeyType.STRING),
        *_facts(_LISTS, KeyType.STRING, multivalued=True),
        *_facts(_ARNS, KeyType.ARN),
        *_facts(_BOOLEANS, KeyType.BOOL),
        *_facts(_NUMBERS, KeyType.NUMBER),
        *_facts(_DATES, KeyType.DATE),
        *_facts(_ADDRESSES, KeyType.ADDRESS),
    )
}
"""By folded name. A name that ends in `/` is followed by the key of a tag."""

# These come with the credentials of a session, whatever service is called.
_TRAVELLING: dict[str, KeyFacts] = {
    fold(facts.name): facts
    for facts in (
        *_facts(
            "ec2:SourceInstanceArn codebuild:BuildArn codebuild:ProjectArn "
            "lambda:SourceFunctionArn ssm:SourceInstanceArn",
            KeyType.ARN,
        ),
        *_facts(
            "glue:RoleAssumedBy glue:CredentialIssuingService identitystore:UserId",
            KeyType.STRING,
        ),
        *_facts("ec2:RoleDelivery", KeyType.NUMBER),
    )
}
# Where the service pages' type says one value and the documentation of the key says
# that there are several.
_MULTIVALUED = frozenset({"lambda:vpcids"})
_CLAIM_LISTS = (":amr",)

OLD_KEYS = {
    "aws:sourceowner": "aws:SourceAccount",
    "autoscaling:resourcetag/": "aws:ResourceTag/",
    "ec2:resourcetag/": "aws:ResourceTag/",
}
"""Keys that still work, by folded name, and what has taken their place."""

IDENTIFIERS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
    }
)
"""Keys whose values are whole identifiers: a wildcard in one makes no sense."""

NETWORK_KEYS = frozenset(
    {
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:vpcsourceip",
    }
)
"""Where a request comes from. Address and endpoint never stand in one request."""

SOURCE_KEYS = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
    }
)
"""For which resource a service principal is acting."""

_OFTEN_MISSING = frozenset(
    {
        "aws:ec2instancesourceprivateipv4",
        "aws:ec2instancesourcevpc",
        "aws:federatedprovider",
        "aws:multifactorauthpresent",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceidentity",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:username",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpcsourceip",
        "iam:permissionsboundary",
        "s3:prefix",
        "s3:x-amz-acl",
        "s3:x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "sts:externalid",
    }
)
_TAGS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")


def is_global(folded: str) -> bool:
    """Whether a folded key belongs to no service."""
    return folded.startswith(GLOBAL_PREFIX)


def family(folded: str) -> str:
    """Return a folded key without the name of a tag: `aws:requesttag/`."""
    head, slash, _ = folded.partition("/")
    return head + slash


def global_key(folded: str) -> KeyFacts | None:
    """Return what is known of a global key; one that needs a tag has to have it."""
    known = GLOBAL_KEYS.get(family(folded))
    if known is None or known.name.endswith("/") != (family(folded) != folded):
        return None
    return known


def travels(folded: str) -> bool:
    """Whether a service's key can stand in requests to other services."""
    return folded in _TRAVELLING


def may_be_missing(folded: str) -> bool:
    """Whether ordinary requests come without the key."""
    return folded in _OFTEN_MISSING or folded.startswith(_TAGS)


def describe(folded: str, catalogue: Catalogue | None) -> KeyFacts | None:
    """Return the type of a folded key and whether it is multivalued."""
    known = global_key(folded) or _TRAVELLING.get(folded)
    if known is None and catalogue is not None and not is_global(folded):
        known = catalogue.condition_key(folded)
    if known and not known.multivalued:
        several = folded in _MULTIVALUED or folded.endswith(_CLAIM_LISTS)
        known = KeyFacts(known.name, known.type, True) if several else known
    return known
