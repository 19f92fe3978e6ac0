"""Policy documents: what is read, and every problem at its place."""

import pytest

from policies_lab.iam import Effect, PolicyType, Version
from tests.iam.cases import ALICE, FULL, HERE, parsed, policy, problems, statement

T = PolicyType
ID, R = T.IDENTITY, T.RESOURCE
TEXT = """{
  "Version": "2012-10-17",
  "Id": "x",
  "Statement": {
    "Sid": "One",
    "Effect": "Deny",
    "Principal": {"AWS": ["111111111111", "*"], "Service": "sns.amazonaws.com"},
    "Action": ["s3:Get*", "s3:Put*"],
    "NotResource": "arn:aws:s3:::b/*",
    "Condition": {
      "NumericLessThan": {"s3:max-keys": [5, 1e2]},
      "Bool": {"aws:SecureTransport": false}
    }
  }
}"""


def place(span):
    return span.line, span.column, span.end_line, span.end_column


def test_everything_has_its_place():
    found = parsed(TEXT, R, name="b", origin="bucket b")
    assert (found.version, found.id, found.name) == (Version.V2012, "x", "b")
    assert (found.origin, found.text, found.kind) == ("bucket b", TEXT, T.RESOURCE)
    assert place(found.span) == (1, 1, 15, 2)
    (one,) = found.statements
    assert (one.index, one.sid, one.effect, one.path) == (
        0,
        "One",
        Effect.DENY,
        "Statement",
    )
    assert place(one.span) == (4, 16, 14, 4)
    assert place(one.effect_span) == (6, 15, 6, 21)
    assert [(e.text, place(e.span)) for e in one.principal.entries] == [
        ("AWS: 111111111111", (7, 27, 7, 41)),
        ("AWS: *", (7, 43, 7, 46)),
        ("Service: sns.amazonaws.com", (7, 60, 7, 79)),
    ]
    assert not one.principal.negated
    assert one.action.texts == ("s3:Get*", "s3:Put*")
    assert place(one.action.values[1].span) == (8, 27, 8, 36)
    assert (one.resource.name, one.resource.negated) == ("NotResource", True)
    numeric, boolean = one.conditions
    assert (numeric.operator, numeric.key) == ("NumericLessThan", "s3:max-keys")
    assert numeric.texts == ("5", "100")
    assert place(numeric.span) == (11, 27, 11, 50)
    assert place(numeric.operator_span) == (11, 7, 11, 24)
    assert place(numeric.values[1].span) == (11, 46, 11, 49)
    assert [(v.text, v.json_type) for v in boolean.values] == [("false", "boolean")]


def test_without_a_version_it_is_of_2008():
    assert parsed({"Statement": [statement()]}).version is Version.V2008


@pytest.mark.parametrize("kind", [ID, T.BOUNDARY, T.SESSION, T.SCP])
def test_a_plain_policy_is_read(kind):
    assert problems(FULL, kind) == ()


ALICES = {"Principal": {"AWS": ALICE}}


def codes(document, kind=T.IDENTITY):
    """Codes with their paths in one line; S, P and C stand for long paths."""
    return ", ".join(f"{p.code} {_short(p.path)}" for p in problems(document, kind))


def _short(path):
    for letter, long in (
        ("P", "Statement[0].Principal"),
        ("C", "Statement[0].Condition"),
        ("S", "Statement[0]"),
    ):
        if path == long or path.startswith(f"{long}."):
            return letter + path.removeprefix(long)
    return path


