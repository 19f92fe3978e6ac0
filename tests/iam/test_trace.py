"""The trace: every step, every statement, every element, and why."""

import pytest

from policies_lab.iam import (
    EvaluationError,
    Outcome,
    PolicyType,
    decide,
    evaluate,
    parse_policy,
    read_scenario,
)
from policies_lab.iam.documents import Policies, Scenario
from tests.iam.cases import (
    ALICE,
    ANONYMOUS,
    FEDERATED,
    FULL,
    HERE,
    OBJECT,
    ROLE,
    ROOT,
    THERE,
    USER,
    decided_cases,
    policy,
    scenario,
    statement,
)

ELSEWHERE = policy(statement("Allow", "ec2:*"))
PUBLIC = policy(statement("Allow", "s3:*", OBJECT, Principal="*"))


def outcomes(**parts):
    trace = evaluate(scenario(**parts))
    return {
        step.id: step.outcome.value
        for step in trace.steps
        if step.outcome is not Outcome.NOT_PRESENT
    }


def level(name, *policies):
    return {"level": name, "policies": list(policies)}


def test_the_steps_and_their_order():
    trace = evaluate(scenario())
    assert [step.kind.value for step in trace.steps] == [
        "explicit_deny",
        "rcp",
        "scp",
        "vpce",
        "resource",
        "identity",
        "boundary",
        "session",
    ]
    assert trace.stopped_at is trace.steps[5]


def test_no_policy_at_all_stops_at_identity():
    assert outcomes() == {"explicit_deny": "pass", "identity": "stop"}


def test_an_allow_passes_every_step():
    found = outcomes(
        principal=ROLE,
        identity=[FULL],
        boundary=FULL,
        session=[FULL],
        scps=[level("root", FULL), level("account", FULL)],
        rcps=[level("root")],
        vpce=policy({**statement(), "Principal": "*"}),
        bucket=policy(statement("Allow", Principal={"AWS": HERE})),
    )
    assert found == {
        "explicit_deny": "pass",
        "rcp[0]": "pass",
        "scp[0]": "pass",
        "scp[1]": "pass",
        "vpce": "pass",
        "resource": "pass",
        "identity": "pass",
        "boundary": "pass",
        "session": "pass",
    }


def test_after_an_explicit_deny_nothing_is_reached():
    found = outcomes(
        principal=ROLE,
        identity=[FULL, policy(statement("Deny"))],
        boundary=FULL,
        scps=[level("root", FULL)],
    )
    assert found == {
        "explicit_deny": "stop",
        "scp[0]": "not_reached",
        "identity": "not_reached",
        "boundary": "not_reached",
    }


def test_a_level_stops_and_the_rest_is_not_reached():
    levels = [level("root", FULL), level("ou", ELSEWHERE), level("account", FULL)]
    trace = evaluate(scenario(identity=[FULL], scps=levels))
    scps = [step for step in trace.steps if step.kind == "scp"]
    assert [(s.level, s.parent, s.outcome.value) for s in scps] == [
        ("root", "scp", "pass"),
        ("ou", "scp", "stop"),
        ("account", "scp", "not_reached"),
    ]
    assert outcomes(identity=[FULL], scps=levels)["identity"] == "not_reached"


def test_a_direct_grant_asks_nobody_else():
    found = outcomes(principal=ROLE, bucket=PUBLIC, boundary=ELSEWHERE)
    assert found == {
        "explicit_deny": "pass",
        "resource": "pass",
        "identity": "not_reached",
        "boundary": "not_reached",
    }


def test_a_grant_to_the_role_skips_identity_alone():
    bucket = policy(statement(Principal={"AWS": ROLE["role_arn"]}))
    trace = evaluate(scenario(principal=ROLE, bucket=bucket, boundary=FULL))
    found = {s.kind.value: s for s in trace.steps}
    assert found["identity"].outcome is Outcome.PASS
    assert found["identity"].facts == {"exempt": "granted_to_entity"}
    assert found["boundary"].outcome is Outcome.PASS
    assert found["resource"].facts == {"grant": "entity"}
    assert [s.policy for s in trace.deciding] == ["resource"]


