"""GIFT, the text format in which Moodle keeps questions, read strictly.

Written from the format's published description: questions are separated by
blank lines; `//` begins a comment line; `$CATEGORY:` names a category; `::title::`
may come first, then `[format]`, the text, and the answers in braces. `~` and `=`
begin options, `#` their feedback, `####` the feedback to the whole question; a
backslash takes the meaning of `~ = # { } :` away, and `\\n` is a new line.

This version takes single choice and true or false. Everything else is a problem
with its line, never left out in silence.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

MAX_OPTIONS = 20
MAX_QUESTION = 20_000
ESCAPED = re.compile(r"\\([~=#{}:\\n])")
MASK = "\ufdef\ufdef"
IDENTIFIER = re.compile(r"\[id:([^\[\]]*)\]")
TAG = re.compile(r"\[tag:([^\[\]]*)\]")
TITLE = re.compile(r"\s*::(.*?)::", re.S)
FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.I)
WEIGHT = re.compile(r"\s*%([^%\n]{0,20})%")
MISCONCEPTION = re.compile(r"\s*@m\.([A-Za-z0-9-]+)\s*$")
TRUTH = re.compile(r"\s*(TRUE|FALSE|T|F)\s*(?=#|$)", re.I)
ELEMENT = re.compile(r"</?[A-Za-z][^<>{}\n]*>")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Text:
    """`plain` text is shown as it stands; other text is Markdown."""

    value: str
    plain: bool = False


@dataclass(frozen=True)
class Option:
    """`misconception` is the code of the belief that the option betrays, or ""."""

    line: int
    text: Text
    right: bool
    feedback: Text
    misconception: str = ""


@dataclass(frozen=True)
class Question:
    """`type` is "single" or "true_false"; true comes first among its options."""

    line: int
    key: str
    tags: tuple[str, ...]
    type: str
    title: str
    stem: Text
    options: tuple[Option, ...]
    rule: Text


@dataclass
class Gift:
    """`problems` are (line, message); with one of them, `questions` are too few."""

    questions: list[Question] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


class _Refused(Exception):
    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


def parse(text: str) -> Gift:
    """All questions of a file, or all its problems."""
    gift = Gift()
    number = 0
    for block in _blocks(text):
        if not block.lines:
            gift.problems += [(line, ORPHAN) for line in block.ids]
            continue
        number += 1
        refusals: list[_Refused] = []
        question = _question(block, refusals)
        gift.problems += [(r.line, f"question {number}: {r}") for r in refusals]
        if question and not refusals:
            gift.questions.append(question)
    return gift


ORPHAN = "an [id:…] stands directly above its question; none follows here"


@dataclass
class _Block:
    """What stands between two blank lines: comments, and a question's lines."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [line for line, text in self.comments if IDENTIFIER.search(text)]


def _blocks(text: str):
    block = _Block()
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("//"):
            block.comments.append((number, bare))
        elif bare.startswith("$CATEGORY:"):
            continue
        elif bare:
            block.lines.append((number, line))
        elif block.lines or block.comments:
            yield block
            block = _Block()
    if block.lines or block.comments:
        yield block


class _Source:
    """A question's text. `masked` has two fillers for each escape, so that marks
    can be looked for in it and places are the same in both."""

    def __init__(self, block: _Block):
        self.text = "\n".join(line for _, line in block.lines)
        self.masked = ESCAPED.sub(MASK, self.text)
        if "[html]" in self.masked.lower():
            # The marks inside a tag are HTML's, such as the = of an attribute.
            self.masked = ELEMENT.sub(lambda tag: "\ufdef" * len(tag[0]), self.masked)
        self.numbers = [number for number, _ in block.lines]
        self.starts = [0]
        for _, line in block.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def line(self, place: int) -> int:
        at = bisect_right(self.starts, place) - 1
        return self.numbers[min(at, len(self.numbers) - 1)]

    def value(self, start: int, end: int) -> Text:
        found = FORMAT.match(self.text, start, end)
        plain = bool(found and found[1].lower() == "plain")
        raw = self.text[found.end() if found else start : end]
        return Text(ESCAPED.sub(_unescaped, raw).strip(), plain)


