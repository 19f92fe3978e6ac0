"""The HTML of a lesson: what the vocabulary becomes, and what never gets through."""

import re
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courseware import safe_html
from courseware.brackets import tamed
from courseware.links import LessonName, Names, TermName
from courseware.rendering import (
    ActivityShown,
    ImageShown,
    Surroundings,
    render_definition,
    render_inline,
    render_lesson,
)
from courseware.reserved import is_reserved, page_ids
from courseware.scanning import scan

HERE = LessonName("one", "Lesson one", "01-one", frozenset({"end"}), {"The end": "end"})
TWO = LessonName("two", "Lesson two", "02-two", frozenset({"mid"}), {"Middle": "mid"})
FIGURES = {
    "tree": '<svg role="img" aria-labelledby="a b"><title id="a">A tree</title>'
    '<desc id="b">Leaves.</desc><defs><pattern id="p"/></defs>'
    '<rect fill="url(#p)"/><use href="#p"/><use href="#stop"/></svg>'
}
AROUND = Surroundings(
    names=Names([HERE, TWO], [TermName("iam-role", "IAM role", ("role", "roles"))]),
    lesson_url=lambda slug: f"/l/{slug}/",
    term_url=lambda slug: f"/g/#{slug}",
    definition=lambda slug: "An identity <code>without</code> keys.",
    module_url=lambda module, fragment: "/m/" if module == "Module 9, Here" else None,
    image=lambda path: (
        ImageShown("/i/1.png", 30, 20) if path == "images/a.png" else None
    ),
    figure=FIGURES.get,
    activity=lambda kind, key: (
        ActivityShown("Try & see", "/a/") if key == "k" else None
    ),
)


def render(text: str, around: Surroundings = AROUND):
    return render_lesson(scan(text), around, HERE)


def html(text: str) -> str:
    """The HTML of a text that has no problems."""
    rendered = render(text)
    assert rendered.problems == []
    return rendered.html


def problems(text: str) -> list[tuple[int, str]]:
    return render(text).problems


# --- Markdown -----------------------------------------------------------------


def test_paragraphs_lists_and_emphasis():
    assert html("A *b* **c** `d`\n\n- e\n- f\n") == (
        "<p>A <em>b</em> <strong>c</strong> <code>d</code></p>\n"
        "<ul>\n<li>e</li>\n<li>f</li>\n</ul>"
    )


def test_definition_lists():
    assert "<dt>Term</dt>\n<dd>What it is.</dd>" in html("Term\n:   What it is.\n")


def test_tables_scroll_and_have_a_name():
    found = html("| Layer | `EC2` |\n|---|--:|\n| Data | [[role\\|r]] |\n")
    assert found.startswith(
        '<div class="scroller" tabindex="0" role="region" '
        'aria-label="Table: Layer, EC2"><table class="table">'
    )
    assert '<td class="to-right"><span class="defined">' in found
    assert found.rstrip().endswith("</table></div>")


def test_paragraph_that_begins_with_a_term_leaves_the_next_heading_alone():
    found = html("[[role]] lends.\n\n## Next ^next\n\nText.\n")
    assert found.startswith('<p><span class="defined">')
    assert '<h2 id="next">Next</h2>' in found


def test_raw_html_shows_as_text():
    assert html("<b onclick=x>&amp;</b> <!-- correct: B -->\n") == (
        "<p>&lt;b onclick=x&gt;&amp;&lt;/b&gt; </p>"
    )


def test_comments_are_left_out_even_over_paragraphs():
    assert html("a\n\n<!-- correct\n\nB --> b\n") == "<p>a</p>\n<p>b</p>"
    assert "correct" not in html("a <!-- correct: B --> b")
    assert problems("a\n\n<!-- correct: B\n")[0][0] == 3
    assert "correct" not in render("a\n\n<!-- correct: B\n").html


def test_indentation_alone_makes_no_code_and_underlines_no_heading():
    assert html("a\n\n    b\n\nc\n===\n") == "<p>a</p>\n<p>b</p>\n<p>c\n===</p>"


# --- headings and addresses ---------------------------------------------------


