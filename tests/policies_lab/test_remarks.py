"""What is said of a document's text, in the page and in the piece."""

import json

import pytest

from policies_lab import limits, remarks
from policies_lab.iam import PolicyType
from policies_lab.remarks import kind_of, look_over
from tests.policies_lab.conftest import EVALUATE, HTMX, LAB, document
from tests.policies_lab.pages import read

CHECK = "/lab/check/"
BROAD = document({"Action": "s3:*", "Sid": "All"})
MISSPELT = document({"Action": "s3:GetObjekt"})


def check(client, text, place="identity", **more):
    fields = {"document": text, "place": place, "control": "id_it"} | more
    return client.post(CHECK, fields, **HTMX)


def listed(page):
    return page.all("li", look=None) and [
        li for li in page.all("li") if li.has("data-remark")
    ]


def test_a_finding_has_class_place_sentence_remedy_and_lesson(client, built_in_lessons):
    page = read(check(client, document({"Action": "*"})))
    (remark,) = [li for li in listed(page) if li["data-remark"] == "security_warning"]
    assert "Security warning" in remark.text
    assert (
        remark.one("a", href="#id_it")["data-caret"] == remark["data-at"].split("-")[0]
    )
    assert remark.all("p", look="remedy")
    lesson = remark.one(
        "a", href=built_in_lessons("what-a-policy-says#least-privilege")
    )
    assert lesson.text == "The lesson on this"


@pytest.fixture
def built_in_lessons(db):
    from tests import factories

    course = factories.make_course(public=True)
    section = factories.make_section(course)
    factories.make_lesson(section, slug="what-a-policy-says")
    address = f"/courses/{course.slug}/lessons/what-a-policy-says/"
    return lambda lesson: f"{address}#{lesson.partition('#')[2]}"


def test_a_lesson_that_no_course_has_is_not_linked(client, db):
    page = read(check(client, document({"Action": "*"})))
    assert listed(page)
    assert "The lesson on this" not in page.text


@pytest.mark.parametrize(
    ("text", "klass"),
    [
        ("{", "error"),
        (MISSPELT, "error"),
        (document({"Action": "*"}), "security_warning"),
    ],
)
def test_each_class_is_named_in_words(client, db, text, klass):
    remark = listed(read(check(client, text)))[0]
    assert remark["data-remark"] == klass
    assert remark.text.startswith(str(remarks.WORDS[klass]))


