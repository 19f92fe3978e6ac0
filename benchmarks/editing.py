"""How long a learner waits while writing: python -m benchmarks.editing [--rounds 10]

Starts the server as `make serve` does, types into the policy editor with the Chromium
of the browser tests, and measures in the page: from entering a text to the editor over
it, from a key to the new remarks beneath the text, from a key to the words to choose.
"""

import argparse
import json
import os
import statistics
import tempfile

from playwright.sync_api import Page, sync_playwright

from benchmarks.pages import Server, prepare
from tests.browser.conftest import QUIET, find_chromium

AREA, EDITOR = "#id_policy-0-document", "#id_policy-0-document-editor"
REGION = f"{AREA}-problems"
# Time from now to the first change beneath the text, or to an element that appears.
UNTIL = """([inside, wanted]) => { const began = performance.now();
  window.measured = new Promise((done) => new MutationObserver((_all, watching) => {
    if (wanted && !document.querySelector(wanted)) return;
    watching.disconnect(); requestAnimationFrame(() => done(performance.now() - began));
  }).observe(document.querySelector(inside), { childList: true, subtree: true }));
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="editing-benchmark-") as data:
        prepare(data)
        with Server() as port, sync_playwright() as playwright:
            sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(
                executable_path=find_chromium(), args=[*QUIET, *sandbox]
            )
            for _round in range(rounds):
                page = browser.new_context().new_page()
                page.goto(f"http://127.0.0.1:{port}/lab/")
                for name, time in journey(page).items():
                    found.setdefault(name, []).append(time)
                page.context.close()
            browser.close()
    print(f"| ms, median and slowest of {rounds} | | |\n| --- | ---: | ---: |")
    for name, times in found.items():
        print(f"| {name} | {statistics.median(times):.0f} | {max(times):.0f} |")


def journey(page: Page) -> dict[str, float]:
    """One learner at the bench; times in milliseconds by what was waited for."""
    measured = {}
    page.evaluate(UNTIL, ["#policy-0", ".cm-content"])
    page.locator(AREA).focus()
    measured["a text is entered → the editor is there"] = until(page)
    page.locator(EDITOR).focus()
    for name, text in {"small": small(), "large": large()}.items():
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
        page.wait_for_timeout(1500)
        page.evaluate(UNTIL, [REGION, ""])
        page.keyboard.type(" ")
        measured[f"a key in a {name} policy → its remarks"] = until(page)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('{"Statement": {"Action": "ec2:"}}')
    for _step in range(3):
        page.keyboard.press("ArrowLeft")
    page.evaluate(UNTIL, ["body", ".cm-tooltip-autocomplete [aria-selected]"])
    page.keyboard.type("d")
    measured["a key → words, EC2's 826 actions fetched first"] = until(page)
    page.keyboard.press("Escape")
    page.evaluate(UNTIL, ["body", ".cm-tooltip-autocomplete [aria-selected]"])
    page.keyboard.type("e")
    measured["a key → words that are there"] = until(page)
    return measured


def until(page: Page) -> float:
    return page.evaluate("window.measured")


def small() -> str:
    return policy({"Action": "s3:GetObjekt", "Resource": "*"})


def large() -> str:
    """About as much as a managed policy may hold."""
    statements = [
        {"Action": ["s3:GetObject", f"s3:Put{n}"], "Resource": f"arn:aws:s3:::b{n}/*"}
        for n in range(20)
    ]
    return policy(*statements)


def policy(*statements: dict) -> str:
    listed = [{"Effect": "Allow"} | statement for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": listed}, indent=2)


if __name__ == "__main__":
    main()
