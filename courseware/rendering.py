"""A lesson's text -> the HTML of its page: sanitised, and then completed.

Pure: everything that the text refers to is looked up in the `Surroundings` that
the caller hands in. Markdown sees tokens where the vocabulary has something of
its own (`courseware.markup`); they survive sanitising as text and are replaced
here, so that every id, class and active element in the result is ours.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from itertools import count

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courseware import examples, safe_html
from courseware.drawings import with_own_ids
from courseware.links import (
    LessonName,
    Names,
    ToLesson,
    ToModule,
    ToTerm,
    Unresolved,
)
from courseware.listings import json_lines
from courseware.markup import (
    CLOSE,
    END,
    OPEN,
    BlockAddress,
    Callout,
    Divider,
    Document,
    Embed,
    Fence,
    Heading,
    Link,
    Note,
    NoteReference,
    plain,
)
from courseware.safe_html import ours
from courseware.wording import POLICY_WORDS, STEP_WORDS, VERDICTS

CALLOUT_LOOKS = {
    # type: (classes, icon, the title where the author gives none)
    "note": ("callout", "info", gettext_lazy("Note")),
    "tip": ("callout good", "tick", gettext_lazy("Tip")),
    "warning": ("callout warn", "alert", gettext_lazy("Take care")),
    "question": ("callout", "eye", gettext_lazy("Question")),
    "summary": ("callout", "flag", gettext_lazy("In short")),
    "correction": ("callout correction", "", gettext_lazy("Older notes say")),
}
OWN_BLOCK = re.compile(f"<p>\\s*{OPEN}(\\d+){CLOSE}\\s*</p>")
ASIDE = re.compile(f"<aside>\\s*<p>{OPEN}(\\d+){CLOSE}([^{END}\\n]*){END}\\s*</p>")
# A title is one line: without that, a paragraph that begins with a term would run
# on to the end of the next heading.
TITLED = re.compile(f"<p>{OPEN}(\\d+){CLOSE}([^{END}\\n]*){END}\\s*</p>")
ADDRESSED = re.compile(f"<(p|li|dd|dt)>\\s*{OPEN}(\\d+){CLOSE}")
INLINE = re.compile(f"{OPEN}(\\d+){CLOSE}")


@dataclass(frozen=True)
class ImageShown:
    """`width` and `height` in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class ActivityShown:
    title: str
    url: str


@dataclass(frozen=True)
class Surroundings:
    """What a page can refer to. The functions give None for what is not there.

    `definition` is the inline HTML of a term; `figure` the markup of a drawing
    of ours; `module_url` leads to a course that is installed.
    """

    names: Names
    lesson_url: Callable[[str], str]
    term_url: Callable[[str], str]
    definition: Callable[[str], str]
    module_url: Callable[[str, str], str | None]
    image: Callable[[str], ImageShown | None]
    figure: Callable[[str], str | None]
    activity: Callable[[str, str], ActivityShown | None]


@dataclass
class Rendered:
    """`contents` lists the headings of levels 2 and 3; `words` counts the text's."""

    html: str
    contents: list[dict] = field(default_factory=list)
    words: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


def render_lesson(
    document: Document, surroundings: Surroundings, here: LessonName
) -> Rendered:
    return _Page(document, surroundings, here).render()


def render_definition(document: Document, surroundings: Surroundings) -> Rendered:
    """The text of a glossary entry, as inline HTML. Terms in it are plain links."""
    page = _Page(document, surroundings, None)
    page.popovers = False
    html = page.completed(safe_html.paragraphs_html(document.text))
    html = re.sub(r"</p>\s*<p>", " ", html.strip())
    html = html.removeprefix("<p>").removesuffix("</p>")
    return Rendered(html, problems=page.problems)


def render_inline(text: str) -> str:
    """Text of a question: paragraphs with emphasis, code and links."""
    return safe_html.inline_html(text)


