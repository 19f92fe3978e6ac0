from django.http import Http404


def lab(request, **kwargs):
    raise Http404


def scenario(request, **kwargs):
    raise Http404


def evaluate(request, **kwargs):
    raise Http404
