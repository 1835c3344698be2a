"""A contest day with as many groups, and one of them with as many teams; a plan with as many parties."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.events.allocating.models import EventPlan, PlanMove
from contest_portal.events.booking.models import Booking
from contest_portal.events.contest_days.drawing import DrawProblem, Start, Starter, StartOrder
from contest_portal.events.contest_days.drawing_record import record_of
from contest_portal.events.contest_days.models import ContestGroup, GroupResult, Run, RunChange, Team
from contest_portal.events.planning.models import EventSession
from contest_portal.people.models import Account, Teacher
from tests.events.factories import make_event
from tests.lists.event_rows import Maker


def fill_contest_day(maker: Maker) -> dict[str, int]:
    """Groups, teams that started one after the other, their runs, one run's changes, one list. Gives ids."""
    moment = now()
    event = make_event(maker.office, "机器人竞赛", kind="contest_day")
    groups = maker.many(
        ContestGroup,
        lambda n: {
            "event_id": event.id, "name": f"组别{n:04d}", "stages": [], "drawing": {}, "starts_at": moment, "runs": 1,
        },
    )  # fmt: skip
    coach = db.session.scalars(select(Teacher.id).where(Teacher.school_id == maker.school.id)).first()
    account = db.session.scalars(select(Account.id).order_by(Account.id)).first()
    team = {"group_id": groups[0], "school_id": maker.school.id, "coach_id": coach, "created_at": moment}
    teams = maker.many(Team, lambda n: {**team, "name": f"队{n:04d}", "lot": n + 1})
    problem = DrawProblem([Starter(one, f"coach-{one}") for one in teams], 1, 1, 5)
    order = StartOrder([Start(one, n + 1, n, 1) for n, one in enumerate(teams)], len(teams))
    group = db.session.get_one(ContestGroup, groups[0])
    group.drawing, group.drawn_at = record_of(problem, 1, order), moment + timedelta(days=1)
    run = {"number": 1, "outcome": "ran", "score": 80, "seconds": 60, "typed_by": account, "typed_at": moment}
    runs = maker.many(Run, lambda n: {**run, "team_id": teams[n]})
    before = {"run_id": runs[0], "outcome": "ran", "score": 70, "why": "看错", "by": account, "at": moment}
    maker.many(RunChange, lambda n: {**before, "seconds": n})
    line = {
        "place": 1,
        "team": "队",
        "school": "校",
        "score": 80,
        "seconds": 60,
        "runs": [["ran", 80, 60]],
        "decided_by": 0,
    }
    lines = [{**line, "team_id": one} for one in teams]
    listed = {"group_id": groups[0], "version": 1, "lines": lines, "listed_by": account, "listed_at": moment}
    maker.many(GroupResult, lambda _n: {**listed, "published_at": moment}, 1)
    return {"contest_day": event.id, "contest_group": groups[0], "contest_run": runs[0]}


def fill_plan(maker: Maker, event_id: int) -> dict[str, int]:
    """As many plans of the event; in the last one all parties came to one session by hand, for a reason each."""
    sessions = db.session.scalars(select(EventSession.id).where(EventSession.event_id == event_id)).all()
    parties = db.session.scalars(select(Booking.id).where(Booking.event_id == event_id)).all()
    problem = {
        "sessions": [
            {"id": one, "number": one, "capacity": 50 * maker.size, "day": "2018-04-01", "order": one}
            for one in sessions
        ],
        "parties": [
            {"id": one, "size": 42, "wishes": [sessions[0]], "priority": 1, "classes": [], "may_split": False}
            for one in parties
        ],
    }
    placed = [{"party": one, "sessions": {str(sessions[0]): 42}, "wish": 1} for one in parties]
    answer = {"placed": placed, "unplaced": [], "seed": 1, "proven": True}
    plan = {"event_id": event_id, "state": "superseded", "seed": 1, "problem_sha256": "0" * 64, "asked_at": now()}
    empty = {"problem": {"sessions": [], "parties": []}, "answer": {}}
    maker.many(EventPlan, lambda n: {**plan, **empty, "version": n + 1})
    last = maker.many(
        EventPlan, lambda _n: {**plan, "version": maker.size + 1, "problem": problem, "answer": answer}, 1
    )
    move = {"plan_id": last[0], "why": "商定", "at": now()}
    maker.many(PlanMove, lambda n: {**move, "booking_id": parties[n], "places": [[sessions[0], 42]]})
    return {"plan": last[0]}
