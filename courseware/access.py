"""The only door from a request to a row. Strangers get 404: what one may not
see, one may not know of.
"""

from django.db.models import Q
from django.shortcuts import get_object_or_404

from courseware.models import Attempt, Cohort, Course, Enrolment, Lesson, Quiz, User

TEACHING = [Enrolment.Role.INSTRUCTOR, Enrolment.Role.ASSISTANT]


def readable_courses(request):
    """The courses that the reader may see: public ones, and those of cohorts."""
    courses = Course.objects.all()
    user = request.user
    if not user.is_authenticated:
        return courses.filter(public=True)
    if user.is_superuser:
        return courses
    mine = Course.objects.filter(cohorts__members=user)
    return (courses.filter(public=True) | mine).distinct()


def readable_course(request, slug: str) -> Course:
    return get_object_or_404(readable_courses(request), slug=slug)


def public_course(slug: str) -> Course:
    """What everybody may read; who asks is not looked at."""
    return get_object_or_404(Course, slug=slug, public=True)


def readable_lesson(request, course: str, lesson: str) -> Lesson:
    found = get_object_or_404(
        Lesson.objects.select_related("course", "section"),
        course__slug=course,
        slug=lesson,
        section__retired=False,
        retired=False,
    )
    if not found.course.public:
        readable_course(request, course)
    return found


def readable_quiz(request, course: str, section: str) -> Quiz:
    return get_object_or_404(
        Quiz.objects.select_related("course", "section"),
        course=readable_course(request, course),
        section__slug=section,
        section__retired=False,
        retired=False,
    )


def public_quiz(course: str, section: str) -> Quiz | None:
    """A quiz that everybody may know of; who asks is not looked at."""
    return Quiz.objects.filter(
        course__slug=course,
        course__public=True,
        section__slug=section,
        section__retired=False,
        retired=False,
    ).first()


def own_attempt(request, pk: int) -> Attempt:
    """An attempt belongs to who made it; nobody else opens it by this door.

    It can be gone on with while its course may be read; its review stays.
    """
    return get_object_or_404(
        Attempt.objects.select_related("quiz__course", "quiz__section"),
        Q(state=Attempt.State.SUBMITTED)
        | Q(quiz__course__in=readable_courses(request).order_by()),
        pk=pk,
        user=request.user,
    )


def own_cohorts(request):
    """The cohorts in which somebody learns, the latest first."""
    return (
        Cohort.objects.filter(
            enrolments__user=request.user, enrolments__role=Enrolment.Role.STUDENT
        )
        .select_related("course")
        .order_by("-starts_on", "name")
    )


def taught_cohorts(request):
    cohorts = Cohort.objects.select_related("course")
    if request.user.is_superuser:
        return cohorts
    return cohorts.filter(
        enrolments__user=request.user, enrolments__role__in=TEACHING
    ).distinct()


def taught_cohort(request, pk: int) -> Cohort:
    return get_object_or_404(taught_cohorts(request), pk=pk)


def taught_student(request, cohort_pk: int, user_pk: int) -> tuple[Cohort, User]:
    cohort = taught_cohort(request, cohort_pk)
    person = get_object_or_404(
        User,
        pk=user_pk,
        enrolments__cohort=cohort,
        enrolments__role=Enrolment.Role.STUDENT,
    )
    return cohort, person
