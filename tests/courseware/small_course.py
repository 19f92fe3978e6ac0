"""A course that is small and has one of everything; each file can be replaced."""

import struct
import zlib

COURSE = """\
slug = "small"
title = "A small course"
module = "Module 9, Small things"
summary = "One of everything."
public = true

[[section]]
folder = "1-first"
slug = "first"
title = "First"
summary = "The first section."
quiz = "First quiz"

[[section]]
folder = "2-second"
slug = "second"
title = "Second"
summary = "The second section."
"""

ONE = """\
---
slug: one
title: Lesson one
question: "Who may read?"
minutes: 5
---
Every [[IAM role|role]] is *read* here. See [[two#middle|the middle]] and [[#ends]].

## A policy ^policy

```policy Readers
{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
  ]
}
```

```decision
principal: user/ana
action: s3:GetObject
resource: arn:aws:s3:::acme/a.txt
decision: allow
step: identity
statement: Read
```

![[activity:check/chk-one]]

> [!correction] Groups are principals.
> A [[group]] is never a principal.

## The end ^ends

![[images/dot.png|A black dot]]

Look up [[Module 2, Elsewhere#Far away]].
"""

TWO = """\
---
slug: two
title: Lesson two
question: Where is the line?
minutes: 4
---
First words of lesson two.

## The middle ^middle

A paragraph with an address. ^here

![[activity:line/sides]]

![[figure:envelope|An envelope in an envelope.]]

Back to [[Lesson one]].
"""

THREE = """\
---
slug: three
title: Lesson three
question: What is left?
minutes: 3
---
What is left.
"""

GLOSSARY = """\
## Group ^group
aliases: groups

A list of users. It takes no [[IAM role]].

## IAM role ^iam-role
aliases: role, roles

An identity without long-lived credentials.
"""

QUIZ = """\
// [id:q-one] [tag:groups]
::A group::Is a group a principal? {
	~Yes, always#Never. @m.group-is-a-principal
	=No#A group asks for nothing.
	~On Sundays#Never.
	####Users and roles ask; groups do not.
}

// [id:q-two]
::Closed by default::A request that nothing allows is denied. {TRUE
	#Silence means no. @m.implicit-is-explicit
	#Right.
	####Everything starts as no.
}
"""

CHECKS = """\
// [id:chk-one]
::Check::Who asks? {=A user#Yes. ~A group#No.}
"""

LINE = """\
title = "Two sides"
intro = "Put each duty on its side."

[[service]]
key = "ec2"
name = "Amazon EC2"

[[duty]]
key = "guest-os"
text = "Patching the guest operating system"
  [duty.answer]
  ec2 = "customer"
  [duty.why]
  ec2 = "Only the customer can sign in to it."
"""


def png(width: int = 1, height: int = 1) -> bytes:
    """A black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\x00" + b"\x00" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


FILES: dict[str, str | bytes] = {
    "course.toml": COURSE,
    "glossary.md": GLOSSARY,
    "1-first/01-one.md": ONE,
    "1-first/02-two.md": TWO,
    "1-first/quiz.gift": QUIZ,
    "1-first/checks.gift": CHECKS,
    "2-second/01-three.md": THREE,
    "activities/sides.toml": LINE,
    "images/dot.png": png(),
}


def small_course(changes: dict[str, str | bytes | None] | None = None):
    """Names and bytes; `changes` replaces files, or leaves them out (None)."""
    files = FILES | (changes or {})
    return {
        name: content.encode() if isinstance(content, str) else content
        for name, content in files.items()
        if content is not None
    }


def write(files: dict[str, bytes], folder) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def lesson(body: str, slug: str = "one", title: str = "Lesson one") -> str:
    """A lesson's file; the body begins on line 7."""
    front = f'slug: {slug}\ntitle: {title}\nquestion: "Why?"\nminutes: 5'
    return f"---\n{front}\n---\n{body}\n"
