"""Each library is there for a reason: the program uses it, and the decisions say why it was taken."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "chinesecalendar": "chinese_calendar",
    "fonttools": "fontTools",
    "markdown-it-py": "markdown_it",
    "noto-cjk": "noto_cjk_sans_otc",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "psycopg": "psycopg",
}
DATA_ALONE = {"tzdata"}
"""Read by the standard library, imported by nobody."""


def names_of(requirements: list[str]) -> list[str]:
    return [re.match(r"[A-Za-z0-9-]+", one)[0] for one in requirements]  # type: ignore[index]


def test_the_program_uses_each_library_that_it_brings() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("contest_portal", "migrations")
        for path in (ROOT / folder).rglob("*.py")
    )
    modules = {
        name: IMPORTED_AS.get(name, name.removeprefix("python-").replace("-", "_"))
        for name in names_of(DECLARED["dependencies"])
    }
    unused = [
        name
        for name, module in modules.items()
        if name not in DATA_ALONE
        and not re.search(rf'^\s*(?:import|from) (?:\w+_)?{module}\b|"{module}"', code, re.MULTILINE)
    ]
    assert not unused, (
        f"pyproject.toml brings {unused}, which nothing imports: take them out, or move them to the tests' extra"
    )


def test_the_decisions_say_why_each_library_was_taken() -> None:
    page = (ROOT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8").lower()
    extras = [one for extra in DECLARED["optional-dependencies"].values() for one in extra]
    names = {*names_of(DECLARED["dependencies"]), *names_of(extras)} - {DECLARED["name"]}
    unexplained = sorted(name for name in names if name not in page)
    assert not unexplained, f"docs/decisions/dependencies.md says nothing of {unexplained}"
