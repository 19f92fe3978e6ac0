"""Bring the data of this installation up to the code that is installed."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

import courseware
from courseware.static_files import collect_static

BUILT_IN = Path(courseware.__file__).parent / "content" / "shared-responsibility"


class Command(BaseCommand):
    """Copy the database, migrate, take over the built-in course, collect files.

    Each step is safe to repeat; a step with nothing to do does nothing.
    """

    help = (
        "Copy the database if it must change, migrate it, import the built-in "
        "course and collect static files."
    )

    def handle(self, *args, verbosity, **options):
        if _waiting_migrations():
            call_command("backup_database", if_any=True, verbosity=verbosity)
            call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("import_course", str(BUILT_IN), verbosity=verbosity)
        collect_static(verbosity=verbosity)


def _waiting_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
