"""Changes of a policy's text: what is meant goes, everything else stays as typed."""

import json

import pytest

from policies_lab.flips import json_edits

TYPED = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "One",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject"
      ],
      "Resource": "arn:aws:s3:::acme/*",
      "Condition": {
        "Bool": { "aws:SecureTransport": "true" },
        "StringEquals": {
          "aws:RequestedRegion": "eu-west-1",
          "aws:PrincipalTag/team": ["a", "b"]
        }
      }
    },
    {"Sid": "Two", "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "s3:*"],
     "Resource": "*", "Condition": {"Null": {"aws:TokenIssueTime": "true"}}}
  ]
}"""


def statements(text):
    return json.loads(text)["Statement"]


def test_a_value_is_added_to_a_list_in_its_own_layout():
    text = json_edits.add_value(TYPED, 0, "Action", 's3:Put"Object')
    assert statements(text)[0]["Action"] == ["s3:GetObject", 's3:Put"Object']
    assert '"s3:GetObject",\n        "s3:Put\\"Object"\n      ],' in text
    again = json_edits.add_value(text, 0, "Action", "s3:ListBucket")
    assert '\\"Object",\n        "s3:ListBucket"\n      ],' in again


def test_a_value_on_one_line_stays_on_it():
    text = json_edits.add_value(TYPED, 1, "NotAction", "ec2:*")
    assert '["iam:*", "sts:*", "s3:*", "ec2:*"],\n' in text
    single = json_edits.add_value('{"Statement":{"Action":["a:b"]}}', 0, "Action", "c")
    assert single == '{"Statement":{"Action":["a:b", "c"]}}'


def test_a_single_value_becomes_a_list():
    text = json_edits.add_value(TYPED, 0, "Resource", "arn:aws:s3:::acme")
    assert '"Resource": ["arn:aws:s3:::acme/*", "arn:aws:s3:::acme"],\n' in text


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (0, '["sts:*", "s3:*"]'),
        (1, '["iam:*", "s3:*"]'),
        (2, '["iam:*", "sts:*"]'),
    ],
)
def test_a_value_is_taken_out_with_its_comma(at, left):
    text = json_edits.drop_value(TYPED, 1, "NotAction", at)
    assert text == TYPED.replace('["iam:*", "sts:*", "s3:*"]', left)


def test_the_only_value_is_not_taken_out():
    assert json_edits.drop_value(TYPED, 0, "Action", 0) is None
    assert json_edits.drop_value(TYPED, 0, "Resource", 0) is None


def test_a_test_goes_alone_or_with_what_held_it():
    key = json_edits.drop_test(TYPED, 0, "StringEquals", "aws:RequestedRegion")
    assert statements(key)[0]["Condition"]["StringEquals"] == {
        "aws:PrincipalTag/team": ["a", "b"]
    }
    operator = json_edits.drop_test(TYPED, 0, "Bool", "aws:SecureTransport")
    assert set(statements(operator)[0]["Condition"]) == {"StringEquals"}
    whole = json_edits.drop_test(TYPED, 1, "Null", "aws:TokenIssueTime")
    assert "Condition" not in statements(whole)[1]
    assert statements(whole)[0] == statements(TYPED)[0]


def test_a_statement_goes_and_the_other_keeps_its_text():
    second = json_edits.drop_statement(TYPED, 0)
    assert [s["Sid"] for s in statements(second)] == ["Two"]
    first = json_edits.drop_statement(TYPED, 1)
    assert first == TYPED[: TYPED.index(',\n    {"Sid": "Two"')] + "\n  ]\n}"


def test_the_only_statement_stays():
    assert json_edits.drop_statement('{"Statement": [{"Sid": "a"}]}', 0) is None
    assert json_edits.drop_statement('{"Statement": {"Sid": "a"}}', 0) is None


def test_surrogates_and_letters_of_other_scripts_survive():
    text = '{"Statement": {"Sid": "é\\ud83d\\ude00", "Resource": ["ü"]}}'
    assert json_edits.add_value(text, 0, "Resource", "ß") == text.replace(
        '["ü"]', '["ü", "ß"]'
    )
