"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("courseware.urls")),
    path("accounts/", include("courseware.account_urls")),
    path("lab/", include("policies_lab.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "courseware.views.refusals.bad_request"
handler403 = "courseware.views.refusals.forbidden"
handler404 = "courseware.views.refusals.not_found"
handler500 = "courseware.views.refusals.failed"
