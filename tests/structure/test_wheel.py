"""The wheel runs outside the checkout: it carries pages, browser files, translations, rule templates and migrations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from contest_portal.core.manuals import MANUALS

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build" / "tools"
CARRIED = {".html", ".typ", ".toml", ".txt", ".json", ".csv", ".ttf", ".otf", ".svg", ".png"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout with the locked build tools."""
    if not TOOLS.is_dir():
        pytest.skip("the build tools are not installed: `make install` does it")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT],
        env={**os.environ, "PYTHONPATH": str(TOOLS)},
        check=True,
    )
    return next(folder.glob("contest_portal-*.whl"))


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_carries_every_file_that_the_program_reads(unpacked: Path) -> None:
    package = ROOT / "contest_portal"
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix in CARRIED and not any(part.startswith("dist-") for part in path.parts)
    }
    wanted |= {path.with_suffix(".mo").relative_to(ROOT).as_posix() for path in package.glob("translations/**/*.po")}
    wanted |= {
        f"contest_portal/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "migrations").rglob("*")
        if path.is_file() and path.suffix in {".py", ".ini", ".mako"}
    }
    wanted |= {f"contest_portal/manuals/{name}.md" for name in MANUALS}
    missing = sorted(name for name in wanted if not (unpacked / name).is_file())
    assert not missing, f"The wheel lacks {missing}: see [tool.hatch.build] in pyproject.toml"


def test_the_manifest_in_the_wheel_names_files_that_are_there(unpacked: Path) -> None:
    dist = unpacked / "contest_portal" / "core" / "static" / "dist"
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    assert {"app.js", "app.css", "icons.svg"} <= set(manifest)
    assert [name for name in manifest.values() if not (dist / name).is_file()] == []


def test_the_unpacked_wheel_makes_its_database_and_shows_its_first_page(unpacked: Path, tmp_path: Path) -> None:
    script = """
import contest_portal, flask_migrate, sys
from contest_portal.settings import read_settings
assert contest_portal.__file__.startswith(sys.argv[1]), contest_portal.__file__
app = contest_portal.create_app(read_settings(instance=sys.argv[2]))
with app.app_context():
    flask_migrate.upgrade()
page = app.test_client().get("/", follow_redirects=True)
assert page.status_code == 200, page.status_code
assert "/dist/app." in page.text, page.text[:2000]
manual = app.test_client().get("/help/office")
assert manual.status_code == 200, manual.status_code
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(unpacked), str(tmp_path / "instance")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
