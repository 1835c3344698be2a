"""What people see while the database is away: a page in words, for which nothing is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.core.storage import StorageAway
from tests.factories import make_account, make_office, sign_in

Break = Callable[[Exception], None]
REASONS = [
    OperationalError("select", None, Exception("server closed the connection")),
    InterfaceError("select", None, Exception("the connection is closed")),
    NoConnectionFree("QueuePool limit reached"),
]


@pytest.fixture
def somebody(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_account(Role.OFFICE, office=make_office()))


@pytest.fixture
def break_database(app: Flask) -> Iterator[Break]:
    """From now on every statement fails so."""
    reasons: list[Exception] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def refuse(*_anything: object) -> None:
        if reasons:
            raise reasons[0]

    yield reasons.append
    event.remove(db.engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize("reason", REASONS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("address", ["/", "/notices", "/no-such-page"])
def test_a_page_while_the_database_is_away(
    somebody: FlaskClient, break_database: Break, reason: Exception, address: str
) -> None:
    break_database(reason)
    answer = somebody.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    page = answer.get_data(as_text=True)
    assert "<h1>系统正忙</h1>" in page
    assert re.search(r"编号：[0-9a-f]{16}", page)


def test_a_connection_that_breaks_at_the_very_end_is_nobodys_trouble(app: Flask) -> None:
    @event.listens_for(db.engine, "rollback")
    def refuse(_connection: object) -> None:
        raise REASONS[0]

    try:
        with app.app_context():
            assert db.session.scalar(text("SELECT 1")) == 1
    finally:
        event.remove(db.engine, "rollback", refuse)
    with app.app_context():
        assert db.session.scalar(text("SELECT 1")) == 1


def test_scripts_are_told_in_their_own_way(somebody: FlaskClient, break_database: Break) -> None:
    break_database(REASONS[0])
    answer = somebody.get("/notices", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert "可能没有保存" in answer.json["message"]


def test_a_storage_that_is_away_says_when_to_come_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StorageAway

    monkeypatch.setitem(app.view_functions, "core.health", away)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "文件存储暂时连接不上" in answer.get_data(as_text=True)
