"""Awards from above and honours of schools, entered by the office."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.uploaded import UploadedFile, send_uploaded
from contest_portal.results.blueprint import bp
from contest_portal.results.evidence import MOST_BYTES, GivenFile
from contest_portal.results.records.forms import ExternalResultForm, HonourForm
from contest_portal.results.records.models import ExternalResult, Honour
from contest_portal.results.records.queries import year as queries
from contest_portal.results.records.services import year as services
from contest_portal.results.records.workbooks import year_workbook


@bp.get("/office/years/<int:year>/results")
@permission("results.year_records")
def year_records(year: int) -> Response:
    """The year's awards from above and honours."""
    return _page(year)


@bp.get("/office/years/<int:year>/results/export")
@permission("results.year_records")
def export_year_records(year: int) -> Response:
    """Both lists as a workbook of two sheets."""
    office_id = current_actor().office_id or 0
    content = year_workbook(queries.external_results(office_id, year), queries.honours(office_id, year))
    return workbook_response(content, _("%(year)s 年上级获奖与荣誉.xlsx", year=year))


@bp.post("/office/years/<int:year>/results/awards")
@permission("results.add_year_record")
def add_external_result(year: int) -> Response:
    """Enter an award from above."""
    form, actor = ExternalResultForm(prefix="award"), current_actor()
    if form.validate_on_submit():
        try:
            services.add_external_result(
                actor,
                actor.office_id or 0,
                year,
                (form.contest_name.data or "").strip(),
                (form.award.data or "").strip(),
                form.count.data or 0,
                form.note.data or "",
                level=form.level.data or "",
                entry_number=form.entry_number.data or "",
                work_title=form.work_title.data or "",
                is_another=bool(form.is_another.data),
                file=_given(form.files.data),
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已登记。"), "success")
            return redirect(url_for("results.year_records", year=year))  # type: ignore[return-value]
    return _page(year, award_form=form)


@bp.post("/office/years/<int:year>/results/honours")
@permission("results.add_year_record")
def add_honour(year: int) -> Response:
    """Enter a school's honour."""
    form, actor = _honour_form(), current_actor()
    if form.validate_on_submit():
        try:
            services.add_honour(
                actor,
                actor.office_id or 0,
                year,
                form.school_id.data,
                (form.honour.data or "").strip(),
                (form.given_by.data or "").strip(),
                file=_given(form.files.data),
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已登记。"), "success")
            return redirect(url_for("results.year_records", year=year))  # type: ignore[return-value]
    return _page(year, honour_form=form)


@bp.post("/office/awards/<int:result_id>/remove")
@permission("results.remove_year_record", of=queries.external_result)
def remove_external_result(record: ExternalResult) -> Response:
    """Take a wrong award back."""
    year = record.year
    services.remove_external_result(current_actor(), record.id)
    flash(_("已删除这条登记。"), "success")
    return redirect(url_for("results.year_records", year=year))  # type: ignore[return-value]


@bp.post("/office/honours/<int:honour_id>/remove")
@permission("results.remove_year_record", of=queries.honour)
def remove_honour(record: Honour) -> Response:
    """Take a wrong honour back."""
    year = record.year
    services.remove_honour(current_actor(), record.id)
    flash(_("已删除这条登记。"), "success")
    return redirect(url_for("results.year_records", year=year))  # type: ignore[return-value]


@bp.get("/office/awards/<int:result_id>/file")
@permission("results.see_year_record", of=queries.external_result)
def external_result_file(record: ExternalResult) -> Response:
    """The paper that says so."""
    return _file(record)


@bp.get("/office/honours/<int:honour_id>/file")
@permission("results.see_year_record", of=queries.honour)
def honour_file(record: Honour) -> Response:
    """The paper that says so."""
    return _file(record)


def _file(record: ExternalResult | Honour) -> Response:
    if record.file_sha256 is None:
        raise NotFound
    mimetype = "application/octet-stream"
    return send_uploaded(UploadedFile(record.file_sha256, record.file_name, mimetype, is_saved=True, is_sealed=True))


def _given(upload: FileStorage | None) -> GivenFile | None:
    if not upload or not upload.filename:
        return None
    return GivenFile(upload.filename, upload.read(MOST_BYTES + 1))


def _honour_form() -> HonourForm:
    form = HonourForm(prefix="honour")
    form.school_id.choices = queries.school_choices(current_actor().office_id or 0)
    return form


def _page(
    year: int, *, award_form: ExternalResultForm | None = None, honour_form: HonourForm | None = None
) -> Response:
    office_id = current_actor().office_id or 0
    failed = bool((award_form and award_form.errors) or (honour_form and honour_form.errors))
    return render_page(
        "results/records/year.html",
        status=422 if failed else 200,
        year=year,
        awards=queries.external_results(office_id, year),
        honours=queries.honours(office_id, year),
        award_form=award_form or ExternalResultForm(formdata=None, prefix="award"),
        honour_form=honour_form or _honour_form(),
    )
