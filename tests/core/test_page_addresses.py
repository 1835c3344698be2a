"""Pages name each other by endpoint; a name that no view has would lead nowhere, or quietly hide the link."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

PACKAGE = Path(__file__).parents[2] / "contest_portal"
NAMED = re.compile(r"\b(?:url_for|link_to|page_of)\('([a-z_]*\.[a-z_]+)'")
SHOWN_AS_EXAMPLE = {"room.endpoint"}


def test_every_endpoint_that_a_template_names_is_a_view(app: Flask) -> None:
    unknown = {}
    for template in PACKAGE.glob("*/templates/**/*.html"):
        room = template.relative_to(PACKAGE).parts[0]
        names = NAMED.findall(template.read_text("utf-8"))
        named = {f"{room}{name}" if name.startswith(".") else name for name in names}
        if missing := sorted(name for name in named - SHOWN_AS_EXAMPLE if not is_view(app, name)):
            unknown[template.relative_to(PACKAGE).as_posix()] = missing
    assert not unknown, f"These templates link to views that do not exist: {unknown}"


def is_view(app: Flask, name: str) -> bool:
    """Whether a view has that endpoint, or one begins with it where a template completes the name by a value."""
    return name in app.view_functions or (
        name.endswith("_") and any(view.startswith(name) for view in app.view_functions)
    )
