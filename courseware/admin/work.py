"""What learners did: evidence, which nobody writes by hand."""

from django.contrib import admin
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from courseware.admin.reading import ReadOnlyAdmin
from courseware.models import Answer, Attempt, Completion, Prediction, Result


class AnswerInline(admin.TabularInline):
    """What was answered, in the order of the attempt."""

    model = Answer
    fields = readonly_fields = ["position", "asked", "answered", "mark", "saved_at"]
    can_delete = False
    extra = 0

    def get_queryset(self, request):
        answers = super().get_queryset(request)
        # __str__ of an answer names its attempt, and that its quiz and its person.
        return answers.select_related(
            "version__question", "attempt__quiz", "attempt__user"
        )

    def asked(self, answer):
        return answer.version.title

    def answered(self, answer):
        """The words of the chosen option; its id says nothing to people."""
        options = {
            option["id"]: strip_tags(option["html"])
            for option in answer.version.presented.get("options", [])
        }
        return options.get(str(answer.response), answer.response)

    def has_add_permission(self, request, obj):
        return False


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["user", "quiz", "number", "state", "points", "submitted_at"]
    list_filter = ["state", "quiz", "submitted_at"]
    list_select_related = ["user", "quiz"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    inlines = [AnswerInline]
    # An attempt's page is for who made it.
    view_on_site = False

    @admin.display(ordering="score")
    def points(self, attempt):
        if attempt.score is None:
            return None
        return f"{attempt.score.normalize():f} / {attempt.out_of}"


@admin.register(Completion)
class CompletionAdmin(ReadOnlyAdmin):
    list_display = ["user", "lesson", "completed_at"]
    list_filter = ["completed_at"]
    list_select_related = ["user", "lesson"]
    search_fields = ["user__username", "lesson__title"]


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    list_display = ["user", "kind", "key", "service", "score", "recorded_at"]
    list_filter = ["kind", "recorded_at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "key"]

    @admin.display(description=_("service"))
    def service(self, result):
        """Of a responsibility line, which is played service by service."""
        return result.detail.get("service")


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display = ["user", "key", "predicted", "decided", "certainty", "recorded_at"]
    list_filter = ["decided", "recorded_at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "key"]
