"""What was posted to the exposure explorer → settings, and the answer as a page has it.

The engine is the one authority on what a policy may hold.
"""

from dataclasses import fields

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_lab.exposure import deciding
from policies_lab.exposure.deciding import Settings, TooMuchWork, Unreadable
from policies_lab.exposure.people import ACTIONS, CALLERS, Action, Caller
from policies_lab.exposure.policies import (
    BUCKET_POLICIES,
    ELSEWHERE,
    IDENTITY_POLICIES,
    IN_OFFICE,
    OWNER,
    PARTNER,
)
from policies_lab.exposure.sheet import Sheet
from policies_lab.forms import Line
from policies_lab.iam.buckets import OWNERSHIPS, SETTINGS
from policies_lab.places import Found, locate

READY = {"bucket_policy": BUCKET_POLICIES, "identity_policy": IDENTITY_POLICIES}
# What S3 stores as a bucket policy, and IAM as a policy of a user with spaces.
MOST_BUCKET_POLICY, MOST_IDENTITY_POLICY = 20_480, 10_240
OPENING = Settings(
    bucket_policy=BUCKET_POLICIES["public_read"][1],
    identity_policy=IDENTITY_POLICIES["broad"][1],
)

BUCKET_ACLS = (
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "log-delivery-write",
)
OBJECT_ACLS = (
    "private",
    "public-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
)


def _same(names) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


class SettingsForm(forms.Form):
    """All that can be set. Nothing is parsed before the form is valid."""

    organization = forms.BooleanField(required=False)
    account = forms.MultipleChoiceField(choices=_same(SETTINGS), required=False)
    bucket = forms.MultipleChoiceField(choices=_same(SETTINGS), required=False)
    ownership = forms.ChoiceField(choices=_same(OWNERSHIPS))
    bucket_acl = forms.ChoiceField(
        choices=_same(BUCKET_ACLS), label=gettext_lazy("ACL of the bucket")
    )
    object_acl = forms.ChoiceField(
        choices=_same(OBJECT_ACLS), label=gettext_lazy("ACL of the object")
    )
    object_owner = forms.ChoiceField(
        choices=[
            (OWNER, gettext_lazy("The bucket's account")),
            (PARTNER, gettext_lazy("The partner's account, which uploaded it")),
        ],
        label=gettext_lazy("Owner of the object"),
    )
    address = forms.ChoiceField(
        choices=[
            (ELSEWHERE, gettext_lazy("Anywhere")),
            (IN_OFFICE, gettext_lazy("The office")),
        ],
        label=gettext_lazy("Callers come from"),
    )
    bucket_policy = Line(strip=False, max_length=MOST_BUCKET_POLICY)
    identity_policy = Line(strip=False, max_length=MOST_IDENTITY_POLICY)
    bucket_policy_before = Line(strip=False)
    identity_policy_before = Line(strip=False)
    guess = forms.MultipleChoiceField(
        choices=[(caller.key, caller.name) for caller in CALLERS], required=False
    )
    before = Line()
    open = Line()

    def __init__(self, data=None) -> None:
        super().__init__(data, initial=initial(OPENING))

    @property
    def settings(self) -> Settings:
        """What is set; only of a valid form."""
        given = {one.name: self.cleaned_data[one.name] for one in fields(Settings)}
        for name in ("account", "bucket"):
            given[name] = frozenset(given[name])
        for name in READY:
            given[name] = _newlines(given[name])
        return Settings(**given)

    @property
    def opened(self) -> tuple[Caller, Action] | None:
        """The request that somebody wants to see on the bench, if it is one."""
        caller, _space, action = self.cleaned_data["open"].partition(" ")
        callers = {one.key: one for one in CALLERS}
        actions = {one.key: one for one in ACTIONS}
        if caller in callers and action in actions:
            return callers[caller], actions[action]
        return None


def initial(settings: Settings) -> dict:
    return {one.name: getattr(settings, one.name) for one in fields(Settings)}


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n")


def with_ready(data):
    """The same fields; where a ready policy was asked for it stands in its place, and
    what stood there is remembered so that it can come back."""
    field, _colon, key = data.get("put", "").partition(":")
    ready = READY.get(field)
    if ready is None or (key not in ready and key != "before"):
        return data
    data = data.copy()
    text, before = data.get(field, ""), data.get(f"{field}_before", "")
    data[field] = before if key == "before" else ready[key][1]
    if key == "before" or is_own(field, text):
        data[f"{field}_before"] = text
    return data


def is_own(field: str, text: str) -> bool:
    """Whether a text is somebody's own: not blank and none of the ready ones."""
    known = {ready for _name, ready in READY[field].values()}
    return bool(text.strip()) and _newlines(text) not in known


def answered(form: SettingsForm) -> tuple[Sheet | None, list[Found]]:
    """The answer to what was posted, or why there is none."""
    if not form.is_valid():
        return None, _form_problems(form)
    try:
        answer = deciding.answer(form.settings)
    except Unreadable as error:
        return None, _policy_problems(form, error)
    except TooMuchWork:
        message = _(
            "These policies are too much work for so many requests at once. Take "
            "statements, values or wildcards out of them."
        )
        return None, [Found("id_bucket_policy", "", message)]
    said = form.cleaned_data
    return Sheet(answer, said["before"], tuple(said["guess"])), []


def _form_problems(form: SettingsForm) -> list[Found]:
    return [
        Found(f"id_{name}", str(form[name].label), message)
        for name, messages in form.errors.items()
        for message in messages
    ]


def _policy_problems(form: SettingsForm, error: Unreadable) -> list[Found]:
    return [
        locate(
            problem,
            control=f"id_{name}",
            where=POLICY_NAMES[name],
            lines=getattr(form.settings, name).split("\n"),
        )
        for name, problems in error.problems.items()
        for problem in problems
    ]


POLICY_NAMES = {
    "bucket_policy": gettext_lazy("Bucket policy"),
    "identity_policy": gettext_lazy("Ana's policy"),
}
