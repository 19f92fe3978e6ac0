"""Hostile documents and requests: refused with a place, or decided, and soon."""

import json
import time

import pytest

from policies_lab.iam import (
    EvaluationError,
    PolicyError,
    ScenarioError,
    decide,
    evaluate,
    parse_policy,
    read_scenario,
)
from tests.iam.cases import (
    CORPUS,
    HERE,
    USER,
    policy,
    refusal,
    scenario_json,
    statement,
)

LINES = (CORPUS / "hostile.jsonl").read_text(encoding="utf-8").splitlines()
CASES = {case["id"]: case for case in map(json.loads, LINES)}

# What is refused: the code, and a part of the path.
REFUSED = {
    "policy-01-empty": ("empty_document", ""),
    "policy-13-dup-key-effect": ("duplicate_key", "Statement[0]"),
    "policy-15-dup-key-escaped": ("duplicate_key", "Statement[0]"),
    "policy-17-nan": ("not_json_word", "Condition.NumericLessThan.aws:x"),
    "policy-19-overflow-float": (
        "number_out_of_range",
        "Condition.NumericLessThan.aws:x",
    ),
    "policy-20-huge-int": ("number_too_long", "Condition.NumericEquals.aws:x"),
    "policy-23-numeric-underscore": ("not_a_number", "Condition.NumericEquals"),
    "policy-24-numeric-arabic-digits": ("not_ascii", "Condition.NumericEquals"),
    "policy-25-bool-as-number": ("boolean_not_number", "Condition.NumericEquals"),
    "policy-26-deep-list-999": ("too_deep", "Statement[0].Resource"),
    "policy-27-deep-list-100k": ("document_too_large", ""),
    "policy-29-unclosed-100k": ("document_too_large", ""),
    "policy-30-5MB-string": ("document_too_large", ""),
    "policy-31-statements-50k": ("document_too_large", ""),
    "policy-41-surrogate": ("lone_surrogate", "Statement[0].Action"),
    "policy-43-nul-escape": ("control_character", "Statement[0].Action"),
    "policy-44-kelvin-sign": ("not_ascii", "Statement[0].Action"),
    "policy-45-long-s": ("not_ascii", "Statement[0].Action"),
    "policy-47-cyrillic-a": ("character_not_allowed", "Statement[0].Resource"),
    "policy-51-effect-list": ("wrong_type", "Statement[0].Effect"),
    "policy-55-empty-list": ("empty_list", "Statement[0].Action"),
    "policy-56-newline-suffix": ("invalid_action", "Statement[0].Action"),
    "policy-60-variable-bomb": ("value_too_long", "Statement[0].Resource"),
    "policy-69-cidr-int": ("value_not_string", "Condition.IpAddress.aws:SourceIp"),
    "policy-74-date-naive": ("date_without_zone", "Condition.DateLessThan"),
    "policy-76-unknown-operator": ("unknown_operator", "Condition.StringEqualz"),
    "policy-77-condition-null": ("wrong_type", "Statement[0].Condition"),
}
# What is read, and decided for a plain request unless a test below says otherwise.
DECIDED = {
    "policy-34-wild-exp-resource": "implicit_deny",
    "policy-35-wild-quadratic": "implicit_deny",
    "policy-38-wild-many-x-many": "implicit_deny",
    "policy-57-newline-in-resource": "explicit_deny",
    "policy-61-variable-star-injection": "implicit_deny",
    "policy-63-html-in-sid": "allow",
    "policy-64-script-close-in-json": "allow",
    "policy-66-cidr-hostbits": "implicit_deny",
    "policy-70-cidr-v4-mapped": "implicit_deny",
    "policy-73-date-overflow": "allow",
    "policy-78-control-6144": "implicit_deny",
}
REQUESTS = {
    "request-02-wild-in-request": ("wildcard_in_request", "action"),
    "request-05-context-dup-case": ("duplicate_context_key", "context.AWS:sourceip"),
    "request-06-ip-newline": ("invalid_address", "context.aws:SourceIp"),
    "request-08-arn-100k": ("text_too_long", "resource"),
    "request-09-arn-colons": None,
}


def text_of(name):
    case = CASES[name]
    return eval(case["python"]) if "python" in case else case["input"]  # noqa: S307


def ask(name, **parts):
    parts.setdefault("resource", "arn:aws:s3:::b/x\ny")
    parts.setdefault("context", {"aws:CurrentTime": "2026-01-01T00:00:00Z"})
    return read_scenario(scenario_json(identity=[text_of(name)], **parts))


def test_every_case_is_expected_somewhere():
    assert set(CASES) == {*REFUSED, *DECIDED, *REQUESTS}


def within(limit_ms, function):
    """Call a function; the limit is on this process's own time."""
    start = time.process_time()
    try:
        return function()
    finally:
        assert (time.process_time() - start) * 1000 <= limit_ms


