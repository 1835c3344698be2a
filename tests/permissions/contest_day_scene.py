"""The office's contest day in the scene: a group with an order, a school's team, a run that was typed; and a plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.events.allocating.models import EventPlan
from contest_portal.events.allocating.plan import computed, problem_digest
from contest_portal.events.allocating.queries.problems import problem_of
from contest_portal.events.booking import services as booking
from contest_portal.events.booking.party import ClassOf, Details, Party
from contest_portal.events.contest_days.models import Run
from contest_portal.events.contest_days.services import groups, lots, runs, teams
from contest_portal.people.models import Office, School, Teacher
from tests.events.factories import make_event, make_session
from tests.factories import made, make_student

Values = dict[str, Any]


def contest_day_values(office: Office, school: School, staff: Actor, pupil: str) -> tuple[Values, Values]:
    """The values that addresses of contest days take: by name, and for addresses of the event itself."""
    event = make_event(office, "机器人竞赛", kind="contest_day", booking_closes_at=now() - timedelta(days=1))
    group = groups.add_group(staff, event.id, groups.GroupData("小学组", now() + timedelta(days=5)))
    coach = db.session.query(Teacher).filter_by(school_id=school.id, name="本人老师").one()
    members = teams.TeamData("火星队", coach.id, [make_student(school, pupil).id])
    team = teams.register_team(staff, group.id, members, school_id=school.id)
    lots.draw_group(staff, group.id, group.version, seed=1)
    runs.type_runs(staff, group.id, 1, [runs.RunData(team.id, "ran", "80", "1:00")])
    run = db.session.query(Run).filter_by(team_id=team.id).one()
    return {"group_id": group.id, "team_id": team.id, "run_id": run.id}, {"event_id": event.id}


def plan_values(office: Office, school: School, manager: Actor) -> Values:
    """A plan that is ready, and a party of the school in it."""
    closes = now() + timedelta(days=1)
    event = make_event(office, "流动科技馆", mode="wishes", once_per_pupil=False, booking_closes_at=closes)
    session = make_session(event, now() + timedelta(days=40))
    party = Party((ClassOf(4, "2班", 40),), adults=2)
    row = booking.wish(manager, event.id, school.id, [session.id], party, Details("王老师", "13900000001"))
    problem = problem_of(event)
    plan = EventPlan(
        event_id=event.id, version=1, seed=1, state="ready", problem=problem, problem_sha256=problem_digest(problem),
        answer=computed(problem, 1), asked_at=now(), computed_at=now(),
    )  # fmt: skip
    return {"plan_id": made(plan).id, "booking_id": row.id}
