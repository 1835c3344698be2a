"""Marks by workbook: the template, the upload with its preview, what the preview showed."""

from __future__ import annotations

import json
from typing import Any

from cryptography.exceptions import InvalidTag
from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.forms import row_id
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.sealing import sealer
from contest_portal.core.spreadsheets import read_tables
from contest_portal.core.text import N_, Message
from contest_portal.judging.forms.paper import ApplyMarksForm, MarksTableForm
from contest_portal.judging.models import Round
from contest_portal.judging.paper_table import KnownTask, MarkTable, read_marks
from contest_portal.judging.paper_workbooks import marks_template
from contest_portal.judging.queries import paper as queries
from contest_portal.judging.queries.rounds import round_by_id
from contest_portal.judging.services.marks_workbook import WorkbookLine, take_workbook
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/rounds/<int:round_id>/paper/template")
@permission("judging.run_round", of=round_by_id)
def marks_file(row: Round) -> Response:
    """The workbook to fill in: of all judges, or of one (`?judge=`)."""
    piles = queries.piles(row, request.args.get("judge", type=row_id))
    content = marks_template(row, piles, queries.sheets_of_tasks(row.id))
    return workbook_response(content, _("%(title)s评分表.xlsx", title=f"{row.contest.name} {row.name}"))


@bp.route("/office/rounds/<int:round_id>/paper/import", methods=["GET", "POST"])
@permission("judging.run_round", of=round_by_id)
def import_marks(row: Round) -> Response:
    """Upload a workbook of marks and see what it would do."""
    form = MarksTableForm()
    if not form.is_submitted():
        return render_page("judging/paper_import.html", round=row, form=form)
    upload = form.file.data
    if not upload or not upload.filename:
        form.file.errors = [_("请选择文件。")]
        return render_page("judging/paper_import.html", round=row, form=form, status=422)
    tasks = {
        task.id: KnownTask(task.id, task.entry.number or "", pile.judge.name, pile.rubric)
        for pile in queries.piles(row)
        for task in pile.tasks
    }
    try:
        table = read_marks(read_tables(upload.read(), upload.filename), tasks)
    except DomainError as error:
        form.show(error)
        return render_page("judging/paper_import.html", round=row, form=form, status=error.status)
    return _preview(row, table, upload.filename)


def _preview(row: Round, table: MarkTable, filename: str) -> Response:
    known = queries.sheets_of_tasks(row.id)
    lines = []
    for line in table.lines:
        current = known.get(line.task.id)
        state = "new" if current is None else "unchanged" if current.marks == line.marks else "changed"
        lines.append((line, state, current.total if current else None))
    sealed = json.dumps(
        [row.id, *([one.task.id, dict(one.marks), one.comment, str(one.place)] for one, state, _total in lines if state != "unchanged")]
    )  # fmt: skip
    return render_page(
        "judging/paper_preview.html",
        round=row,
        lines=lines,
        empty=table.empty,
        counts={state: sum(one == state for _line, one, _total in lines) for state in ("new", "changed", "unchanged")},
        sentences=[translate(fault) for fault in table.faults],
        filename=filename,
        form=ApplyMarksForm(formdata=None, rows="" if table.faults else sealer().seal(sealed).hex()),
        status=422 if table.faults else 200,
    )


@bp.post("/office/rounds/<int:round_id>/paper/apply")
@permission("judging.run_round", of=round_by_id)
def apply_marks(row: Round) -> AnyResponse:
    """Do what the preview showed."""
    form, round_id = ApplyMarksForm(), row.id
    try:
        own_id, *rows = json.loads(sealer().open(bytes.fromhex(form.rows.data or "")))
    except (ValueError, InvalidTag):
        own_id, rows = 0, []
    if own_id != round_id:
        raise Conflict("judging.preview_old", N_("这份预览已失效，请重新上传表格。"))
    lines = [WorkbookLine(task_id, marks, comment, Message(place)) for task_id, marks, comment, place in rows]
    taken = take_workbook(current_actor(), round_id, lines, why=form.why.data or "")
    flash(_("已导入 %(count)s 份评分。", count=taken), "success")
    return redirect(url_for(".paper", round_id=round_id))
