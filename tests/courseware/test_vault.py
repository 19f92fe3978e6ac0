"""Reading a course: what comes out, and each problem with its place."""

import os
import random
import time

import pytest

from courseware import vault
from courseware.problems import VaultProblems
from courseware.vault import Outside
from tests.courseware.small_course import (
    COURSE,
    GLOSSARY,
    LINE,
    ONE,
    QUIZ,
    lesson,
    png,
    small_course,
    write,
)

OUTSIDE = Outside(
    figures=["envelope"],
    kinds=["scenario"],
    activity_exists=lambda kind, key: (kind, key) == ("scenario", "first-allow"),
    beliefs={
        "group-is-a-principal": ("one", "policy", 3),
        "implicit-is-explicit": ("elsewhere", "nowhere", 7),
    },
    taken_ids=["role"],
)


def problems(changes) -> list[str]:
    """What is wrong in the small course with `changes`."""
    with pytest.raises(VaultProblems) as caught:
        vault.read(small_course(changes), outside=OUTSIDE)
    return [str(problem) for problem in caught.value.problems]


def test_a_course_comes_out_as_its_files_say():
    course = vault.read(small_course(), outside=OUTSIDE)
    assert (course.slug, course.title, course.public) == (
        "small",
        "A small course",
        True,
    )
    assert course.module == "Module 9, Small things"
    first, second = course.sections
    assert [one.slug for one in first.lessons] == ["one", "two"]
    assert [one.position for one in first.lessons] == [1, 2]
    assert [one.slug for one in second.lessons] == ["three"]
    assert (first.quiz_title, second.quiz_title) == ("First quiz", "")
    assert [one.key for one in first.quiz] == ["q-one", "q-two"]
    assert list(course.checks) == ["chk-one"]
    assert [(term.slug, term.aliases) for term in course.terms] == [
        ("group", ["groups"]),
        ("iam-role", ["role", "roles"]),
    ]
    assert course.activities[0].data["duty"][0]["answer"] == {"ec2": "customer"}
    assert "title" not in course.activities[0].data
    image = course.images["images/dot.png"]
    assert (image.media_type, image.width, image.height) == ("image/png", 1, 1)


def test_a_folder_reads_like_names_and_bytes(tmp_path):
    write(small_course(), tmp_path)
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / ".obsidian" / "app.json").write_text("{}")
    from_folder = vault.read(tmp_path, outside=OUTSIDE)
    from_bytes = vault.read(small_course(), outside=OUTSIDE)
    assert from_folder.sections == from_bytes.sections
    assert from_folder.images == from_bytes.images


def test_line_ends_and_a_mark_of_byte_order_make_no_difference():
    plain = vault.read(small_course(), outside=OUTSIDE)
    changed = {
        name: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")
        for name, content in small_course().items()
        if not name.endswith(".png")
    }
    assert vault.read(small_course(changed), outside=OUTSIDE).sections == plain.sections


def test_a_path_to_no_folder(tmp_path):
    with pytest.raises(NotADirectoryError):
        vault.read(tmp_path / "nope")


