"""Pictures of a course: by their hash, of readable courses only, and harmless."""

import pytest

from tests import factories

DATA = b"\x89PNG\r\n\x1a\n and so on" * 20


@pytest.fixture
def image(course):
    return factories.make_image(course, data=DATA)


@pytest.fixture
def address(course, image):
    return f"{course.get_absolute_url()}images/{image.sha256}.png"


def test_a_member_gets_the_bytes(signed_in, ben, address):
    response = signed_in(ben).get(address)

    assert response.status_code == 200
    assert response.content == DATA
    assert response.headers["Content-Type"] == "image/png"


def test_it_may_be_kept_for_ever_and_does_nothing(signed_in, ben, address):
    headers = signed_in(ben).get(address).headers

    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_of_a_public_course_everybody_gets_it_without_a_cookie(client, course, address):
    course.public = True
    course.save()
    response = client.get(address)

    assert response.content == DATA
    assert response.headers["Cache-Control"].startswith("public, max-age=")
    assert not response.cookies


def test_strangers_do_not(client, signed_in, cleo, address):
    assert client.get(address).status_code == 404
    assert signed_in(cleo).get(address).status_code == 404


def test_another_course_does_not_have_it(signed_in, root, image):
    other = factories.make_course()
    address = f"{other.get_absolute_url()}images/{image.sha256}.png"
    assert signed_in(root).get(address).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "{sha}",
        "{sha}.gif",
        "{sha}.svg",
        "{sha}.png.html",
        "{sha}.PNG",
        "{SHA}.png",
        "{short}.png",
        "0000.png",
        ".png",
        "%2e%2e.png",
    ],
)
def test_any_other_name_is_not_found(signed_in, ben, course, image, name):
    name = name.format(
        sha=image.sha256, SHA=image.sha256.upper(), short=image.sha256[:-1]
    )
    address = f"{course.get_absolute_url()}images/{name}"
    assert signed_in(ben).get(address).status_code == 404


def test_the_same_picture_twice_is_one_address(signed_in, ben, course, address):
    factories.make_image(course, data=DATA)
    assert signed_in(ben).get(address).status_code == 200


def test_both_endings_of_a_jpeg_are_known(signed_in, ben, course):
    image = factories.make_image(course, data=b"\xff\xd8", media_type="image/jpeg")
    for ending in ("jpg", "jpeg"):
        address = f"{course.get_absolute_url()}images/{image.sha256}.{ending}"
        response = signed_in(ben).get(address)
        assert response.headers["Content-Type"] == "image/jpeg"


def test_nothing_can_be_posted(signed_in, ben, address):
    assert signed_in(ben).post(address).status_code == 405
