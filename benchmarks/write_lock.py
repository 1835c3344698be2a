"""The longest write transactions: on SQLite nobody else saves anything while one is open."""

from __future__ import annotations

import random
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.lists import empty_application
from benchmarks.lock_watch import held
from benchmarks.measurement import Measurement
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.jobs import run_all
from contest_portal.entries.models import Entry
from contest_portal.events.allocating.models import EventPlan
from contest_portal.events.allocating.plan import problem_digest
from contest_portal.events.allocating.queries.problems import problem_of
from contest_portal.events.allocating.services.publishing import publish_plan
from contest_portal.events.booking.models import Booking, BookingGroup, BookingWish
from contest_portal.events.booking.services.office_acts import cancel_all
from contest_portal.events.booking.services.parties import CODE_LETTERS
from contest_portal.events.planning.models import Event
from contest_portal.people.models import Account, Membership, Office, School

if TYPE_CHECKING:
    from tests.results.lists.ranked import Ranked

PARTIES, SESSIONS, PARTY = 2_000, 200, 12
WORKS = 200
RANKED = 3_000


def measure() -> list[Measurement]:
    """Seconds and statements of each: a plan published, an event cancelled, works handed up, a list filled."""
    return [*_events(), *_handed_up(), *_list_filled()]


def _events() -> list[Measurement]:
    from tests import factories

    with empty_application() as app, app.app_context():
        office = factories.make_office()
        staff = factories.make_account(Role.OFFICE, office=office)
        event = _event_with_wishes(office)
        plan_id = _computed_plan(event, staff)

        def cancel() -> None:
            with unit_of_work(staff, "events.cancel_event") as work:
                cancel_all(work, work.session.get_one(Event, event.id), "场馆停电")

        size = f"{PARTIES} parties"
        published = held(f"plan published, {size}, {SESSIONS} sessions", lambda: publish_plan(staff, plan_id))
        return [*published, *held(f"event cancelled, {size}", cancel)]


def _event_with_wishes(office: Office) -> Event:
    """Every school wishes three sessions for two classes; the time for wishes is over."""
    from tests.events.factories import make_event, make_session

    draw = random.Random(2018)  # noqa: S311 - an example, no secret
    opened = now() - timedelta(days=9)
    event = make_event(
        office,
        mode="wishes",
        booking_opens_at=opened,
        booking_closes_at=opened + timedelta(days=8),
        once_per_pupil=True,
    )
    begin = now() + timedelta(days=9)
    sessions = [make_session(event, begin + timedelta(hours=n)).id for n in range(SESSIONS)]
    session = db.session
    schools = [
        School(office_id=office.id, name=f"第{n}小学", kind="primary", state="approved", applied_at=now())
        for n in range(PARTIES)
    ]
    accounts = [Account(login_name=f"manager{n}", name=f"校管{n}", created_at=now()) for n in range(PARTIES)]
    session.add_all([*schools, *accounts])
    session.flush()
    for n, (school, account) in enumerate(zip(schools, accounts, strict=True)):
        member = Membership(account_id=account.id, role="school_manager", office_id=office.id, school_id=school.id)
        member.created_at = now()
        code = "".join(CODE_LETTERS[n // 20**place % 20] for place in (2, 1, 0))
        booking = Booking(event_id=event.id, school_id=school.id, state="wished", pupils=PARTY, adults=0, code=code)
        booking.token, booking.created_by = secrets.token_urlsafe(18), account.id
        booking.created_at = booking.updated_at = opened
        session.add_all([member, booking])
        session.flush()
        for number in (1, 2):
            key = f"{event.id}|{school.id}|4|{number}班"
            group = BookingGroup(
                booking_id=booking.id, grade=4, class_name=f"{number}班", pupils=PARTY // 2, once_key=key
            )
            session.add(group)
        for position, wished in enumerate(draw.sample(sessions, 3), start=1):
            session.add(BookingWish(booking_id=booking.id, session_id=wished, position=position))
    session.commit()
    return event


def _computed_plan(event: Event, staff: Actor) -> int:
    """Each party in the first of its wishes with room; the solver is measured elsewhere."""
    problem = problem_of(event)
    room = {one["id"]: one["capacity"] for one in problem["sessions"]}
    placed, unplaced = [], []
    for party in problem["parties"]:
        wish = next((n for n, one in enumerate(party["wishes"], 1) if room[one] >= party["size"]), 0)
        if not wish:
            unplaced.append({"party": party["id"], "code": "full", "reason": "所填的场次都没有名额。"})
            continue
        chosen = party["wishes"][wish - 1]
        room[chosen] -= party["size"]
        placed.append({"party": party["id"], "sessions": {str(chosen): party["size"]}, "wish": wish})
    row = EventPlan(event_id=event.id, version=1, seed=1, problem=problem, problem_sha256=problem_digest(problem))
    row.asked_by, row.asked_at, row.computed_at = staff.account_id, now(), now()
    row.answer, row.state = {"placed": placed, "unplaced": unplaced}, "ready"
    db.session.add(row)
    db.session.commit()
    return row.id


def _handed_up() -> list[Measurement]:
    from contest_portal.results.handoff.services import handing_over
    from tests import factories
    from tests.results.handoff.deployments import approve, painting

    with empty_application() as app, app.app_context():
        city = factories.make_office("张掖市科学技术协会", level="city", number_prefix="ZY")
        district = factories.make_office(parent=city)
        above = factories.make_contest(city, name="市赛")
        contest = factories.make_contest(district, name="区赛", feeds_into_id=above.id)
        schools = [factories.make_school(district, f"第{n}小学") for n in range(20)]
        works = [painting(contest, schools[n % 20], n) for n in range(1, WORKS + 1)]
        approve(contest, works)
        staff = factories.make_account(Role.OFFICE, office=district)
        name = f"{WORKS} works handed up in one deployment"
        first = held(name, lambda: handing_over.hand_over(staff, contest.id))
        run_all()
        for work in works:
            db.session.refresh(work)
            work.summary = "更正过的说明。"
        db.session.commit()
        return [*first, *held(f"{name}, all corrected", lambda: handing_over.hand_over(staff, contest.id))]


def _list_filled() -> list[Measurement]:
    from contest_portal.results.quotas.allocation import RowKind, TableRow
    from tests.results.lists.ranked import Ranked

    with empty_application() as app, app.app_context():
        ranked = Ranked([])
        ranked.entries = [_work(ranked, number) for number in range(1, RANKED + 1)]
        db.session.add_all(ranked.entries)
        db.session.flush()
        ranked.rank(range(1, RANKED + 1))
        rows = [TableRow(RowKind.FLOOR, {"stage": one}, percent=40) for one in ("X", "C")]
        ranked.save(*rows, TableRow(RowKind.CAP, {}, RANKED // 25), total=RANKED // 10)
        first = held(f"list of {RANKED} works filled", ranked.make)
        return [*first, *held(f"list of {RANKED} works filled anew", ranked.make)]


def _work(ranked: Ranked, number: int) -> Entry:
    """An accepted work without authors, which a list does not need."""
    stage = "X" if number % 2 else "C"
    facts = {
        "contest_id": ranked.contest.id,
        "category_id": ranked.category.id,
        "school_id": ranked.schools[number % 3].id,
    }
    row = Entry(**facts, state="accepted", stage_code=stage, title=f"节水龙头{number}", summary="", answers={})
    row.created_at = row.updated_at = now()
    row.number = f"GZ2018-CG-{stage}-{number:04d}"
    return row
