"""The bench: what is posted is decided, explained, and never lost."""

import json

import pytest

from policies_lab.models import Event
from tests.policies_lab.conftest import HTMX, Bench, document
from tests.policies_lab.pages import fields, read

pytestmark = pytest.mark.django_db


def verdict_of(page):
    return page.one(id="verdict")


def test_the_bench_is_open_to_guests_and_says_nothing_before_it_is_asked(client):
    page = read(client.get("/lab/"))
    assert "Not evaluated yet" in verdict_of(page).text
    assert page.all("svg", look="flowchart") == []
    assert page.all(look="steps") == []


def test_the_opening_example_is_allowed_and_names_its_statement_and_line(bench):
    response = bench.evaluate()
    page = read(response)
    assert response.status_code == 200
    assert page.all("title")[0].text.startswith("Allow · ")
    assert "Allow" in verdict_of(page).one(look="verdict").text
    assert "ReadReports in ReportsForAnalysts" in verdict_of(page).text
    link = verdict_of(page).one("a", look="line")
    assert link.text == "ReadReports, line 4"
    target = page.one(id=link["href"].removeprefix("#"))
    assert target.text.startswith("4")


@pytest.mark.parametrize(
    ("address", "word", "look", "decided_at"),
    [
        ("203.0.113.7", "Allow", "allow", 2),
        ("198.51.100.20", "Explicit deny", "deny", 1),
    ],
)
def test_the_request_is_what_decides(bench, address, word, look, decided_at):
    page = read(bench.fill(context_0_value=address).evaluate())
    badge = verdict_of(page).one(look="verdict")
    assert (badge.text, look in badge.classes) == (word, True)
    current = page.one("li", aria_current="step")
    assert current["data-number"] == str(decided_at)
    assert current.one("details").has("open")


def test_a_switched_off_key_is_absent_and_a_negated_operator_is_then_true(bench):
    page = read(bench.fill(context_0_present=None).evaluate())
    assert verdict_of(page).one(look="verdict").text == "Explicit deny"
    step = page.all("li", look="stops")[0]
    marks = {row.one("th").text: row for row in step.all("tr", look="hit")}
    row = next(row for name, row in marks.items() if "NotIpAddress" in name)
    assert row.one("em").text == "absent"
    assert "aws:SourceIp is absent, and a negated operator is then true." in step.text


def test_nothing_allows_is_an_implicit_deny_that_names_what_came_closest(bench):
    page = read(
        bench.fill(action="s3:PutObject", context_0_value="203.0.113.7").evaluate()
    )
    bar = verdict_of(page)
    assert bar.one(look="verdict").text == "Implicit deny"
    assert "No identity policy of the caller allows s3:PutObject" in bar.text
    assert "ReadReports comes closest: its Action does not match." in bar.text
    assert bar.one("a", look="line").text == "ReadReports, line 7"


def test_after_the_first_element_that_fails_the_rest_is_not_looked_at(bench):
    page = read(bench.fill(action="s3:PutObject").evaluate())
    statements = page.all("article", look="statement")
    (statement,) = [one for one in statements if one.one("b").text == "ReadReports"]
    rows = statement.one("tbody").all("tr")
    assert [row["class"] for row in rows] == ["miss", "unseen"]
    assert rows[0].all("code")[0].text == "s3:GetObject"
    assert rows[0].all("code")[1].text == "s3:PutObject"
    assert rows[1].all("td")[1].text == "not looked at"


def test_the_gutter_says_what_each_statement_did(bench):
    page = read(bench.fill(context_0_value="198.51.100.20").evaluate())
    blocks = page.one(look="editor").all("span", look="stmt")
    assert [block["data-part"] for block in blocks] == ["allowed", "denied"]
    assert "Denied:" in blocks[1].text


def test_chart_and_list_tell_the_same_steps(bench):
    bench.change("add_policy")
    bench.fill(
        policy_1_name="Ceiling",
        policy_1_place="boundary",
        policy_1_document=document({"Action": "ec2:*"}),
    )
    page = read(bench.evaluate())
    steps = page.one("ol", look="steps").all("li")
    listed = [step for step in steps if step.has("data-step")]
    full = page.one(data_chart="full").one("svg")
    nodes = full.all("a")
    assert [step["data-step"] for step in listed] == [
        "explicit_deny",
        "identity",
        "boundary",
    ]
    assert len(nodes) == len(listed)
    for node, step in zip(nodes, listed, strict=True):
        assert page.one(id=node["href"].removeprefix("#"))
        assert step.all("strong")[0].text in node.one("title").text
    ends = full.all("g", look="is-verdict")
    assert [end.text for end in ends] == ["Implicitdeny"]  # on two lines


