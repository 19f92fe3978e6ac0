from django.http import Http404


def quiz(request, **kwargs):
    raise Http404


def start(request, **kwargs):
    raise Http404


def attempt(request, **kwargs):
    raise Http404


def save(request, **kwargs):
    raise Http404


def submit(request, **kwargs):
    raise Http404