@pytest.mark.parametrize("name", REFUSED)
def test_refused_documents(name):
    code, path = REFUSED[name]

    def refuse():
        with pytest.raises(PolicyError) as caught:
            parse_policy(text_of(name))
        return caught.value.problems[0]

    problem = within(CASES[name].get("limit_ms", 100), refuse)
    assert problem.code == code
    assert path in problem.path


@pytest.mark.parametrize("name", DECIDED)
def test_decided_documents(name):
    limit = CASES[name].get("limit_ms", 100)
    found = within(limit, lambda: evaluate(ask(name)))
    assert found.decision == DECIDED[name]


@pytest.mark.parametrize("name", REQUESTS)
def test_requests(name):
    whole = scenario_json() | json.loads(text_of(name))

    def read():
        try:
            read_scenario(whole)
        except ScenarioError as error:
            return [(p.code, p.path) for p in error.problems]
        return [None]

    assert REQUESTS[name] in within(CASES[name].get("limit_ms", 50), read)


def test_wildcards_do_not_explode():
    """policy-34 against sixty letters; policy-35 against the longest resource."""
    for name, length in (
        ("policy-34-wild-exp-resource", 60),
        ("policy-35-wild-quadratic", 2048),
    ):
        found = ask(name, resource="a" * length)
        limit = CASES[name]["limit_ms"]
        assert within(limit, lambda found=found: decide(found)).decision == (
            "implicit_deny"
        )


def test_many_patterns_times_many_values_are_refused():
    """policy-38: the budget answers, with the place."""
    name = "policy-38-wild-many-x-many"
    for value in ("a" * 8, "a" * 200):
        found = ask(name, context={"aws:TagKeys": [f"{value}{n}x" for n in range(200)]})
        for take in (decide, evaluate):

            def refuse(take=take, found=found):
                with pytest.raises(EvaluationError) as caught:
                    take(found)
                return caught.value.problems[0]

            problem = within(CASES[name]["limit_ms"], refuse)
            assert problem.code == "too_much_work"
            assert problem.path == "policies.identity[0].Statement[0].Condition"


def test_variables_that_fit_are_bounded_too():
    """policy-60, short enough to be read: a long value 500 times over."""
    bomb = policy(statement(resource="${aws:username}" * 500))
    found = read_scenario(
        scenario_json(identity=[bomb], context={"aws:username": "a" * 2048})
    )

    def refuse():
        with pytest.raises(EvaluationError) as caught:
            decide(found)
        return caught.value.problems[0]

    problem = within(100, refuse)
    assert problem.code == "too_much_work"
    assert problem.path == "policies.identity[0].Statement[0].Resource"


def test_a_star_in_a_value_is_a_star():
    name = "policy-61-variable-star-injection"
    asked = {"context": {"aws:username": "*"}}
    others = ask(name, resource="arn:aws:s3:::home/bob/x", **asked)
    assert decide(others).decision == "implicit_deny"
    own = ask(name, resource="arn:aws:s3:::home/*/x", **asked)
    assert decide(own).decision == "allow"


def test_an_ipv4_address_in_ipv6_is_denied():
    mapped = {"aws:SourceIp": "::ffff:10.0.0.1"}
    found = ask("policy-70-cidr-v4-mapped", context=mapped)
    assert decide(found).decision == "explicit_deny"


def test_host_bits_are_masked():
    inside = {"aws:SourceIp": "192.168.1.200"}
    found = ask("policy-66-cidr-hostbits", context=inside)
    assert decide(found).decision == "allow"


def test_html_is_data():
    for name in ("policy-63-html-in-sid", "policy-64-script-close-in-json"):
        (statement_trace,) = evaluate(ask(name)).deciding
        assert statement_trace.sid == json.loads(text_of(name))["Statement"][0]["Sid"]


@pytest.mark.parametrize("name", CASES)
def test_in_every_place_of_a_scenario(name):
    """Whatever the text is, a policy or not, it is decided or refused, never worse."""
    text = text_of(name)
    for parts in (
        {"identity": [text]},
        {"bucket": text},
        {"boundary": text},
        {"session": [text], "principal": USER},
        {"scps": [{"level": "root", "policies": [text]}]},
        {"rcps": [{"level": "root", "policies": [text]}]},
        {"vpce": text},
        {"context": {"k": text, "aws:TagKeys": [text]}},
        {"resource": text},
        {"action": text},
        {"account": text},
        {"principal": {"type": "user", "arn": text, "account": HERE}},
    ):
        whole = json.dumps(scenario_json(**parts))
        refusal(lambda whole=whole: evaluate(read_scenario(whole)))
    for take in (parse_policy, read_scenario):
        refusal(take, text)
