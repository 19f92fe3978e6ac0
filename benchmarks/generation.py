"""Scenarios as people write them: real actions, resources and keys, every policy type.

Unlike `tests/iam/strategies.py`, whose universe is as small as it can be, these have to
be acceptable to another evaluator, which knows what AWS's actions take.
"""

from random import Random

HERE, THERE = "111111111111", "222222222222"
ROLE_ARN = f"arn:aws:iam::{HERE}:role/app"
SESSION_ARN = f"arn:aws:sts::{HERE}:assumed-role/app/s1"
ALICE_ARN = f"arn:aws:iam::{HERE}:user/alice"
FEDERATED_ARN = f"arn:aws:sts::{HERE}:federated-user/bob"
PROVIDER = f"arn:aws:iam::{HERE}:oidc-provider/token.example.org"
LINKED_NAME = "AWSServiceRoleForExample"
LINKED_PATH = f"aws-service-role/example.amazonaws.com/{LINKED_NAME}"

USER = {"type": "user", "arn": ALICE_ARN, "account": HERE}
ROLE = {
    "type": "role_session",
    "arn": SESSION_ARN,
    "role_arn": ROLE_ARN,
    "account": HERE,
}
FEDERATED = {
    "type": "federated_user",
    "arn": FEDERATED_ARN,
    "user_arn": ALICE_ARN,
    "account": HERE,
}
LINKED = {
    "type": "role_session",
    "arn": f"arn:aws:sts::{HERE}:assumed-role/{LINKED_NAME}/s1",
    "role_arn": f"arn:aws:iam::{HERE}:role/{LINKED_PATH}",
    "account": HERE,
    "service_linked": True,
}
ROOT = {"type": "root", "arn": f"arn:aws:iam::{HERE}:root", "account": HERE}
SERVICE = {"type": "service", "service": "sns.amazonaws.com"}
ANONYMOUS = {"type": "anonymous"}
WEB = {"type": "web_identity", "provider": PROVIDER}
CALLERS = [USER] * 8 + [ROLE] * 6 + [FEDERATED, ROOT, SERVICE, ANONYMOUS, LINKED]

OBJECT = "arn:aws:s3:::data/reports/may.csv"
QUEUE = f"arn:aws:sqs:eu-west-1:{HERE}:jobs"
KEY = f"arn:aws:kms:eu-west-1:{HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TABLE = f"arn:aws:dynamodb:eu-west-1:{HERE}:table/orders"
TOPIC = f"arn:aws:sns:eu-west-1:{HERE}:news"
INSTANCE = f"arn:aws:ec2:eu-west-1:{HERE}:instance/i-0abc"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{HERE}:secret:db-a1b2c3"
LOGS = f"arn:aws:logs:eu-west-1:{HERE}:log-group:app"
ROLE_TO_ASSUME = f"arn:aws:iam::{HERE}:role/deploy"

# action, resource, patterns that may stand in a policy
TARGETS = [
    (
        "s3:GetObject",
        OBJECT,
        [
            "arn:aws:s3:::data/*",
            "arn:aws:s3:::data/${aws:username}/*",
            "arn:aws:s3:::data/${aws:PrincipalTag/team, 'reports'}/*",
            "arn:aws:s3:::da?a/reports/*",
        ],
    ),
    ("s3:PutObject", "arn:aws:s3:::data/alice/a.txt", ["arn:aws:s3:::*/alice/*"]),
    ("sqs:SendMessage", QUEUE, [f"arn:aws:sqs:*:{HERE}:jobs", "arn:aws:sqs:*"]),
    ("kms:Decrypt", KEY, [f"arn:aws:kms:eu-*:{HERE}:key/*"]),
    ("dynamodb:GetItem", TABLE, [f"arn:aws:dynamodb:*:{HERE}:table/or*"]),
    ("sns:Publish", TOPIC, ["arn:aws:sns:eu-west-1:*:news"]),
    ("ec2:StopInstances", INSTANCE, [f"arn:aws:ec2:*:{HERE}:instance/*"]),
    ("secretsmanager:GetSecretValue", SECRET, [f"{SECRET[:-7]}-??????"]),
    ("logs:PutRetentionPolicy", LOGS, ["arn:aws:logs:*:log-group:app"]),
    ("s3:ListAllMyBuckets", "*", []),
]
ASSUME = ("sts:AssumeRole", ROLE_TO_ASSUME, [ROLE_TO_ASSUME])
ASSUME_WEB = ("sts:AssumeRoleWithWebIdentity", ROLE_TO_ASSUME, [])
ACTIONS = [
    "*",
    "s3:*",
    "s3:Get*",
    "S3:getobject",
    "sqs:Send*",
    "kms:*",
    "dynamodb:Get*",
]
NOT_ACTIONS = ["iam:*", "s3:PutObject", "kms:*", "sts:*", "ec2:Describe*"]

