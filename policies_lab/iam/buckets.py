"""What S3 looks at besides policies: Block Public Access, ACLs, object ownership.

"Blocking public access to your Amazon S3 storage", "Access control list (ACL)
overview" and "Controlling ownership of objects" in the Amazon S3 User Guide.
"""

import json

from policies_lab.iam.documents import (
    AclGrant,
    Bucket,
    Policy,
    PolicyType,
    PrincipalType,
    Scenario,
)
from policies_lab.iam.parsing import parse_policy
from policies_lab.iam.publicness import is_public

BLOCK_PUBLIC_ACLS = "BlockPublicAcls"
IGNORE_PUBLIC_ACLS = "IgnorePublicAcls"
BLOCK_PUBLIC_POLICY = "BlockPublicPolicy"
RESTRICT_PUBLIC_BUCKETS = "RestrictPublicBuckets"
SETTINGS = (
    BLOCK_PUBLIC_ACLS,
    IGNORE_PUBLIC_ACLS,
    BLOCK_PUBLIC_POLICY,
    RESTRICT_PUBLIC_BUCKETS,
)
ACLS_DISABLED = "BucketOwnerEnforced"
OWNERSHIPS = (ACLS_DISABLED, "BucketOwnerPreferred", "ObjectWriter")

PUBLIC_GROUPS = ("AllUsers", "AuthenticatedUsers")
LOG_DELIVERY = "LogDelivery"
GROUPS = (*PUBLIC_GROUPS, LOG_DELIVERY)
FULL_CONTROL = "FULL_CONTROL"
PERMISSIONS = ("READ", "WRITE", "READ_ACP", "WRITE_ACP", FULL_CONTROL)

ActionsOf = dict[str, tuple[str, ...]]
"""Action names by ACL permission."""

