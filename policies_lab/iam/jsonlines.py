"""JSON Lines from a byte stream: one text at a time, whatever stands in the others."""

from collections.abc import Iterator
from typing import BinaryIO

from policies_lab.iam.documents import Problem
from policies_lab.iam.scenario import MAX_SCENARIO

_MAX_BYTES = 4 * MAX_SCENARIO
_BOM = b"\xef\xbb\xbf"


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, str | Problem]]:
    """Yield the lines that are not blank, or why one cannot be read as text, each
    with its number, which counts blank lines and begins at 1."""
    row = 0
    while line := stream.readline(_MAX_BYTES):
        too_long = len(line) == _MAX_BYTES and not line.endswith(b"\n")
        length = len(line)
        while too_long and (rest := stream.readline(_MAX_BYTES)):
            length += len(rest)
            if rest.endswith(b"\n"):
                break
        row += 1
        line = line.removeprefix(_BOM) if row == 1 else line
        if too_long:
            facts = {"length": str(length), "limit": str(MAX_SCENARIO)}
            yield row, Problem("scenario_too_large", "", facts=facts)
        elif line.strip():
            yield row, _decode(line)


def _decode(line: bytes) -> str | Problem:
    try:
        return line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return Problem("not_utf8", "")
