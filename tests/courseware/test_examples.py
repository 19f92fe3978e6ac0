"""Policy and decision fences as data."""

import pytest

from courseware.examples import (
    Malformed,
    read,
    read_decision,
    read_policy,
)
from courseware.markup import Fence
from courseware.scanning import scan
from policies_lab.stated import as_scenario

POLICY = '{"Version": "2012-10-17", "Statement": {"Sid": "A", "Effect": "Allow"}}'
READ = "principal: user/ana\naction: s3:GetObject\nresource: arn:aws:s3:::b/k\n"


def policy(info: str, text: str = POLICY):
    return read_policy(Fence(10, f"policy {info}", text))


def decision(text: str, *policies, info: str = "decision"):
    return read_decision(Fence(20, info, text), policies or [policy("P")])


def refused(call, *given, **named) -> list[tuple[int, str]]:
    with pytest.raises(Malformed) as caught:
        call(*given, **named)
    return caught.value.problems


def test_a_policy():
    found = policy("Readers")
    assert (found.line, found.name, found.type) == (10, "Readers", "identity")
    assert found.text == POLICY
    assert policy("Ceiling scp").type == "scp"


@pytest.mark.parametrize(
    ("info", "text", "line", "message"),
    [
        ("", POLICY, 10, "a policy fence names its policy"),
        ("a/b", POLICY, 10, "a policy fence names its policy"),
        (
            "P bound",
            POLICY,
            10,
            'unknown policy type "bound"; did you mean "boundary"?',
        ),
        ("P scp x", POLICY, 10, 'unknown word "x" after the policy type'),
        ("P", '{\n  "Statement": [\n  }', 13, "not JSON: Expecting value (column 3)"),
        ("P", '{"Statement": NaN}', 10, "not JSON: NaN is not a JSON value"),
        ("P", '{"Effect": 1, "Effect": 2}', 10, 'the member "Effect" stands twice'),
        ("P", "[]", 10, "a policy is an object with a Statement"),
        (
            "P",
            '{"Version": "2012-10-17"}',
            10,
            "a policy is an object with a Statement",
        ),
        ("P", "[" * 30, 10, "nested more than 20 deep"),
        ("P", " " * 40_000, 10, "longer than 32,768 characters"),
        ("P", "[" + "1" * 5000 + "]", 10, "not JSON: "),
    ],
)
def test_policies_that_are_refused(info, text, line, message):
    [(found, said)] = refused(policy, info, text)
    assert found == line
    assert message in said


def test_a_decision():
    found = decision(
        READ + "resource_account: 444455556666\n\naws:SourceIp: 203.0.113.7\n"
        "aws:TagKeys: [env, cost]\naws:UserAgent: a: b\n"
        "decision: allow\nstep: identity\nstatement: A\n"
    )
    assert (found.principal, found.action) == ("user/ana", "s3:GetObject")
    assert found.resource_account == "444455556666"
    assert found.context == {
        "aws:SourceIp": "203.0.113.7",
        "aws:TagKeys": ["env", "cost"],
        "aws:UserAgent": "a: b",
    }
    assert found.decided_by.name == "P"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (READ, 20, "the decision lacks decision"),
        ("", 20, "the decision lacks principal, action, resource, decision"),
        (READ + "decision: deny", 24, 'unknown decision "deny"'),
        (READ + "decision: alow", 24, 'did you mean "allow"?'),
        (READ + "decision: allow\nstep: identty", 25, 'did you mean "identity"?'),
        (READ + "decision: allow\nstatment: A", 25, 'did you mean "statement"?'),
        (READ + "decision: allow\nstatement: B", 20, 'no policy above has a Sid "B"'),
        (READ + "decision: allow\nwords", 25, '"words" is not "name: value"'),
        (
            READ + "decision: allow\naction: a:b",
            25,
            '"action" stands here a second time',
        ),
        (READ + "decision: allow\nresource_account: 12", 25, "12 digits"),
        (READ.replace("s3:Get", "s3 Get") + "decision: allow", 22, "is not an action"),
        (READ.replace("user/ana", "ana") + "decision: allow", 21, "is not an ARN"),
    ],
)
def test_decisions_that_are_refused(text, line, message):
    assert any(
        found == line and message in said for found, said in refused(decision, text)
    )