def test_an_answer_for_htmx_is_the_piece_that_the_page_includes(bench):
    whole = bench.evaluate()
    piece = bench.evaluate(**HTMX)
    assert "<html" not in piece.content.decode()
    assert "policies_lab/lab.html" not in {t.name for t in piece.templates}
    in_page = read(whole).one("form", id="bench")
    alone = read(piece).one("form", id="bench")
    assert alone.text == in_page.text


def test_a_problem_stands_beside_its_policy_with_line_column_and_the_line_quoted(bench):
    text = bench.fields["policy-0-document"].replace('"Deny"', '"Denny"')
    response = bench.fill(policy_0_document=text).evaluate()
    page = read(response)
    assert response.status_code == 422
    problem = page.one("ul", look="problems").one("li")
    link = problem.one("a")
    assert link.text == "Line 12, column 17"
    assert link["href"] == "#id_policy-0-document"
    assert "Did you mean Deny?" in problem.text
    quoted = "".join(problem.one("pre").pieces).split("\n")
    assert quoted[0].index('"Denny"') == quoted[1].index("^")
    area = page.one("textarea", id="id_policy-0-document")
    assert area["aria-invalid"] == "true"
    assert page.one(id=area["aria-describedby"]).all("li")
    assert fields(page)["policy-0-document"] == text
    assert page.all("svg", look="flowchart") == []


def test_every_problem_of_every_policy_and_of_the_request_is_named(bench):
    bench.change("add_policy")
    bench.fill(
        policy_0_document='{"Statement": [{"Effect": "Alow", "Action": "s3:*"}]}',
        policy_1_document="[",
        action="s3:*",
        context_1_key="aws:SecureTransport",
        context_1_value="maybe\x07",
    )
    page = read(bench.evaluate())
    summary = page.one(id="problems")
    assert len(page.one(id="policy-0").one("ul", look="problems").all("li")) == 2
    assert len(page.one(id="policy-1").one("ul", look="problems").all("li")) == 1
    for link in summary.all("a"):
        assert page.one(id=link["href"].removeprefix("#"))
    action = page.one("input", id="id_action")
    assert action["aria-invalid"] == "true"
    assert "wildcard" in page.one(id=action["aria-describedby"]).text


@pytest.mark.parametrize(
    ("place", "name"), [("boundary", "Permissions boundary"), ("resource", "Resource")]
)
def test_a_place_for_one_document_takes_one(bench, place, name):
    for _ in range(2):
        bench.change("add_policy")
    for row in (1, 2):
        bench.fill(**{f"policy_{row}_place": place})
    response = bench.evaluate()
    assert response.status_code == 422
    assert "Only one document can be attached here" in response.content.decode()


def test_a_detached_policy_has_no_say_and_is_not_even_read(bench):
    bench.change("add_policy")
    bench.fill(policy_1_document="not JSON", policy_1_attached=None)
    response = bench.evaluate()
    assert response.status_code == 200
    assert fields(read(response))["policy-1-document"] == "not JSON"
    assert "policy-1-attached" not in fields(read(response))


def test_the_same_key_twice_is_refused_whatever_its_capitals(bench):
    bench.fill(context_1_key="AWS:sourceip", context_1_value="198.51.100.1")
    response = bench.evaluate()
    assert response.status_code == 422
    assert "stands here twice" in response.content.decode()


def test_several_values_of_a_key_are_written_in_brackets(bench):
    any_of = {"ForAnyValue:StringEquals": {"aws:TagKeys": "cost"}}
    bench.fill(
        policy_0_document=document({"Action": "s3:*", "Condition": any_of}),
        context_0_key="aws:TagKeys",
        context_0_value="[env, cost]",
    )
    page = read(bench.evaluate())
    assert verdict_of(page).one(look="verdict").text == "Allow"


