"""Make the people to look around with, and print how to sign in as them."""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courseware.demo import PEOPLE, make_people
from courseware.management.commands.prepare import BUILT_IN
from courseware.models import Course, User

# Without letters and digits that look alike.
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
# Printed for a password that is not known here. No password has brackets.
CHANGED = "(changed-on-the-site)"


class Command(BaseCommand):
    """Prints one line each: role, user name, password.

    A second run prints the same and changes nothing. Where a password was
    changed on the site, the line says so in its place.
    """

    help = (
        "Make demo people with some progress in the built-in course, and print "
        "'<role> <user name> <password>' for each. On this machine only."
    )

    def handle(self, *args, **options):
        refuse_in_public()
        course = Course.objects.filter(slug=BUILT_IN.name).first()
        if course is None:
            raise CommandError(
                "The built-in course is not there yet: run manage.py prepare first."
            )
        passwords = read_passwords(settings.DATA_DIR / "demo-people.json")
        make_people(course=course, passwords=passwords)
        for person in PEOPLE:
            user = User.objects.get(username__iexact=person.username)
            password = passwords[person.username]
            shown = password if user.check_password(password) else CHANGED
            self.stdout.write(f"{person.role} {person.username} {shown}")


def refuse_in_public() -> None:
    """Raises CommandError unless the site can be reached from this machine alone."""
    if settings.HTTPS or set(settings.ALLOWED_HOSTS) - settings.LOOPBACK:
        raise CommandError(
            "Demo people have passwords that stand in a file: they are made for a "
            "start on this machine only (HTTPS=false, ALLOWED_HOSTS=127.0.0.1)."
        )


def read_passwords(path: Path) -> dict[str, str]:
    """The password of each of PEOPLE, from the private file at `path`.

    Missing ones are added to it first. Of several first starts at once one makes
    the file, and all read it.
    """
    known = json.loads(path.read_text()) if path.exists() else {}
    missing = [person.username for person in PEOPLE if person.username not in known]
    if not missing:
        return known
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(known | {name: new_password() for name in missing}, file, indent=2)
    try:
        if known:
            draft.replace(path)
        else:
            os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return read_passwords(path)


def new_password() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
