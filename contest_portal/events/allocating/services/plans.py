"""Verbs on plans: freeze what came in and ask for a computation, compute, adjust by hand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, FieldProblem, Invalid, NotFound
from contest_portal.core.i18n import minute
from contest_portal.core.jobs import SLOW, enqueue, job, report_progress
from contest_portal.core.text import N_, Message
from contest_portal.events.allocating.models import EventPlan, PlanMove
from contest_portal.events.allocating.plan import Plan, computed, problem_digest
from contest_portal.events.allocating.queries.problems import problem_of
from contest_portal.events.allocating.queries.standing import plan_of
from contest_portal.events.booking.models import Booking
from contest_portal.events.booking.places import gate
from contest_portal.events.planning.models import Event

MOST_SEED = 2**31 - 1
KIND = "events.allocate"


def job_key(plan_id: int) -> str:
    """The key of the plan's job."""
    return f"event-plan-{plan_id}"


def ask_plan(actor: Actor, event_id: int, *, seed: int | None = None) -> EventPlan:
    """Freeze the wishes that came in and ask for a plan; plans before it are superseded.

    Raises Conflict before booking closes, without wishes, or once a plan was published.
    """
    with unit_of_work(actor, "events.ask_plan") as work:
        event = gate(event_id)
        require_plannable(event)
        problem = problem_of(event)
        if not problem["parties"]:
            raise Conflict("events.no_wishes", N_("没有学校填报志愿，不用计算方案。"))
        version = 1 + (work.session.scalar(select(func.max(EventPlan.version)).where(_of(event))) or 0)
        for one in work.session.scalars(select(EventPlan).where(_of(event), EventPlan.state.in_(("asked", "ready")))):
            one.state = "superseded"
        row = EventPlan(
            event_id=event.id,
            version=version,
            seed=secrets.randbelow(MOST_SEED) if seed is None else seed,
            problem=problem,
            problem_sha256=problem_digest(problem),
            asked_by=actor.account_id,
            asked_at=now(),
        )
        work.session.add(row)
        work.session.flush()
        enqueue(work, KIND, {"plan_id": row.id}, key=job_key(row.id), lane=SLOW, office_id=event.office_id)
        facts = {"event": event.id, "version": version, "seed": row.seed, "problem": row.problem_sha256}
        work.record(row, after={**facts, "parties": len(problem["parties"])})
    return row


@job(KIND, N_("计算活动场次方案"))
def compute(payload: dict[str, Any]) -> None:
    """Compute the plan outside of any transaction, then keep the answer. The same again gives the same."""
    row = db.session.get(EventPlan, int(payload["plan_id"]))
    if row is None or row.state != "asked":
        return
    problem, seed, plan_id = row.problem, row.seed, row.id
    db.session.rollback()
    report_progress(0.1)
    failure, answer = "", {}
    try:
        answer = computed(problem, seed)
    except DomainError as error:
        failure = str(error.message)
    with unit_of_work(console_actor(), "events.compute_plan") as work:
        row = locked(EventPlan, plan_id)
        if row.state != "asked":
            return
        row.answer, row.failure, row.computed_at = answer, failure, now()
        row.state = "failed" if failure else "ready"
        work.record(row, after={"placed": len(answer.get("placed", ())), "unplaced": len(answer.get("unplaced", ()))})


def move_party(
    actor: Actor, plan_id: int, booking_id: int, places: Mapping[int, int], why: str, *, despite: bool = False
) -> PlanMove:
    """Put a party elsewhere in the plan, or out of it (no places). `despite`: although something speaks against it.

    Raises Invalid without a reason, where people do not add up or do not fit in, and (at `despite`) with what speaks
    against it; Conflict for a plan that is not the one to be published.
    """
    with unit_of_work(actor, "events.move_in_plan") as work:
        row = work.session.get(EventPlan, plan_id)
        if row is None:
            raise NotFound
        gate(row.event_id)
        row = locked(EventPlan, plan_id)
        require_ready(row)
        plan = plan_of(row)
        if booking_id not in plan.parties or not set(places) <= plan.sessions.keys():
            raise NotFound
        before = plan.standings[booking_id]
        _check(work, plan, booking_id, places, why, despite=despite)
        move = PlanMove(
            plan_id=row.id, booking_id=booking_id, places=[[one, people] for one, people in sorted(places.items())],
            why=" ".join(why.split())[:200], by=actor.account_id, at=now(),
        )  # fmt: skip
        work.session.add(move)
        kept = [[one, people] for one, people in sorted(before.places.items())]
        facts = {"plan": row.id, "booking": booking_id}
        work.record(move, before={**facts, "places": kept}, after={**facts, "places": move.places}, why=move.why)
    return move


def _check(work: Work, plan: Plan, booking_id: int, places: Mapping[int, int], why: str, *, despite: bool) -> None:
    booking = work.session.get_one(Booking, booking_id)
    problems: list[FieldProblem] = []
    if booking.state != "wished":
        raise Conflict("events.party_gone", N_("这支队伍已经取消，不用调整。"))
    if not why.strip():
        problems.append(FieldProblem("why", Message(N_("请写明原因。"))))
    size = plan.parties[booking_id]["size"]
    if places and (sum(places.values()) != size or min(places.values()) < 1):
        raise Invalid("events.people", N_("各场人数相加应等于队伍的总人数。"), field="session")
    for session, people in plan.over(booking_id, places):
        words = N_("第 %(number)s 场还差 %(people)s 个名额，放不下这支队伍。")
        number = plan.sessions[session].get("number", session)
        problems.append(FieldProblem("session", Message.of(words, number=number, people=people)))
    for session in plan.over_parties(booking_id, places):
        words = N_("第 %(number)s 场最多接待 %(most)s 支队伍，已经满了。")
        facts = plan.sessions[session]
        values = {"number": facts.get("number", session), "most": facts["most_parties"]}
        problems.append(FieldProblem("session", Message.of(words, **values)))
    if dict(plan.standings[booking_id].places) == dict(places):
        problems.append(FieldProblem("session", Message(N_("与现在的安排相同，没有可调整的内容。"))))
    if not problems and not despite:
        problems += [FieldProblem("despite", one) for one in plan.warnings(booking_id, places)]
    if problems:
        raise Invalid("events.move", problems[0].message, problems=problems)


def require_plannable(event: Event) -> None:
    """Raise Conflict where no plan can be made of the event now."""
    if event.mode != "wishes" or event.is_course:
        raise Conflict("events.no_wishes_mode", N_("只有「填报志愿，统一安排」的活动才计算方案。"))
    if event.state != "public":
        raise Conflict("events.not_public", N_("活动发布之后才能计算方案。"))
    if event.plan_published_at is not None:
        raise Conflict("events.plan_published", N_("方案已经公布，不能再计算。个别队伍请在预约中调整。"))
    if event.booking_closes_at is None or now() <= event.booking_closes_at:
        words = Message.of(N_("志愿填报到 %(at)s 截止，截止之后才能计算方案。"), at=minute(event.booking_closes_at))
        raise Conflict("events.still_open", words)


def require_ready(row: EventPlan) -> None:
    """Raise Conflict for a plan that cannot be adjusted or published."""
    if row.state != "ready":
        raise Conflict("events.plan_state", N_("这份方案还没有算好、已经公布，或已被新的方案取代。请刷新页面查看。"))


def _of(event: Event) -> Any:
    return EventPlan.event_id == event.id
