"""Who learns with whom, and in which role."""

import secrets

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Without letters and digits that look alike when read aloud or from a board.
JOIN_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
JOIN_CODE_LENGTH = 10


# The first migration names this function: it can be neither moved nor renamed.
def new_join_code() -> str:
    """A code of 10 characters from an alphabet of 30: about 49 bits."""
    return "".join(secrets.choice(JOIN_CODE_ALPHABET) for _ in range(JOIN_CODE_LENGTH))


class User(AbstractUser):
    """A person. User names and e-mail addresses are unique whatever their case."""

    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        help_text=_("Letters, digits and . @ + - _ without blanks."),
        validators=[
            UnicodeUsernameValidator(
                message=_("A user name has letters, digits and . @ + - _ alone.")
            )
        ],
        error_messages={
            "unique": _("A user with that user name already exists."),
        },
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="username_once_any_case",
                violation_error_message=_("A user with that user name already exists."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="email_once_any_case",
                condition=~models.Q(email=""),
                violation_error_message=_(
                    "A user with that e-mail address already exists."
                ),
            ),
        ]

    @property
    def shown_name(self) -> str:
        return self.get_full_name() or self.username


class Cohort(models.Model):
    """People who take a course together, from `starts_on` to `ends_on`."""

    name = models.CharField(max_length=120, unique=True)
    course = models.ForeignKey(
        "courseware.Course", models.PROTECT, related_name="cohorts"
    )
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)
    join_code = models.CharField(
        max_length=20,
        unique=True,
        default=new_join_code,
        help_text=_("Whoever has it can sign up as a student of this cohort."),
    )
    joinable = models.BooleanField(
        default=True, help_text=_("Switch off to stop sign-ups by code.")
    )
    members = models.ManyToManyField(User, through="Enrolment", related_name="cohorts")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="cohort_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("courseware:teach_cohort", args=[self.pk])


class Enrolment(models.Model):
    """One person's place in one cohort."""

    class Role(models.TextChoices):
        STUDENT = "student", _("Student")
        ASSISTANT = "assistant", _("Assistant")
        INSTRUCTOR = "instructor", _("Instructor")

    user = models.ForeignKey(User, models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrolments")
    role = models.CharField(max_length=12, choices=Role, default=Role.STUDENT)
    enrolled_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["cohort", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "cohort"], name="enrolled_once_in_cohort"
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.cohort} · {self.get_role_display()}"