def test_a_decision_speaks_of_one_resource_policy():
    two = [policy("P resource"), policy("Q trust")]
    assert refused(decision, READ + "decision: allow", *two) == [
        (20, "two resource policies stand between the heading and this")
    ]


LESSON = """\
```policy Before
{"Statement": []}
```

## One

```policy P
{"Statement": [{"Sid": "A", "Effect": "Allow"}]}
```

#### Deeper

```policy Q resource
{"Statement": []}
```

```decision
principal: user/ana
action: s3:GetObject
resource: arn:aws:s3:::b/k
decision: allow
```

### Two

```decision
principal: user/ana
action: s3:GetObject
resource: arn:aws:s3:::b/k
decision: implicit_deny
```
"""


def test_a_decision_speaks_of_the_policies_since_the_last_heading():
    found, problems = read(scan(LESSON))
    [stated] = [value for value in found.values() if hasattr(value, "principal")]
    assert [one.name for one in stated.policies] == ["P", "Q"]
    assert problems == [(26, "no policy stands between the heading and this")]


def test_a_policy_that_cannot_be_read_is_told_once():
    text = LESSON.replace('[{"Sid"', '[{"Sid')
    assert [line for line, _ in read(scan(text))[1]] == [8, 26]


@pytest.mark.parametrize(
    ("named", "principal"),
    [
        (
            "user/ana",
            {
                "type": "user",
                "account": "111122223333",
                "arn": "arn:aws:iam::111122223333:user/ana",
            },
        ),
        (
            "root",
            {
                "type": "root",
                "account": "111122223333",
                "arn": "arn:aws:iam::111122223333:root",
            },
        ),
        (
            "arn:aws:sts::444455556666:assumed-role/app/run",
            {
                "type": "role_session",
                "account": "444455556666",
                "arn": "arn:aws:sts::444455556666:assumed-role/app/run",
                "role_arn": "arn:aws:iam::444455556666:role/app",
            },
        ),
        (
            "role/app",
            {
                "type": "role_session",
                "account": "111122223333",
                "arn": "arn:aws:sts::111122223333:assumed-role/app/session",
                "role_arn": "arn:aws:iam::111122223333:role/app",
            },
        ),
    ],
)
def test_who_asks_in_a_scenario(named, principal):
    text = READ.replace("user/ana", named) + "decision: allow"
    assert as_scenario(decision(text))["principal"] == principal


def test_each_policy_has_its_place_in_a_scenario():
    kinds = [
        *("identity", "session", "boundary", "resource", "endpoint"),
        *("scp", "scp", "rcp"),
    ]
    policies = [policy(f"P{n} {kind}") for n, kind in enumerate(kinds)]
    scenario = as_scenario(decision(READ + "decision: allow", *policies))
    named = scenario["policies"]
    assert [one["name"] for one in named["identity"] + named["session"]] == ["P0", "P1"]
    assert named["boundary"]["name"] == "P2"
    assert named["resource"]["name"] == "P3"
    assert named["vpce"]["name"] == "P4"
    assert [level["policies"][0]["name"] for level in named["scps"]] == ["P5", "P6"]
    assert named["rcps"] == [
        {"level": "account", "policies": [{"name": "P7", "document": POLICY}]}
    ]


@pytest.mark.parametrize(
    ("resource", "owner", "account"),
    [
        ("arn:aws:s3:::b/k", "", "111122223333"),
        ("arn:aws:s3:::b/k", "resource_account: 444455556666\n", "444455556666"),
        ("arn:aws:sqs:eu-west-1:777788889999:q", "", "777788889999"),
        ("*", "", "111122223333"),
    ],
)
def test_who_owns_the_resource(resource, owner, account):
    text = READ.replace("arn:aws:s3:::b/k", resource) + owner + "decision: allow"
    assert as_scenario(decision(text))["resource_account"] == account
