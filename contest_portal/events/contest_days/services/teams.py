"""Verbs on teams: a school enters them from its rosters, changes them, withdraws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from contest_portal.core.actor import OFFICE_ROLES, Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, Stale, TooLate
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.events.contest_days.models import ContestGroup, Team, TeamMember
from contest_portal.people.grades import stage_of
from contest_portal.people.models import School, Student, Teacher
from contest_portal.people.queries.recipients import managers_of
from contest_portal.people.services.checked import Problems, checking

on_breach(
    "uq_team_group_id_school_id_name",
    lambda: Invalid("events.team_name", N_("本校在这个组别已有同名的队伍，请换一个队名。"), field="name"),
)
on_breach(
    "uq_team_member_once_key_student_id",
    lambda: Invalid(
        "events.twice", N_("有学生刚刚被报进另一支队伍。一名学生在一次活动中只能参加一支队伍。"), field="members"
    ),
)


@dataclass(frozen=True)
class TeamData:
    """A team as its school wants it: coach and pupils are of the school's rosters."""

    name: str
    coach_id: int
    student_ids: Sequence[int]


def register_team(actor: Actor, group_id: int, data: TeamData, *, school_id: int | None = None) -> Team:
    """Enter a team for the actor's school; the office enters one for `school_id`, also after the closing time.

    Raises Invalid saying what is wrong with name, coach or members, TooLate, Conflict once the lot is drawn.
    """
    with unit_of_work(actor, "events.register_team") as work:
        group = locked(ContestGroup, group_id)
        school = locked(School, school_id or actor.school_id or 0)
        _require_open(actor, group)
        _require_room(work, group, school)
        name = _checked(work, group, school, data)
        row = Team(
            group_id=group.id, school_id=school.id, name=name, coach_id=data.coach_id,
            created_by=actor.account_id, created_at=now(),
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        _add_members(work, group, row, data.student_ids)
        _tell_school(work, actor, row, N_("主办单位代贵校报名了「%(team)s」，组别：%(group)s。"))
        work.record(row, after={"group": group.id, "school": school.id, "members": len(data.student_ids)})
    return row


def change_team(actor: Actor, team_id: int, seen_version: int, data: TeamData) -> Team:
    """Another name, coach or other members, until the closing time. Raises as `register_team`, and Stale."""
    with unit_of_work(actor, "events.change_team") as work:
        row = _seen(team_id, seen_version)
        group = locked(ContestGroup, row.group_id)
        _require_open(actor, group)
        name = _checked(work, group, row.school, data, row)
        kept = {one.student_id: one for one in _members(work, row)}
        before = {"coach": row.coach_id, "students": sorted(kept)}
        row.name, row.coach_id = name, data.coach_id
        for student_id in kept.keys() - set(data.student_ids):
            work.session.delete(kept[student_id])
        work.session.flush()
        _add_members(work, group, row, [one for one in data.student_ids if one not in kept])
        row.version += 1
        _tell_school(work, actor, row, N_("主办单位更正了贵校的队伍「%(team)s」，组别：%(group)s。"))
        work.record(row, before=before, after={"coach": row.coach_id, "students": sorted(data.student_ids)})
    return row


def withdraw_team(actor: Actor, team_id: int, seen_version: int, why: str = "") -> Team:
    """A school withdraws until the closing time; the office at any time, with a reason, and its place stays empty.

    Raises Stale, TooLate, Invalid.
    """
    with unit_of_work(actor, "events.withdraw_team") as work:
        row = _seen(team_id, seen_version)
        group = locked(ContestGroup, row.group_id)
        why = " ".join(why.split())[:200]
        by_office = actor.role in OFFICE_ROLES
        if by_office and not why:
            raise Invalid("events.why", N_("请写明原因。"), field="why")
        if not by_office:
            _require_open(actor, group)
        row.state = "withdrawn"
        row.version += 1
        for one in _members(work, row):
            one.once_key = None
        if by_office:
            accounts = {*managers_of(row.school_id), *([row.created_by] if row.created_by else [])}
            words = N_("「%(team)s」已被退出「%(group)s」。原因：%(why)s")
            notify(work, accounts, Message.of(words, team=row.name, group=group.name, why=why), url="/teams")
        work.record(row, before={"state": "registered"}, after={"state": "withdrawn"}, why=why)
    return row


def _tell_school(work: Work, actor: Actor, row: Team, words: str) -> None:
    """What the office did in the school's place, its managers read."""
    if actor.role in OFFICE_ROLES:
        group = locked(ContestGroup, row.group_id)
        title = Message.of(words, team=row.name, group=group.name)
        notify(work, managers_of(row.school_id), title, url="/teams")


def _seen(team_id: int, seen_version: int) -> Team:
    row = locked(Team, team_id)
    if row.version != seen_version:
        raise Stale
    if row.state != "registered":
        raise Conflict("events.team_withdrawn", N_("这支队伍已经退出。"))
    return row


def _require_open(actor: Actor, group: ContestGroup) -> None:
    event = group.event
    if event.kind != "contest_day" or event.state != "public":
        raise Conflict("events.not_open", N_("这个活动现在不接受报名。"))
    if group.drawn_at is not None:
        raise Conflict("events.group_drawn", N_("这个组别已经抽签，不能再报名或改动。有变动请联系主办单位。"))
    if actor.role in OFFICE_ROLES or actor.is_console:
        return
    if event.booking_opens_at is not None and now() < event.booking_opens_at:
        words = Message.of(N_("报名从 %(at)s 开始。"), at=minute(event.booking_opens_at))
        raise Conflict("events.early", words)
    if event.booking_closes_at is not None and now() > event.booking_closes_at:
        words = Message.of(N_("报名已于 %(at)s 截止。有变动请联系主办单位。"), at=minute(event.booking_closes_at))
        raise TooLate("events.late", words)


def _require_room(work: Work, group: ContestGroup, school: School) -> None:
    if school.office_id != group.event.office_id:
        raise Conflict("events.other_office", N_("这个活动不面向您的学校。"))
    if group.most_a_school is None:
        return
    count = work.session.scalar(
        select(func.count())
        .select_from(Team)
        .where(Team.group_id == group.id, Team.school_id == school.id, Team.state == "registered")
    )
    if (count or 0) >= group.most_a_school:
        words = N_("「%(group)s」每校最多 %(most)s 支队伍，%(school)s已报 %(count)s 支。")
        values = {"group": group.name, "most": group.most_a_school, "school": school.name, "count": count}
        raise Conflict("events.enough_teams", Message.of(words, **values))


def _checked(work: Work, group: ContestGroup, school: School, data: TeamData, row: Team | None = None) -> str:
    """The team's name, tidied. Raises Invalid."""
    with checking("events.team") as check:
        name = check.text(data.name, "name", 50, label=N_("队名"), required=True)
        coach = work.session.get(Teacher, data.coach_id) if data.coach_id else None
        if coach is None or coach.school_id != school.id or (coach.state != "active" and not _is_kept(coach, row)):
            check.add("coach_id", N_("请从本校教师名册中选择教练员。"))
        _check_members(work, check, group, school, data.student_ids, row)
    return name


def _is_kept(coach: Teacher, row: Team | None) -> bool:
    return row is not None and row.coach_id == coach.id


def _check_members(
    work: Work, check: Problems, group: ContestGroup, school: School, student_ids: Sequence[int], row: Team | None
) -> None:
    wanted = list(dict.fromkeys(student_ids))
    if not group.fewest <= len(wanted) <= group.most or len(wanted) != len(student_ids):
        words = N_("每队应为 %(fewest)s–%(most)s 人，现有 %(count)s 人。")
        check.add("members", Message.of(words, fewest=group.fewest, most=group.most, count=len(wanted)))
    kept = {one.student_id for one in _members(work, row)} if row else set()
    found = {one.id: one for one in work.session.scalars(select(Student).where(Student.id.in_(wanted)))}
    for student_id in wanted:
        child = found.get(student_id)
        if child is None or child.school_id != school.id or (child.state != "active" and child.id not in kept):
            check.add("members", N_("队员应是本校学生名册中的学生。"))
        elif (stage := stage_of(child.grade)) not in (group.stages or [stage]) or not _fits(group, child):
            words = N_("%(name)s不在「%(group)s」的参赛范围（学段或年级）内。")
            check.add("members", Message.of(words, name=child.name, group=group.name))
    elsewhere = work.session.execute(
        select(Student.name, Team.name)
        .join(TeamMember, TeamMember.student_id == Student.id)
        .join(Team, Team.id == TeamMember.team_id)
        .where(
            TeamMember.once_key == group.event_id,
            Student.id.in_(wanted),
            Student.school_id == school.id,  # of other schools' pupils not even the names are told
            Team.id != (row.id if row else 0),
        )
        .order_by(Student.id)
    )
    for name, team in elsewhere:
        words = N_("%(name)s已在「%(team)s」中。一名学生在一次活动中只能参加一支队伍。")
        check.add("members", Message.of(words, name=name, team=team))


def _fits(group: ContestGroup, child: Student) -> bool:
    event = group.event
    return (not event.stages or stage_of(child.grade) in event.stages) and (
        not event.grades or child.grade in event.grades
    )


def _members(work: Work, row: Team) -> list[TeamMember]:
    return list(work.session.scalars(select(TeamMember).where(TeamMember.team_id == row.id)))


def _add_members(work: Work, group: ContestGroup, row: Team, student_ids: Sequence[int]) -> None:
    for student_id in student_ids:
        work.session.add(TeamMember(team_id=row.id, student_id=student_id, once_key=group.event_id))
    work.session.flush()
