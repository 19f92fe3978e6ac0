"""Who asks for what in the exposure explorer."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from policies_lab.exposure.policies import (
    BUCKET,
    DISTRIBUTION,
    OBJECT,
    ORGANISATION,
    OWNER,
    PARTNER,
    STRANGER,
)


@dataclass(frozen=True)
class Action:
    """One thing to ask for. `short` stands above a column."""

    key: str
    name: str
    resource: str
    short: str | Promise


@dataclass(frozen=True)
class Caller:
    """One who asks. `policy` says which identity policy it has: "" for none, "own" for
    the one on the page, "read" or "full". `outside` is whether it is the world: nobody
    whom the owner knows."""

    key: str
    name: str | Promise
    about: str | Promise
    icon: str
    principal: dict[str, str]
    policy: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    outside: bool = False

    def context(self, address: str) -> dict[str, Any]:
        """The context keys of its requests. A service comes from no address of ours,
        and what nobody signed has no key about who signed."""
        keys = {"aws:SecureTransport": "true"}
        if self.principal["type"] == "service":
            return keys | {"aws:PrincipalIsAWSService": "true"} | self.keys
        if self.principal["type"] != "anonymous":
            keys["aws:PrincipalIsAWSService"] = "false"
        return keys | {"aws:SourceIp": address} | self.keys


ACTIONS = (
    Action("get", "s3:GetObject", OBJECT, _("Read the object")),
    Action("list", "s3:ListBucket", BUCKET, _("List the bucket")),
    Action("put", "s3:PutObject", OBJECT, _("Upload it")),
    Action("acl", "s3:GetObjectAcl", OBJECT, _("Read its ACL")),
    Action("policy", "s3:PutBucketPolicy", BUCKET, _("Put a public policy")),
)


def _user(account: str, name: str) -> dict[str, str]:
    arn = f"arn:aws:iam::{account}:user/{name}"
    return {"type": "user", "arn": arn, "account": account}


def _service(name: str) -> dict[str, str]:
    return {"type": "service", "service": name}


_OURS = {"aws:PrincipalOrgID": ORGANISATION}

CALLERS = (
    Caller(
        "anonymous",
        _("Anonymous"),
        _("Nobody signed the request."),
        "eye",
        {"type": "anonymous"},
        outside=True,
    ),
    Caller(
        "stranger",
        _("Mallory, any account"),
        _("Allowed everything at home."),
        "users",
        _user(STRANGER, "mallory"),
        "full",
        outside=True,
    ),
    Caller(
        "partner",
        _("Pia, partner's account"),
        _("Allowed everything at home."),
        "users",
        _user(PARTNER, "pia"),
        "full",
    ),
    Caller(
        "partner_bare",
        _("Paul, partner's account"),
        _("Has no policy."),
        "user",
        _user(PARTNER, "paul"),
    ),
    Caller(
        "ana",
        _("Ana, bucket's account"),
        _("Has the policy on this page."),
        "user",
        _user(OWNER, "ana"),
        "own",
        _OURS,
    ),
    Caller(
        "ben",
        _("Ben, bucket's account"),
        _("Has no policy."),
        "user",
        _user(OWNER, "ben"),
        "",
        _OURS,
    ),
    Caller(
        "role",
        _("ReportReader, a role session"),
        _("The role may read and list."),
        "role",
        {
            "type": "role_session",
            "arn": f"arn:aws:sts::{OWNER}:assumed-role/ReportReader/app",
            "account": OWNER,
            "role_arn": f"arn:aws:iam::{OWNER}:role/ReportReader",
        },
        "read",
        _OURS,
    ),
    Caller(
        "root",
        _("Root user, bucket's account"),
        _("Needs no policy."),
        "flag",
        {"type": "root", "arn": f"arn:aws:iam::{OWNER}:root", "account": OWNER},
        "",
        _OURS,
    ),
    Caller(
        "cloudfront",
        _("CloudFront"),
        _("For our distribution."),
        "org",
        _service("cloudfront.amazonaws.com"),
        "",
        {"aws:SourceArn": DISTRIBUTION, "aws:SourceAccount": OWNER},
    ),
    Caller(
        "logs",
        _("Log delivery"),
        _("Writes access logs."),
        "org",
        _service("logging.s3.amazonaws.com"),
        "",
        {"aws:SourceArn": "arn:aws:s3:::acme-web", "aws:SourceAccount": OWNER},
    ),
)
