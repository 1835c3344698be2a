"""Every icon that a page names is in the sprite that the build makes."""

from __future__ import annotations

import json
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "contest_portal"
DIST = PACKAGE / "core" / "static" / "dist"


def test_every_icon_that_a_page_names_exists() -> None:
    manifest = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    sprite = (DIST / manifest["icons.svg"]).read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        (name, path.relative_to(PACKAGE).as_posix())
        for path in PACKAGE.rglob("*.html")
        for name in re.findall(r"""\bicon\(\s*["']([^"']+)["']""", path.read_text(encoding="utf-8"))
    }
    unknown = sorted(f"{name} in {path}" for name, path in named if name not in known)
    assert not unknown, f"Run `make assets`; if it stays, Bootstrap Icons has no such name: {unknown}"
