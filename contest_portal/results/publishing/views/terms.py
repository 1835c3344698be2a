"""The office sets how long lists are public, in which columns, and which days it works beside the State Council's calendar."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.clock import today
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.working_days import is_announced, moved_days
from contest_portal.people.models import CalendarDay
from contest_portal.people.queries.calendar import calendar_day_by_id, calendar_days
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import contest_by_id
from contest_portal.results.public_list.columns import PUBLIC_COLUMNS
from contest_portal.results.publishing.forms import CalendarForm, TermsForm
from contest_portal.results.publishing.queries import publications as queries
from contest_portal.results.publishing.services import terms as services

FIRST_YEAR, LAST_YEAR = 2004, 2100


@bp.get("/office/contests/<int:contest_id>/publication/terms")
@permission("results.publication_terms", of=contest_by_id)
def publication_terms(contest: Contest) -> Response:
    """How long the contest's lists are public, in which columns, what the archive keeps."""
    row = queries.setting_of(contest.id)
    columns = [*row.columns, *[""] * (len(PUBLIC_COLUMNS) - len(row.columns))]
    form = TermsForm(
        formdata=None,
        data={
            "open_days": row.open_days,
            "stay_days": row.stay_days,
            "archive_names": row.archive_names,
            "columns": columns,
            "version": row.version,
        },
    )
    return _terms_page(contest, form)


@bp.post("/office/contests/<int:contest_id>/publication/terms")
@permission("results.publication_terms", of=contest_by_id)
def set_publication_terms(contest: Contest) -> Response:
    """Set them for the lists to come."""
    form = TermsForm()
    if form.validate_on_submit():
        try:
            services.set_terms(current_actor(), contest.id, form.terms(), form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("公示设置已保存，从下一份公示稿起使用。"), "success")
            return redirect(url_for("results.contest_lists", contest_id=contest.id))  # type: ignore[return-value]
    return _terms_page(contest, form)


@bp.get("/office/calendar")
@permission("results.see_calendar")
def office_calendar() -> Response:
    """The year's days off and days of work that differ from the week, and the office's own."""
    return _calendar_page(CalendarForm(formdata=None))


@bp.post("/office/calendar")
@permission("results.set_calendar")
def set_calendar() -> Response:
    """Set days off or days of work of the office's own."""
    form = CalendarForm()
    first = form.first.data
    if form.validate_on_submit() and first:
        try:
            count = services.set_days(
                current_actor(),
                first,
                form.last.data or first,
                is_working=form.is_working.data == "work",
                note=form.note.data or "",
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已设置 %(count)s 天。", count=count), "success")
            return redirect(url_for("results.office_calendar", year=first.year))  # type: ignore[return-value]
    return _calendar_page(form)


@bp.post("/office/calendar/<int:day_id>/remove")
@permission("results.remove_calendar_day", of=calendar_day_by_id)
def remove_calendar_day(day: CalendarDay) -> Response:
    """Take back one of the office's own days."""
    year = day.day.year
    services.remove_day(current_actor(), day.id)
    flash(_("已删除，这一天恢复按国家日历计算。"), "success")
    return redirect(url_for("results.office_calendar", year=year))  # type: ignore[return-value]


def _terms_page(contest: Contest, form: TermsForm) -> Response:
    return render_page("results/publishing/terms.html", status=422 if form.errors else 200, contest=contest, form=form)


def _calendar_page(form: CalendarForm) -> Response:
    year = typed_number(request.args.get("year")) or today().year
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    own = calendar_days(current_actor().office_id or 0)
    return render_page(
        "results/publishing/calendar.html",
        status=422 if form.errors else 200,
        form=form,
        year=year,
        is_announced=is_announced(today().replace(year=year, month=1, day=1)),
        moved=moved_days(year),
        own=[row for row in own if row.day.year == year],
    )
