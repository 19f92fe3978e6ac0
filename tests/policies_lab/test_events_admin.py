"""The record of decisions outlives every attempt to delete from it."""

import pytest
from django.db.models import ProtectedError

from courseware.models import User
from policies_lab.models import Event
from tests.policies_lab.conftest import Bench

EVENTS = "/admin/policies_lab/event/"


@pytest.fixture
def event(cleo, signed_in):
    Bench(signed_in(cleo)).evaluate()
    return Event.objects.get()


def test_nobody_deletes_an_event(signed_in, root, event):
    client = signed_in(root)
    response = client.post(f"{EVENTS}{event.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    page = client.get(EVENTS).content.decode()
    assert event.event_name in page
    assert "delete_selected" not in page
    chosen = {"action": "delete_selected", "_selected_action": [event.pk]}
    client.post(EVENTS, chosen | {"post": "yes"})
    assert Event.objects.filter(pk=event.pk).exists()


def test_an_account_with_events_is_not_deleted(signed_in, root, cleo, event):
    address = f"/admin/courseware/user/{cleo.pk}/delete/"
    assert signed_in(root).post(address, {"post": "yes"}).status_code == 403
    with pytest.raises(ProtectedError):
        cleo.delete()
    assert User.objects.filter(pk=cleo.pk).exists()
    assert Event.objects.filter(pk=event.pk).exists()
