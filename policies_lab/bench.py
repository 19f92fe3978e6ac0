"""The bench: everything that a learner can set before a request is decided.

Plain values without a database or a form. A bench becomes a scenario (the JSON of
the engine) and a scenario becomes a bench.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from policies_lab.iam import Level, Policies, Policy, Scenario, read_scenario
from policies_lab.iam.context import derived_keys

MOST_POLICIES = 20
# Characters of all attached documents, and of a scenario that is taken in: more than
# AWS would store for one caller, and little enough to be read at once.
MOST_TEXT, MOST_EXCHANGE = 200_000, 300_000
MOST_KEYS = 30

# Places that hold one document only.
SINGLE = {"resource": "resource", "boundary": "boundary", "endpoint": "vpce"}
# Places that are lists of levels.
LEVELLED = {"scp": "scps", "rcp": "rcps"}
LEVEL_ORDER = {"root": 0, "ou": 1, "account": 2}

CALLERS_WITHOUT_ARN = {"service", "anonymous", "web_identity", "saml"}


@dataclass
class PolicyRow:
    """One document on the bench. `row` stays the same as long as the bench lives.

    `via` is where the caller has it from ("group Analysts"), `level` only counts for
    SCPs and RCPs. A document that is not attached has no say.
    """

    row: int
    name: str = ""
    place: str = "identity"
    via: str = ""
    level: str = "account"
    document: str = ""
    attached: bool = True


@dataclass
class ContextRow:
    """One context key. Not present means absent, which is not the same as false."""

    row: int
    key: str = ""
    value: str = ""
    present: bool = True


@dataclass
class Bench:
    """The whole state. `scenario` is the key of the ready scenario that it began as;
    `s3` is the JSON of a scenario's member of that name, or nothing."""

    scenario: str = ""
    principal_type: str = "user"
    principal_arn: str = ""
    role_arn: str = ""
    user_arn: str = ""
    service: str = ""
    provider: str = ""
    service_linked: bool = False
    management_account: str = ""
    action: str = ""
    resource: str = ""
    resource_account: str = ""
    s3: str = ""
    policies: list[PolicyRow] = field(default_factory=list)
    context: list[ContextRow] = field(default_factory=list)

    @property
    def caller(self) -> str:
        """Who asks, as briefly as it can be said."""
        if self.principal_type == "service":
            return self.service
        if self.principal_type in {"web_identity", "saml"}:
            return self.provider
        return self.principal_arn or self.principal_type

    @property
    def foreign_account(self) -> str:
        """The account of the resource where it is not the caller's own."""
        account = resource_account_of(self)
        return "" if account == account_in(self.principal_arn) else account

    @property
    def attached(self) -> list[PolicyRow]:
        return [policy for policy in self.policies if policy.attached]


class Crowded(Exception):
    """A place holds one document and more are attached. `rows` are the surplus."""

    def __init__(self, place: str, rows: list[int]) -> None:
        super().__init__(place)
        self.place = place
        self.rows = rows


@dataclass(frozen=True)
class Laid:
    """A scenario, and for each document's path in it the row that it came from."""

    scenario: dict[str, Any]
    rows: dict[str, int]

    def text(self) -> str:
        return json.dumps(self.scenario, ensure_ascii=False, indent=2)


def lay(bench: Bench) -> Laid:
    """The bench as a scenario; raises Crowded.

    Documents are handed over as text, so that places in results are places in what
    was typed.
    """
    rows: dict[str, int] = {}
    policies: dict[str, Any] = {
        "identity": _listed("identity", bench, rows),
        "resource": _single("resource", bench, rows),
        "boundary": _single("boundary", bench, rows),
        "session": _listed("session", bench, rows),
        "scps": _levels("scp", bench, rows),
        "rcps": _levels("rcp", bench, rows),
    }
    if endpoint := _single("endpoint", bench, rows):
        policies["vpce"] = endpoint
    scenario: dict[str, Any] = {
        "id": bench.scenario or "bench",
        "principal": principal_of(bench),
        "action": bench.action,
        "resource": bench.resource,
        "resource_account": resource_account_of(bench),
        "context": context_of(bench.context),
        "policies": policies,
    }
    if bench.management_account:
        scenario["management_account"] = bench.management_account
    if bench.s3.strip():
        scenario["s3"] = json.loads(bench.s3)
    return Laid(scenario, rows)


