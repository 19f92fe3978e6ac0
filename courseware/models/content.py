"""Courses as the importer writes them: files are the source, rows are read.

Nothing here is deleted by an import. What a new version of the files no longer
has is `retired`: it leaves the pages, and what learners did with it stays.
"""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Course(models.Model):
    """One vault of files. `slug` is its business key."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    module = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("The name under which other courses link to this one."),
    )
    summary = models.TextField()
    public = models.BooleanField(
        default=False, help_text=_("May be read without signing in.")
    )
    content_hash = models.CharField(max_length=64, editable=False)
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("courseware:course", args=[self.slug])


class Section(models.Model):
    """One of the numbered parts of a course. `position` counts from 1."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="sections")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    position = models.PositiveSmallIntegerField()
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "slug"], name="section_slug_once_in_course"
            )
        ]

    def __str__(self):
        return self.title


class Lesson(models.Model):
    """One page. `html` is sanitised and complete; `contents` lists its headings.

    `contents`: [{"id": str, "text": str, "level": 2 or 3}, ...] in order.
    `minutes`: reading time. `position` counts from 1 inside the section.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="lessons")
    section = models.ForeignKey(Section, models.PROTECT, related_name="lessons")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    question = models.TextField()
    minutes = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    source = models.TextField(editable=False)
    html = models.TextField(editable=False)
    contents = models.JSONField(default=list, editable=False)
    content_hash = models.CharField(max_length=64, editable=False)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["section__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "slug"], name="lesson_slug_once_in_course"
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("courseware:lesson", args=[self.course.slug, self.slug])


class Term(models.Model):
    """A glossary entry. `html` is its sanitised definition."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="terms")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    aliases = models.JSONField(default=list, blank=True)
    html = models.TextField(editable=False)
    position = models.PositiveSmallIntegerField()
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "slug"], name="term_slug_once_in_course"
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        glossary = reverse("courseware:glossary", args=[self.course.slug])
        return f"{glossary}#{self.slug}"


class Activity(models.Model):
    """The data of an activity that needs no engine, as its file gives it."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="activities")
    section = models.ForeignKey(
        Section, models.PROTECT, related_name="activities", null=True, blank=True
    )
    kind = models.CharField(max_length=40)
    key = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    data = models.JSONField()
    retired = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.UniqueConstraint(
                fields=["course", "kind", "key"], name="activity_key_once_in_course"
            )
        ]

    def __str__(self):
        return self.title


class Image(models.Model):
    """A picture of a vault, kept by the SHA-256 of its bytes (hexadecimal)."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="images")
    path = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "path"], name="image_path_once_in_course"
            )
        ]

    def __str__(self):
        return self.path
