"""Log lines that say which request they belong to and cannot be forged."""

import logging
import re
from contextvars import ContextVar
from copy import copy

request_id: ContextVar[str] = ContextVar("request_id", default="-")

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _escape(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode()


class LineFormatter(logging.Formatter):
    """One line a record: what a visitor sent cannot begin a new one.

    A traceback follows in lines of its own, each led in by " | ".
    """

    def __init__(self):
        super().__init__(
            "{asctime} {levelname} {name} [{request_id}] {words}", style="{"
        )

    def format(self, record: logging.LogRecord) -> str:
        record = copy(record)
        if record.name.startswith("django.security."):
            # What was refused on purpose: where in Django is of no interest.
            record.exc_info = record.exc_text = None
        record.request_id = request_id.get()
        record.words = CONTROL.sub(_escape, record.getMessage())
        return super().format(record)

    def formatException(self, ei) -> str:
        return _lead_in(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:
        return _lead_in(stack_info)


def _lead_in(text: str) -> str:
    lines = (CONTROL.sub(_escape, line) for line in text.split("\n"))
    return "\n".join(f" | {line}" for line in lines)