def test_another_account_needs_its_policy():
    trace = evaluate(scenario(account=THERE, identity=[FULL]))
    resource = trace.stopped_at
    assert resource.kind == "resource"
    assert resource.facts == {"grant": "none", "needed": "other_account"}


@pytest.mark.parametrize(
    ("resource", "action", "needed"),
    [
        (f"arn:aws:kms:eu-west-1:{HERE}:key/1", "kms:Decrypt", "key_policy"),
        (f"arn:aws:iam::{HERE}:role/x", "sts:AssumeRole", "trust_policy"),
    ],
)
def test_why_the_resource_has_to_allow(resource, action, needed):
    trace = evaluate(scenario(resource=resource, action=action, identity=[FULL]))
    assert trace.stopped_at.facts == {"grant": "none", "needed": needed}


LEVEL = [level("root")]
MANAGED = {"management_account": HERE}
LINKED = {**ROLE, "service_linked": True}
MENDS = {
    "principal": ROOT,
    "bucket": policy(statement("Deny", Principal="*")),
    "action": "s3:DeleteBucketPolicy",
}


@pytest.mark.parametrize(
    ("parts", "step", "exempt"),
    [
        ({**MANAGED, "scps": LEVEL}, "scp", "management_account"),
        ({**MANAGED, "rcps": LEVEL}, "rcp", "management_account"),
        ({"principal": LINKED, "scps": LEVEL}, "scp", "service_linked_role"),
        ({"principal": ANONYMOUS, "scps": LEVEL}, "scp", "caller_without_account"),
        (
            {"principal": ANONYMOUS, "boundary": FULL},
            "boundary",
            "caller_without_account",
        ),
        ({"principal": ROOT, "boundary": FULL}, "boundary", "root_user"),
        ({"principal": ROOT}, "identity", "root_user"),
        ({"action": "sns:Publish", "rcps": LEVEL}, "rcp", "not_covered_by_rcps"),
        (MENDS, "resource", "root_mends_bucket_policy"),
    ],
)
def test_policies_that_do_not_bind_say_why(parts, step, exempt):
    trace = evaluate(scenario(**parts))
    found = next(s for s in trace.steps if s.kind == step)
    assert found.facts["exempt"] == exempt
    assert found.outcome is Outcome.NOT_PRESENT
    assert found.statements == ()


def test_a_federated_session_without_a_policy_stops_at_session():
    trace = evaluate(scenario(principal=FEDERATED, identity=[FULL]))
    assert trace.stopped_at.kind == "session"
    assert trace.stopped_at.facts == {"needed": "federated_user"}


def test_a_root_user_is_stopped_from_becoming_anything():
    found = outcomes(principal=ROOT, action="sts:AssumeRole", resource="*")
    assert found == {"explicit_deny": "pass", "resource": "stop"}
    assert outcomes(principal=ROOT) == {"explicit_deny": "pass"}
    found = outcomes(action="sts:AssumeRole", resource="*", identity=[FULL])
    assert found == {"explicit_deny": "pass", "identity": "pass"}


def test_a_needless_request_reaches_no_step():
    found = outcomes(action="sts:GetCallerIdentity", resource="*", identity=[FULL])
    assert found == {"explicit_deny": "not_reached", "identity": "not_reached"}


def statements_of(**parts):
    return evaluate(scenario(**parts)).statements


def test_elements_are_looked_at_in_order_up_to_the_first_failure():
    never = {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"s3:prefix": "a*"}}
    bucket = policy(
        statement("Allow", "s3:*", OBJECT, Principal="*", Condition=never),
        statement("Allow", "s3:*", OBJECT, Principal={"AWS": THERE}),
        statement("Allow", "s3:Put*", OBJECT, Principal="*"),
        statement("Allow", "s3:*", "arn:aws:s3:::other", Principal="*"),
        statement("Allow", "s3:*", OBJECT, Principal="*"),
    )
    found = [
        "".join({True: "+", False: "-", None: "."}[c.matched] for c in s.checks)
        for s in statements_of(bucket=bucket)
    ]
    assert found == ["+++-.", "-..", "+-.", "++-", "+++"]
    one = statements_of(bucket=bucket)[0]
    assert [c.element for c in one.checks] == [
        "Principal",
        "Action",
        "Resource",
        "Condition",
        "Condition",
    ]
    assert one.failed.operator == "Bool"
    assert one.failed.key == "aws:SecureTransport"
    assert (one.failed.request_value, one.failed.note) == (None, "key_missing")
    assert not one.applies
    assert statements_of(bucket=bucket)[4].failed is None


