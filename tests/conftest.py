"""People by name: ada teaches, ben is enrolled, cleo is a stranger, root is admin."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courseware.models import Enrolment
from tests import factories
from tests.routes import make_samples


@pytest.fixture(autouse=True)
def forget_limits():
    """What one test tried too often is no matter to the next."""
    cache.clear()


@pytest.fixture
def course(db):
    return factories.make_course(slug="cloud", title="Cloud")


@pytest.fixture
def cohort(course):
    return factories.make_cohort(course, name="Autumn")


@pytest.fixture
def ada(cohort):
    person = factories.make_person("ada", first_name="Ada", last_name="Abbot")
    factories.enrol(person, cohort, Enrolment.Role.INSTRUCTOR)
    return person


@pytest.fixture
def ben(cohort):
    person = factories.make_person("ben", first_name="Ben", last_name="Berg")
    factories.enrol(person, cohort)
    return person


@pytest.fixture
def cleo(db):
    return factories.make_person("cleo")


@pytest.fixture
def root(db):
    return factories.make_person("root", is_staff=True, is_superuser=True)


@pytest.fixture
def samples(course, cohort, ben, root):
    """What `all_routes` takes: each address leads to a row that root may see."""
    return make_samples(course=course, cohort=cohort, student=ben, owner=root)


@pytest.fixture
def signed_in():
    """signed_in(user) -> a test client that user has signed in to."""

    def sign_in(user, **options) -> Client:
        client = Client(**options)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def queries_of(db):
    """queries_of(function) -> how many database queries a call makes."""

    def count(function) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            function()
        return len(captured)

    return count
