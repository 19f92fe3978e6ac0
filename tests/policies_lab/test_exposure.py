"""Who gets at a bucket: settings → verdicts → the permission check."""

import json
import time

import pytest

from policies_lab.exposure import deciding
from policies_lab.exposure.checks import GREEN, RED, YELLOW, check
from policies_lab.exposure.deciding import Settings, TooMuchWork, Unreadable, answer
from policies_lab.exposure.form import READY
from policies_lab.exposure.people import ACTIONS, CALLERS
from policies_lab.exposure.policies import (
    BUCKET_POLICIES,
    ELSEWHERE,
    IDENTITY_POLICIES,
    IN_OFFICE,
    OWNER,
    PARTNER,
    document,
)
from policies_lab.exposure.sheet import Sheet
from policies_lab.exposure.words import told
from policies_lab.iam import EvaluationError, evaluate, read_scenario
from policies_lab.iam.buckets import OWNERSHIPS, SETTINGS

NONE = frozenset()
READ = BUCKET_POLICIES["public_read"][1]
ALL = BUCKET_POLICIES["public_all"][1]
OPEN = {"bucket": NONE, "ownership": "ObjectWriter"}
EVERYBODY = {one.key for one in CALLERS}
OURS = {"ana", "ben", "role", "root"}
SERVICES = {"cloudfront", "logs"}


def settings(**given) -> Settings:
    broad = IDENTITY_POLICIES["broad"][1]
    return Settings(**{"identity_policy": broad} | given)


def allowed(action, **given) -> set[str]:
    """The callers that get it."""
    cells = answer(settings(**given)).cells
    return {c.caller.key for c in cells if c.action.key == action and c.allowed}


def statement(effect="Allow", **more):
    whole = {"Action": "s3:*", "Resource": "*", "Principal": "*"}
    return {"Sid": "S", "Effect": effect} | whole | more


# --- verdicts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "readers"),
    [
        ({}, {"ana", "role", "root"}),
        ({"bucket": NONE}, {"ana", "role", "root"}),
        # A public policy: with RestrictPublicBuckets the account and services only.
        ({"bucket_policy": READ}, OURS | SERVICES),
        ({"bucket_policy": READ, "bucket": NONE}, EVERYBODY - {"partner_bare"}),
        (
            {"bucket_policy": READ, "bucket": frozenset(SETTINGS[:3])},
            EVERYBODY - {"partner_bare"},
        ),
        (
            {"bucket_policy": READ, "bucket": NONE, "account": {SETTINGS[3]}},
            OURS | SERVICES,
        ),
        (
            {"bucket_policy": READ, "bucket": NONE, "organization": True},
            OURS | SERVICES,
        ),
        # A narrow condition is not public: the setting does not touch it.
        (
            {"bucket_policy": BUCKET_POLICIES["office"][1], "address": IN_OFFICE},
            OURS | {"anonymous", "stranger", "partner"},
        ),
        (
            {"bucket_policy": BUCKET_POLICIES["office"][1], "address": ELSEWHERE},
            {"ana", "role", "root"},
        ),
        ({"bucket_policy": BUCKET_POLICIES["organisation"][1]}, OURS),
        (
            {"bucket_policy": BUCKET_POLICIES["partner"][1]},
            {"ana", "role", "root", "partner"},
        ),
        (
            {"bucket_policy": BUCKET_POLICIES["cloudfront"][1]},
            {"ana", "role", "root", "cloudfront"},
        ),
        # A public list counts only where lists are enabled and not passed over.
        (
            {"object_acl": "public-read", "bucket": NONE},
            {"ana", "role", "root"},
        ),
        (
            {"object_acl": "public-read", **OPEN},
            EVERYBODY - SERVICES - {"partner_bare"},
        ),
        (
            {
                "object_acl": "public-read",
                "bucket": NONE,
                "ownership": "BucketOwnerPreferred",
            },
            EVERYBODY - SERVICES - {"partner_bare"},
        ),
        (
            {
                "object_acl": "public-read",
                "ownership": "ObjectWriter",
                "bucket": frozenset({"IgnorePublicAcls"}),
            },
            {"ana", "role", "root"},
        ),
        # BlockPublicAcls leaves lists alone that are there already.
        (
            {
                "object_acl": "public-read",
                "ownership": "ObjectWriter",
                "bucket": frozenset({"BlockPublicAcls"}),
            },
            EVERYBODY - SERVICES - {"partner_bare"},
        ),
        (
            {"object_acl": "authenticated-read", **OPEN},
            EVERYBODY - SERVICES - {"partner_bare", "anonymous"},
        ),
        # Somebody else's object: with lists the bucket's account has to be let in.
        ({"object_owner": PARTNER}, {"ana", "role", "root"}),
        ({"object_owner": PARTNER, **OPEN}, {"partner"}),
        (
            {"object_owner": PARTNER, "object_acl": "bucket-owner-read", **OPEN},
            {"partner", "ana", "role", "root"},
        ),
        # A Deny in Ana's own policy beats what everybody is given.
        (
            {
                "bucket_policy": READ,
                "bucket": NONE,
                "identity_policy": IDENTITY_POLICIES["deny"][1],
            },
            EVERYBODY - {"partner_bare", "ana"},
        ),
        ({"identity_policy": ""}, {"role", "root"}),
    ],
)
def test_who_can_read(given, readers):
    assert allowed("get", **given) == readers


