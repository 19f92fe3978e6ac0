from django.http import Http404


def account(request, **kwargs):
    raise Http404


def sign_in(request, **kwargs):
    raise Http404


def sign_out(request, **kwargs):
    raise Http404


def join(request, **kwargs):
    raise Http404


def password_change(request, **kwargs):
    raise Http404


def password_reset(request, **kwargs):
    raise Http404


def password_reset_done(request, **kwargs):
    raise Http404


def password_reset_confirm(request, **kwargs):
    raise Http404