def principal_of(bench: Bench) -> dict[str, Any]:
    kind = bench.principal_type
    if kind in CALLERS_WITHOUT_ARN:
        principal = {"type": kind, "arn": bench.principal_arn or None, "account": None}
    else:
        account = account_in(bench.principal_arn)
        principal = {"type": kind, "arn": bench.principal_arn, "account": account}
    if kind == "service":
        principal |= {"arn": None, "service": bench.service}
    elif kind in {"web_identity", "saml"}:
        principal |= {"arn": None, "provider": bench.provider}
    elif kind == "anonymous":
        principal |= {"arn": None}
    elif kind == "role_session":
        principal["role_arn"] = bench.role_arn or role_of_session(bench.principal_arn)
        if bench.service_linked:
            principal["service_linked"] = True
    elif kind == "federated_user" and bench.user_arn:
        principal["user_arn"] = bench.user_arn
    return principal


def account_in(arn: str) -> str:
    """The account that an ARN names, or nothing."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def role_of_session(arn: str) -> str:
    """The role of a session ARN, as if the role had no path."""
    parts = arn.split(":", 5)
    names = parts[-1].split("/")
    if len(parts) < 6 or names[0] != "assumed-role" or len(names) < 2:
        return ""
    return f"arn:{parts[1]}:iam::{parts[4]}:role/{names[1]}"


def resource_account_of(bench: Bench) -> str:
    """Whose the resource is: as stated, as its ARN says, else the caller's own."""
    return (
        bench.resource_account
        or account_in(bench.resource)
        or account_in(bench.principal_arn)
    )


def context_of(rows: Iterable[ContextRow]) -> dict[str, Any]:
    """The keys that are present; a value written `[a, b]` is multivalued.

    Of a key on two rows the last one counts: the form refuses such rows before.
    """
    context: dict[str, Any] = {}
    for row in rows:
        if row.present and row.key:
            context[row.key] = values_of(row.value)
    return context


def values_of(text: str) -> str | list[str]:
    inner = text.strip()
    if not (inner.startswith("[") and inner.endswith("]")):
        return text
    return [part.strip() for part in inner[1:-1].split(",") if part.strip()]


def written(value: str | Iterable[str]) -> str:
    """A context value as a row shows it; the reverse of `values_of`."""
    return value if isinstance(value, str) else f"[{', '.join(value)}]"


def _document(row: PolicyRow) -> dict[str, str]:
    named = {"name": row.name} if row.name else {}
    return named | {"document": row.document}


def _listed(place: str, bench: Bench, rows: dict[str, int]) -> list[dict[str, str]]:
    found = [policy for policy in bench.attached if policy.place == place]
    for index, policy in enumerate(found):
        rows[f"{place}[{index}]"] = policy.row
    return [_document(policy) for policy in found]


def _single(place: str, bench: Bench, rows: dict[str, int]) -> dict[str, str] | None:
    found = [policy for policy in bench.attached if policy.place == place]
    if len(found) > 1:
        raise Crowded(place, [policy.row for policy in found[1:]])
    if not found:
        return None
    rows[SINGLE[place]] = found[0].row
    return _document(found[0])


def _levels(place: str, bench: Bench, rows: dict[str, int]) -> list[dict[str, Any]]:
    """Root first. Units are told apart by where their documents come from."""
    found = [policy for policy in bench.attached if policy.place == place]
    groups: dict[tuple[int, str], list[PolicyRow]] = {}
    for policy in found:
        unit = policy.via if policy.level == "ou" else ""
        groups.setdefault((LEVEL_ORDER[policy.level], unit), []).append(policy)
    levels = []
    for key in sorted(groups, key=lambda key: key[0]):
        members = groups[key]
        path = f"{LEVELLED[place]}[{len(levels)}].policies"
        for index, policy in enumerate(members):
            rows[f"{path}[{index}]"] = policy.row
        documents = [_document(policy) for policy in members]
        levels.append({"level": members[0].level, "policies": documents})
    return levels


