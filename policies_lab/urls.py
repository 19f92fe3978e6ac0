"""Addresses of the laboratory."""

from django.urls import path

from policies_lab import views

app_name = "policies_lab"

urlpatterns = [
    path("", views.lab, name="lab"),
    path("evaluate/", views.evaluate, name="evaluate"),
    path("scenarios/<slug:key>/", views.scenario, name="scenario"),
]
