"""Addresses of the laboratory."""

from django.urls import path

from policies_lab import challenge_views, views

app_name = "policies_lab"

urlpatterns = [
    path("", views.lab, name="lab"),
    path("evaluate/", views.evaluate, name="evaluate"),
    path("scenarios/<slug:key>/", views.scenario, name="scenario"),
    path("challenges/", challenge_views.challenges, name="challenges"),
    path("challenges/<slug:key>/", challenge_views.challenge, name="challenge"),
]
