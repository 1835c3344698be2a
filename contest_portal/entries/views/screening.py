"""Screening: the overview of a contest, a category's queue, one entry with its files, its data and the decision."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.forms import row_id
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import Count, add_item
from contest_portal.core.pages import is_htmx, render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.entry_notes import notes_on
from contest_portal.entries.forms_screening import (
    AcceptForm,
    AcceptManyForm,
    ExceptionForm,
    RejectForm,
    ReopenForm,
    ReturnForm,
    SeenForm,
    WhyForm,
    decision_forms,
)
from contest_portal.entries.models import Entry
from contest_portal.entries.presentation import shown_entry
from contest_portal.entries.queries import screening as queries
from contest_portal.entries.queries.blind import blind_sheet, open_trace_counts
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.likeness import alike_entries
from contest_portal.entries.queries.office import contest_with_categories
from contest_portal.entries.queries.screening_sheet import SubmittedFile, sheet_of, submitted_file
from contest_portal.entries.screening_workbooks import queue_workbook
from contest_portal.entries.services import screening as services
from contest_portal.entries.services.opening import What, open_number
from contest_portal.entries.states import acts_from, state_name
from contest_portal.entries.views.blueprint import bp
from contest_portal.media.queries import previews_of
from contest_portal.media.serving import send_blob, send_derivative, send_page, send_tile


def _waiting(actor: Actor) -> Count:
    return queries.waiting_in_open_contests(actor.office_id or 0)


add_item(
    _l("竞赛"),
    _l("审核"),
    "entries.screening_start",
    icon="clipboard-check",
    roles=sorted(OFFICE_ROLES),
    order=200,
    badge=_waiting,
    badge_for=[Role.OFFICE],
    also_active_in=["entries.screening_", "entries.accept_many", "entries.office_entry", "entries.office_withdraw"],
)


@bp.get("/office/screening")
@permission("entries.office")
def screening_start() -> AnyResponse:
    """To the overview of the asked contest, or of the newest open one."""
    asked = request.args.get("contest", type=row_id)
    contest_id = queries.current_contest_id(current_actor().office_id or 0, asked)
    if contest_id is None:
        return render_page("entries/office/no_contest.html", heading=_("审核"))
    return redirect(url_for(".screening_overview", contest_id=contest_id))


@bp.get("/office/contests/<int:contest_id>/screening")
@permission("entries.office_list", of=contest_with_categories)
def screening_overview(contest: Contest) -> Response:
    """How many entries stand where, by category."""
    counts = queries.counts_by_category(contest)
    return render_page(
        "entries/office/overview.html",
        contest=contest,
        contests=[
            (contest_id, _("%(name)s（待审 %(count)s 件）", name=name, count=waiting) if waiting else name)
            for contest_id, name, waiting in queries.contests_with_waiting(contest.office_id)
        ],
        counts=counts,
        totals={state: queries.total_of(counts, state) for state in queries.STATES},
        overdue=sum(one.overdue for one in counts),
    )


@bp.get("/office/contests/<int:contest_id>/screening/<int:category_id>")
@permission("entries.office_queue", of=queries.category_of_contest)
def screening_queue(category: Category) -> Response:
    """The category's entries that await screening."""
    return _queue_page(category, AcceptManyForm(formdata=None))


@bp.get("/office/contests/<int:contest_id>/screening/<int:category_id>/export")
@permission("entries.office_queue", of=queries.category_of_contest)
def export_queue(category: Category) -> Response:
    """The queue as a workbook."""
    name = _("%(category)s待审清单.xlsx", category=category.name)
    return workbook_response(queue_workbook(category.name, queries.waiting_to_export(category, _listing())), name)


@bp.get("/office/contests/<int:contest_id>/screening/<int:category_id>/next")
@permission("entries.office_queue", of=queries.category_of_contest)
def screening_next(category: Category) -> AnyResponse:
    """To the next waiting entry of the category, or to the overview where there is none."""
    return _to_next(category, request.args.get("after", 0, type=row_id))


