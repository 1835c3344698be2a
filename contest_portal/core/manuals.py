"""The manuals of the roles, as pages: the Markdown of `docs/`, which the wheel carries along."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from contest_portal.core.errors import NotFound

MANUALS = ("teacher", "school-manager", "judge", "office", "report")

_PACKAGE = Path(__file__).resolve().parents[1]
_BROKEN_LINE = re.compile(r"(?<=[^\x00-\x7f])\n *(?=[^\x00-\x7f])")
_LINK = re.compile(r'href="([a-z-]+)\.md(#[^"]*)?"')


@dataclass(frozen=True)
class Manual:
    """A manual ready to be shown: its heading and the HTML of what follows."""

    title: str
    body: Markup


@cache
def manual(name: str) -> Manual:
    """The manual of that name. Raises NotFound for any other."""
    if name not in MANUALS:
        raise NotFound
    title, _line, text = (_folder() / f"{name}.md").read_text(encoding="utf-8").partition("\n")
    # A line broken in the middle of a Chinese sentence would show as a space.
    # The text is the program's own, yet HTML in it stays text: Markdown alone is enough for a manual.
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(_BROKEN_LINE.sub("", text))
    html = html.replace("<table>", '<div class="table-frame" tabindex="0"><table class="table">')
    html = html.replace("</table>", "</table></div>")
    html = html.replace("<pre>", '<pre tabindex="0">')  # what scrolls is reached by the keyboard
    # One manual links to another as the files do, side by side.
    return Manual(title.removeprefix("# ").strip(), Markup(_LINK.sub(r'href="\1\2"', html)))  # noqa: S704


def _folder() -> Path:
    """Where the manuals stand: in an installed package beside the rooms, in a checkout in `docs/`."""
    carried = _PACKAGE / "manuals"
    return carried if carried.is_dir() else _PACKAGE.parent / "docs"