def test_lists_of_the_bucket_speak_of_the_bucket():
    given = {"bucket_acl": "public-read-write", **OPEN}
    assert "anonymous" in allowed("list", **given)
    assert "anonymous" in allowed("put", **given)
    assert "anonymous" not in allowed("get", **given)
    given["bucket_acl"] = "log-delivery-write"
    assert allowed("put", **given) == {"ana", "root", "logs"}


def test_a_public_policy_can_be_put_only_where_nothing_blocks_it():
    assert allowed("policy", bucket=NONE) == {"ana", "root"}
    assert allowed("policy", bucket=frozenset({"BlockPublicPolicy"})) == set()


def sampled() -> list[Settings]:
    """Every ownership and policy with every list of the object, and some more."""
    levels = [NONE, frozenset(SETTINGS), frozenset({"IgnorePublicAcls"})]
    return [
        settings(
            bucket=levels[number % 3],
            account=levels[number % 2],
            ownership=ownership,
            bucket_policy=text,
            object_acl=acl,
            bucket_acl=("private", "public-read-write")[number % 2],
            object_owner=(OWNER, PARTNER)[number % 2],
            organization=number % 7 == 0,
            address=(ELSEWHERE, IN_OFFICE)[number % 2],
        )
        for number, (ownership, text, acl) in enumerate(
            (ownership, text, acl)
            for ownership in OWNERSHIPS
            for _name, text in BUCKET_POLICIES.values()
            for acl in ("private", "public-read", "bucket-owner-read")
        )
    ]


def test_every_cell_is_what_its_scenario_says():
    """What the table decides from shared parts, the bench decides from JSON."""
    compared, differing = 0, []
    for given in sampled()[::2]:
        for cell in answer(given).cells:
            scenario = deciding.scenario_of(given, cell.caller, cell.action)
            try:
                trace = evaluate(read_scenario(scenario))
            except EvaluationError as error:
                differing += [cell] * (cell.problem != error.problems[0])
                continue
            found = (trace.decision, trace.deciding_step)
            same = cell.trace and (cell.trace.decision, cell.trace.deciding_step)
            differing += [cell] * (same != found)
            compared += 1
    assert differing == []
    assert compared > 1_400


def test_every_cell_and_finding_has_words():
    for given in sampled():
        sheet = Sheet(answer(given))
        assert all(cell.where for row in sheet.rows for cell in row.cells)
        for finding in sheet.found:
            assert finding.title
            assert finding.sentence
            assert "%" not in finding.sentence + "".join(finding.closes)


# --- the check ----------------------------------------------------------------------


def findings(**given):
    found = check(answer(settings(**given)))
    return {(one.status, one.code, one.way): one for one in found}