class _Page:
    def __init__(
        self, document: Document, surroundings: Surroundings, here: LessonName | None
    ):
        self.document = document
        self.pieces = document.pieces
        self.around = surroundings
        self.here = here
        self.popovers = True
        self.defined: set[str] = set()
        self.numbers = {kind: count(1) for kind in ("fig", "callout")}
        self.examples, problems = examples.read(document)
        self.problems = [*document.problems, *problems]

    def render(self) -> Rendered:
        html = safe_html.lesson_html(
            self.document.text,
            addresses=self._numbers_of(BlockAddress, Note),
            asides=self._numbers_of(Callout),
        )
        return Rendered(
            html=self.completed(html),
            contents=[
                {"id": heading.id, "text": heading.text, "level": heading.level}
                for heading in self.document.headings
                if heading.level <= 3
            ],
            words=len(re.findall(r"\w+", plain(self.document.text))),
            problems=self.problems,
        )

    def completed(self, html: str) -> str:
        """`html` with what its tokens stand for."""
        html = OWN_BLOCK.sub(lambda found: self._block(int(found[1])), html)
        html = ASIDE.sub(lambda found: self._aside(int(found[1]), found[2]), html)
        html = TITLED.sub(lambda found: self._titled(int(found[1]), found[2]), html)
        html = ADDRESSED.sub(self._addressed, html)
        html = INLINE.sub(lambda found: self._inline(int(found[1])), html)
        return _tables(html.replace(END, ""))

    def _numbers_of(self, *kinds: type) -> set[int]:
        return {n for n, piece in enumerate(self.pieces) if isinstance(piece, kinds)}

    # --- blocks --------------------------------------------------------------

    def _block(self, number: int) -> str:
        piece = self.pieces[number]
        match piece:
            case Embed():
                return self._embed(piece)
            case Fence():
                return self._fence(number, piece)
            case Divider(role="notes"):
                return format_html(
                    '<section class="notes small" aria-label="{}">', _("Notes")
                )
            case Divider(role="end"):
                return "</section>"
            case Divider():
                return ""
            case BlockAddress():
                return format_html('<span id="{}"></span>', piece.id)
        return f"<p>{self._inline(number)}</p>"

    def _embed(self, piece: Embed) -> str:
        kind, _colon, rest = piece.target.partition(":")
        if kind == "figure" and (svg := self.around.figure(rest)):
            drawn = with_own_ids(svg, f"fig{next(self.numbers['fig'])}-")
            caption = ours(_phrase(piece.caption))
            return _piece("figure", svg=ours(drawn), caption=caption)
        if kind == "activity":
            name, _slash, key = rest.partition("/")
            if activity := self.around.activity(name, key):
                return _piece("activity", activity=activity, level=piece.level + 1)
        if image := self.around.image(piece.target):
            return _piece("image", image=image, alt=piece.caption)
        self.problems.append((piece.line, f'"{piece.target}" is not there'))
        return format_html("<p>{}</p>", piece.caption or piece.target)

    def _fence(self, number: int, piece: Fence) -> str:
        match self.examples.get(number):
            case examples.PolicyExample() as policy:
                return _piece(
                    "policy",
                    policy=policy,
                    kind=POLICY_WORDS[policy.type],
                    lines=json_lines(policy.text),
                )
            case examples.StatedDecision() as stated:
                return _stated(stated)
        language = piece.info.split()[0] if piece.info else ""
        lines = (
            json_lines(piece.code)
            if language == "json"
            else [escape(line) for line in piece.code.split("\n")]
        )
        return _piece("code", label=_("Code"), lines=lines)

    def _titled(self, number: int, words: str) -> str:
        piece = self.pieces[number]
        if not isinstance(piece, Heading):
            return f"<p>{words}</p>"
        return f'<h{piece.level} id="{escape(piece.id)}">{words}</h{piece.level}>'

    def _aside(self, number: int, words: str) -> str:
        """The beginning of a callout; its end is the </aside> that is there."""
        piece = self.pieces[number]
        look, icon, default = CALLOUT_LOOKS.get(piece.type, CALLOUT_LOOKS["note"])
        title, old = ours(words), ""
        if piece.type == "correction":
            title, old = default, format_html('<p><del class="old">{}</del></p>', title)
        return format_html(
            '<aside class="{look}" role="note" aria-labelledby="{id}">'
            '<h{level} id="{id}">{icon}{title}</h{level}>{old}',
            look=look,
            id=f"callout-{next(self.numbers['callout'])}",
            level=piece.level,
            icon=_icon(icon),
            title=title or default,
            old=old,
        )

    def _addressed(self, found: re.Match) -> str:
        tag, piece = found[1], self.pieces[int(found[2])]
        if isinstance(piece, BlockAddress):
            return f'<{tag} id="{escape(piece.id)}">'
        if isinstance(piece, Note):
            return f'<{tag} id="fn-{escape(piece.name)}">'
        return found[0]

    # --- inside a line -------------------------------------------------------

    def _inline(self, number: int) -> str:
        piece = self.pieces[number]
        match piece:
            case Link():
                return self._link(piece)
            case NoteReference():
                return format_html(
                    '<sup><a href="#fn-{}">{}</a></sup>', piece.name, piece.number
                )
            case BlockAddress():
                return format_html('<span id="{}"></span>', piece.id)
        return ""

    def _link(self, link: Link) -> str:
        target = self.around.names.resolve(link, self.here)
        shown = ours(_phrase(link.shown))
        match target:
            case ToLesson():
                url = (
                    self.around.lesson_url(target.lesson.slug) if target.lesson else ""
                )
                if target.address:
                    url = f"{url}#{target.address}"
                html = format_html('<a href="{}">{}</a>', url, shown or target.title)
            case ToTerm():
                return self._term(target, shown or link.target, link.after)
            case ToModule():
                html = self._module(target, shown or _module_words(target))
            case Unresolved():
                self.problems.append((link.line, target.message))
                html = shown or escape(link.target)
        return html + escape(link.after)

    def _term(self, target: ToTerm, shown: str, after: str) -> str:
        slug = target.term.slug
        if not self.popovers:
            url = self.around.term_url(slug)
            return format_html('<a href="{}">{}</a>{}', url, shown, after)
        definition = "" if slug in self.defined else self.around.definition(slug)
        self.defined.add(slug)
        return _piece(
            "term",
            term=target.term,
            shown=shown,
            after=after,
            definition=ours(definition),
        )

    def _module(self, target: ToModule, shown: str) -> str:
        url = self.around.module_url(target.module, target.fragment)
        if url:
            return format_html('<a href="{}">{}</a>', url, shown)
        return format_html(
            '<span class="module-missing">{} <span class="quiet">({})</span></span>',
            shown,
            _("module not installed"),
        )