def test_headings_keep_the_address_that_they_are_given():
    rendered = render("## The *end* of `x` ^fin\n\ntext\n\n### Über uns\n")
    assert render("## _A_ & snake_case\n").contents[0]["text"] == "A & snake_case"
    assert '<h2 id="fin">The <em>end</em> of <code>x</code></h2>' in rendered.html
    assert '<h3 id="uber-uns">Über uns</h3>' in rendered.html
    assert rendered.contents == [
        {"id": "fin", "text": "The end of x", "level": 2},
        {"id": "uber-uns", "text": "Über uns", "level": 3},
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n\n# b", 3, "the page has one # heading"),
        ("## a\n\n#### b", 3, "a heading of level 4 follows one of level 2"),
        ("##### b", 1, "headings go down to level 4"),
        ("## ^", 1, "the heading needs an address"),
        ("## ???", 1, "the heading needs an address"),
        ("> ## a", 1, "a heading cannot stand inside a quotation"),
    ],
)
def test_headings_that_are_refused(text, line, message):
    assert line in [number for number, said in problems(text) if message in said]


def test_addresses_of_paragraphs_and_list_items():
    found = html("Words here. ^a\n\n- item ^b\n- other\n  ^c\n\nMore\n^d\n\n^e\n")
    assert '<p id="a">Words here.</p>' in found
    assert '<li id="b">item</li>' in found
    assert '<li id="c">other</li>' in found
    assert '<p id="d">More</p>' in found
    assert '<span id="e"></span>' in found


def test_an_address_below_a_table():
    found = html("| a |\n|---|\n| b |\n^t\n")
    assert "<td>b</td>" in found
    assert '<span id="t"></span>' in found


# --- links --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("[[two]]", '<a href="/l/two/">Lesson two</a>'),
        ("[[Lesson two]]", '<a href="/l/two/">Lesson two</a>'),
        ("[[02-two]]", '<a href="/l/two/">Lesson two</a>'),
        ("[[two#mid]]", '<a href="/l/two/#mid">Middle</a>'),
        ("[[two#Middle]]", '<a href="/l/two/#mid">Middle</a>'),
        (
            "[[two#^mid|*that* `x`]]",
            '<a href="/l/two/#mid"><em>that</em> <code>x</code></a>',
        ),
        ("[[#end]]", '<a href="#end">The end</a>'),
        ("[[one#end|there]].", '<a href="#end">there</a>.'),
        ("[[Module 9, Here#X|there]]", '<a href="/m/">there</a>'),
        (
            "[[Module 2,\nElsewhere#Far]],",
            '<span class="module-missing">Module 2, Elsewhere: Far '
            '<span class="quiet">(module not installed)</span></span>,',
        ),
        (
            "[e](https://example.org/?a=1&b=2)",
            '<a href="https://example.org/?a=1&amp;b=2" '
            'rel="noopener noreferrer">e</a>',
        ),
        (
            "<mailto:a@example.org>",
            '<a href="mailto:a@example.org" rel="noopener noreferrer">'
            "a@example.org</a>",
        ),
    ],
)
def test_links(text, link):
    assert html(text) == f"<p>{link}</p>"


@pytest.mark.parametrize("text", ["`[[two]]`", "\\[[two]]", "``a ` [[two]]``"])
def test_what_is_no_link(text):
    assert "<a" not in html(text)
    assert "[[two]]" in html(text)


def test_a_term_has_one_definition_on_a_page():
    found = html("A [[role]], two [[IAM role|*roles*]].")
    assert found == (
        '<p>A <span class="defined"><button type="button" class="term" '
        'popovertarget="t-iam-role">role</button><span popover id="t-iam-role" '
        'class="definition"><b>IAM role</b>An identity <code>without</code> keys.'
        '</span>,</span> two <span class="defined"><button type="button" class="term" '
        'popovertarget="t-iam-role"><em>roles</em></button>.</span></p>'
    )


def test_a_definition_links_to_terms():
    rendered = render_definition(scan("Not a [[role]]."), AROUND)
    assert rendered.html == 'Not a <a href="/g/#iam-role">role</a>.'


