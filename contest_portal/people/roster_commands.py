"""The command `contest-portal roster`: import a roster from a file at the console."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask_babel import gettext as _

from contest_portal.core.actor import console_actor
from contest_portal.core.commands import with_app
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.text import N_, Message
from contest_portal.people.models import RosterImport
from contest_portal.people.queries.schools import school_named
from contest_portal.people.roster import RosterKind
from contest_portal.people.services.rosters import apply_roster, preview_of, preview_roster

PROBLEMS_SHOWN = 50


@click.group("roster")
def roster_group() -> None:
    """师生名册。"""


@roster_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--school", "school_name", required=True, help="学校全称。")
@click.option(
    "--kind", type=click.Choice(["students", "teachers"]), default="students", show_default=True, help="学生或教师。"
)
@click.option("--apply", "is_applied", is_flag=True, help="核对无误后写入；不加此项只显示预览。")
@with_app
def import_roster(_app: Flask, file: Path, school_name: str, kind: RosterKind, *, is_applied: bool) -> None:
    """核对一份名册（XLSX、XLS 或 CSV），并按需写入。有一处错误就全部不写入。"""
    school = school_named(school_name)
    if school is None:
        raise NotFound("people.school_unknown", N_("没有找到这所学校，请核对学校全称。"))
    row = preview_roster(console_actor(), school.id, kind, file.read_bytes(), file.name)
    _show_preview(row)
    if row.summary["errors"]:
        raise Invalid("people.roster_errors", _refusal(row.summary["errors"]))
    if is_applied:
        result = apply_roster(console_actor(), row.id).summary["result"]
        click.echo(
            _(
                "已写入：新增 %(created)s 人，更新 %(updated)s 人，转学申请 %(asked)s 项，转入 %(moved)s 人，未导入的疑似重复 %(skipped)s 行。",
                **result,
            )
        )


def _show_preview(row: RosterImport) -> None:
    preview = preview_of(row)
    for severity in ("error", "warning"):
        for problem in preview.problems(severity)[:PROBLEMS_SHOWN]:
            click.echo(translate(problem.sentence), err=True)
    click.echo(
        _(
            "共 %(rows)s 行：新增 %(new)s，更新 %(changed)s，没有变化 %(unchanged)s，从外校转入 %(moved)s，疑似重复 %(doubtful)s，有错误 %(error)s。",
            rows=row.summary["rows"],
            **row.summary["counts"],
        )
    )


def _refusal(count: int) -> Message:
    return Message.of(N_("名册中有 %(count)s 处错误，没有写入任何内容。请改正后重新导入。"), count=count)
