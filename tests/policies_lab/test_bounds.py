"""Much input makes a bounded page: what is left out is counted, and nothing is lost."""

import json

import pytest

from policies_lab import bench as benches
from policies_lab import excerpts
from policies_lab.iam import PolicyError, ScenarioError, parse_policy, read_scenario
from policies_lab.iam.problems import MAX_PROBLEMS
from tests.policies_lab.pages import read

LAB = "/lab/"


def fill(bench, *documents):
    """Lay exactly these identity policies on the bench."""
    rows = range(len(documents))
    bench.fill(policy_rows=" ".join(map(str, rows)))
    for row, text in enumerate(documents):
        bench.fill(
            **{
                f"policy_{row}_name": f"P{row}",
                f"policy_{row}_place": "identity",
                f"policy_{row}_level": "account",
                f"policy_{row}_via": "",
                f"policy_{row}_attached": "on",
                f"policy_{row}_document": text,
            }
        )
    return bench


def step_of(response, id):
    items = read(response).all("li")
    return next(item for item in items if item.attributes.get("data-step") == id)


def policy(*statements) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(action, **parts):
    return {"Effect": "Deny", "Action": action, "Resource": "*"} | parts


def many_keys(number):
    return {"StringEquals": {f"aws:k{at}": "a" for at in range(number)}}


def test_problems_without_end_are_named_up_to_a_number():
    text = policy(statement("s3:Get*", Resource=[1] * 1_000))
    with pytest.raises(PolicyError) as refused:
        parse_policy(text)
    *named, last = refused.value.problems
    assert len(named) == MAX_PROBLEMS
    assert {problem.code for problem in named} == {"wrong_type"}
    assert last.code == "more_problems"


def test_as_many_problems_as_are_named_need_no_last_word():
    text = policy(statement("s3:Get*", Resource=[1] * MAX_PROBLEMS))
    with pytest.raises(PolicyError) as refused:
        parse_policy(text)
    assert len(refused.value.problems) == MAX_PROBLEMS


def test_a_scenario_names_no_more_either():
    with pytest.raises(ScenarioError) as refused:
        read_scenario(json.dumps({"context": {"a": [1] * 5_000}}))
    assert len(refused.value.problems) == MAX_PROBLEMS + 1


def test_an_import_with_problems_without_end_is_refused_with_the_text(client):
    text = '{"context":{"a":[' + ",\n".join(["1"] * 5_000) + "]}}"
    posted = {"change": "import", "scenario_json": text, "principal_type": "user"}
    response = client.post(LAB, posted)
    assert response.status_code == 422
    assert text in response.content.decode().replace("&quot;", '"')


def test_an_import_of_any_length_is_not_read(client):
    text = "[" * (benches.MOST_EXCHANGE + 1)
    response = client.post(LAB, {"change": "import", "scenario_json": text})
    assert response.status_code == 422
    assert "characters are taken in" in response.content.decode()


def test_documents_that_are_too_long_together_are_kept_and_not_read(bench):
    long = policy(statement("s3:Get*")) + " " * 30_000
    response = fill(bench, *[long] * 8).evaluate()
    assert response.status_code == 422
    page = response.content.decode()
    assert "is the most that is read" in page
    assert page.count(" " * 30_000) == 8


def test_statements_that_got_nowhere_are_counted(bench):
    nowhere = [statement("a:b")] * 80
    applying = statement("s3:*", Effect="Allow", Sid="TheOne")
    response = fill(bench, policy(*nowhere, applying)).evaluate()
    page = response.content.decode()
    denied = step_of(response, "explicit_deny")
    assert len(list(denied.all("article"))) == excerpts.MOST_STATEMENTS
    assert "40 more were looked at" in page
    assert "TheOne" in page


def test_the_element_that_failed_is_always_marked(bench):
    condition = {
        "StringNotEquals": {f"aws:k{at}": "a" for at in range(60)},
        "StringEquals": {"aws:last": "a"},
    }
    text = policy(statement("s3:*", Effect="Allow", Condition=condition))
    response = fill(bench, text).evaluate()
    allow = step_of(response, "identity")
    marks = [
        row for row in allow.all("tr") if row.attributes.get("class") in {"hit", "miss"}
    ]
    assert len(marks) == excerpts.MOST_ELEMENTS + 1
    assert marks[-1].attributes["class"] == "miss"
    assert "38 more elements stand in the policy" in response.content.decode()


def test_values_that_were_met_are_among_those_shown():
    values = tuple(str(number) for number in range(100))
    shown = excerpts.values(values, hits=(97,))
    assert "97" in shown
    assert shown[-1] == "and 79 more"
    assert excerpts.values(values[:20]) == values[:20]


def test_a_long_document_is_shown_in_part_and_says_so(bench):
    text = policy(statement("s3:Get*")).replace("}]", "}" + "\n" * 2_500 + "]")
    page = fill(bench, text).evaluate().content.decode()
    assert f"{2_501 - excerpts.MOST_LINES} more lines are not shown" in page


def test_what_came_closest_is_three_statements_and_a_few_elements_of_each(bench):
    near = [
        statement("s3:*", Effect="Allow", Condition=many_keys(60)) for _each in range(9)
    ]
    page = read(fill(bench, policy(*near)).evaluate())
    listed = page.one("ol", look="near").all("li")
    assert len(listed) == 3
    for one in listed:
        assert len(one.one("tbody").all("tr")) == excerpts.MOST_UNSEEN
        assert "54 more elements do not match either" in one.text
        assert "and 57 more elements." in one.text


def test_a_bench_too_large_to_try_everything_says_so(bench):
    many = [
        statement(f"s3:Put{at}", Effect="Allow", Resource="arn:aws:s3:::x/" + "y" * 90)
        for at in range(150)
    ]
    page = read(fill(bench, *[policy(*many)] * 6).evaluate())
    told = page.one("section", look="what-if")
    assert "not every change was tried" in told.text
    assert len(told.all("button")) <= 5


def test_carrying_a_change_out_reads_no_more_than_an_evaluation(bench):
    long = policy(statement("s3:Get*")) + " " * 30_000
    fill(bench, *[long] * 8).fill(flip="0" * 16)
    response = bench.evaluate()
    assert response.status_code == 422
    assert "is the most that is read" in response.content.decode()
