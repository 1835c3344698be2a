"""Making a party and giving it other people: checks, limits, classes and names, each once in an event."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product

from sqlalchemy import delete, func, or_, select, update

from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, on_breach
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, TooLate
from contest_portal.core.i18n import minute
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPerson
from contest_portal.events.booking.party import Before, ClassOf, Details, Party, Rules, check_party, class_words
from contest_portal.events.booking.states import ALIVE, BookingState
from contest_portal.events.planning.models import Event
from contest_portal.people.grades import grades_of
from contest_portal.people.models import School, Student, Teacher
from contest_portal.people.school_kinds import KINDS

CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Without vowels: no words come about, and no letter is taken for a figure."""


def _twice() -> Conflict:
    return Conflict("events.twice", N_("这些班级或人员里，有的已在本活动中预约过。请到「活动预约」查看已有的预约。"))


for _name in ("booking_group_once_key", "booking_person_once_key_student_id", "booking_person_once_key_teacher_id"):
    on_breach(f"uq_{_name}", _twice)


def require_bookable(event: Event, *, mode: str) -> None:
    """Raise Conflict or TooLate unless schools may book the event now, in this mode."""
    moment = now()
    if event.state != "public" or event.mode != mode:
        raise Conflict("events.not_bookable", N_("本活动现在不接受这种预约。"))
    if event.booking_opens_at is not None and moment < event.booking_opens_at:
        raise Conflict(
            "events.not_yet", Message.of(N_("本活动 %(at)s 开始预约，请到时再来。"), at=minute(event.booking_opens_at))
        )
    if event.booking_closes_at is not None and moment > event.booking_closes_at:
        raise TooLate(
            "events.closed", Message.of(N_("本活动的预约已于 %(at)s 截止。"), at=minute(event.booking_closes_at))
        )


def make_booking(
    work: Work, event: Event, school: School, party: Party, details: Details, state: BookingState
) -> Booking:
    """The party with its groups and names, without places. Raises Invalid, Conflict. The event is locked."""
    if school.office_id != event.office_id or school.state != "approved":
        raise Invalid("events.school", N_("只有本单位已审核通过的学校可以预约。"))
    students = check(event, school, party)
    moment = now()
    booking = Booking(
        event_id=event.id,
        school_id=school.id,
        state=state,
        pupils=party.pupils,
        adults=party.grown,
        code=_free_code(event.id),
        token=secrets.token_urlsafe(18),
        created_by=work.actor.account_id,
        created_at=moment,
        updated_at=moment,
        version=0,
    )
    put_details(booking, details)
    work.session.add(booking)
    work.session.flush()
    _write_people(work, event, booking, party, students)
    return booking


def put_party(work: Work, event: Event, booking: Booking, party: Party) -> None:
    """Put other people in the place of the party's. Raises Invalid, Conflict. Places are the caller's business."""
    school = work.session.get_one(School, booking.school_id)
    students = check(event, school, party, booking)
    work.session.execute(delete(BookingGroup).where(BookingGroup.booking_id == booking.id))
    booking.pupils, booking.adults = party.pupils, party.grown
    _write_people(work, event, booking, party, students)


def put_details(booking: Booking, details: Details) -> None:
    """Write down who leads the party and what it needs."""
    booking.leader_name, booking.leader_phone = details.leader_name.strip()[:50], details.leader_phone or None
    booking.leader_teacher_id = details.leader_teacher_id or _teacher_named(booking.school_id, booking.leader_name)
    booking.needs_bus, booking.wheelchairs = details.needs_bus, details.wheelchairs
    booking.note, booking.may_split = details.note.strip(), details.may_split