def test_a_definition_has_no_blocks_because_it_stands_in_a_line():
    rendered = render_definition(scan("- One *item*\n\n| a |\n|---|\n| b |\n"), AROUND)
    assert rendered.html == "- One <em>item</em> | a |\n|---|\n| b |"


def test_a_link_inside_a_link_is_dropped():
    assert html("[see [[two]] there](https://example.org)") == (
        '<p><a href="https://example.org" rel="noopener noreferrer">see  there</a></p>'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[too]]", 'no lesson or term "too"; did you mean "two"?'),
        ("[[two#mud]]", 'no heading "mud" in the lesson two; did you mean "mid"?'),
        ("[[role#x]]", 'no lesson or term "role"'),
        ("[[../../../../etc/passwd]]", 'no lesson or term "../../../../etc/passwd"'),
        ("[x](/admin/logout/)", '"/admin/logout/": a link goes to http'),
        ("[x](two.md)", '"two.md": a link goes to http, https or mailto'),
        ("[x]: javascript:alert(1)", '"javascript:alert(1)": a link goes to'),
        ("[x](JaVaScRiPt&colon;alert(1))", '"JaVaScRiPt:alert": a link goes to'),
        ("<ftp://example.org>", '"ftp": a link goes to'),
        ("![x](https://evil.test/p.gif)", "pictures from elsewhere are not shown"),
        ("![x][y]", "pictures from elsewhere are not shown"),
        ("words ![[images/a.png|x]]", "an embed stands on a line of its own"),
        ("a[^1]", 'there is no footnote "1"'),
        ("a[^1]\n\n[^1]: b\n\n[^1]: c", 'the footnote "1" stands here a second time'),
        ("a\n\n[^1]: b", 'nothing refers to the footnote "1"'),
    ],
)
def test_links_that_are_refused(text, message):
    assert any(message in said for _, said in problems(text)), problems(text)


def test_footnotes():
    found = html(
        "Two[^b] and one[^a], two again[^b].\n\n"
        "[^a]: First *x*\n[^b]: See [[two]]\n  there.\n"
    )
    assert found.startswith(
        '<p>Two<sup><a href="#fn-b">1</a></sup> and '
        'one<sup><a href="#fn-a">2</a></sup>,'
    )
    assert '<section class="notes small" aria-label="Notes">' in found
    assert '<li id="fn-b">See <a href="/l/two/">Lesson two</a>\n' in found
    assert '<li id="fn-a">First <em>x</em></li>' in found
    assert found.rstrip().endswith("</section>")


# --- embeds, callouts, fences -------------------------------------------------


def test_one_figure_twice_shares_no_id():
    found = html("![[figure:tree|A *tree*]]\n\n![[figure:tree]]\n")
    assert "<figcaption>A <em>tree</em></figcaption></figure>" in found
    ids = re.findall(r'\bid="([^"]*)"', found)
    assert ids == ["fig1-a", "fig1-b", "fig1-p", "fig2-a", "fig2-b", "fig2-p"]
    assert 'aria-labelledby="fig2-a fig2-b"' in found
    assert 'fill="url(#fig2-p)"' in found
    assert '<use href="#fig2-p"/><use href="#stop"/>' in found


def test_pictures():
    assert html('![[images/a.png|A "dot" & more]]') == (
        '<figure class="panel picture"><img src="/i/1.png" '
        'alt="A &quot;dot&quot; &amp; more" width="30" height="20" '
        'loading="lazy"></figure>'
    )


def test_activities_are_links_that_become_the_activity():
    assert html("## Try\n\n![[activity:check/k]]").partition("\n")[2] == (
        '<section class="panel activity" aria-label="Try &amp; see" '
        'hx-get="/a/?in=lesson" hx-trigger="revealed" hx-swap="innerHTML">'
        '<h3>Try &amp; see</h3><p><a href="/a/">Open Try &amp; see</a></p></section>'
    )


def test_embeds_that_are_not_there():
    found = render("![[activity:check/z]]\n\n![[figure:../../x]]\n\n![[a.png|<b>]]\n")
    assert [line for line, _ in found.problems] == [1, 3, 5]
    assert "<p>&lt;b&gt;</p>" in found.html


