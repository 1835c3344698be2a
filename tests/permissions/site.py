"""A running program with the scene in it: asked as each of its people, and put back after whatever an answer changed."""

from __future__ import annotations

import io
import itertools
import shutil
import zipfile
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from werkzeug.test import TestResponse

from contest_portal import create_app
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.settings import Settings
from tests.factories import sign_in
from tests.permissions.matrix import ASKING, Line
from tests.permissions.scene import Scene, build_scene

REFUSALS = {401: "登", 403: "拒", 404: "藏"}
ALLOWED = {400, 409, 412, 422}  # an empty form is wrong, or comes too late: whoever is told so was let in
AS_DATA = {"Accept": "application/json"}  # asked so, a refusal is its bare status and no page need be drawn


class Site:
    """On SQLite whatever the other tests run on: who may do what is decided before the database matters."""

    def __init__(self, folder: Path, empty_database: Path, clock: MovingClock) -> None:
        self.path = folder / "instance" / "contest.sqlite3"
        self.kept = folder / "kept.sqlite3"
        self.requests = itertools.count(1)
        self.path.parent.mkdir()
        shutil.copyfile(empty_database, self.path)
        settings = Settings(instance=folder / "instance", database_url=f"sqlite:///{self.path}", jobs_embedded=False)
        self.app: Flask = create_app(settings, clock=clock, testing=True)
        self.app.config["WTF_CSRF_ENABLED"] = False
        with self.app.app_context():
            flask_migrate.stamp()  # its tables are made without the mark, and /readyz looks for it
            self.scene: Scene = build_scene()
            self.cookies = {column: self.new_cookie(column) for column in ASKING}
        self.keep()

    def new_cookie(self, column: str) -> str:
        """The session cookie of a fresh sign-in; "" for who has no account."""
        actor = self.scene.people[column]
        if actor is None:
            return ""
        client = sign_in(self.app.test_client(), actor)
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return cookie.value

    def ask(self, line: Line, column: str) -> TestResponse:
        """The answer to the line's request by that person, the form empty but for what names a row of one's own."""
        client = self.app.test_client()
        if self.cookies[column]:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookies[column])
        number = next(self.requests)
        origin = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}  # an address of its own, so that none tires
        form = self._form(line, column) if line.method == "POST" else None
        answer = client.open(self.address(line), method=line.method, data=form, environ_base=origin, headers=AS_DATA)
        if line.method != "GET" and sign_of(answer) == "可":
            self.put_back()
        return answer

    def address(self, line: Line) -> str:
        """The line's address with the scene's values in it."""
        rules = self.app.url_map.iter_rules()
        rule = next(one for one in rules if one.rule == line.address and line.method in (one.methods or ()))
        values = self.scene.values_for(line.address, line.variant)
        missing = rule.arguments - values.keys()
        assert not missing, f"{line.request}: the scene has no {missing}: add a row and its value to scene.py"
        return self.app.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments})

    def _form(self, line: Line, column: str) -> dict[str, Any]:
        actor = self.scene.people[column]
        if line.address == "/account/membership" and actor is not None and actor.membership is not None:
            return {"membership_id": actor.membership.id}
        return {}

    def keep(self) -> None:
        """From now on, put back to what is here now."""
        with self.app.app_context():
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
        shutil.copyfile(self.path, self.kept)

    def put_back(self) -> None:
        """The database as it was when the scene was made, or kept since."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.path)


def sign_of(answer: TestResponse) -> str:
    """The table's sign for an answer; its status where there is none."""
    is_allowed = answer.status_code in ALLOWED or answer.status_code // 100 in {2, 3}
    return REFUSALS.get(answer.status_code, "可" if is_allowed else str(answer.status_code))


def text_of(answer: TestResponse) -> str:
    """What an answer says: a page's text, a workbook's cells; nothing of pictures and PDFs."""
    if answer.mimetype.startswith("text/"):
        return answer.get_data(as_text=True)
    if not answer.data.startswith(b"PK"):
        return ""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
