"""The office's pages of groups: what is next, teams, the lot, what is printed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.clock import now
from contest_portal.core.downloads import pdf_response, workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.list_documents import list_pdf, list_workbook
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.contest_days import documents
from contest_portal.events.contest_days.forms import GroupForm, WhyForm, group_form
from contest_portal.events.contest_days.models import ContestGroup, Team
from contest_portal.events.contest_days.queries import groups as queries
from contest_portal.events.contest_days.queries.results import lists_of, open_runs
from contest_portal.events.contest_days.queries.starts import starts_of
from contest_portal.events.contest_days.services import groups as services
from contest_portal.events.contest_days.services import lots
from contest_portal.events.contest_days.services.teams import withdraw_team
from contest_portal.events.planning.event_links import add_event_link, event_tabs
from contest_portal.events.planning.models import Event
from contest_portal.events.views.blueprint import bp

AnyResponse = Any
STAGE_NAMES = {
    "entering": _l("报名"),
    "drawn": _l("已抽签"),
    "running": _l("比赛中"),
    "listed": _l("待公布"),
    "published": _l("成绩已公布"),
}

add_event_link(
    _l("组别与成绩"), "events.groups", order=250, shown=lambda event: event.kind == "contest_day",
    also_active_in=[
        "events.group", "events.change_group", "events.draw_group", "events.runs", "events.type_runs",
        "events.unconfirmed_runs", "events.ranking", "events.list_results", "events.show_run", "events.correct_run",
    ],
)  # fmt: skip


@bp.get("/office/events/<int:event_id>/groups")
@permission("events.see", of=queries.contest_day)
def groups(event: Event) -> Response:
    """The groups of a contest day."""
    return _groups_page(event, group_form(None))


@bp.post("/office/events/<int:event_id>/groups")
@permission("events.change", of=queries.contest_day)
def add_group(event: Event) -> AnyResponse:
    """A new group."""
    form, event_id = GroupForm().offer(), event.id
    if form.validate_on_submit():
        try:
            row = services.add_group(current_actor(), event_id, form.data_of_group)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已增加组别。学校现在可以报名。"), "success")
            return redirect(url_for("events.group", group_id=row.id))
    return _groups_page(queries.contest_day(event_id), form)


@bp.get("/office/groups/<int:group_id>")
@permission("events.see_group", of=queries.group)
def group(row: ContestGroup) -> Response:
    """A group: what is next, its teams, its lot."""
    return _group_page(row, group_form(row), WhyForm(formdata=None, version=row.version))


@bp.post("/office/groups/<int:group_id>")
@permission("events.run_group", of=queries.group)
def change_group(row: ContestGroup) -> AnyResponse:
    """Change a group."""
    form, group_id = GroupForm().offer(), row.id
    if form.validate_on_submit():
        try:
            services.change_group(current_actor(), group_id, form.seen_version, form.data_of_group)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("events.group", group_id=group_id))
    row = queries.group(group_id)
    return _group_page(row, form, WhyForm(formdata=None, version=row.version))


@bp.post("/office/groups/<int:group_id>/drop")
@permission("events.run_group", of=queries.group)
def drop_group(row: ContestGroup) -> AnyResponse:
    """Take a group away."""
    event_id = row.event_id
    services.drop_group(current_actor(), row.id)
    flash(_("已删除组别。"), "success")
    return redirect(url_for("events.groups", event_id=event_id))


@bp.post("/office/groups/<int:group_id>/draw")
@permission("events.run_group", of=queries.group)
def draw_group(row: ContestGroup) -> AnyResponse:
    """Draw the order by lot."""
    form, group_id = WhyForm(), row.id
    try:
        order = lots.draw_group(current_actor(), group_id, form.seen_version, why=form.why.data or "")
    except DomainError as error:
        form.show(error)
        row = queries.group(group_id)
        shown = WhyForm(formdata=None, version=row.version, why=form.why.data)
        shown.why.errors, shown.form_errors = form.why.errors, form.form_errors
        return _group_page(row, group_form(row), shown)
    flash(_("已抽签排定 %(count)s 支队伍的出场顺序，并通知了各校。", count=len(order.starts)), "success")
    return redirect(url_for("events.group", group_id=group_id))


@bp.post("/office/groups/<int:group_id>/take-back")
@permission("events.run_group", of=queries.group)
def take_back_lot(row: ContestGroup) -> AnyResponse:
    """Take the lot back."""
    form, group_id = WhyForm(), row.id
    lots.take_back(current_actor(), group_id, form.seen_version, form.why.data or "")
    flash(_("已撤回抽签。可以修改时间、赛台和轮数，再重新抽签。"), "success")
    return redirect(url_for("events.group", group_id=group_id))


@bp.get("/office/groups/<int:group_id>/lot.json")
@permission("events.see_group", of=queries.group)
def lot_record(row: ContestGroup) -> Response:
    """What the order was drawn from, the seed and what came out: whoever draws it again gets the same."""
    text = json.dumps(row.drawing, ensure_ascii=False, indent=1, sort_keys=True)
    headers = {"Content-Disposition": f"attachment; filename=lot-{row.id}.json"}
    return Response(text + "\n", mimetype="application/json", headers=headers)


@bp.get("/office/groups/<int:group_id>/starts.pdf")
@permission("events.see_group", of=queries.group)
def print_starts(row: ContestGroup) -> Response:
    """The group's start list on paper."""
    document = documents.start_list(row.event, [(row, starts_of(row))])
    return pdf_response(list_pdf(document), _("%(group)s出场顺序表.pdf", group=row.name))