def _unescaped(found: re.Match) -> str:
    # Two backslashes stay two: Markdown takes the first one for its own escape.
    return {"n": "\n", "\\": "\\\\"}.get(found[1], found[1])


def _question(block: _Block, refusals: list[_Refused]) -> Question | None:
    """Its names and its text are looked at apart, so that both can be wrong."""
    source = _Source(block)
    key, tags = "", ()
    try:
        key, tags = _names(block, source.line(0))
    except _Refused as refused:
        refusals.append(refused)
    try:
        return _read(source, key, tags)
    except _Refused as refused:
        refusals.append(refused)
    return None


def _read(source: _Source, key: str, tags: tuple[str, ...]) -> Question:
    first = source.line(0)
    if "<!--" in source.text:
        line = source.line(source.text.index("<!--"))
        raise _Refused(line, "a comment is written on a line that begins with //")
    if len(source.text) > MAX_QUESTION and source.masked.count("~") <= MAX_OPTIONS:
        raise _Refused(first, f"longer than {MAX_QUESTION:,} characters")
    title, start = _title(source)
    opening, closing = _braces(source, start)
    stem = _stem(source, start, opening, closing)
    if not stem.value:
        raise _Refused(first, "the text of the question is empty")
    end, rule = _rule(source, opening, closing)
    kind, options = _answers(source, opening + 1, end)
    return Question(
        line=first,
        key=key,
        tags=tags,
        type=kind,
        title=title or stem.value[:200],
        stem=stem,
        options=options,
        rule=rule,
    )


def _names(block: _Block, first: int) -> tuple[str, tuple[str, ...]]:
    above = [(line, text) for line, text in block.comments if line < first]
    ids = [(line, found) for line, text in above for found in IDENTIFIER.findall(text)]
    if not ids:
        raise _Refused(first, "[id:…] is missing in the comment directly above")
    if len(ids) > 1:
        raise _Refused(ids[1][0], "a second [id:…] for the same question")
    line, key = ids[0]
    if not KEY.fullmatch(key) or len(key) > 80:
        raise _Refused(
            line, f'the id "{key[:80]}" is not small letters, digits and hyphens'
        )
    return key, tuple(tag.strip() for _, text in above for tag in TAG.findall(text))


def _title(source: _Source) -> tuple[str, int]:
    found = TITLE.match(source.masked)
    if not found:
        return "", 0
    title = source.value(found.start(1), found.end(1)).value
    if len(title) > 200:
        raise _Refused(source.line(0), "the title is longer than 200 characters")
    return title, found.end()


def _braces(source: _Source, start: int) -> tuple[int, int]:
    opening = source.masked.find("{", start)
    if opening < 0:
        if (stray := source.masked.find("}", start)) >= 0:
            raise _Refused(source.line(stray), '"}" closes nothing')
        raise _Refused(
            source.line(0), "a description without answers is not taken in this version"
        )
    closing = source.masked.find("}", opening)
    nested = source.masked.find("{", opening + 1)
    if closing < 0 or 0 <= nested < closing:
        raise _Refused(
            source.line(opening), '"{" never closed (a brace is written \\{)'
        )
    if "{" in source.masked[closing:] or "}" in source.masked[closing + 1 :]:
        raise _Refused(
            source.line(closing), "a second pair of braces is not taken in this version"
        )
    return opening, closing


def _stem(source: _Source, start: int, opening: int, closing: int) -> Text:
    """Text after the answers means that they fill a gap."""
    before = source.value(start, opening)
    after = source.value(closing + 1, len(source.text)).value
    gap = f"{before.value} \\_\\_\\_\\_\\_ {after}" if after else before.value
    return Text(gap, before.plain and not after)


def _rule(source: _Source, opening: int, closing: int) -> tuple[int, Text]:
    """Where the answers end, and the feedback to the whole question."""
    place = source.masked.find("####", opening, closing)
    if place < 0:
        return closing, Text("")
    return place, source.value(place + 4, closing)


