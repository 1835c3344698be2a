"""Pure rules stand alone: only the standard library, numbers, `core.text` and other pure rules."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED_LIBRARIES = {
    "numpy", "scipy", "cv2", "opencc", "pypinyin", "chinese_calendar", "cryptography", "icalendar", "pyotp", "zxcvbn",
}  # fmt: skip


def contract(name: str) -> dict:
    """The import-linter contract of pyproject.toml whose name begins with `name`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = [each for each in project["tool"]["importlinter"]["contracts"] if each["name"].startswith(name)]
    assert len(found) == 1
    return found[0]


def path_of(module: str) -> Path:
    base = ROOT.joinpath(*module.split("."))
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


def with_descendants(module: str) -> list[str]:
    """A module, or a package with all that is in it."""
    path = path_of(module)
    if path.name != "__init__.py":
        return [module]
    files = sorted(path.parent.rglob("*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]


PURE = [name for module in contract("A pure rule")["source_modules"] for name in with_descendants(module)]


def imported_by(module: str) -> list[tuple[int, str]]:
    """(line, module) of each import of `module`, also of those inside functions."""
    found = []
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            inner = [name for name in names if name.startswith("contest_portal.") and path_of(name).exists()]
            found += [(node.lineno, name) for name in inner or [node.module]]
    return found


@pytest.mark.parametrize("module", PURE)
def test_a_pure_rule_imports_nothing_of_the_rooms_but_pure_rules(module: str) -> None:
    wrong = [
        f"line {line}: {name}"
        for line, name in imported_by(module)
        if name not in PURE
        and name.split(".")[0] not in sys.stdlib_module_names
        and name.split(".")[0] not in ALLOWED_LIBRARIES
    ]
    assert not wrong, f"{module} is a pure rule; let its caller hand in plain values instead of importing {wrong}"
