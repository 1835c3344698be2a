"""The command that looks for names in what was submitted already: `contest-portal media names`."""

from __future__ import annotations

import click
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import func, select

from contest_portal.core.commands import with_app
from contest_portal.core.database import db
from contest_portal.entries.blind_models import NameTrace
from contest_portal.entries.models import Entry
from contest_portal.entries.name_search import VERSION
from contest_portal.entries.queries.blind import is_searched
from contest_portal.entries.services.name_traces import search_entry
from contest_portal.media.cli import media_group


@media_group.command("names")
@click.option("--rebuild", is_flag=True, help="全部重新查找。已标为不是问题的、已遮盖的不变。")
@with_app
def names(_app: Flask, rebuild: bool) -> None:
    """在已提交作品中查找作者、辅导教师、学校和地名；不带选项时只补做还没有查过的，和用旧办法查的。"""
    statement = select(Entry.id).where(Entry.submission_count > 0).order_by(Entry.id)
    if not rebuild:
        statement = statement.where(~is_searched(version=VERSION))
    ids = db.session.scalars(statement).all()
    click.echo(_("需要查找 %(count)s 件作品。", count=len(ids)))
    for entry_id in ids:
        search_entry(entry_id)
    waiting = db.session.scalar(select(func.count(NameTrace.id)).where(NameTrace.state == "open"))
    click.echo(_("查找完毕，待核对的姓名线索共 %(count)s 处。", count=waiting))
