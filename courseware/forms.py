"""The forms of accounts. One form for each intent."""

import logging
import threading
import unicodedata

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courseware.enrolling import open_cohort
from courseware.models import User
from courseware.text import CleanTextField

logger = logging.getLogger(__name__)

# Hashing takes its time from the length too: no longer one reaches the hasher.
PASSWORD_LIMIT = 4096
USERNAME_LIMIT = 150
ABOUT_PASSWORDS = _(
    "At least 8 characters; not one that many people use, nor close to your name."
)


class PasswordField(CleanTextField):
    """A password as typed: never trimmed, never put into another form."""

    def __init__(self, *, autocomplete: str, **kwargs):
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(
            normalise=False,
            strip=False,
            max_length=PASSWORD_LIMIT,
            widget=widget,
            **kwargs,
        )


class UsernameField(CleanTextField):
    """A user name in the form NFKC, which makes one of many look-alikes."""

    def __init__(self, **kwargs):
        attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        kwargs.setdefault("max_length", USERNAME_LIMIT)
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        # NFKC makes some characters up to 18 times as long: not before the limit.
        if len(text) > USERNAME_LIMIT:
            return text
        return unicodedata.normalize("NFKC", text)


def account_name(typed: str) -> str:
    """The user name of the account that `typed` means, whatever its case."""
    names = User.objects.filter(
        Q(username=typed) | Q(username=typed.lower()) | Q(username__iexact=typed)
    ).values_list("username", flat=True)[:3]
    return typed if typed in names or not names else names[0]


class SignInForm(auth_forms.AuthenticationForm):
    """Answers a wrong password and an unknown user name in the same way."""

    username = UsernameField(label=_("User name"))
    password = PasswordField(label=_("Password"), autocomplete="current-password")

    error_messages = {
        "invalid_login": _(
            "This user name and password do not belong together. The case of "
            "letters matters in a password."
        ),
        "inactive": _("This account has been closed."),
    }

    def clean_username(self):
        return account_name(self.cleaned_data["username"])


