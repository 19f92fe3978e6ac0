"""Changes to what lies on the bench that are no evaluation: rows come and go, a
scenario comes in as JSON or goes out.
"""

import json

from django.utils.translation import gettext as _

from policies_lab import bench as benches
from policies_lab.bench_form import BenchForm, next_row
from policies_lab.iam import Problem, ScenarioError, read_scenario
from policies_lab.places import Found, locate

EXCHANGE = "id_scenario_json"


def change(form: BenchForm, wish: str) -> BenchForm:
    """The bench after a change such as `add_policy` or `remove_key 3`.

    A wish that is none changes nothing: what was typed comes back as it was.
    """
    verb, _space, row = wish.partition(" ")
    if verb in {"remove_policy", "remove_key"}:
        if row.isascii() and row.isdigit():
            getattr(form, verb)(int(row[:3]))
    elif verb in {"add_policy", "add_key"}:
        getattr(form, verb)()
    elif verb == "check":
        form.look_over()
    elif verb == "export":
        export(form)
    elif verb == "import":
        return take_in(form)
    return form


def export(form: BenchForm) -> None:
    """Put the scenario's JSON into the exchange box, or say what is in the way."""
    if form.take():
        form.exchange = form.laid.text()


def take_in(form: BenchForm) -> BenchForm:
    """A bench made from the JSON in the exchange box, or the old one and why not."""
    if len(form.exchange) > benches.MOST_EXCHANGE:
        limit = {"limit": benches.MOST_EXCHANGE}
        message = _("At most %(limit)d characters are taken in.") % limit
        form.found = [Found(EXCHANGE, "", message)]
        return form
    try:
        scenario = read_scenario(form.exchange)
    except ScenarioError as error:
        lines = form.exchange.replace("\r\n", "\n").split("\n")
        form.found = [_found(problem, lines) for problem in error.problems]
        return form
    bench = benches.take_up(scenario, next_row(form.policies), next_row(form.contexts))
    if len(bench.policies) > benches.MOST_POLICIES:
        limit = {"limit": benches.MOST_POLICIES}
        message = _("The bench has room for %(limit)d policies.") % limit
        form.found = [Found(EXCHANGE, "", message)]
        return form
    if len(bench.context) > benches.MOST_KEYS:
        limit = {"limit": benches.MOST_KEYS}
        message = _("The bench has room for %(limit)d context keys.") % limit
        form.found = [Found(EXCHANGE, "", message)]
        return form
    bench.s3 = _s3_of(form.exchange)
    bench.scenario = form.request["scenario"].value() or ""
    taken = BenchForm(bench=bench)
    taken.exchange = form.exchange
    return taken


def _s3_of(exchange: str) -> str:
    """The member `s3` as its own text; it was read without a problem."""
    member = json.loads(exchange).get("s3")
    return "" if member is None else json.dumps(member, ensure_ascii=False, indent=2)


def _found(problem: Problem, lines: list[str]) -> Found:
    """A problem in the box. Places inside a document are places in its own text."""
    inside = problem.path.startswith("policies.")
    return locate(
        problem,
        control=EXCHANGE,
        where=problem.path,
        lines=None if inside else lines,
    )
