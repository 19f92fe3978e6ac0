"""What there is to read: courses, lessons, the glossary and their pictures."""

import re

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from courseware import access, guest_pages
from courseware.activities import kinds
from courseware.fragments import wants_fragment
from courseware.models import Course
from courseware.outline import glossary_letters, outline, outlines
from courseware.progress import lessons_read, mark_read, progress_of

# Ready scenarios of a lab that suit a first visit, the best first.
FIRST_EXERCISES = ["first-allow", "explicit-deny-wins"]

PICTURE = re.compile(r"([0-9a-f]{64})\.(png|jpg|jpeg|webp|gif)")
EXTENSIONS = {
    "image/png": {"png"},
    "image/jpeg": {"jpg", "jpeg"},
    "image/webp": {"webp"},
    "image/gif": {"gif"},
}


@login_not_required
@require_safe
def home(request):
    if guest_pages.suits(request):
        version = guest_pages.versions()
        return guest_pages.serve(request, version, "courseware/home.html", _home)
    administers = request.user.is_superuser
    return render(request, "courseware/home.html", _home(administers))


def _home(administers=False):
    scenarios = kinds.get("scenario")
    exercise = next(
        (key for key in FIRST_EXERCISES if scenarios and scenarios.exists(key)), None
    )
    found = outlines(Course.objects.filter(public=True))
    return {
        "outlines": found,
        "administers": administers,
        "first_lesson": next((one.first_lesson for one in found), None),
        "exercise": exercise
        and {
            "title": scenarios.title(exercise),
            "url": scenarios.url(exercise),
        },
    }


@login_not_required
@require_safe
def courses(request):
    readable = list(access.readable_courses(request))
    if len(readable) == 1:
        return redirect(readable[0])
    context = {
        "outlines": outlines(readable),
        "administers": request.user.is_superuser,
    }
    return render(request, "courseware/courses.html", context)


@login_not_required
@require_safe
def course(request, course):
    if version := _guest_version(request, slug=course):
        return guest_pages.serve(
            request,
            version,
            "courseware/course.html",
            lambda: _course(request, access.public_course(course)),
        )
    found = access.readable_course(request, course)
    return render(request, "courseware/course.html", _course(request, found))


def _course(request, course):
    """`progress` is None for a guest."""
    if _is_guest(request):
        return {"outline": outline(course), "progress": None}
    [progress] = progress_of(request.user, [course])
    return {"outline": progress.outline, "progress": progress}


@login_not_required
@require_safe
def lesson(request, course, lesson):
    if version := _guest_version(request, slug=course, lessons__slug=lesson):
        return guest_pages.serve(
            request,
            version,
            "courseware/lesson.html",
            lambda: _lesson(request, access.readable_lesson(request, course, lesson)),
        )
    found = access.readable_lesson(request, course, lesson)
    return render(request, "courseware/lesson.html", _lesson(request, found))


def _lesson(request, lesson):
    found = outline(lesson.course)
    part = found.part_of(lesson)
    if part is None:
        raise Http404
    before, after = found.around(lesson)
    return {
        "lesson": lesson,
        "lesson_number": part.lessons.index(lesson) + 1,
        "part": part,
        "before": before,
        "after": after,
        "quiz_follows": part.quiz and lesson == part.lessons[-1],
        **_read_mark(request, lesson, part),
    }


def _read_mark(request, lesson, part):
    """What the reader has read; `read` is None for a guest."""
    if _is_guest(request):
        return {"read": None, "read_here": 0}
    read = lessons_read(request.user, lesson.course)
    return {
        "read": lesson.pk in read,
        "read_here": sum(one.pk in read for one in part.lessons),
    }


@require_POST
def complete(request, course, lesson):
    """Mark a lesson as read, or, with read=no, take that back."""
    found = access.readable_lesson(request, course, lesson)
    read = request.POST.get("read") != "no"
    mark_read(user=request.user, lesson=found, read=read)
    if not wants_fragment(request):
        return redirect(f"{found.get_absolute_url()}#read")
    context = _lesson(request, found) | {"changed": True}
    return render(request, "courseware/_read_mark.html", context)


@login_not_required
@require_safe
def glossary(request, course):
    if version := _guest_version(request, slug=course):
        return guest_pages.serve(
            request,
            version,
            "courseware/glossary.html",
            lambda: _glossary(access.public_course(course)),
        )
    found = access.readable_course(request, course)
    return render(request, "courseware/glossary.html", _glossary(found))


def _glossary(course):
    return {"course": course, "letters": glossary_letters(course)}


@login_not_required
@require_safe
def image(request, course, name):
    """A picture by the hash of its bytes: what is at this address never changes."""
    found = access.readable_course(request, course)
    parts = PICTURE.fullmatch(name)
    picture = parts and found.images.filter(sha256=parts[1]).first()
    if not picture or parts[2] not in EXTENSIONS.get(picture.media_type, ()):
        raise Http404
    response = HttpResponse(bytes(picture.data), content_type=picture.media_type)
    audience = "public" if found.public else "private"
    response["Cache-Control"] = f"{audience}, max-age=31536000, immutable"
    # An author's file, opened by itself: it may do nothing at all.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _guest_version(request, **keys):
    """What changes whenever the course does; empty where no kept page will do."""
    return guest_pages.versions(**keys) if guest_pages.suits(request) else ()


def _is_guest(request):
    # A reader without a session cookie is a guest; to ask further would touch
    # the session.
    return guest_pages.suits(request) or not request.user.is_authenticated