def test_values_are_shown_side_by_side():
    own = policy(
        statement(
            "Allow",
            ["s3:List*", "S3:get*"],
            ["arn:aws:s3:::data/${aws:username}/*", "arn:aws:s3:::data/*"],
            Condition={"StringEquals": {"k": ["${aws:PrincipalTag/x}", "b"]}},
        )
    )
    (found,) = statements_of(identity=[own], context={"k": "b"})
    action, resource, condition = found.checks
    assert (action.request_value, action.hits) == ("s3:GetObject", (1,))
    assert resource.expanded == ("arn:aws:s3:::data/alice/*", "arn:aws:s3:::data/*")
    assert (resource.request_value, resource.hits) == (OBJECT, (1,))
    assert condition.policy_values == ("${aws:PrincipalTag/x}", "b")
    assert condition.expanded == (None, "b")
    assert (condition.request_value, condition.hits) == ("b", (1,))
    assert condition.note == "variable_without_value"


def test_a_resource_variable_without_a_value_is_noted():
    pattern = "arn:aws:s3:::data/${aws:username}/*"
    own = policy(statement("Allow", ["s3:*"], [pattern, OBJECT]))
    for principal, note in ((ROLE, "variable_without_value"), (USER, "")):
        (found,) = statements_of(principal=principal, identity=[own])
        assert (found.checks[1].note, found.checks[1].hits) == (note, (1,))
    own = policy(statement("Allow", "ec2:*", pattern))
    (found,) = statements_of(principal=ROLE, identity=[own])
    assert (found.checks[1].note, found.checks[1].matched) == ("", None)
    assert found.checks[1].expanded == (None,)


def test_where_a_statement_comes_from():
    named = {"name": "Analysts-read", "document": FULL}
    (found,) = evaluate(scenario(identity=[named])).deciding
    assert (found.policy, found.name, found.statement) == (
        "identity[0]",
        "Analysts-read",
        0,
    )
    assert (found.span.line, found.span.column) == (4, 5)


def test_the_origin_of_a_document_is_carried_along():
    base = scenario()
    text = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    own = parse_policy(text, name="read", kind=PolicyType.IDENTITY, origin="group A")
    policies = Policies(identity=(own,))
    trace = evaluate(Scenario("x", base.request, policies))
    assert [(s.name, s.origin) for s in trace.deciding] == [("read", "group A")]


def test_the_deny_step_shows_every_deny_and_the_others_their_allows():
    mixed = policy(statement("Deny", "ec2:*"), statement("Allow", "s3:*"))
    trace = evaluate(scenario(identity=[mixed], boundary=mixed))
    first, identity = trace.steps[0], trace.steps[5]
    assert [(s.policy, s.statement) for s in first.statements] == [
        ("identity[0]", 0),
        ("boundary", 0),
    ]
    assert [(s.policy, s.statement) for s in identity.statements] == [
        ("identity[0]", 1)
    ]
    assert len(trace.statements) == 4


def test_both_sides_decide_across_accounts():
    bucket = policy(statement(Principal={"AWS": HERE}))
    trace = evaluate(scenario(account=THERE, identity=[FULL], bucket=bucket))
    assert [s.policy for s in trace.deciding] == ["resource", "identity[0]"]


def test_only_the_strongest_grant_decides():
    bucket = policy(
        statement(Principal={"AWS": HERE}), statement(Principal={"AWS": ALICE})
    )
    trace = evaluate(scenario(bucket=bucket))
    assert [s.statement for s in trace.deciding] == [1]