def test_callouts():
    found = html(
        "> [!note] About [[two]]\n> One.\n>\n> - Two\n\n"
        "> [!summary]\n> Three.\n\n> Four.\n"
    )
    assert (
        '<aside class="callout" role="note" aria-labelledby="callout-1">'
        '<h2 id="callout-1"><svg class="icon" aria-hidden="true">'
        '<use href="#info"/></svg>About '
        '<a href="/l/two/">Lesson two</a></h2>' in found
    )
    assert found.count("<aside") == found.count("</aside>") == 2
    assert '<use href="#flag"/></svg>In short</h2>\n<p>Three.</p>\n</aside>' in found
    assert "<blockquote>\n<p>Four.</p>\n</blockquote>" in found


def test_a_callout_after_a_heading_is_one_level_below_it():
    found = html("## A\n\n### B\n\n> [!tip] C\n> d\n")
    assert '<h4 id="callout-1">' in found


def test_a_correction_strikes_through_what_older_notes_say():
    found = html("> [!correction] Old *fact*.\n> Today it is so.\n")
    assert found.strip() == (
        '<aside class="callout correction" role="note" aria-labelledby="callout-1">'
        '<h2 id="callout-1">Older notes say</h2>'
        '<p><del class="old">Old <em>fact</em>.</del></p>\n<p>Today it is so.</p>\n'
        "</aside>"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("> [!nota] x", 'unknown callout "nota"'),
        ("> > [!note] x", "a callout cannot stand inside a quotation"),
        ("> [!correction]\n> x", "a correction says in its title"),
        ("```json x\n{}\n```", 'unknown word after "json"'),
        ("```json\n{}", "the fence ``` is never closed"),
        ("> ```json\n> {}\n\nx", "the fence ``` is never closed"),
    ],
)
def test_blocks_that_are_refused(text, message):
    [(line, said)] = problems(text)
    assert line == 1
    assert message in said


def test_a_fence_shows_what_is_in_it():
    found = html(
        "~~~text\n[[two]] <b> ```\n# no\n~~~\n\n- x\n\n    ```\n      a\n    ```\n"
    )
    assert "<code>[[two]] &lt;b&gt; ```\n# no\n</code></pre>" in found
    assert "<code>  a\n</code></pre>" in found
    assert found.index("<li>") < found.index("  a") < found.index("</li>")


def test_a_policy_keeps_its_text_and_gets_colours():
    policy = '{\n  "Sid": "a<b",\n  "Effect": "Deny",\n  "Statement": []\n}'
    found = html(f"```policy P scp\n{policy}\n```\n")
    assert (
        '<figcaption><strong>P</strong> <span class="quiet">service control '
        "policy</span></figcaption>" in found
    )
    assert 'role="region" aria-label="Policy P"' in found
    assert (
        '<span class="k">&quot;Sid&quot;</span>: <span class="v">&quot;a&lt;b' in found
    )
    assert '<span class="e">&quot;Deny&quot;</span>' in found
    assert _text(found, "pre", without="aria-hidden").strip() == policy


def test_a_stated_decision():
    found = html(
        '```policy P\n{"Statement": [{"Sid": "No", "Effect": "Deny"}]}\n```\n\n'
        "```decision\nprincipal: user/ana\naction: s3:GetObject\nresource: arn:x\n"
        "aws:SourceIp: 203.0.113.7\naws:TagKeys: [a, b]\ndecision: explicit_deny\n"
        "step: identity\nstatement: No\n```\n"
    )
    assert "<dt>Who</dt><dd>user/ana</dd>" in found
    assert "<dt>aws:TagKeys</dt><dd>a, b</dd>" in found
    assert '<span class="verdict deny"><svg class="icon"' in found
    assert "Explicit deny</span> <span>decided by No (identity policy)</span>" in found


def test_words_are_counted_without_marks():
    assert render("## One two\n\nThree *four* [[two|five six]].").words == 4


# --- what never gets through --------------------------------------------------