@bp.post("/office/contests/<int:contest_id>/screening/<int:category_id>/accept")
@permission("entries.accept_many", of=queries.category_of_contest)
def accept_many(category: Category) -> AnyResponse:
    """Accept the chosen lines of the queue."""
    form = AcceptManyForm()
    if not form.chosen:
        flash(_("请先勾选要通过的作品。"), "warning")
        return redirect(url_for(".screening_queue", contest_id=category.contest_id, category_id=category.id))
    outcomes = services.accept_entries(current_actor(), category.id, form.chosen)
    accepted = sum(outcome.refusal is None for outcome in outcomes)
    if accepted:
        flash(ngettext("已通过 %(num)s 件作品。", "已通过 %(num)s 件作品。", accepted), "success")
    refused = [outcome for outcome in outcomes if outcome.refusal is not None]
    if refused:
        return _queue_page(queries.category_of_contest(category.contest_id, category.id), form, refused, status=409)
    return redirect(url_for(".screening_queue", contest_id=category.contest_id, category_id=category.id))


@bp.get("/office/entries/<int:entry_id>")
@permission("entries.office_read", of=entry_by_id)
def office_entry(entry: Entry) -> Response:
    """One entry: files, data, checks, history; the decision where it is due."""
    return entry_page(entry)


@bp.post("/office/entries/<int:entry_id>/accept")
@permission("entries.screen", of=entry_by_id)
def screening_accept(entry: Entry) -> AnyResponse:
    """Accept, and on to the next."""
    form = AcceptForm(prefix="accept")
    return _decided(
        entry,
        form,
        lambda: services.accept_entry(current_actor(), entry.id, form.seen),
        _("《%(title)s》已审核通过。", title=entry.title),
    )


@bp.post("/office/entries/<int:entry_id>/return")
@permission("entries.screen", of=entry_by_id)
def screening_return(entry: Entry) -> AnyResponse:
    """Return to be mended, and on to the next."""
    form = ReturnForm(prefix="return")
    form.offer(entry.contest.return_reasons)
    return _decided(
        entry,
        form,
        lambda: services.return_entry(
            current_actor(), entry.id, form.seen, form.reasons.data or [], form.words.data or "", form.ends_at
        ),
        _("《%(title)s》已退回修改，学校会收到通知。", title=entry.title),
    )


@bp.post("/office/entries/<int:entry_id>/reject")
@permission("entries.screen", of=entry_by_id)
def screening_reject(entry: Entry) -> AnyResponse:
    """Reject, and on to the next."""
    form = RejectForm(prefix="reject")
    form.offer(entry.contest.return_reasons)
    return _decided(
        entry,
        form,
        lambda: services.reject_entry(
            current_actor(), entry.id, form.seen, form.reasons.data or [], form.words.data or ""
        ),
        _("《%(title)s》已判定审核不通过，学校会收到通知。", title=entry.title),
    )


@bp.post("/office/entries/<int:entry_id>/reopen")
@permission("entries.screen", of=entry_by_id)
def screening_reopen(entry: Entry) -> AnyResponse:
    """Take the decision back; the entry is screened again."""
    form = ReopenForm(prefix="reopen")
    return _decided(
        entry,
        form,
        lambda: services.reopen_entry(current_actor(), entry.id, form.seen, form.why.data or ""),
        _("原审核结果已撤销，请重新审核《%(title)s》。", title=entry.title),
        stay=True,
    )


@bp.post("/office/entries/<int:entry_id>/numbers/<person>/<any(id_number, phone):what>")
@permission("entries.open_number", of=lambda entry_id, person, what: (entry_by_id(entry_id), person, what))
def screening_open_number(asked: tuple[Entry, str, What]) -> Response:
    """One person's ID number or telephone in full; that it was opened is recorded."""
    entry, person, what = asked
    number = open_number(current_actor(), entry.id, person, what) or _("未登记")
    if is_htmx():
        return render_page("entries/office/number.html", number=number)
    return entry_page(entry_by_id(entry.id), opened={(person, what): number})


@bp.get("/office/entries/<int:entry_id>/versions/<int:number>/files/<int:blob_id>")
@permission("entries.office_read_file", of=submitted_file)
def screening_file(file: SubmittedFile) -> Response:
    """A file of a submitted version."""
    return send_blob(file.blob, file.name)


_SUBMITTED = "/office/entries/<int:entry_id>/versions/<int:number>/files/<int:blob_id>"


@bp.get(f"{_SUBMITTED}/<any(thumb, screen, poster, film720):kind>")
@permission("entries.office_read_preview", of=lambda kind, **address: (submitted_file(**address), kind))
def screening_preview(asked: tuple[SubmittedFile, str]) -> Response:
    """A preview of a file of a submitted version."""
    file, kind = asked
    return send_derivative(file.blob, kind)


