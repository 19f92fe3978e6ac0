"""What the sign-in page says it is for, and the ways out of a refusal."""

from urllib.parse import quote

import pytest

from tests.factories import PASSWORD, make_quiz, make_section

LOGIN = "/accounts/login/"


def sign_in(client, password=PASSWORD, **more):
    return client.post(LOGIN, {"username": "ben", "password": password, **more})


# --- on the way to a quiz ----------------------------------------------------------


@pytest.fixture
def quiz(course):
    return make_quiz(make_section(course, slug="iam"), title="Who is asking")


def test_the_sign_in_says_which_quiz_opens_and_leads_there(client, ben, quiz):
    quiz.course.public = True
    quiz.course.save()
    address = quiz.get_absolute_url()
    response = client.get(address, follow=True)
    html = response.content.decode()
    assert "Sign in to take the quiz “Who is asking”." in html
    assert f'name="next" value="{address}"' in html
    wrong = sign_in(client, "not his", next=address).content.decode()
    assert "Sign in to take the quiz “Who is asking”." in wrong
    assert sign_in(client, next=address).url == address


@pytest.mark.parametrize("change", ["private", "retired", "gone"])
def test_a_quiz_that_is_not_public_is_not_named(client, quiz, change):
    quiz.course.public = change != "private"
    quiz.course.save()
    quiz.retired = change == "retired"
    quiz.save()
    address = quiz.get_absolute_url()
    if change == "gone":
        address = address.replace("iam", "nothing")
    html = client.get(address, follow=True).content.decode()
    assert "Sign in to take this quiz." in html
    assert "Who is asking" not in html


@pytest.mark.parametrize("page", ["", "/desk/", "//[", "/courses/%zz/", "x", "\\"])
def test_a_sign_in_for_anything_else_speaks_of_no_quiz(client, db, page):
    response = client.get(LOGIN, {"next": page})
    assert response.status_code == 200
    assert "quiz" not in response.content.decode()


# --- ways out of a refusal ---------------------------------------------------------


def test_a_refusal_leads_to_the_sign_in_or_to_the_desk(client, signed_in, ben):
    for address, status in [("/nothing/?a=1", 404), ("/accounts/logout/", 405)]:
        guest = client.get(address)
        html = guest.content.decode()
        assert guest.status_code == status
        assert f'href="{LOGIN}?next={quote(address)}">Sign in</a>' in html
        assert "/desk/" not in html
        assert "Cookie" in guest.headers["Vary"]
        html = signed_in(ben).get(address).content.decode()
        assert 'href="/desk/">To my desk</a>' in html
        assert LOGIN not in html


def test_a_refused_form_leads_to_no_page_that_shows_nothing(client, db):
    html = client.post("/nothing/").content.decode()
    assert f'href="{LOGIN}">Sign in</a>' in html


def test_who_may_not_administer_finds_the_way_back(signed_in, ben):
    response = signed_in(ben).get("/admin/login/")
    assert response.status_code == 403
    assert 'href="/desk/">To my desk</a>' in response.content.decode()


def test_a_refusal_asks_no_database(client, signed_in, ben, queries_of):
    them = signed_in(ben)
    # A page that is not there is refused before the view that would ask.
    assert queries_of(lambda: client.get("/nothing/")) == 0
    assert queries_of(lambda: them.get("/nothing/")) == 0
