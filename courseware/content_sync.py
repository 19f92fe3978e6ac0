"""A course as read from its files -> rows, in one transaction.

Importing the same files again writes nothing. What the files no longer have is
retired and not deleted, because learners' work hangs on it; it returns with the
files. A question that changed becomes a new version, and attempts keep theirs.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
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
        if check:
            transaction.set_rollback(True)
    return report


# What happened to a row.
ADDED, CHANGED, RETIRED = "added", "changed", "retired"


class _Sync:
    def __init__(self, vault: Vault, pages: Pages):
        self.vault = vault
        self.pages = pages
        self.report = Report()
        self.content: list = []

    def run(self) -> Report:
        self.course = self._course()
        self._images()
        self._terms()
        sections = self._sections()
        self._lessons(sections)
        self._activities()
        questions = self._questions(sections)
        self._quizzes(sections, questions)
        # The date of the import moves with it, and only when something changed.
        self._update(self.course, {"content_hash": _hash(self.content)})
        return self.report

    def _course(self) -> Course:
        vault = self.vault
        values = {
            "title": vault.title,
            "module": vault.module,
            "summary": vault.summary,
            "public": vault.public,
        }
        self.content.append(values)
        course = Course.objects.select_for_update().filter(slug=vault.slug).first()
        if course is None:
            self.report.count("courses", ADDED)
            return Course.objects.create(slug=vault.slug, content_hash="", **values)
        if self._update(course, values):
            self.report.count("courses", CHANGED)
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
                wanted[lesson.slug] = {
                    "section": sections[section.slug],
                    "title": lesson.title,
                    "question": lesson.question,
                    "minutes": lesson.minutes,
                    "position": lesson.position,
                    "source": lesson.source,
                    "html": page.html,
                    "contents": page.contents,
                    "content_hash": _hash([lesson.source, page.html, page.contents]),
                }
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
        known = Image.objects.filter(course=self.course).defer("data")
        rows = {row.path: row for row in known}
        for image in self.vault.images.values():
            row = rows.pop(image.path, None)
            if row is not None and row.sha256 == image.sha256:
                continue
            Image.objects.update_or_create(
                course=self.course,
                path=image.path,
                defaults={
                    "sha256": image.sha256,
                    "media_type": image.media_type,
                    "data": image.data,
                },
            )
            self.report.count("images", CHANGED if row else ADDED)
        for row in rows.values():
            row.delete()
            self.report.count("images", RETIRED)
        self.content.append({path: im.sha256 for path, im in self.vault.images.items()})

    # --- questions -----------------------------------------------------------

    def _questions(self, sections: dict[str, Section]) -> dict[str, Question]:
        wanted, asked = {}, {}
        for section, use, question in self._asked():
            asked[question.key] = question
            wanted[question.key] = {
                "section": sections[section.slug],
                "use": use,
                "tags": list(question.tags),
            }
        current = QuestionVersion.objects.filter(
            pk__in=Question.objects.filter(course=self.course).values("current")
        )
        hashes = dict(current.values_list("question_id", "content_hash"))

        def version(row: Question) -> bool:
            return self._version(row, hashes.get(row.pk), asked[row.key])

        return self._rows("questions", Question, "key", wanted, also=version)

    def _asked(self) -> Iterable[tuple[SectionFolder, str, gift.Question]]:
        for section in self.vault.sections:
            for question in section.quiz:
                yield section, Question.Use.QUIZ, question
            for question in section.checks:
                yield section, Question.Use.CHECK, question

    def _version(self, row: Question, known: str | None, asked: gift.Question) -> bool:
        """Versions are never changed: another wording is another version."""
        presented, answer_key = presented_and_key(asked)
        content_hash = _hash([asked.type, asked.title, presented, answer_key])
        self.content.append(content_hash)
        if content_hash == known:
            return False
        numbers = row.versions.aggregate(last=Max("number"))
        row.current = QuestionVersion.objects.create(
            question=row,
            number=(numbers["last"] or 0) + 1,
            type=asked.type,
            title=asked.title,
            presented=presented,
            answer_key=answer_key,
            content_hash=content_hash,
        )
        row.save(update_fields=["current"])
        return True

    def _quizzes(
        self, sections: dict[str, Section], questions: dict[str, Question]
    ) -> None:
        wanted, asked = {}, {}
        for section in self.vault.sections:
            if section.quiz_title:
                row = sections[section.slug]
                wanted[row.pk] = {"section": row, "title": section.quiz_title}
                asked[row.pk] = [questions[one.key] for one in section.quiz]

        def places(quiz: Quiz) -> bool:
            return self._places(quiz, asked[quiz.section_id])

        self._rows("quizzes", Quiz, "section_id", wanted, also=places)

    def _places(self, quiz: Quiz, questions: list[Question]) -> bool:
        """A place is where a question stands today; attempts have their own."""
        places = {row.question_id: row for row in quiz.places.all()}
        changed = False
        for position, question in enumerate(questions, start=1):
            place = places.pop(question.pk, None)
            if place is None:
                quiz.places.create(question=question, position=position)
                changed = True
            else:
                changed |= self._update(place, {"position": position})
        for place in places.values():
            place.delete()
        return changed or bool(places)

    # --- rows ----------------------------------------------------------------

    def _rows(
        self,
        kind: str,
        model: type[Model],
        key: str,
        wanted: dict[Any, dict],
        also: Callable[[Any], bool] = lambda row: False,
    ) -> dict[Any, Any]:
        """Bring the course's rows of `model` to `wanted`: key -> values.

        `also` does what hangs on a row, and says whether it changed anything.
        """
        self.content.append([kind, list(wanted.values())])
        rows = {
            getattr(row, key): row for row in model.objects.filter(course=self.course)
        }
        for name, values in wanted.items():
            row = rows.get(name)
            if row is None:
                row = rows[name] = model.objects.create(
                    course=self.course, **{key: name} | values
                )
                outcome = ADDED
            else:
                outcome = ADDED if row.retired else ""
                if self._update(row, values | {"retired": False}):
                    outcome = outcome or CHANGED
            if also(row):
                outcome = outcome or CHANGED
            if outcome:
                self.report.count(kind, outcome)
        for name in rows.keys() - wanted.keys():
            if self._update(rows[name], {"retired": True}):
                self.report.count(kind, RETIRED)
        return {name: rows[name] for name in wanted}

    def _update(self, row: Model, values: dict[str, Any]) -> bool:
        """Write what differs; nothing is written where nothing does."""
        changed = [
            name for name, value in values.items() if getattr(row, name) != value
        ]
        if changed:
            for name in changed:
                setattr(row, name, values[name])
            stamps = ["imported_at"] if isinstance(row, Course) else []
            row.save(update_fields=[*changed, *stamps])
        return bool(changed)


def _hash(content: Any) -> str:
    """The same for the same content on every machine; rows count by their name."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()
