"""Rosters by workbook: template, upload, preview, decisions, apply."""

from __future__ import annotations

from pathlib import PurePath

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing, Page
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.spreadsheets import DEFAULT_LIMITS, CellMark, mark_cells
from contest_portal.people.forms.rosters import DoubtfulForm, RosterFileForm
from contest_portal.people.models import RosterImport, School
from contest_portal.people.queries import rosters as queries
from contest_portal.people.queries.schools import school as school_of
from contest_portal.people.roster import RosterKind, roster_template
from contest_portal.people.roster_preview import LINES_A_PAGE
from contest_portal.people.services import rosters
from contest_portal.people.views.blueprint import bp

TABS = ("error", "doubtful", "moved", "changed", "new", "warning", "unlisted", "unchanged")
"""The parts of a preview, what needs a person's eye first."""


def import_of(import_id: int) -> tuple[RosterImport, School]:
    """An uploaded roster with its school. Raises NotFound."""
    row = queries.roster_import(import_id)
    return row, school_of(row.school_id)


def _kind() -> RosterKind:
    return "teachers" if request.args.get("kind") == "teachers" else "students"


@bp.route("/schools/<int:school_id>/roster", methods=["GET", "POST"])
@permission("people.manage_roster", of=school_of)
def upload_roster(school: School) -> Response:
    """Upload a workbook; `?kind=teachers` for the teachers'."""
    form, kind = RosterFileForm(), _kind()
    if form.validate_on_submit():
        upload = form.file.data
        if not upload or not upload.filename:
            form.file.errors = [_("请选择文件。")]
        else:
            content = upload.read(DEFAULT_LIMITS.file_bytes + 1)
            try:
                row = rosters.preview_roster(current_actor(), school.id, kind, content, upload.filename)
            except DomainError as error:
                form.show(error)
            else:
                return _to_preview(row)
    return render_page(
        "people/roster_upload.html",
        school=school_of(school.id),
        kind=kind,
        form=form,
        most_bytes=DEFAULT_LIMITS.file_bytes,
        imports=queries.imports_of(school.id, kind),
        status=422 if form.is_submitted() else 200,
    )


@bp.get("/schools/<int:school_id>/roster/template")
@permission("people.manage_roster", of=school_of)
def roster_template_file(school: School) -> Response:
    """The workbook to fill in."""
    kind = _kind()
    name = _("学生名册模板") if kind == "students" else _("教师名册模板")
    return workbook_response(roster_template(kind, school_kind=school.kind, render=translate), f"{name}.xlsx")


@bp.get("/roster-imports/<int:import_id>")
@permission("people.manage_import", of=import_of)
def show_roster_import(place: tuple[RosterImport, School]) -> Response:
    """What the workbook would do, or has done; one page of one part of it."""
    row, school = place
    counts = _counts(row)
    tabs = [name for name in TABS if counts[name]]
    tab = request.args.get("tab", "")
    tab = tab if tab in tabs else (tabs[0] if tabs else "new")
    preview, number = rosters.preview_of(row), Listing.from_url(request.args).page
    if tab in {"error", "warning"}:
        lines: list[object] = [*preview.problems(tab, number)]
    elif tab == "unlisted":
        lines = [*preview.unlisted(number)]
    else:
        lines = [*preview.lines(tab, number)]
    total = row.summary["listed"].get(tab, 0) if tab in {"error", "warning"} else counts[tab]
    return render_page(
        "people/roster_preview.html",
        row=row,
        school=school,
        counts=counts,
        tabs=tabs,
        tab=tab,
        page=Page(lines, total, Listing(page=number, per_page=LINES_A_PAGE)),
        hidden=counts[tab] - total,
        accepted=set(row.summary["accepted"]),
        not_to_take=set(row.summary.get("not_to_take", ())),
        result=row.summary.get("result"),
    )


@bp.post("/roster-imports/<int:import_id>/doubtful")
@permission("people.manage_import", of=import_of)
def decide_doubtful(place: tuple[RosterImport, School]) -> Response:
    """Keep which of the doubtful rows shown are taken as new people."""
    form = DoubtfulForm()
    rosters.decide_doubtful(current_actor(), place[0].id, form.shown.data or [], form.accepted.data or [])
    flash(_("选择已保存。"), "success")
    here = url_for("people.show_roster_import", import_id=place[0].id, tab="doubtful", page=request.args.get("page"))
    return redirect(here)  # type: ignore[return-value]


@bp.post("/roster-imports/<int:import_id>/apply")
@permission("people.manage_import", of=import_of)
def apply_roster(place: tuple[RosterImport, School]) -> Response:
    """Do what the preview says."""
    row = rosters.apply_roster(current_actor(), place[0].id)
    flash(_("名册已导入。"), "success")
    return _to_preview(row)


@bp.post("/roster-imports/<int:import_id>/discard")
@permission("people.manage_import", of=import_of)
def discard_roster(place: tuple[RosterImport, School]) -> Response:
    """Give the preview up."""
    row = rosters.discard_roster(current_actor(), place[0].id)
    flash(_("已放弃这次导入，名册没有变化。"), "success")
    return redirect(url_for("people.upload_roster", school_id=row.school_id, kind=row.kind))  # type: ignore[return-value]


@bp.get("/roster-imports/<int:import_id>/marked")
@permission("people.manage_import", of=import_of)
def marked_roster(place: tuple[RosterImport, School]) -> Response:
    """The uploaded workbook with the wrong cells coloured and commented."""
    row, _school = place
    preview = rosters.preview_of(row)
    marks = [
        CellMark(problem.sheet, problem.row, problem.column, problem.message, problem.severity)
        for problem in (*preview.problems("error"), *preview.problems("warning"))
    ]
    content = mark_cells(rosters.uploaded_file(row), row.file_name, marks, render=translate)
    name = _("%(name)s（已标出问题）", name=PurePath(row.file_name).stem)
    return workbook_response(content, f"{name}.xlsx")


def _counts(row: RosterImport) -> dict[str, int]:
    return {
        **row.summary["counts"],
        "error": row.summary["errors"],
        "warning": row.summary["warnings"],
        "unlisted": row.summary["unlisted_people"],
    }


def _to_preview(row: RosterImport) -> Response:
    return redirect(url_for("people.show_roster_import", import_id=row.id))  # type: ignore[return-value]
