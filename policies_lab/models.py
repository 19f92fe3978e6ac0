"""The laboratory's tables. No policy text is ever kept in them."""

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
