"""What the page of the explorer shows: its settings, its editors, its answer."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from policies_lab.exposure.form import POLICY_NAMES, READY, SettingsForm
from policies_lab.exposure.people import ACTIONS, CALLERS
from policies_lab.exposure.sheet import Sheet
from policies_lab.iam.buckets import SETTINGS
from policies_lab.places import Found

MOST_SHOWN = 12
SETTING_WORDS = dict(
    zip(
        SETTINGS,
        (
            gettext_lazy("refuses new public lists"),
            gettext_lazy("passes over public lists"),
            gettext_lazy("refuses new public policies"),
            gettext_lazy("keeps a public policy to the account and to services"),
        ),
        strict=True,
    )
)
OWNERSHIP_WORDS = {
    "BucketOwnerEnforced": (
        gettext_lazy("Bucket owner enforced"),
        gettext_lazy("Lists are disabled. The bucket's account owns every object."),
    ),
    "BucketOwnerPreferred": (
        gettext_lazy("Bucket owner preferred"),
        gettext_lazy("Lists count. Uploads may hand the object to the bucket's owner."),
    ),
    "ObjectWriter": (
        gettext_lazy("Object writer"),
        gettext_lazy("Lists count. Whoever uploads an object owns it."),
    ),
}
KINDS = {"bucket_policy": "resource", "identity_policy": "identity"}


@dataclass(frozen=True)
class Editor:
    """One policy: its text, what can be put there instead, what is wrong with it."""

    name: str
    label: str | Promise
    kind: str
    text: str
    before: str
    found: list[Found]

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def ready(self) -> list[tuple[str, str | Promise, str]]:
        return [(key, name, text) for key, (name, text) in READY[self.name].items()]

    @property
    def lines(self) -> int:
        return min(24, max(5, self.text.count("\n") + 1))

    @property
    def shown(self) -> list[Found]:
        return self.found[:MOST_SHOWN]

    @property
    def placed(self) -> bool:
        """Whether each problem has a place in the text: the editor shows it there."""
        return all(one.line for one in self.found)

    @property
    def more(self) -> int:
        return len(self.found) - len(self.shown)


@dataclass(frozen=True)
class Page:
    """All of it. `sheet` is None where there is no answer; `found` says why."""

    form: SettingsForm
    sheet: Sheet | None
    found: list[Found]

    actions = ACTIONS
    callers = CALLERS

    @property
    def switches(self) -> list[tuple[str, str | Promise, bool, bool]]:
        """Each setting, what it does, and whether it is on at account and bucket."""
        account, bucket = (
            self.form[level].value() or () for level in ("account", "bucket")
        )
        return [
            (name, words, name in account, name in bucket)
            for name, words in SETTING_WORDS.items()
        ]

    @property
    def ownerships(self) -> list[tuple[str, str | Promise, str | Promise, bool]]:
        chosen = self.form["ownership"].value()
        return [
            (value, name, about, value == chosen)
            for value, (name, about) in OWNERSHIP_WORDS.items()
        ]

    @property
    def editors(self) -> list[Editor]:
        return [
            Editor(
                name,
                label,
                KINDS[name],
                self.form[name].value() or "",
                self.form[f"{name}_before"].value() or "",
                [one for one in self.found if one.control == f"id_{name}"],
            )
            for name, label in POLICY_NAMES.items()
        ]

    @property
    def before(self) -> str:
        """The verdicts that the next answer is compared with."""
        if self.sheet:
            return self.sheet.answer.letters
        return self.form["before"].value() or ""