ALLOWED_TAGS = safe_html.TAGS | {
    *("h2", "h3", "h4", "h5", "span", "button", "b", "div", "section", "figure"),
    *("figcaption", "pre", "svg", "use", "del", "sup", "img"),
}
ALLOWED_ATTRIBUTES = {
    *("href", "rel", "id", "class", "start", "type", "popover", "popovertarget"),
    *("tabindex", "role", "aria-label", "aria-labelledby", "aria-hidden"),
    *("src", "alt", "width", "height", "loading"),
}


class _Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements = []
        self.open = []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))


def assert_harmless(found: str):
    """Only our elements, no handler, no address but of the four known forms."""
    parser = _Elements()
    parser.feed(found)
    ids = []
    for tag, attributes in parser.elements:
        assert tag in ALLOWED_TAGS, tag
        assert attributes.keys() <= ALLOWED_ATTRIBUTES, attributes
        if "href" in attributes and tag == "a":
            assert re.match(r"https?://|mailto:|/l/|/g/|/m/|#", attributes["href"])
        assert tag != "img" or attributes["src"] == "/i/1.png"
        ids += [attributes["id"]] if "id" in attributes else []
    assert not re.search("[\ufdd0-\ufdef]", found)
    return ids


def _text(found: str, inside: str, without: str) -> str:
    """The text inside the first element of a kind, but for hidden elements."""
    part = re.search(rf"<{inside}>(.*?)</{inside}>", found, re.S)[1]
    part = re.sub(rf"<span {without}[^>]*>.*?</span>", "", part)
    return unescape(re.sub(r"<[^>]*>", "", part))


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": "text <img src=x onerror=alert(1)> text",
    "script link": "[x](javascript:alert(1))",
    "script link by entity": "[x](JaVaScRiPt&colon;alert(1))",
    "script link by autolink": "<javascript://%0aalert(1)>",
    "script link by reference": "[x][y]\n\n[y]: javascript:alert(1)",
    "data link": "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "data picture": "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
    "mutation": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;'
    '&lt;img src=1 onerror=alert(1)&gt;">',
    "htmx": '<div hx-get="/admin/logout/" hx-trigger="load" data-hx-post="/x">x</div>',
    "clobbering": '<form id="htmx"><input name="config"></form><a id="csrftoken">x</a>',
    "overlay": '<div style="position:fixed;background:url(//evil.test/x)">x</div>',
    "pixel": "![](https://evil.test/p.gif?u=1)",
    "traversal": "[[../../../../etc/passwd]] ![[../../db.sqlite3]] [[..%2fsettings]]",
    "link text": "[[two|<img src=x onerror=alert(1)>]] [[javascript:alert(1)|x]]",
    "attribute": '[x](https://e.org "\\" onmouseover=alert(1) x=\\"")',
    "token in an address": "[x](https://e.org/[[two]])",
    "embeds itself": "![[one]]\n\n![[Lesson one]]",
    "a template": "{{ request.user.password }} {% include '/etc/passwd' %}",
    "a comment": "Which is right? <!-- correct: B -->",
    "an open comment": "Which is right? <!-- correct: B",
    "tokens by reference": "[[two]] &#xFDD0;0&#xFDD1; &#64976;0&#64977 &#x000fdd2;",
    "tokens by escaped reference": "[[two]] &\\#xFDD0;0&\\#xFDD1; &#xFD<!-- -->D0;7",
    "a stash": "\x02klzzwxh:0000\x03 \x02amp\x03",
    "quotes in a fence": '```" onload="x\n<b>\n```',
    "quotes in a title": '> [!note] "><img src=x onerror=alert(1)>\n> x',
    "quotes in a caption": '![[images/a.png|" onerror="alert(1)]]',
    "an address": 'text ^a"onclick=x',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_lessons_are_harmless(text):
    found = render(text).html
    assert_harmless(found)
    assert "correct: B" not in found


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_questions_are_harmless(text):
    found = render_inline(text)
    assert_harmless(found)
    assert "correct: B" not in found


def test_what_looks_like_a_template_stays_as_it_is():
    text = "{{ request.user.password }} {% include '/etc/passwd' %}"
    assert html(text) == f"<p>{text}</p>"


