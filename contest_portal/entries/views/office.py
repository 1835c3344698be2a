"""The office's list of a contest's entries, what it does with one of them besides screening, its exceptions."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from contest_portal.contests import queries as contest_queries
from contest_portal.contests.models import Contest
from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.forms import row_id
from contest_portal.core.i18n import minute, translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.entry_workbook import entries_workbook
from contest_portal.entries.forms_screening import DraftExceptionForm, DraftSearchForm, ExceptionForm, WhyForm
from contest_portal.entries.models import Entry
from contest_portal.entries.queries import office as queries
from contest_portal.entries.queries.drafts import drafts_of_school
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.screening import current_contest_id
from contest_portal.entries.screening_workbooks import exceptions_workbook
from contest_portal.entries.services.exceptions import grant_exception, grant_school_exception
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.entries.states import state_name
from contest_portal.entries.views.blueprint import bp
from contest_portal.entries.views.screening import entry_page

add_item(
    _l("竞赛"),
    _l("作品"),
    "entries.office_start",
    icon="collection",
    roles=sorted(OFFICE_ROLES),
    order=210,
    also_active_in=["entries.office_list", "entries.office_exceptions", "entries.office_add_exception"],
)


@bp.get("/office/entries")
@permission("entries.office")
def office_start() -> AnyResponse:
    """To the list of the asked contest, or of the newest open one."""
    asked = request.args.get("contest", type=row_id)
    contest_id = current_contest_id(current_actor().office_id or 0, asked)
    if contest_id is None:
        return render_page("entries/office/no_contest.html", heading=_("作品"))
    return redirect(url_for(".office_list", contest_id=contest_id))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS, sort="number")


@bp.get("/office/contests/<int:contest_id>/entries")
@permission("entries.office_list", of=queries.contest_with_categories)
def office_list(contest: Contest) -> Response:
    """The entries that have come in."""
    return render_page(
        "entries/office/list.html",
        contest=contest,
        contests=contest_queries.contest_choices(contest.office_id),
        page=queries.entries_page(contest, _listing()),
        categories=[(one.id, one.name) for one in contest.categories],
        states=[(queries.COUNTED, _("计入征集")), *state_choices()],
        state_names=dict(state_choices()),
        stages=queries.stage_choices(contest),
        schools=queries.school_choices(contest.office_id),
        marks=[
            ("late", _("逾期补报")),
            ("upload", _("截止后传完")),
            ("overdue", _("退回后逾期未改")),
            ("resubmitted", _("多次提交")),
        ],
    )


@bp.get("/office/contests/<int:contest_id>/entries.xlsx")
@permission("entries.office_list", of=queries.contest_with_categories)
def office_export(contest: Contest) -> Response:
    """The list as it is filtered, as a workbook."""
    content = entries_workbook(contest.name, queries.entries_to_export(contest, _listing()))
    name = _("%(contest)s作品名单.xlsx", contest=contest.name)
    return workbook_response(content, name)


def state_choices() -> list[tuple[str, str]]:
    """(state, name) of the states that the list shows."""
    return [(state, translate(state_name(state))) for state in queries.LISTED_STATES]


@bp.post("/office/entries/<int:entry_id>/withdraw")
@permission("entries.screen", of=entry_by_id)
def office_withdraw(entry: Entry) -> AnyResponse:
    """Withdraw an entry for the office."""
    form = WhyForm(prefix="withdraw")
    return _done(
        entry,
        form,
        lambda: withdraw_entry(current_actor(), entry.id, form.why.data or ""),
        _("《%(title)s》已撤回。", title=entry.title),
    )


@bp.post("/office/entries/<int:entry_id>/exception")
@permission("entries.grant_exception", of=entry_by_id)
def office_exception(entry: Entry) -> AnyResponse:
    """Let the entry be changed and submitted after the deadline."""
    form = ExceptionForm(prefix="exception")
    return _done(
        entry,
        form,
        lambda: grant_exception(current_actor(), entry.id, form.ends_at, form.why.data or ""),
        _("已同意《%(title)s》延期，学校会收到通知。", title=entry.title),
    )


def _done(entry: Entry, form: WhyForm, act: Callable[[], object], done: str) -> AnyResponse:
    entry_id = entry.id
    if not form.validate():
        return entry_page(entry, other=form, status=422)
    try:
        act()
    except Conflict as error:
        return entry_page(entry_by_id(entry_id), other=form, problem=error, status=error.status)
    except DomainError as error:
        form.show(error)
        return entry_page(entry_by_id(entry_id), other=form, status=error.status)
    flash(done, "success")
    return redirect(url_for(".office_entry", entry_id=entry_id))


@bp.get("/office/contests/<int:contest_id>/exceptions")
@permission("entries.office_list", of=queries.contest_with_categories)
def office_exceptions(contest: Contest) -> AnyResponse:
    """The contest's exceptions, and the form for a new one."""
    search = _draft_search(contest)
    return _exceptions_page(contest, search, _exception_form(contest, search))


