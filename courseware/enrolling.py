"""How people come into cohorts, and cohorts come to an end."""

import unicodedata

from django.db.models import Q
from django.utils import timezone

from courseware.models import Cohort, Enrolment, User
from courseware.models.people import new_join_code


def normal_code(text: str) -> str:
    """A join code as it is kept, however it was written down.

    Full-width letters, small letters, blanks and dashes are all the same.
    """
    text = unicodedata.normalize("NFKC", text).upper()
    return "".join(letter for letter in text if letter.isalnum())


def open_cohort(code: str) -> Cohort | None:
    """The cohort that `code` (in any writing) still opens today."""
    cohort = Cohort.objects.select_related("course").filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate()),
        join_code=normal_code(code),
        joinable=True,
    )
    return cohort.first()


def enrol_student(*, user: User, cohort: Cohort) -> bool:
    """Make `user` a student of `cohort`; whether that is new.

    Who is in the cohort already keeps the role that they have.
    """
    _enrolment, is_new = Enrolment.objects.get_or_create(
        user=user, cohort=cohort, defaults={"role": Enrolment.Role.STUDENT}
    )
    return is_new


def archive(cohort: Cohort) -> None:
    """End `cohort` today (or on its first day, if that is still to come).

    An end that has passed stays.
    """
    today = max(timezone.localdate(), cohort.starts_on)
    cohort.ends_on = min(cohort.ends_on or today, today)
    cohort.joinable = False
    cohort.save(update_fields=["ends_on", "joinable"])


def renew_join_code(cohort: Cohort) -> None:
    """Give `cohort` another code; the old one opens nothing from now on."""
    cohort.join_code = new_join_code()
    cohort.save(update_fields=["join_code"])
