"""What the administrations of all models share."""

from django.contrib import admin
from django.db import models

from courseware.text import CleanTextField

CLEAN_FIELDS = {
    models.CharField: {"form_class": CleanTextField},
    models.TextField: {"form_class": CleanTextField},
}


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to be looked at; whoever may view them may do nothing else."""

    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def is_referred_to(row: models.Model) -> bool:
    """Whether any other row points to `row`: then it is history and stays."""
    return any(
        relation.related_model._default_manager.filter(
            **{relation.field.name: row}
        ).exists()
        for relation in row._meta.related_objects
    )
