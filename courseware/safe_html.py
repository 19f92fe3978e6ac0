"""Markdown to HTML that is safe to show: raw HTML off, then an allow-list.

Nothing that an author writes becomes an attribute but the address of a link
and the number of a list; ids, classes and everything active are put in later,
by `courseware.rendering`, in place of tokens (`courseware.markup`).
"""

import re
from xml.etree.ElementTree import Element

import markdown
import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown.treeprocessors import Treeprocessor

from courseware.brackets import tamed
from courseware.markup import CLOSE, NONCHARACTERS, OPEN, SCHEMES, TOKEN

TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "a", "blockquote", "aside"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
ALIGNMENTS = {"left", "right", "center"}
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
CHARACTER_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,6})|0*([0-9]{1,7}));?")
ADDRESS_AT_END = re.compile(f"\\s*({OPEN}(\\d+){CLOSE})\\s*$")
BLOCKS = {"p", "li", "dd", "dt"}


def lesson_html(text: str, *, addresses: set[int], asides: set[int]) -> str:
    """`addresses` and `asides` are the tokens of block addresses and callouts."""
    converter = _converter()
    converter.treeprocessors.register(_Places(addresses, asides), "places", 15)
    return _sanitised(converter.convert(tamed(text)))


def ours(html: str) -> SafeString:
    """`html` marked as safe: it was sanitised, or put together here."""
    return mark_safe(html)  # noqa: S308 - the one door, for what is said above


def inline_html(text: str) -> str:
    """Paragraphs of emphasis, code and links; nothing that starts a block."""
    return paragraphs_html(COMMENT.sub("", NONCHARACTERS.sub("", text)))


def paragraphs_html(text: str) -> str:
    """The same for text that was scanned: tokens stay in it."""
    converter = _converter()
    for name in ("hr", "olist", "ulist", "quote", "reference", "table", "defindent"):
        converter.parser.blockprocessors.deregister(name, strict=False)
    for name in ("indent", "deflist"):
        converter.parser.blockprocessors.deregister(name, strict=False)
    return _sanitised(converter.convert(tamed(text)))


def _converter() -> markdown.Markdown:
    converter = markdown.Markdown(
        extensions=["tables", "def_list", "sane_lists"],
        extension_configs={"tables": {"use_align_attribute": True}},
    )
    converter.preprocessors.deregister("html_block")
    for name in ("html", "image_link", "image_reference", "short_image_ref"):
        converter.inlinePatterns.deregister(name)
    # Headings and code blocks are ours; indentation alone makes no code.
    for name in ("code", "hashheader", "setextheader"):
        converter.parser.blockprocessors.deregister(name)
    return converter


def _sanitised(html: str) -> str:
    html = nh3.clean(
        CHARACTER_REFERENCE.sub(_unless_token, html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_allowed_value,
        url_schemes={"http", "https", "mailto"},
        clean_content_tags=set(),
        link_rel="noopener noreferrer",
    )
    # A link whose address was refused is no link.
    return re.sub(r"<a>(.*?)</a>", r"\1", html, flags=re.S)


def _unless_token(reference: re.Match) -> str:
    """A reference to a character of which tokens are made would become one."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return "" if 0xFDD0 <= number <= 0xFDEF else reference[0]


def _allowed_value(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _leads_elsewhere(value) else None
    if name == "rel":
        return value  # not the author's: the sanitiser has just set it
    if name == "start":
        return value if re.fullmatch(r"[0-9]{1,6}", value) else None
    return value if value in ALIGNMENTS else None


def _leads_elsewhere(address: str) -> bool:
    """Whether an address may stand; tokens in it would become markup."""
    return address.lower().startswith(SCHEMES) and not NONCHARACTERS.search(address)


class _Places(Treeprocessor):
    """Brings tokens to where they can be replaced by what they stand for."""

    def __init__(self, addresses: set[int], asides: set[int]):
        super().__init__()
        self.addresses = addresses
        self.asides = asides

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in BLOCKS:
                self._address_first(element)
            elif element.tag == "blockquote" and self._is_aside(element):
                element.tag = "aside"
            elif element.tag == "a":
                self._without_tokens(element)

    def _is_aside(self, quote: Element) -> bool:
        first = quote[0].text if len(quote) else None
        found = TOKEN.match(first or "")
        return bool(found and found[1] and int(found[1]) in self.asides)

    def _address_first(self, block: Element) -> None:
        """^id at the end of a block becomes the first thing in it."""
        if len(block) and block[-1].tag not in {"ul", "ol"}:
            holder, name = block[-1], "tail"
        else:
            holder, name = block, "text"
        text = getattr(holder, name) or ""
        found = ADDRESS_AT_END.search(text)
        if found and int(found[2]) in self.addresses:
            setattr(holder, name, text[: found.start()])
            block.text = found[1] + (block.text or "")

    def _without_tokens(self, link: Element) -> None:
        """A link inside a link is dropped: neither HTML nor readers have a use."""
        for element in link.iter():
            element.text = TOKEN.sub("", element.text or "")
            if element is not link:
                element.tail = TOKEN.sub("", element.tail or "")
