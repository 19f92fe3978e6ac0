"""What holds for every scenario, whatever its documents say."""

import copy
import json
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies_lab.iam import (
    EvaluationError,
    decide,
    evaluate,
    parse_policy,
    read_scenario,
)
from policies_lab.iam.conditions import OPERATOR_NAMES, parse_operator
from policies_lab.iam.documents import fold
from policies_lab.iam.matching import glob, join, resource, tokenise
from policies_lab.iam.variables import Version, parse
from tests.iam.cases import refusal, scenario_json, statement
from tests.iam.oracle import same
from tests.iam.strategies import FULL_ACCESS, document, scenarios
from tests.iam.test_condition_operators import compile_test, lookup_of

RANK = {"explicit_deny": 0, "implicit_deny": 0, "allow": 1}


def decided(case):
    """The decision, or None where there is none."""
    try:
        return decide(read_scenario(case)).decision.value
    except EvaluationError:
        return None


def changed(case, **policies):
    found = copy.deepcopy(case)
    found["policies"] |= policies
    return found


@given(scenarios())
@settings(max_examples=100, deadline=None)
def test_a_decision_and_its_trace_agree(case):
    found = read_scenario(case)
    refused = refusal(decide, found)
    assert refusal(evaluate, found) == refused
    if refused:
        return
    quick, trace = decide(found), evaluate(found)
    assert (trace.decision, trace.deciding_step) == (
        quick.decision,
        quick.deciding_step,
    )
    assert decide(found) == quick
    for looked in trace.statements:
        answers = [check.matched for check in looked.checks]
        if looked.note != "cannot_be_told":
            assert looked.applies is all(answers)
    if trace.decision == "explicit_deny":
        assert trace.deciding


DENY = statement("Deny")
KINDS = ["identity", "boundary", "session", "resource", "vpce", "scps", "rcps"]


def with_deny(case, kind):
    """The scenario with one more statement, a Deny of everything, in a policy."""
    everyone = {**DENY, "Principal": "*"}
    trust = case["action"].startswith("sts:")
    if trust and kind == "resource":
        del everyone["Resource"]
    one = everyone if kind in {"resource", "vpce", "rcps"} else DENY
    added = {"Version": "2012-10-17", "Statement": [one]}
    policies = case["policies"]
    if kind in {"identity", "session"}:
        return changed(case, **{kind: [*policies[kind], added]})
    if kind in {"scps", "rcps"}:
        level = {"level": "account", "policies": [added]}
        return changed(case, **{kind: [*policies[kind], level]})
    existing = policies[kind]
    if existing:
        added = {**existing, "Statement": [*existing["Statement"], one]}
    return changed(case, **{kind: added})


@given(scenarios(), st.sampled_from(KINDS))
@settings(max_examples=100, deadline=None)
def test_adding_a_deny_never_allows(case, kind):
    linked = case["principal"].get("service_linked")
    assume(not (linked and kind == "boundary"))
    before, after = decided(case), decided(with_deny(case, kind))
    if before in {"explicit_deny", "implicit_deny"}:
        assert after != "allow"


@given(scenarios())
@settings(max_examples=60, deadline=None)
def test_a_deny_on_the_caller_always_denies(case):
    assume(case["principal"]["type"] in {"user", "role_session", "federated_user"})
    assert decided(with_deny(case, "identity")) == "explicit_deny"


@given(scenarios())
@settings(max_examples=60, deadline=None)
def test_an_added_allow_never_denies(case):
    more = changed(case, identity=[*case["policies"]["identity"], FULL_ACCESS])
    if decided(case) == "allow":
        assert decided(more) == "allow"


CEILINGS = [
    ("boundary", None),
    ("session", []),
    ("scps", []),
    ("rcps", []),
    ("vpce", None),
]


