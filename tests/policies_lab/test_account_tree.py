"""Where the documents sit: the tree beside the bench."""

import pytest

from policies_lab.account_tree import tree_of
from policies_lab.bench import PolicyRow
from policies_lab.scenarios import ready_scenarios
from tests.policies_lab.pages import read
from tests.policies_lab.test_bench import a_bench


def told(nodes, depth=0) -> list[str]:
    lines = []
    for node in nodes:
        documents = f": {', '.join(node.documents)}" if node.documents else ""
        here = " *" if node.current else ""
        lines.append(f"{'  ' * depth}{node.name}{documents}{here}")
        lines += told(node.children, depth + 1)
    return lines


def of(key: str) -> list[str]:
    return told(tree_of(ready_scenarios()[key].bench))


def test_the_organisation_stands_above_the_account():
    assert of("scp-ceiling") == [
        "Organisation root: SCP FullAWSAccess",
        "  Unit: SCP ReportServices, SCP KeepTheRecords",
        "    Account 1111-2222-3333: SCP FullAWSAccess",
        "      ben: Operations *",
        "      jobs",
    ]


def test_a_group_hands_its_policies_on_and_does_not_ask():
    assert of("explicit-deny-wins") == [
        "Account 1111-2222-3333",
        "  Group Analysts: NoDrafts",
        "  ana: AllOfReports *",
        "  acme-reports",
    ]


def test_a_session_stands_below_its_role():
    assert of("session-policy-narrows") == [
        "Account 1111-2222-3333",
        "  Role ReportEditor: EditReports",
        "    Session ana: LookOnly *",
        "  acme-reports",
    ]


def test_a_resource_elsewhere_stands_in_its_own_account_under_its_own_ceilings():
    assert of("rcp-closes-the-bucket") == [
        "Account 4444-5555-6666",
        "  pat: ReadFromAcme *",
        "Organisation root: RCP OnlyOurOrganisation",
        "  Account 1111-2222-3333",
        "    acme-reports: LetPartnerIn",
    ]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"principal_type": "anonymous", "principal_arn": ""}, "Somebody unknown"),
        (
            {
                "principal_type": "service",
                "principal_arn": "",
                "service": "sns.amazonaws.com",
            },
            "sns.amazonaws.com",
        ),
        ({"principal_type": "root"}, "Root user"),
        ({"principal_arn": ""}, "Nobody yet"),
        ({"resource": ""}, "ana"),
    ],
)
def test_every_caller_has_a_name(given, name):
    lines = told(tree_of(a_bench(**given)))
    assert any(line.strip().startswith(name) and line.endswith("*") for line in lines)


def test_what_is_detached_is_not_in_the_tree():
    rows = [PolicyRow(0, "Gone", attached=False), PolicyRow(1, "Here")]
    assert "Gone" not in "".join(told(tree_of(a_bench(policies=rows))))


def test_a_policy_without_a_name_is_called_so():
    places = ["identity", "boundary", "session", "resource", "scp"]
    rows = [PolicyRow(number, "", place) for number, place in enumerate(places)]
    assert told(tree_of(a_bench(policies=rows, resource="arn:aws:s3:::jobs"))) == [
        "Account 1111-2222-3333: SCP unnamed policy",
        "  ana: unnamed policy, boundary unnamed policy, unnamed policy *",
        "  jobs: unnamed policy",
    ]


@pytest.mark.django_db
def test_the_tree_follows_the_form_even_where_that_is_no_scenario(bench):
    bench.fill(principal_arn="arn:aws:iam::111122223333:user/bo", action="nonsense")
    page = read(bench.evaluate())
    tree = page.one("div", look="tree")
    assert tree.one(aria_current="true").text == "bo"
    assert "Group Analysts ReportsForAnalysts not a principal" in tree.text
