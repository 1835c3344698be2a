"""Leaders of parties: the telephone goes a year after the last session, name and head-counts stay until asked."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.events.booking.models import Booking
from contest_portal.people.models import School
from contest_portal.people.privacy.persons import person_by
from contest_portal.people.privacy.services import erasing, retaining
from tests.events.factories import make_event, make_session
from tests.factories import made, make_account, make_office, make_school, make_teacher

PHONE = "13900000075"


def booked(school: School, code: str = "ABC") -> Booking:
    event = make_event(school.office)
    make_session(event, now() + timedelta(days=10))
    row: Booking = made(
        Booking(
            event_id=event.id,
            school_id=school.id,
            state="booked",
            pupils=30,
            adults=2,
            leader_name="李老师",
            leader_phone=PHONE,
            code=code,
            token=code.lower(),
            created_at=now(),
            updated_at=now(),
        )
    )
    return row


def test_the_telephone_goes_a_year_after_the_last_session(app: Flask, clock: MovingClock) -> None:
    school = make_school(make_office())
    leader = make_account(Role.LEADER, office=school.office)
    booking = booked(school)
    clock.move_to(now() + timedelta(days=374))
    assert retaining.erase_due(leader, school.office_id).lines == []
    clock.move_to(now() + timedelta(days=2))
    assert [line["code"] for line in retaining.erase_due(leader, school.office_id).lines] == ["leader_phones"]
    row = db.session.get_one(Booking, booking.id)
    assert (row.leader_name, row.leader_phone, row.pupils) == ("李老师", None, 30)


def test_an_erased_teacher_leads_no_party_by_name(app: Flask) -> None:
    school = make_school(make_office())
    teacher = make_teacher(school, "李老师")
    booking = booked(school)
    asked = make_account(Role.OFFICE, office=school.office), make_account(Role.LEADER, office=school.office)
    erasing.ask_erasure(asked[0], person_by("teacher", teacher.id), "本人离职后要求删除")
    erasing.confirm_erasure(asked[1], person_by("teacher", teacher.id))
    row = db.session.get_one(Booking, booking.id)
    assert (row.leader_name, row.leader_phone, row.pupils) == (f"已删除的教师 #{teacher.id}", None, 30)


def test_a_namesake_keeps_the_party_he_leads_or_may_lead(app: Flask) -> None:
    school = make_school(make_office())
    teacher, namesake = make_teacher(school, "李老师"), make_teacher(school, "李老师")
    chosen, typed = booked(school), booked(school, "DEF")
    chosen.leader_teacher_id = namesake.id
    db.session.commit()
    asked = make_account(Role.OFFICE, office=school.office), make_account(Role.LEADER, office=school.office)
    erasing.ask_erasure(asked[0], person_by("teacher", teacher.id), "本人离职后要求删除")
    erasing.confirm_erasure(asked[1], person_by("teacher", teacher.id))
    assert [db.session.get_one(Booking, one.id).leader_name for one in (chosen, typed)] == ["李老师", "李老师"]
