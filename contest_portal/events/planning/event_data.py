"""What makes an event and a session, as plain values: forms, the demo and tests give them, services take them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contest_portal.core.errors import FieldProblem
from contest_portal.core.text import N_, Message
from contest_portal.events.planning.kinds import KIND_NAMES, MODE_NAMES, KindTemplate

LONGEST_SESSION_HOURS = 24


@dataclass(frozen=True)
class EventData:
    """All of an event that its office types in. Moments are aware; None is no limit (see models.Event)."""

    kind: str
    title: str
    theme: str = ""
    description: str = ""
    conduct: str = ""
    venue: str = ""
    directions: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    stages: tuple[str, ...] = ()
    grades: tuple[int, ...] = ()
    mode: str = "first_come"
    booking_opens_at: datetime | None = None
    booking_closes_at: datetime | None = None
    change_until: datetime | None = None
    hold_minutes: int = 10
    offer_hours: int = 24
    most_wishes: int = 3
    most_parties_a_school: int | None = None
    most_people_a_school: int | None = None
    pupils_per_adult: int | None = None
    once_per_pupil: bool = True
    splittable: bool = False
    is_course: bool = False

    @classmethod
    def of_kind(cls, template: KindTemplate, title: str, conduct: str | None = None) -> EventData:
        """What the kind begins with; `conduct` where it is not the template's own Chinese text."""
        return cls(
            kind=template.kind,
            title=title,
            conduct=template.conduct if conduct is None else conduct,
            mode=template.mode,
            is_course=template.is_course,
            pupils_per_adult=template.pupils_per_adult,
            once_per_pupil=template.once_per_pupil,
            splittable=template.splittable,
            most_wishes=template.most_wishes,
            most_parties_a_school=template.most_parties_a_school,
        )


@dataclass(frozen=True)
class SessionData:
    """One session: aware moments, people, parties at once (None: any number)."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    most_parties: int | None = None
    place: str = ""
    note: str = ""


def event_problems(data: EventData) -> list[FieldProblem]:
    """What is wrong in an event's values, each beside its field."""
    problems = []
    if not data.title.strip():
        problems.append(FieldProblem("title", Message(N_("请填写活动名称。"))))
    if data.kind not in KIND_NAMES:
        problems.append(FieldProblem("kind", Message(N_("请选择活动类型。"))))
    if data.mode not in MODE_NAMES:
        problems.append(FieldProblem("mode", Message(N_("请选择预约方式。"))))
    if data.mode == "wishes" and data.is_course:
        words = N_("一次预约参加全部场次的活动没有场次可选，请选「先到先得」。")
        problems.append(FieldProblem("mode", Message(words)))
    return problems + _time_problems(data) + _number_problems(data)


def _time_problems(data: EventData) -> list[FieldProblem]:
    opens, closes = data.booking_opens_at, data.booking_closes_at
    if opens and closes and closes <= opens:
        return [FieldProblem("booking_closes_at", Message(N_("截止时间应晚于开始时间。")))]
    return []


def _number_problems(data: EventData) -> list[FieldProblem]:
    limits = {
        "hold_minutes": (data.hold_minutes, 1, 120),
        "offer_hours": (data.offer_hours, 1, 24 * 14),
        "most_wishes": (data.most_wishes, 1, 20),
        "most_parties_a_school": (data.most_parties_a_school, 1, 1000),
        "most_people_a_school": (data.most_people_a_school, 1, 100_000),
        "pupils_per_adult": (data.pupils_per_adult, 1, 1000),
    }
    words = N_("应是 %(least)s 到 %(most)s 之间的整数，现在是 %(value)s。")
    return [
        FieldProblem(name, Message.of(words, least=least, most=most, value=value))
        for name, (value, least, most) in limits.items()
        if value is not None and not least <= value <= most
    ]


def session_problems(data: SessionData) -> list[FieldProblem]:
    """What is wrong in a session's values, each beside its field."""
    problems = []
    hours = (data.ends_at - data.starts_at).total_seconds() / 3600
    if hours <= 0:
        problems.append(FieldProblem("ends_at", Message(N_("结束时间应晚于开始时间。"))))
    elif hours > LONGEST_SESSION_HOURS:
        words = N_("一场最长 %(most)s 小时，现在是 %(hours)s 小时；几天的活动请按天分场。")
        problems.append(FieldProblem("ends_at", Message.of(words, most=LONGEST_SESSION_HOURS, hours=f"{hours:.0f}")))
    if not 1 <= data.capacity <= 100_000:
        words = N_("应是 %(least)s 到 %(most)s 之间的整数，现在是 %(value)s。")
        problems.append(FieldProblem("capacity", Message.of(words, least=1, most=100_000, value=data.capacity)))
    if data.most_parties is not None and not 1 <= data.most_parties <= 1000:
        words = N_("应是 %(least)s 到 %(most)s 之间的整数，现在是 %(value)s。")
        problems.append(FieldProblem("most_parties", Message.of(words, least=1, most=1000, value=data.most_parties)))
    return problems
