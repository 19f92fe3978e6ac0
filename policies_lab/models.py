"""The laboratory's tables. Of what somebody wrote only answers to challenges are kept,
for their writer; the record of decisions never holds the text of a policy.
"""

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One decision of a signed-in learner, as CloudTrail would record it.

    `error_code` is empty for an allowed request and AccessDenied otherwise.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="lab_events"
    )
    at = models.DateTimeField(auto_now_add=True)
    event_source = models.CharField(max_length=120)
    event_name = models.CharField(max_length=200)
    principal_arn = models.CharField(max_length=2048, blank=True)
    resource = models.CharField(max_length=2048)
    source_ip = models.CharField(max_length=45, blank=True)
    decision = models.CharField(max_length=16)
    deciding_step = models.CharField(max_length=20)
    error_code = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["user", "-at"], name="event_of_user")]

    def __str__(self):
        return f"{self.event_name} {self.decision}"


class OwnChallenge(models.Model):
    """A challenge that this site added to the built-in ones: its file, as it was read
    by `import_challenges`."""

    key = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField()
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["key"]

    def __str__(self):
        return self.title


class ChallengeRecord(models.Model):
    """How far somebody got with a challenge.

    `stars` and `length` (characters without white space) are those of the best answer,
    `documents` the texts of the last one that could be read, by the document's name.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="challenge_records"
    )
    challenge = models.SlugField(max_length=80)
    stars = models.PositiveSmallIntegerField(default=0)
    length = models.PositiveIntegerField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    hints = models.PositiveSmallIntegerField(default=0)
    documents = models.JSONField(default=dict, blank=True)
    begun_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(auto_now=True)
    gave_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-tried_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "challenge"], name="one_record_of_a_challenge"
            ),
            models.CheckConstraint(
                condition=models.Q(stars__lte=2), name="at_most_two_stars"
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.challenge}: {self.stars}"
