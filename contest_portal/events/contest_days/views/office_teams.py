"""Teams that the office enters or sets right for a school that cannot: also after the closing time, never after the lot."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError, Invalid, NotFound
from contest_portal.core.forms import typed_number
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_
from contest_portal.events.contest_days.forms import TeamForm
from contest_portal.events.contest_days.models import ContestGroup, Team
from contest_portal.events.contest_days.queries import groups as queries
from contest_portal.events.contest_days.services import teams as services
from contest_portal.events.contest_days.views.teams import TeamPlace, members_on_page, pupils_found, team_page
from contest_portal.events.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/groups/<int:group_id>/teams/new")
@permission("events.run_group", of=queries.group)
def new_team_for(group: ContestGroup) -> Response:
    """Choose the school, by `?school=`; then the form of its new team."""
    schools = queries.schools_to_enter(group.event.office_id)
    if (school_id := _school(schools)) is None:
        return render_page("events/contest_days/choose_school.html", group=group, event=group.event, schools=schools)
    return team_page(group, TeamForm(formdata=None), [], _place(group, school_id))


@bp.post("/office/groups/<int:group_id>/teams/new")
@permission("events.run_group", of=queries.group)
def register_team_for(group: ContestGroup) -> AnyResponse:
    """Add or remove a member on the page; with `save`, enter the team for the school."""
    form, group_id = TeamForm(), group.id
    school_id, members = _required_school(group), members_on_page(form)
    if "save" not in request.form:
        return team_page(group, form, members, _place(group, school_id))
    try:
        services.register_team(current_actor(), group_id, form.team_data(members), school_id=school_id)
    except DomainError as error:
        form.show(error)
        group = queries.group(group_id)
        return team_page(group, form, members, _place(group, school_id), status=422)
    flash(_("已代学校报名，并通知了学校。"), "success")
    return redirect(url_for("events.group", group_id=group_id))


@bp.get("/office/teams/<int:team_id>")
@permission("events.remove_team", of=queries.team)
def edit_team_for(team: Team) -> Response:
    """The team as it is entered, to be set right."""
    members = [one.id for line in queries.teams_of(team.group_id) if line.team.id == team.id for one in line.members]
    values = {"name": team.name, "coach_id": str(team.coach_id), "version": team.version}
    return team_page(
        team.group, TeamForm(formdata=None, **values), members, _place(team.group, team.school_id, team), team
    )


@bp.post("/office/teams/<int:team_id>")
@permission("events.remove_team", of=queries.team)
def change_team_for(team: Team) -> AnyResponse:
    """Add or remove a member on the page; with `save`, change the team."""
    form, team_id, group_id = TeamForm(), team.id, team.group_id
    members = members_on_page(form)
    if "save" not in request.form:
        return team_page(team.group, form, members, _place(team.group, team.school_id, team), team)
    try:
        services.change_team(current_actor(), team_id, form.seen_version, form.team_data(members))
    except DomainError as error:
        form.show(error)
        team = queries.team(team_id)
        return team_page(team.group, form, members, _place(team.group, team.school_id, team), team, status=422)
    flash(_("已更正，并通知了学校。"), "success")
    return redirect(url_for("events.group", group_id=group_id))


@bp.post("/office/groups/<int:group_id>/pupils")
@permission("events.run_group", of=queries.group)
def find_members_for(group: ContestGroup) -> Response:
    """The picker's list of the school's pupils."""
    return pupils_found(_required_school(group))


def _place(group: ContestGroup, school_id: int, team: Team | None = None) -> TeamPlace:
    again: dict[str, Any] = {"group_id": group.id, "school": school_id}
    return TeamPlace(
        school_id=school_id,
        action=url_for("events.change_team_for", team_id=team.id)
        if team
        else url_for("events.register_team_for", **again),
        picker=url_for("events.find_members_for", **again),
        back=(group.name, url_for("events.group", group_id=group.id)),
        closed=""
        if group.drawn_at is None and group.event.state == "public"
        else _("活动没有公开，或这个组别已经抽签，不能报名或更正。请先撤回抽签。"),
    )


def _school(schools: list[tuple[int, str]]) -> int | None:
    asked = typed_number(request.args.get("school"))
    return asked if asked in dict(schools) else None


def _required_school(group: ContestGroup) -> int:
    """The school of the address. Raises Invalid where it has none, NotFound for one that is not the office's."""
    if not request.args.get("school"):
        raise Invalid("events.no_school", N_("请选择学校。"))
    school_id = _school(queries.schools_to_enter(group.event.office_id))
    if school_id is None:
        raise NotFound
    return school_id
