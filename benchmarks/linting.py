"""How long the linter and the catalogue take, and what they hold in memory.

    .venv/bin/python -m benchmarks.linting

Times are of the process, not of the clock, the best of many runs; every document has
at most 32 KiB.
"""

import json
import random
import resource
import string
import time
from collections.abc import Callable
from contextlib import suppress

from policies_lab.catalogue import IamCatalogue
from policies_lab.iam import PolicyError, PolicyType, parse_policy
from policies_lab.iam.linting import lint

LIMIT = 32 * 1024
MOST_VALUES = 1_990
RUNS = 12
_T = PolicyType


def policy(*statements: dict) -> dict:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions, resources="*", **elements) -> dict:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **elements}


def filled(make: Callable[[int], str], wrap: Callable[[list], dict]) -> str:
    """Fill a list of a document with as many values as it takes."""
    values: list[str] = []
    room = LIMIT - len(json.dumps(wrap([])))
    while len(values) < MOST_VALUES:
        value = make(len(values))
        room -= len(json.dumps(value)) + 2
        if room < 0:
            break
        values.append(value)
    return json.dumps(wrap(values))


def actions(make: Callable[[int], str]) -> tuple[str, PolicyType]:
    return filled(make, lambda found: policy(allow(found))), _T.IDENTITY


def resources(make: Callable[[int], str], action: str) -> tuple[str, PolicyType]:
    return filled(make, lambda found: policy(allow(action, found))), _T.IDENTITY


def values(make: Callable[[int], str], operator: str, key: str):
    def wrap(found: list) -> dict:
        return policy(allow("s3:GetObject", Condition={operator: {key: found}}))

    return filled(make, wrap), _T.IDENTITY


def ordinary() -> tuple[str, PolicyType]:
    """Many statements as people write them."""
    return json.dumps(
        policy(
            *(
                allow(
                    ["s3:GetObject", "s3:PutObject"],
                    [f"arn:aws:s3:::reports-{at}/*"],
                    Condition={"StringEquals": {"aws:PrincipalTag/team": f"t{at}"}},
                )
                for at in range(170)
            )
        )
    ), _T.IDENTITY


def documents(catalogue: IamCatalogue) -> dict[str, tuple[str, PolicyType]]:
    """Documents by name: one that is ordinary, the others made to take long."""
    chance = random.Random(1)  # noqa: S311 - no secret

    def word(length: int) -> str:
        return "".join(chance.choices(string.ascii_lowercase[:10], k=length))

    services = sorted(catalogue.services())
    known = sorted(catalogue.action_names("ec2"))
    many_keys = {f"s3:prf{at}": "a" for at in range(1_700)}
    many_operators = {f"StringEqals{at}": {"s3:prefix": "a"} for at in range(750)}
    ec2_keys = {"ec2:InstanceType": "a", "ec2:Region": "b", "ec2:Vpc": "c"}
    return {
        "an ordinary policy": ordinary(),
        "explicit actions": actions(lambda at: f"ec2:{known[at % len(known)]}"),
        "stars in the middle": actions(lambda at: f"ec2:*{word(3)}*"),
        "many stars": actions(lambda at: f"ec2:{'*a' * 8}*b{at}"),
        "every service": actions(lambda at: f"{services[at % len(services)]}:G*{at}*"),
        "actions that do not exist": actions(lambda at: f"ec2:Describe{word(6)}"),
        "services that do not exist": actions(lambda at: f"svc{word(5)}:x"),
        "stars in services": actions(lambda at: f"*a{at}*:x"),
        "stars in types": resources(
            lambda at: f"arn:aws:ec2:*:*:*a{at}*b*c", "ec2:CreateTags"
        ),
        "ARNs without Region": resources(
            lambda at: f"arn:aws:ec2::111122223333:instance/i{at}", "ec2:RunInstances"
        ),
        "stars in buckets": resources(
            lambda at: f"arn:aws:s3:::b*{at}*", "s3:GetObject"
        ),
        "long resources": resources(
            lambda at: f"arn:aws:ec2:*:*:{'*a' * 3500}{at}", "ec2:RunInstances"
        ),
        "variables": resources(
            lambda at: f"arn:aws:s3:::${{aws:username}}/{at}", "s3:GetObject"
        ),
        "addresses": values(
            lambda at: f"10.{at // 250}.{at % 250}.0/24", "IpAddress", "aws:SourceIp"
        ),
        "escaped stars": values(
            lambda at: f"${{*}}*{at}", "StringEquals", "aws:PrincipalTag/x"
        ),
        "principals": (
            filled(
                lambda at: f"arn:aws:iam::{at:012d}:root",
                lambda found: policy(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": found},
                        "Action": "sts:AssumeRole",
                    }
                ),
            ),
            _T.TRUST,
        ),
        "keys that do not exist": (
            json.dumps(
                policy(allow("s3:GetObject", Condition={"StringEquals": many_keys}))
            ),
            _T.IDENTITY,
        ),
        "operators that do not exist": (
            json.dumps(policy(allow("s3:GetObject", Condition=many_operators))),
            _T.IDENTITY,
        ),
        "elements that do not exist": (
            json.dumps(policy({f"Actn{at}": "a" for at in range(1_700)})),
            _T.IDENTITY,
        ),
        "a Deny for each Allow": (
            json.dumps(
                policy(
                    *(
                        {
                            "Effect": "Allow" if at % 2 else "Deny",
                            "Action": [f"s3:Get*{n}" for n in range(at % 4 + 1)],
                            "Resource": [f"arn:aws:s3:::b{at}*", f"arn:aws:s3:::c{at}"],
                        }
                        for at in range(198)
                    )
                )
            ),
            _T.IDENTITY,
        ),
        "keys of a large service": (
            json.dumps(
                policy(
                    *(
                        allow("ec2:*", Condition={"StringEquals": ec2_keys})
                        for _ in range(150)
                    )
                )
            ),
            _T.IDENTITY,
        ),
        "a Region policy": (
            filled(
                lambda at: f"s3:G*et{at}*",
                lambda found: policy(
                    {
                        "Effect": "Deny",
                        "NotAction": found,
                        "Resource": "*",
                        "Condition": {
                            "StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}
                        },
                    }
                ),
            ),
            _T.SCP,
        ),
    }


