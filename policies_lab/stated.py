"""What courses claim about policies, held against the evaluator.

A policy of a lesson has to be one that can be evaluated, and a decision that a lesson
states has to be the one that is made.
"""

from courseware.activities import PolicyExample, StatedDecision
from policies_lab.iam import (
    EvaluationError,
    PolicyError,
    PolicyType,
    ScenarioError,
    Trace,
    evaluate,
    parse_policy,
    read_scenario,
)
from policies_lab.wording import problem_sentence

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


def problems(example: PolicyExample | StatedDecision) -> list[tuple[int, str]]:
    """What is wrong with an example, as (line in the lesson's file, message)."""
    if isinstance(example, PolicyExample):
        return _policy_problems(example)
    # A policy that is refused has been reported at its own place.
    if any(_policy_problems(policy) for policy in example.policies):
        return []
    return [(example.line, message) for message in _contradictions(example)]


def _policy_problems(example: PolicyExample) -> list[tuple[int, str]]:
    try:
        parse_policy(example.text, name=example.name, kind=PolicyType(example.type))
    except PolicyError as error:
        return [
            (example.line + problem.span.line, problem_sentence(problem))
            for problem in error.problems
        ]
    return []


def _contradictions(stated: StatedDecision) -> list[str]:
    try:
        trace = evaluate(read_scenario(as_scenario(stated)))
    except (ScenarioError, EvaluationError) as error:
        return [problem_sentence(problem) for problem in error.problems]
    return list(_differences(stated, trace))


def _differences(stated: StatedDecision, trace: Trace):
    if trace.decision != stated.decision:
        yield (
            f"the policies above decide {trace.decision} "
            f"(step {trace.deciding_step}), not {stated.decision}"
        )
    elif stated.step and trace.deciding_step != stated.step:
        yield f"the decision falls at the step {trace.deciding_step}, not {stated.step}"
    elif stated.statement and not any(
        one.applies and one.sid == stated.statement for one in trace.statements
    ):
        yield f'the statement "{stated.statement}" does not apply to this request'


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
