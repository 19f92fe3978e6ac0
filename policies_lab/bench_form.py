"""All of the bench as one form: rows of documents and keys, and what came of them.

The engine is the one authority on what a policy or a request may hold; this adds only
what the engine cannot see (rows, and places that hold one document).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from django import forms
from django.utils.translation import gettext as _

from policies_lab import bench as benches
from policies_lab.account_tree import Node, tree_of
from policies_lab.bench import Bench, ContextRow, PolicyRow
from policies_lab.evaluations import Evaluation, carry_out, with_saved_requests
from policies_lab.forms import (
    EMPTY_POLICY,
    KNOWN_KEYS,
    ROWS,
    ContextForm,
    PolicyForm,
    PredictionForm,
    RequestForm,
)
from policies_lab.iam import (
    EvaluationError,
    IamError,
    Problem,
    Scenario,
    ScenarioError,
    read_scenario,
)
from policies_lab.iam.documents import fold
from policies_lab.places import Found, locate
from policies_lab.remarks import MOST_TEXT, kind_of, look_over
from policies_lab.scenarios import ready_scenarios
from policies_lab.telling import PLACES

IN_THE_TREE = (
    "principal_type",
    "principal_arn",
    "role_arn",
    "service",
    "provider",
    "resource",
    "resource_account",
)


class BenchForm:
    """All of the bench. Made from what was posted, or from a bench.

    Nothing is parsed before `is_valid`: a refused visitor gets the text back cheaply.
    """

    def __init__(self, data=None, *, bench: Bench | None = None) -> None:
        bench = bench or Bench()
        self.found: list[Found] = []
        self.refused = False
        self.fresh = ""
        self.done = ""
        self.scenario: Scenario | None = None
        self.bench: Bench | None = None
        self.laid: benches.Laid | None = None
        self.request = RequestForm(data, initial=asdict(bench))
        self.prediction = PredictionForm(data, optional=True)
        self.place = (data or {}).get("place", "")
        self.zoom = "short" if (data or {}).get("zoom") == "short" else "full"
        self.exchange = (data or {}).get("scenario_json", "")
        policies, contexts = bench.policies, bench.context
        if data is not None:
            policies = [
                PolicyRow(row, document=EMPTY_POLICY)
                for row in rows_in(data.get("policy_rows", ""), benches.MOST_POLICIES)
            ]
            contexts = [
                ContextRow(row)
                for row in rows_in(data.get("context_rows", ""), benches.MOST_KEYS)
            ]
        self.policies = [PolicyForm(data, row=row) for row in policies]
        self.contexts = [ContextForm(data, row=row) for row in contexts]

    known_keys = KNOWN_KEYS
    blank_document = EMPTY_POLICY

    @property
    def policy_rows(self) -> str:
        return " ".join(str(form.row) for form in self.policies)

    @property
    def context_rows(self) -> str:
        return " ".join(str(form.row) for form in self.contexts)

    @property
    def room_for_policies(self) -> bool:
        return len(self.policies) < benches.MOST_POLICIES

    @property
    def room_for_keys(self) -> bool:
        return len(self.contexts) < benches.MOST_KEYS

    @property
    def tree(self) -> list[Node]:
        """Where the attached documents sit, as far as the fields can be read."""
        request = {name: self.request[name].value() or "" for name in IN_THE_TREE}
        return tree_of(Bench(**request, policies=[p.as_shown for p in self.policies]))

    def add_policy(self) -> None:
        if self.room_for_policies:
            row = PolicyRow(next_row(self.policies), document=EMPTY_POLICY)
            self.policies.append(PolicyForm(row=row))
            self.fresh = self.policies[-1]["name"].id_for_label

    def add_key(self) -> None:
        if self.room_for_keys:
            self.contexts.append(ContextForm(row=ContextRow(next_row(self.contexts))))
            self.fresh = self.contexts[-1]["key"].id_for_label

    def remove_policy(self, row: int) -> None:
        self.policies = [form for form in self.policies if form.row != row]

    def remove_key(self, row: int) -> None:
        self.contexts = [form for form in self.contexts if form.row != row]

    def take(self) -> Bench | None:
        """The bench as it was posted, or None where a choice is none at all.

        Documents are not read: text that is no policy can still be kept and exported.
        """
        parts = [self.request, self.prediction, *self.policies, *self.contexts]
        self.found = form_problems(parts)
        if self.found:
            return None
        self.bench = Bench(
            **self.request.cleaned_data,
            policies=[form.read() for form in self.policies],
            context=[form.read() for form in self.contexts],
        )
        self.found = self._same_key_twice()
        try:
            self.laid = benches.lay(self.bench)
        except benches.Crowded as crowded:
            self._add_crowded(crowded)
        return None if self.found else self.bench

    def is_valid(self) -> bool:
        """Whether there is a scenario to evaluate; `found` says what is wrong."""
        if not self.take() or not self._is_short_enough():
            return False
        try:
            scenario = read_scenario(self.laid.text())
        except ScenarioError as error:
            self.add_problems(error)
            return False
        self.scenario = benches.labelled(scenario, self.laid, self.bench)
        return True

    def _is_short_enough(self) -> bool:
        length = sum(len(policy.document) for policy in self.bench.attached)
        if length > benches.MOST_TEXT:
            message = _(
                "The attached documents have %(length)d characters together; "
                "%(limit)d is the most that is read. Detach or shorten some."
            ) % {"length": length, "limit": benches.MOST_TEXT}
            first = self._policy(self.bench.attached[0].row)
            self.found.append(Found(first["document"].id_for_label, "", message))
        return not self.found

    def evaluate(self) -> Evaluation | None:
        """Decide what is on the bench, or None and `found` says why there is no
        decision. `refused` marks a scenario that the engine will not guess about."""
        if not self.is_valid():
            return None
        said = self.prediction.cleaned_data
        try:
            evaluation = carry_out(
                self.bench,
                self.scenario,
                self.laid.rows,
                predicted=said["predicted"],
                certainty=said["certainty"],
                place=self.place,
            )
        except EvaluationError as error:
            self.refused = True
            self.add_problems(error)
            return None
        for source in evaluation.sources:
            self._policy(source.row).marks = source.marks
        # A prediction is made once; the next one begins empty.
        self.prediction = PredictionForm(optional=True)
        ready = ready_scenarios().get(self.bench.scenario)
        return with_saved_requests(evaluation, self.bench, ready)

    def look_over(self) -> None:
        """Put the linter's remarks to the documents, as many as are read at once.

        What the engine has refused already is not said twice.
        """
        room = MOST_TEXT
        for policy in self.policies:
            text = (policy["document"].value() or "").replace("\r\n", "\n")
            room -= len(text)
            if room < 0 or not policy.shown_place:
                continue
            resource = self.request["resource"].value() or ""
            remarks = look_over(text, kind_of(policy["place"].value(), resource))
            policy.remarks = remarks.besides((f.line, f.column) for f in policy.found)
            policy.looked = True

    def add_problems(self, error: IamError) -> None:
        """Put each problem of the engine beside the thing that it speaks of."""
        lines = {row.row: row.document.split("\n") for row in self.bench.policies}
        for problem in error.problems:
            self._place(problem, lines)

    def _place(self, problem: Problem, lines: Mapping[int, list[str]]) -> None:
        policy = self._policy(benches.row_of(self.laid.rows, problem.path))
        if policy is None:
            self._beside_a_field(problem)
            return
        found = locate(
            problem,
            control=policy["document"].id_for_label,
            where=policy.shown_name,
            lines=lines[policy.row],
        )
        policy.found.append(found)
        self.found.append(found)

    def _policy(self, row: int | None) -> PolicyForm | None:
        return next((form for form in self.policies if form.row == row), None)

    def _beside_a_field(self, problem: Problem) -> None:
        """A problem outside the documents: the caller, the request, a key."""
        form, name, where = self._field_of(problem.path)
        found = locate(problem, control=form[name].id_for_label, where=where)
        form.add_error(name, found.message)
        self.found.append(found)

    def _field_of(self, path: str) -> tuple[forms.Form, str, str]:
        """The field that a path speaks of: its form, its name, its name for people."""
        head, _dot, rest = path.partition(".")
        if head == "context":
            for form, row in zip(self.contexts, self.bench.context, strict=True):
                if row.key == rest and form.is_bound:
                    return form, "value", row.key
        if head == "principal":
            head = "principal_type" if rest == "type" else rest
            head = head if head in self.request.fields else "principal_arn"
        name = head if head in self.request.fields else "action"
        return self.request, name, str(self.request[name].label)

    def _add_crowded(self, crowded: benches.Crowded) -> None:
        place = dict(PLACES)[crowded.place]
        for form in self.policies:
            if form.row in crowded.rows:
                message = _(
                    "Only one document can be attached here (%(place)s). Detach "
                    "the other one, or this one."
                ) % {"place": place}
                found = Found(form["place"].id_for_label, form.shown_name, message)
                form.found.append(found)
                self.found.append(found)

    def _same_key_twice(self) -> list[Found]:
        seen: set[str] = set()
        found = []
        for form, row in zip(self.contexts, self.bench.context, strict=True):
            key = fold(row.key)
            if not key or not row.present:
                continue
            if key in seen and form.is_bound:
                message = _(
                    "The key stands here twice (capitals make no difference). "
                    "Switch one of the two off."
                )
                form.add_error("key", message)
                found.append(Found(form["key"].id_for_label, row.key, message))
            seen.add(key)
        return found


def rows_in(text: str, most: int) -> list[int]:
    """The row numbers in `0 1 3`, without what is no number, at most `most`."""
    numbers = dict.fromkeys(int(part) for part in text.split() if ROWS.fullmatch(part))
    return list(numbers)[:most]


def next_row(forms_: Iterable[PolicyForm | ContextForm]) -> int:
    return max((form.row for form in forms_), default=-1) + 1


def form_problems(parts: Iterable[forms.Form]) -> list[Found]:
    """What Django's own validation found (a choice that is none, a name too long)."""
    return [
        Found(part[name].id_for_label, str(part[name].label), message)
        for part in parts
        for name, messages in part.errors.items()
        for message in messages
    ]
