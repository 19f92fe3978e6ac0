"""Addresses of the laboratory."""

from django.urls import path

from policies_lab import challenge_views, editing_views, exposure_views, views

app_name = "policies_lab"

urlpatterns = [
    path("", views.lab, name="lab"),
    path("evaluate/", views.evaluate, name="evaluate"),
    path("check/", editing_views.check, name="check"),
    path("complete/", editing_views.completions, name="complete"),
    path("scenarios/<slug:key>/", views.scenario, name="scenario"),
    path("exposure/", exposure_views.explorer, name="exposure"),
    path("exposure/case/", exposure_views.case, name="exposure_case"),
    path("challenges/", challenge_views.challenges, name="challenges"),
    path("challenges/<slug:key>/", challenge_views.challenge, name="challenge"),
]