def _answers(source: _Source, start: int, end: int) -> tuple[str, tuple[Option, ...]]:
    inside = source.masked[start:end]
    line = source.line(start)
    if not inside.strip():
        raise _Refused(line, "an essay is not taken in this version")
    if TRUTH.match(inside):
        return "true_false", _truth(source, start, end)
    first = inside.lstrip()[0]
    if first == "#":
        raise _Refused(line, "a numerical question is not taken in this version")
    if first not in "~=":
        raise _Refused(
            line, "the braces hold options that begin with ~ or =, or TRUE or FALSE"
        )
    if "~" not in inside:
        kind = "matching" if "->" in inside else "a short answer"
        raise _Refused(line, f"{kind} is not taken in this version")
    return "single", _options(source, start, end)


def _truth(source: _Source, start: int, end: int) -> tuple[Option, ...]:
    """{TRUE#when wrong#when right}"""
    found = TRUTH.match(source.masked, start, end)
    true_is_right = found[1].upper().startswith("T")
    places = [place.start() for place in re.finditer("#", source.masked[start:end])]
    places = [start + place for place in places]
    if len(places) > 2:
        raise _Refused(source.line(places[2]), "a third feedback to true or false")
    spans = list(zip(places, [*places[1:], end], strict=False))
    wrong, right = [
        _feedback(source, *spans[n]) if n < len(spans) else (Text(""), "")
        for n in (0, 1)
    ]
    if right[1]:
        raise _Refused(source.line(places[1]), CODE_ON_RIGHT)
    line = source.line(start)
    return tuple(
        Option(line, Text(word, plain=True), answer, *(right if answer else wrong))
        for word, answer in (("True", true_is_right), ("False", not true_is_right))
    )


CODE_ON_RIGHT = "the right answer betrays no belief; @m.… belongs to wrong ones"


def _options(source: _Source, start: int, end: int) -> tuple[Option, ...]:
    marks = [start + m.start() for m in re.finditer("[~=]", source.masked[start:end])]
    if len(marks) > MAX_OPTIONS:
        raise _Refused(
            source.line(start), f"too many answers; at most {MAX_OPTIONS} are taken"
        )
    spans = zip(marks, [*marks[1:], end], strict=True)
    options = tuple(_option(source, *span) for span in spans)
    right = [option for option in options if option.right]
    if not right:
        raise _Refused(source.line(start), "no correct answer: none begins with =")
    if len(right) > 1:
        raise _Refused(
            right[1].line,
            "a second correct answer; several right answers are not taken in this "
            "version",
        )
    texts = [option.text.value for option in options]
    for number, option in enumerate(options):
        if option.text.value in texts[:number]:
            raise _Refused(option.line, "two options read the same")
    return options


def _option(source: _Source, mark: int, end: int) -> Option:
    line = source.line(mark)
    if weight := WEIGHT.match(source.masked, mark + 1, end):
        _refuse_weight(line, weight[1])
    cut = source.masked.find("#", mark, end)
    cut = end if cut < 0 else cut
    text = source.value(mark + 1, cut)
    if not text.value:
        raise _Refused(line, "an option is empty")
    feedback, code = _feedback(source, cut, end)
    right = source.masked[mark] == "="
    if right and code:
        raise _Refused(line, CODE_ON_RIGHT)
    return Option(line, text, right, feedback, code)


def _refuse_weight(line: int, weight: str) -> None:
    plain = re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,5})?", weight.strip(), re.A)
    if not plain or not -100 <= float(weight) <= 100:
        raise _Refused(line, f'the weight "{weight}" must be -100..100')
    raise _Refused(line, f"weights such as %{weight}% are not taken in this version")


def _feedback(source: _Source, start: int, end: int) -> tuple[Text, str]:
    """The text after a #, and the misconception at its end."""
    if start >= end:
        return Text(""), ""
    text = source.value(start + 1, end)
    found = MISCONCEPTION.search(text.value)
    if not found:
        return text, ""
    return Text(text.value[: found.start()], text.plain), found[1]
