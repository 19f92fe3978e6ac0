"""People, cohorts, and who is in which.

Stock administration of users is a way up: whoever may change users may make
himself a superuser, or set a superuser's password. Here only superusers see,
change or make those who have rights over others.
"""

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    UserChangeForm,
)
from django.contrib.auth.models import Group
from django.core.validators import MaxLengthValidator
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courseware import enrolling
from courseware.admin.reading import CLEAN_FIELDS, is_referred_to
from courseware.forms import PASSWORD_LIMIT, UsernameField
from courseware.models import Cohort, Enrolment, User

RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]


def has_rights(user: User) -> bool:
    return user.is_staff or user.is_superuser


class _ShortPasswords:
    """No password that would be too long to sign in with."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].validators.append(MaxLengthValidator(PASSWORD_LIMIT))


class PersonPasswordForm(_ShortPasswords, AdminPasswordChangeForm):
    pass


class PersonCreationForm(_ShortPasswords, AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = User
        field_classes = {"username": UsernameField}


class PersonChangeForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User
        field_classes = {"username": UsernameField}


@admin.register(User)
class UserAdmin(StockUserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    change_password_form = PersonPasswordForm
    formfield_overrides = CLEAN_FIELDS
    list_display = [
        "username",
        "first_name",
        "last_name",
        "email",
        "is_active",
        "is_staff",
        "last_login",
    ]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["deactivate", "reactivate"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Personal info"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Account"), {"fields": ["is_active", "last_login", "date_joined"]}),
        (_("Rights over the whole site"), {"fields": RIGHTS}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": [
                    "username",
                    "first_name",
                    "last_name",
                    "email",
                    "usable_password",
                    "password1",
                    "password2",
                ]
            },
        )
    ]

    def get_queryset(self, request):
        people = super().get_queryset(request)
        if request.user.is_superuser:
            return people
        return people.exclude(Q(is_staff=True) | Q(is_superuser=True))

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [(name, set_) for name, set_ in fieldsets if set_["fields"] != RIGHTS]

    def get_list_filter(self, request):
        if request.user.is_superuser:
            return ["is_active", "is_staff", "is_superuser", "cohorts"]
        return ["is_active", "cohorts"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if obj is not None and obj == request.user:
            # Nobody locks himself out by a slip.
            return [*fields, "is_active", "is_staff", "is_superuser"]
        return fields

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or request.user.is_superuser or not has_rights(obj)
        )

    def has_delete_permission(self, request, obj=None):
        """Whoever did anything here is deactivated rather than deleted."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or (
            self.has_change_permission(request, obj)
            and obj != request.user
            and not is_referred_to(obj)
        )

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(
        description=_("Deactivate: no more sign-ins, the work stays"),
        permissions=["change"],
    )
    def deactivate(self, request, people):
        self._set_active(request, people.exclude(pk=request.user.pk), False)

    @admin.action(description=_("Reactivate"), permissions=["change"])
    def reactivate(self, request, people):
        self._set_active(request, people, True)

    def _set_active(self, request, people, is_active: bool) -> None:
        changed = people.exclude(is_active=is_active)
        rows = list(changed)
        changed.update(is_active=is_active)
        words = _("Reactivated.") if is_active else _("Deactivated.")
        for person in rows:
            self.log_change(request, person, str(words))
        self.message_user(
            request,
            ngettext(
                "%(number)d account was changed.",
                "%(number)d accounts were changed.",
                len(rows),
            )
            % {"number": len(rows)},
            messages.SUCCESS,
        )


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(StockGroupAdmin):
    """A group gives rights: with the right to change one, anybody has them all."""

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_add_permission = has_module_permission
    has_change_permission = has_delete_permission = has_view_permission


@admin.register(Cohort)
class CohortAdmin(admin.ModelAdmin):
    formfield_overrides = CLEAN_FIELDS
    list_display = [
        "name",
        "join_code",
        "students",
        "teachers",
        "starts_on",
        "ends_on",
        "joinable",
        "course",
    ]
    list_filter = ["course", "joinable", "starts_on", "ends_on"]
    list_select_related = ["course"]
    list_per_page = 50
    search_fields = ["name", "join_code"]
    fields = [
        "name",
        "course",
        "starts_on",
        "ends_on",
        "joinable",
        "join_code",
        "enrolments",
    ]
    readonly_fields = ["join_code", "enrolments"]
    actions = ["archive", "renew_join_codes"]

    def get_fields(self, request, obj=None):
        """A cohort has a code and people only once it is saved."""
        return self.fields if obj else self.fields[:-2]

    def get_queryset(self, request):
        is_student = Q(enrolments__role=Enrolment.Role.STUDENT)
        return (
            super()
            .get_queryset(request)
            .annotate(
                student_count=Count("enrolments", filter=is_student),
                teacher_count=Count("enrolments", filter=~is_student),
            )
        )

    @admin.display(ordering="student_count")
    def students(self, cohort):
        return cohort.student_count

    @admin.display(ordering="teacher_count")
    def teachers(self, cohort):
        return cohort.teacher_count

    def enrolments(self, cohort):
        """A cohort may have hundreds: they have a list of their own."""
        if cohort.pk is None:
            return _("Save the cohort first.")
        address = reverse("admin:courseware_enrolment_changelist")
        return format_html(
            '<a href="{}?cohort__id__exact={}">{}</a> · <a href="{}?cohort={}">{}</a>',
            address,
            cohort.pk,
            _("Who is in it"),
            reverse("admin:courseware_enrolment_add"),
            cohort.pk,
            _("Enrol somebody"),
        )

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not is_referred_to(obj))

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=_("Archive: ends today"), permissions=["change"])
    def archive(self, request, cohorts):
        for cohort in cohorts:
            enrolling.archive(cohort)
            self.log_change(request, cohort, "Archived.")
        self.message_user(request, _("Archived."), messages.SUCCESS)

    @admin.action(description=_("New join code"), permissions=["change"])
    def renew_join_codes(self, request, cohorts):
        for cohort in cohorts:
            enrolling.renew_join_code(cohort)
            self.log_change(request, cohort, "New join code.")
        self.message_user(
            request, _("The old codes open nothing any more."), messages.SUCCESS
        )


@admin.register(Enrolment)
class EnrolmentAdmin(admin.ModelAdmin):
    """Instructors are made here, by their role in a cohort."""

    list_display = ["user", "cohort", "role", "enrolled_at"]
    list_filter = ["role", "cohort"]
    list_select_related = ["user", "cohort"]
    list_per_page = 50
    search_fields = [
        "user__username",
        "user__first_name",
        "user__last_name",
        "cohort__name",
    ]
    autocomplete_fields = ["user", "cohort"]
    readonly_fields = ["enrolled_at"]
