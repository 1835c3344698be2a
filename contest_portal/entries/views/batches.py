"""Many paintings at once: files in, the table mended row by row, all drafts by one press."""

from __future__ import annotations

import re

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

import contest_portal.entries.services.batch_sources  # noqa: F401 - the job is registered
from contest_portal.contests.models import Category
from contest_portal.contests.queries import category as category_by_id
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError, Invalid, NotFound
from contest_portal.core.i18n import size as size_text
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing, Page
from contest_portal.core.pages import is_htmx, render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.slots import picture_slot
from contest_portal.entries.batch_target import most_bytes_of  # which also registers the target of uploads
from contest_portal.entries.forms_batch import PLAIN_FORM_BYTES, BatchFilesForm, batch_form, rows_from, tutor_from
from contest_portal.entries.models_batch import PaintingBatch
from contest_portal.entries.queries import batches as queries
from contest_portal.entries.queries.batch_page import BatchPage, Row, batch_page
from contest_portal.entries.queries.batches import ItemOf, batch_by_id, item_of
from contest_portal.entries.queries.timing import contest_timing
from contest_portal.entries.services import batch_rows, batches
from contest_portal.entries.services.batch_drafts import make_drafts
from contest_portal.entries.views.blueprint import bp
from contest_portal.media.queries import previews_of
from contest_portal.media.services.beginning_uploads import require_room
from contest_portal.media.services.receiving import receive_file
from contest_portal.media.services.sweeping import remove_refused
from contest_portal.media.serving import send_derivative
from contest_portal.people.queries.people_search import search_students

ROWS_A_PAGE = 100
_ORDER = {"needed": 0, "doubt": 0, "ready": 1, "made": 2}


@bp.get("/entries/new/<int:category_id>/batch")
@permission("entries.enter_category", of=category_by_id)
def batches_of_category(category: Category) -> Response:
    """Begin a batch, or go on with one."""
    return _begin_page(category, BatchFilesForm())


@bp.post("/entries/new/<int:category_id>/batch")
@permission("entries.enter_category", of=category_by_id)
def open_batch(category: Category) -> Response:
    """A new batch with the files that were chosen; without any, an empty one into which files are dropped."""
    form = BatchFilesForm()
    if not form.validate_on_submit():
        return _begin_page(category, form)
    actor = current_actor()
    batch = batches.open_batch(actor, category.id, actor.school_id or 0)
    return _take_files(batch.id, form)


def _begin_page(category: Category, form: BatchFilesForm) -> Response:
    slot = picture_slot(category.rules)
    if slot is None:
        raise NotFound
    return render_page(
        "entries/batch/begin.html",
        status=422 if form.errors else 200,
        category=category,
        slot=slot,
        form=form,
        timing=contest_timing(category.contest),
        lines=queries.batches_of(current_actor(), category),
        plain_bytes=PLAIN_FORM_BYTES,
        zip_bytes=most_bytes_of("zip", slot),
        most_pictures=batches.MOST_PICTURES,
    )


@bp.post("/entries/batches/<int:batch_id>/files")
@permission("entries.work_on_batch", of=batch_by_id)
def add_batch_files(batch: PaintingBatch) -> Response:
    """More files for a batch, from the plain form."""
    form = BatchFilesForm()
    if not form.validate_on_submit() or not form.chosen():
        flash(_("请先选择图片、ZIP 压缩包或表格，再上传。"), "warning")
        return _to_batch(batch.id)
    return _take_files(batch.id, form)


def _take_files(batch_id: int, form: BatchFilesForm) -> Response:
    """Take the files one by one; what is refused is told by its name, the others come in."""
    taken = 0
    for upload in form.chosen():
        try:
            _take_file(batch_id, upload)
            taken += 1
        except DomainError as refusal:
            flash(translate(refusal.message), "danger")
    if taken:
        flash(_("已收下 %(count)s 个文件。", count=taken), "success")
    return _to_batch(batch_id)


