"""What the commands share that read a file, or standard input, and print."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

UNREADABLE = 2
# What a shell reports of a program that SIGPIPE ended.
PIPE_CLOSED = 141


class Filter(BaseCommand):
    """A command for pipes: it ends quietly when nobody reads on (`| head -1`)."""

    requires_system_checks = []

    def execute(self, *args, **options):
        try:
            try:
                return super().execute(*args, **options)
            finally:
                self.stdout.flush()
        except BrokenPipeError:
            # Python flushes once more at its end: what is left goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(PIPE_CLOSED)


def opened(file: str):
    """Open the file, or standard input for -, as bytes. Raises CommandError."""
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise unreadable(file, error.strerror or "it cannot be opened") from None


def unreadable(file: str, reason: str) -> CommandError:
    name = "standard input" if file == "-" else file
    return CommandError(f"{name} cannot be read: {reason}.", returncode=UNREADABLE)