def _teacher_named(school_id: int, name: str) -> int | None:
    """The school's teacher of this name, who may change the party then; None where none or several are called so."""
    if not name:
        return None
    found = db.session.scalars(
        select(Teacher.id)
        .where(Teacher.school_id == school_id, Teacher.name == name, Teacher.state == "active")
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def check_details(details: Details) -> None:
    """Raise Invalid unless somebody leads the party and can be called."""
    problems = []
    if not details.leader_name.strip():
        problems.append(FieldProblem("leader_name", Message(N_("请填写带队老师的姓名。"))))
    digits = "".join(letter for letter in details.leader_phone if letter.isdigit())
    if not 7 <= len(digits) <= 13:
        problems.append(
            FieldProblem(
                "leader_phone", Message(N_("请填写带队老师的电话（手机 11 位，或带区号的座机）：活动当天要联系。"))
            )
        )
    if problems:
        raise Invalid("events.details", problems[0].message, problems=problems)


def check(event: Event, school: School, party: Party, booking: Booking | None = None) -> list[Student]:
    """The chosen pupils, once everything about the party is right. Raises Invalid, Conflict."""
    students = _students(school, party.students)
    _check_teachers(school, party.teachers)
    _check_grades_of(school, party)
    mine = booking.id if booking else 0
    before = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Booking.pupils + Booking.adults), 0)).where(
            Booking.event_id == event.id,
            Booking.school_id == school.id,
            Booking.state.in_(ALIVE),
            Booking.id != mine,
        )
    ).one()
    grades = [one.grade for one in party.classes] + [one.grade for one in students]
    check_party(party, grades, _rules(event), Before(*before))
    if event.once_per_pupil:
        _check_once(event, school, party, students, mine)
    return students


def _check_grades_of(school: School, party: Party) -> None:
    """Raise Invalid for a class that a school of this kind does not have: typed by hand, it is a slip."""
    wrong = [one for one in party.classes if one.grade is not None and one.grade not in grades_of(school.kind)]
    if wrong:
        words = N_("%(grade)s不在本校（%(kind)s）的年级范围内，请核对。")
        params = {"grade": class_words(wrong[0].grade, wrong[0].class_name), "kind": Message(KINDS[school.kind])}
        raise Invalid("events.grade_of_school", Message.of(words, **params), field="classes")


def check_by_itself(event: Event, party: Party) -> None:
    """Raise Invalid for a party that could not come even if the school had no other. Reads nothing."""
    check_party(party, [one.grade for one in party.classes], _rules(event), Before())


def _rules(event: Event) -> Rules:
    return Rules(
        event.stages, event.grades, event.pupils_per_adult, event.most_parties_a_school, event.most_people_a_school,
        by_name=event.kind == "training",
    )  # fmt: skip


def free_keys(work: Work, booking: Booking) -> None:
    """The classes and persons of a party that ended may come with another."""
    free_keys_of(work, [booking])


def free_keys_of(work: Work, bookings: Iterable[Booking]) -> None:
    """As `free_keys`, for many parties in two statements."""
    ids = [one.id for one in bookings]
    for model in (BookingGroup, BookingPerson):
        freed = update(model).where(model.booking_id.in_(ids), model.once_key.is_not(None)).values(once_key=None)
        work.session.execute(freed)


def groups_of(booking: Booking) -> list[BookingGroup]:
    """The party's classes, in the order in which they were written."""
    return list(
        db.session.scalars(select(BookingGroup).where(BookingGroup.booking_id == booking.id).order_by(BookingGroup.id))
    )


def persons_of(booking: Booking) -> list[BookingPerson]:
    """The party's people by name."""
    return list(
        db.session.scalars(
            select(BookingPerson).where(BookingPerson.booking_id == booking.id).order_by(BookingPerson.id)
        )
    )


def _write_people(work: Work, event: Event, booking: Booking, party: Party, students: Sequence[Student]) -> None:
    """Groups anew; of the persons only who is gone or new, since others may refer to those who stay."""
    once = event.once_per_pupil
    for one in party.classes:
        key = _class_key(event.id, booking.school_id, one) if once else None
        work.session.add(
            BookingGroup(
                booking_id=booking.id, grade=one.grade, class_name=one.class_name, pupils=one.pupils, once_key=key
            )
        )
    chosen = Counter((student.grade, student.class_name) for student in students)
    for (grade, class_name), count in sorted(chosen.items()):
        work.session.add(BookingGroup(booking_id=booking.id, grade=grade, class_name=class_name, pupils=count))
    wanted = {("student_id", one.id) for one in students} | {("teacher_id", one) for one in party.teachers}
    for person in persons_of(booking):
        name = ("student_id", person.student_id) if person.student_id else ("teacher_id", person.teacher_id)
        if name in wanted:
            wanted.discard(name)
        else:
            work.session.delete(person)
    work.session.flush()
    for column, person_id in sorted(wanted):
        work.session.add(
            BookingPerson(booking_id=booking.id, once_key=event.id if once else None, **{column: person_id})
        )
    work.session.flush()


