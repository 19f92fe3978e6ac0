"""What learners have done besides quizzes."""

from django.conf import settings
from django.db import models


class Completion(models.Model):
    """A lesson that somebody marked as read."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="completions"
    )
    lesson = models.ForeignKey(
        "courseware.Lesson", models.PROTECT, related_name="completions"
    )
    completed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "lesson"], name="lesson_completed_once"
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.lesson}"


class Result(models.Model):
    """The outcome of one go at an activity.

    `kind` and `key` name the activity as the seam does; `score` lies between
    0 and 1; `detail` is the kind's own, and holds misconception codes under
    "misconceptions" where there are any.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="results"
    )
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    score = models.DecimalField(max_digits=4, decimal_places=3)
    detail = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-recorded_at"]
        indexes = [models.Index(fields=["user", "kind", "key"], name="result_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1),
                name="result_score_between_0_and_1",
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.kind}/{self.key}"


class Prediction(models.Model):
    """What a learner expected of a request, and what was decided.

    `predicted` and `decided` are decisions (allow, explicit_deny,
    implicit_deny); `certainty` is 1 (guessing), 2 (fairly) or 3 (certain).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="predictions"
    )
    key = models.CharField(max_length=200)
    predicted = models.CharField(max_length=16)
    predicted_step = models.CharField(max_length=20, blank=True)
    certainty = models.PositiveSmallIntegerField(null=True, blank=True)
    decided = models.CharField(max_length=16)
    deciding_step = models.CharField(max_length=20)
    misconceptions = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-recorded_at"]
        indexes = [models.Index(fields=["user", "key"], name="prediction_of_user")]

    def __str__(self):
        return f"{self.user} · {self.key}: {self.predicted}"

    @property
    def right(self) -> bool:
        return self.predicted == self.decided
