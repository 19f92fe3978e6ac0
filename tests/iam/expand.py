"""A file of the corpus as scenarios, written out in full.

`python -m tests.iam.expand FILE ...` prints them as JSON Lines for
`python manage.py evaluate -`. The form of a file is told in corpus/README.md.
"""

import json
import sys
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
MERGED = ("context", "policies")


def expanded(path):
    """The cases of a file, each with the file's defaults in it.

    A member of a case replaces the default; in `context` and `policies`, whose members
    are independent of each other, a member of theirs does.
    """
    written = json.loads(path.read_text(encoding="utf-8"))
    defaults = written.get("defaults", {})
    return [_with(defaults, case) for case in written["cases"]]


def _with(defaults, case):
    whole = {**defaults, **case}
    for name in MERGED:
        whole[name] = {**defaults.get(name, {}), **case.get(name, {})}
    return whole


def files():
    """Every file of scenarios, by name."""
    return sorted(CORPUS.glob("*.json"))


def lines(path):
    """A file as JSON Lines."""
    return "".join(json.dumps(case) + "\n" for case in expanded(path))


if __name__ == "__main__":
    sys.stdout.writelines(lines(Path(name)) for name in sys.argv[1:])
