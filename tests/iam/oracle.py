"""A second evaluator: as plain as can be, and written apart from the engine.

It works on the JSON of a scenario, knows the part of the language that `strategies`
makes, and takes no care of speed. `None` stands for "refused".
"""

import ipaddress
import json
import re

ACCOUNT_CALLERS = ("user", "role_session", "federated_user", "root")
RCP_SERVICES = ("s3", "sqs", "kms", "sts")


def listed(value):
    return value if isinstance(value, list) else [value]


def same(pattern, text):
    """Match `*` and `?`; a star marked \\1 keeps off colons. One row a character."""
    row = [True] + [False] * len(text)
    for p in pattern:
        old = row
        row = [old[0] and p in "*\1"]
        for i, t in enumerate(text):
            if p == "*" or (p == "\1" and t != ":"):
                row.append(old[i + 1] or row[i])
            elif p == "\1":
                row.append(old[i + 1])
            else:
                row.append(old[i] and p in ("?", t))
    return row[-1]


def filled(text, keys, version):
    """Replace variables by values whose wildcards are hidden; None: no value."""
    if version != "2012-10-17":
        return text.replace("${", "\2").replace("\2", "${")
    for name in re.findall(r"\$\{([^}]*)\}", text):
        value = keys.get(name.lower())
        if not isinstance(value, str):
            return None
        hidden = value.replace("*", "\3").replace("?", "\4")
        text = text.replace("${" + name + "}", hidden)
    return text


def resource_matches(pattern, resource):
    resource = resource.replace("*", "\3") if resource != "*" else resource
    if pattern == "*" or resource == "*":
        return pattern == "*"
    fields = pattern.split(":", 5)
    fields += ["*"] * (6 - len(fields))
    first = [f[:-1].replace("*", "\1") + f[-1:] for f in fields[:5]]
    return same(":".join([*first, fields[5]]), resource)


def resource_answer(statement, keys, resource, version):
    """True, False, or None where it is not settled."""
    name = "Resource" if "Resource" in statement else "NotResource"
    if name not in statement:
        return True
    patterns = [filled(p, keys, version) for p in listed(statement[name])]
    hit = any(p is not None and resource_matches(p, resource) for p in patterns)
    if name == "Resource":
        return hit
    if hit:
        return False
    unsettled = None in patterns and statement["Effect"] == "Allow"
    return None if unsettled else True


def compare(operator, value, wanted):
    if operator == "StringEquals":
        return value == wanted.replace("\3", "*").replace("\4", "?")
    if operator == "StringLike":
        return same(wanted, value.replace("*", "\3").replace("?", "\4"))
    if operator == "NumericLessThan":
        return bool(re.fullmatch("[0-9]+", value)) and int(value) < int(wanted)
    if operator == "Bool":
        return value.lower() == wanted.lower()
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, False)
    except ValueError:
        return False


def test_holds(name, key, wanted, keys, version):
    value = keys.get(key.lower())
    quantifier, _, base = name.rpartition(":")
    missing = value is None or value in ([], [""])
    texts = [w if isinstance(w, str) else json.dumps(w) for w in listed(wanted)]
    if base == "Null":
        if quantifier:
            return quantifier == "ForAllValues"
        return ("true" if missing else "false") in texts
    negated = "Not" in base
    operator = base.replace("Not", "").replace("IfExists", "")
    if operator.startswith("String"):
        texts = [filled(t, keys, version) for t in texts]

    def one(member):
        hit = any(t is not None and compare(operator, member, t) for t in texts)
        return hit != negated

    if quantifier:
        if missing:
            return quantifier == "ForAllValues"
        return (all if quantifier == "ForAllValues" else any)(map(one, listed(value)))
    if value is None:
        return negated or base.endswith("IfExists")
    return isinstance(value, str) and one(value)


def conditions_hold(statement, keys, version):
    return all(
        test_holds(name, key, wanted, keys, version)
        for name, block in statement.get("Condition", {}).items()
        for key, wanted in block.items()
    )


def worth(statement, caller, bounded):
    """0 not meant, 1 delegated to the account, 2 its role or parent, 3 itself."""
    account = caller.get("account")
    root = f"arn:aws:iam::{account}:root"
    mine = caller["type"] in ACCOUNT_CALLERS
    if "NotPrincipal" in statement:
        names = [caller.get(n) for n in ("arn", "role_arn", "user_arn", "service")]
        chain = {n for n in names if n} | ({root} if mine else set())
        entries = listed(statement["NotPrincipal"].get("AWS", []))
        exempt = {root if e == account else e for e in entries}
        exempt |= set(listed(statement["NotPrincipal"].get("Service", [])))
        limited = bounded and mine and caller["type"] != "root"
        return 0 if chain and chain <= exempt and not limited else 3
    element = statement.get("Principal", "*")
    if element == "*":
        return 3
    best = 3 if caller.get("service") in listed(element.get("Service", [])) else 0
    best = best if caller.get("service") else 0
    if caller.get("provider") in listed(element.get("Federated", [])):
        best = 3 if caller.get("provider") else best
    for entry in listed(element.get("AWS", [])):
        if entry == "*" and (mine or caller["type"] == "anonymous"):
            best = 3
        elif mine and entry in (account, root):
            best = max(best, 3 if caller["type"] == "root" else 1)
        elif mine and entry == caller["arn"]:
            best = 3
        elif mine and entry in (caller.get("role_arn"), caller.get("user_arn")):
            best = max(best, 2)
    return best


