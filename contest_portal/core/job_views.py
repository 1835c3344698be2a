"""The office's page of jobs."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from contest_portal.core import job_services, queries
from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.backups.daily import backup_age
from contest_portal.core.clock import local
from contest_portal.core.downloads import workbook_response
from contest_portal.core.i18n import translate
from contest_portal.core.jobs import NAMES
from contest_portal.core.listing import Listing
from contest_portal.core.models import Job
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.spreadsheets import Column, write_table

bp = Blueprint("jobs", "contest_portal.core", template_folder="templates")

add_item(
    _l("统计"),
    _l("后台任务"),
    "jobs.index",
    icon="list-task",
    roles=sorted(OFFICE_ROLES),
    order=920,
    badge=lambda actor: queries.failed_jobs(actor.office_id),
    badge_for=[Role.OFFICE],
)


@bp.get("/office/jobs")
@permission("core.jobs")
def index() -> Response:
    """What is done in the background: waiting, at work, failed, done of late."""
    office_id = current_actor().office_id or 0
    return render_page(
        "core/jobs.html",
        page=queries.jobs_page(office_id, _listing()),
        counts=queries.job_counts(office_id),
        backup=backup_age(),
        states={state: translate(word) for state, word in queries.STATES.items()},
        kinds=sorted(((kind, translate(name)) for kind, name in NAMES.items()), key=lambda pair: pair[1]),
    )


@bp.get("/office/jobs/export")
@permission("core.jobs")
def export() -> Response:
    """The same list as a workbook."""
    page = queries.jobs_page(current_actor().office_id or 0, _listing().whole())
    columns = [
        Column(_("编号"), 8, "number"),
        Column(_("任务"), 30),
        Column(_("对象"), 40),
        Column(_("状态"), 10),
        Column(_("进度（%%）"), 10, "number"),
        Column(_("已试次数"), 10, "number"),
        Column(_("开始时间"), 17, "datetime"),
        Column(_("结束时间"), 17, "datetime"),
        Column(_("原因"), 50),
    ]
    lines = (
        (
            row.job.id,
            translate(row.name),
            row.subject.text if row.subject else None,
            translate(queries.STATES[row.job.state]),
            row.job.progress,
            row.job.attempts,
            local(row.job.started_at) if row.job.started_at else None,
            local(row.job.finished_at) if row.job.finished_at else None,
            translate(row.reason) if row.reason else None,
        )
        for row in page.rows
    )
    return workbook_response(write_table(columns, lines, name=_("后台任务"), landscape=True), _("后台任务.xlsx"))


@bp.post("/office/jobs/<int:job_id>/retry")
@permission("core.retry_job", of=queries.job)
def retry(row: Job) -> Response:
    """Do a failed job once more."""
    job_services.retry_job(current_actor(), row.id)
    flash(_("已重新排队，稍后刷新本页查看结果。"), "success")
    return redirect(url_for(".index"))  # type: ignore[return-value]


@bp.post("/office/jobs/retry")
@permission("core.retry_jobs")
def retry_all() -> Response:
    """Do all that failed once more."""
    count = job_services.retry_failed(current_actor())
    flash(ngettext("%(num)s 项任务已重新排队。", "%(num)s 项任务已重新排队。", count), "success")
    return redirect(url_for(".index"))  # type: ignore[return-value]


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS, sort="urgency")
