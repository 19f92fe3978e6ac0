from django.http import Http404


def home(request, **kwargs):
    raise Http404


def courses(request, **kwargs):
    raise Http404


def course(request, **kwargs):
    raise Http404


def glossary(request, **kwargs):
    raise Http404


def lesson(request, **kwargs):
    raise Http404


def complete(request, **kwargs):
    raise Http404


def image(request, **kwargs):
    raise Http404
