"""Scenarios rewritten to what another evaluator takes them for.

Every function whose second argument is `said` changes a scenario in place; `said` is
what the other evaluator reported of it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from policies_lab.iam.organisations import RCP_SERVICES

ALLOW_ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
NOWHERE = "arn:aws:none:none:000000000000:none"
NOBODY = "255.255.255.255/32"
NEVER = {"StringEquals": {"aws:SourceVpc": "never"}}
VARIABLE = re.compile(r"\$\{([^},]+)\}")


def documents(case: dict) -> Iterator[dict]:
    policies = case["policies"]
    for name in ("identity", "session"):
        yield from policies[name]
    for name in ("resource", "boundary", "vpce"):
        if policies[name]:
            yield policies[name]
    for name in ("scps", "rcps"):
        for level in policies[name]:
            yield from level["policies"]


def statements(case: dict) -> Iterator[dict]:
    for document in documents(case):
        yield from document["Statement"]


def tests(case: dict) -> Iterator[tuple[dict, str, str, list]]:
    """Yield every test: its statement, operator, key and list of values."""
    for statement in statements(case):
        for operator, block in list(statement.get("Condition", {}).items()):
            for key, values in list(block.items()):
                listed = values if isinstance(values, list) else [values]
                yield statement, operator, key, listed


def disarm(statement: dict) -> None:
    """Let a statement never apply."""
    statement["Condition"] = statement.get("Condition", {}) | NEVER


def fix_values(statement: dict, operator: str, key: str, values: list) -> None:
    """Leave only these values under a test; without any it fails or, negated, holds."""
    if values:
        statement["Condition"][operator][key] = values
    elif "Not" in operator:
        statement["Condition"][operator].pop(key)
    else:
        disarm(statement)


def base(operator: str) -> str:
    return operator.rpartition(":")[2].removesuffix("IfExists")


# The rewritings -----------------------------------------------------------------


def root_as_user(case: dict, said: Mapping) -> None:
    """The root user as a user without policies."""
    if case["principal"]["type"] == "root":
        account = case["principal"]["account"]
        arn = f"arn:aws:iam::{account}:user/root"
        case["principal"] = {"type": "user", "arn": arn, "account": account}


def sessions_always_limit(case: dict, said: Mapping) -> None:
    """What the session policies do not allow, nothing allows."""
    policies = case["policies"]
    if policies["session"] and policies["resource"]:
        policies["scps"] = [
            *policies["scps"],
            {"level": "account", "policies": policies["session"]},
        ]


def federated_as_user(case: dict, said: Mapping) -> None:
    """A federated session without a session policy has what its user has."""
    if (
        case["principal"]["type"] == "federated_user"
        and not case["policies"]["session"]
    ):
        case["policies"]["session"] = [
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            }
        ]


def parent_unknown(case: dict, said: Mapping) -> None:
    """A grant to the user behind a federated session does not reach the session."""
    if case["principal"]["type"] == "federated_user":
        parent = case["principal"]["user_arn"]
        case["principal"]["user_arn"] = parent + "-unknown"


def versions_ignored(case: dict, said: Mapping) -> None:
    """Variables under every version."""
    for document in documents(case):
        document["Version"] = "2012-10-17"


def account_spares_all(case: dict, said: Mapping) -> None:
    """A NotPrincipal spares whoever is listed in any way, for one by the account."""
    caller = case["principal"]
    if case["policies"]["boundary"]:
        return
    own = {caller.get(name) for name in ("arn", "role_arn", "user_arn", "account")}
    own.add(f"arn:aws:iam::{caller.get('account')}:root")
    for statement in statements(case):
        listed = statement.get("NotPrincipal", {})
        if own & set(listed.get("AWS", ())):
            disarm(statement)


def rcps_everywhere(case: dict, said: Mapping) -> None:
    """RCPs bind every service: an endpoint's policy does that."""
    if case["action"].partition(":")[0] in RCP_SERVICES or not case["policies"]["rcps"]:
        return
    policies = case["policies"]
    policies["vpce"] = policies["vpce"] or {
        "Version": "2012-10-17",
        "Statement": [ALLOW_ALL],
    }
    for level in policies["rcps"]:
        for document in level["policies"]:
            policies["vpce"]["Statement"] += document["Statement"]


def absent_trust_delegates(case: dict, said: Mapping) -> None:
    """A role without a trust policy leaves the matter to its account."""
    if ":role/" in case["resource"] and not case["policies"]["resource"]:
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": case["resource_account"]},
            "Action": case["action"],
        }
        case["policies"]["resource"] = {
            "Version": "2012-10-17",
            "Statement": [trust],
        }


def keys_dropped(case: dict, said: Mapping) -> None:
    """Keys that the action is not listed with are not there."""
    for key in said.get("ignoredKeys", ()):
        case["context"].pop(key, None)


def valueless_fails(case: dict, said: Mapping) -> None:
    """A negated test against a variable without a value fails."""
    present = {key.lower() for key in case["context"]}
    for statement, operator, key, values in tests(case):
        names = {name.lower() for value in values for name in VARIABLE.findall(value)}
        if "Not" in operator and key.lower() in present and names - present:
            disarm(statement)