BROKEN = {
    "course.toml": COURSE.replace("public = true", 'public = "yes"\ncolour = "red"'),
    "glossary.md": GLOSSARY + "\n## Grup ^group\naliases: roles\n\nAgain.\n",
    "1-first/01-one.md": lesson(
        "Words about [[Lesson too]] and [[rolle]] and [[two#midle]].\n"
        "\n"
        "# Another title\n"
        "\n"
        "## Same ^same\n"
        "\n"
        "## Again ^same\n"
        "\n"
        "```policy P idenity\n"
        '{"Statement": [\n'
        "  {,\n"
        "]}\n"
        "```\n"
        "\n"
        "```decision\n"
        "principal: ana\n"
        "action: s3:GetObject\n"
        "colour: red\n"
        "decision: denied\n"
        "```\n"
        "\n"
        "> [!nite] What\n"
        "> is this\n"
        "\n"
        "![[images/dot.png]]\n"
        "\n"
        "![[images/dit.png|A dot]]\n"
        "\n"
        "![[figure:envelop]]\n"
        "\n"
        "![[activity:check/chk-two]]\n"
        "\n"
        "![[activity:scenario/second-allow]]\n"
        "\n"
        "![[activity:scenery/first-allow]]\n"
        "\n"
        "[a way out](javascript:alert(1)) ![pixel](https://evil.test/p.gif)\n"
    ),
    "1-first/02-two.md": lesson("Two ways.", slug="one", title="Two"),
    "1-first/quiz.gift": QUIZ.replace("group-is-a-principal", "group-is-principal")
    + "\n// [id:chk-one]\nNothing is right {~a ~b}\n",
    "2-second/01-three.md": "---\nslug: Three\ntitle: 3\nminuts: 3\n---\nText.\n",
    "2-second/notes.txt": "what is this",
    "activities/sides.toml": LINE.replace('ec2 = "customer"', 'ec2 = "us"'),
    "images/dot.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}

EXPECTED = """\
1-first/01-one.md:7: no heading "midle" in the lesson one
1-first/01-one.md:7: no lesson or term "Lesson too"; did you mean "Lesson one"?
1-first/01-one.md:7: no lesson or term "rolle"; did you mean "role"?
1-first/01-one.md:9: the page has one # heading, its title; begin with ##
1-first/01-one.md:13: the address "same" is taken by line 11
1-first/01-one.md:15: unknown policy type "idenity"; did you mean "identity"?
1-first/01-one.md:17: not JSON: Expecting property name enclosed in double quotes \
(column 4)
1-first/01-one.md:21: the decision lacks resource
1-first/01-one.md:22: "ana" is not an ARN, nor what follows the account in one
1-first/01-one.md:24: unknown name "colour"
1-first/01-one.md:25: unknown decision "denied"
1-first/01-one.md:28: unknown callout "nite"; there are note, tip, warning, question, \
summary, correction
1-first/01-one.md:31: the picture has no alternative text: \
![[images/NAME|what it shows]]
1-first/01-one.md:33: no picture "images/dit.png"; did you mean "images/dot.png"?
1-first/01-one.md:35: no figure "envelop"; did you mean "envelope"?
1-first/01-one.md:37: no check "chk-two"; did you mean "chk-one"?
1-first/01-one.md:39: no scenario "second-allow"
1-first/01-one.md:41: no kind of activity "scenery"; did you mean "scenario"?
1-first/01-one.md:43: "javascript:alert": a link goes to http, https or mailto; \
another lesson is linked by [[its slug]]
1-first/01-one.md:43: a picture is written ![[images/NAME|alternative text]] on a \
line of its own; pictures from elsewhere are not shown
1-first/02-two.md:2: the slug "one" is taken by 1-first/01-one.md:2
1-first/quiz.gift:3: no misconception "group-is-principal"; did you mean \
"group-is-a-principal"?
1-first/quiz.gift:17: question 3: no correct answer: none begins with =
2-second/01-three.md:1: the key "minutes" is missing in the front matter
2-second/01-three.md:1: the key "question" is missing in the front matter
2-second/01-three.md:2: "Three" is not a slug: small letters, digits and single \
hyphens, at most 80
2-second/01-three.md:3: "title" is not a text
2-second/01-three.md:4: unknown key "minuts"; did you mean "minutes"?
2-second/notes.txt:1: a course has no place for this file
activities/sides.toml:12: "us" is not provider, customer or shared
course.toml:5: "public" is not true or false
course.toml:6: unknown key "colour"
glossary.md:11: the address "group" is taken by glossary.md:1
glossary.md:11: the term "roles" is taken by glossary.md:6
images/dot.svg:1: not a picture of type png, jpg, webp or gif
misconceptions.toml:3: group-is-a-principal: no heading "policy" in the lesson one
"""


def test_every_problem_of_a_broken_course_is_told_at_once():
    assert problems(BROKEN) == EXPECTED.splitlines()


# --- one thing at a time ------------------------------------------------------


def test_without_a_course_file():
    assert problems({"course.toml": None}) == [
        "course.toml:1: the course has no course.toml"
    ]


def test_toml_that_cannot_be_read_has_its_line():
    [problem] = problems({"course.toml": 'slug = "a"\ntitle = \n'})
    assert problem.startswith("course.toml:2: not TOML: Invalid value")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('slug = "small"', "", 'course.toml:1: the key "slug" is missing'),
        ('slug = "small"', "slug = 3", 'course.toml:1: "slug" is not text in quotes'),
        ('title = "Second"', "", 'course.toml:14: the key "title" is missing'),
        ('"second"', '"first"', 'course.toml:16: the slug "first" is taken'),
        ('title = "First"', 'title = ""', 'course.toml:10: "title" is empty'),
        ('"2-second"', '"2-third"', 'course.toml:15: no folder "2-third" with files'),
        ('quiz = "First quiz"', "", "1-first/quiz.gift is there"),
        (
            'title = "A small',
            'title = "\\u0000',
            "course.toml:2: not TOML: a character",
        ),
        (
            'slug = "second"',
            'slug = "role"',
            "course.toml:16: the page itself uses the",
        ),
        ('title = "A small', f'title = "{"x" * 200}', "course.toml:2: longer than 200"),
    ],
)
def test_course_toml(old, new, problem):
    found = problems({"course.toml": COURSE.replace(old, new)})
    assert any(problem in one for one in found), found


