"""Courses as the importer wrote them."""

from django.contrib import admin
from django.db.models import Count, Q

from courseware.admin.reading import ReadOnlyAdmin
from courseware.models import Course, Lesson, Section


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    """To change a course, change its files and import them again."""

    list_display = ["title", "slug", "public", "sections", "lessons", "imported_at"]
    list_filter = ["public"]
    search_fields = ["title", "slug"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                section_count=Count(
                    "sections", filter=Q(sections__retired=False), distinct=True
                ),
                lesson_count=Count(
                    "lessons", filter=Q(lessons__retired=False), distinct=True
                ),
            )
        )

    @admin.display(ordering="section_count")
    def sections(self, course):
        return course.section_count

    @admin.display(ordering="lesson_count")
    def lessons(self, course):
        return course.lesson_count


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    list_display = ["title", "course", "position", "retired"]
    list_filter = ["course", "retired"]
    list_select_related = ["course"]
    search_fields = ["title", "slug"]


@admin.register(Lesson)
class LessonAdmin(ReadOnlyAdmin):
    list_display = ["title", "course", "section", "position", "minutes", "retired"]
    list_filter = ["course", "retired"]
    list_select_related = ["course", "section"]
    search_fields = ["title", "slug", "question"]
