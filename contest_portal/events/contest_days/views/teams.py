"""A school's teams: entered from its rosters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import SCHOOL_ROLES
from contest_portal.core.clock import now
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import minute, translate
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.contest_days.forms import TeamForm
from contest_portal.events.contest_days.models import ContestGroup, Team
from contest_portal.events.contest_days.queries import groups as queries
from contest_portal.events.contest_days.queries.people import coaches, pupils
from contest_portal.events.contest_days.queries.starts import starts_of_teams
from contest_portal.events.contest_days.services import teams as services
from contest_portal.events.views.blueprint import bp
from contest_portal.people.grades import grade_name
from contest_portal.people.queries.people_search import Hit, search_students

AnyResponse = Any
MOST_HITS = 20


@bp.get("/teams")
@permission("events.own_teams")
def own_teams() -> Response:
    """The school's teams, and what it can enter now."""
    actor = current_actor()
    teams = queries.teams_of_school(actor.school_id or 0)
    return render_page(
        "events/contest_days/own_teams.html",
        teams=teams,
        starts=starts_of_teams([one.team for one in teams]),
        groups=queries.groups_to_enter(actor.office_id or 0),
    )


@bp.get("/groups/<int:group_id>/teams/new")
@permission("events.enter_group", of=queries.group)
def new_team(group: ContestGroup) -> Response:
    """The form of a new team."""
    return _page(group, TeamForm(formdata=None), [])


@bp.post("/groups/<int:group_id>/teams/new")
@permission("events.enter_group", of=queries.group)
def register_team(group: ContestGroup) -> AnyResponse:
    """Add or remove a member on the page; with `save`, enter the team."""
    form, group_id = TeamForm(), group.id
    members = members_on_page(form)
    if "save" in request.form:
        try:
            services.register_team(current_actor(), group_id, form.team_data(members))
        except DomainError as error:
            form.show(error)
            return _page(queries.group(group_id), form, members, status=422)
        flash(_("已报名。报名截止前可以修改。"), "success")
        return redirect(url_for("events.own_teams"))
    return _page(group, form, members)


@bp.get("/teams/<int:team_id>")
@permission("events.own_team", of=queries.team)
def edit_team(team: Team) -> Response:
    """The team as it is entered."""
    members = [one.id for line in queries.teams_of(team.group_id) if line.team.id == team.id for one in line.members]
    values = {"name": team.name, "coach_id": str(team.coach_id), "version": team.version}
    return _page(team.group, TeamForm(formdata=None, **values), members, team)


@bp.post("/teams/<int:team_id>")
@permission("events.own_team", of=queries.team)
def change_team(team: Team) -> AnyResponse:
    """Add or remove a member on the page; with `save`, change the team."""
    form, team_id = TeamForm(), team.id
    members = members_on_page(form)
    if "save" in request.form:
        try:
            services.change_team(current_actor(), team_id, form.seen_version, form.team_data(members))
        except DomainError as error:
            form.show(error)
            team = queries.team(team_id)
            return _page(team.group, form, members, team, status=422)
        flash(_("已保存。"), "success")
        return redirect(url_for("events.own_teams"))
    return _page(team.group, form, members, team)


@bp.post("/teams/<int:team_id>/withdraw")
@permission("events.own_team", of=queries.team)
def withdraw_team(team: Team) -> AnyResponse:
    """Withdraw the team."""
    services.withdraw_team(current_actor(), team.id, TeamForm().seen_version)
    flash(_("已退出。"), "success")
    return redirect(url_for("events.own_teams"))


@bp.post("/teams/pupils")
@permission("events.own_teams")
def find_members() -> Response:
    """The picker's list of pupils. Asked for by POST: a pupil's name stands in no address, hence in no log of a proxy."""
    return pupils_found(current_actor().school_id or 0)


def pupils_found(school_id: int) -> Response:
    """The school's pupils that fit what was typed."""
    hits = search_students(school_id, request.form.get("q", "")[:50])
    return render_page("core/partials/picker_options.html", options=[_option(one) for one in hits])


def members_on_page(form: TeamForm) -> list[int]:
    """The members on the page, without the one whose button was pressed."""
    removed = typed_number(request.form.get("remove"))
    return [one for one in form.student_ids() if one != removed]


def _closed_why(group: ContestGroup) -> str:
    """Why schools can enter and change teams of the group no more, or not yet; empty where they can."""
    event, moment = group.event, now()
    if group.drawn_at is not None or event.state != "public":
        return _("这个组别已经抽签或活动已结束，不能再改动。有变动请联系主办单位。")
    if event.booking_opens_at is not None and moment < event.booking_opens_at:
        return _("报名从 %(at)s 开始。", at=minute(event.booking_opens_at))
    if event.booking_closes_at is not None and moment > event.booking_closes_at:
        return _("报名已于 %(at)s 截止。有变动请联系主办单位。", at=minute(event.booking_closes_at))
    return ""


def _option(hit: Hit) -> tuple[int, str, str]:
    return hit.id, hit.name, " ".join(translate(one) for one in hit.about if one)


@dataclass(frozen=True)
class TeamPlace:
    """Of which school the team is, and where its page leads: what the form posts to, the picker, (words, address) of
    where one came from, the address that withdraws. `closed`: why nothing can be changed; empty where it can.
    """

    school_id: int
    action: str
    picker: str
    back: tuple[str, str]
    closed: str = ""
    withdraw: str = ""


def _page(
    group: ContestGroup, form: TeamForm, members: list[int], team: Team | None = None, *, status: int = 200
) -> Response:
    place = TeamPlace(
        school_id=current_actor().school_id or 0,
        action=url_for("events.change_team", team_id=team.id)
        if team
        else url_for("events.register_team", group_id=group.id),
        picker=url_for("events.find_members"),
        back=(_("比赛队伍"), url_for("events.own_teams")),
        closed=_closed_why(group),
        withdraw=url_for("events.withdraw_team", team_id=team.id) if team else "",
    )
    return team_page(group, form, members, place, team, status=status)


def team_page(
    group: ContestGroup,
    form: TeamForm,
    members: list[int],
    place: TeamPlace,
    team: Team | None = None,
    *,
    status: int = 200,
) -> Response:
    """The form of a team, for its school or for the office in its place."""
    school_id = place.school_id
    query = request.form.get("member_query", "")[:50] if request.form.get("find") == "member" else ""
    found = search_students(school_id, query, MOST_HITS) if query.strip() else []
    return render_page(
        "events/contest_days/team.html",
        status=status,
        group=group,
        event=group.event,
        team=team,
        form=form.offer(coaches(school_id), team),
        members=[(one, f"{translate(grade_name(one.grade))} {one.class_name}") for one in pupils(school_id, members)],
        query=query,
        results=[_option(one) for one in found] if query.strip() else None,
        place=place,
    )


add_item(
    _l("活动"), _l("比赛队伍"), "events.own_teams", icon="trophy", roles=sorted(SCHOOL_ROLES), order=620,
    also_active_in=["events.new_team", "events.register_team", "events.edit_team", "events.change_team"],
)  # fmt: skip
