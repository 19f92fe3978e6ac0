"""What the header of every page needs to know about its reader."""

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from courseware.access import TEACHING
from courseware.models import Enrolment

TEACHING_PAGE = "courseware:teach"


def navigation(request):
    """Context: `teaches`, looked up only by a page that shows it."""
    return {"teaches": SimpleLazyObject(lambda: teaches(request.user))}


def teaches(user) -> bool:
    """Whether `user` is instructor or assistant of any cohort."""
    return (
        user.is_authenticated
        and Enrolment.objects.filter(user=user, role__in=TEACHING).exists()
    )


def first_page(user) -> str:
    """Where a sign-in leads: who only teaches finds nothing on a desk."""
    if not user.is_authenticated or not teaches(user):
        return reverse(settings.LOGIN_REDIRECT_URL)
    learns = Enrolment.objects.filter(user=user, role=Enrolment.Role.STUDENT)
    return reverse(settings.LOGIN_REDIRECT_URL if learns.exists() else TEACHING_PAGE)
