"""Forms with every kind of field, sent plainly and by htmx, as pages of the site.

They show the mechanism that keeps what was typed apart from lab and quizzes.
"""

import time

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_http_methods

from config.urls import urlpatterns as urls_of_site
from courseware.forms import PasswordField
from courseware.text import CleanTextField

PAGE = """{% extends "base.html" %}
{% block title %}Kept{% endblock %}
{% block content %}<h1>Kept</h1>{{ body }}
{% endblock %}"""

FORM = """<form id="{{ kind }}" method="post" action="{{ request.get_full_path }}"
  {% if kind == "htmx" %}hx-post="{{ request.get_full_path }}" hx-target="this"
  hx-swap="outerHTML"{% endif %}
  data-keep="{{ key }}"{% if until %} data-keep-until="{{ until }}"{% endif %}>
{% csrf_token %}<input type="hidden" name="revision" value="7">
{% include "_errors.html" %}
{% for field in form %}{{ field.as_field_group }}{% endfor %}
<p class="saved" data-kept-status></p>
<button type="submit" name="how" value="button">Send {{ kind }}</button></form>"""

CHOICES = [("a", "Option a"), ("b", "Option b"), ("c", "Option c")]
stored = {}
arrived = []


class Form(forms.Form):
    title = CleanTextField(
        label="Title",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    text = CleanTextField(label="Text", widget=forms.Textarea, required=False)
    one = forms.ChoiceField(
        label="One", choices=CHOICES, widget=forms.RadioSelect, required=False
    )
    some = forms.MultipleChoiceField(
        label="Some",
        choices=CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    menu = forms.ChoiceField(label="Menu", choices=CHOICES)
    password = PasswordField(
        label="Secret", required=False, autocomplete="new-password"
    )


def form_html(request, kind, form):
    until = request.GET.get("until", "")
    context = {"kind": kind, "form": form, "until": until, "key": f"test:{kind}"}
    return engines["django"].from_string(FORM).render(context, request)


def page(request, body, status=200):
    html = engines["django"].from_string(PAGE).render({"body": body}, request)
    return HttpResponse(html, status=status)


def answer(request, kind):
    """GET: the form with what is stored. POST: store it, or 422."""
    if request.method != "POST":
        return page(request, form_html(request, kind, Form(initial=stored.get(kind))))
    arrived.append(request.POST.dict())
    if request.POST.get("text") == "slow":
        time.sleep(1)
    if request.POST.get("text") == "break":
        raise RuntimeError("broken on purpose")
    form = Form(request.POST)
    if form.is_valid():
        stored[kind] = form.cleaned_data
    if kind == "htmx":
        status = 200 if form.is_valid() else 422
        return HttpResponse(form_html(request, kind, form), status=status)
    if form.is_valid():
        return redirect("/kept/done/")
    return page(request, form_html(request, kind, form), status=422)


@require_http_methods(["GET", "POST"])
def private(request, kind):
    return answer(request, kind)


@login_not_required
@require_http_methods(["GET", "POST"])
def public(request, kind):
    return answer(request, kind)


@login_not_required
def done(request):
    return page(request, "Done")


urlpatterns = [
    path("kept/done/", done),
    path("kept/open/<str:kind>/", public),
    path("kept/<str:kind>/", private),
    *urls_of_site,
]

handler400 = "courseware.views.refusals.bad_request"
handler403 = "courseware.views.refusals.forbidden"
handler404 = "courseware.views.refusals.not_found"
handler500 = "courseware.views.refusals.failed"
