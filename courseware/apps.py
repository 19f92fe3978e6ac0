from django.apps import AppConfig


class CoursewareConfig(AppConfig):
    name = "courseware"
    verbose_name = "Courseware"

    def ready(self):
        from courseware import activities
        from courseware.activities import checks, lines

        activities.register(checks.NAME, checks)
        activities.register(lines.NAME, lines)