@bp.get("/office/contests/<int:contest_id>/exceptions/export")
@permission("entries.office_list", of=queries.contest_with_categories)
def export_exceptions(contest: Contest) -> AnyResponse:
    """The contest's exceptions as a workbook."""
    content = exceptions_workbook(contest.name, queries.exceptions_of(contest))
    return workbook_response(content, _("%(contest)s补报延期.xlsx", contest=contest.name))


@bp.post("/office/contests/<int:contest_id>/exceptions")
@permission("entries.grant_school_exception", of=queries.contest_with_categories)
def office_add_exception(contest: Contest) -> AnyResponse:
    """A new exception: for one draft, or for a school in a category. What was searched for stands in the address."""
    search, contest_id = _draft_search(contest), contest.id
    form = _exception_form(contest, search)
    if form.validate_on_submit():
        try:
            _grant(contest_id, search, form)
        except DomainError as error:
            form.show(error)
            contest = queries.contest_with_categories(contest_id)
        else:
            flash(_("已同意补报，学校会收到通知。"), "success")
            return redirect(url_for(".office_exceptions", contest_id=contest_id))
    return _exceptions_page(contest, search, form)


def _grant(contest_id: int, search: DraftSearchForm, form: DraftExceptionForm) -> None:
    why = form.why.data or ""
    if form.entry.data != form.EVERY:
        grant_exception(current_actor(), int(form.entry.data), form.ends_at, why)
    elif search.category_id is not None and search.school_id is not None:
        grant_school_exception(current_actor(), contest_id, search.category_id, search.school_id, form.ends_at, why)


def _draft_search(contest: Contest) -> DraftSearchForm:
    form = DraftSearchForm(formdata=request.args, meta={"csrf": False})
    form.offer(contest, queries.school_choices(contest.office_id))
    return form


def _exception_form(contest: Contest, search: DraftSearchForm) -> DraftExceptionForm:
    """The form that offers the drafts found."""
    form = DraftExceptionForm()
    if search.school_id is None:
        form.offer([], "")
        return form
    teacher = (search.teacher.data or "").strip()[:50]
    drafts = drafts_of_school(contest, search.school_id, search.category_id, teacher)
    lines = [
        (
            one.id,
            _(
                "%(category)s《%(title)s》，填报人 %(maker)s，最近修改 %(at)s",
                category=one.category,
                title=one.title or _("未命名"),
                maker=one.maker or "—",
                at=minute(one.updated_at),
            ),
        )
        for one in drafts
    ]
    whole = _("该校在这一类别的全部草稿都准予补报；没有草稿的，新建一件") if search.category_id else ""
    form.offer(lines, whole)
    return form


def _exceptions_page(contest: Contest, search: DraftSearchForm, form: DraftExceptionForm) -> AnyResponse:
    return render_page(
        "entries/office/exceptions.html",
        status=422 if form.is_submitted() else 200,
        contest=contest,
        search=search,
        form=form,
        rows=queries.exceptions_of(contest),
        state_name=lambda state: translate(state_name(state)),
    )
