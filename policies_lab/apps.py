from django.apps import AppConfig


class PoliciesLabConfig(AppConfig):
    name = "policies_lab"
    verbose_name = "Policy lab"
