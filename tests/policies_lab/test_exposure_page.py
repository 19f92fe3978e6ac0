"""The exposure explorer as a browser without scripts, and as htmx, has it."""

import json

import pytest

from policies_lab import limits
from policies_lab.exposure.form import MOST_BUCKET_POLICY
from policies_lab.exposure.people import ACTIONS, CALLERS
from policies_lab.exposure.policies import BUCKET_POLICIES
from policies_lab.iam.buckets import SETTINGS
from policies_lab.models import Event
from tests.policies_lab.conftest import HTMX, Bench
from tests.policies_lab.pages import fields, read

pytestmark = pytest.mark.django_db

EXPLORER = "/lab/exposure/"
CASE = "/lab/exposure/case/"
READ = BUCKET_POLICIES["public_read"][1]


class Explorer:
    """A visitor who moves switches and sends the form, without scripts."""

    def __init__(self, client) -> None:
        self.client = client
        self.take(client.get(EXPLORER))

    def take(self, response):
        page = read(response)
        self.fields = fields(page, "exposure")
        for name in ("account", "bucket"):
            boxes = page.all("input", name=name)
            self.fields[name] = [one["value"] for one in boxes if one.has("checked")]
        return response

    def send(self, *, to=EXPLORER, headers=HTMX, **changes):
        htmx = headers or {}
        return self.client.post(to, self.fields | changes, **htmx)

    def press(self, **changes):
        """Send it as a page, and go on with what came back."""
        return self.take(self.send(headers=None, **changes))


@pytest.fixture
def explorer(client):
    return Explorer(client)


def cell(page, caller, action):
    (button,) = [
        one
        for one in page.all("button", name="open")
        if one["value"] == f"{caller} {action}"
    ]
    return button.parent


def statuses(page):
    return [one["data-status"] for one in page.all("li") if one.has("data-status")]


def test_the_page_opens_with_every_answer(client):
    page = read(client.get(EXPLORER))
    assert len(page.all("button", name="open")) == len(CALLERS) * len(ACTIONS)
    assert "Implicit deny" in cell(page, "anonymous", "get").text
    assert "RestrictPublicBuckets" in cell(page, "anonymous", "get").text
    assert "Allow" in cell(page, "ana", "get").text
    assert statuses(page) == ["yellow", "green"]
    assert "6 of 10 can read the object." in page.one(id="exposure-said").text


def test_a_switch_is_moved_and_changes_are_marked(explorer):
    on = [name for name in SETTINGS if name != "RestrictPublicBuckets"]
    page = read(explorer.press(bucket=on, guess=["anonymous", "ana"]))
    assert "was Implicit deny" in cell(page, "anonymous", "get").text
    assert "was" not in cell(page, "ana", "get").text
    assert "3 answers changed." in page.one(id="exposure-said").text
    assert statuses(page) == ["red", "yellow"]
    assert "PublicRead, line 4" in page.text
    guessed = page.one("p", look="callout").text
    assert guessed.startswith("As you ticked: Anonymous. Ticked, and not changed: Ana")
    # Sent again, nothing is new.
    again = read(explorer.press())
    assert "No answer changed." in again.one(id="exposure-said").text
    assert again.all("td", look="moved") == []


def test_htmx_gets_the_answer_and_no_field(explorer):
    response = explorer.send(bucket=[])
    html = response.content.decode()
    assert "<html" not in html
    assert "<textarea" not in html
    page = read(response)
    assert page.one(id="exposure-answer").all("button", name="open")
    assert len(page.all(hx_swap_oob="innerHTML:#exposure-said")) == 1
    assert page.one("input", name="before")["form"] == "exposure"
    assert "HX-Request" in response["Vary"]


def test_a_policy_that_cannot_be_read_is_told_with_its_place_and_kept(explorer):
    wrong = READ.replace('"Allow"', '"Alow"').replace("\n", "\r\n")
    response = explorer.press(bucket_policy=wrong)
    assert response.status_code == 422
    page = read(response)
    told = page.one(id="id_bucket_policy-wrong").text
    assert "Line 6, column 17" in told
    assert page.one("textarea", name="bucket_policy").has("aria-invalid")
    assert not page.one("textarea", name="identity_policy").has("aria-invalid")
    assert explorer.fields["bucket_policy"] == wrong
    assert page.all("button", name="open") == []
    # The next answer is still compared with the last one there was.
    page = read(explorer.press(bucket_policy=READ.replace("GetObject", "ListBucket")))
    assert "was Allow" in cell(page, "ben", "get").text


def test_htmx_is_told_of_a_wrong_policy_beside_its_text(explorer):
    response = explorer.send(identity_policy="{")
    assert response.status_code == 422
    page = read(response)
    (piece,) = page.all(hx_swap_oob="innerHTML:#id_identity_policy-wrong")
    assert "Line 1" in piece.text
    (piece,) = page.all(hx_swap_oob="innerHTML:#id_bucket_policy-wrong")
    assert piece.text == ""


def test_ready_policies_are_put_in_place_and_own_text_comes_back(explorer):
    own = READ.replace("PublicRead", "MyOwn").replace("\n", "\r\n")
    page = read(explorer.press(put="bucket_policy:partner", bucket_policy=own))
    assert "PartnerRead" in explorer.fields["bucket_policy"]
    assert explorer.fields["bucket_policy_before"] == own
    pressed = [b.text for b in page.all("button", aria_pressed="true")]
    assert "One other account" in pressed
    explorer.press(put="bucket_policy:none")
    assert explorer.fields["bucket_policy"] == ""
    assert explorer.fields["bucket_policy_before"] == own
    explorer.press(put="bucket_policy:before")
    assert explorer.fields["bucket_policy"] == own


