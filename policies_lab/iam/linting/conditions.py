"""Condition: keys that exist, operators that suit them, values that can be met."""

import ipaddress
from collections.abc import Callable

from policies_lab.iam import formats, variables
from policies_lab.iam.conditions import Family, Quantifier
from policies_lab.iam.documents import Version, fold
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting import keys
from policies_lab.iam.linting.catalogue import KeyFacts, KeyType
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.patterns import has_wildcard
from policies_lab.iam.linting.reading import Item, Test, View
from policies_lab.iam.linting.resources import check_account, check_partition
from policies_lab.iam.matching import Wild
from policies_lab.iam.variables import Variable

_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_TEXT = {Family.TEXT, Family.FOLDED, Family.LIKE}
_TYPE_OF = {
    Family.NUMBER: KeyType.NUMBER,
    Family.DATE: KeyType.DATE,
    Family.BOOLEAN: KeyType.BOOL,
    Family.ADDRESS: KeyType.ADDRESS,
    Family.ARN: KeyType.ARN,
}


def check(lint: Lint) -> None:
    """Look at every test of every statement."""
    for view in lint.statements:
        for test in view.tests:
            known = _check_key(lint, test)
            if test.operator is None:
                continue
            _check_set_operator(lint, view, test, known)
            if test.family is Family.NULL:
                _check_booleans(lint, test)
                continue
            if known is not None:
                _check_type(lint, test, known)
            _check_values(lint, test)


def _check_key(lint: Lint, test: Test) -> KeyFacts | None:
    """Report keys that do not exist; return what is known of those that do."""
    if lint.is_refused(test.key_span):
        return None
    prefix, colon, name = test.folded.partition(":")
    facts = {"key": shown(test.key), "guess": ""}
    if not colon or not prefix or not name:
        if lint.catalogue is not None and not colon and lint.guesses.spend():
            facts["guess"] = lint.catalogue.closest_key(test.key)
        lint.add("key-format", test.path, test.key_span, **facts)
        return None
    known = keys.describe(test.folded, lint.catalogue)
    if known is None:
        _check_unknown_key(lint, test, prefix, facts)
        return None
    for old in (test.folded, keys.family(test.folded)):
        if new := keys.OLD_KEYS.get(old):
            lint.add("deprecated-key", test.path, test.key_span, **facts, new=new)
            break
    return known


def _check_unknown_key(
    lint: Lint, test: Test, prefix: str, facts: dict[str, str]
) -> None:
    if new := keys.OLD_KEYS.get(test.folded):
        lint.add("deprecated-key", test.path, test.key_span, **facts, new=new)
        return
    if keys.is_global(test.folded):
        whole = test.folded.rstrip("/") + "/"
        if whole in keys.GLOBAL_KEYS:
            lint.add(
                "key-format", test.path, test.key_span, **facts, variant="tag_name"
            )
            return
        id = "unknown-global-key"
    elif lint.catalogue is not None and prefix in lint.catalogue.services():
        id = "unknown-service-key"
    else:
        return
    if lint.catalogue is not None and lint.guesses.spend():
        facts["guess"] = lint.catalogue.closest_key(test.key)
    lint.add(id, test.path, test.key_span, **facts)


def _check_set_operator(
    lint: Lint, view: View, test: Test, known: KeyFacts | None
) -> None:
    """Single-valued keys take no set operator, multivalued ones need one."""
    place = (test.operator_path, test.operator_span)
    facts = {"key": shown(test.key), "operator": shown(test.name)}
    if test.family is Family.NULL:
        if test.quantifier is not None:
            always = "true" if test.quantifier is Quantifier.ALL else "false"
            lint.add("null-qualifier", *place, **facts, always=always)
        return
    if test.quantifier is None:
        if known is not None and known.multivalued:
            lint.add("missing-qualifier", test.path, test.key_span, **facts)
        return
    if test.quantifier is Quantifier.ANY and test.if_exists:
        lint.add("foranyvalue-ifexists", *place, **facts)
    if test.quantifier is Quantifier.ALL:
        if known is not None and not known.multivalued:
            lint.add("forallvalues-single", test.path, test.key_span, **facts)
        elif view.allows and not _key_is_demanded(view, test):
            lint.add("forallvalues-allow", test.path, test.key_span, **facts)


def _key_is_demanded(view: View, about: Test) -> bool:
    """Whether another test fails where the key is missing."""
    return any(
        test is not about
        and test.folded == about.folded
        and (
            (test.family is Family.NULL and test.says("false"))
            or test.quantifier is Quantifier.ANY
        )
        for test in view.tests
    )


def _check_type(lint: Lint, test: Test, known: KeyFacts) -> None:
    """Report operators that read the key's values as something they are not."""
    family = test.family
    facts = {"key": shown(test.key), "operator": shown(test.name)}
    facts["type"] = known.type.value
    if known.type is KeyType.ARN and family in _TEXT:
        lint.add("arn-string-operator", test.path, test.operator_span, **facts)
    if family in _TEXT and known.type is KeyType.ADDRESS and _has_range(test):
        lint.add("operator-key-type", test.path, test.operator_span, **facts)
    wanted = _TYPE_OF.get(family) if family else None
    if wanted is None or wanted is known.type:
        return
    if known.type is KeyType.STRING and not keys.is_global(test.folded):
        return  # service pages call much a String that is something else
    if family is Family.NUMBER and test.folded == "aws:epochtime":
        return
    if family is Family.DATE and known.type is KeyType.NUMBER:
        return
    lint.add("operator-key-type", test.path, test.operator_span, **facts)


def _has_range(test: Test) -> bool:
    return any("/" in item.text for item in test.items)


def _check_values(lint: Lint, test: Test) -> None:
    check_values = _OF_VALUES.get(test.family) if test.family else None
    if check_values is not None:
        check_values(lint, test)


