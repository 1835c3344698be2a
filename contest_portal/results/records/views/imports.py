"""The year's awards from above and honours out of a workbook: template, upload with preview, import."""

from __future__ import annotations

import json
from dataclasses import asdict

from cryptography.exceptions import InvalidTag
from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.sealing import sealer
from contest_portal.core.spreadsheets import read_tables
from contest_portal.core.text import N_
from contest_portal.results.blueprint import bp
from contest_portal.results.records.forms import ApplyRecordsForm, RecordTableForm
from contest_portal.results.records.queries import year as queries
from contest_portal.results.records.services.imports import import_records
from contest_portal.results.records.table import AwardRecord, HonourRecord, RecordTables, read_records
from contest_portal.results.records.workbooks import records_template


@bp.get("/office/years/<int:year>/results/template")
@permission("results.add_year_record")
def year_records_template(year: int) -> Response:
    """The workbook to fill in, with the office's schools to choose from."""
    schools = [name for _id, name in queries.school_choices(current_actor().office_id or 0)]
    return workbook_response(records_template(schools), _("%(year)s 年上级获奖与荣誉模板.xlsx", year=year))


@bp.route("/office/years/<int:year>/results/import", methods=["GET", "POST"])
@permission("results.add_year_record")
def import_year_records(year: int) -> Response:
    """Upload a workbook and see what it would record."""
    form = RecordTableForm()
    if not form.is_submitted():
        return render_page("results/records/import.html", form=form, year=year)
    upload = form.file.data
    if not upload or not upload.filename:
        form.file.errors = [_("请选择文件。")]
        return render_page("results/records/import.html", form=form, year=year, status=422)
    try:
        sheets = read_tables(upload.read(), upload.filename)
    except DomainError as error:
        form.show(error)
        return render_page("results/records/import.html", form=form, year=year, status=error.status)
    return _preview(
        year, read_records(sheets, queries.known_to_tables(current_actor().office_id or 0)), upload.filename
    )


def _preview(year: int, tables: RecordTables, filename: str) -> Response:
    office_id = current_actor().office_id or 0
    sealed = ""
    if not tables.faults:
        data = [office_id, year, [asdict(one) for one in tables.awards], [asdict(one) for one in tables.honours]]
        sealed = sealer().seal(json.dumps(data, ensure_ascii=False)).hex()
    awards, honours = queries.recorded(office_id, year)
    return render_page(
        "results/records/preview.html",
        status=422 if tables.faults else 200,
        year=year,
        awards=[(one, one.key in awards) for one in tables.awards],
        honours=[(one, one.key in honours) for one in tables.honours],
        sentences=[translate(fault) for fault in tables.faults],
        ignored=tables.ignored,
        filename=filename,
        form=ApplyRecordsForm(formdata=None, rows=sealed),
    )


@bp.post("/office/years/<int:year>/results/import/apply")
@permission("results.add_year_record")
def apply_year_records(year: int) -> Response:
    """Record what the preview showed."""
    office_id = current_actor().office_id or 0
    try:
        own_id, own_year, awards, honours = json.loads(sealer().open(bytes.fromhex(ApplyRecordsForm().rows.data or "")))
    except (ValueError, InvalidTag):
        own_id, own_year, awards, honours = 0, 0, [], []
    if (own_id, own_year) != (office_id, year):
        raise Conflict("results.preview_old", N_("这份预览已失效，请重新上传表格。"))
    added = import_records(
        current_actor(),
        office_id,
        year,
        [AwardRecord(**one) for one in awards],
        [HonourRecord(**one) for one in honours],
    )
    flash(_("已登记 %(count)s 条，其余已在登记之中。", count=added), "success")
    return redirect(url_for("results.year_records", year=year))  # type: ignore[return-value]