def best_of(times: int, call: Callable[[], object]) -> float:
    """Return the shortest time that a call takes, in milliseconds of this process."""
    shortest = float("inf")
    for _ in range(times):
        start = time.process_time()
        call()
        shortest = min(shortest, time.process_time() - start)
    return shortest * 1000


def refuse_or_parse(text: str, kind: PolicyType) -> None:
    """Parse as the linter does, which goes on when the document is refused."""
    with suppress(PolicyError):
        parse_policy(text, kind=kind)


def memory() -> float:
    """Return the most memory that the process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_catalogue() -> IamCatalogue:
    before = memory()
    catalogue = IamCatalogue()
    first = best_of(1, lambda: catalogue.action("s3", "GetObject"))
    print(f"data of {catalogue.version()}")
    print(f"first look-up of an action     {first:8.3f} ms")
    for service in ("ec2", "s3"):
        cold = best_of(1, lambda s=service: IamCatalogue().action(s, "CreateTags"))
        print(f"first look-up in {service:<13} {cold:8.3f} ms")
    warm = best_of(
        5, lambda: [catalogue.action("s3", "GetObject") for _ in range(1000)]
    )
    print(f"look-up of an action, warm     {warm / 1000:8.5f} ms")
    key = best_of(
        5, lambda: [catalogue.condition_key("s3:prefix") for _ in range(1000)]
    )
    print(f"look-up of a key, warm         {key / 1000:8.5f} ms")
    guess = best_of(5, lambda: catalogue.closest_action("ec2", "DescribeInstnces"))
    print(f"likely action of EC2           {guess:8.3f} ms")
    everything = best_of(
        1,
        lambda: [
            catalogue.action(service, name)
            for service in catalogue.services()
            for name in catalogue.action_names(service)
        ],
    )
    print(f"all actions of all services    {everything:8.0f} ms")
    print(f"memory with all of them        {memory() - before:8.0f} MiB more")
    return catalogue


def measure_linter(catalogue: IamCatalogue) -> None:
    print(f"{'document':<30} {'chars':>6} {'lint ms':>8} {'of it parse':>12} findings")
    for name, (text, kind) in documents(catalogue).items():
        whole = best_of(
            RUNS, lambda t=text, k=kind: lint(t, kind=k, catalogue=catalogue)
        )
        parsing = best_of(RUNS, lambda t=text, k=kind: refuse_or_parse(t, k))
        found = len(lint(text, kind=kind, catalogue=catalogue))
        print(f"{name:<30} {len(text):6} {whole:8.1f} {parsing:12.1f} {found:8}")


if __name__ == "__main__":
    measure_linter(measure_catalogue())
