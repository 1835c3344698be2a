"""The console's commands: the first office, its first account, a forgotten password."""

from __future__ import annotations

import re

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import DomainError
from contest_portal.core.models import AuditRecord
from contest_portal.people.cli import commands
from contest_portal.people.models import CodeApp
from contest_portal.people.queries.offices import offices
from contest_portal.people.services.joining import join_with_new_account
from contest_portal.people.services.signing_in import sign_in
from contest_portal.people.sessions import actor_of_token, visitor
from tests.factories import made, make_office, make_school

PASSWORD = "heihe-2018"


class ThisApp:
    """Hands the tests' application to the commands."""

    def __init__(self, app: Flask) -> None:
        self.app = app


@pytest.fixture
def run(app: Flask):
    root = click.Group(commands=commands)

    def call(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(root, arguments, obj=ThisApp(app), input=typed, catch_exceptions=False)

    return call


def test_the_chain_of_offices_is_made_from_the_top(run) -> None:
    run("office", "add", "甘肃省科学技术协会", "--level", "province", "--region", "甘肃省", "--prefix", "GS")
    run("office", "add", "张掖市科学技术协会", "--level", "city", "--region", "张掖市", "--prefix", "ZY",
        "--parent", "甘肃省科学技术协会")  # fmt: skip
    run("office", "add", "甘州区科学技术协会", "--short-name", "甘州区科协", "--region", "甘州区", "--prefix", "GZ",
        "--parent", "张掖市科学技术协会")  # fmt: skip
    assert [(row.name, row.parent.name if row.parent else "") for row in offices()] == [
        ("甘州区科学技术协会", "张掖市科学技术协会"),
        ("张掖市科学技术协会", "甘肃省科学技术协会"),
        ("甘肃省科学技术协会", ""),
    ]
    assert "甘州区科学技术协会\tGZ\t张掖市科学技术协会" in run("office", "list").output
    with pytest.raises(DomainError):
        run(
            "office",
            "add",
            "省上之省",
            "--level",
            "province",
            "--region",
            "x",
            "--prefix",
            "X",
            "--parent",
            "甘州区科协",
        )


def test_the_first_account_is_made_by_a_printed_link(run, app: Flask) -> None:
    make_office()
    output = run("account", "add", "陈建国", "--role", "office").output
    code = re.findall(r"http://127\.0\.0\.1:8000/i/([0-9A-Z-]{19})", output)[0]
    account, _ = join_with_new_account(visitor(), code, login_name="kexie", password=PASSWORD)
    assert account.name == "陈建国"


def test_an_account_with_its_password_typed_in(run, app: Flask) -> None:
    school = make_school(make_office())
    arguments = (
        "account",
        "add",
        "王芳",
        "--role",
        "school_manager",
        "--school",
        school.name,
        "--phone",
        "13812345678",
    )
    assert "已开通账号：王芳（学校管理员）" in run(*arguments, typed=f"{PASSWORD}\n{PASSWORD}\n").output
    assert PASSWORD not in run("account", "show", "13812345678").output
    _, token = sign_in(visitor(), "13812345678", PASSWORD)
    actor = actor_of_token(token)
    assert actor is not None
    assert actor.role == Role.SCHOOL_MANAGER


def test_the_console_removes_a_lost_factor_and_asks_why(run, app: Flask) -> None:
    make_office()
    code = re.findall(r"/i/([0-9A-Z-]{19})", run("account", "add", "陈建国", "--role", "office").output)[0]
    account, _ = join_with_new_account(visitor(), code, login_name="kexie", password=PASSWORD)
    made(CodeApp(account_id=account.id, secret="GEZDGNBVGY3TQOJQ", last_step=0, added_at=now()))
    _, waiting = sign_in(visitor(), "kexie", PASSWORD)
    assert actor_of_token(waiting) is None
    assert "已移除陈建国的二次验证" in run("account", "remove-factor", "kexie", typed="只有一名工作人员\n").output
    _, token = sign_in(visitor(), "kexie", PASSWORD)
    assert actor_of_token(token) is not None
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "people.reset_factor")).one()
    assert (record.actor, record.why) == ("console", "只有一名工作人员")


def test_the_console_resets_anybody(run, app: Flask) -> None:
    school = make_school(make_office())
    run("account", "add", "王芳", "--role", "teacher", "--school", school.name, "--login-name", "wf",
        typed=f"{PASSWORD}\n{PASSWORD}\n")  # fmt: skip
    assert "/i/" in run("account", "reset", "wf").output
    assert (
        "须先改成自己的密码" in run("account", "reset", "wf", "--ask-password", typed="neu-neu-1\nneu-neu-1\n").output
    )
    _, token = sign_in(visitor(), "wf", "neu-neu-1")
    actor = actor_of_token(token)
    assert actor is not None
    assert actor.must_change_password


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "add", "王芳", "--role", "office"),
        ("account", "add", "王芳", "--role", "teacher", "--school", "没有的学校"),
        ("account", "reset", "nobody"),
    ],
)
def test_what_is_not_there_is_said_plainly(run, app: Flask, arguments: tuple[str, ...]) -> None:
    with pytest.raises(DomainError) as error:
        run(*arguments)
    assert str(error.value.message).startswith("没有")
