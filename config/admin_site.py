"""The administration, entered by the same door as the rest of the site."""

import re
from functools import wraps

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Eighteen digits fit into every integer column; Django asks the database for any.
KEY = re.compile(r"[0-9]{0,18}", re.A)
KEY_IN_FORMSET = re.compile(r".+-[0-9]+-id", re.A)


class Site(admin.AdminSite):
    """Signing in, signing out and passwords are those of the site itself.

    Only there are guesses counted and passwords limited.
    """

    site_header = _("Administration of Shared Ground")
    site_title = _("Shared Ground")
    index_title = _("What the site holds")

    def admin_view(self, view, cacheable=False):
        @wraps(view)
        def with_readable_keys(request, *args, **kwargs):
            self._refuse_odd_keys(request)
            return view(request, *args, **kwargs)

        return super().admin_view(with_readable_keys, cacheable)

    def _refuse_odd_keys(self, request) -> None:
        """Django's own views fail with ValueError at a row key that is no number."""
        relations = self._relations()
        for given in (request.GET, request.POST):
            for name, values in given.lists():
                if (name in relations or KEY_IN_FORMSET.fullmatch(name)) and not all(
                    map(KEY.fullmatch, values)
                ):
                    raise BadRequest

    def _relations(self) -> set[str]:
        """Names of fields of any form here that hold the keys of rows."""
        fields = [field for model in self._registry for field in model._meta.fields]
        fields += [
            many for model in self._registry for many in model._meta.many_to_many
        ]
        names = {field.name for field in fields if field.is_relation}
        plain = {field.name for field in fields if not field.is_relation}
        return names - plain | {ACTION_CHECKBOX_NAME}

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