# "Mapping of ACL permissions and access policy permissions". WRITE on a bucket makes
# objects; nobody but an owner may also delete them by it.
_ON_BUCKET: ActionsOf = {
    "READ": ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    "WRITE": ("s3:PutObject",),
    "READ_ACP": ("s3:GetBucketAcl",),
    "WRITE_ACP": ("s3:PutBucketAcl",),
}
_ON_OBJECT: ActionsOf = {
    "READ": ("s3:GetObject", "s3:GetObjectVersion"),
    "READ_ACP": ("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
    "WRITE_ACP": ("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
}
_OF_OBJECT_OWNER = frozenset(
    action.lower() for actions in _ON_OBJECT.values() for action in actions
)
# What the bucket's owner decides whoever owns the object.
_OF_BUCKET_OWNER = frozenset(
    {
        "s3:abortmultipartupload",
        "s3:deleteobject",
        "s3:deleteobjectversion",
        "s3:listmultipartuploadparts",
        "s3:putobject",
        "s3:restoreobject",
    }
)
_PUTS_ACL = frozenset({"s3:putbucketacl", "s3:putobjectacl", "s3:putobjectversionacl"})
_MAY_BRING_ACL = frozenset({"s3:putobject", "s3:createbucket"})
_GRANT_KEYS = (
    "s3:x-amz-grant-read",
    "s3:x-amz-grant-write",
    "s3:x-amz-grant-read-acp",
    "s3:x-amz-grant-write-acp",
    "s3:x-amz-grant-full-control",
)
_PUBLIC_CANNED = ("public-read", "public-read-write", "authenticated-read")


CANNED = (
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
)


def canned(name: str, bucket_owner: str) -> tuple[AclGrant, ...] | None:
    """Return the grants of a canned ACL, without the owner's own; None for a name
    that is not known. `bucket_owner` is an account ID."""
    return {
        "private": (),
        "public-read": (AclGrant("AllUsers", "READ"),),
        "public-read-write": (
            AclGrant("AllUsers", "READ"),
            AclGrant("AllUsers", "WRITE"),
        ),
        "authenticated-read": (AclGrant("AuthenticatedUsers", "READ"),),
        "bucket-owner-read": (AclGrant(bucket_owner, "READ"),),
        "bucket-owner-full-control": (AclGrant(bucket_owner, FULL_CONTROL),),
        "log-delivery-write": (
            AclGrant(LOG_DELIVERY, "WRITE"),
            AclGrant(LOG_DELIVERY, "READ_ACP"),
        ),
    }.get(name)


def acl_policies(bucket: Bucket) -> dict[str, Policy]:
    """Return what the ACLs amount to as resource policies, by place in the scenario.

    A list without a grant that could be used has no policy: the owner's own rights
    need none. With ACLs disabled there is nothing.
    """
    if bucket.ownership in {None, ACLS_DISABLED}:
        return {}
    lists = {
        "s3.bucket_acl": (bucket.bucket_acl, _ON_BUCKET),
        "s3.object_acl": (bucket.object_acl, _ON_OBJECT),
    }
    found = {}
    for place, (grants, actions) in lists.items():
        statements = [
            _statement(grant, actions) for grant in grants if _actions(grant, actions)
        ]
        if statements:
            document = {"Version": "2012-10-17", "Statement": statements}
            text = json.dumps(document, indent=2)
            found[place] = parse_policy(text, kind=PolicyType.RESOURCE)
    return found


def _actions(grant: AclGrant, table: ActionsOf) -> tuple[str, ...]:
    if grant.permission == FULL_CONTROL:
        return tuple(action for actions in table.values() for action in actions)
    return table.get(grant.permission, ())


def _statement(grant: AclGrant, table: ActionsOf) -> dict[str, object]:
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": _principal(grant.grantee),
        "Action": list(_actions(grant, table)),
        "Resource": "*",
    }
    if grant.grantee == "AuthenticatedUsers":
        signed = {"aws:PrincipalType": "Anonymous"}
        statement["Condition"] = {"StringNotEquals": signed}
    return statement


def _principal(grantee: str) -> dict[str, str]:
    if grantee in PUBLIC_GROUPS:
        return {"AWS": "*"}
    if grantee == LOG_DELIVERY:
        return {"Service": "logging.s3.amazonaws.com"}
    return {"AWS": grantee}


def is_public_acl(grants: tuple[AclGrant, ...]) -> bool:
    """Whether a list lets one of the two public groups do anything."""
    return any(grant.grantee in PUBLIC_GROUPS for grant in grants)


def acls_left_out(scenario: Scenario, action: str) -> str | None:
    """Say why no ACL has a say in a request to S3; None where one has, or where the
    scenario has no `s3`. `action` is folded."""
    bucket = scenario.s3
    if bucket is None:
        return None
    if bucket.ownership is None:
        return "no_acls"
    if bucket.ownership == ACLS_DISABLED:
        return "acls_disabled"
    concerned = _concerned(bucket, action)[0]
    if IGNORE_PUBLIC_ACLS in bucket.blocking and is_public_acl(concerned):
        return "public_acls_ignored"
    return None


def is_partly_ignored(scenario: Scenario, action: str) -> bool:
    """Whether a list that is passed over for its public grants also has one for the
    caller's account: AWS does not say whether that one still counts."""
    bucket, caller = scenario.s3, scenario.request.principal
    if bucket is None or acls_left_out(scenario, action) != "public_acls_ignored":
        return False
    grants, table = _concerned(bucket, action)
    return any(
        grant.grantee == caller.account
        and action in map(str.lower, _actions(grant, table))
        for grant in grants
    )


def _concerned(bucket: Bucket, action: str) -> tuple[tuple[AclGrant, ...], ActionsOf]:
    """The list that speaks of an action, with what its permissions mean."""
    if action in _OF_OBJECT_OWNER:
        return bucket.object_acl, _ON_OBJECT
    return bucket.bucket_acl, _ON_BUCKET


def owner(scenario: Scenario, action: str) -> str:
    """Return the account whose word counts: the bucket's, or with ACLs enabled that of
    an object which somebody else has written. `action` is folded."""
    bucket, account = scenario.s3, scenario.request.resource_account
    if bucket is None or bucket.object_owner is None:
        return account
    if bucket.ownership == ACLS_DISABLED or action not in _OF_OBJECT_OWNER:
        return account
    return bucket.object_owner


def is_unsettled(scenario: Scenario, action: str) -> bool:
    """Whether the request is about somebody else's object, in a way for which AWS
    does not say whose word counts. `action` is folded."""
    bucket, request = scenario.s3, scenario.request
    return (
        bucket is not None
        and bucket.object_owner not in {None, request.resource_account}
        and bucket.ownership != ACLS_DISABLED
        and "/" in request.resource
        and action not in _OF_OBJECT_OWNER
        and action not in _OF_BUCKET_OWNER
    )


def blocked_by(scenario: Scenario, action: str) -> str | None:
    """Return the setting of Block Public Access that stops the request, if any.
    `action` is folded."""
    bucket = scenario.s3
    if bucket is None:
        return None
    if RESTRICT_PUBLIC_BUCKETS in bucket.blocking and _is_outsider(scenario):
        policy = scenario.policies.resource
        if policy is not None and is_public(policy):
            return RESTRICT_PUBLIC_BUCKETS
    new = bucket.new_policy if action == "s3:putbucketpolicy" else None
    if BLOCK_PUBLIC_POLICY in bucket.blocking and new and is_public(new):
        return BLOCK_PUBLIC_POLICY
    if BLOCK_PUBLIC_ACLS in bucket.blocking and _brings_public_acl(scenario, action):
        return BLOCK_PUBLIC_ACLS
    return None


def missing(scenario: Scenario, action: str) -> str | None:
    """Return the code of the member without which Block Public Access cannot be judged:
    what the request would put in place, where it is not said. `action` is folded."""
    bucket = scenario.s3
    if bucket is None:
        return None
    if BLOCK_PUBLIC_POLICY in bucket.blocking and action == "s3:putbucketpolicy":
        return "new_policy_missing" if bucket.new_policy is None else None
    if BLOCK_PUBLIC_ACLS in bucket.blocking and action in _PUTS_ACL:
        told = bucket.new_acl is not None or _headers(scenario)
        return None if told else "new_acl_missing"
    return None


def _is_outsider(scenario: Scenario) -> bool:
    caller = scenario.request.principal
    is_service = caller.type is PrincipalType.SERVICE
    return not is_service and caller.account != scenario.request.resource_account


def _brings_public_acl(scenario: Scenario, action: str) -> bool:
    if action not in _PUTS_ACL and action not in _MAY_BRING_ACL:
        return False
    bucket = scenario.s3
    if bucket is not None and is_public_acl(bucket.new_acl or ()):
        return True
    return any(
        value in _PUBLIC_CANNED
        if key == "s3:x-amz-acl"
        else any(group in value for group in PUBLIC_GROUPS)
        for key, values in _headers(scenario).items()
        for value in values
    )


def _headers(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The ACL that the request's headers ask for, by condition key."""
    lookup = scenario.request.lookup
    keys = ("s3:x-amz-acl", *_GRANT_KEYS)
    found = {key: lookup[key] for key in keys if key in lookup}
    return {
        key: (value,) if isinstance(value, str) else value
        for key, value in found.items()
    }
