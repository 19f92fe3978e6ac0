"""The engine's codes in English sentences, from the table beside this file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from policies_lab.iam import DecidingStep, Decision, Problem

_TABLE = Path(__file__).with_name("wording.toml")


@cache
def table() -> dict[str, Any]:
    """Return the table of sentences, read once."""
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def problem_sentence(problem: Problem) -> str:
    """Say what is wrong and what to do about it, without the place.

    Plain text: what a policy's author wrote stands in it and has to be escaped.
    """
    words = table()
    facts = dict(problem.facts)
    if problem.code == "wrong_type":
        named = {
            name: words["types"].get(type_, type_) for name, type_ in facts.items()
        }
        facts = named | {"expected": named["expected"].capitalize()}
    sentence: str = words["problems"][problem.code]
    if facts.get("guess"):
        sentence += words["guesses"].get(problem.code, "")
    return fill(sentence, facts)


def fill(sentence: str, facts: Mapping[str, Any]) -> str:
    """Put facts into a sentence. What was found empty is named, so that the sentence
    keeps its subject."""
    if facts.get("found") != "":
        return sentence.format_map(facts)
    filled = sentence.format_map({**facts, "found": table()["nothing"]["found"]})
    return filled[:1].upper() + filled[1:]


def outcome_sentence(decision: Decision, step: DecidingStep) -> str:
    """Say in one sentence why a request was decided as it was."""
    sentence: str = table()["outcomes"][decision.value][step.value]
    return sentence