class Unsettled(Exception):
    """No answer."""


class Oracle:
    def __init__(self, case):
        self.case, self.caller = case, case["principal"]
        self.p = {"identity": [], "session": [], "scps": [], "rcps": []}
        self.p |= {k: v for k, v in case["policies"].items() if v is not None}
        self.keys = {k.lower(): v for k, v in self.derived().items()}
        self.keys |= {k.lower(): v for k, v in case["context"].items()}

    def derived(self):
        caller = self.caller
        arn = caller.get("role_arn") or caller.get("arn")
        found = {"aws:PrincipalArn": arn, "aws:PrincipalAccount": caller.get("account")}
        if caller["type"] == "user":
            found["aws:username"] = caller["arn"].split("/")[-1]
        return {k: v for k, v in found.items() if v}

    def best(self, policies, effect):
        """The strongest grant of the statements that apply."""
        found, unsettled = 0, False
        for document in policies:
            version = document.get("Version")
            for s in listed(document["Statement"]):
                name = "Action" if "Action" in s else "NotAction"
                action = self.case["action"].lower()
                hit = any(same(a.lower(), action) for a in listed(s[name]))
                resource = resource_answer(s, self.keys, self.case["resource"], version)
                grant = worth(s, self.caller, bool(self.p.get("boundary")))
                if (
                    s["Effect"] == effect
                    and hit == (name == "Action")
                    and resource is not False
                    and conditions_hold(s, self.keys, version)
                    and grant
                ):
                    unsettled = unsettled or resource is None
                    found = max(found, grant if resource else 0)
        if unsettled and found < 3:
            raise Unsettled
        return found

    def decide(self):
        case, caller, p = self.case, self.caller, self.p
        kind, action = caller["type"], case["action"].lower()
        management = case.get("management_account")
        linked, owner = caller.get("service_linked"), case["resource_account"]
        mine = kind in ACCOUNT_CALLERS
        rcps, scps = p["rcps"], p["scps"]
        if linked or owner == management or action.split(":")[0] not in RCP_SERVICES:
            rcps = []
        if linked or not mine or caller["account"] == management:
            scps = []
        with_policies = kind in ("user", "role_session", "federated_user")
        identity = p["identity"] if with_policies else []
        session = p["session"] if with_policies else []
        boundary = [p["boundary"]] if with_policies and p.get("boundary") else []
        resource = [p["resource"]] if p.get("resource") else []
        vpce = [p["vpce"]] if p.get("vpce") else []
        denies = [("rcp", level["policies"]) for level in rcps]
        denies += [("scp", level["policies"]) for level in scps]
        denies += [("vpce", vpce), ("resource", resource), ("identity", identity)]
        denies += [("boundary", boundary), ("session", session)]
        for step, policies in denies:
            if self.best(policies, "Deny"):
                return "explicit_deny", step
        for level in scps:
            if not self.best(level["policies"], "Allow"):
                return "implicit_deny", "scp"
        if vpce and not self.best(vpce, "Allow"):
            return "implicit_deny", "vpce"
        if kind == "root" and action == "sts:assumerole":
            return "implicit_deny", "root_user"
        strict = ":key/" in case["resource"] or action.startswith("sts:assumerole")
        near = mine and caller["account"] == owner
        if kind == "root" and near and not strict:
            return "allow", "root_user"
        grant = self.best(resource, "Allow")
        if not grant and (strict or not near):
            return "implicit_deny", "resource"
        if not mine or (kind == "root" and not near) or (grant == 3 and near):
            root_here = kind == "root" and near
            return "allow", "root_user" if root_here else "resource"
        if kind == "root":
            return "allow", "root_user"
        if not (near and grant == 2) and not self.best(identity, "Allow"):
            return "implicit_deny", "identity"
        if boundary and not self.best(boundary, "Allow"):
            return "implicit_deny", "boundary"
        if (session or kind == "federated_user") and not self.best(session, "Allow"):
            return "implicit_deny", "session"
        if near and grant == 2:
            return "allow", "resource"
        return "allow", "identity+resource" if strict or not near else "identity"


def decide(case):
    """(decision, deciding step) of a scenario's JSON, or None: refused."""
    try:
        return Oracle(case).decide()
    except Unsettled:
        return None