class CodeForm(forms.Form):
    """A join code becomes the cohort that it opens."""

    code = CleanTextField(
        label=_("Cohort code"),
        max_length=40,
        help_text=_("Ten letters and digits, from your instructor."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )
    cohort = None

    def clean_code(self):
        code = self.cleaned_data["code"]
        self.cohort = open_cohort(code)
        if self.cohort is None:
            raise ValidationError(
                _(
                    "No cohort can be joined with this code. It may be mistyped, or "
                    "the cohort has ended or takes nobody in any more."
                ),
                code="unknown_code",
            )
        return code


class PersonFields(forms.Form):
    """What people may tell about themselves."""

    name = CleanTextField(
        label=_("Your name"),
        max_length=150,
        help_text=_("Your instructors see it beside your work."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = CleanTextField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        validators=[validate_email],
        help_text=_(
            "To set a new password when you have forgotten yours. Your instructors "
            "see it too."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    person: User | None = None
    EMAIL_TAKEN = _(
        "Another account has this address. Sign in with that account, or choose "
        "another address."
    )

    def clean_email(self):
        return User.objects.normalize_email(self.cleaned_data["email"])

    def refuse_taken_email(self) -> None:
        email = self.cleaned_data.get("email")
        others = User.objects.exclude(pk=self.person and self.person.pk)
        if email and others.filter(email__iexact=email).exists():
            self.add_error("email", self.EMAIL_TAKEN)

    def names(self) -> dict[str, str]:
        """The name as the two fields of the model: the last word is the last name."""
        first, _blank, last = self.cleaned_data["name"].rpartition(" ")
        return (
            {"first_name": first.strip(), "last_name": last}
            if first
            else {"first_name": last, "last_name": ""}
        )


class SignUpForm(CodeForm, PersonFields):
    """A new account, made by whoever has the code of a cohort."""

    username = UsernameField(
        label=_("User name"),
        help_text=_(
            "To sign in with. Letters from a to z, digits and . @ + - _ without blanks."
        ),
        # Letters of other alphabets, and marks on them, are drawn like these: one
        # alphabet has room for one "admin".
        validators=[
            ASCIIUsernameValidator(
                message=_(
                    "A user name has letters from a to z, digits and . @ + - _ alone, "
                    "without accents."
                )
            )
        ],
    )
    password1 = PasswordField(
        label=_("Password"), help_text=ABOUT_PASSWORDS, autocomplete="new-password"
    )
    password2 = PasswordField(label=_("Password again"), autocomplete="new-password")

    field_order = ["code", "name", "username", "email", "password1", "password2"]
    NAME_TAKEN = _("This user name is taken. Choose another one.")

    def clean_username(self):
        return self.cleaned_data["username"].lower()

    def clean(self):
        given = self.cleaned_data
        # Whoever has no code learns nothing about the accounts that there are.
        if "code" in given:
            self.refuse_taken_email()
            self._refuse_taken_name()
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        elif first:
            self._check_password(first)
        return given

    def _refuse_taken_name(self) -> None:
        name = self.cleaned_data.get("username")
        if name and User.objects.filter(username__iexact=name).exists():
            self.add_error("username", self.NAME_TAKEN)

    def _check_password(self, password: str) -> None:
        given = self.cleaned_data
        person = User(username=given.get("username", ""), email=given.get("email", ""))
        if "name" in given:
            person.first_name, person.last_name = self.names().values()
        try:
            validate_password(password, person)
        except ValidationError as error:
            self.add_error("password1", error)

    def create(self) -> User | None:
        """The new account; None, with an error at the field, if the name went first."""
        given = self.cleaned_data
        try:
            with transaction.atomic():
                return User.objects.create_user(
                    username=given["username"],
                    email=given["email"],
                    password=given["password1"],
                    **self.names(),
                )
        except IntegrityError:
            # Somebody took the name or the address after we had looked.
            if User.objects.filter(username__iexact=given["username"]).exists():
                self.add_error("username", self.NAME_TAKEN)
            else:
                self.add_error("email", self.EMAIL_TAKEN)
            return None


class AccountForm(PersonFields):
    """Name and address of the person signed in.

    Another address asks for the password: it could be used to take the account.
    """

    password = PasswordField(
        label=_("Your password"),
        required=False,
        autocomplete="current-password",
        help_text=_("Only needed to change the e-mail address."),
    )

    def __init__(self, person: User, *args, **kwargs):
        kwargs.setdefault(
            "initial", {"name": person.get_full_name(), "email": person.email}
        )
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self):
        given = self.cleaned_data
        if given.get("email", self.person.email) != self.person.email:
            password = given.get("password", "")
            if not password:
                self.add_error(
                    "password", _("A new e-mail address needs your password.")
                )
            elif not self.person.check_password(password):
                self.add_error("password", _("This is not your password."))
            else:
                # Only now: who has which address is told to nobody else.
                self.refuse_taken_email()
        return given

    def save(self) -> bool:
        """Store it; False, with an error at the field, if the address went first."""
        person = self.person
        # Which of its words are the last name can be told only of a new name.
        if "name" in self.changed_data:
            person.first_name, person.last_name = self.names().values()
        person.email = self.cleaned_data["email"]
        try:
            with transaction.atomic():
                person.save(update_fields=["first_name", "last_name", "email"])
        except IntegrityError:
            self.add_error("email", self.EMAIL_TAKEN)
            return False
        return True


class _NewPassword:
    """Sets the limits of every password field of one of Django's forms."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("new_password1", "new_password2", "old_password"):
            if name in self.fields:
                old = self.fields[name]
                self.fields[name] = PasswordField(
                    label=old.label,
                    autocomplete=old.widget.attrs["autocomplete"],
                )
        self.fields["new_password1"].help_text = ABOUT_PASSWORDS
        self.fields["new_password2"].label = _("New password again")


class SetPasswordForm(_NewPassword, auth_forms.SetPasswordForm):
    """A new password for who came by the link in a mail."""


class ChangePasswordForm(_NewPassword, auth_forms.PasswordChangeForm):
    """A new password for who knows the old one."""

    field_order = ["old_password", "new_password1", "new_password2"]


class ResetForm(auth_forms.PasswordResetForm):
    """Sends a link to the stored address of an account, if there is one."""

    email = CleanTextField(
        label=_("E-mail address"),
        max_length=254,
        validators=[validate_email],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def send_mail(
        self, _subject, email_template_name, context, from_email, to_email, **_more
    ):
        """In a thread: how long a mail takes must not tell that there is one."""
        body = render_to_string(email_template_name, context)
        subject = gettext("A new password for Shared Ground")
        message = EmailMessage(subject, body, from_email, [to_email])
        threading.Thread(target=_send, args=(message, context["user"].pk)).start()


def _send(message: EmailMessage, user_pk: int) -> None:
    try:
        message.send()
    except Exception:
        logger.exception("The mail to account %s could not be sent", user_pk)