def test_a_quiz_without_its_file():
    assert problems({"1-first/quiz.gift": None}) == [
        "course.toml:12: there is a quiz, but no 1-first/quiz.gift"
    ]


@pytest.mark.parametrize(
    ("front", "problem"),
    [
        ("slug: a\nslug: b", ':3: "slug" stands here a second time'),
        ("slug: &a x\ntitle: *a", ":2: front matter: aliases are not allowed"),
        ("a: &a [x,x]\nb: [*a,*a]", ":2: front matter: aliases are not allowed"),
        ('!!python/object/apply:os.system ["id"]', ":2: front matter: tags are not"),
        ("title: !!str x", ":2: front matter: tags are not allowed"),
        ("title: [a, b]", ":2: front matter: a name has one plain value"),
        ("title:\n  a: b", ":3: front matter: a name has one plain value"),
        ("[" * 2000, ":2: front matter: a name has one plain value"),
        ("just words", ':2: front matter: lines read "name: value"'),
        ("title: 'open", ":2: front matter: "),
        ("slug: one\n? [a]\n: b", ":3: front matter: a name has one plain value"),
        ("minutes: 0", ':2: "minutes" is not 1 to 600'),
        ("minutes: true", ':2: "minutes" is not a whole number'),
        ("title: 2026-11-24", ':2: "title" is not a text'),
        ("title: ''", ':2: "title" is empty'),
        (
            'title: "a\\0b"',
            ":2: front matter: a character that cannot be kept (U+0000)",
        ),
        (
            'title: "\\uFDD0"',
            ":2: front matter: a character that cannot be kept (U+FDD0)",
        ),
    ],
)
def test_front_matter(front, problem):
    found = problems({"2-second/01-three.md": f"---\n{front}\n---\nText.\n"})
    assert any(problem in one for one in found), found


def test_front_matter_that_does_not_begin_or_end():
    assert problems({"2-second/01-three.md": "Text."}) == [
        "2-second/01-three.md:1: a lesson begins with front matter between --- lines"
    ]
    assert problems({"2-second/01-three.md": "---\n" + "a: b\n" * 60}) == [
        "2-second/01-three.md:1: no --- ends the front matter within 50 lines"
    ]


def test_an_empty_lesson():
    text = lesson("", slug="three", title="Three")
    assert problems({"2-second/01-three.md": text}) == [
        "2-second/01-three.md:7: the lesson is empty"
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\ncaf\xe9", "not UTF-8 at byte 5; save the file as UTF-8"),
        (b"\n\xed\xa0\x80", "not UTF-8 at byte 2; save the file as UTF-8"),
        (b"\na\x00b", "column 2 holds a character that cannot be kept (U+0000)"),
        (b"\na\x1bb", "column 2 holds a character that cannot be kept (U+001B)"),
        (
            "\n\ufdd0".encode(),
            "column 1 holds a character that cannot be kept (U+FDD0)",
        ),
    ],
)
@pytest.mark.parametrize("name", ["glossary.md", "1-first/02-two.md", "course.toml"])
def test_bytes_that_are_no_text(name, content, problem):
    assert f"{name}:2: {problem}" in problems({name: content})


def test_a_file_that_is_too_large():
    found = problems({"1-first/02-two.md": lesson("x " * 30_000, "two", "Lesson two")})
    assert any(
        "1-first/02-two.md:1: the file has 60,0" in one and "at most 40,960" in one
        for one in found
    ), found
    found = problems({"images/dot.png": png() + b"\0" * 5_300_000})
    assert any("images/dot.png:1: the file has" in one for one in found)


@pytest.mark.parametrize("name", ["../evil.md", "/etc/x.md", "a\\b.md", "C:x.md"])
def test_names_that_leave_the_folder(name):
    assert problems({name: "x"}) == [f"{name}:1: the name leaves the course's folder"]


def test_links_of_the_file_system_that_leave_the_folder(tmp_path):
    inside, outside = tmp_path / "course", tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text(lesson("Secret.", "secret", "Secret"))
    write(small_course(), inside)
    (inside / "1-first" / "03-secret.md").symlink_to(outside / "secret.md")
    (inside / "images" / "more").symlink_to(outside)
    (inside / "images" / "gone.png").symlink_to(inside / "nowhere.png")
    os.mkfifo(inside / "images" / "pipe.png")
    with pytest.raises(VaultProblems) as caught:
        vault.read(inside, outside=OUTSIDE)
    assert [str(one) for one in caught.value.problems] == [
        "1-first/03-secret.md:1: a link that leaves the course's folder",
        "images/gone.png:1: a link that leads to no file",
        "images/more:1: a link that leaves the course's folder",
        "images/pipe.png:1: neither a file nor a folder",
    ]