def test_a_button_that_scripts_have_answered_is_passed_over(explorer):
    """htmx sends the last button that was pressed along with the form."""
    sent = {"put": "bucket_policy:before", "bucket_policy_before": "{"}
    page = read(explorer.send(**sent))
    assert "Allow" in cell(page, "ben", "get").text


@pytest.mark.parametrize("put", ["", "x", "bucket_policy", "ownership:x", "a:b:c"])
def test_what_is_no_ready_policy_changes_nothing(explorer, put):
    before = dict(explorer.fields)
    explorer.press(put=put)
    before.pop("before")
    assert {name: explorer.fields[name] for name in before} == before


def test_a_case_opens_on_the_bench_and_is_decided_there_as_in_the_table(explorer):
    response = explorer.send(to=CASE, headers=None, bucket=[], open="pia x")
    assert response.status_code == 302
    for caller, word in [("anonymous", "Allow"), ("partner_bare", "Implicit deny")]:
        response = explorer.send(to=CASE, headers=None, bucket=[], open=f"{caller} get")
        assert response.status_code == 200
        bench = Bench.__new__(Bench)
        bench.client, bench.fields = explorer.client, fields(read(response))
        assert json.loads(bench.fields["s3"])["block_public_access"]["bucket"] == {}
        decided = read(bench.evaluate())
        assert decided.one(id="verdict").all("span", look="verdict")[0].text == word


@pytest.mark.parametrize("caller", [one.key for one in CALLERS])
def test_every_caller_can_be_taken_to_the_bench(explorer, caller):
    for action in ACTIONS:
        response = explorer.send(to=CASE, headers=None, open=f"{caller} {action.key}")
        sent = fields(read(response))
        assert response.status_code == 200
        assert sent["action"] == action.name
    assert explorer.client.get(CASE).status_code == 405


# --- what nobody should send ----------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"bucket": ["All"]},
        {"account": "x"},
        {"ownership": ""},
        {"bucket_acl": "everybody"},
        {"object_owner": "999"},
        {"address": "0.0.0.0/0"},
        {"guess": ["nobody"]},
        {"bucket_policy": "x" * (MOST_BUCKET_POLICY + 1)},
        {"bucket_policy": "[" * 20_000},
        {"identity_policy": "x" * 20_000},
        {"identity_policy": "\x00"},
        {"bucket_policy": "\ud800".encode("utf-8", "surrogatepass")},
    ],
)
def test_odd_fields_are_answered_with_422(explorer, changes):
    response = explorer.send(headers=None, **changes)
    assert response.status_code == 422
    page = read(response)
    assert "to be put right" in page.one(id="exposure-answer").text
    assert page.all("button", name="open") == []
    assert explorer.send(**changes).status_code == 422
    assert explorer.send(to=CASE, headers=None, **changes).status_code == 422


def test_nothing_at_all_is_answered_with_422(client):
    assert client.post(EXPLORER).status_code == 422


def test_too_much_work_is_refused(explorer):
    resource = ["arn:aws:s3:::*a*b?c*"] * 800
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*"}
    listed = [statement | {"Resource": resource}]
    text = json.dumps({"Version": "2012-10-17", "Statement": listed})
    response = explorer.send(headers=None, bucket_policy=text)
    assert response.status_code == 422
    assert "too much work" in read(response).one(id="exposure-answer").text


def test_what_is_written_is_escaped(explorer):
    sid = "</textarea><script>alert(1)</script>"
    html = explorer.press(bucket_policy=sid, before=sid).content.decode()
    assert "<script>alert" not in html
    assert explorer.fields["bucket_policy"] == sid


def test_a_flood_is_refused_and_all_is_kept(explorer, monkeypatch):
    monkeypatch.setattr(limits.guests, "refill", 0.01)
    for _ in range(int(limits.guests.goes)):
        assert explorer.send().status_code == 200
    own = {"bucket_policy": "mine", "ownership": "ObjectWriter", "bucket": []}
    response = explorer.press(**own)
    assert response.status_code == 429
    assert response["Retry-After"]
    assert "a lot at once" in read(response).one(id="exposure-answer").text
    assert {name: explorer.fields[name] for name in own} == own
    assert explorer.client.get(EXPLORER).status_code == 200
    assert explorer.send(to=CASE, headers=None, open="ana get").status_code == 429


# --- nothing is stored ----------------------------------------------------------------


def test_a_guest_costs_no_query(explorer, django_assert_num_queries):
    with django_assert_num_queries(0):
        explorer.client.get(EXPLORER)
        explorer.send()
        explorer.send(headers=None)
        explorer.send(to=CASE, headers=None, open="ana get")


def test_a_learner_leaves_nothing(ben, signed_in, queries_of):
    explorer = Explorer(signed_in(ben))
    count = queries_of(lambda: explorer.send(bucket=[]))
    assert count <= 3
    assert Event.objects.count() == 0


# --- the ways there -------------------------------------------------------------------


def test_the_lab_links_to_it(client):
    assert read(client.get("/lab/")).all("a", href=EXPLORER)


def test_a_lesson_shows_the_way(client):
    response = client.get(EXPLORER + "?in=lesson", **HTMX)
    page = read(response)
    assert "<html" not in response.content.decode()
    assert page.one("a")["href"] == EXPLORER
    assert read(client.get(EXPLORER + "?in=lesson")).all("form", id="exposure")