def test_what_aws_leaves_open_is_no_decision_and_says_why(bench):
    text = document(
        {
            "Action": "s3:*",
            "Resource": None,
            "NotResource": "arn:aws:s3:::b/${aws:PrincipalTag/team}",
        }
    )
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {k: v for k, v in json.loads(text)["Statement"][0].items() if v}
            ],
        }
    )
    response = bench.fill(policy_0_document=text).evaluate()
    page = read(response)
    assert response.status_code == 422
    assert page.one(id="problems").one("h2").text.startswith("No decision: AWS leaves")
    assert "AWS does not settle" in page.one(id="problems").text
    assert page.one(id="policy-0").one("ul", look="problems").one("a").text


def test_a_prediction_is_answered_and_opens_the_step_where_it_parts(bench):
    bench.fill(predicted="implicit_deny", certainty="3")
    page = read(bench.evaluate())
    callout = page.one("form", id="bench").one(look="callout")
    assert "You said Implicit deny; the trace says Allow" in callout.text
    assert page.one("li", aria_current="step")["data-number"] == "2"
    # The next prediction begins empty: it would be no prediction any more.
    assert "predicted" not in fields(page)


@pytest.mark.parametrize(
    ("key", "predicted", "parting"),
    [
        ("first-allow", "explicit_deny", "1"),
        ("first-allow", "implicit_deny", "2"),
        ("explicit-deny-wins", "allow", "1"),
        ("explicit-deny-wins", "implicit_deny", "1"),
        ("scp-ceiling", "allow", "3"),
        ("scp-ceiling", "explicit_deny", "1"),
        ("session-policy-narrows", "allow", "3"),
        ("both-accounts-must-allow", "allow", "3"),
    ],
)
def test_where_a_wrong_prediction_parts_from_the_trace(client, key, predicted, parting):
    bench = Bench(client, f"/lab/?scenario={key}").fill(predicted=predicted)
    page = read(bench.evaluate())
    assert page.one("li", aria_current="step")["data-number"] == parting
    assert f"part at step {parting}," in page.one("form", id="bench").text


def test_a_right_prediction_is_said_to_be_right(bench):
    page = read(bench.fill(predicted="allow").evaluate())
    callout = page.one("form", id="bench").one(look="callout")
    assert "You said Allow, and so it is" in callout.text


def test_the_place_in_the_chart_is_kept_when_the_request_changes(bench):
    page = read(bench.fill(place="explicit_deny").evaluate())
    assert page.one("li", aria_current="step")["data-step"] == "explicit_deny"
    assert fields(page)["place"] == "explicit_deny"
    page = read(bench.fill(place="boundary").evaluate())
    assert page.one("li", aria_current="step")["data-step"] == "identity"


def test_the_zoom_is_kept(bench):
    page = read(bench.fill(zoom="short").evaluate())
    assert fields(page)["zoom"] == "short"


# --- rows, import and export ---------------------------------------------------


def test_a_policy_can_be_added_named_moved_and_removed(bench):
    page = read(bench.change("add_policy"))
    assert bench.fields["policy_rows"] == "0 1"
    assert page.one("input", name="policy-1-name").has("data-focus")
    bench.fill(policy_1_name="Bucket", policy_1_place="resource", policy_1_via="of b")
    page = read(bench.change("remove_policy 0"))
    assert bench.fields["policy_rows"] == "1"
    assert bench.fields["policy-1-name"] == "Bucket"
    assert page.one("article", look="document").one("h3").text == "Bucket"
    bench.change("add_policy")
    assert bench.fields["policy_rows"] == "1 2"


def test_a_context_key_can_be_added_and_removed(bench):
    bench.change("add_key")
    bench.fill(context_4_key="aws:username", context_4_value="ana")
    bench.change("remove_key 0")
    assert bench.fields["context_rows"] == "1 2 3 4"
    assert bench.fields["context-4-value"] == "ana"


@pytest.mark.parametrize(
    "wish", ["", "nothing", "remove_policy", "remove_policy x", "remove_key -1", "\x00"]
)
def test_a_wish_that_is_none_changes_nothing(bench, wish):
    before = dict(bench.fields)
    response = bench.change(wish)
    assert response.status_code == 200
    assert bench.fields == before


@pytest.mark.parametrize("rows", ["", "x", "-1", "0 0 0", "999999999999", "٣"])
def test_row_numbers_that_are_none_do_no_harm(bench, rows):
    response = bench.fill(policy_rows=rows, context_rows=rows).evaluate()
    assert response.status_code in {200, 422}


def test_no_more_rows_than_the_bench_has_room_for(bench):
    rows = " ".join(map(str, range(500)))
    page = read(bench.client.post("/lab/", bench.fields | {"policy_rows": rows}))
    assert len(page.all("article", look="document")) == 20
    assert page.all("button", value="add_policy") == []