def test_a_closed_bucket_is_green():
    assert set(findings()) == {
        (GREEN, "clean", "resource"),
        (GREEN, "clean", "settings"),
    }


def test_a_public_policy_is_held_by_the_setting():
    found = findings(bucket_policy=READ)
    held = found[YELLOW, "held", "resource"]
    assert held.by == ("RestrictPublicBuckets",)
    assert [one.sid for one in held.statements] == ["PublicRead"]
    assert (RED, "open", "resource") not in found


def test_an_open_policy_names_its_statements_and_what_closes_it():
    two = findings(bucket_policy=ALL, bucket=NONE)[RED, "open", "resource"]
    assert two.actions == ("get", "list", "put")
    assert [one.sid for one in two.statements] == ["PublicObjects", "PublicList"]
    assert two.closes == ("RestrictPublicBuckets", "statements")
    words = told(two, settings(bucket=NONE))
    assert words.opens[1] == ("PublicList", ALL[: ALL.index("PublicList")].count("\n"))


def test_every_change_that_is_named_shuts_the_way():
    """Made for real, one by one: the finding is gone."""
    made = {
        "RestrictPublicBuckets": {"bucket": frozenset({"RestrictPublicBuckets"})},
        "IgnorePublicAcls": {"bucket": frozenset({"IgnorePublicAcls"})},
        "BucketOwnerEnforced": {"ownership": "BucketOwnerEnforced"},
    }
    own = {
        "resource": {"statements": {"bucket_policy": ""}},
        "s3.bucket_acl": {"private": {"bucket_acl": "private"}},
        "s3.object_acl": {"private": {"object_acl": "private"}},
    }
    lists = {"bucket_acl": "public-read", "object_acl": "public-read", **OPEN}
    for given in (lists, lists | {"bucket_policy": READ}):
        for key, finding in findings(**given).items():
            if key[0] != RED:
                continue
            assert finding.closes
            for change in finding.closes:
                after = given | (made | own[finding.way])[change]
                assert key not in findings(**after), (key, change)


def test_settings_that_close_nothing_are_not_named():
    found = findings(bucket_policy=READ, bucket=NONE)[RED, "open", "resource"]
    assert not {"BlockPublicAcls", "BlockPublicPolicy"} & set(found.closes)
    assert "IgnorePublicAcls" not in found.closes


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"ownership": "BucketOwnerEnforced"}, "acls_disabled"),
        (
            {"ownership": "ObjectWriter", "bucket": frozenset({"IgnorePublicAcls"})},
            "public_acls_ignored",
        ),
    ],
)
def test_a_public_list_that_does_not_count_is_yellow(given, why):
    found = findings(object_acl="public-read", **given)
    ignored = found[YELLOW, "ignored", "s3.object_acl"]
    assert ignored.by == (why,)
    assert [one.grantee for one in ignored.grants] == ["AllUsers"]


def test_a_list_for_signed_callers_is_open_to_them():
    found = findings(object_acl="authenticated-read", **OPEN)
    finding = found[RED, "open", "s3.object_acl"]
    assert not finding.anonymous
    assert "AWS account" in told(finding, settings()).title


def test_a_list_is_held_where_the_policy_is_public_too():
    given = OPEN | {"bucket": frozenset({"RestrictPublicBuckets"})}
    found = findings(object_acl="public-read", bucket_policy=READ, **given)
    assert (YELLOW, "held", "s3.object_acl") in found
    found = findings(object_acl="public-read", **given)
    assert (RED, "open", "s3.object_acl") in found


def test_an_address_is_a_condition_and_not_public():
    office = BUCKET_POLICIES["office"][1]
    found = findings(bucket_policy=office, address=IN_OFFICE)
    assert found[YELLOW, "narrow", "resource"].closes == ("statements",)
    broad = office.replace("203.0.113.0/24", "128.0.0.0/1")
    found = findings(bucket_policy=broad, address=IN_OFFICE, bucket=NONE)
    assert (RED, "open", "resource") in found