TEXT, ARN, NUMBER, DATE, BOOL, ADDRESS = "text", "arn", "number", "date", "bool", "ip"
# key: kind, several values?, what a request has, what a policy has
KEYS = {
    "aws:PrincipalTag/team": (TEXT, False, ["blue", "red", ""], ["blue", "b*", "Blue"]),
    "aws:RequestedRegion": (TEXT, False, ["eu-west-1", "us-east-1"], ["eu-*"]),
    "aws:PrincipalOrgID": (TEXT, False, ["o-a1b2c3d4e5"], ["o-a1b2c3d4e5", "o-z9"]),
    "aws:SourceVpce": (TEXT, False, ["vpce-1a2b"], ["vpce-1a2b", "vpce-*"]),
    "aws:TagKeys": (TEXT, True, ["env", "cost", "team"], ["env", "team", "c*"]),
    "aws:CalledVia": (TEXT, True, ["athena.amazonaws.com"], ["athena.amazonaws.com"]),
    "aws:SourceArn": (ARN, False, [TOPIC], [TOPIC, f"arn:aws:sns:*:{HERE}:*"]),
    "aws:PrincipalArn": (ARN, False, [], [ROLE_ARN, f"arn:aws:iam::{HERE}:user/*"]),
    "aws:MultiFactorAuthAge": (NUMBER, False, ["300", "7200"], ["3600", "300.0"]),
    "aws:CurrentTime": (
        DATE,
        False,
        ["2026-05-04T10:00:00Z", "1777888800"],
        ["2026-01-01T00:00:00Z", "1777888800", "2026-05-04T12:00:00+02:00"],
    ),
    "aws:SecureTransport": (BOOL, False, ["true", "false"], ["true", "false"]),
    "aws:MultiFactorAuthPresent": (BOOL, False, ["true", "false"], ["true", "false"]),
    "aws:SourceIp": (
        ADDRESS,
        False,
        ["203.0.113.7", "198.51.100.1", "2001:db8::1", "2001:0DB8:0:0::1"],
        [
            "203.0.113.0/24",
            "203.0.113.7",
            "2001:DB8:0::/32",
            "2001:db8::1",
            "0.0.0.0/0",
        ],
    ),
    "s3:ExistingObjectTag/env": (TEXT, False, ["prod"], ["prod", "p*"]),
    "kms:EncryptionContext:app": (TEXT, False, ["pay"], ["pay", "p?y"]),
    "dynamodb:LeadingKeys": (TEXT, True, ["alice", "bob"], ["${aws:username}", "al*"]),
    "sts:ExternalId": (TEXT, False, ["x1"], ["x1", "x2"]),
}
OPERATORS = {
    TEXT: [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ],
    ARN: ["ArnLike", "ArnNotLike", "ArnEquals", "StringLike"],
    NUMBER: ["NumericLessThan", "NumericEquals", "NumericNotEquals"],
    DATE: ["DateGreaterThan", "DateLessThanEquals", "DateEquals", "DateNotEquals"],
    BOOL: ["Bool"],
    ADDRESS: ["IpAddress", "NotIpAddress"],
}
VARIABLES = ["${aws:PrincipalTag/team}", "${aws:username}"]
PRINCIPALS = [
    "*",
    {"AWS": "*"},
    {"AWS": HERE},
    {"AWS": f"arn:aws:iam::{HERE}:root"},
    {"AWS": [ALICE_ARN]},
    {"AWS": [ROLE_ARN, ALICE_ARN]},
    {"AWS": SESSION_ARN},
    {"AWS": FEDERATED_ARN},
    {"AWS": THERE},
    {"Service": "sns.amazonaws.com"},
]
NOT_PRINCIPALS = [
    {"AWS": [ALICE_ARN, f"arn:aws:iam::{HERE}:root"]},
    {"AWS": [SESSION_ARN, ROLE_ARN, f"arn:aws:iam::{HERE}:root"]},
    {"AWS": [f"arn:aws:iam::{HERE}:root"]},
]
FULL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def _of_account(account: str, target: tuple) -> tuple:
    """The same, owned by another account."""
    action, resource, patterns = target
    moved = [text.replace(HERE, account) for text in (resource, *patterns)]
    return action, moved[0], moved[1:]


