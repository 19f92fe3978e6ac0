"""The outcome matrix: what each layer is worth, with no explicit deny anywhere.

I: an identity policy allows; B: the boundary (- none, y allows, n does not); S: the
session policy, likewise; R: what the resource's policy grants to the caller.
"""

import pytest

from tests.iam.cases import (
    ALICE,
    ANONYMOUS,
    FEDERATED,
    FULL,
    HERE,
    KEY,
    OBJECT,
    PROVIDER,
    ROLE,
    ROLE_TO_ASSUME,
    ROOT,
    SAML,
    SERVICE,
    THERE,
    USER,
    WEB,
    policy,
    statement,
    verdict,
)

ELSEWHERE = policy(statement("Allow", "ec2:*"))


def of_there(principal):
    return {
        name: value.replace(HERE, THERE) if isinstance(value, str) else value
        for name, value in principal.items()
    }


CALLERS = {
    "user": USER,
    "role": ROLE,
    "federated": FEDERATED,
    "root": ROOT,
    "foreign user": of_there(USER),
    "foreign role": of_there(ROLE),
    "foreign root": of_there(ROOT),
    "anonymous": ANONYMOUS,
    "service": SERVICE,
    "web identity": WEB,
    "saml": SAML,
}
TARGETS = {
    "object": ("s3:GetObject", OBJECT),
    "key": ("kms:Decrypt", KEY),
    "role": ("sts:AssumeRole", ROLE_TO_ASSUME),
}


def named(caller, grant):
    """A Principal element that is worth `grant` to the caller."""
    principal = CALLERS[caller]
    account = principal.get("account")
    match grant:
        case "star":
            return "*"
        case "aws star":
            return {"AWS": "*"}
        case "deleg":
            return {"AWS": account}
        case "account arn":
            return {"AWS": f"arn:aws:iam::{account}:root"}
        case "entity":
            return {"AWS": principal.get("role_arn") or principal.get("user_arn")}
        case "direct" if caller == "anonymous":
            return "*"
        case "direct" if caller == "service":
            return {"Service": principal["service"]}
        case "direct" if "provider" in principal:
            return {"Federated": principal["provider"]}
        case "direct":
            return {"AWS": principal["arn"]}
        case "other":
            return {"AWS": f"arn:aws:iam::{HERE}:user/somebody-else"}


def resource_policy(caller, target, grant):
    if grant == "none":
        return None
    trust = target == "role"
    resource = None if trust else TARGETS[target][1]
    action = TARGETS[target][0]
    who = named(caller, grant)
    return policy(statement("Allow", action, resource, Principal=who))


def decided(caller, target, grant, identity, boundary, session):
    action, resource = TARGETS[target]
    ceilings = {"-": None, "y": FULL, "n": ELSEWHERE}
    return verdict(
        principal=CALLERS[caller],
        action=action,
        resource=resource,
        bucket=resource_policy(caller, target, grant),
        identity=[FULL if identity == "y" else ELSEWHERE],
        boundary=ceilings[boundary],
        session=[] if session == "-" else [ceilings[session]],
    )