@pytest.mark.parametrize(
    ("document", "kind", "expected"),
    [
        ("[]", ID, "wrong_type "),
        ({}, ID, "missing_statement "),
        (policy(), ID, "missing_statement Statement"),
        ({"Statement": "x"}, ID, "wrong_type Statement"),
        ({"Statement": [1]}, ID, "wrong_type S"),
        ({**FULL, "Statments": []}, ID, "unknown_element Statments"),
        (
            {**FULL, "Version": "2012-10-18"},
            T.IDENTITY,
            "invalid_version Version",
        ),
        ({**FULL, "Version": 2012}, ID, "wrong_type Version"),
        ({**FULL, "Id": 1}, ID, "wrong_type Id"),
        (policy(statement(Sid=1)), ID, "wrong_type S.Sid"),
        (
            policy(statement(action_="x")),
            T.IDENTITY,
            "unknown_element S.action_",
        ),
        (policy(statement("allow")), ID, "invalid_effect S.Effect"),
        (policy(statement(["Allow"])), ID, "wrong_type S.Effect"),
        (
            policy({"Action": "*", "Resource": "*"}),
            T.IDENTITY,
            "missing_effect S",
        ),
        (
            policy({"Effect": "Deny"}),
            T.IDENTITY,
            "missing_action S, missing_resource S",
        ),
        (policy(statement(action=[])), ID, "empty_list S.Action"),
        (policy(statement(resource=[])), ID, "empty_list S.Resource"),
        (
            policy(statement(resource="")),
            T.IDENTITY,
            "empty_resource S.Resource",
        ),
        (
            policy(statement(action=[["s3:*"]])),
            T.IDENTITY,
            "wrong_type S.Action[0]",
        ),
        (policy(statement(action=5)), ID, "wrong_type S.Action"),
        (policy(statement(action=None)), ID, "wrong_type S.Action"),
        (
            policy(
                {"Effect": "Deny", "Action": "*", "NotAction": "*", "Resource": "*"}
            ),
            T.IDENTITY,
            "element_pair S",
        ),
        (
            policy(statement(action="GetObject")),
            T.IDENTITY,
            "invalid_action S.Action",
        ),
        (
            policy(statement(action="s3*")),
            T.IDENTITY,
            "invalid_action S.Action",
        ),
        (
            policy(statement(action="s3:")),
            T.IDENTITY,
            "invalid_action S.Action",
        ),
        (
            policy(statement(action=" s3:Get")),
            T.IDENTITY,
            "invalid_action S.Action",
        ),
        (
            policy(statement(action="s3:Get\n")),
            T.IDENTITY,
            "invalid_action S.Action",
        ),
        (
            policy(statement(action="a:b:c")),
            T.IDENTITY,
            "invalid_action S.Action",
        ),
        (policy(statement(action="s3*:*Get?")), ID, ""),
        (policy(statement(action="\u212ams:*")), T.SCP, "not_ascii S.Action"),
        (
            policy(statement(Sid="\u0430")),
            T.IDENTITY,
            "character_not_allowed S.Sid",
        ),
        (policy(statement(Sid="\xe9")), ID, ""),
        # Who may be named
        (
            policy(statement(**ALICES)),
            T.IDENTITY,
            "principal_not_allowed P",
        ),
        (
            policy(statement(**ALICES)),
            T.BOUNDARY,
            "principal_not_allowed P",
        ),
        (
            policy(statement(**ALICES)),
            T.SESSION,
            "principal_not_allowed P",
        ),
        (
            policy(statement(NotPrincipal="*")),
            T.SCP,
            "principal_not_allowed S.NotPrincipal",
        ),
        (FULL, R, "missing_principal S"),
        (FULL, T.ENDPOINT, "missing_principal S"),
        (policy(statement(resource=None)), T.TRUST, "missing_principal S"),
        (
            policy(statement(**ALICES)),
            T.TRUST,
            "resource_not_allowed S.Resource",
        ),
        (policy(statement(resource=None, **ALICES)), T.TRUST, ""),
        (
            policy(statement(resource=None, **ALICES)),
            T.RESOURCE,
            "missing_resource S",
        ),
        (
            policy(statement("Deny", resource=None, NotPrincipal={"AWS": ALICE})),
            T.TRUST,
            "notprincipal_not_allowed S.NotPrincipal",
        ),
        (
            policy(statement("Allow", NotPrincipal={"AWS": ALICE})),
            T.RESOURCE,
            "allow_notprincipal S.NotPrincipal",
        ),
        (policy(statement("Deny", NotPrincipal={"AWS": ALICE})), R, ""),
        (
            policy(statement("Deny", NotPrincipal="*", Principal="*")),
            T.RESOURCE,
            "element_pair S",
        ),
        # Resource control policies
        (policy(statement("Deny", "s3:*", Principal="*")), T.RCP, ""),
        (policy(statement(Principal="*")), T.RCP, ""),
        (
            policy(statement(action="s3:*", Principal="*")),
            T.RCP,
            "rcp_allow S.Effect",
        ),
        (
            policy(statement("Deny", "s3:*", Principal={"AWS": "*"})),
            T.RCP,
            "rcp_principal P",
        ),
        (
            policy(statement("Deny", NotAction="s3:*", Principal="*")),
            T.RCP,
            "rcp_notaction S.NotAction",
        ),
        (
            policy(statement("Deny", "s3:*", Principal="*"), version="2008-10-17"),
            T.RCP,
            "rcp_version Version",
        ),
    ],
)
def test_grammar(document, kind, expected):
    assert codes(document, kind) == expected


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", ""),
        ({"AWS": "*"}, ""),
        ({"AWS": HERE}, ""),
        ({"AWS": f"arn:aws:iam::{HERE}:root"}, ""),
        ({"AWS": f"arn:aws-cn:iam::{HERE}:user/path/alice"}, ""),
        ({"AWS": f"arn:aws:iam::{HERE}:role/app"}, ""),
        ({"AWS": f"arn:aws:sts::{HERE}:assumed-role/app/s1"}, ""),
        ({"AWS": f"arn:aws:sts::{HERE}:federated-user/bob"}, ""),
        ({"AWS": "AROACKCEVSQ6C2EXAMPLE"}, ""),
        ({"Federated": "accounts.google.com"}, ""),
        ({"Federated": f"arn:aws:iam::{HERE}:saml-provider/corp"}, ""),
        ({"Service": ["lambda.amazonaws.com", "logs.eu-west-1.amazonaws.com"]}, ""),
        ({"CanonicalUser": "0" * 64}, ""),
        ("alice", "invalid_principal P"),
        (["*"], "wrong_type P"),
        ({}, "empty_principal P"),
        ({"AWS": []}, "empty_list P.AWS"),
        ({"Aws": HERE}, "unknown_element P.Aws"),
        ({"AWS": "bob"}, "invalid_principal P.AWS"),
        ({"AWS": "1234"}, "invalid_principal P.AWS"),
        ({"AWS": "AKIACKCEVSQ6C2EXAMPLE"}, "invalid_principal P.AWS"),
        (
            {"AWS": f"arn:aws:iam::{HERE}:role/*"},
            "partial_wildcard_principal P.AWS",
        ),
        (
            {"AWS": [HERE, "1111?1111111"]},
            "partial_wildcard_principal P.AWS[1]",
        ),
        (
            {"AWS": f"arn:aws:iam::{HERE}:group/dev"},
            "group_principal P.AWS",
        ),
        (
            {"AWS": f"arn:aws:iam::{HERE}:instance-profile/x"},
            "invalid_principal P.AWS",
        ),
        ({"Service": "*"}, "invalid_principal P.Service"),
        ({"CanonicalUser": "0"}, "invalid_principal P.CanonicalUser"),
    ],
)
def test_principals(principal, expected):
    assert codes(policy(statement(Principal=principal)), T.RESOURCE) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, ""),
        ({"StringEquals": {}}, ""),
        ({"StringEquals": {"k": []}}, ""),
        ({"StringEquals": {"k": ["a", 5, True]}}, ""),
        ({"DateLessThan": {"k": 1767225600}}, ""),
        (None, "wrong_type C"),
        ([], "wrong_type C"),
        ({"StringEquals": "a"}, "wrong_type C.StringEquals"),
        ({"StringEquals": {"k": None}}, "wrong_type C.StringEquals.k"),
        ({"StringEquals": {"k": {}}}, "wrong_type C.StringEquals.k"),
        ({"StringEquals": {"k": [["a"]]}}, "wrong_type C.StringEquals.k[0]"),
        ({"StringEqual": {"k": "a"}}, "unknown_operator C.StringEqual"),
        ({"stringEquals": {"k": "a"}}, "unknown_operator C.stringEquals"),
        (
            {"ForAll:StringEquals": {"k": "a"}},
            "unknown_operator C.ForAll:StringEquals",
        ),
        ({"NullIfExists": {"k": "true"}}, "null_if_exists C.NullIfExists"),
        (
            {"StringEqualsIfExistsIfExists": {"k": "a"}},
            "unknown_operator C.StringEqualsIfExistsIfExists",
        ),
        ({"StringEquals": {"": "a"}}, 'invalid_key C.StringEquals.""'),
        ({"StringEquals": {" k": "a"}}, 'invalid_key C.StringEquals." k"'),
        (
            {"StringEquals": {"\u212a": "a"}},
            "not_ascii C.StringEquals.\u212a",
        ),
        ({"NumericEquals": {"k": "ten"}}, "not_a_number C.NumericEquals.k"),
        (
            {"NumericEquals": {"k": True}},
            "boolean_not_number C.NumericEquals.k",
        ),
        ({"NumericEquals": {"k": 1e3}}, ""),
        ({"DateLessThan": {"k": "tomorrow"}}, "not_a_date C.DateLessThan.k"),
        (
            {"DateLessThan": {"k": "2026-02-30"}},
            "not_a_date C.DateLessThan.k",
        ),
        (
            {"DateLessThan": {"k": "2026-01-01T24:00Z"}},
            "not_a_date C.DateLessThan.k",
        ),
        (
            {"DateLessThan": {"k": "2026-01-01T00:00"}},
            "date_without_zone C.DateLessThan.k",
        ),
        ({"Bool": {"k": "yes"}}, "not_a_boolean C.Bool.k"),
        ({"Null": {"k": 1}}, "not_a_boolean C.Null.k"),
        ({"IpAddress": {"k": "10.0.0.256"}}, "not_an_address C.IpAddress.k"),
        ({"IpAddress": {"k": "10.0.0.0/33"}}, "not_an_address C.IpAddress.k"),
        (
            {"IpAddress": {"k": "10.0.0.0/0.0.0.255"}},
            "not_an_address C.IpAddress.k",
        ),
        ({"IpAddress": {"k": 2130706433}}, "value_not_string C.IpAddress.k"),
        ({"IpAddress": {"k": True}}, "value_not_string C.IpAddress.k"),
        ({"BinaryEquals": {"k": "###"}}, "not_base64 C.BinaryEquals.k"),
        ({"ArnLike": {"k": 5}}, "value_not_string C.ArnLike.k"),
        (
            {"StringEquals": {"aws:x": "a", "AWS:X": "b"}},
            "duplicate_key C.StringEquals",
        ),
    ],
)
def test_conditions(condition, expected):
    assert codes(policy(statement(Condition=condition))) == expected


