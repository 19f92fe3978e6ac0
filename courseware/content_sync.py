"""A course as read from its files -> rows, in one transaction.

Importing the same files again writes nothing. What the files no longer have is
retired and not deleted, because learners' work hangs on it; it returns with the
files. A question that changed becomes a new version, and attempts keep theirs.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max, Model

from courseware.course_pages import Pages
from courseware.exchange import gift
from courseware.models import (
    Activity,
    Course,
    Image,
    Lesson,
    Question,
    QuestionVersion,
    Quiz,
    QuizQuestion,
    Section,
    Term,
)
from courseware.question_types.from_gift import presented_and_key
from courseware.vault import SectionFolder, Vault


@dataclass
class Report:
    """How many rows of each kind were added, changed or retired."""

    counts: dict[str, Counter] = field(default_factory=dict)

    def count(self, kind: str, what: str) -> None:
        self.counts.setdefault(kind, Counter())[what] += 1

    def total(self, what: str) -> int:
        return sum(counter[what] for counter in self.counts.values())

    def __str__(self) -> str:
        return _sentence(self.total)

    def lines(self) -> list[str]:
        """One line for each kind in which something happened."""
        return [
            f"{kind}: {_sentence(counter.__getitem__)}"
            for kind, counter in self.counts.items()
        ]


def _sentence(count) -> str:
    return ", ".join(
        f"{count(word)} {word}" for word in ("added", "changed", "retired")
    )


def sync(vault: Vault, *, check: bool = False) -> Report:
    """Take over `vault`; with `check` everything is done, and then undone.

    Raises VaultProblems where a page names something that is not there.
    """
    pages = Pages(vault)
    pages.render()
    with transaction.atomic():
        report = _Sync(vault, pages).run()
        transaction.set_rollback(check)
    return report


class _Sync:
    def __init__(self, vault: Vault, pages: Pages):
        self.vault = vault
        self.pages = pages
        self.report = Report()

    def run(self) -> Report:
        self.course = self._course()
        self._images()
        self._terms()
        sections = self._sections()
        self._lessons(sections)
        self._activities()
        questions = self._questions(sections)
        self._quizzes(sections, questions)
        return self.report

    def _course(self) -> Course:
        vault = self.vault
        values = {
            "title": vault.title,
            "module": vault.module,
            "summary": vault.summary,
            "public": vault.public,
            "content_hash": self.pages.content_hash(),
        }
        course = Course.objects.select_for_update().filter(slug=vault.slug).first()
        if course is None:
            self.report.count("courses", "added")
            return Course.objects.create(slug=vault.slug, **values)
        if self._update(course, values):
            self.report.count("courses", "changed")
        return course

    def _sections(self) -> dict[str, Section]:
        wanted = {
            section.slug: {
                "title": section.title,
                "summary": section.summary,
                "position": section.position,
            }
            for section in self.vault.sections
        }
        return self._rows("sections", Section, "slug", wanted)

    def _lessons(self, sections: dict[str, Section]) -> None:
        wanted = {}
        for section in self.vault.sections:
            for lesson in section.lessons:
                page = self.pages.lessons[lesson.slug]
                values = {
                    "section": sections[section.slug],
                    "title": lesson.title,
                    "question": lesson.question,
                    "minutes": lesson.minutes,
                    "position": lesson.position,
                    "source": lesson.source,
                    "html": page.html,
                    "contents": page.contents,
                }
                values["content_hash"] = _hash(
                    [lesson.source, page.html, page.contents]
                )
                wanted[lesson.slug] = values
        self._rows("lessons", Lesson, "slug", wanted)

    def _terms(self) -> None:
        wanted = {
            term.slug: {
                "name": term.name,
                "aliases": term.aliases,
                "html": f"<p>{self.pages.definitions[term.slug]}</p>",
                "position": position,
            }
            for position, term in enumerate(self.vault.terms, start=1)
        }
        self._rows("terms", Term, "slug", wanted)

    def _activities(self) -> None:
        wanted = {
            activity.key: {
                "kind": activity.kind,
                "title": activity.title,
                "data": activity.data,
            }
            for activity in self.vault.activities
        }
        self._rows("activities", Activity, "key", wanted)

    def _images(self) -> None:
        """Pictures hold no work of learners: those that went are deleted."""
        rows = {row.path: row for row in Image.objects.filter(course=self.course)}
        for image in self.vault.images.values():
            row = rows.pop(image.path, None)
            values = {
                "sha256": image.sha256,
                "media_type": image.media_type,
                "data": image.data,
            }
            if row is None:
                Image.objects.create(course=self.course, path=image.path, **values)
                self.report.count("images", "added")
            elif row.sha256 != image.sha256:
                self._update(row, values)
                self.report.count("images", "changed")
        for row in rows.values():
            row.delete()
            self.report.count("images", "retired")

    # --- questions -----------------------------------------------------------

    def _questions(self, sections: dict[str, Section]) -> dict[str, Question]:
        asked = list(self._asked())
        wanted = {
            question.key: {
                "section": sections[section.slug],
                "use": use,
                "tags": list(question.tags),
            }
            for section, use, question in asked
        }
        before = Counter(self.report.counts.get("questions"))
        rows = self._rows("questions", Question, "key", wanted)
        current = {
            version.question_id: version
            for version in QuestionVersion.objects.filter(
                pk__in=[row.current_id for row in rows.values() if row.current_id]
            )
        }
        for _section, _use, question in asked:
            row = rows[question.key]
            self._version(row, current.get(row.pk), question)
        del before
        return rows

    def _asked(self) -> Iterable[tuple[SectionFolder, str, gift.Question]]:
        for section in self.vault.sections:
            for question in section.quiz:
                yield section, Question.Use.QUIZ, question
            for question in section.checks:
                yield section, Question.Use.CHECK, question

    def _version(
        self, row: Question, current: QuestionVersion | None, question: gift.Question
    ) -> None:
        """Versions are never changed: another wording is another version."""
        presented, answer_key = presented_and_key(question)
        content = [question.type, question.title, presented, answer_key]
        if current and current.content_hash == _hash(content):
            return
        numbers = QuestionVersion.objects.filter(question=row)
        last = numbers.aggregate(last=Max("number"))["last"] or 0
        row.current = QuestionVersion.objects.create(
            question=row,
            number=last + 1,
            type=question.type,
            title=question.title,
            presented=presented,
            answer_key=answer_key,
            content_hash=_hash(content),
        )
        row.save(update_fields=["current"])
        if current:
            self.report.count("question versions", "added")

    def _quizzes(
        self, sections: dict[str, Section], questions: dict[str, Question]
    ) -> None:
        wanted = {
            sections[section.slug].pk: {
                "section": sections[section.slug],
                "title": section.quiz_title,
            }
            for section in self.vault.sections
            if section.quiz_title
        }
        rows = self._rows("quizzes", Quiz, "section_id", wanted)
        for section in self.vault.sections:
            if section.quiz_title:
                quiz = rows[sections[section.slug].pk]
                self._places(quiz, [questions[one.key] for one in section.quiz])

    def _places(self, quiz: Quiz, questions: list[Question]) -> None:
        """A place is where a question stands today; attempts have their own."""
        places = {row.question_id: row for row in quiz.places.all()}
        for position, question in enumerate(questions, start=1):
            place = places.pop(question.pk, None)
            if place is None:
                QuizQuestion.objects.create(
                    quiz=quiz, question=question, position=position
                )
            else:
                self._update(place, {"position": position})
        for place in places.values():
            place.delete()

    # --- rows ----------------------------------------------------------------

    def _rows(
        self, kind: str, model: type[Model], key: str, wanted: dict[Any, dict]
    ) -> dict[Any, Any]:
        """Bring the course's rows of `model` to `wanted`: key -> values."""
        rows = {
            getattr(row, key): row for row in model.objects.filter(course=self.course)
        }
        for name, values in wanted.items():
            row = rows.get(name)
            if row is None:
                values = {key: name, **values}
                rows[name] = model.objects.create(course=self.course, **values)
                self.report.count(kind, "added")
            elif row.retired:
                self._update(row, values | {"retired": False})
                self.report.count(kind, "added")
            elif self._update(row, values):
                self.report.count(kind, "changed")
        for name in rows.keys() - wanted.keys():
            if not rows[name].retired:
                self._update(rows[name], {"retired": True})
                self.report.count(kind, "retired")
        return {name: rows[name] for name in wanted}

    def _update(self, row: Model, values: dict[str, Any]) -> bool:
        """Write what differs; nothing is written where nothing does."""
        changed = [
            name for name, value in values.items() if getattr(row, name) != value
        ]
        if changed:
            for name in changed:
                setattr(row, name, values[name])
            row.save(update_fields=changed)
        return bool(changed)


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
