from django.http import Http404


def teach(request, **kwargs):
    raise Http404


def cohort(request, **kwargs):
    raise Http404


def student(request, **kwargs):
    raise Http404
