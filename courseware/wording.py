"""How pages of the school name the engine's terms."""

from django.utils.translation import gettext_lazy as _

# decision: (class of the chip, icon, word)
VERDICTS = {
    "allow": ("allow", "tick", _("Allow")),
    "explicit_deny": ("deny", "stop", _("Explicit deny")),
    "implicit_deny": ("implicit", "circle", _("Implicit deny")),
}
POLICY_WORDS = {
    "identity": _("identity policy"),
    "resource": _("resource policy"),
    "trust": _("trust policy"),
    "boundary": _("permissions boundary"),
    "session": _("session policy"),
    "scp": _("service control policy"),
    "rcp": _("resource control policy"),
    "endpoint": _("VPC endpoint policy"),
}
# Where a decision fell that no single statement made.
STEP_WORDS = {
    "rcp": _("at the resource control policies"),
    "scp": _("at the service control policies"),
    "vpce": _("at the VPC endpoint policy"),
    "block_public_access": _("at Block Public Access"),
    "resource": _("at the resource policy"),
    "acl": _("at the access control list"),
    "identity": _("at the identity policies"),
    "identity+resource": _("at the identity and the resource policy"),
    "identity+acl": _("at the identity policies and the access control list"),
    "boundary": _("at the permissions boundary"),
    "session": _("at the session policy"),
    "root_user": _("as the root user"),
    "none_needed": _("without a policy"),
}