MATRIX = """
user           object none    y - -  allow identity
user           object other   y - -  allow identity
user           object none    n - -  implicit_deny identity
user           object none    n y -  implicit_deny identity
user           object none    n n -  implicit_deny identity
user           object none    y n -  implicit_deny boundary
user           object none    y y -  allow identity
user           object deleg   n - -  implicit_deny identity
user           object account_arn n - -  implicit_deny identity
user           object deleg   y y -  allow identity
user           object deleg   y n -  implicit_deny boundary
user           object direct  n n -  allow resource
user           object star    n n -  allow resource
user           object aws_star n n -  allow resource
role           object none    y y n  implicit_deny session
role           object none    y y y  allow identity
role           object entity  n - -  allow resource
role           object entity  n n -  implicit_deny boundary
role           object entity  n y n  implicit_deny session
role           object entity  n y y  allow resource
role           object direct  n n n  allow resource
role           object star    n n n  allow resource
role           object deleg   y y n  implicit_deny session
federated      object none    y - -  implicit_deny session
federated      object none    y - y  allow identity
federated      object none    n - y  implicit_deny identity
federated      object entity  n - y  allow resource
federated      object entity  n - -  implicit_deny session
federated      object direct  n n -  allow resource
federated      object deleg   y - y  allow identity
root           object none    n - -  allow root_user
root           object other   n - -  allow root_user
root           object none    n n n  allow root_user
user           key    none    y - -  implicit_deny resource
user           key    other   y - -  implicit_deny resource
user           key    deleg   y - -  allow identity+resource
user           key    deleg   n - -  implicit_deny identity
user           key    deleg   y n -  implicit_deny boundary
user           key    direct  n n -  allow resource
role           key    entity  n - -  allow resource
role           key    entity  n n -  implicit_deny boundary
root           key    none    n - -  implicit_deny resource
root           key    other   n - -  implicit_deny resource
root           key    deleg   n - -  allow root_user
user           role   none    y - -  implicit_deny resource
user           role   deleg   y - -  allow identity+resource
user           role   deleg   n - -  implicit_deny identity
user           role   direct  n n -  allow resource
role           role   entity  n - -  allow resource
role           role   none    y - -  implicit_deny resource
root           role   deleg   n - -  implicit_deny root_user
foreign_user   object none    y - -  implicit_deny resource
foreign_user   object other   y - -  implicit_deny resource
foreign_user   object deleg   n - -  implicit_deny identity
foreign_user   object direct  n - -  implicit_deny identity
foreign_user   object star    n - -  implicit_deny identity
foreign_user   object direct  y n -  implicit_deny boundary
foreign_role   object direct  y y n  implicit_deny session
foreign_role   object entity  n - -  implicit_deny identity
foreign_user   object deleg   y - -  allow identity+resource
foreign_user   object direct  y y -  allow identity+resource
foreign_role   object entity  y y y  allow identity+resource
foreign_user   key    deleg   y - -  allow identity+resource
foreign_user   role   deleg   y - -  allow identity+resource
foreign_root   object none    n - -  implicit_deny resource
foreign_root   object deleg   n - -  allow resource
foreign_root   object star    n - -  allow resource
anonymous      object direct  y - -  allow resource
anonymous      object none    y - -  implicit_deny resource
anonymous      object other   y - -  implicit_deny resource
anonymous      object aws_star n - -  allow resource
service        object direct  n - -  allow resource
service        object none    y - -  implicit_deny resource
service        object star    n - -  allow resource
service        object aws_star y - -  implicit_deny resource
web_identity   role   direct  n - -  allow resource
web_identity   role   none    y - -  implicit_deny resource
web_identity   role   aws_star n - -  implicit_deny resource
saml           role   direct  n - -  allow resource
saml           role   star    n - -  allow resource
"""
ROWS = [line for line in MATRIX.splitlines() if line]


@pytest.mark.parametrize("row", ROWS, ids=[" ".join(row.split()) for row in ROWS])
def test_row(row):
    caller, target, grant, identity, boundary, session, *expected = row.split()
    found = decided(
        caller.replace("_", " "),
        target,
        grant.replace("_", " "),
        identity,
        boundary,
        session,
    )
    assert found == tuple(expected)


def level(name, *policies):
    return {"level": name, "policies": list(policies)}


@pytest.mark.parametrize(
    "caller", ["user", "role", "federated", "root", "foreign user"]
)
def test_one_level_without_an_allow_stops_whoever_scps_bind(caller):
    for number in range(3):
        levels = [level(name, FULL) for name in ("root", "ou", "account")]
        levels[number] = level(levels[number]["level"], ELSEWHERE)
        found = verdict(
            principal=CALLERS[caller],
            scps=levels,
            bucket=resource_policy(caller, "object", "direct"),
            identity=[FULL],
        )
        assert found == ("implicit_deny", "scp")


@pytest.mark.parametrize("caller", ["anonymous", "service", "web identity", "saml"])
def test_scps_do_not_bind_callers_without_an_account(caller):
    target = "role" if caller in {"web identity", "saml"} else "object"
    action, resource = TARGETS[target]
    found = verdict(
        principal=CALLERS[caller],
        action=action,
        resource=resource,
        bucket=resource_policy(caller, target, "direct"),
        scps=[level("root", ELSEWHERE)],
    )
    assert found == ("allow", "resource")


@pytest.mark.parametrize("caller", CALLERS)
def test_an_endpoint_policy_without_an_allow_stops_everybody(caller):
    found = verdict(
        principal=CALLERS[caller],
        bucket=resource_policy(caller, "object", "direct"),
        identity=[FULL],
        session=[FULL],
        vpce=policy(statement("Allow", "ec2:*", Principal="*")),
    )
    assert found == ("implicit_deny", "vpce")


DENY = statement("Deny", "s3:*")
DENY_ALL_CALLERS = {**DENY, "Principal": "*"}
WITH_DENY = {
    "rcp": {"rcps": [level("root"), level("account", policy(DENY_ALL_CALLERS))]},
    "scp": {"scps": [level("root", FULL), level("account", FULL, policy(DENY))]},
    "vpce": {"vpce": policy({**statement(), "Principal": "*"}, DENY_ALL_CALLERS)},
    "resource": {"bucket": policy(DENY_ALL_CALLERS)},
    "identity": {"identity": [FULL, policy(DENY)]},
    "boundary": {"boundary": policy(statement(), DENY)},
    "session": {"session": [policy(statement(), DENY)]},
}


