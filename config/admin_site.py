"""The administration, entered by the same door as the rest of the site."""

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Site(admin.AdminSite):
    """Signing in, signing out and passwords are those of the site itself.

    Only there are guesses counted and passwords limited.
    """

    site_header = _("Administration of Shared Ground")
    site_title = _("Shared Ground")
    index_title = _("What the site holds")

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """To the sign-in page; who is signed in already may not come in here."""
        if not request.user.is_authenticated:
            asked_for = request.GET.get(REDIRECT_FIELD_NAME) or request.path
            return redirect_to_login(asked_for)
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied(
            gettext(
                "The administration is for those who look after the whole site. "
                "You are signed in as %(name)s, which is not such an account."
            )
            % {"name": request.user.get_username()}
        )

    def logout(self, request, extra_context=None):
        from courseware.views.accounts import sign_out

        return sign_out(request)

    def password_change(self, request, extra_context=None):
        return redirect("password_change")