def test_too_many_files():
    many = {f"images/{number}.png": b"" for number in range(2_100)}
    assert any("more than 2,000 files" in one for one in problems(many))


def test_a_picture_is_what_its_bytes_say():
    found = problems({"images/dot.png": b"<svg onload=alert(1)>"})
    assert found == [
        '1-first/01-one.md:36: no picture "images/dot.png"',
        "images/dot.png:1: not a picture of type png, jpg, webp or gif",
    ]


def test_addresses_that_the_page_uses():
    text = lesson("## Role\n\nText ^callout-1\n\n## T ^t-role", "three", "Three")
    assert problems({"2-second/01-three.md": text}) == [
        f'2-second/01-three.md:{line}: the page itself uses the address "{name}"; '
        "choose another"
        for line, name in ((7, "role"), (9, "callout-1"), (11, "t-role"))
    ]


def test_a_lesson_is_never_embedded():
    assert (
        problems({"1-first/02-two.md": lesson("![[two]]", "two", "Lesson two")})[-1]
        == "1-first/02-two.md:7: a lesson is linked, not embedded: [[two]]"
    )


def test_definitions_are_plain_paragraphs():
    text = GLOSSARY.replace("A list", "```policy X\n{}\n```\n\nA list")
    assert any(
        one == "glossary.md:4: a definition is one plain paragraph"
        for one in problems({"glossary.md": text})
    )


def test_a_callout_in_a_definition_is_told_with_its_line():
    text = GLOSSARY.replace("A list", "> [!note] A list")
    assert "glossary.md:4: a definition is one plain paragraph" in problems(
        {"glossary.md": text}
    )


def test_names_are_found_whatever_their_case_and_by_file_name():
    text = lesson(
        "[[LESSON ONE]] [[01-one]] [[Iam Role]] [[one#A POLICY]]".replace(
            "A POLICY", "A policy"
        ),
        "three",
        "Three",
    )
    vault.read(small_course({"2-second/01-three.md": text}), outside=OUTSIDE)


def test_a_lesson_wins_over_a_term_of_the_same_name():
    text = lesson("A lesson about groups.", "three", "Group")
    course = vault.read(small_course({"2-second/01-three.md": text}), outside=OUTSIDE)
    assert course.names.lessons["group"].slug == "three"


# --- whatever comes in --------------------------------------------------------


def test_files_with_random_changes_are_read_or_refused_in_words():
    """20 changed bytes anywhere never raise anything but VaultProblems."""
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    names = sorted(small_course())
    for _ in range(300):
        files = small_course()
        for _ in range(chance.randrange(1, 20)):
            name = chance.choice(names)
            content = bytearray(files[name])
            place = chance.randrange(len(content))
            content[place : place + chance.randrange(3)] = chance.choice(
                [
                    b"",
                    b"[[",
                    b"]]",
                    b"\n",
                    b"`",
                    b"{",
                    b"}",
                    b"=",
                    b"\xff",
                    b"> [!",
                    b"---\n",
                ]
            )
            files[name] = bytes(content)
        found = _problems_of(files, seed)
        assert all(one.line >= 1 and one.message for one in found), seed


def _problems_of(files, seed):
    try:
        vault.read(files, outside=OUTSIDE)
    except VaultProblems as error:
        return error.problems
    except Exception as error:
        raise AssertionError(f"seed {seed}") from error
    return []


def test_reading_a_full_sized_course_takes_moments():
    text = ONE.partition("---\n")[2].partition("---\n")[2]
    files = {
        f"1-first/{number:02}-more.md": lesson(
            "\n".join([text.split(" and [[#ends]]")[0]] * 40),
            f"more-{number}",
            f"M{number}",
        )
        for number in range(3, 40)
    }
    began = time.perf_counter()
    course = vault.read(small_course(files), outside=OUTSIDE)
    assert len(course.lessons) == 40
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("content", [b"## Group \xff ^group\n", b"## A\x00 ^a\n"])
def test_a_glossary_that_cannot_be_read_is_the_only_problem(content):
    """The lessons name its terms; none of them is said to be missing."""
    with pytest.raises(VaultProblems) as caught:
        vault.read(small_course({"glossary.md": content}), outside=OUTSIDE)
    assert {problem.path for problem in caught.value.problems} == {"glossary.md"}
