"""Whether an action works on a resource, as far as the catalogue of AWS knows."""

from policies_lab.catalogue import catalogue
from policies_lab.iam.documents import Version
from policies_lab.iam.linting.arns import can_name, form_of, read_pattern


def suits(action: str, resource: str) -> bool:
    """Whether AWS could get the request; yes for what the catalogue does not know."""
    service, _colon, name = action.partition(":")
    facts = catalogue().action(service, name)
    if facts is None or "${" in resource:
        return True
    if not facts.resource_types:
        return resource == "*"
    pattern = read_pattern(resource, Version.V2012)
    types = catalogue().resource_types(service)
    known = [types[name] for name in facts.resource_types if name in types]
    if pattern is None or len(known) < len(facts.resource_types):
        return True
    return any(can_name(pattern, form_of(type_)) for type_ in known)
