"""What instructors and assistants see of their cohorts."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from courseware import access, cohort_report
from courseware.progress import recent_outcomes


@require_safe
def teach(request):
    taught = access.taught_cohorts(request).order_by("-starts_on", "name")
    context = {
        "rows": cohort_report.overview(taught),
        "administers": request.user.is_superuser,
    }
    return render(request, "courseware/teach.html", context)


@require_safe
def cohort(request, pk):
    found = access.taught_cohort(request, pk)
    context = {"cohort": found, "report": cohort_report.report(found)}
    return render(request, "courseware/cohort.html", context)


@require_safe
def student(request, pk, user):
    found, person = access.taught_student(request, pk, user)
    context = {
        "cohort": found,
        "student": cohort_report.student_report(found, person),
        "outcomes": recent_outcomes(person, limit=20, course=found.course),
    }
    return render(request, "courseware/student.html", context)
