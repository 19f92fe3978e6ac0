"""Every address of the site, for tests that hold of all of them."""

from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

SAMPLES = {
    "SlugConverter": "some-slug",
    "IntConverter": "1",
    "StringConverter": "some-text",
    "PathConverter": "some/path",
    "UUIDConverter": "00000000-0000-0000-0000-000000000000",
}


@dataclass(frozen=True)
class Route:
    name: str
    path: str


def all_routes(*, admin: bool = True) -> list[Route]:
    """One sample address for each pattern; `admin`: with Django's administration."""
    routes = list(_walk(get_resolver(), "/", ""))
    return [route for route in routes if admin or not route.path.startswith("/admin/")]


def _walk(resolver, prefix, namespace):
    for entry in resolver.url_patterns:
        path = prefix + _sample(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name or path}", path)


def _sample(pattern) -> str:
    """The pattern's own text with something fitting for each converter."""
    text = str(pattern)
    for name, converter in pattern.converters.items():
        sample = SAMPLES[type(converter).__name__]
        kind = type(converter).__name__.removesuffix("Converter").lower()
        kind = {"string": "str"}.get(kind, kind)
        text = text.replace(f"<{kind}:{name}>", sample).replace(f"<{name}>", sample)
    if text.startswith("^"):
        # Of the admin: regular expressions for an app's name, and for the rest.
        text = "courseware/" if "app_label" in text else "nothing"
    return text.replace("(?P<url>.*)$", "nothing")