@bp.get("/office/groups/<int:group_id>/slips.pdf")
@permission("events.see_group", of=queries.group)
def print_slips(row: ContestGroup) -> Response:
    """Score slips for the tables."""
    return pdf_response(documents.score_slips(row, starts_of(row)), _("%(group)s记分单.pdf", group=row.name))


@bp.get("/office/groups/<int:group_id>/teams/export")
@permission("events.see_group", of=queries.group)
def export_teams(row: ContestGroup) -> Response:
    """The group's teams as a workbook."""
    content = list_workbook(documents.team_list(row, queries.teams_of(row.id)))
    return workbook_response(content, _("%(group)s队伍名单.xlsx", group=row.name))


@bp.post("/office/teams/<int:team_id>/withdraw")
@permission("events.remove_team", of=queries.team)
def remove_team(team: Team) -> AnyResponse:
    """Take a team out, with a reason."""
    form, group_id = WhyForm(), team.group_id
    withdraw_team(current_actor(), team.id, form.seen_version, form.why.data or "")
    flash(_("已退出，并通知了学校。"), "success")
    return redirect(url_for("events.group", group_id=group_id))


def _groups_page(event: Event, form: GroupForm) -> Response:
    return render_page(
        "events/contest_days/groups.html",
        status=422 if form.errors else 200,
        event=event,
        tabs=event_tabs(event),
        groups=queries.groups_of(event.id),
        stage_names=STAGE_NAMES,
        form=form,
    )


def _group_page(row: ContestGroup, form: GroupForm, draw_form: WhyForm) -> Response:
    drawing, starts = row.drawing, starts_of(row)
    clashes = set(drawing.get("clashes", ()))
    teams = queries.teams_of(row.id)
    return render_page(
        "events/contest_days/group.html",
        status=422 if form.errors or draw_form.errors or draw_form.form_errors else 200,
        group=row,
        event=row.event,
        tabs=event_tabs(row.event),
        stage=queries.stage_of_group(row),
        is_open=row.event.booking_closes_at is None or now() <= row.event.booking_closes_at,
        teams=teams,
        entered=sum(one.team.state == "registered" for one in teams),
        clashing=[one.team for one in teams if one.team.id in clashes],
        starts=starts,
        open_runs=open_runs(row) if starts else (0, 0),
        lots=[{**one, "at": datetime.fromisoformat(one["at"])} for one in drawing.get("lots", ())],
        lists=lists_of(row.id),
        form=form,
        draw_form=draw_form,
    )
