"""States, acts and classes of parties as pages show them, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask_babel import gettext as _

from contest_portal.core.i18n import translate
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingChange, BookingGroup
from contest_portal.events.booking.party import class_words
from contest_portal.events.booking.queries.displaced import Displaced
from contest_portal.events.booking.states import BOOKING_STATES

ACTS: Mapping[str, str] = MappingProxyType(
    {
        "hold": N_("占位"),
        "book": N_("确认预约"),
        "lapse": N_("占位到时，位置放回"),
        "let_go": N_("放弃占位"),
        "book_by_hand": N_("主办单位代为预约"),
        "wish": N_("提交志愿"),
        "change_wishes": N_("修改志愿"),
        "wait": N_("加入候补"),
        "queue": N_("转入候补"),
        "join_queue": N_("排入一场的候补"),
        "offer": N_("候补有名额"),
        "passed": N_("空出的位置先给了人数较少的队伍"),
        "room": N_("有空位，但不够"),
        "offer_missed": N_("一个名额逾期未确认"),
        "offer_lapsed": N_("候补名额逾期未确认"),
        "place": N_("排上场次"),
        "leave_out": N_("没有排上"),
        "displace": N_("场次取消，等待改场"),
        "part_cancelled": N_("其中一场取消"),
        "queue_cancelled": N_("候补的一场取消"),
        "session_moved": N_("场次的时间或地点变动"),
        "decline": N_("放弃候补名额"),
        "leave_queue": N_("退出一场的候补"),
        "change_party": N_("修改人数"),
        "change_details": N_("修改联系人和需求"),
        "move": N_("改场"),
        "cancel": N_("取消"),
        "priority": N_("设定优先级"),
        "no_show": N_("登记未到"),
        "came_after_all": N_("撤销未到登记"),
    }
)
TONES: Mapping[str, str] = MappingProxyType(
    {
        "held": "warning",
        "wished": "info",
        "waiting": "warning",
        "booked": "success",
        "unplaced": "danger",
        "cancelled": "neutral",
        "expired": "neutral",
    }
)
_ENDED = {
    "hold": N_("占位到时未确认"),
    "offer": N_("候补名额逾期未确认"),
    "decline": N_("放弃候补名额"),
    "leave_queue": N_("退出候补"),
}


def state_name(state: str) -> str:
    """已预约, 候补中, …"""
    return translate(Message(BOOKING_STATES[state]))  # type: ignore[index]


def tone(state: str) -> str:
    """The tone of the state's badge."""
    return TONES[state]


def act_name(change: BookingChange) -> str:
    """What was done, as the history says it."""
    return translate(Message(ACTS.get(change.act, change.act)))


def act_details(change: BookingChange) -> str:
    """The numbers and reason of a line of the history."""
    details, parts = change.details, []
    if details.get("session"):
        parts.append(_("第 %(number)s 场", number=details["session"]))
    if details.get("people"):
        parts.append(_("%(people)s 人", people=details["people"]))
    if "pupils" in details:
        parts.append(people_words(details["pupils"], details.get("adults", 0)))
    if details.get("room"):
        parts.append(_("空出 %(room)s 个位置", room=details["room"]))
    if details.get("priority"):
        parts.append(str(details["priority"]))
    if details.get("why"):
        parts.append(str(details["why"]))
    return _("，").join(parts)


def people_words(pupils: int, adults: int) -> str:
    """学生 40 人，成人 2 人; where no pupils come, as to a training, only how many do."""
    if not pupils:
        return _("%(people)s 人", people=adults)
    return _("学生 %(pupils)s 人，成人 %(adults)s 人", pupils=pupils, adults=adults)


def ended_why(booking: Booking) -> str:
    """Why the party ended: one of the program's own reasons, or what the office wrote."""
    why = booking.ended_why
    return translate(Message(_ENDED[why])) if why in _ENDED else why


def displaced_words(lost: Displaced) -> str:
    """Which session does not take place, and why."""
    words = (
        N_("您候补的第 %(number)s 场（%(at)s）已取消：%(why)s。")
        if lost.queued
        else N_("您预约的第 %(number)s 场（%(at)s）已取消：%(why)s。")
    )
    return translate(Message.of(words, number=lost.number, at=lost.at, why=lost.why.rstrip("。.")))


def class_name(grade: int | None, name: str) -> str:
    """三年级2班."""
    return translate(class_words(grade, name))


def classes_line(groups: Sequence[BookingGroup]) -> str:
    """The party's classes in one line, with their numbers."""
    return _("、").join(
        _("%(name)s（%(count)s 人）", name=class_name(one.grade, one.class_name), count=one.pupils) for one in groups
    )
