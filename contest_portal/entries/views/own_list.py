"""The school's list of entries, its export, and the start of a new one."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.models import Category
from contest_portal.contests.presenting import slot_views
from contest_portal.contests.queries import category as category_by_id
from contest_portal.contests.queries import contest_choices
from contest_portal.core.actor import Role
from contest_portal.core.clock import local
from contest_portal.core.downloads import workbook_response
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.entries.batch.slots import picture_slot
from contest_portal.entries.queries import school_list as queries
from contest_portal.entries.queries.timing import contest_timing
from contest_portal.entries.school_notes import notes_for_school
from contest_portal.entries.services.drafts import create_draft
from contest_portal.entries.states import STATE_NAMES
from contest_portal.entries.views.blueprint import bp

add_item(
    _l("参赛"),
    _l("本校作品"),
    "entries.index",
    icon="collection",
    roles=[Role.SCHOOL_MANAGER],
    order=310,
    badge=queries.approvals_awaited,
    also_active_in=["entries.show", "entries.edit", "entries.save", "entries.versions", "entries.compare"],
)
add_item(
    _l("参赛"),
    _l("我的作品"),
    "entries.index",
    icon="collection",
    roles=[Role.TEACHER],
    order=310,
    also_active_in=["entries.show", "entries.edit", "entries.save", "entries.versions", "entries.compare"],
)
add_item(
    _l("参赛"),
    _l("申报作品"),
    "entries.choose",
    icon="plus-circle",
    roles=[Role.SCHOOL_MANAGER, Role.TEACHER],
    order=320,
    also_active_in=["entries.requirements", "entries.create", "entries.batches_of_category", "entries.batch_table"],
)


def state_choices() -> list[tuple[str, str]]:
    """(code, word) of the states, for filters."""
    return [(code, translate(name)) for code, name in STATE_NAMES.items()]


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS, sort="-updated")


@bp.get("/entries")
@permission("entries.list_own")
def index() -> Response:
    """The school's entries for its manager, a teacher's own for the teacher."""
    actor, listing = current_actor(), _listing()
    is_manager = actor.is_in(Role.SCHOOL_MANAGER)
    contests = queries.contests_to_enter(actor.office_id) if is_manager else []
    quotas = queries.quota_lines(actor.school_id or 0, contests) if is_manager else {}
    return render_page(
        "entries/list.html",
        page=queries.own_entries(actor, listing),
        counts=queries.state_counts(actor, listing),
        states=state_choices(),
        state_names=dict(state_choices()),
        contests=contests,
        contest_choices=contest_choices(actor.office_id),
        quotas=quotas,
        totals=queries.total_notes(contests, quotas),
        notes=notes_for_school(actor.school_id or 0, contests) if is_manager else {},
        is_manager=is_manager,
    )


@bp.get("/entries/export")
@permission("entries.list_own")
def export() -> Response:
    """What the list shows, as a workbook."""
    rows = queries.all_own_entries(current_actor(), _listing())
    columns = [
        Column(_("编号"), 20),
        Column(_("作品名称"), 36),
        Column(_("类别"), 24),
        Column(_("作者"), 24),
        Column(_("辅导教师"), 20),
        Column(_("状态"), 12),
        Column(_("提交时间"), 20, kind="datetime"),
    ]
    content = write_table(
        columns,
        [
            (
                row.entry.number or "",
                row.entry.title,
                row.entry.category.name,
                row.authors,
                row.tutors,
                translate(STATE_NAMES[row.entry.state]),  # type: ignore[index]
                local(row.entry.submitted_at).replace(tzinfo=None) if row.entry.submitted_at else None,
            )
            for row in rows
        ],
        name=_("作品"),
    )
    return workbook_response(content, _("作品.xlsx"))


@bp.get("/entries/new")
@permission("entries.create")
def choose() -> Response:
    """The open contests and their categories, with what is left of the school's quota."""
    actor = current_actor()
    contests = queries.contests_to_enter(actor.office_id)
    quotas = queries.quota_lines(actor.school_id or 0, contests)
    return render_page(
        "entries/choose.html",
        contests=[(contest, contest_timing(contest)) for contest in contests],
        quotas=quotas,
        totals=queries.total_notes(contests, quotas),
        notes=notes_for_school(actor.school_id or 0, contests),
    )


@bp.get("/entries/new/<int:category_id>")
@permission("entries.enter_category", of=category_by_id)
def requirements(category: Category) -> Response:
    """What the category asks, before the form is begun."""
    rules = category.rules
    lines = queries.quota_lines(current_actor().school_id or 0, [category.contest])
    return render_page(
        "entries/requirements.html",
        category=category,
        rules=rules,
        slots=slot_views(rules),
        takes_batches=picture_slot(rules) is not None,
        timing=contest_timing(category.contest),
        quota=next(line for line in lines[category.contest_id] if line.category.id == category.id),
        totals=queries.total_notes([category.contest], lines),
    )


@bp.post("/entries/new/<int:category_id>")
@permission("entries.enter_category", of=category_by_id)
def create(category: Category) -> Response:
    """Begin the form."""
    actor = current_actor()
    entry = create_draft(actor, category.contest_id, category.id, actor.school_id or 0)
    flash(_("已新建草稿。填写的内容会自动保存，可以随时离开，以后接着填。"), "success")
    return redirect(url_for("entries.edit", entry_id=entry.id))  # type: ignore[return-value]
