"""Schools from a table: template, upload, preview, apply."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flask import Response, current_app, flash, redirect, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.sealed_files import keep_sealed, open_sealed
from contest_portal.core.spreadsheets import mark_cells
from contest_portal.core.text import N_
from contest_portal.people.forms.schools import ApplySchoolTableForm, SchoolTableForm
from contest_portal.people.school_workbooks import template_workbook
from contest_portal.people.services.school_import import SchoolPreview, apply_schools, preview_schools, sentence
from contest_portal.people.views.blueprint import bp

KEPT_SECONDS = 24 * 3600
MOST_SHOWN = 500


@dataclass(frozen=True)
class UploadedTable:
    """A table that was previewed: its content's name in storage, and what the preview said it would do."""

    office_id: int
    sha256: str
    filename: str
    fingerprint: str

    def signed(self) -> str:
        """As it travels through the preview page."""
        return _serializer().dumps(asdict(self))

    @classmethod
    def from_signed(cls, text: str) -> UploadedTable:
        """Raises Conflict when the page is too old or the text is not ours."""
        try:
            table = cls(**_serializer().loads(text, max_age=KEPT_SECONDS))
        except BadSignature:
            raise _too_old() from None
        if table.office_id != current_actor().office_id:
            raise _too_old()
        return table

    def content(self) -> bytes:
        return open_sealed(self.sha256)


@bp.get("/schools/import/template")
@permission("people.manage_schools")
def school_template() -> Response:
    """The workbook to fill in."""
    return workbook_response(template_workbook(), _("学校名单模板.xlsx"))


@bp.route("/schools/import", methods=["GET", "POST"])
@permission("people.manage_schools")
def import_schools() -> Response:
    """Upload a table and see what it would do."""
    form = SchoolTableForm()
    if not form.validate_on_submit():
        return render_page("people/school_import.html", form=form)
    upload = form.file.data
    if not upload or not upload.filename:
        form.file.errors = [_("请选择文件。")]
        return render_page("people/school_import.html", form=form, status=422)
    office_id = current_actor().office_id or 0
    content = upload.read()
    try:
        preview = preview_schools(office_id, content, upload.filename)
    except DomainError as error:
        form.show(error)
        return render_page("people/school_import.html", form=form, status=error.status)
    sha256 = keep_sealed(content)
    return _preview_page(preview, UploadedTable(office_id, sha256, upload.filename, preview.fingerprint))


@bp.post("/schools/import/apply")
@permission("people.manage_schools")
def apply_school_table() -> Response:
    """Do what the preview showed."""
    table = UploadedTable.from_signed(ApplySchoolTableForm().table.data or "")
    done = apply_schools(current_actor(), table.office_id, table.content(), table.filename, table.fingerprint)
    flash(
        _(
            "导入完成：新增 %(new)s 所，更新 %(changed)s 所，%(unchanged)s 所没有变化。",
            new=done.count("new"),
            changed=done.count("changed"),
            unchanged=done.count("unchanged"),
        ),
        "success",
    )
    return redirect(url_for("people.list_schools"))  # type: ignore[return-value]


@bp.post("/schools/import/marked")
@permission("people.manage_schools")
def marked_school_table() -> Response:
    """The uploaded table with its wrong cells marked."""
    table = UploadedTable.from_signed(ApplySchoolTableForm().table.data or "")
    content = table.content()
    preview = preview_schools(table.office_id, content, table.filename)
    marked = mark_cells(content, table.filename, preview.faults, render=translate)
    return workbook_response(marked, _("学校名单（已标出错误）.xlsx"))


def _preview_page(preview: SchoolPreview, table: UploadedTable) -> Response:
    shown = [line for line in preview.lines if line.state != "unchanged"]
    order = {"error": 0, "new": 1, "changed": 2}
    shown.sort(key=lambda line: (order[line.state], line.row))
    return render_page(
        "people/school_preview.html",
        counts={state: preview.count(state) for state in ("new", "changed", "unchanged", "error")},
        lines=shown[:MOST_SHOWN],
        more=max(0, len(shown) - MOST_SHOWN),
        sentences=[translate(sentence(mark)) for mark in preview.faults[:MOST_SHOWN]],
        filename=table.filename,
        form=ApplySchoolTableForm(formdata=None, table=table.signed()),
        has_faults=bool(preview.faults),
        status=422 if preview.faults else 200,
    )


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="people.school_table")


def _too_old() -> Conflict:
    return Conflict("people.school_table_old", N_("这份预览已过期，请重新上传表格。"))
