"""What axe objects to on a page that a browser shows."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Objection = tuple[str, list[str]]
"""The rule that is broken, and where: the HTML of the nodes."""
# Only what is wrong comes over: most of what axe finds is what is right.
_RUN = """() => axe.run({resultTypes: ['violations']})
    .then(found => found.violations.map(rule => [rule.id, rule.nodes.map(node => node.html)]))"""


def objections(page: Page) -> list[Objection]:
    """All of them, as the page is shown now. A document gets axe's half megabyte of script once."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [(rule, nodes) for rule, nodes in page.evaluate(_RUN)]