def _students(school: School, ids: Iterable[int]) -> list[Student]:
    wanted = sorted(set(ids))
    if not wanted:
        return []
    rows = db.session.scalars(
        select(Student)
        .where(Student.id.in_(wanted), Student.school_id == school.id, Student.state == "active")
        .order_by(Student.grade, Student.class_name, Student.id)
    ).all()
    if len(rows) != len(wanted):
        raise Invalid("events.students", N_("所选学生里有人已不在本校名册中，请重新选择。"), field="students")
    return list(rows)


def _check_teachers(school: School, ids: Sequence[int]) -> None:
    wanted = set(ids)
    count = (
        db.session.scalar(
            select(func.count()).where(
                Teacher.id.in_(wanted), Teacher.school_id == school.id, Teacher.state == "active"
            )
        )
        if wanted
        else 0
    )
    if count != len(wanted):
        raise Invalid("events.teachers", N_("所选教师里有人已不在本校名册中，请重新选择。"), field="teachers")


def _check_once(event: Event, school: School, party: Party, students: Sequence[Student], mine: int) -> None:
    """Whole classes and single pupils exclude each other too, which no constraint can say; the event is locked."""
    whole = {(one.grade, one.class_name) for one in party.classes}
    chosen = {(one.grade, one.class_name) for one in students}
    rows = db.session.execute(
        select(BookingGroup.grade, BookingGroup.class_name, BookingGroup.once_key, Booking.id, Booking.code)
        .join(Booking, Booking.id == BookingGroup.booking_id)
        .where(
            Booking.event_id == event.id,
            Booking.school_id == school.id,
            Booking.state.in_(ALIVE),
            Booking.id != mine,
        )
    )
    for row in rows:
        name = (row.grade, row.class_name)
        if name in whole or (name in chosen and row.once_key is not None):
            raise Invalid(
                "events.class_twice",
                Message.of(
                    N_("%(name)s已在预约 %(code)s 中，本活动每个班、每名学生只参加一次。"),
                    name=class_words(*name),
                    code=row.code,
                ),
                field="classes",
            )
    if whole & chosen:
        name = min(whole & chosen, key=str)
        raise Invalid(
            "events.class_and_pupils",
            Message.of(N_("%(name)s既选了全班，又单独选了学生，请只留一种。"), name=class_words(*name)),
            field="classes",
        )
    _check_persons_once(event, party, mine)


def _check_persons_once(event: Event, party: Party, mine: int) -> None:
    if not party.students and not party.teachers:
        return
    row = db.session.execute(
        select(func.coalesce(Student.name, Teacher.name), Booking.code)
        .select_from(BookingPerson)
        .join(Booking, Booking.id == BookingPerson.booking_id)
        .outerjoin(Student, Student.id == BookingPerson.student_id)
        .outerjoin(Teacher, Teacher.id == BookingPerson.teacher_id)
        .where(
            BookingPerson.once_key == event.id,
            BookingPerson.booking_id != mine,
            or_(BookingPerson.student_id.in_(party.students), BookingPerson.teacher_id.in_(party.teachers)),
        )
        .limit(1)
    ).first()
    if row is not None:
        raise Invalid(
            "events.person_twice",
            Message.of(N_("%(name)s已在预约 %(code)s 中，本活动每人只参加一次。"), name=row[0], code=row[1]),
            field="students" if party.students else "teachers",
        )


def _class_key(event_id: int, school_id: int, one: ClassOf) -> str | None:
    """None for a number of pupils without a class: there may be several of them."""
    if not one.class_name:
        return None
    return f"{event_id}|{school_id}|{one.grade or ''}|{one.class_name}"


def _free_code(event_id: int) -> str:
    """Three letters that no other party of the event has, ended ones too; the event is locked. Raises Conflict."""
    used = set(db.session.scalars(select(Booking.code).where(Booking.event_id == event_id)))
    free = sorted({"".join(letters) for letters in product(CODE_LETTERS, repeat=3)} - used)
    if not free:
        raise Conflict(
            "events.no_code",
            Message.of(N_("本活动的预约号（%(count)s 个）已经用完，不能再预约。请联系主办单位。"), count=len(used)),
        )
    return secrets.choice(free)
