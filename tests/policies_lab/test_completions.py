"""What the editor is told of the words that may stand at a place."""

import json

import pytest

from policies_lab import completions
from policies_lab.iam import PolicyError, PolicyType, parse_policy

COMPLETE = "/lab/complete/"


def options(client, of, q=""):
    response = client.get(COMPLETE, {"of": of, "q": q})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    return response.json()["options"]


def labels(client, of, q=""):
    return [option["label"] for option in options(client, of, q)]


def test_services_come_with_their_names(client):
    found = {
        option["label"]: option["detail"] for option in options(client, "services")
    }
    assert found["s3"] == "Amazon S3"
    assert len(found) > 400


def test_actions_are_those_of_one_service_with_their_levels(client):
    found = {o["label"]: o["detail"] for o in options(client, "actions", "S3")}
    assert found["s3:GetObject"] == "Read"
    assert found["s3:PutBucketPolicy"] == "Permissions management"
    assert all(label.startswith("s3:") for label in found)


def test_keys_of_an_action_stand_before_the_global_ones(client):
    found = labels(client, "keys", "s3:PutObject")
    assert "s3:x-amz-server-side-encryption" in found
    assert "s3:prefix" not in found
    assert found.index("s3:x-amz-acl") < found.index("aws:SourceIp")
    assert "aws:PrincipalTag/${key}" in found
    assert "s3:ExistingObjectTag/${key}" in labels(client, "keys", "s3:GetObject")


def test_of_a_pattern_all_keys_of_the_service_are_offered(client):
    assert "s3:prefix" in labels(client, "keys", "s3:*")


def test_key_types_are_told(client):
    found = {o["label"]: o["detail"] for o in options(client, "keys", "")}
    assert found["aws:SourceIp"] == "IPAddress"
    assert found["aws:TagKeys"] == "String, several"


def test_resources_are_the_forms_that_the_action_works_on(client):
    found = labels(client, "resources", "s3:GetObject")
    assert "arn:aws:s3:::${BucketName}/${ObjectName}" in found
    assert "arn:aws:s3:::${BucketName}" not in found
    assert found[-1] == "*"
    assert labels(client, "resources", "s3:ListAllMyBuckets") == ["*"]


@pytest.mark.parametrize("of", ["actions", "keys", "resources"])
@pytest.mark.parametrize("q", ["nothing", "nothing:Get", "s3\u2028:x", "${a}", "*:*"])
def test_an_unknown_service_has_none_of_its_own(client, of, q):
    found = labels(client, of, q)
    assert not [label for label in found if label.startswith(("nothing", "s3", "$"))]
    if of == "actions":
        assert found == []


@pytest.mark.parametrize("of", ["", "everything", "__class__"])
def test_a_question_that_is_none_is_not_found(client, of):
    assert client.get(COMPLETE, {"of": of}).status_code == 404


def test_a_long_question_is_not_looked_up(client):
    assert options(client, "actions", "s" * 129) == []


def test_answers_are_bounded(client, monkeypatch):
    assert (
        max(len(options(client, "actions", s)) for s in ("ec2", "sagemaker")) <= 1_000
    )
    monkeypatch.setattr(completions, "MOST_OPTIONS", 7)
    assert len(options(client, "actions", "ec2")) == 7
    assert len(options(client, "keys", "ec2:*")) == 7


def test_answers_are_for_everybody_and_asked_for_again_cheaply(client):
    # No database is there for this test.
    first = client.get(COMPLETE, {"of": "actions", "q": "s3"})
    assert first["Cache-Control"] == "public, max-age=3600"
    assert "Cookie" not in first.get("Vary", "")
    assert not first.cookies
    again = client.get(
        COMPLETE, {"of": "actions", "q": "s3"}, HTTP_IF_NONE_MATCH=first["ETag"]
    )
    assert again.status_code == 304
    assert again.content == b""
    other = client.get(COMPLETE, {"of": "actions", "q": "sqs"})
    assert other["ETag"] != first["ETag"]


def test_only_what_is_asked_about_is_read(client, monkeypatch):
    """A question about one service opens no file of another."""
    from policies_lab import catalogue as catalogues

    known = catalogues.IamCatalogue()
    monkeypatch.setattr(completions, "catalogue", lambda: known)
    asked = []
    real = known._read_action_names
    monkeypatch.setattr(
        known, "_action_names", lambda service: asked.append(service) or real(service)
    )
    options(client, "actions", "sqs")
    options(client, "keys", "sqs:SendMessage")
    options(client, "resources", "sqs:SendMessage")
    assert set(asked) == {"sqs"}


def test_posting_is_refused(client):
    assert client.post(COMPLETE, {"of": "services"}).status_code == 405


VALUES = {
    "Principal": "*",
    "NotPrincipal": {"AWS": "111122223333"},
    "NotAction": "s3:GetObject",
    "NotResource": "arn:aws:s3:::a/*",
}


@pytest.mark.parametrize("kind", list(PolicyType))
@pytest.mark.parametrize("element", VALUES)
def test_elements_are_offered_where_the_parser_takes_them(client, kind, element):
    words = options(client, "words", kind.value)
    offered = element in [option["label"] for option in words["statement"]]
    trust = kind is PolicyType.TRUST
    statement = {
        "Effect": "Deny",
        "Action": "sts:AssumeRole" if trust else "s3:GetObject",
        "Resource": "arn:aws:s3:::a/*",
        "Principal": "*",
        element: VALUES[element],
    }
    if element.startswith("Not"):
        del statement[element.removeprefix("Not")]
    names = {"Principal", "NotPrincipal"}
    if kind in {
        PolicyType.IDENTITY,
        PolicyType.BOUNDARY,
        PolicyType.SESSION,
        PolicyType.SCP,
    }:
        for name in names - {element}:
            statement.pop(name, None)
    if trust and element != "NotResource":
        statement.pop("Resource", None)
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    try:
        parse_policy(text, kind=kind)
    except PolicyError:
        taken = False
    else:
        taken = True
    assert offered == taken


def test_words_of_the_language(client):
    words = options(client, "words", "resource")
    assert [o["label"] for o in words["effects"]] == ["Allow", "Deny"]
    operators = [o["label"] for o in words["operators"]]
    assert "ForAnyValue:StringLike" in operators
    assert "NullIfExists" not in operators
    assert {o["label"]: o["holds"] for o in words["top"]}["Statement"] == "list"
