"""Whether actions, resources and condition keys of one statement go together: an
action on a resource that it does not work on grants nothing and denies nothing."""

from policies_lab.iam.documents import PolicyType
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting import keys
from policies_lab.iam.linting.arns import (
    Pattern,
    can_name,
    form_of,
    shape,
)
from policies_lab.iam.linting.catalogue import Catalogue, ResourceType
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.patterns import is_everything
from policies_lab.iam.linting.reading import Item, Test, View
from policies_lab.iam.linting.vocabulary import Meaning, Vocabulary

_BUCKET, _OBJECT = "bucket", "object"
# Listing all buckets is asked for with this text as its resource.
_ALL_BUCKETS = "arn:aws:s3:::*"


def check(lint: Lint) -> None:
    """Report actions that no resource of their statement suits, and keys that none of
    the statement's actions has."""
    if lint.catalogue is None or lint.vocabulary is None:
        return
    for view in lint.statements:
        if not lint.is_a(PolicyType.TRUST):
            _Fitting(lint, lint.catalogue, lint.vocabulary, view).check()
        _check_keys(lint, lint.catalogue, lint.vocabulary, view)


class _Fitting:
    """One statement's actions against its resources."""

    def __init__(
        self, lint: Lint, catalogue: Catalogue, vocabulary: Vocabulary, view: View
    ) -> None:
        self.lint = lint
        self.catalogue = catalogue
        self.vocabulary = vocabulary
        self.view = view
        self.patterns: list[Pattern] = []
        self.known: dict[tuple[str, str], bool] = {}

    def check(self) -> None:
        resources = self.view.listed_resources
        if not resources or any(is_everything(item.text) for item in resources):
            return
        for item in resources:
            pattern = self.lint.pattern(item.text)
            if pattern is None or pattern.early_variable:
                return
            self.patterns.append(pattern)
        for item in self.lint.sound(self.view.listed_actions):
            meaning = self.vocabulary.meaning(item.text)
            if meaning is not None and meaning.names:
                self.check_action(item, meaning)

    def check_action(self, item: Item, meaning: Meaning) -> None:
        names: dict[str, None] = {}
        for facts in self.vocabulary.facts(meaning):
            if not facts.resource_types and self.has_all_buckets(meaning):
                return
            names |= dict.fromkeys(facts.resource_types)
        types = self.catalogue.resource_types(meaning.service)
        suitable = [types[name] for name in names if name in types]
        if len(suitable) < len(names):
            return
        if any(self.suits(meaning.service, type_) for type_ in suitable):
            return
        self.report(item, meaning, suitable)

    def has_all_buckets(self, meaning: Meaning) -> bool:
        return meaning.service == "s3" and any(
            item.text == _ALL_BUCKETS for item in self.view.listed_resources
        )

    def suits(self, service: str, type_: ResourceType) -> bool:
        """Whether one of the resources can be of a type; yes when it is too much work
        to say."""
        key = (service, type_.name)
        if key not in self.known:
            form = form_of(type_)
            affordable = self.lint.work.spend(len(self.patterns))
            self.known[key] = not affordable or any(
                can_name(pattern, form) for pattern in self.patterns
            )
        return self.known[key]

    def report(
        self, item: Item, meaning: Meaning, suitable: list[ResourceType]
    ) -> None:
        first = self.view.listed_resources[0].text
        names = {type_.name for type_ in suitable}
        if not suitable:
            self.lint.at("action-resource-mismatch", item, variant="no_resource")
        elif meaning.service == "s3" and (wanted := self.of_the_other(names)):
            resource = shown(first.removesuffix("/*"))
            self.lint.at("object-vs-bucket", item, variant=wanted, resource=resource)
        else:
            expected = shape(suitable[0])
            facts = {"resource": shown(first), "expected": expected}
            self.lint.at("action-resource-mismatch", item, **facts)

    def of_the_other(self, names: set[str]) -> str:
        """Return what an S3 action needs when the statement has only the other."""
        for wanted, other in ((_OBJECT, _BUCKET), (_BUCKET, _OBJECT)):
            types = self.catalogue.resource_types("s3")
            if wanted in names and other not in names and other in types:
                return wanted if self.suits("s3", types[other]) else ""
        return ""


def _check_keys(
    lint: Lint, catalogue: Catalogue, vocabulary: Vocabulary, view: View
) -> None:
    """Report a service's key that none of the statement's actions has: it is missing
    from every request that the statement is about."""
    tests = [test for test in view.tests if _belongs_to_service(catalogue, test)]
    if not tests or not view.listed_actions:
        return
    meanings = [vocabulary.meaning(item.text) for item in view.listed_actions]
    known = [meaning for meaning in meanings if meaning is not None and meaning.names]
    if len(known) < len(meanings):
        return
    for test in tests:
        facts = catalogue.condition_key(test.folded)
        if facts and not any(vocabulary.has_key(m, facts.name) for m in known):
            key = shown(test.key)
            lint.add("key-not-in-request", test.path, test.key_span, key=key)


def _belongs_to_service(catalogue: Catalogue, test: Test) -> bool:
    prefix = test.folded.partition(":")[0]
    return (
        not keys.is_global(test.folded)
        and not keys.travels(test.folded)
        and prefix in catalogue.services()
    )
