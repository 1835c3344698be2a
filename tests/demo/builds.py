"""Demos as people build them: in processes of their own, each in a folder that it fills and nobody else touches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from sqlalchemy import func, select

from contest_portal.core.database import db

COMMAND = Path(sysconfig.get_path("scripts")) / "contest-portal"
PUBLISHED = json.loads((Path(__file__).parents[1] / "published" / "contest_2018.json").read_text("utf-8"))
"""The office's own numbers of 2018."""
SMALL = """
import flask_migrate, sys
from pathlib import Path
from contest_portal import create_app
from contest_portal.demo.cli import build
from contest_portal.demo.plan import small_plan
from contest_portal.settings import Settings
if __name__ == "__main__":
    app = create_app(Settings(instance=Path(sys.argv[1]), database_url=sys.argv[2]))
    with app.app_context():
        flask_migrate.upgrade()
        build(app, small_plan())
"""
"""The demo of the command with its smaller plan."""


def environment(**more: str) -> dict[str, str]:
    """This process's own, without the settings that somebody may have made."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTEST_PORTAL_", "DATABASE_"))}
    return {**kept, "PYTHONUTF8": "1", **more}


def command(instance: Path, *words: str) -> str:
    """What the real command says; it must succeed."""
    done = subprocess.run(
        [COMMAND, "--instance", instance, *words],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def begin_small(instance: Path, database_url: str = "", **more: str) -> subprocess.Popen[str]:
    """Begin to build the small demo."""
    instance.mkdir(parents=True, exist_ok=True)
    script = instance.parent / f"build-{instance.name}.py"  # a file: the makers of pictures start from it again
    script.write_text(SMALL, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, script, instance, database_url],
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def end_of(build: subprocess.Popen[str]) -> str:
    """What a build said; it must have succeeded."""
    said, _nothing = build.communicate(timeout=1800)
    assert build.returncode == 0, said[-3000:]
    return said


def count(model: type[db.Model]) -> int:  # type: ignore[name-defined]
    return db.session.scalar(select(func.count()).select_from(model)) or 0