def test_a_text_without_a_finding_says_so(client, db):
    text = document(
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-reports/*"}
    )
    page = read(check(client, text))
    assert page.text == "Nothing to remark on in this text."


def test_what_is_written_is_escaped(client, db):
    page = check(client, document({"Action": "<script>alert(1)</script>:x"}))
    assert "<script>" not in page.content.decode()
    assert "&lt;script&gt;" in page.content.decode()


def test_the_type_of_the_document_counts(client, db):
    text = document({"Action": "s3:GetObject"})
    told = {
        place: read(check(client, text, place)).text
        for place in ("identity", "resource")
    }
    assert "Principal" not in told["identity"]
    assert "Principal" in told["resource"]


def test_on_a_role_a_resource_policy_is_a_trust_policy(client, db):
    role = "arn:aws:iam::111122223333:role/deploy"
    assert kind_of("resource", role) is PolicyType.TRUST
    assert kind_of("resource", "arn:aws:s3:::b") is PolicyType.RESOURCE
    assert kind_of("identity", role) is PolicyType.IDENTITY
    trust = {"Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
    text = document(trust)
    told = read(check(client, text, "resource", resource=role)).text
    assert "Resource" in told


def test_findings_are_bounded_and_counted(client, db):
    statements = [{"Action": f"s3:Wrong{n}"} for n in range(30)]
    page = read(check(client, document(*statements)))
    assert len(listed(page)) == remarks.MOST_SHOWN
    more = len(look_over(document(*statements), PolicyType.IDENTITY).all) - 20
    assert f"And {more} more." in page.text


@pytest.mark.parametrize(
    "wrong", [{"place": "nowhere"}, {"control": '"><b>'}, {"control": ""}]
)
def test_what_no_page_sends_is_refused(client, db, wrong):
    fields = {"document": "{", "place": "identity", "control": "id_it"} | wrong
    assert client.post(CHECK, fields).status_code == 400


def test_too_many_are_told_when_to_come_back_and_nothing_is_swapped(
    client, db, monkeypatch
):
    monkeypatch.setattr(limits.guests, "refill", 0.01)
    answers = [check(client, "{") for _ in range(int(limits.guests.goes) + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1
    assert answers[-1]["HX-Reswap"] == "none"
    assert answers[-1].content == b""


# --- at the bench ------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_decision_comes_with_remarks_beneath_each_text(bench, headers):
    bench.fill(policy_0_document=BROAD)
    response = bench.evaluate(**headers)
    assert response.status_code == 200
    policy = read(response).one(id="policy-0")
    assert listed(policy)
    assert policy.one("p", look="looked").text.startswith("To look at:")
    assert policy.one("a", look="at")["href"] == "#id_policy-0-document"


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_without_a_decision_nothing_is_said_twice(bench, headers):
    wrong = document({"Effect": "Permit", "Action": "s3:GetObjekt"})
    bench.fill(policy_0_document=wrong)
    response = bench.evaluate(**headers)
    assert response.status_code == 422
    policy = read(response).one(id="policy-0")
    problems = policy.one("ul", look="problems").all("li")
    places = [li.one("a")["data-caret"] for li in problems]
    said = [li["data-at"].split("-")[0] for li in listed(policy)]
    assert places == ["5:17"]
    assert said
    assert not set(places) & set(said)
    assert "s3:GetObject" in policy.text


def test_before_anything_is_asked_nothing_is_remarked(client, db):
    page = read(client.get(LAB))
    assert page.all("ul", look="remarks") == []
    assert page.all("p", look="looked") == []


def test_the_text_alone_is_checked_without_scripts(bench):
    bench.fill(policy_0_document=MISSPELT)
    response = bench.change("check 0")
    assert response.status_code == 200
    page = read(response)
    assert "s3:GetObjekt" in page.one(id="policy-0").one("ul", look="remarks").text
    assert not page.one(id="verdict").has("data-verdict")
    assert bench.fields["policy-0-document"].replace("\r\n", "\n") == MISSPELT


def test_more_text_than_is_read_at_once_is_left_alone(bench, monkeypatch):
    monkeypatch.setattr(remarks, "MOST_TEXT", 10)
    monkeypatch.setattr("policies_lab.bench_form.MOST_TEXT", 10)
    page = read(bench.fill(policy_0_document=MISSPELT).evaluate())
    assert page.all("ul", look="remarks") == []
    assert page.one(id="verdict").has("data-verdict")


def test_the_page_with_the_editor_has_a_nonce_for_styles_and_others_have_none(
    client, db
):
    with_editor = client.get(LAB)["Content-Security-Policy"]
    assert "'nonce-" in with_editor
    assert "unsafe" not in with_editor
    script = [
        s for s in read(client.get(LAB)).all("script") if s.has("data-codemirror")
    ]
    assert len(script) == 1
    assert (
        "'nonce-"
        not in client.get("/lab/scenarios/first-allow/")["Content-Security-Policy"]
    )


def test_each_answer_has_a_nonce_of_its_own(client, db):
    nonces = {
        next(s["nonce"] for s in read(client.get(LAB)).all("script") if s.has("nonce"))
        for _ in range(3)
    }
    assert len(nonces) == 3


def test_no_piece_of_the_page_needs_a_nonce(bench):
    piece = bench.evaluate(**HTMX)
    assert "nonce" not in piece.content.decode()
    assert "'nonce-" not in piece["Content-Security-Policy"]
    assert EVALUATE in piece.content.decode()


def test_a_text_is_tied_to_what_says_its_type(client, db):
    area = read(client.get(LAB)).one("textarea", id="id_policy-0-document")
    assert area["data-editor"] == "identity"
    assert area["data-editor-place"] == "id_policy-0-place"
    assert json.loads(area.text)