PARTS = st.sampled_from(
    [
        *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--", "-->"),
        *("<svg/onload=alert(1)>", "<a href=javascript:alert(1)>", "<b>", "</p>"),
        *(
            "[x](javascript:alert(1))",
            "[x](data:text/html,x)",
            "](",
            "[",
            "]",
            "(",
            ")",
        ),
        *("[[two]]", "[[role|<b>]]", "[[role]]", "![[figure:tree]]", "[[", "]]", "|"),
        *("> [!note] ", "> ", "\n", "\n\n", "```", "~~~\n", "`", "*", "_", "- ", "1. "),
        *("## ", "^id", " ^b\n", "[^1]", "[^1]: ", "| a |\n|---|\n", ":   ", "    "),
        *(
            "&lt;",
            "&#106;",
            "&#xFDD0;",
            "0&#xFDD1;",
            "&\\#xFDD0;",
            "\\",
            '"',
            "'",
            "<",
            ">",
            "{{ x }}",
            "onclick=",
            "style=",
        ),
        *("https://e.org/", '<https://e.org/"onx=1>', "[a]: http://x 'y'", "[a]"),
        *("hx-get=/x", "\ufdd00\ufdd1", "\x02klzzwxh:0000\x03", "é", "\u202e"),
    ]
)
TEXTS = st.lists(PARTS | st.text(max_size=4), max_size=30).map("".join)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_no_text_becomes_anything_active(text):
    figures = AROUND.__class__(**vars(AROUND) | {"figure": lambda name: "<svg></svg>"})
    assert_harmless(render(text, figures).html)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_no_question_becomes_anything_active(text):
    ids = assert_harmless(render_inline(text))
    assert ids == []


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_rendering_the_same_gives_the_same(text):
    assert render(text).html == render(text).html


@given(text=st.text(alphabet="[]()a`\\ \n", max_size=60))
def test_taming_only_adds_backslashes(text):
    found = tamed(text)
    assert found.replace("\\", "") == text.replace("\\", "")
    assert len(found) >= len(text)


UNITS = [
    *("[", "[[", "[a](", "[x](((((", "[x](<", "![[", "*a ", "**a* ", "_", "`", "a`"),
    *("<", "<!--", "| a ", "> ", "- ", "1. ", ": ", "- > ", "\ta", "\\", "&amp;", "|"),
    *("a\n: ", "- a\n", "  - a\n", "> a\n", "[a\n", "* * *\n", "|-|-|\n", "a\n\n"),
    *(
        "- a\n\n",
        "a\n:   b\n\n",
        "```\n",
        "~~~\n",
        "## a\n",
        " ^a\n",
        "[a]: http://b\n",
    ),
    *("[[a]] ", "[[a|*b*]] ", "![[A]]\n", "> [!note] x\n", "[^1] ", "[^a]: x\n"),
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("width", [0, 80, 4_900])
def test_no_text_of_full_size_takes_long(unit, width):
    """What is much larger is refused by its size (courseware.vault.files)."""
    size = 40_000
    text = (unit * (size // len(unit) + 1))[:size]
    if width and "\n" not in unit:
        text = "\n".join(text[at : at + width] for at in range(0, size, width))
    began = time.process_time()
    found = render(text)
    assert time.process_time() - began < 2
    assert found.problems or found.html


def test_pages_use_no_id_that_a_lesson_may_use():
    """Around a lesson, and in the activities that come into it."""
    templates = Path(__file__).parents[2] / "templates"
    pages = [
        *("_sprite.html", "base.html", "_nav.html", "_messages.html", "_keep.html"),
        *("courseware/lesson.html", "courseware/_read_mark.html"),
        *("courseware/_check.html", "courseware/_line.html", "courseware/_duty.html"),
        *("courseware/_line_figure.html", "courseware/_line_so_far.html"),
    ]
    taken = page_ids()
    assert {"role", "main", "read"} <= taken
    for page in pages:
        for identifier in re.findall(r'\bid="([^"]+)"', (templates / page).read_text()):
            name = re.sub(r"\{\{.*?\}\}", "x", identifier)
            assert is_reserved(name, taken) or name.startswith("x-"), (page, identifier)
