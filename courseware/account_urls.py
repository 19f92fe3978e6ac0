"""Addresses of accounts; the names are those that Django's own views look up."""

from django.urls import path

from courseware.views import accounts

urlpatterns = [
    path("", accounts.account, name="account"),
    path("login/", accounts.sign_in, name="login"),
    path("signed-in/", accounts.signed_in, name="signed_in"),
    path("logout/", accounts.sign_out, name="logout"),
    path("join/", accounts.join, name="join"),
    path("password/", accounts.password_change, name="password_change"),
    path("password/reset/", accounts.password_reset, name="password_reset"),
    path(
        "password/reset/sent/",
        accounts.password_reset_done,
        name="password_reset_done",
    ),
    path(
        "password/reset/<uidb64>/<token>/",
        accounts.password_reset_confirm,
        name="password_reset_confirm",
    ),
]
