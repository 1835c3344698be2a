"""The drawings in the documentation are those of the tables."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def drawing() -> dict[str, Any]:
    """What docs/draw_states.py defines."""
    return runpy.run_path(str(DOCS / "draw_states.py"), run_name="draw_states")


@pytest.fixture(scope="module")
def page() -> str:
    return (DOCS / "states.md").read_text(encoding="utf-8")


def test_the_drawn_states_are_those_of_the_tables(drawing: dict[str, Any], page: str) -> None:
    assert drawing["drawn"](page) == page, "A table of states has changed: run `make docs` and commit docs/states.md"


def test_every_machine_has_its_drawing(drawing: dict[str, Any], page: str) -> None:
    assert set(re.findall(r"<!-- states: (\w+) -->", page)) == set(drawing["drawings"]())
