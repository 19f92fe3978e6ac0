"""Scenarios out of a universe that is small enough for everything to meet.

One generator serves Hypothesis, which shrinks what it draws, and the long fuzzing run
(`python -m tests.iam.fuzz`), which needs speed.
"""

from random import Random

from hypothesis import strategies as st

from tests.iam.cases import (
    ALICE,
    ANONYMOUS,
    FEDERATED,
    HERE,
    KEY,
    OBJECT,
    PROVIDER,
    ROLE,
    ROLE_TO_ASSUME,
    ROOT,
    SERVICE,
    THERE,
    USER,
    WEB,
)

ACTIONS = ["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?et*", "kms:*", "sts:Assume*"]
NAMED_ACTIONS = ["s3:GetObject", "s3:PutObject", "kms:Decrypt", "sts:AssumeRole"]
RESOURCES = [
    "*",
    "arn:aws:s3:::data/*",
    "arn:aws:s3:::*",
    "arn:*:s3:::data/r*t.csv",
    "arn:aws:s3:::data/${aws:username}/*",
    "arn:aws:s3:::data/${aws:PrincipalTag/t}",
    "arn:aws:k*s:eu-*:*:key/*",
    OBJECT,
    KEY,
]
SHORT = "arn:a*s:*"
REQUESTS = [
    ("s3:GetObject", OBJECT),
    ("s3:PutObject", "arn:aws:s3:::data/alice/x"),
    ("S3:GETOBJECT", "arn:aws:s3:::data/*"),
    ("s3:ListAllMyBuckets", "*"),
    ("kms:Decrypt", KEY),
    ("sns:Publish", f"arn:aws:sns:eu-west-1:{HERE}:t"),
]
ASSUME = ("sts:AssumeRole", ROLE_TO_ASSUME)
LINKED = {**ROLE, "service_linked": True}
CALLERS = [USER, USER, ROLE, ROLE, FEDERATED, ROOT, SERVICE, ANONYMOUS, WEB, LINKED]
PRINCIPALS = [
    "*",
    {"AWS": "*"},
    {"AWS": HERE},
    {"AWS": THERE},
    {"AWS": f"arn:aws:iam::{HERE}:root"},
    {"AWS": ALICE},
    {"AWS": [ROLE["arn"]]},
    {"AWS": [ROLE["role_arn"], FEDERATED["user_arn"]]},
    {"AWS": FEDERATED["arn"]},
    {"Service": "sns.amazonaws.com"},
    {"AWS": THERE, "Federated": PROVIDER},
]
NOT_PRINCIPALS = [
    {"AWS": [ALICE, HERE]},
    {"AWS": [ROLE["arn"], ROLE["role_arn"], f"arn:aws:iam::{HERE}:root"]},
    {"AWS": [HERE]},
    {"Service": "sns.amazonaws.com"},
]
TEXTS = ["a", "b*", "a?", "${aws:PrincipalTag/t}", "${aws:username}"]
KEYS = ["k", "K", "aws:PrincipalTag/t"]


OPERATORS = [
    (["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"], TEXTS),
    (["NumericLessThan"], ["5", 7]),
    (["Bool"], ["true", False]),
    (["IpAddress", "NotIpAddress"], ["10.0.0.0/8", "10.1.0.0/16", "::/0"]),
]
QUANTIFIERS = ["", "", "ForAllValues:", "ForAnyValue:"]
VALUES = ["a", "b", "b*", "bc", "4", "6", "true", "10.1.2.3", "::1", ""]
FULL_ACCESS = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def some(rnd, values, most=2):
    return [rnd.choice(values) for _ in range(rnd.randint(1, most))]


def condition(rnd):
    prefix, key = rnd.choice(QUANTIFIERS), rnd.choice(KEYS)
    if rnd.random() < 0.2:
        return {f"{prefix}Null": {key: rnd.choice(["true", "false", True])}}
    names, values = rnd.choice(OPERATORS)
    name = prefix + rnd.choice(names) + rnd.choice(["", "", "IfExists"])
    return {name: {key: some(rnd, values)}}


def statement(rnd, kind):
    effect = "Deny" if kind == "rcp" or rnd.random() < 0.3 else "Allow"
    found = {"Effect": effect}
    if kind == "rcp":
        found["Principal"] = "*"
    elif kind in {"resource", "trust", "vpce"}:
        spared = effect == "Deny" and kind == "resource" and rnd.random() < 0.5
        name = "NotPrincipal" if spared else "Principal"
        found[name] = rnd.choice(NOT_PRINCIPALS if spared else PRINCIPALS)
    negated = kind != "rcp" and rnd.random() < 0.3
    names = NAMED_ACTIONS if negated else ACTIONS
    found["NotAction" if negated else "Action"] = some(rnd, names)
    if kind != "trust":
        patterns = RESOURCES if kind in {"rcp", "session"} else [*RESOURCES, SHORT]
        name = "NotResource" if rnd.random() < 0.3 else "Resource"
        found[name] = some(rnd, patterns, 3)
    if rnd.random() < 0.5:
        found["Condition"] = condition(rnd) | (
            condition(rnd) if rnd.random() < 0.4 else {}
        )
    return found


def document(rnd, kind):
    old = kind != "rcp" and rnd.random() < 0.2
    return {
        "Version": "2008-10-17" if old else "2012-10-17",
        "Statement": [statement(rnd, kind) for _ in range(rnd.randint(1, 3))],
    }


def documents(rnd, kind, most=2):
    return [document(rnd, kind) for _ in range(rnd.randint(0, most))]


def maybe(rnd, kind, chance=0.4):
    return document(rnd, kind) if rnd.random() < chance else None


def levels(rnd, kind):
    if rnd.random() < 0.5:
        return []
    found = []
    for _ in range(rnd.randint(1, 2)):
        whole = [FULL_ACCESS] if kind == "scp" and rnd.random() < 0.6 else []
        found.append({"level": "ou", "policies": whole + documents(rnd, kind)})
    return found


def value(rnd):
    if rnd.random() < 0.6:
        return rnd.choice(VALUES)
    return [rnd.choice(VALUES) for _ in range(rnd.randint(0, 3))]


def generate(rnd: Random):
    """A scenario as JSON, of any caller, with any set of documents."""
    caller = rnd.choice(CALLERS)
    action, resource = rnd.choice([*REQUESTS, *REQUESTS, ASSUME])
    own = "trust" if resource == ROLE_TO_ASSUME else "resource"
    keys = [key for key in ("k", "aws:PrincipalTag/t") if rnd.random() < 0.6]
    return {
        "id": "generated",
        "principal": caller,
        "action": action,
        "resource": resource,
        "resource_account": rnd.choice([HERE, HERE, HERE, THERE]),
        "management_account": rnd.choice([None, None, HERE, THERE]),
        "context": {key: value(rnd) for key in keys},
        "policies": {
            "identity": [FULL_ACCESS] * (rnd.random() < 0.4)
            + documents(rnd, "identity"),
            "resource": maybe(rnd, own, 0.6),
            "boundary": None if caller is LINKED else maybe(rnd, "boundary"),
            "session": documents(rnd, "session") if rnd.random() < 0.5 else [],
            "scps": levels(rnd, "scp"),
            "rcps": levels(rnd, "rcp"),
            "vpce": maybe(rnd, "vpce", 0.1),
        },
    }


def scenarios():
    """The generator as a strategy, which shrinks."""
    return st.randoms(use_true_random=False).map(generate)
