"""Commands of entries: list them, show one, withdraw one."""

from __future__ import annotations

import click
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import select

from contest_portal.contests.queries import contest as contest_by_id
from contest_portal.core.actor import console_actor
from contest_portal.core.commands import looked_up, with_app
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import second, size, translate
from contest_portal.core.text import N_, Message
from contest_portal.entries import cli_likeness as _likeness  # noqa: F401  adds itself to the commands of files
from contest_portal.entries import cli_names as _names  # noqa: F401  the same
from contest_portal.entries.models import Entry
from contest_portal.entries.presentation import ShownEntry, shown_entry
from contest_portal.entries.queries.entry import entry_by_number, with_everything
from contest_portal.entries.queries.school_list import author_names
from contest_portal.entries.queries.submitted import snapshot_of, submitted_snapshot
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.entries.snapshots import Line
from contest_portal.entries.states import STATE_NAMES, state_name


@click.group("entries")
def entries_group() -> None:
    """作品：列出、查看、撤回。"""


@entries_group.command("list")
@click.option("--contest", "contest_id", type=int, required=True, help="赛事的编号（见 contest list）。")
@click.option("--state", type=click.Choice(list(STATE_NAMES)), help="只列出处于这一状态的作品。")
@with_app
def list_entries(_app: Flask, contest_id: int, state: str | None) -> None:
    """列出一项赛事的作品：编号、状态、类别、学校、作者、名称。"""
    looked_up(contest_by_id, contest_id, N_("赛事"))
    statement = select(Entry).where(Entry.contest_id == contest_id).order_by(Entry.number, Entry.id)
    if state:
        statement = statement.where(Entry.state == state)
    rows = db.session.scalars(with_everything(statement)).all()
    names = author_names([row.id for row in rows])
    for row in rows:
        people = row.group_name or "、".join(names.get(row.id, ()))
        cells = (row.number or "—", _state(row), row.category.name, row.school.name, people, row.title)
        click.echo("\t".join(cells))
    click.echo(_("共 %(count)s 件。", count=len(rows)))


@entries_group.command("show")
@click.argument("number")
@click.option("--contest", "contest_id", type=int, help="几项赛事有相同的编号时，指明是哪一项。")
@with_app
def show_entry(_app: Flask, number: str, contest_id: int | None) -> None:
    """查看一件作品最后一次提交的内容。"""
    entry = _entry(number, contest_id)
    rules = entry.category.rules
    shown = shown_entry(submitted_snapshot(entry) or snapshot_of(entry, rules), rules)
    click.echo(f"{entry.number}  {_state(entry)}  {rules.name}  {entry.school.name}")
    if entry.submitted_at:
        click.echo(_("第 %(count)s 版，%(at)s 提交", count=entry.submission_count, at=second(entry.submitted_at)))
    if entry.withdrawn_at:
        click.echo(_("%(at)s 撤回：%(why)s", at=second(entry.withdrawn_at), why=entry.withdrawn_why))
    _print(shown)


def _print(shown: ShownEntry) -> None:
    for fact in (*shown.facts, *shown.answers):
        if fact.lines:
            click.echo(f"  {_text(fact.label)}\t{' '.join(_text(line) for line in fact.lines)}")
    for author in shown.authors:
        click.echo(f"  {_('作者')}\t{author.name}\t{author.school}\t{_text(author.grade)}{author.class_name}")
    for tutor in shown.tutors:
        click.echo(f"  {shown.tutors_label}\t{tutor.name}\t{tutor.school}")
    for slot in shown.slots:
        for file in slot.files:
            click.echo(f"  {slot.label}\t{file.name}\t{size(file.size_bytes)}\t{file.sha256[:16]}")


@entries_group.command("withdraw")
@click.argument("number")
@click.option("--why", required=True, help="撤回的原因，记入操作记录。")
@click.option("--contest", "contest_id", type=int, help="几项赛事有相同的编号时，指明是哪一项。")
@with_app
def withdraw(_app: Flask, number: str, why: str, contest_id: int | None) -> None:
    """撤回一件作品：不再参评，编号保留。"""
    entry = withdraw_entry(console_actor(), _entry(number, contest_id).id, why)
    click.echo(_("已撤回 %(number)s《%(title)s》。", number=entry.number, title=entry.title))


def _entry(number: str, contest_id: int | None) -> Entry:
    """The entry of that number; refuses to guess between contests."""
    found = db.session.scalars(select(Entry.contest_id).where(Entry.number == number)).all()
    if contest_id is None and len(found) > 1:
        contests = "、".join(str(one) for one in sorted(found))
        message = Message.of(
            N_("编号 %(number)s 在几项赛事中都有，请用 --contest 指明：%(contests)s"), number=number, contests=contests
        )
        raise Invalid("entries.ambiguous_number", message)
    if not found:
        raise Invalid("entries.no_such_number", Message.of(N_("没有编号为 %(number)s 的作品。"), number=number))
    if contest_id is not None and contest_id not in found:
        contest = looked_up(contest_by_id, contest_id, N_("赛事"))
        message = Message.of(N_("「%(contest)s」中没有编号为 %(number)s 的作品。"), contest=contest.name, number=number)
        raise Invalid("entries.no_such_number", message)
    return entry_by_number(number, contest_id)


def _state(entry: Entry) -> str:
    return translate(state_name(entry.state))


def _text(line: Line) -> str:
    return line if isinstance(line, str) else translate(line)


commands = [entries_group]
