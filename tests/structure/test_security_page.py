"""docs/security.md names only files and tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.compile(r"`((?:contest_portal|tests|docs|deploy|requirements|fuzzing)/[\w./-]+?)(?:::(\w+))?`")
CHAPTERS = 17


def test_every_file_and_test_that_the_table_names_is_there() -> None:
    found = NAMED.findall(PAGE)
    assert found
    for path, test in found:
        assert (ROOT / path).exists(), f"docs/security.md names {path}: it is gone, name what took its place"
        if test:
            tree = ast.parse((ROOT / path).read_text("utf-8"))
            names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert test in names, f"docs/security.md names {path}::{test}: it is gone, name the test that shows it now"


def test_every_chapter_of_the_standard_is_there() -> None:
    assert re.findall(r"^## V(\d+) ", PAGE, re.MULTILINE) == [str(number) for number in range(1, CHAPTERS + 1)]


def test_no_requirement_stands_twice_and_each_is_of_its_chapter() -> None:
    seen: set[str] = set()
    for chapter, text in re.findall(r"^## V(\d+) .*?\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL):
        for row in re.findall(r"^\| (\d[^|]*)\|", text, re.MULTILINE):
            for number in numbers_of(row):
                assert number.startswith(f"{chapter}."), f"{number} does not belong to V{chapter}"
                assert number not in seen, f"{number} stands twice"
                seen.add(number)


def numbers_of(row: str) -> list[str]:
    """1.2.6–1.2.8, 1.3.1: all four."""
    numbers: list[str] = []
    for first, last in re.findall(r"(\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))?", row):
        section, _, begin = first.rpartition(".")
        end = last.rpartition(".")[2] if last else begin
        numbers += [f"{section}.{number}" for number in range(int(begin), int(end) + 1)]
    return numbers
