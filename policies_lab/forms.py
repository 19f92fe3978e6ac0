"""The parts of the bench as forms: who asks and for what, a document, a key, a
prediction. They hold no rules about policies: those are the engine's.
"""

import re
from dataclasses import asdict

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_lab.bench import ContextRow, PolicyRow
from policies_lab.iam import IamError, PolicyType, jsontext
from policies_lab.places import Found
from policies_lab.remarks import Remarks, kind_of
from policies_lab.telling import CERTAINTIES, PLACES, VERDICTS, place_name
from policies_lab.wording import problem_sentence

CALLERS = [
    ("user", gettext_lazy("IAM user")),
    ("role_session", gettext_lazy("Role session")),
    ("root", gettext_lazy("Root user")),
    ("federated_user", gettext_lazy("Federated user session")),
    ("service", gettext_lazy("AWS service")),
    ("anonymous", gettext_lazy("Anonymous")),
    ("web_identity", gettext_lazy("Web identity")),
    ("saml", gettext_lazy("SAML identity")),
]
LEVELS = [
    ("root", gettext_lazy("Root")),
    ("ou", gettext_lazy("Organisational unit")),
    ("account", gettext_lazy("Account")),
]
MOST_SHOWN = 20
KNOWN_KEYS = (
    "aws:CalledVia",
    "aws:CurrentTime",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalTag/team",
    "aws:RequestedRegion",
    "aws:RequestTag/team",
    "aws:ResourceTag/team",
    "aws:SecureTransport",
    "aws:SourceIp",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:username",
    "aws:ViaAWSService",
    "s3:prefix",
    "s3:x-amz-server-side-encryption",
)
EMPTY_POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "",
      "Resource": ""
    }
  ]
}"""
MOST_S3 = 40_000
ROWS = re.compile(r"[0-9]{1,3}", re.ASCII)


class Line(forms.CharField):
    """One line of text that may be empty: the engine says what is missing."""

    def __init__(self, **options) -> None:
        super().__init__(required=False, **options)


class RequestForm(forms.Form):
    """Who asks, and for what."""

    scenario = forms.SlugField(required=False, max_length=80, widget=forms.HiddenInput)
    principal_type = forms.ChoiceField(choices=CALLERS, label=gettext_lazy("Caller"))
    principal_arn = Line(label=gettext_lazy("ARN of the caller"))
    role_arn = Line(label=gettext_lazy("ARN of the role"))
    user_arn = Line(label=gettext_lazy("ARN of the parent user"))
    service = Line(label=gettext_lazy("Service"))
    provider = Line(label=gettext_lazy("Identity provider"))
    service_linked = forms.BooleanField(
        required=False, label=gettext_lazy("The role is service-linked")
    )
    management_account = Line(label=gettext_lazy("Management account"))
    action = Line(label=gettext_lazy("Action"))
    resource = Line(label=gettext_lazy("Resource"))
    resource_account = Line(label=gettext_lazy("Account of the resource"))
    s3 = Line(
        label=gettext_lazy("What S3 has besides policies (JSON)"),
        strip=False,
        max_length=MOST_S3,
    )

    def clean_s3(self) -> str:
        """The text, if there is none or it is a JSON object."""
        text = self.cleaned_data["s3"].replace("\r\n", "\n")
        if not text.strip():
            return ""
        try:
            jsontext.read(jsontext.Source(text))
        except IamError as error:
            problem = error.problems[0]
            facts = {
                "line": problem.span.line,
                "column": problem.span.column,
                "message": problem_sentence(problem),
            }
            raise forms.ValidationError(
                _("Line %(line)d, column %(column)d: %(message)s") % facts
            ) from None
        return text


class PredictionForm(forms.Form):
    """What the learner expects. On the bench it may be left out."""

    predicted = forms.ChoiceField(
        choices=VERDICTS,
        label=gettext_lazy("The verdict"),
        error_messages={"required": gettext_lazy("First choose a verdict.")},
    )
    certainty = forms.TypedChoiceField(
        choices=CERTAINTIES,
        coerce=int,
        empty_value=None,
        label=gettext_lazy("How sure are you?"),
        error_messages={"required": gettext_lazy("Say how sure you are as well.")},
    )

    def __init__(self, data=None, *, optional: bool = False, **options) -> None:
        super().__init__(data, **options)
        self.optional = optional
        if optional:
            for field in self.fields.values():
                field.required = False


class PolicyForm(forms.Form):
    """One document on the bench. No document text is stripped or shortened."""

    name = Line(label=gettext_lazy("Name"), max_length=128)
    place = forms.ChoiceField(choices=PLACES, label=gettext_lazy("Attached as"))
    level = forms.ChoiceField(
        choices=LEVELS, required=False, label=gettext_lazy("Level")
    )
    via = Line(label=gettext_lazy("Where it comes from"), max_length=200)
    attached = forms.BooleanField(required=False, label=gettext_lazy("Attached"))
    document = Line(label=gettext_lazy("Policy document"), strip=False)

    def __init__(self, data=None, *, row: PolicyRow) -> None:
        prefix = f"policy-{row.row}"
        # A row that the page did not have yet begins as a new one does.
        data = data if data and f"{prefix}-place" in data else None
        super().__init__(data, prefix=prefix, initial=asdict(row))
        self.row = row.row
        self.found: list[Found] = []
        self.remarks = Remarks()
        self.looked = False
        self.marks = ""

    @property
    def shown_name(self) -> str:
        return self["name"].value() or _("Unnamed policy")

    @property
    def shown_place(self) -> str:
        place, level = self["place"].value(), self["level"].value()
        known = place in dict(PLACES) and level in {"", *dict(LEVELS)}
        return place_name(place, level) if known else ""

    @property
    def more_found(self) -> int:
        """How many problems there are beyond those that are written out."""
        return max(0, len(self.found) - MOST_SHOWN)

    @property
    def lines(self) -> int:
        """How many lines the editor should have, from 5 to 30."""
        return min(30, max(5, (self["document"].value() or "").count("\n") + 1))

    @property
    def as_shown(self) -> PolicyRow:
        """The row as it stands in the fields, valid or not; without its text."""
        labels = {name: self[name].value() or "" for name in ("name", "place", "via")}
        level = self["level"].value() or "account"
        attached = bool(self["attached"].value())
        return PolicyRow(self.row, level=level, attached=attached, **labels)

    def read(self) -> PolicyRow:
        given = self.cleaned_data if self.is_bound else self.initial
        return PolicyRow(
            row=self.row,
            name=given["name"],
            place=given["place"],
            via=given["via"],
            level=given["level"] or "account",
            document=given["document"].replace("\r\n", "\n"),
            attached=given["attached"],
        )


class CheckForm(forms.Form):
    """A document that is looked over while it is written, and where it stands."""

    document = Line(strip=False)
    place = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in PolicyType])
    resource = Line(max_length=2048)
    control = forms.RegexField(r"^[\w-]{1,64}$")

    def clean_document(self) -> str:
        return self.cleaned_data["document"].replace("\r\n", "\n")

    @property
    def kind(self) -> PolicyType:
        return kind_of(self.cleaned_data["place"], self.cleaned_data["resource"])


class ContextForm(forms.Form):
    """One context key."""

    key = Line(label=gettext_lazy("Key"), max_length=256)
    value = Line(label=gettext_lazy("Value"), strip=False, max_length=8192)
    present = forms.BooleanField(required=False, label=gettext_lazy("Present"))

    def __init__(self, data=None, *, row: ContextRow) -> None:
        prefix = f"context-{row.row}"
        data = data if data and f"{prefix}-key" in data else None
        super().__init__(data, prefix=prefix, initial=asdict(row))
        self.row = row.row

    def read(self) -> ContextRow:
        given = self.cleaned_data if self.is_bound else self.initial
        return ContextRow(self.row, given["key"], given["value"], given["present"])