def test_an_implicit_deny_has_no_deciding_statement():
    assert evaluate(scenario(identity=[ELSEWHERE])).deciding == ()


def test_every_document_has_its_path():
    everybody = policy(statement("Deny", "ec2:*", Principal="*"))
    found = statements_of(
        principal=ROLE,
        rcps=[level("root"), level("account", everybody, everybody)],
        scps=[level("root", FULL)],
        vpce=everybody,
        bucket=everybody,
        identity=[FULL, FULL],
        boundary=FULL,
        session=[FULL],
    )
    assert [s.policy for s in found] == [
        "rcps[1].policies[0]",
        "rcps[1].policies[1]",
        "scps[0].policies[0]",
        "vpce",
        "resource",
        "identity[0]",
        "identity[1]",
        "boundary",
        "session[0]",
    ]
    assert {s.note for s in found} == {""}


def test_a_plain_step_has_nothing_to_add():
    across = policy(statement(Principal={"AWS": ROLE["role_arn"]}))
    for parts in ({}, {"account": THERE, "bucket": across}):
        trace = evaluate(
            scenario(principal=ROLE, identity=[FULL], session=[FULL], **parts)
        )
        found = {step.kind.value: step.facts for step in trace.steps}
        assert found["identity"] == found["session"] == {}


def test_an_explicit_deny_of_a_level_is_counted():
    denied = level("ou", FULL, policy(statement("Deny")))
    found = scenario(identity=[FULL], scps=[level("root", FULL), denied])
    assert decide(found).level == 1
    found = scenario(identity=[FULL, policy(statement("Deny"))])
    assert decide(found).level is None


def test_notprincipal_notes():
    deny = policy(statement("Deny", "s3:*", NotPrincipal={"AWS": ALICE}))
    (found,) = statements_of(bucket=deny)
    assert found.applies
    assert found.checks[0].note == "notprincipal_partly_listed"
    deny = policy(statement("Deny", NotPrincipal={"AWS": [ALICE, HERE]}))
    trace = evaluate(scenario(bucket=deny, boundary=FULL))
    assert trace.statements[0].checks[0].note == "notprincipal_boundary"


CANONICAL = {"Principal": {"CanonicalUser": "0" * 64}}


def test_a_canonical_user_is_refused_where_it_would_matter():
    bucket = policy(statement("Allow", "s3:*", OBJECT, **CANONICAL))
    for take in (decide, evaluate):
        with pytest.raises(EvaluationError) as caught:
            take(scenario(account=THERE, bucket=bucket, identity=[FULL]))
        (problem,) = caught.value.problems
        assert (problem.code, problem.path) == (
            "canonical_user",
            "policies.resource.Statement[0].Principal",
        )


def test_and_shown_as_not_told_where_it_does_not():
    bucket = policy(
        statement("Allow", "s3:*", OBJECT, **CANONICAL),
        statement("Allow", "s3:*", OBJECT, Principal="*"),
    )
    trace = evaluate(scenario(bucket=bucket))
    first, second = trace.statements
    assert (first.applies, first.note, first.failed) == (False, "cannot_be_told", None)
    assert [s.statement for s in trace.deciding] == [second.statement]


def test_every_trace_of_the_corpus_is_consistent():
    for case in decided_cases():
        check_trace(evaluate(read_scenario(case)))


def check_trace(trace):
    stops = [step for step in trace.steps if step.outcome is Outcome.STOP]
    allowed = trace.decision == "allow"
    assert len(stops) == (0 if allowed else 1)
    reached = True
    for step in trace.steps:
        if step.outcome is Outcome.NOT_REACHED:
            reached = False
        elif step.outcome is not Outcome.NOT_PRESENT:
            assert reached
            reached = step.outcome is Outcome.PASS
    if trace.decision == "explicit_deny":
        assert stops[0].kind == "explicit_deny"
        assert stops[0].facts["found_in"] == trace.deciding_step
        assert trace.deciding
    for found in trace.statements:
        assert found.applies is all(check.matched for check in found.checks)
    assert all(s.applies for s in trace.deciding)
