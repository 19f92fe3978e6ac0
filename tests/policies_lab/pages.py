"""A page read as a browser without scripts reads it: its form, its text, its marks."""

from collections.abc import Iterable
from html.parser import HTMLParser

VOID = {"input", "br", "hr", "link", "meta", "img", "use", "path", "rect", "circle"}


class Element:
    """One element of a page: its tag, its attributes, its text, its children."""

    def __init__(self, tag: str, attributes: dict[str, str], parent=None) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element] = []
        self.pieces: list[str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def has(self, name: str) -> bool:
        return name in self.attributes

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        """The text inside, with every run of white space as one space."""
        return " ".join("".join(self.pieces).split())

    def all(self, tag: str = "", **attributes: str) -> list["Element"]:
        """Every element inside with the tag, a class (`look=`) or attributes."""
        look = attributes.pop("look", None)
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if tag in {"", element.tag}
            and (look is None or look in element.classes)
            and all(element.attributes.get(n) == v for n, v in wanted.items())
        ]

    def one(self, tag: str = "", **attributes: str) -> "Element":
        (found,) = self.all(tag, **attributes)
        return found

    def walk(self):
        for child in self.children:
            yield child
            yield from child.walk()


class Page(HTMLParser):
    """The tree of a page or fragment, made by `read`."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)

    def handle_endtag(self, tag):
        at = self.here
        while at is not None and at.tag != tag:
            at = at.parent
        if at is not None and at.parent is not None:
            self.here = at.parent

    def handle_data(self, data):
        at = self.here
        while at is not None:
            at.pieces.append(data)
            at = at.parent


def read(response) -> Element:
    page = Page()
    page.feed(response.content.decode())
    return page.root


def fields(page: Element, form: str = "bench") -> dict[str, str]:
    """What a browser would send with that form, less its token and its buttons."""
    (inside,) = page.all("form", id=form)
    return fields_of([*inside.walk(), *page.all("input", form=form)])


def fields_of(elements: Iterable[Element]) -> dict[str, str]:
    """What a browser would send of these elements."""
    sent: dict[str, str] = {}
    for element in elements:
        name = element.attributes.get("name", "")
        if name == "csrfmiddlewaretoken":
            continue
        if name and element.tag in {"input", "select", "textarea"}:
            value = _value(element)
            if value is not None:
                sent[name] = value
    return sent


def _value(element: Element) -> str | None:
    if element.tag == "textarea":
        text = "".join(element.pieces).replace("\r\n", "\n")
        return text.removeprefix("\n").replace("\n", "\r\n")
    if element.tag == "select":
        options = element.all("option")
        chosen = [option for option in options if option.has("selected")]
        return (chosen or options)[0]["value"] if options else None
    if element.attributes.get("type") in {"checkbox", "radio"}:
        if not element.has("checked"):
            return None
        return element.attributes.get("value", "on")
    return element.attributes.get("value", "")