def epochs_are_milliseconds(case: dict, said: Mapping) -> None:
    """A date of digits counts milliseconds, not seconds."""
    for statement, operator, key, values in tests(case):
        if base(operator).startswith("Date"):
            statement["Condition"][operator][key] = [_thousandth(v) for v in values]
            asked = case["context"].get(key)
            if asked is not None:
                case["context"][key] = _thousandth(asked)


def _thousandth(text: str) -> str:
    if not text.isdigit():
        return text
    return datetime.fromtimestamp(int(text) / 1000, UTC).isoformat()


def _is_short(text: str) -> bool:
    return text.startswith("arn:") and text.count(":") < 5


def short_by_side(case: dict, said: Mapping) -> None:
    """A short pattern is completed in the policies of the caller's side, SCPs among
    them, and matches nothing in those of the resource's."""
    policies = case["policies"]
    levels = policies["rcps"]
    theirs = [document for level in levels for document in level["policies"]]
    theirs += [
        document for name in ("resource", "vpce") if (document := policies[name])
    ]
    elsewhere = {id(document) for document in theirs}
    for document in documents(case):
        for statement in document["Statement"]:
            for name in ("Resource", "NotResource"):
                if name in statement:
                    there = id(document) in elsewhere
                    statement[name] = [
                        _completed(text, there) for text in statement[name]
                    ]


def stars_stay_in_fields(case: dict, said: Mapping) -> None:
    """A star in the first five fields of an ARN never matches a colon."""
    for statement in statements(case):
        for name in ("Resource", "NotResource"):
            if name in statement:
                statement[name] = [
                    text if _fits_by_fields(text, case["resource"]) else NOWHERE
                    for text in statement[name]
                ]


def _fits_by_fields(pattern: str, resource: str) -> bool:
    """Whether a pattern may stay: it has no star that could leave its field, or does
    without."""
    if "${" in pattern or "*:" not in pattern or _is_short(pattern):
        return True
    *fields, last = (re.escape(field) for field in pattern.split(":", 5))
    caged = ":".join(field.replace(r"\*", "[^:]*") for field in fields)
    free = last.replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(f"{caged}:{free}".replace(r"\?", "[^:]"), resource) is not None


def tokens_have_accounts(case: dict, said: Mapping) -> None:
    """A caller with a provider's token belongs to the provider's account."""
    provider = case["principal"].get("provider", "")
    account = provider.split(":")[4] if provider.count(":") > 4 else None
    for statement in statements(case):
        named = statement.get("Principal")
        if account and isinstance(named, dict) and account in str(named.get("AWS")):
            named["Federated"] = provider


def unsettled_falls_away(case: dict, said: Mapping) -> None:
    """A NotResource whose variable has no value lets its statement fall away."""
    present = {key.lower() for key in case["context"]}
    for statement in statements(case):
        names = {
            name.lower()
            for text in statement.get("NotResource", ())
            for name in VARIABLE.findall(text)
        }
        if names - present:
            disarm(statement)


def _completed(text: str, elsewhere: bool) -> str:
    if not _is_short(text):
        return text
    return NOWHERE if elsewhere else text + ":*" * (5 - text.count(":"))


def star_names_services(case: dict, said: Mapping) -> None:
    """`{"AWS": "*"}` names services and callers with a foreign token, too."""
    for statement in statements(case):
        if statement.get("Principal") == {"AWS": "*"}:
            statement["Principal"] = "*"


def empty_is_missing(case: dict, said: Mapping) -> None:
    """A key with an empty value is not there."""
    case["context"] = {key: v for key, v in case["context"].items() if v != ""}


def address_tests(case: dict) -> Iterator[tuple[dict, str, str, list, str]]:
    """Yield the tests of addresses that the request has, and the address."""
    for statement, operator, key, values in tests(case):
        asked = case["context"].get(key)
        if base(operator) in ("IpAddress", "NotIpAddress") and asked:
            yield statement, operator, key, values, asked


def lone_addresses_fail(case: dict, said: Mapping) -> None:
    """NotIpAddress with an address of the other family, without prefix, fails."""
    for statement, operator, _, values, asked in address_tests(case):
        other = [v for v in values if "/" not in v and (":" in v) != (":" in asked)]
        if base(operator) == "NotIpAddress" and other:
            disarm(statement)


def everything_is_nothing(case: dict, said: Mapping) -> None:
    """A range of all addresses contains none."""
    for statement, operator, key, values, _ in address_tests(case):
        kept = [NOBODY if value == "0.0.0.0/0" else value for value in values]
        statement["Condition"][operator][key] = kept


def addresses_as_written(case: dict, said: Mapping) -> None:
    """An IPv6 address without prefix is only met by its own spelling."""
    for statement, operator, key, values, asked in address_tests(case):
        kept = [
            NOBODY if ":" in v and "/" not in v and v != asked else v for v in values
        ]
        statement["Condition"][operator][key] = kept
