"""Before judges look: names that were found are dismissed or covered; black boxes on a page, by hand or as proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from contest_portal.core.errors import DomainError, NotFound, Stale
from contest_portal.core.forms import row_id
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.blind_models import NameTrace
from contest_portal.entries.forms_masks import WHY, MaskForm, SettleForm, typed_rows
from contest_portal.entries.mask_boxes import boxes_from_percent, covers
from contest_portal.entries.models import Entry
from contest_portal.entries.page_numbers import in_ranges, pages_shown
from contest_portal.entries.queries.blind import (
    ROLES,
    MaskableFile,
    maskable_file,
    pictured_pages,
    trace_of,
    traces_on,
)
from contest_portal.entries.services import masks as services
from contest_portal.entries.services.name_traces import settle_trace
from contest_portal.entries.views.blueprint import bp
from contest_portal.media.facts import FileFacts, Kind
from contest_portal.media.models import Blob
from contest_portal.media.queries import previews_of
from contest_portal.media.serving import send_blob

_ADDRESS = "/office/entries/<int:entry_id>/masks/<int:blob_id>"
EMPTY_ROWS = 2
MOST_DRAWN = 1000
"""The picture's width in the units in which boxes are drawn."""


@bp.get(_ADDRESS)
@permission("entries.mask", of=maskable_file)
def mask_page(asked: MaskableFile) -> Response:
    """One page of the file, its boxes, and what is proposed to be covered."""
    return _page(asked, request.args.get("page", 1, type=row_id))


@bp.post(_ADDRESS)
@permission("entries.mask", of=maskable_file)
def mask_save(asked: MaskableFile) -> AnyResponse:
    """Set the boxes of one page."""
    form, entry_id, blob_id = MaskForm(), asked.entry.id, asked.file.blob.id
    number = form.page.data or 1
    if number > page_count_of(asked.file.blob):
        raise NotFound
    if not form.validate_on_submit():
        return _page(asked, number, form, status=422)
    try:
        boxes = boxes_from_percent(typed_rows())
        mask = services.save_mask(
            current_actor(), entry_id, blob_id, form.seen.data or 0, number, boxes, form.why.data or ""
        )
    except DomainError as error:
        form.show(error)
        again = maskable_file(entry_id, blob_id)
        if isinstance(error, Stale):
            form.seen.data = again.mask.version if again.mask else 0
        return _page(again, number, form, problem=error, status=error.status)
    flash(
        _("遮盖已保存，正在生成评委看的副本。") if mask else _("这份文件的遮盖已全部取消，评委看到的是匿名副本。"),
        "success",
    )
    return redirect(url_for(".mask_page", entry_id=entry_id, blob_id=blob_id, page=number))


@bp.post(f"{_ADDRESS}/names")
@permission("entries.mask", of=maskable_file)
def mask_names(asked: MaskableFile) -> AnyResponse:
    """Cover all names that were found in the file and await a word."""
    entry_id = asked.entry.id
    pictured = pictured_pages(entry_id, asked.file.blob.id)
    services.mask_traces(current_actor(), entry_id, asked.file.blob.id, str(WHY))
    flash(_("找到的姓名线索已全部遮盖，正在生成评委看的副本。"), "success")
    if pictured:
        words = _("第 %(pages)s 页有图片，图片里的字系统看不出来，请看页面核对。", pages=in_ranges(pictured))
        flash(words, "warning")
    return redirect(url_for(".office_entry", entry_id=entry_id, _anchor="names"))


@bp.post(f"{_ADDRESS}/again")
@permission("entries.mask", of=maskable_file)
def mask_again(asked: MaskableFile) -> AnyResponse:
    """Paint once more what failed."""
    entry_id, blob_id = asked.entry.id, asked.file.blob.id
    services.make_mask_again(current_actor(), entry_id, blob_id)
    return redirect(url_for(".mask_page", entry_id=entry_id, blob_id=blob_id))


@bp.get(f"{_ADDRESS}/copy")
@permission("entries.see_mask", of=maskable_file)
def masked_copy(asked: MaskableFile) -> Response:
    """The file as judges get it."""
    if asked.mask is None or asked.mask.masked_blob is None:
        raise NotFound
    kind = "pdf" if Kind(asked.mask.masked_blob.kind) is Kind.PDF else "jpg"
    return send_blob(asked.mask.masked_blob, f"{asked.entry.number}.{kind}")


