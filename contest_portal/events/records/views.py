"""Pages of the year's activities."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.records import queries, services
from contest_portal.events.records.forms import FIGURES, ActivityForm
from contest_portal.events.records.models import ActivityRecord
from contest_portal.events.records.workbook import activities_workbook
from contest_portal.events.views.blueprint import bp


@bp.get("/office/years/<int:year>/activities")
@permission("events.activities")
def activities(year: int) -> Response:
    """What the office did in the year besides contests."""
    return _page(year, ActivityForm(formdata=None))


@bp.get("/office/years/<int:year>/activities/export")
@permission("events.activities")
def export_activities(year: int) -> Response:
    """The year's activities as a workbook."""
    content = activities_workbook(queries.activities(current_actor().office_id or 0, year))
    return workbook_response(content, _("%(year)s 年科普活动.xlsx", year=year))


@bp.post("/office/years/<int:year>/activities")
@permission("events.record_activity")
def record(year: int) -> Response:
    """Note an activity."""
    form, actor = ActivityForm(), current_actor()
    if form.validate_on_submit():
        try:
            services.record_activity(actor, actor.office_id or 0, year, form.name.data or "", form.figures())
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已登记。"), "success")
            return redirect(url_for("events.activities", year=year))  # type: ignore[return-value]
    return _page(year, form)


@bp.post("/office/activities/<int:activity_id>/remove")
@permission("events.remove_activity", of=queries.activity)
def remove(activity: ActivityRecord) -> Response:
    """Take a wrong record back."""
    year = activity.year
    services.remove_activity(current_actor(), activity.id)
    flash(_("已删除这条登记。"), "success")
    return redirect(url_for("events.activities", year=year))  # type: ignore[return-value]


def _page(year: int, form: ActivityForm) -> Response:
    return render_page(
        "events/records/activities.html",
        status=422 if form.errors else 200,
        year=year,
        form=form,
        figure_fields=[form[f"figure_{key}"] for key, _label in FIGURES],
        activities=queries.activities(current_actor().office_id or 0, year),
    )
