"""A student's own page: how far, where to go on, what was done lately."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from courseware import access
from courseware.progress import courses_begun, progress_of, recent_outcomes


@require_safe
def desk(request):
    cohorts = list(access.own_cohorts(request))
    courses = {cohort.course.pk: cohort.course for cohort in cohorts}
    readable = list(access.readable_courses(request))
    begun = [course for course in courses_begun(request.user) if course in readable]
    alone = [course for course in begun if course.pk not in courses]
    progress = progress_of(request.user, [*courses.values(), *alone])
    by_course = {one.outline.course.pk: one for one in progress}
    context = {
        "places": [(cohort, by_course[cohort.course_id]) for cohort in cohorts],
        "alone": [by_course[course.pk] for course in alone],
        "outcomes": recent_outcomes(request.user),
        "administers": request.user.is_staff,
        "public": [course for course in readable if course.pk not in by_course],
    }
    return render(request, "courseware/desk.html", context)