def _check_text(lint: Lint, test: Test) -> None:
    _check_named_keys(lint, test)
    for item in lint.sound(test.items):
        if has_wildcard(item.text) and _has_wild_part(item, lint.language):
            lint.at("wildcard-no-like", item, operator=shown(test.name))
        elif test.quantifier is not None and _names(item, lint.language):
            lint.at(
                "variable-no-like", item, operator=shown(test.name.rpartition(":")[2])
            )


def _has_wild_part(item: Item, version: Version) -> bool:
    """Whether a wildcard stands outside `${*}` and other variables."""
    if "$" not in item.text:
        return True
    try:
        template = variables.parse(item.text, version, wildcards=True)
    except variables.TemplateError:
        return False
    return any(isinstance(part, Wild) for part in template.parts)


def _check_like(lint: Lint, test: Test) -> None:
    _check_named_keys(lint, test)
    if test.folded in keys.IDENTIFIERS:
        for item in lint.sound(test.items):
            if has_wildcard(item.text) and _has_wild_part(item, lint.language):
                lint.at("sensitive-key-wildcard", item, key=shown(test.key))


def _names(item: Item, version: Version) -> list[str]:
    """Return the folded keys that the variables of a value ask for."""
    if "${" not in item.text:
        return []
    try:
        template = variables.parse(item.text, version, wildcards=True)
    except variables.TemplateError:
        return []
    return [part.key for part in template.parts if isinstance(part, Variable)]


def check_variable_keys(lint: Lint) -> None:
    """Report variables in resources whose key does not exist or has many values."""
    for view in lint.statements:
        for item in lint.sound(view.resource.items if view.resource else ()):
            _check_named(lint, item)


def _check_named_keys(lint: Lint, test: Test) -> None:
    for item in lint.sound(test.items):
        _check_named(lint, item)


def _check_named(lint: Lint, item: Item) -> None:
    for name in _names(item, lint.language):
        facts = {"key": shown(name), "guess": ""}
        known = keys.describe(name, None)
        if known is not None and known.multivalued:
            lint.at("variable-multivalued", item, **facts)
        elif known is None and keys.is_global(name):
            if lint.catalogue is not None and lint.guesses.spend():
                facts["guess"] = lint.catalogue.closest_key(name)
            lint.at("unknown-global-key", item, **facts)


def _check_booleans(lint: Lint, test: Test) -> None:
    if {"true", "false"} <= {fold(item.text) for item in test.items}:
        lint.add("multiple-boolean", test.path, test.span, operator=shown(test.name))


def _check_order(lint: Lint, test: Test) -> None:
    """Under an inequality the widest of several values is the only one that counts."""
    operator = test.operator
    if operator is not None and len(test.items) > 1 and "Than" in operator.base:
        facts = {"operator": shown(test.name), "count": str(len(test.items))}
        lint.add("redundant-value", test.path, test.span, **facts)
    _check_past(lint, test)


def _check_past(lint: Lint, test: Test) -> None:
    """Report a time window that is over."""
    if test.folded not in {"aws:currenttime", "aws:epochtime"}:
        return
    base = test.operator.base if test.operator else ""
    if not base.endswith(("LessThan", "LessThanEquals", "DateEquals", "NumericEquals")):
        return
    ends = [formats.instant(item.text) for item in lint.sound(test.items)]
    now = formats.instant(lint.now.isoformat(timespec="seconds"))
    known = [end for end in ends if end is not None]
    if known and len(known) == len(ends) and now is not None and max(known) < now:
        lint.add("date-past", test.path, test.span, found=shown(test.items[-1].text))


def _check_addresses(lint: Lint, test: Test) -> None:
    items = lint.sound(test.items)
    found = [(item, net) for item in items if (net := formats.network(item.text))]
    for item, network in found:
        _check_address(lint, item, network)
    if test.folded != "aws:sourceip" or not found:
        return
    if all(any(_inside(net, own) for own in _PRIVATE) for _, net in found):
        lint.add("private-source-ip", test.path, test.span)
    elif all(net.version == 4 and net.prefixlen > 0 for _, net in found):
        lint.add("no-ipv6", test.path, test.span, operator=shown(test.name))


def _inside(network: formats.Network, own: formats.Network) -> bool:
    return network.version == own.version and network.subnet_of(own)  # type: ignore[arg-type]


def _check_address(lint: Lint, item: Item, network: formats.Network) -> None:
    address, slash, _ = item.text.partition("/")
    first = network.network_address
    if not slash and network.version == 6:
        lint.at("ipv6-prefix", item)
    elif slash and address != str(first) and formats.address(address) != first:
        lint.at("ip-hostbits", item, range=str(network))


def _check_arns(lint: Lint, test: Test) -> None:
    _check_named_keys(lint, test)
    for item in lint.sound(test.items):
        pattern = lint.pattern(item.text)
        if pattern is None or pattern.has_variables:
            continue
        if not pattern.complete:
            facts = {"operator": shown(test.name), "variant": "arn"}
            lint.at("type-mismatch", item, **facts)
            continue
        check_partition(lint, item)
        check_account(lint, item, pattern)
        if test.folded in keys.IDENTIFIERS and has_wildcard(item.text):
            lint.at("sensitive-key-wildcard", item, key=shown(test.key))


_OF_VALUES: dict[Family, Callable[[Lint, Test], None]] = {
    Family.TEXT: _check_text,
    Family.FOLDED: _check_text,
    Family.LIKE: _check_like,
    Family.BOOLEAN: _check_booleans,
    Family.NUMBER: _check_order,
    Family.DATE: _check_order,
    Family.ADDRESS: _check_addresses,
    Family.ARN: _check_arns,
}
