"""import_course PATH [--check]"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courseware import content_sync, course_pages, vault
from courseware.problems import VaultProblems


class Command(BaseCommand):
    help = "Import a course from a folder of files: all of it, or nothing."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the folder that holds course.toml")
        parser.add_argument(
            "--check", action="store_true", help="report as usual, change nothing"
        )

    def handle(self, *, path: Path, check: bool, verbosity: int, **options):
        try:
            course = vault.read(path, outside=course_pages.outside())
            report = content_sync.sync(course, check=check)
        except NotADirectoryError as error:
            raise CommandError(
                _("There is no folder %(path)s.") % {"path": path}, returncode=2
            ) from error
        except VaultProblems as error:
            raise self._refusal(error) from error
        except DatabaseError as error:
            raise CommandError(
                _(
                    "The database refused the course (%(error)s). If it is new, "
                    "run migrate first."
                )
                % {"error": error}
            ) from error
        if verbosity:
            self._tell(report, check=check)

    def _tell(self, report, *, check: bool) -> None:
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write(str(report))
        if check:
            self.stdout.write(_("Checked: nothing was changed."))

    def _refusal(self, error: VaultProblems) -> CommandError:
        for problem in error.problems:
            self.stderr.write(str(problem))
        count = len(error.problems)
        return CommandError(
            ngettext(
                "%(count)d problem; nothing was imported.",
                "%(count)d problems; nothing was imported.",
                count,
            )
            % {"count": count},
            returncode=1,
        )
