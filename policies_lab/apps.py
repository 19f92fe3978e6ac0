from django.apps import AppConfig
from django.core import checks


class PoliciesLabConfig(AppConfig):
    name = "policies_lab"
    verbose_name = "Policy lab"

    def ready(self):
        from courseware.activities import register
        from policies_lab.activity import NAME, ScenarioKind, check_scenarios

        register(NAME, ScenarioKind())
        checks.register(check_scenarios, "policies_lab")
