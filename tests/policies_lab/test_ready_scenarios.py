"""Ready scenarios say what the engine says, for each request that they hold."""

import json
import re
import tomllib
from collections import Counter
from dataclasses import replace

import pytest
from django.conf import settings

from policies_lab import bench as benches
from policies_lab.iam import evaluate, read_scenario
from policies_lab.scenarios import FOLDER, ready_scenarios, with_saved

COURSE = settings.BASE_DIR / "courseware/content/shared-responsibility"
SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
IN_LESSON = re.compile(r"^!\[\[activity:scenario/([a-z0-9-]+)\]\]", re.MULTILINE)

SCENARIOS = ready_scenarios()
ROWS = [
    pytest.param(scenario, saved, id=f"{scenario.key}: {saved.title}")
    for scenario in SCENARIOS.values()
    for saved in scenario.saved
]
DOCUMENTS = [
    pytest.param(policy, id=f"{scenario.key}: {policy.name}")
    for scenario in SCENARIOS.values()
    for policy in scenario.bench.policies
]


def decided(scenario, saved=None):
    chosen = with_saved(scenario.bench, saved) if saved else scenario.bench
    trace = evaluate(read_scenario(benches.lay(chosen).text()))
    return trace.decision, trace.deciding_step


def changed(scenario, name, **new):
    """The scenario with other members in the policies of that name."""
    policies = [
        replace(row, **new) if row.name == name else row
        for row in scenario.bench.policies
    ]
    assert policies != scenario.bench.policies
    return replace(scenario, bench=replace(scenario.bench, policies=policies))


def decisions(scenario):
    return {saved.title: decided(scenario, saved)[0] for saved in scenario.saved}


