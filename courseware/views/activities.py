from django.http import Http404


def check(request, **kwargs):
    raise Http404


def line(request, **kwargs):
    raise Http404
