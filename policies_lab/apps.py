from django.apps import AppConfig
from django.core import checks


class PoliciesLabConfig(AppConfig):
    name = "policies_lab"
    verbose_name = "Policy lab"

    def ready(self):
        from courseware.activities import register, register_example_check
        from policies_lab.activity import NAME, ScenarioKind, check_scenarios
        from policies_lab.challenges import kind
        from policies_lab.exposure import kind as explorer
        from policies_lab.stated import problems

        register(NAME, ScenarioKind())
        register(kind.NAME, kind.ChallengeKind())
        register(explorer.NAME, explorer.ExplorerKind())
        register_example_check(problems)
        checks.register(check_scenarios, "policies_lab")
        checks.register(kind.check_challenges, "policies_lab")