@pytest.mark.parametrize(
    ("operator", "guess"),
    [
        ("StringEqual", "StringEquals"),
        ("stringlike", "StringLike"),
        ("ForAnyValues:StringLike", "ForAnyValue:StringLike"),
        ("StringEqualIfExist", "StringEquals"),
        ("BoolIfexists", "BoolIfExists"),
        ("Zebra", ""),
    ],
)
def test_a_likely_operator_is_named(operator, guess):
    (problem,) = problems(policy(statement(Condition={operator: {"k": "true"}})))
    assert problem.facts["guess"] == guess


def test_a_likely_element_is_named():
    (problem,) = problems(policy(statement(Ressource="*")))
    assert problem.facts == {"name": "Ressource", "guess": "Resource"}


def test_every_problem_is_found_in_the_order_of_the_text():
    text = """{
  "Version": "2011-10-17",
  "Statement": [
    {"Effect": "allow", "Action": "GetObject", "Resource": "*"},
    {"Effect": "Deny", "Effect": "Allow", "Action": [], "Resource": "*",
     "Condition": {"StringEquel": {"aws:x": null}}}
  ]
}"""
    found = problems(text)
    assert [(p.code, p.span.line, p.span.column) for p in found] == [
        ("invalid_version", 2, 14),
        ("invalid_effect", 4, 16),
        ("invalid_action", 4, 35),
        ("duplicate_key", 5, 24),
        ("empty_list", 5, 53),
        ("unknown_operator", 6, 20),
        ("wrong_type", 6, 45),
    ]


def test_a_syntax_error_stands_alone():
    (problem,) = problems('{"Version": "2011-10-17", "Statement": [}')
    assert (problem.code, problem.span.column) == ("unexpected_character", 41)


def test_limits():
    many = policy(*[statement()] * 201)
    assert codes(many) == "too_many_statements Statement"
    parsed(policy(*[statement()] * 200))
    values = policy(statement(action=["s3:*"] * 2001))
    assert codes(values) == "too_many_values S.Action[2000]"
    long = policy(statement(resource="a" * 8193))
    assert codes(long) == "value_too_long S.Resource"
    assert problems(" " * 32769)[0].code == "document_too_large"
    assert problems(" " * 32768)[0].code == "empty_document"


def test_a_foreign_letter_is_named():
    for document in (
        policy(statement(action="a\u212ams:*")),
        policy(statement(Condition={"NumericEquals": {"k": "1\u212a"}})),
        policy(statement(Condition={"Bool": {"a\u212a": "true"}})),
    ):
        (problem,) = problems(document)
        assert (problem.code, problem.facts) == ("not_ascii", {"character": "U+212A"})


def test_six_thousand_characters_are_read():
    parsed(policy(statement(resource="arn:aws:s3:::" + "a" * 6000 + "/*")))
