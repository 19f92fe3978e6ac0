import json

import pytest

from policies_lab import limits
from tests.policies_lab.pages import fields, read

LAB = "/lab/"
EVALUATE = "/lab/evaluate/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def fresh_limits():
    """No test pays for what another one asked for."""
    limits.guests.clear()
    limits.members.clear()


class Bench:
    """A visitor at the bench: fills the form in and sends it, without scripts."""

    def __init__(self, client, address: str = LAB) -> None:
        self.client = client
        self.fields = fields(read(client.get(address)))

    def fill(self, **values: str) -> "Bench":
        """Set fields; `policy_0_document` means the field policy-0-document."""
        for name, value in values.items():
            parts = name.split("_", 2)
            if parts[0] in {"policy", "context"} and parts[1].isdigit():
                name = "-".join(parts)
            if value is None:
                self.fields.pop(name, None)
            else:
                self.fields[name] = value
        return self

    def evaluate(self, **headers):
        return self.client.post(EVALUATE, self.fields, **headers)

    def change(self, wish: str, **headers):
        """Press a button that changes the bench, and go on with what came back."""
        response = self.client.post(LAB, self.fields | {"change": wish}, **headers)
        self.fields = fields(read(response))
        return response


@pytest.fixture
def bench(client):
    return Bench(client)


def document(*statements: dict) -> str:
    listed = [{"Effect": "Allow", "Resource": "*"} | each for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": listed}, indent=2)
