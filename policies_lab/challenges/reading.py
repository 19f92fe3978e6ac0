"""Reads a challenge from its file: all of it, or every problem with its line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from courseware.activities import (
    NotToml,
    Problem,
    did_you_mean,
    misconception,
    read_toml,
)
from policies_lab import bench as benches
from policies_lab.challenges.challenge import (
    DENY,
    SECTIONS,
    Asked,
    Caller,
    Challenge,
    Document,
    Use,
    Wrong,
)
from policies_lab.iam import Decision, IamError, parse_policy
from policies_lab.iam.linting import table as findings_table
from policies_lab.scenarios import LEVELS, MOST_ORDER, PLACES, read_principal
from policies_lab.tables import Table
from policies_lab.wording import problem_sentence

# What one visitor's try may cost is bounded by how much a file may ask.
MOST_REQUESTS, MOST_DOCUMENTS, MOST_WRONG = 24, 12, 12
MOST_FILE = 100_000
HINTS = 3
# What an editor begins with where the file does not say.
_BLANK = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "",%s
      "Action": ""%s
    }
  ]
}"""
_PRINCIPAL = """
      "Principal": "","""
_RESOURCE = """,
      "Resource": \"\""""


class ChallengeProblems(Exception):
    """Files cannot be used; `problems` are all that is wrong, file by file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Draft:
    """A challenge as it was read, with the tables that its problems point into."""

    challenge: Challenge
    file: str
    problems: list[Problem]
    tables: dict[Any, Table] = field(default_factory=dict)


def read_challenge(text: str, *, key: str, file: str = "") -> Challenge:
    """The challenge in a file's text. Raises ChallengeProblems.

    Its shape and its documents are checked; that its reference passes is for
    `proving` to say.
    """
    return read_draft(text, key=key, file=file or f"{key}.toml").challenge


def read_draft(text: str, *, key: str, file: str) -> Draft:
    """As `read_challenge`, with the places of everything. Raises ChallengeProblems."""
    if len(text) > MOST_FILE:
        message = f"the file has more than {MOST_FILE} characters"
        raise ChallengeProblems([Problem(file, 1, message)])
    try:
        toml = read_toml(text)
    except NotToml as error:
        raise ChallengeProblems([Problem(file, error.line, str(error))]) from error
    table = Table(file, toml)
    draft = _Reader(table, key).read()
    table.done()
    if not table.problems:
        _read_documents(draft)
        _read_requests(draft)
    if table.problems:
        raise ChallengeProblems(table.problems)
    return draft


class _Reader:
    """One pass over a file, from the callers to the wrong answers."""

    def __init__(self, table: Table, key: str) -> None:
        self.table = table
        self.key = key
        self.tables: dict[Any, Table] = {}
        self.callers: dict[str, Caller] = {}
        self.documents: list[Document] = []
        self.requests: list[Asked] = []

    def read(self) -> Draft:
        table = self.table
        for name, inner in table.inside("caller"):
            self.callers[name] = Caller(name, read_principal(inner))
        if not self.callers:
            table.note("there is no [caller.NAME]")
            self.callers[""] = Caller("")
        for kind in ("given", "editable"):
            for inner in table.each(kind):
                self._document(inner, kind == "editable")
        context = table.context()
        for use in Use:
            for inner in table.each(use.value):
                self._request(inner, use, context)
        wrong = tuple(self._wrong(inner) for inner in table.each("wrong"))
        challenge = Challenge(
            key=self.key,
            title=table.text("title"),
            story=table.text("story"),
            task=table.text("task"),
            section=table.one_of("section", SECTIONS),
            track=table.text("track"),
            difficulty=table.number("difficulty", 1, 3),
            order=table.number("order", 0, MOST_ORDER),
            tags=table.texts("tags", []),
            hints=self._hints(),
            accepted=self._accepted(),
            management_account=table.text("management_account", ""),
            callers=tuple(self.callers.values()),
            documents=tuple(self.documents),
            requests=tuple(self.requests),
            wrong=wrong,
        )
        self._counts(challenge)
        return Draft(challenge, table.file, table.problems, self.tables)

    def _hints(self) -> tuple[str, ...]:
        hints = self.table.texts("hints")
        if "hints" in self.table.data and len(hints) != HINTS:
            message = '"hints" are not three: a nudge, the rule, a worked step'
            self.table.note(message, "hints")
        return hints

    def _accepted(self) -> frozenset[str]:
        accepted = self.table.texts("accepted", [])
        for id_ in accepted:
            if id_ not in findings_table():
                hint = did_you_mean(id_, findings_table())
                self.table.note(f'there is no finding "{id_}"{hint}', "accepted")
        return frozenset(accepted)

    def _counts(self, challenge: Challenge) -> None:
        for found, least, most, what in (
            (challenge.editable, 1, MOST_DOCUMENTS, "documents to edit"),
            (challenge.documents, 1, MOST_DOCUMENTS, "documents"),
            (challenge.shown, 1, MOST_REQUESTS, "requests that are shown"),
            (challenge.requests, 1, MOST_REQUESTS, "requests"),
            (challenge.wrong, 1, MOST_WRONG, "wrong answers"),
        ):
            if not least <= len(found) <= most:
                message = f"there are {len(found)} {what}, and not {least} to {most}"
                self.table.note(message)

    def _document(self, table: Table, editable: bool) -> None:
        name = table.text("name")
        if any(document.name == name for document in self.documents):
            table.note(f'"{name}" is the name of two documents', "name")
        place = table.one_of("attached", PLACES)
        levelled = place in benches.LEVELLED
        text = table.text("reference" if editable else "document").strip("\n")
        start = table.text("start", "").strip("\n") if editable else text
        if editable and "start" not in table.data:
            start = blank(place, text)
        document = Document(
            row=len(self.documents),
            name=name,
            place=place,
            level=table.one_of("level", LEVELS, None if levelled else "account"),
            via=table.text("via", ""),
            callers=table.texts("callers", []),
            resources=table.texts("resources", []),
            editable=editable,
            start=start,
            reference=text,
        )
        for caller in document.callers:
            self._known_caller(table, caller, "callers")
        self.tables["document", document.row] = table
        self.documents.append(document)

    def _known_caller(self, table: Table, name: str, key: str) -> None:
        if name not in self.callers:
            hint = did_you_mean(name, self.callers)
            table.note(f'there is no caller "{name}"{hint}', key)

    def _request(self, table: Table, use: Use, shared: dict[str, Any]) -> None:
        name = table.text("caller", "") or next(iter(self.callers))
        self._known_caller(table, name, "caller")
        caller = self.callers.get(name) or next(iter(self.callers.values()))
        absent = table.texts("absent", [])
        context = {k: v for k, v in shared.items() if k not in absent}
        decisions = (*(one.value for one in Decision), DENY)
        beyond = use is Use.BEYOND
        asked = Asked(
            number=len(self.requests),
            use=use,
            title=table.text("title"),
            caller=caller,
            action=table.text("action"),
            resource=table.text("resource"),
            resource_account=table.text("resource_account", ""),
            context=context | table.context(),
            decision=DENY if beyond else table.one_of("decision", decisions),
            clue="" if use is Use.SHOWN else table.text("clue"),
        )
        self.tables["request", asked.number] = table
        self.requests.append(asked)

    def _wrong(self, table: Table) -> Wrong:
        belief = table.text("belief", "")
        if belief and misconception(belief) is None:
            table.note(f'there is no misconception "{belief}"', "belief")
        rows = {one.name: one.row for one in self.documents if one.editable}
        texts = {}
        for name, text in table.take("documents", dict, "a table").items():
            if name not in rows:
                hint = did_you_mean(name, rows)
                message = f'no document "{name}" may be edited{hint}'
                table.note(message, "documents", name)
            elif not isinstance(text, str):
                table.note(f'"{name}" is not text in quotes', "documents", name)
            else:
                texts[rows[name]] = text.strip("\n")
        wrong = Wrong(table.text("name"), table.text("hint"), belief, texts)
        self.tables["wrong", wrong.name] = table
        return wrong


def blank(place: str, reference: str) -> str:
    """An empty statement with the elements that such a policy needs."""
    principal = _PRINCIPAL if place in {"resource", "rcp"} else ""
    resource = _RESOURCE if "Resource" in reference else ""
    return _BLANK % (principal, resource)


def _read_documents(draft: Draft) -> None:
    """Every text but a start must be a document that AWS would store."""
    challenge = draft.challenge
    for document in challenge.documents:
        table = draft.tables["document", document.row]
        key = ("reference" if document.editable else "document",)
        _parse(challenge, document, document.reference, table, key)
    for wrong in challenge.wrong:
        table = draft.tables["wrong", wrong.name]
        for document in challenge.editable:
            if document.row in wrong.texts:
                key = ("documents", document.name)
                _parse(challenge, document, wrong.texts[document.row], table, key)


def _parse(
    challenge: Challenge, document: Document, text: str, table: Table, key: tuple
) -> None:
    try:
        parse_policy(text, name=document.name, kind=challenge.kind_of(document))
    except IamError as error:
        for problem in error.problems:
            where = f"{document.name}, line {problem.span.line}"
            message = f"{where}: {problem_sentence(problem)}"
            table.note(message, *key, after=problem.span.line)


def _read_requests(draft: Draft) -> None:
    """Every request must be one that the engine takes, under the reference."""
    if draft.problems:
        return
    challenge = draft.challenge
    for asked in challenge.requests:
        table = draft.tables["request", asked.number]
        try:
            benches.read(challenge.bench_for(asked, challenge.reference))
        except benches.Crowded as error:
            table.note(f"more than one {error.place} policy is in force here")
        except IamError as error:
            for problem in error.problems:
                table.note(problem_sentence(problem))