def _module_words(target: ToModule) -> str:
    return f"{target.module}: {target.fragment}" if target.fragment else target.module


def _piece(name: str, **context) -> SafeString:
    # The last line break of the file is not part of what stands in a sentence.
    piece = render_to_string(f"courseware/content/_{name}.html", context)
    return SafeString(piece.removesuffix("\n"))


def _phrase(text: str) -> str:
    """Safe HTML of a few words; most hold nothing that Markdown would read."""
    if not re.search(r"[*_`\\<&\[]", text):
        return escape(text)
    html = safe_html.inline_html(text).strip()
    return html.removeprefix("<p>").removesuffix("</p>")


def _icon(name: str) -> str:
    if not name:
        return ""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="#{}"/></svg>', name
    )


def _stated(stated: examples.StatedDecision) -> SafeString:
    policy = stated.decided_by
    return _piece(
        "decision",
        stated=stated,
        context=[
            (key, ", ".join(value) if isinstance(value, list) else value)
            for key, value in stated.context.items()
        ],
        verdict=VERDICTS[stated.decision],
        kind=POLICY_WORDS[policy.type] if policy else "",
        where=STEP_WORDS.get(stated.step, ""),
    )


def _tables(html: str) -> str:
    """Tables scroll inside themselves, with a name for who listens."""

    def opened(found: re.Match) -> str:
        cells = re.findall(r"<th[^>]*>(.*?)</th>", found[1], re.S)
        words = ", ".join(filter(None, (_words(cell) for cell in cells)))
        label = _("Table: %(columns)s") % {"columns": words} if words else _("Table")
        return (
            '<div class="scroller" tabindex="0" role="region" '
            f'aria-label="{escape(label)}"><table class="table"><thead>{found[1]}'
        )

    html = re.sub(r"<table>\s*<thead>(.*?)(?=</thead>)", opened, html, flags=re.S)
    html = html.replace("</table>", "</table></div>")
    return re.sub(r' align="(\w+)"', r' class="to-\1"', html)


def _words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).strip()
