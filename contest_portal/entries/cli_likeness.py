"""The command that compares what is there already: `contest-portal media likeness`."""

from __future__ import annotations

import click
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import exists, func, select

from contest_portal.contests.models import Contest
from contest_portal.core.commands import with_app
from contest_portal.core.database import db
from contest_portal.entries.likeness_models import EntryContent, LikenessPair
from contest_portal.entries.models import Entry
from contest_portal.entries.services.likeness import find_pairs, take_in
from contest_portal.media.cli import media_group


@media_group.command("likeness")
@click.option("--rebuild", is_flag=True, help="全部重做：重新提取每件作品的特征，再逐件比对。已有的核对结论不变。")
@with_app
def likeness(_app: Flask, rebuild: bool) -> None:
    """为已提交的作品查重；不带选项时只补做还没有做过的。"""
    statement = (
        select(Entry.id)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Entry.submission_count > 0, ~Contest.is_practice)
        .order_by(Contest.year, Entry.id)
    )
    if not rebuild:
        statement = statement.where(~exists().where(EntryContent.entry_id == Entry.id))
    ids = db.session.scalars(statement).all()
    click.echo(_("需要处理 %(count)s 件作品。", count=len(ids)))
    for done, entry_id in enumerate(ids, start=1):
        take_in(entry_id, again=rebuild)
        if done % 100 == 0:
            click.echo(_("已提取 %(done)s / %(all)s 件。", done=done, all=len(ids)))
    for entry_id in ids:
        find_pairs(entry_id)
    waiting = db.session.scalar(select(func.count(LikenessPair.id)).where(LikenessPair.state == "open"))
    click.echo(_("处理完毕，待核对的相似之处共 %(pairs)s 处。", pairs=waiting))
