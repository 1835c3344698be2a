"""`contest-portal privacy`: what is due to be erased, erasing it, periods, what is held about one person."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
from flask import Flask
from flask_babel import gettext as _

from contest_portal.core.actor import console_actor
from contest_portal.core.commands import with_app
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import day
from contest_portal.core.text import N_, Message
from contest_portal.people.privacy.copying import copy_of
from contest_portal.people.privacy.registry import held_about
from contest_portal.people.privacy.rules import rules_of
from contest_portal.people.privacy.services import erasing, retaining
from contest_portal.people.queries.offices import office_named, offices

SITE = "全站"


@click.group("privacy")
def privacy_group() -> None:
    """个人信息：保存期、清除、导出一个人的信息。"""


@privacy_group.command("retention")
@click.option("--office", default="", help="只看一个主办单位（全称或简称）；全站的登录记录和消息写“全站”。")
@click.option("--apply", "is_applied", is_flag=True, help="清除已到期的内容。不写则只列出，不改动任何内容。")
@with_app
def retention(_app: Flask, office: str, *, is_applied: bool) -> None:
    """列出各项保存期和已到期的数量；加 --apply 才清除。"""
    for office_id, name in _places(office):
        click.echo(name)
        for one in retaining.preview(office_id):
            click.echo(f"  {one.rule.code}\t{_line(one)}")
        if is_applied:
            run = retaining.erase_due(console_actor(), office_id)
            click.echo(_("  已清除 %(count)s 项。", count=sum(line["count"] for line in run.lines)))


@privacy_group.command("periods")
@click.argument("periods", nargs=-1, metavar="[CODE=DAYS]...")
@click.option("--office", default=SITE, show_default=True, help="主办单位的全称或简称。")
@click.option("--daily/--no-daily", default=None, help="每天夜里自动清除，或不再自动清除。")
@with_app
def periods(_app: Flask, periods: tuple[str, ...], office: str, *, daily: bool | None) -> None:
    """设置保存期，如 sessions=90；sessions=never 表示不清除。"""
    [(office_id, name)] = _places(office)
    days = dict(_period(one) for one in periods)
    is_daily = retaining.plan_of(office_id).is_daily if daily is None else daily
    retaining.set_plan(console_actor(), office_id, days, None, is_daily=is_daily)
    click.echo(_("已保存%(name)s的保存期。", name=name))


@privacy_group.command("copy")
@click.argument("kind", type=click.Choice(["student", "teacher"]))
@click.argument("number", type=int)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写入的 ZIP 文件。"
)
@click.option("--why", required=True, help="原因，会留下记录。")
@with_app
def copy(_app: Flask, kind: str, number: int, output: Path, why: str) -> None:
    """导出一个人的全部信息。NUMBER 为名册中的编号。"""
    person = erasing.note_copy(console_actor(), kind, number, why)
    with copy_of(person, held_about(person)) as content, output.open("wb") as file:
        shutil.copyfileobj(content, file)
    click.echo(_("已写入 %(file)s。", file=str(output)))


def _line(one: retaining.Due) -> str:
    if one.days is None:
        return _("%(title)s：不清除", title=str(one.rule.title))
    return _(
        "%(title)s：保存 %(days)s 天，%(before)s 之前的已到期，共 %(count)s 项；保留：%(stays)s",
        title=str(one.rule.title),
        days=one.days,
        before=day(one.before),
        count=one.count,
        stays=str(one.rule.stays),
    )


def _places(name: str) -> list[tuple[int | None, str]]:
    if name == SITE:
        return [(None, SITE)]
    if name:
        found = office_named(name)
        if found is None:
            raise NotFound("people.office_unknown", N_("没有找到主办单位。请用 contest-portal office list 查看。"))
        return [(found.id, found.name)]
    return [*((one.id, one.name) for one in offices()), (None, SITE)]


def _period(text: str) -> tuple[str, int | None]:
    code, _sign, days = text.partition("=")
    known = {rule.code for office_id in (0, None) for rule in rules_of(office_id)}
    if code not in known or not (days == "never" or (days.isascii() and days.isdigit())):
        message = Message.of(
            N_("看不懂「%(text)s」。应写成 CODE=天数 或 CODE=never，CODE 是：%(codes)s。"),
            text=text,
            codes="、".join(sorted(known)),
        )
        raise NotFound("people.period_unknown", message)
    return code, None if days == "never" else int(days)
