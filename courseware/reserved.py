"""Ids that pages use themselves, so that no address of a lesson may be one."""

import re

# Of base.html, the icons and the lesson's page; a test holds the list to them.
TAKEN = {
    *("main", "notices", "htmx"),
    *("tick", "stop", "circle", "eye", "cross", "dash", "down", "flag", "flip"),
    *("clock", "alert", "info", "spin", "print", "link", "right", "left"),
    *("user", "users", "role", "bucket", "org"),
}
# Of what is put into lessons.
PREFIXED = re.compile(r"(?:t|fn|fig\d+)-.+|callout-\d+", re.A)


def is_reserved(identifier: str) -> bool:
    return identifier in TAKEN or bool(PREFIXED.fullmatch(identifier))
