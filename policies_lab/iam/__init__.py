"""The IAM policy evaluator: the standard library and itself, nothing else.

`parse_policy` reads a document, `read_scenario` reads a whole case, `evaluate` decides
it and says how. `Scenario` can also be put together by hand with `make_request`.
"""

from policies_lab.iam.context import make_request
from policies_lab.iam.documents import (
    ConditionTest,
    ContextValue,
    Effect,
    Element,
    EvaluationError,
    IamError,
    Level,
    Policies,
    Policy,
    PolicyError,
    PolicyType,
    Principal,
    PrincipalElement,
    PrincipalEntry,
    PrincipalType,
    Problem,
    Request,
    Scenario,
    ScenarioError,
    Span,
    Statement,
    Value,
    Version,
)
from policies_lab.iam.evaluation import Ruling, decide
from policies_lab.iam.explanation import evaluate, examine
from policies_lab.iam.parsing import parse_policy
from policies_lab.iam.results import error_result, result
from policies_lab.iam.scenario import read_scenario
from policies_lab.iam.trace import (
    DecidingStep,
    Decision,
    ElementCheck,
    Outcome,
    StatementTrace,
    Step,
    StepKind,
    Trace,
)

__all__ = [
    "ConditionTest",
    "ContextValue",
    "DecidingStep",
    "Decision",
    "Effect",
    "Element",
    "ElementCheck",
    "EvaluationError",
    "IamError",
    "Level",
    "Outcome",
    "Policies",
    "Policy",
    "PolicyError",
    "PolicyType",
    "Principal",
    "PrincipalElement",
    "PrincipalEntry",
    "PrincipalType",
    "Problem",
    "Request",
    "Ruling",
    "Scenario",
    "ScenarioError",
    "Span",
    "Statement",
    "StatementTrace",
    "Step",
    "StepKind",
    "Trace",
    "Value",
    "Version",
    "decide",
    "error_result",
    "evaluate",
    "examine",
    "make_request",
    "parse_policy",
    "read_scenario",
    "result",
]
