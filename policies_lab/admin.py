"""What was recorded, to be read and never written."""

from django.contrib import admin

from policies_lab.models import ChallengeRecord, Event, OwnChallenge


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to be looked at."""

    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "user", "event_name", "decision", "deciding_step"]
    list_filter = ["decision", "at"]
    search_fields = ["user__username", "event_name"]
    list_select_related = ["user"]


@admin.register(OwnChallenge)
class OwnChallengeAdmin(ReadOnlyAdmin):
    """Challenges come and go by `import_challenges`, which tries them out."""

    list_display = ["title", "key", "imported_at"]
    search_fields = ["title", "key"]


@admin.register(ChallengeRecord)
class ChallengeRecordAdmin(ReadOnlyAdmin):
    list_display = ["user", "challenge", "stars", "tries", "hints", "tried_at"]
    list_filter = ["stars", "tried_at"]
    search_fields = ["user__username", "challenge"]
    list_select_related = ["user"]