@given(scenarios(), st.sampled_from(CEILINGS))
@settings(max_examples=100, deadline=None)
def test_taking_a_ceiling_away_never_denies(case, ceiling):
    """But a federated user needs its session policy."""
    kind, nothing = ceiling
    assume(kind != "session" or case["principal"]["type"] != "federated_user")
    if decided(case) == "allow":
        assert decided(changed(case, **{kind: nothing})) == "allow"


def shuffled(case, seed):
    rnd = Random(seed)
    found = copy.deepcopy(case)
    policies = found["policies"]
    listed = [policies["identity"], policies["session"]]
    listed += [level["policies"] for level in policies["scps"] + policies["rcps"]]
    documents = [d for some in listed for d in some]
    documents += [policies[k] for k in ("resource", "boundary", "vpce") if policies[k]]
    for some in listed:
        rnd.shuffle(some)
    for one in documents:
        rnd.shuffle(one["Statement"])
        for part in one["Statement"]:
            for name in ("Action", "NotAction", "Resource", "NotResource"):
                if isinstance(part.get(name), list):
                    rnd.shuffle(part[name])
    return found


@given(scenarios(), st.integers(0, 1000))
@settings(max_examples=100, deadline=None)
def test_order_never_counts(case, seed):
    def answer(one):
        try:
            found = decide(read_scenario(one))
        except EvaluationError as error:
            return error.problems[0].code
        return found.decision, found.deciding_step

    assert answer(case) == answer(shuffled(case, seed))


def split(case):
    """Every statement of several actions as several statements of one."""
    text = copy.deepcopy(case)
    for one in text["policies"]["identity"]:
        one["Statement"] = [
            {**part, "Action": action}
            for part in one["Statement"]
            if "Action" in part
            for action in (
                [part["Action"]] if isinstance(part["Action"], str) else part["Action"]
            )
        ] + [part for part in one["Statement"] if "NotAction" in part]
    return text


@given(scenarios())
@settings(max_examples=60, deadline=None)
def test_splitting_a_list_of_actions_changes_nothing(case):
    assert decided(split(case)) == decided(case)


@given(scenarios())
@settings(max_examples=60, deadline=None)
def test_the_case_of_actions_changes_nothing(case):
    assert decided({**case, "action": case["action"].swapcase()}) == decided(case)
    shouted = copy.deepcopy(case)
    for one in shouted["policies"]["identity"]:
        for part in one["Statement"]:
            name = "Action" if "Action" in part else "NotAction"
            part[name] = json.loads(json.dumps(part[name]).upper())
    assert decided(shouted) == decided(case)


PLAIN = [name for name in OPERATOR_NAMES if name != "Null"]
NEGATED = [
    (name.replace("Not", "", 1), name) for name in PLAIN if parse_operator(name).negated
]
POLICY_VALUES = {
    "Numeric": ["5", "-1.5", "10.0"],
    "Date": ["2026-01-01", "1767225600", "2026-01-01T00:00:00+01:00"],
    "Ip": ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"],
    "Arn": ["arn:aws:iam::1:role/*", "a:b:c:d:e:f", "*:*:*:*:*:*"],
    "String": ["a", "A*", "?b", ""],
}
REQUEST_VALUES = [v for values in POLICY_VALUES.values() for v in values] + [
    "ab",
    "A",
    "arn:aws:iam::1:role/x",
    "10.1.1.1",
    "nonsense",
    "\n",
]


def values_for(name):
    return next(
        v for k, v in POLICY_VALUES.items() if name.removeprefix("Not").startswith(k)
    )


@given(
    st.sampled_from(NEGATED),
    st.data(),
    st.sampled_from(REQUEST_VALUES) | st.text(max_size=5),
)
@settings(deadline=None)
def test_an_operator_and_its_negation_are_complements(pair, data, value):
    positive, negated = pair
    listed = data.draw(st.lists(st.sampled_from(values_for(positive)), max_size=3))
    lookup = lookup_of(value)
    assert compile_test(positive, listed).holds(lookup) is not compile_test(
        negated, listed
    ).holds(lookup)


