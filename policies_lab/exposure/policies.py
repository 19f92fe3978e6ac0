"""The bucket of the exposure explorer, and policies to begin with."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

OWNER, PARTNER, STRANGER = "111122223333", "444455556666", "777788889999"
BUCKET = "arn:aws:s3:::acme-reports"
OBJECT = f"{BUCKET}/2026/q1.csv"
OFFICE = "203.0.113.0/24"
IN_OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.23"
ORGANISATION = "o-acme123456"
DISTRIBUTION = f"arn:aws:cloudfront::{OWNER}:distribution/E2ACMEREPORTS"
OBJECTS = f"{BUCKET}/*"


def document(*statements: dict[str, Any]) -> str:
    """A policy as text, as its author would lay it out."""
    listed = {"Version": "2012-10-17", "Statement": list(statements)}
    return json.dumps(listed, indent=2)


def _allow(sid: str, action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Allow"}
    if "Principal" in more:
        statement["Principal"] = more.pop("Principal")
    return statement | {"Action": action, "Resource": resource} | more


def public_read() -> str:
    return document(_allow("PublicRead", "s3:GetObject", OBJECTS, Principal="*"))


READ_REPORTS = document(
    _allow("ReadReports", ["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS])
)
FULL_ACCESS = document(_allow("FullAccess", "*", "*"))

BUCKET_POLICIES = {
    "none": (_("None"), ""),
    "public_read": (_("Everybody may read"), public_read()),
    "public_all": (
        _("Everybody may read, list and upload"),
        document(
            _allow("PublicObjects", ["s3:GetObject", "s3:PutObject"], OBJECTS)
            | {"Principal": "*"},
            _allow("PublicList", "s3:ListBucket", BUCKET, Principal="*"),
        ),
    ),
    "office": (
        _("Everybody at the office"),
        document(
            _allow(
                "OfficeRead",
                "s3:GetObject",
                OBJECTS,
                Principal="*",
                Condition={"IpAddress": {"aws:SourceIp": OFFICE}},
            )
        ),
    ),
    "organisation": (
        _("Our organisation"),
        document(
            _allow(
                "OrganisationRead",
                ["s3:GetObject", "s3:ListBucket"],
                [BUCKET, OBJECTS],
                Principal="*",
                Condition={"StringEquals": {"aws:PrincipalOrgID": ORGANISATION}},
            )
        ),
    ),
    "partner": (
        _("One other account"),
        document(
            _allow(
                "PartnerRead",
                ["s3:GetObject", "s3:ListBucket"],
                [BUCKET, OBJECTS],
                Principal={"AWS": f"arn:aws:iam::{PARTNER}:root"},
            )
        ),
    ),
    "cloudfront": (
        _("Our CloudFront distribution"),
        document(
            _allow(
                "CloudFrontRead",
                "s3:GetObject",
                OBJECTS,
                Principal={"Service": "cloudfront.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceArn": DISTRIBUTION}},
            )
        ),
    ),
}
IDENTITY_POLICIES = {
    "none": (_("None"), ""),
    "read": (_("Reads the reports"), READ_REPORTS),
    "broad": (
        _("Everything in S3"),
        document(_allow("EverythingInS3", "s3:*", "*")),
    ),
    "deny": (
        _("Everything, with a Deny on reading"),
        document(
            _allow("EverythingInS3", "s3:*", "*"),
            {
                "Sid": "NoReports",
                "Effect": "Deny",
                "Action": "s3:GetObject",
                "Resource": OBJECTS,
            },
        ),
    ),
}
