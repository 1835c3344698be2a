"""The commands that list, show and withdraw entries."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.entries.cli import entries_group
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.submission import submit_entry
from tests.entries.entry_factories import Place, make_painting, make_place
from tests.factories import make_contest


class Running:
    """What the commands find as their application."""

    def __init__(self, app: Flask) -> None:
        self.app = app


def run(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(entries_group, list(arguments), obj=Running(app))


@pytest.fixture
def place(app: Flask) -> Place:
    found = make_place()
    entry = make_painting(found)
    submit_entry(found.teacher, entry.id, entry_by_id(entry.id).version)
    return found


def test_entries_are_listed_and_counted(app: Flask, place: Place) -> None:
    output = run(app, "list", "--contest", str(place.contest.id), "--state", "submitted").output
    assert "GZ2018-KH-X-0001\t已提交\t科幻画作品\t西关小学\t张晓明\t月球上的空中农场" in output
    assert "共 1 件。" in output
    assert "共 0 件。" in run(app, "list", "--contest", str(place.contest.id), "--state", "draft").output


def test_an_entry_is_shown_as_it_was_submitted(app: Flask, place: Place) -> None:
    output = run(app, "show", "GZ2018-KH-X-0001").output
    for expected in ("月球上的空中农场", "水粉", "张晓明", "月球农场.jpg"):
        assert expected in output


def test_withdrawing_needs_a_reason_and_is_recorded(app: Flask, place: Place) -> None:
    assert run(app, "withdraw", "GZ2018-KH-X-0001").exit_code != 0
    result: Any = run(app, "withdraw", "GZ2018-KH-X-0001", "--why", "学校来函撤回")
    assert result.output == "已撤回 GZ2018-KH-X-0001《月球上的空中农场》。\n"
    db.session.rollback()
    assert "学校来函撤回" in run(app, "show", "GZ2018-KH-X-0001").output


def test_an_unknown_number_is_named(app: Flask, place: Place) -> None:
    result = run(app, "withdraw", "GZ2018-KH-X-0999", "--why", "x")
    assert isinstance(result.exception, Invalid)
    assert "GZ2018-KH-X-0999" in str(result.exception)


def test_a_contest_or_an_entry_that_is_not_there_is_named(app: Flask, place: Place) -> None:
    assert str(run(app, "list", "--contest", "99999").exception) == "没有编号为 99999 的赛事。"
    assert "没有编号为 99999 的赛事" in str(run(app, "show", "GZ2018-KH-X-0001", "--contest", "99999").exception)
    other = make_contest(place.office, name="2018年创客大赛", template="maker-2018")
    wrong = run(app, "show", "GZ2018-KH-X-0001", "--contest", str(other.id)).exception
    assert str(wrong) == "「2018年创客大赛」中没有编号为 GZ2018-KH-X-0001 的作品。"