def test_a_deny_leaves_a_public_policy_without_effect():
    text = document(statement(), statement("Deny", Sid="D"))
    found = findings(bucket_policy=text, bucket=NONE)
    assert [s.sid for s in found[YELLOW, "idle", "resource"].statements] == ["S"]


def test_settings_that_are_off_everywhere_are_named():
    given = {"bucket": frozenset(SETTINGS[:2]), "account": frozenset(SETTINGS[2:3])}
    assert findings(**given)[YELLOW, "missing", "settings"].by == (SETTINGS[3],)
    assert (GREEN, "clean", "settings") in findings(**given, organization=True)


# --- what changed ---------------------------------------------------------------------


def test_changes_are_marked_against_the_answer_before():
    before = answer(settings(bucket_policy=READ)).letters
    now = answer(settings(bucket_policy=READ, bucket=NONE))
    sheet = Sheet(now, before, ("anonymous", "root"))
    moved = {
        (row.caller.key, cell.cell.action.key): cell.was.decision
        for row in sheet.rows
        for cell in row.cells
        if cell.was
    }
    reads = {(c, "get") for c in ("anonymous", "stranger", "partner")}
    puts = {("ana", "policy"), ("root", "policy")}
    assert set(moved) == reads | puts
    assert set(moved.values()) == {"implicit_deny"}
    assert sheet.said == "5 answers changed."
    assert "As you ticked: Anonymous and Root user" in sheet.guessed
    assert "not ticked: Mallory" in sheet.guessed
    assert Sheet(now, now.letters).said == "No answer changed."


@pytest.mark.parametrize("before", ["", "a", "x" * 50, "a" * 51, "\u0661" * 50])
def test_what_is_no_answer_is_no_answer_before(before):
    sheet = Sheet(answer(settings()), before)
    assert sheet.changes == 0
    assert sheet.said == ""


# --- bounds -----------------------------------------------------------------------


def test_problems_of_both_policies_are_named():
    with pytest.raises(Unreadable) as refused:
        answer(settings(bucket_policy="{", identity_policy="[]"))
    assert set(refused.value.problems) == {"bucket_policy", "identity_policy"}


def test_identity_policies_have_no_principal_and_bucket_policies_one():
    text = document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    with pytest.raises(Unreadable):
        answer(settings(bucket_policy=text))
    with pytest.raises(Unreadable):
        answer(settings(identity_policy=READ))


def hostile() -> list[str]:
    """Policies of the greatest length that cost as much as such policies can."""
    return [
        json.dumps({"Version": "2012-10-17", "Statement": statements})
        for statements in (
            [statement(Resource=["arn:aws:s3:::*a*b?c*"] * 800)],
            [statement(Sid=f"S{n}") for n in range(100)],
            [
                statement(
                    Condition={"StringLike": {"aws:PrincipalArn": ["*a*b*c*"] * 1500}}
                )
            ],
            [statement(Resource=["arn:*:s3:*:*:a*/${aws:username}*"] * 500)],
        )
    ]


@pytest.mark.parametrize("number", range(4))
def test_hostile_policies_are_decided_in_time_or_refused(number):
    text = hostile()[number]
    assert len(text) <= 20_480
    given = settings(bucket_policy=text, bucket=NONE)
    begun = time.process_time()
    try:
        found = check(answer(given))
    except TooMuchWork:
        found = ["refused"]
    assert found
    assert time.process_time() - begun < 1


def test_what_cannot_be_decided_is_left_open():
    principal = {"CanonicalUser": "79a59df900b949e55d96a1e698fbaced" * 2}
    text = document(statement(Principal=principal))
    sheet = Sheet(answer(settings(bucket_policy=text, bucket=NONE)))
    cell = sheet.rows[1].cells[0]
    assert cell.cell.letter == "o"
    assert cell.badge is None
    assert "canonical" in cell.where


def test_ready_policies_can_all_be_read():
    for text in (t for ready in READY.values() for _name, t in ready.values() if t):
        assert json.loads(text)["Statement"]
    assert len(ACTIONS) * len(CALLERS) == 50
