"""Small changes to the text of a policy that leave everything else as it was typed.

Places are the engine's: a statement's number, an element's name, the number of a value
in it. The text is a policy that the engine has read.
"""

import json
from collections.abc import Sequence

from policies_lab.iam.jsontext import Node, Source, read


def add_value(text: str, statement: int, element: str, value: str) -> str:
    """List one more value in an element, which may have been a single string."""
    node = _member(_statement(text, statement), element)
    written = json.dumps(value, ensure_ascii=False)
    if node.type != "array":
        return _put(text, node.start, node.end, f"[{_of(text, node)}, {written}]")
    last = node.items[-1]
    return _put(text, last.end, last.end, _between(text, node) + written)


def drop_value(text: str, statement: int, element: str, at: int) -> str | None:
    """Take one value out of an element; None where it is the only one."""
    node = _member(_statement(text, statement), element)
    if node.type != "array" or len(node.items) < 2:
        return None
    return _without(text, [(item.start, item.end) for item in node.items], at)


def drop_test(text: str, statement: int, operator: str, key: str) -> str:
    """Take one key out of a Condition, and with the last one what held it."""
    holder = _statement(text, statement)
    for name in ("Condition", operator, key):
        inside = _member(holder, name)
        if len(holder.members) > 1:
            dropped, within = name, holder
        holder = inside
    places = [(name.start, value.end) for name, value in within.members]
    at = [name.text for name, _value in within.members].index(dropped)
    return _without(text, places, at)


def drop_statement(text: str, statement: int) -> str | None:
    """Take a statement out; None where it is the only one."""
    listed = _member(_root(text), "Statement")
    if listed.type != "array" or len(listed.items) < 2:
        return None
    return _without(text, [(item.start, item.end) for item in listed.items], statement)


def _root(text: str) -> Node:
    return read(Source(text))


def _statement(text: str, number: int) -> Node:
    listed = _member(_root(text), "Statement")
    return listed.items[number] if listed.type == "array" else listed


def _member(node: Node, name: str) -> Node:
    return next(value for key, value in node.members if key.text == name)


def _of(text: str, node: Node) -> str:
    return text[node.start : node.end]


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _between(text: str, array: Node) -> str:
    """What stands between two values of a list, as its writer did it."""
    last = array.items[-1]
    if len(array.items) > 1:
        return text[array.items[-2].end : last.start]
    before = text[array.start + 1 : last.start]
    return f",{before}" if "\n" in before else ", "


def _without(text: str, places: Sequence[tuple[int, int]], at: int) -> str:
    """The text without one of several things, and without the comma that it had."""
    if at:
        return _put(text, places[at - 1][1], places[at][1], "")
    return _put(text, places[0][0], places[1][0], "")
