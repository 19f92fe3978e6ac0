"""The record of decisions, to be read and never written."""

from django.contrib import admin

from policies_lab.models import Event


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    list_display = ["at", "user", "event_name", "decision", "deciding_step"]
    list_filter = ["decision", "at"]
    search_fields = ["user__username", "event_name"]
    list_select_related = ["user"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