def _take_file(batch_id: int, upload: FileStorage) -> None:
    name = upload.filename or ""
    upload.stream.seek(0, 2)
    size = upload.stream.tell()
    upload.stream.seek(0)
    if size > PLAIN_FORM_BYTES:
        message = Message.of(
            N_("「%(name)s」有 %(measured)s，用表单上传的每个文件不超过 %(limit)s，没有收。"),
            name=name,
            measured=size_text(size),
            limit=size_text(PLAIN_FORM_BYTES),
        )
        raise Invalid("entries.batch_file_large", message)
    batch = batch_by_id(batch_id)
    slot = picture_slot(batch.category.rules)
    if slot is None:
        raise NotFound
    batches.require_batch_space(batch, size)
    require_room(size)
    received = receive_file(upload.stream, name, slot.kinds)
    try:
        batches.take_file(current_actor(), batch_id, received, name)
    except Invalid:
        remove_refused(received.sha256, received.put_at)
        raise


@bp.get("/entries/batches/<int:batch_id>")
@permission("entries.work_on_batch", of=batch_by_id)
def batch_table(batch: PaintingBatch) -> Response:
    """The table with what can be made of each picture."""
    return _table_page(batch_page(batch))


def _table_page(page: BatchPage) -> Response:
    rows = sorted(page.rows, key=lambda row: (_ORDER[row.state.state], _natural(row.item.path)))
    listing = Listing(page=Listing.from_url(request.args).page, per_page=ROWS_A_PAGE)
    shown = rows[(listing.page - 1) * ROWS_A_PAGE : listing.page * ROWS_A_PAGE]
    return render_page(
        "entries/batch/table.html",
        page=page,
        batch=page.batch,
        counts=page.counts,
        listed=Page(shown, len(rows), listing),
        has_single=sum(row.pupil is None and len(row.candidates) == 1 for row in shown) > 1,
        form=batch_form([row.item for row in shown], page.teachers, page.batch.tutor_id),
        files_form=BatchFilesForm(),
        timing=contest_timing(page.batch.category.contest),
        previews=previews_of([row.item.blob_id for row in shown]),
        here=request.full_path.rstrip("?"),
        most_bytes=current_app.config["SETTINGS"].largest_upload_mb << 20,
        plain_bytes=PLAIN_FORM_BYTES,
        zip_bytes=most_bytes_of("zip", page.slot),
        most_pictures=batches.MOST_PICTURES,
    )


def _natural(path: str) -> list[tuple[int, str]]:
    """2.jpg before 10.jpg."""
    return [(int(part), "") if part.isascii() and part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path)]


@bp.post("/entries/batches/<int:batch_id>")
@permission("entries.work_on_batch", of=batch_by_id)
def save_batch(batch: PaintingBatch) -> Response:
    """Keep everything on the page, then do what the pressed button says."""
    form = batch_form(queries.items_of(batch.id), ())
    if not form.validate_on_submit():
        return _to_batch(batch.id)
    actor = current_actor()
    rows = rows_from(form, queries.items_of(batch.id))
    has_tutor = bool(form.tutor.raw_data)
    batch_rows.save_rows(actor, batch.id, rows, tutor_id=tutor_from(form), has_tutor=has_tutor)
    if removed := _id(form.remove.data):
        batch_rows.remove_row(actor, batch.id, removed)
    if back := _id(form.put_back.data):
        batch_rows.put_back_row(actor, batch.id, back)
    if form.make.data:
        made = make_drafts(actor, batch.id)
        _tell_made(len(made))
    elif form.adopt.data:
        flash(_("只有一名学生对得上的都已选好，请再看一遍，然后建立草稿。"), "success")
    elif not form.find.data:
        flash(_("已保存。"), "success")
    row = (form.find.data or "").removeprefix("pupil-")
    return _to_batch(batch.id, f"row-{row}" if row.isdecimal() else None)


def _tell_made(count: int) -> None:
    if count:
        flash(_("已建立 %(count)s 份草稿，名单在下面。逐件补齐说明等内容后即可提交。", count=count), "success")
    else:
        flash(_("现在没有可以建立的草稿。"), "info")


