"""import_challenges [PATH] [--check] [--remove KEY ...]"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies_lab.challenges.importing import read_all, take_over
from policies_lab.challenges.reading import ChallengeProblems
from policies_lab.challenges.shelf import FOLDER
from policies_lab.models import OwnChallenge


class Command(BaseCommand):
    help = (
        "Import challenges from a file or a folder of TOML files: all, or nothing. "
        "Without a path the built-in challenges are tried out; they need no import."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, nargs="?", help="a file, or a folder")
        parser.add_argument(
            "--check", action="store_true", help="report as usual, change nothing"
        )
        parser.add_argument(
            "--remove",
            metavar="KEY",
            nargs="+",
            default=[],
            help="take away challenges that were imported; what learners did stays",
        )

    def handle(self, *, path, check, remove, **options):
        if remove:
            self._remove(remove)
        if path is None and remove:
            return
        try:
            read = read_all(path or FOLDER)
        except FileNotFoundError as error:
            message = _("There is no file or folder %(path)s.") % {"path": path}
            raise CommandError(message, returncode=2) from error
        except ChallengeProblems as error:
            raise self._refusal(error) from error
        if path is None or path.resolve() == FOLDER.resolve():
            message = _("%(count)d built-in challenges hold what they promise.")
            self.stdout.write(message % {"count": len(read)})
            return
        self.stdout.write(str(take_over(read, check=check)))
        if check:
            self.stdout.write(_("Checked: nothing was changed."))

    def _remove(self, keys) -> None:
        rows = OwnChallenge.objects.filter(key__in=keys)
        unknown = set(keys) - set(rows.values_list("key", flat=True))
        if unknown:
            message = _("No imported challenge has the key %(key)s.")
            raise CommandError(message % {"key": ", ".join(sorted(unknown))})
        rows.delete()
        self.stdout.write(_("Removed: %(keys)s.") % {"keys": ", ".join(keys)})

    def _refusal(self, error: ChallengeProblems) -> CommandError:
        for problem in error.problems:
            self.stderr.write(str(problem))
        count = len(error.problems)
        message = ngettext(
            "%(count)d problem; nothing was imported.",
            "%(count)d problems; nothing was imported.",
            count,
        )
        return CommandError(message % {"count": count}, returncode=1)
