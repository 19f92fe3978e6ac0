"""Make a consistent copy of the database while the site runs."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    """Write a copy with SQLite's VACUUM INTO, which sees one moment in time."""

    help = "Write a consistent copy of the SQLite database to PATH."

    def add_arguments(self, parser):
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            help="A file that does not exist yet; by default one in DATA_DIR/backups.",
        )
        parser.add_argument(
            "--if-any",
            action="store_true",
            help="Do nothing, successfully, when the database is still empty.",
        )

    def handle(self, *args, path=None, if_any=False, verbosity=1, **options):
        if connection.vendor != "sqlite":
            if if_any:
                return
            raise CommandError(
                "This database is not SQLite: copy it with its own tool (pg_dump)."
            )
        if not connection.introspection.table_names():
            if if_any:
                return
            raise CommandError("The database is empty: there is nothing to copy.")
        path = path or _default_path()
        if path.exists():
            raise CommandError(f"{path} exists already; name another file.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        if verbosity:
            self.stdout.write(f"Database copied to {path}")


def _default_path() -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return settings.DATA_DIR / "backups" / f"db-{moment}.sqlite3"