@bp.post("/office/entries/<int:entry_id>/names/<int:trace_id>")
@permission("entries.settle_name", of=trace_of)
def settle_name(asked: tuple[Entry, NameTrace]) -> AnyResponse:
    """Say that a found name is none, or that judges must not read it, or take that back."""
    entry_id, form, blob_id = asked[0].id, SettleForm(), asked[1].blob_id
    settle_trace(current_actor(), entry_id, asked[1].id, form.state.data or "", alike=bool(form.alike.data))
    if form.page.data and blob_id is not None:
        return redirect(url_for(".mask_page", entry_id=entry_id, blob_id=blob_id, page=form.page.data))
    return redirect(url_for(".office_entry", entry_id=entry_id, _anchor="names"))


def _page(
    asked: MaskableFile,
    number: int,
    form: MaskForm | None = None,
    *,
    problem: DomainError | None = None,
    status: int = 200,
) -> Response:
    entry, blob, mask = asked.entry, asked.file.blob, asked.mask
    sizes, count = _page_sizes(blob), page_count_of(blob)
    if not 1 <= number <= count:
        raise NotFound
    saved = mask.boxes.get(str(number), []) if mask else []
    traces = [one for one in traces_on(entry.id, blob.id) if one.state != "dismissed"]
    here = [one for one in traces if one.page == number]
    proposed = [box for one in here if one.state == "open" for box in one.boxes]
    rows = list(typed_rows()) if form is not None else _rows(saved, proposed)
    form = form or MaskForm(
        formdata=None,
        data={"seen": mask.version if mask else 0, "page": number, "why": (mask.why if mask else "") or str(WHY)},
    )
    size = sizes[number - 1] if number <= len(sizes) else None
    width, height = size or (MOST_DRAWN, MOST_DRAWN)
    open_pages = sorted({one.page for one in traces if one.state == "open"})
    masked_pages = sorted(int(page) for page in mask.boxes) if mask else []
    return render_page(
        "entries/office/mask.html",
        status=status,
        entry=entry,
        file=asked.file,
        blob=blob,
        mask=mask,
        form=form,
        number=number,
        size=size,
        count=count,
        is_made=bool(sizes),
        shown_pages=pages_shown(count, number, {*open_pages, *masked_pages}),
        is_pictured=number in pictured_pages(entry.id, blob.id),
        is_pdf=Kind(blob.kind) is Kind.PDF,
        drawn=(MOST_DRAWN, round(MOST_DRAWN * height / width)),
        rows=[*rows, *({} for _row in range(EMPTY_ROWS))],
        names=_same_together(here),
        open_pages=open_pages,
        masked_pages=masked_pages,
        problem=translate(problem.message) if problem else "",
    )


def _same_together(traces: Sequence[NameTrace]) -> list[tuple[NameTrace, str, int]]:
    """The same words of the same name once: the first trace, whose name it is, how often it stands there."""
    found: dict[object, list[NameTrace]] = {}
    for one in traces:
        found.setdefault((one.name, one.words, one.state), []).append(one)
    return [(own[0], _(ROLES[own[0].role]), len(own)) for own in found.values()]


def page_count_of(blob: Blob) -> int:
    """How many pages the file has; a picture is one. Pictures of them may be fewer: the first so many are made."""
    return max(FileFacts.from_json(blob.facts).pages or 1, len(_page_sizes(blob)))


def _page_sizes(blob: Blob) -> Sequence[tuple[int, int]]:
    """Width and height of each page's picture; of a picture one; empty until the preview is there."""
    previews = previews_of([blob.id])[blob.id]
    if Kind(blob.kind) is Kind.PDF:
        pages = previews.ready("pages")
        return [(one["width"], one["height"]) for one in pages.detail["pages"]] if pages is not None else []
    screen = previews.ready("screen")
    return [(screen.width, screen.height)] if screen is not None else []


def _rows(saved: Sequence[Sequence[float]], proposed: Sequence[Sequence[float]]) -> list[Mapping[str, Any]]:
    """What the form shows: the saved boxes, then the proposed ones that nothing covers yet."""
    new = [box for box in proposed if not covers(saved, box)]
    return [
        {
            **{side: f"{value * 100:.2f}" for side, value in zip(("left", "top", "width", "height"), box, strict=True)},
            "is_proposed": number >= len(saved),
        }
        for number, box in enumerate((*saved, *new))
    ]
