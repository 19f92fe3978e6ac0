"""Small builders: a scenario is written down with only what a test is about."""

import json

from policies_lab.iam import (
    IamError,
    PolicyError,
    PolicyType,
    parse_policy,
    read_scenario,
)
from tests.iam.expand import CORPUS as CORPUS
from tests.iam.expand import expanded, files

HERE, THERE = "111111111111", "222222222222"
ALICE = f"arn:aws:iam::{HERE}:user/alice"
OBJECT = "arn:aws:s3:::data/report.csv"
KEY = f"arn:aws:kms:eu-west-1:{HERE}:key/1"
ROLE_TO_ASSUME = f"arn:aws:iam::{HERE}:role/deploy"

USER = {"type": "user", "arn": ALICE, "account": HERE}
ROLE = {
    "type": "role_session",
    "arn": f"arn:aws:sts::{HERE}:assumed-role/app/s1",
    "role_arn": f"arn:aws:iam::{HERE}:role/app",
    "account": HERE,
}
FEDERATED = {
    "type": "federated_user",
    "arn": f"arn:aws:sts::{HERE}:federated-user/bob",
    "user_arn": f"arn:aws:iam::{HERE}:user/parent",
    "account": HERE,
}
ROOT = {"type": "root", "arn": f"arn:aws:iam::{HERE}:root", "account": HERE}
SERVICE = {"type": "service", "service": "sns.amazonaws.com"}
ANONYMOUS = {"type": "anonymous"}
PROVIDER = f"arn:aws:iam::{HERE}:oidc-provider/id.example.org"
WEB = {"type": "web_identity", "provider": PROVIDER}
SAML = {"type": "saml", "provider": f"arn:aws:iam::{HERE}:saml-provider/corp"}


def statement(effect="Allow", action="*", resource="*", **elements):
    found = {"Effect": effect, **elements}
    if "NotAction" not in elements:
        found["Action"] = action
    if resource is not None and "NotResource" not in elements:
        found["Resource"] = resource
    return found


def policy(*statements, version="2012-10-17"):
    return {"Version": version, "Statement": list(statements)}


FULL = policy(statement())


def scenario_json(
    principal=USER,
    action="s3:GetObject",
    resource=OBJECT,
    account=HERE,
    context=None,
    management_account=None,
    **policies,
):
    """A scenario; `bucket` is its resource policy."""
    if "bucket" in policies:
        policies["resource"] = policies.pop("bucket")
    return {
        "id": "t",
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": account,
        "context": context or {},
        "management_account": management_account,
        "policies": policies,
    }


def scenario(**parts):
    return read_scenario(scenario_json(**parts))


def parsed(document, kind=PolicyType.IDENTITY, **options):
    text = document if isinstance(document, str) else json.dumps(document)
    return parse_policy(text, kind=kind, **options)


def problems(document, kind=PolicyType.IDENTITY, **options):
    """Everything that is wrong with a document."""
    try:
        parsed(document, kind, **options)
    except PolicyError as error:
        return error.problems
    return ()


def refusal(take, *arguments):
    """The problems that a function raises, or nothing."""
    try:
        take(*arguments)
    except IamError as error:
        return error.problems
    return ()


def load_cases():
    """Every scenario of the corpus, written out, as (path, scenario)."""
    for path in files():
        for case in expanded(path):
            yield f"{path.stem}/{case['id']}", case


def decided_cases():
    """The cases of the corpus that have a decision, and are not refused."""
    return [case for _, case in load_cases() if "decision" in case["expected"]]
