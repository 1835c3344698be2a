"""Commands of contests: list them, make one, share its rules, check a template."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import select

from contest_portal.contests import queries, services
from contest_portal.contests.exporting import exported_template
from contest_portal.contests.presenting import state_name
from contest_portal.contests.template_file import available_templates, load_template
from contest_portal.core.actor import console_actor
from contest_portal.core.clock import today
from contest_portal.core.commands import looked_up, with_app
from contest_portal.core.database import db
from contest_portal.core.errors import DomainError, Invalid, NotFound
from contest_portal.core.i18n import minute, translate
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Office


@click.group("contest")
def contest_group() -> None:
    """赛事与规则模板。"""


@contest_group.command("list")
@click.option("--office", help="只列出这个单位的赛事（全称或简称）。")
@with_app
def list_contests(_app: Flask, office: str | None) -> None:
    """列出赛事和随程序提供的规则模板。"""
    for contest in queries.all_contests(_office(office).id if office else None):
        closes = minute(contest.submission_closes_at) or "—"
        click.echo(
            f"{contest.id}\t{contest.year}\t{state_name(contest)}\t{contest.office.name}\t{contest.name}\t{closes}"
        )
    click.echo(_("规则模板："))
    for code in available_templates():
        click.echo(f"  {code}\t{load_template(code).name}")


@contest_group.command("create")
@click.option("--template", required=True, help="模板代码，或 TOML 文件的路径。")
@click.option("--year", type=click.IntRange(2000, 2100), help="年度；默认今年。")
@click.option("--office", help="主办单位（全称或简称）；只有一个单位时可省略。")
@click.option("--name", default="", help="赛事名称；默认由模板生成。")
@click.option("--called-on", type=click.DateTime(["%Y-%m-%d"]), help="通知日期；各环节的日期由此推算，默认今天。")
@with_app
def create(
    _app: Flask, template: str, year: int | None, office: str | None, name: str, called_on: datetime | None
) -> None:
    """由规则模板创建一个草稿。"""
    day = called_on.date() if called_on else today()
    year, office_id, path = year or day.year, _office(office).id, Path(template)
    if template in available_templates():
        contest = services.create_contest_from_template(
            console_actor(), template, year, name=name, called_on=day, office_id=office_id
        )
    elif path.is_file():
        contest = services.create_contest_from_text(
            console_actor(), _read(path), path.name, year, name=name, called_on=day, office_id=office_id
        )
    else:
        raise NotFound("contests.no_template", N_("没有这个规则模板，也没有这个文件。"))
    click.echo(_("已创建草稿 %(id)s：%(name)s", id=contest.id, name=contest.name))


@contest_group.command("export")
@click.argument("contest_id", type=int)
@with_app
def export(_app: Flask, contest_id: int) -> None:
    """把一个赛事的规则写成模板（TOML，写到标准输出）。"""
    click.echo(exported_template(looked_up(queries.contest, contest_id, N_("赛事")))[1], nl=False)


@contest_group.command("check-template")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
@with_app
def check_template(_app: Flask, context: click.Context, file: Path) -> None:
    """检查规则模板：逐行指出错误，有错误时退出码为 2。"""
    try:
        template = services.parsed(_read(file), file.name)
    except DomainError as error:
        for problem in error.problems:
            click.echo(f"{file.name} {translate(problem.message)}", err=True)
        context.exit(2)
    click.echo(_("模板「%(name)s」正确，共 %(count)s 个类别。", name=template.name, count=len(template.categories)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            "contests.template_encoding", N_("模板文件不是 UTF-8 编码，请另存为 UTF-8"), field="file"
        ) from error


def _office(name: str | None) -> Office:
    """The office of that name, or the only one. Raises NotFound, Invalid where a name is needed."""
    rows = list(db.session.scalars(select(Office).where(~Office.is_sender_record).order_by(Office.id)))
    if name is None and len(rows) != 1:
        raise Invalid("contests.which_office", N_("请用 --office 写明主办单位。"))
    found = next((row for row in rows if name is None or name in {row.name, row.short_name}), None)
    if found is None:
        message = Message.of(
            N_("没有名为「%(name)s」的主办单位，已有：%(known)s。"),
            name=name or "",
            known="、".join(row.name for row in rows) or "—",
        )
        raise NotFound("contests.no_office", message)
    return found


commands = [contest_group]
