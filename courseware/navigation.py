"""What the header of every page needs to know about its reader."""

from django.utils.functional import SimpleLazyObject

from courseware.models import Enrolment


def navigation(request):
    """Context: `teaches`, looked up only by a page that shows it."""
    return {"teaches": SimpleLazyObject(lambda: teaches(request.user))}


def teaches(user) -> bool:
    """Whether `user` is instructor or assistant of any cohort."""
    return (
        user.is_authenticated
        and Enrolment.objects.filter(
            user=user, role__in=[Enrolment.Role.INSTRUCTOR, Enrolment.Role.ASSISTANT]
        ).exists()
    )