def read(bench: Bench) -> tuple[Scenario, Laid]:
    """The bench as the engine's scenario. Raises Crowded or ScenarioError."""
    laid = lay(bench)
    return labelled(read_scenario(laid.text()), laid, bench), laid


def labelled(scenario: Scenario, laid: Laid, bench: Bench) -> Scenario:
    """The same scenario; each document knows where the caller has it from."""
    via = {policy.row: policy.via for policy in bench.policies}

    def one(policy: Policy, path: str) -> Policy:
        return replace(policy, origin=via[laid.rows[path]])

    def each(policies: tuple[Policy, ...], path: str) -> tuple[Policy, ...]:
        return tuple(one(p, f"{path}[{index}]") for index, p in enumerate(policies))

    def levels(given: tuple[Level, ...], path: str) -> tuple[Level, ...]:
        return tuple(
            Level(level.level, each(level.policies, f"{path}[{number}].policies"))
            for number, level in enumerate(given)
        )

    held = scenario.policies
    return replace(
        scenario,
        policies=Policies(
            identity=each(held.identity, "identity"),
            resource=held.resource and one(held.resource, "resource"),
            boundary=held.boundary and one(held.boundary, "boundary"),
            session=each(held.session, "session"),
            scps=levels(held.scps, "scps"),
            rcps=levels(held.rcps, "rcps"),
            vpce=held.vpce and one(held.vpce, "vpce"),
            acls=held.acls,
        ),
    )


def take_up(scenario: Scenario, policy_row: int = 0, context_row: int = 0) -> Bench:
    """A bench that says the same as a scenario that the engine has read.

    Rows are numbered from those given, so that no row of a page means two things.
    Keys that follow from the caller are left out: the engine adds them again.
    """
    request, principal = scenario.request, scenario.request.principal
    bench = Bench(
        principal_type=principal.type.value,
        principal_arn=principal.arn or "",
        role_arn=principal.role_arn or "",
        user_arn=principal.user_arn or "",
        service=principal.service or "",
        provider=principal.provider or "",
        service_linked=principal.service_linked,
        management_account=scenario.management_account or "",
        action=request.action,
        resource=request.resource,
        resource_account=request.resource_account,
    )
    implied = derived_keys(principal, {})
    for key, value in request.context.items():
        if implied.get(key) != value:
            row = ContextRow(context_row + len(bench.context), key, written(value))
            bench.context.append(row)
    for place, level, policy in documents_of(scenario):
        row = policy_row + len(bench.policies)
        bench.policies.append(_row(row, place, level, policy))
    return bench


def documents_of(scenario: Scenario) -> Iterable[tuple[str, str, Policy]]:
    """Every document with its place and its level ("" where there is none)."""
    held = scenario.policies
    yield from (("identity", "", policy) for policy in held.identity)
    if held.resource:
        yield "resource", "", held.resource
    if held.boundary:
        yield "boundary", "", held.boundary
    yield from (("session", "", policy) for policy in held.session)
    yield from _of_levels("scp", held.scps)
    yield from _of_levels("rcp", held.rcps)
    if held.vpce:
        yield "endpoint", "", held.vpce


def _of_levels(
    place: str, levels: Iterable[Level]
) -> Iterable[tuple[str, str, Policy]]:
    for level in levels:
        yield from ((place, level.level, policy) for policy in level.policies)


def _row(row: int, place: str, level: str, policy: Policy) -> PolicyRow:
    return PolicyRow(
        row=row,
        name=policy.name,
        place=place,
        via=policy.origin,
        level=level or "account",
        document=policy.text,
    )


def row_of(rows: Mapping[str, int], path: str) -> int | None:
    """The row of the document in which `path` lies, or None."""
    inner = path.removeprefix("policies.")
    for start, row in rows.items():
        if inner == start or inner.startswith((f"{start}.", f"{start}[")):
            return row
    return None
