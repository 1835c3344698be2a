"""What judges must keep away from: the office's list, its import, the end of one relation, a leader's overrule."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from cryptography.exceptions import InvalidTag
from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.sealing import sealer
from contest_portal.core.spreadsheets import read_tables
from contest_portal.core.text import N_
from contest_portal.judging.forms.reasons import ReasonForm
from contest_portal.judging.forms.relations import ApplyRelationsForm, OverruleForm, RelationTableForm
from contest_portal.judging.models import Assignment, ConflictOfInterest
from contest_portal.judging.queries import relations as queries
from contest_portal.judging.queries.judges import relation
from contest_portal.judging.queries.reassigning import candidates_for
from contest_portal.judging.queries.rounds import task_for_office
from contest_portal.judging.relation_table import RelationLine, RelationTable, read_relations
from contest_portal.judging.relation_words import kind_names, source_names, target_name
from contest_portal.judging.relation_workbooks import relations_template, relations_workbook
from contest_portal.judging.services import relations as services
from contest_portal.judging.services.overrules import overrule_conflict
from contest_portal.judging.services.relations import NewRelation
from contest_portal.judging.views.blueprint import bp
from contest_portal.judging.views.judges import tell_moved

AnyResponse = Any


@bp.get("/office/relations")
@permission("judging.list")
def relations() -> Response:
    """All relations of the office's judges, with kind, source and time."""
    page = queries.relations_page(current_actor().office_id, _listing())
    return render_page(
        "judging/relations.html",
        page=page,
        kinds=kind_names(),
        sources=source_names(),
        targets={row.id: target_name(row) for row in page.rows},
    )


@bp.get("/office/relations/export")
@permission("judging.list")
def export_relations() -> Response:
    """The same list as a workbook."""
    page = queries.relations_page(current_actor().office_id, _listing().whole())
    accounts = queries.names_of_accounts([row.recorded_by for row in page.rows])
    return workbook_response(relations_workbook(page.rows, accounts), _("回避关系.xlsx"))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=("q", "kind", "source", "state"), sort="-time")


@bp.post("/office/relations/<int:relation_id>/end")
@permission("judging.edit_relation", of=relation)
def end_relation(row: ConflictOfInterest) -> AnyResponse:
    """A relation holds no longer."""
    judge_id = row.judge_id
    services.end_relation(current_actor(), row.id, ReasonForm().why.data or "")
    flash(_("这条回避关系已解除，记录仍然保留。"), "success")
    return redirect(url_for(".show_judge", judge_id=judge_id))


@bp.get("/office/relations/template")
@permission("judging.manage")
def relations_template_file() -> Response:
    """The matrix to fill in."""
    schools, judges = queries.schools_and_judges(current_actor().office_id or 0)
    return workbook_response(relations_template(schools, judges), _("回避名单模板.xlsx"))


@bp.route("/office/relations/import", methods=["GET", "POST"])
@permission("judging.manage")
def import_relations() -> Response:
    """Upload a matrix or list and see what it would do."""
    form = RelationTableForm()
    if not form.is_submitted():
        return render_page("judging/relation_import.html", form=form)
    upload = form.file.data
    if not upload or not upload.filename:
        form.file.errors = [_("请选择文件。")]
        return render_page("judging/relation_import.html", form=form, status=422)
    try:
        sheets = read_tables(upload.read(), upload.filename)
    except DomainError as error:
        form.show(error)
        return render_page("judging/relation_import.html", form=form, status=error.status)
    known = queries.known_to_tables(current_actor().office_id or 0)
    tables = [read_relations(sheet, known) for sheet in sheets]
    read = [table for table in tables if table.lines]
    faults = [fault for table in read or tables[:1] for fault in table.faults]
    # A sheet without any relation (notes, the unused form) is no fault while another has some.
    return _preview(RelationTable([line for table in read for line in table.lines], faults), upload.filename)


def _preview(table: RelationTable, filename: str) -> Response:
    office_id = current_actor().office_id or 0
    rows = [asdict(NewRelation(one.judge_id, one.school_id, one.entry_id, one.why)) for one in table.lines]
    sealed = "" if table.faults else sealer().seal(json.dumps([office_id, *rows])).hex()
    lines: list[RelationLine] = list(table.lines)
    return render_page(
        "judging/relation_preview.html",
        lines=lines,
        sentences=[translate(fault) for fault in table.faults],
        filename=filename,
        form=ApplyRelationsForm(formdata=None, rows=sealed),
        status=422 if table.faults else 200,
    )


@bp.post("/office/relations/import/apply")
@permission("judging.manage")
def apply_relations() -> AnyResponse:
    """Do what the preview showed."""
    office_id = current_actor().office_id or 0
    try:
        own_id, *rows = json.loads(sealer().open(bytes.fromhex(ApplyRelationsForm().rows.data or "")))
    except (ValueError, InvalidTag):
        own_id, rows = 0, []
    if own_id != office_id:
        raise Conflict("judging.preview_old", N_("这份预览已失效，请重新上传表格。"))
    added, moved = services.import_relations(current_actor(), office_id, [NewRelation(**row) for row in rows])
    flash(_("已登记 %(count)s 条回避关系，其余已在登记之中。", count=added), "success")
    tell_moved(moved, quiet=True)
    return redirect(url_for(".relations"))


@bp.route("/office/tasks/<int:task_id>/overrule", methods=["GET", "POST"])
@permission("judging.overrule", of=task_for_office)
def overrule(task: Assignment) -> AnyResponse:
    """A leader lets a judge read this work although a conflict stands, in writing."""
    form, task_id, round_id = OverruleForm(), task.id, task.round_id
    if form.validate_on_submit():
        try:
            overrule_conflict(current_actor(), task_id, form.judge_id.data or 0, form.why.data or "")
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已准予评阅，并已通知主办单位工作人员改派。"), "success")
            return redirect(url_for(".tasks", round_id=round_id))
    task = task_for_office(task_id)
    return render_page(
        "judging/overrule.html",
        task=task,
        candidates=[one for one in candidates_for(task) if one.conflict and not one.is_overruled],
        form=form,
        status=422 if form.is_submitted() else 200,
    )