class Generator:
    """Draws scenarios; `target` is what the present one asks about."""

    def __init__(self, seed: int) -> None:
        self.rnd = Random(seed)  # noqa: S311 (the same scenarios every time)
        self.target = TARGETS[0]

    def chance(self, share: float) -> bool:
        return self.rnd.random() < share

    def some(self, values: list, most: int = 2) -> list:
        return self.rnd.sample(values, self.rnd.randint(1, min(most, len(values))))

    def keys(self) -> list[str]:
        """Global keys, and those of the action's service."""
        service = self.target[0].partition(":")[0]
        return [k for k in KEYS if k.partition(":")[0] in ("aws", service)]

    def condition(self) -> dict:
        key = self.rnd.choice(self.keys() if self.chance(0.97) else list(KEYS))
        kind, many, _, values = KEYS[key]
        if self.chance(0.12):
            return {"Null": {key: self.rnd.choice(["true", "false"])}}
        name = self.rnd.choice(OPERATORS[kind])
        if kind == TEXT and self.chance(0.35):
            values = [*VARIABLES, *values]
        bare = not many or self.chance(0.1)
        prefix = "" if bare else self.rnd.choice(["ForAllValues:", "ForAnyValue:"])
        suffix = "IfExists" if self.chance(0.25) else ""
        return {f"{prefix}{name}{suffix}": {key: self.some(values)}}

    def statement(self, kind: str) -> dict:
        action, resource, patterns = self.target
        effect = "Deny" if kind == "rcp" or self.chance(0.25) else "Allow"
        found: dict = {"Effect": effect}
        if kind == "rcp":
            found["Principal"] = "*"
        elif kind in {"resource", "trust", "vpce"}:
            spared = effect == "Deny" and kind == "resource" and self.chance(0.2)
            name = "NotPrincipal" if spared else "Principal"
            found[name] = self.rnd.choice(NOT_PRINCIPALS if spared else PRINCIPALS)
            if kind == "vpce" and self.chance(0.97):
                found["Principal"] = "*"
            if kind == "trust" and self.chance(0.3):
                found["Principal"] = {"Federated": PROVIDER}
        own = self.chance(0.6)
        if kind == "trust":
            found["Action"] = [action] if own else ["sts:AssumeRole"]
        elif kind != "rcp" and self.chance(0.12):
            found["NotAction"] = self.some(NOT_ACTIONS)
        elif kind == "rcp":
            found["Action"] = [action] if own else ["s3:*", "sqs:*", "kms:*"]
        else:
            found["Action"] = [action] if own else self.some(ACTIONS)
        if kind != "trust":
            listed = ["*", "*", resource, *patterns, "arn:aws:s3:::other/*"]
            if kind == "session":
                listed = [text for text in listed if text != "arn:aws:sqs:*"]
            negated = kind != "rcp" and self.chance(0.1)
            found["NotResource" if negated else "Resource"] = self.some(listed)
        if self.chance(0.45):
            found["Condition"] = self.condition()
            if self.chance(0.3):
                found["Condition"] |= self.condition()
        return found

    def document(self, kind: str) -> dict:
        old = kind != "rcp" and self.chance(0.12)
        return {
            "Version": "2008-10-17" if old else "2012-10-17",
            "Statement": [self.statement(kind) for _ in range(self.rnd.randint(1, 3))],
        }

    def documents(self, kind: str, most: int = 2) -> list[dict]:
        return [self.document(kind) for _ in range(self.rnd.randint(0, most))]

    def maybe(self, kind: str, share: float) -> dict | None:
        return self.document(kind) if self.chance(share) else None

    def levels(self, kind: str) -> list[dict]:
        if self.chance(0.65):
            return []
        whole = [FULL] if kind == "scp" else []
        return [
            {
                "level": level,
                "policies": [
                    *(whole if self.chance(0.8) else []),
                    *self.documents(kind, 1),
                ]
                or whole,
            }
            for level in self.some(["root", "ou", "account"], 3)
        ]

    def context(self) -> dict:
        found: dict = {}
        for key in self.keys():
            _, many, values, _ = KEYS[key]
            if values and self.chance(0.55):
                found[key] = self.some(values, 3) if many else self.rnd.choice(values)
        return found

    def scenario(self, number: int) -> dict:
        rnd = self.rnd
        caller = rnd.choice(CALLERS)
        self.target = ASSUME if self.chance(0.1) else rnd.choice(TARGETS)
        if self.chance(0.02):
            caller, self.target = WEB, ASSUME_WEB
        own = "trust" if self.target in (ASSUME, ASSUME_WEB) else "resource"
        foreign = self.chance(0.2) and caller is not WEB
        if foreign:
            self.target = _of_account(THERE, self.target)
        signed = "account" in caller and caller is not ROOT
        identity = [FULL] if self.chance(0.35) else []
        return {
            "id": f"s{number}",
            "principal": caller,
            "action": self.target[0],
            "resource": self.target[1],
            "resource_account": THERE if foreign else HERE,
            "context": self.context(),
            "policies": {
                "identity": [*identity, *self.documents("identity")] if signed else [],
                "resource": self.maybe(own, 0.55),
                "boundary": self.maybe("boundary", 0.25)
                if signed and caller is not LINKED
                else None,
                "session": [self.document("session")]
                if caller in (ROLE, FEDERATED) and self.chance(0.4)
                else [],
                "scps": self.levels("scp"),
                "rcps": self.levels("rcp"),
                "vpce": self.maybe("vpce", 0.08),
            },
        }


def scenarios(seed: int, count: int) -> list[dict]:
    """The same scenarios for the same seed."""
    generator = Generator(seed)
    return [generator.scenario(number) for number in range(count)]