@given(
    st.sampled_from(PLAIN),
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from(["", "IfExists"]),
    st.none()
    | st.text(max_size=5)
    | st.lists(st.sampled_from(REQUEST_VALUES), max_size=3),
)
@settings(deadline=None)
def test_a_test_and_its_check_agree(name, prefix, suffix, value):
    values = POLICY_VALUES.get(name.removeprefix("Not")[:3]) or ["true"]
    values = next(
        (v for k, v in POLICY_VALUES.items() if name.removeprefix("Not").startswith(k)),
        ["true", "QQ=="] if name == "BinaryEquals" else values,
    )
    values = ["QQ=="] if name == "BinaryEquals" else values
    test = compile_test(prefix + name + suffix, values)
    lookup = {} if value is None else lookup_of(value)
    assert test.holds(lookup) is test.check(lookup, looked_at=True).matched


LETTERS = st.text("ab:*?", max_size=9)
TEXTS = st.text("ab:", max_size=9)


@given(LETTERS, TEXTS)
@settings(max_examples=500, deadline=None)
def test_globs_against_a_table(pattern, text):
    assert glob(tokenise(pattern))(text) is same(pattern, text)


@given(st.lists(st.text("ab*?", max_size=3), min_size=6, max_size=8), st.data())
@settings(max_examples=500, deadline=None)
def test_resource_patterns_against_a_table(fields, data):
    """Stars inside a field keep off colons there, the others do not."""
    text = data.draw(st.text("ab:", min_size=5, max_size=14))
    pattern = ":".join(fields)
    caged = [f[:-1].replace("*", "\1") + f[-1:] for f in fields[:5]]
    expected = same(":".join([*caged, *fields[5:]]), text)
    # A run of stars is one star, and free when it ends the field.
    caged = [f.replace("\1*", "*") for f in caged]
    assert resource(tokenise(pattern))(text) is (
        expected or same(":".join([*caged, *fields[5:]]), text)
    )


@given(st.lists(st.sampled_from(["a", "b", "", "c:d", *tokenise("*?")]), max_size=6))
def test_joined_tokens_mean_the_same(tokens):
    text = "".join(t if isinstance(t, str) else t.value for t in tokens)
    assert join(join(tokens)) == join(tokens)
    assert join(tokens) == tokenise(text)


@given(st.text(max_size=8))
def test_folding_touches_ascii_alone(text):
    folded = fold(text)
    assert len(folded) == len(text)
    for before, after in zip(text, folded, strict=True):
        assert after == (before.lower() if before.isascii() else before)


@given(st.text("${}ab:*?, '/", max_size=20))
@settings(max_examples=300)
def test_old_text_is_never_a_variable(text):
    template = parse(text, Version.V2008, wildcards=False)
    assert template.variables == 0
    assert "".join(template.fixed()) == text


@given(st.randoms(use_true_random=False), st.text(max_size=3), st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_broken_documents_are_refused_not_crashed(rnd, noise, at):
    text = json.dumps(document(rnd, "identity"), indent=rnd.choice([None, 1]))
    text = text[:at] + noise + text[at + rnd.randint(0, 3) :]
    lines = text.split("\n")
    for problem in refusal(parse_policy, text):
        assert 1 <= problem.span.line <= len(lines)
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=5,
)


@given(
    JUNK,
    st.sampled_from(["id", "principal", "action", "resource", "context", "policies"]),
    st.sampled_from([None, "identity", "scps", "resource", "vpce"]),
)
@settings(max_examples=200, deadline=None)
def test_broken_scenarios_are_refused_not_crashed(junk, member, inside):
    whole = scenario_json(identity=[FULL_ACCESS])
    if inside:
        whole["policies"][inside] = junk
    else:
        whole[member] = junk
    refusal(lambda: evaluate(read_scenario(whole)))