@pytest.mark.parametrize("kind", WITH_DENY)
def test_a_deny_in_any_policy_is_final(kind):
    parts = {"identity": [FULL], **WITH_DENY[kind]}
    assert verdict(principal=ROLE, **parts) == ("explicit_deny", kind)


def test_of_several_denies_the_first_type_is_named():
    kinds = list(WITH_DENY)
    for number, first in enumerate(kinds):
        parts = {"identity": [FULL]}
        for kind in kinds[number:]:
            parts |= WITH_DENY[kind]
        assert verdict(principal=ROLE, **parts) == ("explicit_deny", first)


@pytest.mark.parametrize("mutual", [ALICE, f"arn:aws:iam::{HERE}:role/app"])
def test_a_deny_on_a_role_hits_its_sessions_and_on_a_user_does_not(mutual):
    deny = policy({**DENY, "Principal": {"AWS": mutual}})
    found = verdict(principal=ROLE, identity=[FULL], bucket=deny)
    hit = mutual != ALICE
    assert found == (("explicit_deny", "resource") if hit else ("allow", "identity"))


@pytest.mark.parametrize("caller", ["user", "root"])
def test_notprincipal_spares_nobody_with_a_boundary(caller):
    """A root user cannot have one; what is written there is not asked."""
    principal = CALLERS[caller]
    spared = {"AWS": [principal["arn"], HERE]}
    deny = policy(statement("Deny", "s3:*", NotPrincipal=spared))
    asked = {"principal": principal, "identity": [FULL], "bucket": deny}
    assert verdict(**asked)[0] == "allow"
    found = verdict(boundary=FULL, **asked)[0]
    assert found == ("explicit_deny" if caller == "user" else "allow")


def test_the_strongest_grant_counts_in_any_order():
    weak = statement("Allow", "s3:*", OBJECT, Principal={"AWS": HERE})
    middle = {**weak, "Principal": {"AWS": ROLE["role_arn"]}}
    strong = {**weak, "Principal": {"AWS": ROLE["arn"]}}
    for bucket in (policy(weak, middle, strong), policy(strong, middle, weak)):
        found = verdict(principal=ROLE, bucket=bucket, boundary=ELSEWHERE)
        assert found == ("allow", "resource")
    both = policy(weak, middle)
    found = verdict(principal=ROLE, bucket=both, boundary=ELSEWHERE)
    assert found == ("implicit_deny", "boundary")


MANAGEMENT = "999999999999"


def test_the_management_account_is_outside_its_organisation():
    levels = {"scps": [level("root", ELSEWHERE)], "management_account": HERE}
    assert verdict(identity=[FULL], **levels) == ("allow", "identity")
    assert verdict(principal=ROOT, **levels) == ("allow", "root_user")
    levels["management_account"] = MANAGEMENT
    assert verdict(identity=[FULL], **levels) == ("implicit_deny", "scp")


def test_rcps_follow_the_resource_and_scps_the_caller():
    rcps = [level("root", policy(DENY_ALL_CALLERS))]
    identity = [FULL]
    at = {"rcps": rcps, "identity": identity, "management_account": HERE}
    assert verdict(**at) == ("allow", "identity")
    at["management_account"] = MANAGEMENT
    assert verdict(**at) == ("explicit_deny", "rcp")


def test_rcps_reach_their_services_only():
    rcps = [level("root", policy({**DENY_ALL_CALLERS, "Action": "*"}))]
    reached = {"rcps": rcps, "identity": [FULL]}
    topic = {"action": "sns:Publish", "resource": f"arn:aws:sns:eu-west-1:{HERE}:t"}
    assert verdict(**reached) == ("explicit_deny", "rcp")
    assert verdict(**reached, **topic) == ("allow", "identity")


def test_federated_providers_are_told_apart():
    trust = policy(
        statement(
            "Allow",
            "sts:AssumeRoleWithWebIdentity",
            None,
            Principal={"Federated": PROVIDER},
        )
    )
    asked = {"action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE_TO_ASSUME}
    assert verdict(principal=WEB, bucket=trust, **asked) == ("allow", "resource")
    other = {**WEB, "provider": "accounts.google.com"}
    found = verdict(principal=other, bucket=trust, **asked)
    assert found == ("implicit_deny", "resource")
