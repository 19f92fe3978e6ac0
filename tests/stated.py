"""The decisions that lessons state, as scenarios that the evaluator reads."""

from courseware.examples import StatedDecision, read
from courseware.markup import Document

ACCOUNT = "111122223333"
# Where a policy of each type stands in a scenario.
ONE_OF = {
    "resource": "resource",
    "trust": "resource",
    "boundary": "boundary",
    "endpoint": "vpce",
}
LISTS = {"identity": "identity", "session": "session"}
LEVELS = {"scp": "scps", "rcp": "rcps"}
PRINCIPAL_TYPES = {
    "user": "user",
    "root": "root",
    "federated-user": "federated_user",
    "assumed-role": "role_session",
    "role": "role_session",
}


def stated_decisions(document: Document) -> list[StatedDecision]:
    return [
        value
        for value in read(document)[0].values()
        if isinstance(value, StatedDecision)
    ]


def as_scenario(stated: StatedDecision) -> dict:
    """The request and its policies in the JSON of the evaluator."""
    policies: dict = {"identity": [], "session": [], "scps": [], "rcps": []}
    for policy in stated.policies:
        document = {"name": policy.name, "document": policy.text}
        if policy.type in LISTS:
            policies[LISTS[policy.type]].append(document)
        elif policy.type in LEVELS:
            level = {"level": "account", "policies": [document]}
            policies[LEVELS[policy.type]].append(level)
        else:
            policies[ONE_OF[policy.type]] = document
    principal = _principal(stated.principal)
    owner = stated.resource_account or stated.resource.split(":")[4:5]
    return {
        "id": f"line {stated.line}",
        "principal": principal,
        "action": stated.action,
        "resource": stated.resource,
        "resource_account": "".join(owner) or principal["account"],
        "context": stated.context,
        "policies": policies,
    }


def _principal(named: str) -> dict:
    """A role stands for a session of it, because only a session asks."""
    if not named.startswith("arn:"):
        named = f"arn:aws:iam::{ACCOUNT}:{named}"
    partition, account = named.split(":")[1], named.split(":")[4]
    kind, _slash, name = named.split(":", 5)[5].partition("/")
    principal = {"type": PRINCIPAL_TYPES.get(kind, kind), "account": account}
    if principal["type"] == "role_session":
        role, _slash, session = name.partition("/")
        principal["role_arn"] = f"arn:{partition}:iam::{account}:role/{role}"
        session = session if kind == "assumed-role" else "session"
        sts = f"arn:{partition}:sts::{account}"
        named = f"{sts}:assumed-role/{role}/{session}"
    return principal | {"arn": named}