def _id(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 12 else 0


def _to_batch(batch_id: int, anchor: str | None = None) -> Response:
    address = url_for("entries.batch_table", batch_id=batch_id, page=request.args.get("page"), _anchor=anchor)
    return redirect(address)  # type: ignore[return-value]


@bp.post("/entries/batches/<int:batch_id>/rows/<int:item_id>")
@permission("entries.work_on_batch_row", of=item_of)
def save_batch_row(found: ItemOf) -> Response:
    """Keep one row as it is typed; answers with what changed by it, in this row and in others."""
    batch_id, item = found.batch.id, found.item
    form = batch_form([item], ())
    before = {row.item.id: row for row in batch_page(found.batch).rows}
    if form.validate_on_submit():
        batch_rows.save_rows(current_actor(), batch_id, rows_from(form, [item]))
    if not is_htmx():
        return _to_batch(batch_id, f"row-{item.id}")
    page = batch_page(batch_by_id(batch_id))
    changed = [
        (row, _shows_another_pupil(row, before.get(row.item.id)))
        for row in page.rows
        if row.item.id == item.id or _shows_otherwise(row, before.get(row.item.id))
    ]
    return render_page("entries/batch/row_saved.html", page=page, batch=page.batch, rows=changed, counts=page.counts)


def _shows_another_pupil(row: Row, before: Row | None) -> bool:
    """Only then the row's picker is drawn anew: somebody may be typing in it."""
    return before is None or (row.pupil, row.candidates) != (before.pupil, before.candidates)


def _shows_otherwise(row: Row, before: Row | None) -> bool:
    return before is None or row.state != before.state or _shows_another_pupil(row, before)


@bp.post("/entries/batches/<int:batch_id>/people")
@permission("entries.work_on_batch", of=batch_by_id)
def find_batch_pupils(batch: PaintingBatch) -> Response:
    """The picker's list of the school's pupils for what was typed so far; by POST, so that no name stands in an address."""
    words = request.form.get("q", "")[:50].strip()
    hits = search_students(batch.school_id, words, 12) if words else []
    options = [(f"student-{hit.id}", hit.name, _about(hit.about)) for hit in hits]
    return render_page("core/partials/picker_options.html", options=options)


def _about(parts: tuple[Message | str, ...]) -> str:
    return " ".join(translate(part) if isinstance(part, Message) else part for part in parts if part)


@bp.get("/entries/batches/<int:batch_id>/rows/<int:item_id>/<any(thumb, screen):derivative>")
@permission("entries.work_on_batch_row", of=item_of)
def batch_preview(found: ItemOf) -> Response:
    """A small picture of a row's file."""
    return send_derivative(found.item.blob, found.derivative)


@bp.get("/entries/batches/<int:batch_id>/progress")
@permission("entries.work_on_batch", of=batch_by_id)
def batch_progress(batch: PaintingBatch) -> Response:
    """How far ZIPs and workbooks are read; when all are, the page is shown anew."""
    sources = queries.sources_of(batch.id)
    response = render_page("entries/batch/progress.html", batch=batch, sources=sources)
    if not any(source.state == "waiting" and source not in queries.given_up(sources) for source in sources):
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post("/entries/batches/<int:batch_id>/read-again")
@permission("entries.work_on_batch", of=batch_by_id)
def read_batch_again(batch: PaintingBatch) -> Response:
    """Try once more to read what could not be read."""
    batches.read_again(current_actor(), batch.id)
    return _to_batch(batch.id)


@bp.get("/entries/batches/<int:batch_id>/export")
@permission("entries.work_on_batch", of=batch_by_id)
def export_batch(batch: PaintingBatch) -> Response:
    """The table as a workbook; filled in, it may be sent back and decides over the files' names."""
    page = batch_page(batch)
    columns = [
        Column(_("文件名"), 40),
        Column(_("姓名"), 14),
        Column(_("班级"), 16),
        Column(_("题目"), 36),
        Column(_("辅导教师"), 14),
        Column(_("状态"), 60),
    ]
    rows = [
        (
            row.item.path,
            row.pupil.name if row.pupil else "",
            "".join(_about((part,)) for part in row.pupil.about) if row.pupil else "",
            row.item.title,
            row.item.tutor_name,
            "；".join([_state_word(row), *map(translate, row.state.why), *map(translate, row.findings)]),
        )
        for row in page.rows
    ]
    return workbook_response(write_table(columns, rows, name=_("作品名单")), _("作品名单.xlsx"))


def _state_word(row: Row) -> str:
    words = {"ready": _("可以建立"), "doubt": _("请核对"), "needed": _("需要处理"), "made": _("已建立草稿")}
    return words[row.state.state]


@bp.post("/entries/batches/<int:batch_id>/discard")
@permission("entries.work_on_batch", of=batch_by_id)
def discard_batch(batch: PaintingBatch) -> Response:
    """Give the batch up; its drafts stay."""
    category_id = batch.category_id
    batches.discard_batch(current_actor(), batch.id)
    flash(_("这一批已删除，已经建立的草稿不受影响。"), "success")
    return redirect(url_for("entries.batches_of_category", category_id=category_id))  # type: ignore[return-value]
