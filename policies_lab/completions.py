"""What may stand at a place of a policy: the words that the editor offers.

Elements and operators are the language's own, services, actions, condition keys and
ARNs those of the catalogue. Each question is about one service at most, so that the
catalogue is never read as a whole, and each answer is bounded.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_lab.catalogue import catalogue
from policies_lab.iam import PolicyType
from policies_lab.iam.conditions import OPERATOR_NAMES
from policies_lab.iam.documents import fold
from policies_lab.iam.linting import GLOBAL_KEYS, KeyFacts

MOST_OPTIONS = 1_000
LONGEST_QUESTION = 128

Option = dict[str, Any]

TEXT, LIST, OBJECT = "text", "list", "object"
TOP = [
    ("Version", TEXT, gettext_lazy("the policy language: 2012-10-17")),
    ("Id", TEXT, gettext_lazy("a name for the document")),
    ("Statement", LIST, gettext_lazy("the rules, each by itself")),
]
STATEMENT = [
    ("Sid", TEXT, gettext_lazy("a name for the statement")),
    ("Effect", TEXT, gettext_lazy("Allow or Deny")),
    ("Principal", OBJECT, gettext_lazy("whom it is about")),
    ("NotPrincipal", OBJECT, gettext_lazy("everybody but these")),
    ("Action", TEXT, gettext_lazy("what is done")),
    ("NotAction", TEXT, gettext_lazy("everything but these actions")),
    ("Resource", TEXT, gettext_lazy("what it is done to")),
    ("NotResource", TEXT, gettext_lazy("everything but these resources")),
    ("Condition", OBJECT, gettext_lazy("when it applies")),
]
PRINCIPALS = [
    ("AWS", gettext_lazy("accounts, roles and users")),
    ("Service", gettext_lazy("a service of AWS")),
    ("Federated", gettext_lazy("an identity provider")),
    ("CanonicalUser", gettext_lazy("an account as S3 knows it")),
]
VERSIONS = [
    ("2012-10-17", gettext_lazy("with policy variables")),
    ("2008-10-17", gettext_lazy("the old one, without them")),
]
EFFECTS = [
    ("Allow", gettext_lazy("permits, where nothing denies")),
    ("Deny", gettext_lazy("wins over every Allow")),
]
# Elements that a type of document cannot hold.
_NO_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})
_LEFT_OUT: dict[PolicyType, frozenset[str]] = {
    PolicyType.IDENTITY: _NO_PRINCIPALS | {"Id"},
    PolicyType.BOUNDARY: _NO_PRINCIPALS | {"Id"},
    PolicyType.SESSION: _NO_PRINCIPALS | {"Id"},
    PolicyType.SCP: _NO_PRINCIPALS | {"Id"},
    PolicyType.RCP: frozenset({"Id", "NotPrincipal", "NotAction"}),
    PolicyType.TRUST: frozenset({"Id", "NotPrincipal", "Resource", "NotResource"}),
}


def complete(of: str, question: str) -> Any:
    """Answer a question: `words` of a type of document, `services`, `actions` of a
    service, `keys` or `resources` of an action. Empty where nothing is known of what
    is asked about. Raises KeyError where there is no such question."""
    answer = _QUESTIONS[of]
    return answer(question) if len(question) <= LONGEST_QUESTION else []


def words(kind: str) -> dict[str, list[Option]]:
    """The words of the language itself, for one type of document."""
    try:
        type_ = PolicyType(kind)
    except ValueError:
        type_ = PolicyType.RESOURCE
    out = _LEFT_OUT.get(type_, frozenset())
    return {
        "top": _elements(TOP, out),
        "statement": _elements(STATEMENT, out),
        "principals": [_option(name, str(said)) for name, said in PRINCIPALS],
        "versions": [_option(name, str(said)) for name, said in VERSIONS],
        "effects": [_option(name, str(said)) for name, said in EFFECTS],
        "operators": [_option(name) for name in _operators()],
    }


def _elements(listed: Iterable[tuple], out: frozenset[str]) -> list[Option]:
    return [
        _option(name, str(said)) | {"holds": holds}
        for name, holds, said in listed
        if name not in out
    ]


def _operators() -> list[str]:
    """Each operator by itself, with IfExists, and for keys with many values."""
    if_exists = [f"{name}IfExists" for name in OPERATOR_NAMES if name != "Null"]
    sets = [
        f"{quantifier}:{name}"
        for quantifier in ("ForAllValues", "ForAnyValue")
        for name in OPERATOR_NAMES
        if name.startswith(("String", "Arn"))
    ]
    return [*OPERATOR_NAMES, *if_exists, *sets]


def services(_question: str) -> list[Option]:
    known = catalogue()
    return [
        _option(prefix, known.service_name(prefix))
        for prefix in sorted(known.services())
    ]


def actions(service: str) -> list[Option]:
    """All actions of a service with the level that AWS gives them."""
    known, prefix = catalogue(), fold(service)
    found = (known.action(prefix, n) for n in sorted(known.action_names(prefix)))
    return [_option(f"{prefix}:{facts.name}", facts.level) for facts in found if facts]


def keys(action: str) -> list[Option]:
    """The condition keys that come with an action, before the global ones.

    Of a pattern or an unknown action, all keys of its service.
    """
    known = catalogue()
    service, _colon, name = action.partition(":")
    facts = known.action(service, name)
    if facts:
        types = known.resource_types(service)
        lists = [facts.condition_keys]
        lists += [types[t].condition_keys for t in facts.resource_types if t in types]
        names = [name for listed in lists for name in listed]
    else:
        names = list(known.condition_keys(service))
    own = {fold(name): name for name in names}
    told = [_key(name, known.condition_key(name), boost=1) for name in own.values()]
    others = (facts for folded, facts in GLOBAL_KEYS.items() if folded not in own)
    return [*told, *(_key(facts.name, facts) for facts in others)]


def _key(name: str, facts: KeyFacts | None, boost: int = 0) -> Option:
    label = name.replace("<", "${").replace(">", "}")
    if label.endswith("/"):
        label += "${key}"
    said = str(facts.type) if facts else ""
    if facts and facts.multivalued:
        said = _("%(type)s, several") % {"type": said}
    option = _option(label, said)
    return option | {"boost": boost} if boost else option


def resources(action: str) -> list[Option]:
    """The forms of the ARNs that an action works on; `*` where it takes no other."""
    known = catalogue()
    service, _colon, name = action.partition(":")
    facts, types = known.action(service, name), known.resource_types(service)
    wanted = facts.resource_types if facts else tuple(types)
    forms = {types[t].arn: t for t in wanted if t in types}
    # The plainest form first: an object before one behind an access point.
    told = [
        _option(arn.replace("${Partition}", "aws"), forms[arn])
        | {"boost": max(1, 50 - rank)}
        for rank, arn in enumerate(sorted(forms, key=len))
    ]
    return [*told, _option("*", _("every resource"))]


def _option(label: str, detail: str = "") -> Option:
    return {"label": label, "detail": detail} if detail else {"label": label}


def _bounded(
    answer: Callable[[str], list[Option]],
) -> Callable[[str], list[Option]]:
    return lambda question: answer(question)[:MOST_OPTIONS]


_QUESTIONS: dict[str, Callable[[str], Any]] = {
    "words": words,
    "services": _bounded(services),
    "actions": _bounded(actions),
    "keys": _bounded(keys),
    "resources": _bounded(resources),
}
