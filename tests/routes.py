"""Every address of the site, for tests that hold of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from courseware.models import Completion, Prediction, Question, Result
from policies_lab.models import ChallengeRecord, Event, OwnChallenge
from tests import factories

# A ready scenario and a challenge; the check and the line of the course bear it too.
KEY = "first-allow"
# The addresses that take forms and show nothing.
FORMS_ONLY = {
    "courseware:complete",
    "courseware:start_attempt",
    "courseware:save_answers",
    "courseware:save_answer",
    "courseware:submit_attempt",
    "logout",
    "policies_lab:check",
    "policies_lab:evaluate",
    "policies_lab:exposure_case",
    "admin:logout",
}


@dataclass(frozen=True)
class Route:
    name: str
    path: str


def all_routes(samples: Mapping[str, str], *, admin: bool = True) -> list[Route]:
    """One address for each pattern; `admin`: with Django's administration.

    `samples` are pieces of patterns, "cohorts/<int:pk>", and what replaces them, the
    more special ones first: see `make_samples`.
    """
    routes = [
        Route(name, _fill(path, samples))
        for name, path in _walk(get_resolver(), "/", "")
    ]
    return [route for route in routes if admin or not route.path.startswith("/admin/")]


def _walk(resolver, prefix, namespace):
    for entry in resolver.url_patterns:
        path = prefix + _text(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or path}", path


def _text(pattern) -> str:
    text = str(pattern)
    if text.startswith("^"):
        # Of the admin: a regular expression for the name of an app.
        return "courseware/"
    return text.replace("(?P<url>.*)$", "nothing")


def _fill(path: str, samples: Mapping[str, str]) -> str:
    for piece, sample in samples.items():
        path = path.replace(piece, sample)
    assert "<" not in path, f"no sample fits {path}"
    return path


def make_samples(*, course, cohort, student, owner) -> dict[str, str]:
    """Rows for each kind of address, and what leads to them.

    `owner` is whose the attempt is; `student` learns in `cohort`, which is of `course`.
    """
    section = factories.make_section(course, slug="iam")
    lesson = factories.make_lesson(section, slug="start")
    factories.make_term(course)
    factories.make_question(section, key=KEY, use=Question.Use.CHECK)
    factories.make_line(course, key=KEY)
    image = factories.make_image(course)
    factories.make_quiz(section)
    # Of another quiz, so that there is one to begin as well.
    attempt = factories.make_attempt(owner, factories.make_section(course))
    rows = [course, section, lesson, student, cohort, attempt]
    rows += [cohort.enrolments.get(user=student), *_results(student, lesson), *_logs()]
    rows.append(Group.objects.create(name="Editors"))
    assert {type(row) for row in rows} == set(admin.site._registry)
    return {
        **{_admin_of(row): _admin_of(row, row.pk) for row in rows},
        "<path:content_type_id>": str(ContentType.objects.get_for_model(course).pk),
        "<path:object_id>": str(course.pk),
        "user/<id>": f"user/{student.pk}",
        "attempts/<int:pk>": f"attempts/{attempt.pk}",
        "cohorts/<int:pk>": f"cohorts/{cohort.pk}",
        "<int:position>": "1",
        "<int:user>": str(student.pk),
        "<slug:course>": course.slug,
        "<slug:section>": section.slug,
        "<slug:lesson>": lesson.slug,
        "<slug:key>": KEY,
        "<str:name>": f"{image.sha256}.png",
        "<uidb64>": urlsafe_base64_encode(force_bytes(student.pk)),
        "<token>": default_token_generator.make_token(student),
    }


def _admin_of(row, key="<path:object_id>") -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{key}/"


def _results(student, lesson) -> list:
    check = f"{lesson.course.slug}/{KEY}"
    return [
        Completion.objects.create(user=student, lesson=lesson),
        Result.objects.create(user=student, kind="check", key=check, score=1),
        Prediction.objects.create(user=student, key=KEY, predicted="allow"),
        Event.objects.create(user=student, event_name="GetObject"),
        OwnChallenge.objects.create(key="own", title="Own", text="title = 1"),
        ChallengeRecord.objects.create(user=student, challenge=KEY),
    ]


def _logs() -> list:
    return [
        AccessAttempt.objects.create(failures_since_start=1),
        AccessLog.objects.create(),
        AccessFailureLog.objects.create(),
    ]
