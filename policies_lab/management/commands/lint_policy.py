"""Lint a policy document: findings with line and column."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from policies_lab.catalogue import catalogue
from policies_lab.findings import as_json, as_line
from policies_lab.iam import PolicyType
from policies_lab.iam.linting import FindingClass, Options, lint

UNREADABLE = 2
MAX_BYTES = 4 * 1024 * 1024


class Command(BaseCommand):
    help = (
        "Say what is wrong, unsafe or clumsy in a policy document. Exit status: "
        "0 no errors, 1 at least one finding is an error, 2 unreadable input."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="a policy document, or - for standard input")
        parser.add_argument(
            "--type",
            dest="kind",
            required=True,
            choices=[kind.value for kind in PolicyType],
            help="where the document is attached",
        )
        parser.add_argument(
            "--json", action="store_true", help="print a list of JSON objects"
        )
        parser.add_argument(
            "--account", help="the account that a role of a trust policy is in"
        )
        parser.add_argument(
            "--classic-scp",
            action="store_const",
            const="classic",
            default="2025",
            dest="scp_language",
            help="hold SCPs to the language of before 19 September 2025",
        )
        parser.add_argument(
            "--style", action="store_true", help="add remarks on matters of taste"
        )

    def handle(self, *args, file, kind, **options):
        wanted = Options(
            account=options["account"],
            scp_language=options["scp_language"],
            style=options["style"],
        )
        findings = lint(
            read(file), kind=PolicyType(kind), catalogue=catalogue(), options=wanted
        )
        if options["json"]:
            self.stdout.write(json.dumps([as_json(f) for f in findings], indent=2))
        else:
            for finding in findings:
                self.stdout.write(as_line(finding))
        if any(finding.klass is FindingClass.ERROR for finding in findings):
            sys.exit(1)


def read(file: str) -> str:
    """Read the document as text. Raises CommandError where that cannot be done."""
    try:
        with opened(file) as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise _unreadable(file, reason) from None
    if len(data) > MAX_BYTES:
        raise _unreadable(file, "it is too large")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable(file, "it is not UTF-8") from None


def opened(file: str):
    """Open the file, or standard input for -, as bytes."""
    return nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb")


def _unreadable(file: str, reason: str) -> CommandError:
    name = "standard input" if file == "-" else file
    return CommandError(f"{name} cannot be read: {reason}.", returncode=UNREADABLE)
