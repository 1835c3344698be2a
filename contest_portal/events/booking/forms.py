"""Forms of booking: who leads, who comes, which sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest_portal.core.errors import Invalid
from contest_portal.core.forms import Form, VersionedForm, typed_number
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPerson
from contest_portal.events.booking.party import MOST_IN_A_CLASS, ClassOf, Details, Party, class_words
from contest_portal.people.grades import normalise_class_name

EXTRA_ROWS = 2
WAIT_CHOICES = 3


class DetailsForm(VersionedForm):
    """Who leads the party and what it needs."""

    leader_name = StringField(_l("带队老师姓名"), validators=[Length(max=50)])
    leader_phone = StringField(_l("带队老师电话"), validators=[Length(max=40)])
    needs_bus = BooleanField(_l("需要安排停放校车"))
    wheelchairs = IntegerField(_l("轮椅人数"), validators=[Optional(), NumberRange(0, 200)])
    note = TextAreaField(_l("给主办单位的说明"), validators=[Length(max=500)])

    def details(self, *, may_split: bool = False) -> Details:
        """What was typed."""
        return Details(
            leader_name=self.leader_name.data or "",
            leader_phone=(self.leader_phone.data or "").strip(),
            needs_bus=bool(self.needs_bus.data),
            wheelchairs=self.wheelchairs.data or 0,
            note=self.note.data or "",
            may_split=may_split,
        )

    def fill(self, booking: Booking) -> None:
        """Show what is known of the party."""
        self.version.data = str(booking.version)
        self.leader_name.data, self.leader_phone.data = booking.leader_name, booking.leader_phone
        self.needs_bus.data, self.wheelchairs.data = booking.needs_bus, booking.wheelchairs
        self.note.data = booking.note


class PartyForm(DetailsForm):
    """The whole party. Classes, pupils, teachers and sessions are read by `typed_party`; their fields here carry errors."""

    adults = IntegerField(_l("随行成人人数"), validators=[Optional(), NumberRange(0, 500)])
    may_split = BooleanField(_l("坐不下时，可以按班分到当天相邻的场次"))
    school = SelectField(_l("学校"), choices=[], validate_choice=False)
    classes = StringField(_l("参加的班级"))
    students = StringField(_l("参加的学生"))
    teachers = StringField(_l("参加的教师"))
    session = StringField(_l("场次"))
    wish_1 = StringField(_l("志愿"))


class WhyForm(Form):
    """An act of the office with its reason."""

    why = StringField(_l("原因（学校会看到）"), validators=[Length(max=200)])


class PriorityForm(WhyForm):
    """A priority for the ticked parties."""

    priority = IntegerField(_l("优先级"), validators=[InputRequired(), NumberRange(1, 10)])


class CapacityForm(WhyForm, VersionedForm):
    """A session's new capacity."""

    capacity = IntegerField(_l("新的容量（人）"), validators=[InputRequired(), NumberRange(0, 100_000)])


@dataclass
class Typed:
    """What the page holds besides the plain fields: ticked classes with their numbers, names, sessions.

    `classes`: key "grade|class" → number as typed. `extras`: (grade, class, number) as typed. `picked`: the classes whose
    pupils are listed to choose from.
    """

    classes: dict[str, str] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)
    extras: list[tuple[str, str, str]] = field(default_factory=list)
    students: set[int] = field(default_factory=set)
    teachers: set[int] = field(default_factory=set)
    sessions: list[int] = field(default_factory=list)
    picked: list[str] = field(default_factory=list)

    @classmethod
    def from_form(cls, values: MultiDict[str, str]) -> Typed:
        """Read what was posted. Numbers that are none are left out, but those of head-counts, which are told."""
        ticked = values.getlist("class")
        extras = zip(
            values.getlist("extra_grade"), values.getlist("extra_class"), values.getlist("extra_count"), strict=False
        )
        picked = dict.fromkeys([*values.getlist("pick"), *values.getlist("pick_class")])
        counts = {name.removeprefix("count-"): value for name, value in values.items() if name.startswith("count-")}
        return cls(
            classes={key: counts.get(key, "") for key in ticked},
            counts=counts,
            extras=[one for one in extras if any(part.strip() for part in one[1:])],
            students=_ids(values.getlist("student")),
            teachers=_ids(values.getlist("teacher")),
            sessions=[one for one in map(typed_number, values.getlist("session")) if one],
            picked=[key for key in picked if _split_key(key) is not None],
        )

    @classmethod
    def of_booking(cls, groups: Sequence[BookingGroup], persons: Sequence[BookingPerson], known: set[str]) -> Typed:
        """What a party is, to be changed. `known`: the keys of the roster's classes."""
        typed = cls(
            students={one.student_id for one in persons if one.student_id},
            teachers={one.teacher_id for one in persons if one.teacher_id},
        )
        chosen = {key for key in known if typed.students}
        for group in groups:
            key = f"{group.grade}|{group.class_name}"
            if typed.students and group.once_key is None and key in chosen:
                typed.picked.append(key)
            elif key in known:
                typed.classes[key] = str(group.pupils)
            else:
                typed.extras.append((str(group.grade or ""), group.class_name, str(group.pupils)))
        return typed

    def party(self, adults: int | None) -> Party:
        """The party. Raises Invalid for a head-count that is no number."""
        classes = []
        for key, count in self.classes.items():
            found = _split_key(key)
            if found is not None:
                classes.append(ClassOf(*found, _count(count, *found)))
        for grade, name, count in self.extras:
            number = typed_number(grade)
            known = number if number is not None and 1 <= number <= 12 else None
            called = normalise_class_name(name)
            classes.append(ClassOf(known, called, _count(count, known, called)))
        return Party(tuple(classes), tuple(sorted(self.students)), tuple(sorted(self.teachers)), adults or 0)


def _count(text: str, grade: int | None, name: str) -> int:
    number = typed_number(text)
    if number is None:
        words = (
            N_("%(name)s的人数应是 1 到 %(most)s 的整数，现在是「%(typed)s」。")
            if text.strip()
            else N_("请填写%(name)s的人数（1 到 %(most)s）。")
        )
        values = {"name": class_words(grade, name), "most": MOST_IN_A_CLASS, "typed": text.strip()[:20]}
        raise Invalid("events.count", Message.of(words, **values), field="classes")
    return number


def split_key(key: str) -> tuple[int, str]:
    """(grade, class) of a key that `Typed` let through."""
    found = _split_key(key)
    assert found is not None
    return found


def _split_key(key: str) -> tuple[int, str] | None:
    grade, _bar, name = key.partition("|")
    number = typed_number(grade)
    return (number, name[:20]) if number is not None and 1 <= number <= 12 and name else None


def _ids(values: Sequence[str]) -> set[int]:
    return {number for number in map(typed_number, values) if number}
