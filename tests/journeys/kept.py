"""Scenes that are built once in a run and copied for every story that begins with them: database, files and all."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from contest_portal.core import secret_files
from contest_portal.core.database import db

DATABASE, FILES, SECRETS = "contest.sqlite3", "files", "secrets"
S = TypeVar("S")


class Kept:
    """Copies of instances in `folder`. All sites of a run share its secrets: what one sealed, another opens."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        self._folder, self._empty = folder, empty_database
        self._scenes: dict[str, Any] = {}
        for name in ("secret_key", "data_key"):
            secret_files.secret(folder, name)

    def prepare(self, instance: Path) -> None:
        """Lay an empty database and the run's secrets into a new instance."""
        instance.mkdir()
        shutil.copyfile(self._empty, instance / DATABASE)
        shutil.copytree(self._folder / SECRETS, instance / SECRETS)

    def scene(self, app: Flask, name: str, build: Callable[[], S]) -> S:
        """What `build` gives, the scene's rows by their numbers; from the second time on the instance becomes a copy.

        To be asked before anybody has come to the site, and not within its context.
        """
        instance: Path = app.config["SETTINGS"].instance
        if name not in self._scenes:
            built = build()
            self._keep(app, instance, self._folder / name)
            self._scenes[name] = copy.deepcopy(built)
            return built
        with app.app_context():
            db.engine.dispose()
        for ending in ("", "-wal", "-shm"):
            (instance / f"{DATABASE}{ending}").unlink(missing_ok=True)
        shutil.copytree(self._folder / name, instance, dirs_exist_ok=True)
        found: S = copy.deepcopy(self._scenes[name])
        return found

    def _keep(self, app: Flask, instance: Path, place: Path) -> None:
        with app.app_context():
            db.session.remove()
            with db.engine.connect() as connection:
                busy, *_pages = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
                assert not busy
            db.engine.dispose()
        place.mkdir()
        shutil.copyfile(instance / DATABASE, place / DATABASE)
        if (instance / FILES).exists():
            shutil.copytree(instance / FILES, place / FILES)
