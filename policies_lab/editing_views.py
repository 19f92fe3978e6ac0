"""What the editor asks while somebody writes: remarks on a document, and the words
that may stand at a place of it. Nothing of it is needed to write a policy.
"""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_POST, require_safe

from policies_lab.completions import complete
from policies_lab.forms import CheckForm
from policies_lab.limits import TooMany, turn
from policies_lab.remarks import look_over, with_lessons


@login_not_required
@require_POST
def check(request):
    """The remarks on one document, as the piece that stands beneath it."""
    form = CheckForm(request.POST)
    if not form.is_valid():
        raise BadRequest("This is no document of the lab.")
    try:
        with turn(request):
            remarks = look_over(form.cleaned_data["document"], form.kind)
            (remarks,) = with_lessons(request, [remarks])
    except TooMany as refused:
        retry = {"Retry-After": str(refused.retry_after), "HX-Reswap": "none"}
        return HttpResponse(status=429, headers=retry)
    context = {"remarks": remarks, "control": form.cleaned_data["control"]}
    return render(request, "policies_lab/_remarks.html", context | {"looked": True})


@login_not_required
@require_safe
@conditional_page
@cache_control(public=True, max_age=3600)
def completions(request):
    """`?of=actions&q=s3` and the like, as JSON; the same for everybody.

    Without a question: the services.
    """
    try:
        found = complete(request.GET.get("of", "services"), request.GET.get("q", ""))
    except KeyError:
        raise Http404 from None
    return JsonResponse({"options": found})