def test_every_file_is_read_and_none_of_the_lessons_is_missing():
    assert set(SCENARIOS) == {path.stem for path in FOLDER.glob("*.toml")}
    lessons = [path.read_text("utf-8") for path in COURSE.glob("*/*.md")]
    embedded = {key for text in lessons for key in IN_LESSON.findall(text)}
    assert embedded
    assert embedded <= set(SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_request_gets_the_decision_that_is_revealed(scenario):
    reveal = scenario.reveal
    assert decided(scenario) == (reveal.decision, reveal.deciding_step)


@pytest.mark.parametrize(("scenario", "saved"), ROWS)
def test_a_saved_request_gets_its_decision(scenario, saved):
    assert decided(scenario, saved) == (saved.decision, saved.deciding_step)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_scenario_has_what_its_page_needs(scenario):
    sections = tomllib.loads((COURSE / "course.toml").read_text("utf-8"))["section"]
    assert scenario.section in {section["slug"] for section in sections}
    assert len(scenario.saved) >= 3
    assert len({saved.title for saved in scenario.saved}) == len(scenario.saved)
    assert 1 <= len(SENTENCE_END.findall(scenario.reveal.because)) <= 2


def test_no_two_scenarios_share_a_place_or_a_title():
    scenarios = SCENARIOS.values()
    assert max(Counter(scenario.order for scenario in scenarios).values()) == 1
    assert max(Counter(scenario.title for scenario in scenarios).values()) == 1


@pytest.mark.parametrize("policy", DOCUMENTS)
def test_a_document_can_be_read_at_a_glance(policy):
    lines = policy.document.rstrip("\n").split("\n")
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 88
    assert all((len(line) - len(line.lstrip(" "))) % 2 == 0 for line in lines)
    statements = json.loads(policy.document)["Statement"]
    assert all(re.fullmatch(r"[A-Za-z0-9]+", each["Sid"]) for each in statements)


# What each scenario asks to be tried, and what comes of it: the saved requests
# whose decision changes. Nothing else may change.
SPARES = [
    ("scp-ceiling", "FullAWSAccess", {"Making a queue": "allow"}),
    ("boundary-is-a-ceiling", "AllOfS3", {"Reading a report": "allow"}),
    (
        "both-accounts-must-allow",
        "ReadFigures",
        {"Reading the partner's figures": "allow"},
    ),
    ("dynamodb-s3-notresource", "AllOfS3", {}),
]
EDITS = [
    (
        "first-allow",
        "ReadReports",
        ("acme-reports/*", "acme-reports/2026/*"),
        {"Reading an older report": "implicit_deny"},
    ),
    (
        "variable-home-folders",
        "OwnFolder",
        ("2012-10-17", "2008-10-17"),
        {"Writing to the own folder": "implicit_deny"},
    ),
    (
        "notaction-allow",
        "AllButIam",
        (
            '"NotAction": "iam:*",\n      "Resource": "*"\n    }',
            '"Action": "*", "Resource": "*" },\n'
            '{ "Effect": "Deny", "Action": "iam:*", "Resource": "*" }',
        ),
        {"Looking at a user": "explicit_deny", "Making a user": "explicit_deny"},
    ),
    (
        "mfa-bool-trap",
        "StopWithMfa",
        ('"Bool"', '"BoolIfExists"'),
        {"Script with an access key": "explicit_deny"},
    ),
    (
        "key-policy-first",
        "BensKey",
        ("user/ben", "root"),
        {
            "Decrypting with the key": "allow",
            "Scheduling the deletion of the key": "allow",
            "Reading the key policy": "allow",
        },
    ),
    (
        "bucket-is-not-its-objects",
        "BucketOnly",
        (
            '"arn:aws:s3:::acme-reports"',
            '["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-reports/*"]',
        ),
        {"Reading a report": "allow"},
    ),
    (
        "negated-operator-missing-key",
        "KmsOnly",
        ('"StringNotEquals"', '"StringNotEqualsIfExists"'),
        {},
    ),
    (
        "region-guardrail",
        "OnlyIreland",
        ('        "iam:*",\n', ""),
        {"A role, through IAM's endpoint in us-east-1": "explicit_deny"},
    ),
]
DETACHED = [
    (
        "narrow-allow-takes-nothing-away",
        "AllOfS3",
        {
            "Deleting an old report": "implicit_deny",
            "Reading the payroll": "implicit_deny",
        },
    ),
    ("session-policy-narrows", "LookOnly", {"Overwriting a report": "allow"}),
    (
        "rcp-closes-the-bucket",
        "OnlyOurOrganisation",
        {
            "Pat reads a report": "allow",
            "The same, from an account without any organisation": "allow",
        },
    ),
]


@pytest.mark.parametrize(("key", "name", "flips"), SPARES)
def test_attaching_the_spare(key, name, flips):
    before = SCENARIOS[key]
    after = changed(before, name, attached=True)
    assert decisions(after) == decisions(before) | flips


@pytest.mark.parametrize(("key", "name", "flips"), DETACHED)
def test_detaching_a_policy(key, name, flips):
    before = SCENARIOS[key]
    after = changed(before, name, attached=False)
    assert decisions(after) == decisions(before) | flips


@pytest.mark.parametrize(("key", "name", "edit", "flips"), EDITS)
def test_editing_a_policy(key, name, edit, flips):
    before = SCENARIOS[key]
    row = next(row for row in before.bench.policies if row.name == name)
    assert edit[0] in row.document
    after = changed(before, name, document=row.document.replace(*edit))
    assert decisions(after) == decisions(before) | flips


def test_an_allow_for_tls_leaves_plain_http_open():
    """A Deny turned into an Allow of the opposite forbids nothing any more."""
    before = SCENARIOS["tls-only-bucket"]
    row = next(row for row in before.bench.policies if row.name == "TlsOnly")
    text = row.document.replace("Deny", "Allow").replace('"false"', '"true"')
    assert decisions(changed(before, "TlsOnly", document=text)) == {
        "Reading over plain HTTP": "allow",
        "Reading over TLS": "allow",
        "Writing over TLS": "allow",
        "Writing over plain HTTP": "implicit_deny",
    }


def test_without_the_deny_the_broad_policy_opens_the_payroll():
    """What the scenario about NotResource is there to show."""
    before = SCENARIOS["dynamodb-s3-notresource"]
    own = next(row for row in before.bench.policies if row.attached)
    document = json.loads(own.document)
    document["Statement"] = [
        each for each in document["Statement"] if each["Effect"] == "Allow"
    ]
    open_ended = changed(before, own.name, document=json.dumps(document))
    assert decisions(open_ended)["Reading the payroll"] == "implicit_deny"
    widened = changed(open_ended, "AllOfS3", attached=True)
    assert decisions(widened)["Reading the payroll"] == "allow"
    assert decisions(widened)["Listing the payroll bucket"] == "allow"
