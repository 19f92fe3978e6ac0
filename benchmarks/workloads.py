"""Four workloads, each a few requests against one set of policies.

A workload is a list of scenarios in the engine's own JSON; the peers get the same ones
translated (`benchmarks/peers/`).
"""

HERE, THERE = "111111111111", "222222222222"
ALICE = {"type": "user", "arn": f"arn:aws:iam::{HERE}:user/alice", "account": HERE}
SERVICES = ("sqs", "sns", "dynamodb", "lambda", "kms", "ssm", "logs", "events")
FULL_ACCESS = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: dict) -> dict:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def scenario(action: str, target: str, *, account=HERE, context=None, **policies):
    return {
        "id": f"{action} {target}",
        "principal": ALICE,
        "action": action,
        "resource": target,
        "resource_account": account,
        "context": context or {},
        "policies": policies,
    }


def small() -> list[dict]:
    """One policy of one statement, asked what it allows and what it does not."""
    read = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::reports/*",
    }
    return [
        scenario(action, resource, identity=[document(read)])
        for action, resource in (
            ("s3:GetObject", "arn:aws:s3:::reports/2026/may.csv"),
            ("s3:GetObject", "arn:aws:s3:::drafts/may.csv"),
            ("s3:PutObject", "arn:aws:s3:::reports/2026/may.csv"),
        )
    ]


def _granting(policy: int, number: int) -> dict:
    """A statement of three actions and two resources, every tenth of them a Deny."""
    at = policy * 20 + number
    service = SERVICES[at % len(SERVICES)]
    return {
        "Sid": f"s{number}",
        "Effect": "Deny" if number % 10 == 9 else "Allow",
        "Action": ["s3:GetObject", f"s3:Put*{at}", f"{service}:List*"],
        "Resource": [f"arn:aws:s3:::bucket-{at}/*", f"arn:aws:s3:::bucket-{at}"],
    }


def many() -> list[dict]:
    """Ten policies of twenty statements of three actions and two resources. Every
    statement speaks of the action, so that its resources have to be looked at."""
    identity = [
        document(*[_granting(policy, number) for number in range(20)])
        for policy in range(10)
    ]
    return [
        scenario("s3:GetObject", f"arn:aws:s3:::{bucket}/x", identity=identity)
        for bucket in ("bucket-3", "bucket-108", "bucket-198", "bucket-199", "other")
    ]


def _conditional(number: int) -> dict:
    tag = "${aws:PrincipalTag/team}"
    return {
        "Sid": f"s{number}",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": [f"arn:aws:s3:::data-{number}/{tag}/*", "arn:aws:s3:::shared/*"],
        "Condition": {
            "StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
            "StringLike": {"aws:PrincipalTag/team": ["blue*", "green*"]},
            "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]},
            "Bool": {"aws:SecureTransport": "true"},
            "DateGreaterThan": {"aws:CurrentTime": f"20{10 + number}-01-01T00:00:00Z"},
        },
    }


def conditional() -> list[dict]:
    """Three policies of five statements, each with five operators and a variable."""
    identity = [
        document(*[_conditional(policy * 5 + number) for number in range(5)])
        for policy in range(3)
    ]
    context = {
        "aws:RequestedRegion": "eu-west-1",
        "aws:PrincipalTag/team": "blue-1",
        "aws:SourceIp": "198.51.100.10",
        "aws:SecureTransport": "true",
        "aws:CurrentTime": "2026-05-04T10:00:00Z",
    }
    return [
        scenario("s3:GetObject", resource, context=context | changes, identity=identity)
        for resource, changes in (
            ("arn:aws:s3:::data-0/blue-1/x", {}),
            ("arn:aws:s3:::data-14/blue-1/x", {}),
            ("arn:aws:s3:::shared/x", {"aws:SourceIp": "192.0.2.1"}),
            ("arn:aws:s3:::shared/x", {"aws:CurrentTime": "2009-05-04T10:00:00Z"}),
        )
    ]


def across() -> list[dict]:
    """A bucket of another account: boundary, three levels of SCPs, and an RCP."""
    own = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::data/*"}
    region = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
    outside = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    elsewhere = {
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*"],
        "Resource": "*",
        "Condition": region,
    }
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    policies = {
        "identity": [document(own)],
        "boundary": document(
            {"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}
        ),
        "resource": document(
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{HERE}:root"},
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::data/*",
            },
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::data/*",
                "Condition": plain,
            },
        ),
        "scps": [
            {"level": level, "policies": [document(FULL_ACCESS), document(elsewhere)]}
            for level in ("root", "ou", "account")
        ],
        "rcps": [
            {
                "level": "root",
                "policies": [
                    document(
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": "*",
                            "Condition": outside,
                        }
                    )
                ],
            }
        ],
    }
    context = {
        "aws:RequestedRegion": "eu-west-1",
        "aws:PrincipalOrgID": "o-a1b2c3d4e5",
        "aws:SecureTransport": "true",
    }
    return [
        scenario(action, resource, account=THERE, context=context | changes, **policies)
        for action, resource, changes in (
            ("s3:GetObject", "arn:aws:s3:::data/x", {}),
            ("s3:PutObject", "arn:aws:s3:::data/x", {}),
            ("s3:GetObject", "arn:aws:s3:::data/x", {"aws:RequestedRegion": "eu-x-1"}),
        )
    ]


WORKLOADS = {
    "one small policy": small,
    "10 policies of 20 statements": many,
    "15 statements, 5 operators each": conditional,
    "across accounts, SCPs and an RCP": across,
}
