"""The group of commands, and what they share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Office
from contest_portal.results.handoff.package.problems import PackageProblem

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


TARGET = click.Path(dir_okay=False, path_type=Path)


@click.group("handoff")
def handoff_group() -> None:
    """上报：公钥、上报包、收件、结果送回。"""


@contextmanager
def telling_problems(context: click.Context, *, as_json: bool = False) -> Iterator[None]:
    """What is wrong with a package is a sentence on standard error (or JSON) and an exit code of its own."""
    try:
        yield
    except PackageProblem as problem:
        if as_json:
            click.echo(json.dumps({"ok": False, "code": problem.reason, "message": str(problem)}, ensure_ascii=False))
        else:
            click.echo(str(problem), err=True)
        context.exit(problem.exit_code)


def require_writable(path: Path) -> None:
    """Raise Invalid where no file can be written there: told before the work, not after it."""
    folder = path.parent
    if not folder.is_dir():
        raise Invalid(
            "handoff.no_folder", Message.of(N_("没有目录 %(folder)s，请先建立它，或写到别处。"), folder=str(folder))
        )
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise Invalid("handoff.not_writable", Message.of(N_("不能写到 %(path)s：没有写入权限。"), path=str(path)))


def office_named(name: str) -> Office:
    """The office of that name, or the only one that works here. Raises NotFound, Invalid."""
    rows = list(db.session.scalars(select(Office).where(~Office.is_sender_record).order_by(Office.id)))
    known = [row for row in rows if not name or name in {row.name, row.short_name}]
    if len(known) == 1:
        return known[0]
    if name:
        raise NotFound("handoff.no_office", Message.of(N_("没有名为「%(name)s」的主办单位。"), name=name))
    raise Invalid("handoff.which_office", N_("请用 --office 写明主办单位。"))
