"""Lint a policy document: findings with line and column."""

import json
import sys

from policies_lab.catalogue import catalogue
from policies_lab.findings import as_json, as_line
from policies_lab.iam import PolicyType
from policies_lab.iam.linting import FindingClass, Options, lint
from policies_lab.management.filters import Filter, opened, unreadable

MAX_BYTES = 4 * 1024 * 1024


class Command(Filter):
    help = (
        "Say what is wrong, unsafe or clumsy in a policy document. Exit status: "
        "0 no errors, 1 at least one finding is an error, 2 unreadable input."
    )

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
    with opened(file) as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise unreadable(file, "it is too large")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise unreadable(file, "it is not UTF-8") from None