@bp.get(f"{_SUBMITTED}/tiles/<int:level>/<int:column>_<int:row>.jpg")
@permission(
    "entries.office_read_preview",
    of=lambda level, column, row, **address: (submitted_file(**address), (level, column, row)),
)
def screening_tile(asked: tuple[SubmittedFile, tuple[int, int, int]]) -> Response:
    """A tile of a large picture of a submitted version."""
    file, place = asked
    return send_tile(file.blob, *place)


@bp.get(f"{_SUBMITTED}/pages/<int:page>")
@permission("entries.office_read_preview", of=lambda page, **address: (submitted_file(**address), page))
def screening_page(asked: tuple[SubmittedFile, int]) -> Response:
    """A page of a PDF of a submitted version as a picture."""
    file, page = asked
    return send_page(file.blob, page)


def entry_page(
    entry: Entry,
    *,
    kept: SeenForm | None = None,
    other: WhyForm | None = None,
    opened: dict[tuple[str, str], str] | None = None,
    problem: DomainError | None = None,
    status: int = 200,
) -> Response:
    """The office's page of an entry. `kept`, `other`: the form that was sent and has errors; `problem` stands above."""
    sheet = sheet_of(entry)
    decisions = queries.decisions_of(entry.id)
    last = decisions[0].id if decisions else 0
    place, length = queries.place_in_queue(entry) if entry.state == "submitted" else (0, 0)
    withdrawing = other if other is not None and not isinstance(other, ExceptionForm) else None
    return render_page(
        "entries/office/entry.html",
        status=status,
        entry=entry,
        contest=entry.contest,
        category=entry.category,
        state_label=translate(state_name(entry.state)),
        sheet=sheet,
        shown=shown_entry(sheet.snapshot, sheet.rules),
        previews=previews_of([file["blob_id"] for file in sheet.snapshot["files"]]),
        author_keys=[one["key"] for one in sheet.snapshot["authors"]],
        tutor_keys=[one["key"] for one in sheet.snapshot["tutors"]],
        decisions=decisions,
        alike=alike_entries(entry.id),
        blind=blind_sheet(entry, sheet.snapshot, sheet.rules),
        forms=decision_forms(entry, last, kept),
        sent=kept._prefix.rstrip("-") if kept is not None else "",
        withdraw_form=withdrawing or WhyForm(formdata=None, prefix="withdraw"),
        exception_form=other if isinstance(other, ExceptionForm) else ExceptionForm(formdata=None, prefix="exception"),
        acts=acts_from(entry.state),
        opened=opened or {},
        problem=translate(problem.message) if problem else "",
        place=place,
        length=length,
        notes=notes_on(entry),
    )


def _decided(
    entry: Entry, form: SeenForm, decide: Callable[[], object], done: str, *, stay: bool = False
) -> AnyResponse:
    """Carry a decision out and go on to the next entry; one that cannot be carried out is shown with what was typed."""
    was_waiting, category, entry_id = entry.state == "submitted", entry.category, entry.id
    contest_id, category_id = category.contest_id, category.id
    if not form.validate():
        return entry_page(entry, kept=form, status=422)
    try:
        decide()
    except Conflict as error:
        return entry_page(entry_by_id(entry_id), kept=form, problem=error, status=error.status)
    except DomainError as error:
        form.show(error)
        return entry_page(entry_by_id(entry_id), kept=form, status=error.status)
    flash(done, "success")
    if stay or not was_waiting:
        return redirect(url_for(".office_entry", entry_id=entry_id))
    return _to_next(queries.category_of_contest(contest_id, category_id), entry_id)


def _to_next(category: Category, after: int) -> AnyResponse:
    entry_id = queries.next_waiting(category, after)
    if entry_id is None:
        flash(_("「%(category)s」没有其他待审核的作品了。", category=category.name), "info")
        return redirect(url_for(".screening_overview", contest_id=category.contest_id))
    return redirect(url_for(".office_entry", entry_id=entry_id))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.QUEUE_FILTERS)


def _queue_page(
    category: Category, form: AcceptManyForm, refused: list[services.Outcome] | None = None, *, status: int = 200
) -> Response:
    page = queries.waiting_page(category, _listing())
    return render_page(
        "entries/office/queue.html",
        status=status,
        contest=category.contest,
        category=category,
        page=page,
        names=open_trace_counts([row.id for row in page.rows]),
        chosen={entry_id for entry_id, _seen in form.chosen},
        refused=[(one, translate(one.refusal)) for one in refused or [] if one.refusal is not None],
    )
