"""Questions, and what learners answered.

An answer points for ever to the version of the question that was asked. What
decides a mark (`QuestionVersion.answer_key`) is kept apart from what a student
is shown (`presented`), so that no page of an open attempt can carry it.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """A question by its `key` (the id in its file), unique in the course."""

    class Use(models.TextChoices):
        QUIZ = "quiz", _("Quiz")
        CHECK = "check", _("Check in a lesson")

    course = models.ForeignKey(
        "courseware.Course", models.PROTECT, related_name="questions"
    )
    section = models.ForeignKey(
        "courseware.Section", models.PROTECT, related_name="questions"
    )
    key = models.SlugField(max_length=80)
    use = models.CharField(max_length=8, choices=Use)
    tags = models.JSONField(default=list, blank=True)
    current = models.ForeignKey(
        "courseware.QuestionVersion",
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "key"], name="question_key_once_in_course"
            )
        ]

    def __str__(self):
        return self.key


class QuestionVersion(models.Model):
    """One wording of a question; never changed after it was made.

    `type`: the name of a question type (courseware.question_types).
    `presented`: what a student sees, in the shape that the type defines.
    `answer_key`: what grading and feedback need, in the shape of the type.
    `number` counts from 1 for each question.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    presented = models.JSONField()
    answer_key = models.JSONField()
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="version_number_once"
            )
        ]

    def __str__(self):
        return f"{self.question} v{self.number}"


class Quiz(models.Model):
    """The quiz of one section."""

    course = models.ForeignKey(
        "courseware.Course", models.PROTECT, related_name="quizzes"
    )
    section = models.OneToOneField(
        "courseware.Section", models.PROTECT, related_name="quiz"
    )
    title = models.CharField(max_length=200)
    retired = models.BooleanField(default=False)
    questions = models.ManyToManyField(Question, through="QuizQuestion")

    class Meta:
        verbose_name_plural = "quizzes"
        ordering = ["section__position"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("courseware:quiz", args=[self.course.slug, self.section.slug])


class QuizQuestion(models.Model):
    """A question's place in a quiz; `position` counts from 1."""

    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="places")
    question = models.ForeignKey(Question, models.PROTECT, related_name="places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "question"], name="question_once_in_quiz"
            )
        ]

    def __str__(self):
        return f"{self.quiz} {self.position}: {self.question}"


class Attempt(models.Model):
    """One person's go at a quiz. `score` and `out_of` are points, set on submit.

    `seed` orders the options: the same attempt always shows the same order.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SUBMITTED = "submitted", _("Submitted")

    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="attempts")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="attempts"
    )
    number = models.PositiveSmallIntegerField()
    seed = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    started_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    out_of = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "user", "number"], name="attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["quiz", "user"],
                condition=models.Q(state="open"),
                name="one_open_attempt_each",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.quiz} · {self.number}"

    def get_absolute_url(self):
        return reverse("courseware:attempt", args=[self.pk])


class Answer(models.Model):
    """What was answered to one question of an attempt; made when it starts.

    `response`: null until answered, then in the shape of the question's type.
    `revision` grows with each save, so that a stale second tab is noticed.
    `mark`: between 0 and 1, set on submit.
    """

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="answers")
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    response = models.JSONField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    mark = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "position"], name="answer_position_once"
            )
        ]

    def __str__(self):
        return f"{self.attempt} · {self.position}"