def test_an_export_comes_back_as_the_same_bench(client):
    bench = Bench(client, "/lab/?scenario=scp-ceiling")
    page = read(bench.change("export"))
    text = bench.fields["scenario_json"]
    exported = json.loads(text)
    assert exported["action"] == "sqs:CreateQueue"
    assert [level["level"] for level in exported["policies"]["scps"]] == [
        "root",
        "ou",
        "account",
    ]
    before = verdict_of(read(bench.evaluate())).one(look="verdict").text
    other = Bench(client)
    other.fill(scenario_json=text)
    page = read(other.change("import"))
    assert len(page.all("article", look="document")) == 5
    assert other.fields["principal_arn"] == bench.fields["principal_arn"]
    # No row of the page means two things: the old text is not in a new row's place.
    assert "0" not in other.fields["policy_rows"].split()
    after = verdict_of(read(other.evaluate())).one(look="verdict").text
    assert before == after == "Implicit deny"


def test_keys_that_follow_from_the_caller_do_not_pile_up_in_imports(bench):
    bench.change("export")
    bench.change("import")
    assert len(bench.fields["context_rows"].split()) == 2


def test_an_import_with_problems_changes_nothing_and_names_them(bench):
    before = dict(bench.fields)
    bench.fill(scenario_json='{"principal": {}, "polices": {}\n"action": 1}')
    response = bench.change("import")
    page = read(response)
    assert response.status_code == 422
    assert "line 2, column 1" in page.one(id="problems").text
    assert bench.fields["policy-0-document"] == before["policy-0-document"]
    assert bench.fields["scenario_json"].startswith('{"principal"')


def test_an_import_larger_than_the_bench_is_refused(bench):
    bench.change("export")
    scenario = json.loads(bench.fields["scenario_json"])
    scenario["policies"]["identity"] *= 21
    response = bench.fill(scenario_json=json.dumps(scenario)).change("import")
    assert response.status_code == 422
    assert "room for 20 policies" in response.content.decode()


# --- what was typed, and what is left behind --------------------------------------


def test_every_field_comes_back_as_it_was_typed(client):
    bench = Bench(client, "/lab/?scenario=rcp-closes-the-bucket")
    bench.fill(
        principal_type="role_session",
        principal_arn="arn:aws:sts::444455556666:assumed-role/Reader/pat",
        role_arn="arn:aws:iam::444455556666:role/team/Reader",
        policy_0_name='Say "no" & <go>',
        context_0_value="  spaces kept ",
        service_linked="on",
    )
    for response in (bench.evaluate(), bench.client.post("/lab/", bench.fields)):
        assert fields(read(response)) == bench.fields


def test_the_editor_is_kept_on_the_device_and_predictions_are_not(client):
    page = read(client.get("/lab/"))
    form = page.one("form", id="bench")
    assert (form["data-keep"], form["data-keep-until"]) == ("lab", "discarded")
    assert all(radio.has("data-keep-skip") for radio in form.all("input", type="radio"))
    assert {field["data-keep"] for field in page.all("input", form="bench")} == {
        "lab:policies",
        "lab:keys",
    }
    other = read(client.get("/lab/?scenario=first-allow")).one("form", id="bench")
    assert other["data-keep"] == "lab:first-allow"


def test_an_unknown_scenario_is_not_found(client):
    assert client.get("/lab/?scenario=no-such-thing").status_code == 404


@pytest.mark.parametrize("path", ["/lab/evaluate/"])
def test_evaluating_is_a_post(client, path):
    assert client.get(path).status_code == 405


def test_guests_leave_no_rows(bench, queries_of):
    bench.fill(predicted="allow", certainty="1")
    assert queries_of(bench.evaluate) == 0
    assert queries_of(lambda: bench.client.get("/lab/")) == 0
    assert not Event.objects.exists()


def test_a_larger_bench_costs_no_more_queries(ben, signed_in, queries_of):
    # What is taught somewhere costs one query, however often it is.
    small = Bench(signed_in(ben)).fill(policy_0_document=document({"Action": "*"}))
    large = Bench(signed_in(ben), "/lab/?scenario=scp-ceiling")
    assert queries_of(small.evaluate) == queries_of(large.evaluate)
    assert Event.objects.count() == 2
