"""Addresses of the school."""

from django.urls import path

from courseware.views import activities, desk, lessons, quizzes, teaching

app_name = "courseware"

COURSE = "courses/<slug:course>/"

urlpatterns = [
    path("", lessons.home, name="home"),
    path("desk/", desk.desk, name="desk"),
    path("courses/", lessons.courses, name="courses"),
    path(COURSE, lessons.course, name="course"),
    path(COURSE + "glossary/", lessons.glossary, name="glossary"),
    path(COURSE + "lessons/<slug:lesson>/", lessons.lesson, name="lesson"),
    path(COURSE + "lessons/<slug:lesson>/complete/", lessons.complete, name="complete"),
    path(COURSE + "images/<str:name>", lessons.image, name="image"),
    path(COURSE + "checks/<slug:key>/", activities.check, name="check"),
    path(COURSE + "lines/<slug:key>/", activities.line, name="line"),
    path(COURSE + "quizzes/<slug:section>/", quizzes.quiz, name="quiz"),
    path(COURSE + "quizzes/<slug:section>/start/", quizzes.start, name="start_attempt"),
    path("attempts/<int:pk>/", quizzes.attempt, name="attempt"),
    path("attempts/<int:pk>/answers/", quizzes.save_all, name="save_answers"),
    path("attempts/<int:pk>/answers/<int:position>/", quizzes.save, name="save_answer"),
    path("attempts/<int:pk>/submit/", quizzes.submit, name="submit_attempt"),
    path("teach/", teaching.teach, name="teach"),
    path("teach/cohorts/<int:pk>/", teaching.cohort, name="teach_cohort"),
    path(
        "teach/cohorts/<int:pk>/people/<int:user>/",
        teaching.student,
        name="teach_student",
    ),
]
