"""The states of an event and its changes, once, as a table; what an event needs before it is made public. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contest_portal.core.text import N_, Message

State = Literal["draft", "public", "closed", "cancelled"]
Act = Literal["publish", "discard", "close", "reopen", "cancel"]

EVENT_STATES: dict[State, str] = {
    "draft": N_("草稿"),
    "public": N_("已发布"),
    "closed": N_("已结束"),
    "cancelled": N_("已取消"),
}

SESSION_STATES: dict[str, str] = {"open": N_("照常进行"), "cancelled": N_("已取消")}


@dataclass(frozen=True)
class EventChange:
    """One change of state: the act, where it leads from and to, its button, the question before it, whether it needs a reason."""

    act: Act
    source: State
    target: State
    label: str
    question: str
    needs_why: bool = False


EVENT_CHANGES: tuple[EventChange, ...] = (
    EventChange("publish", "draft", "public", N_("发布活动"), N_("发布后，活动对外公开，学校可以按预约时间预约。")),
    EventChange("discard", "draft", "cancelled", N_("放弃草稿"), N_("草稿不再使用，不对外公开。")),
    EventChange("close", "public", "closed", N_("结束活动"), N_("结束后不再接受预约，活动页面仍可查看。")),
    EventChange("reopen", "closed", "public", N_("恢复进行"), N_("恢复后，学校又可以按预约时间预约。")),
    EventChange(
        "cancel",
        "public",
        "cancelled",
        N_("取消活动"),
        N_("取消后不能恢复。已预约和填报志愿的学校会收到通知，名额全部退回；活动页面写明已取消和原因。"),
        needs_why=True,
    ),
)


def changes_from(state: str) -> tuple[EventChange, ...]:
    """What can be done with an event in this state."""
    return tuple(one for one in EVENT_CHANGES if one.source == state)


def event_change(act: str, state: str) -> EventChange | None:
    """The change that `act` makes from this state, or None where it does not apply."""
    return next((one for one in EVENT_CHANGES if (one.act, one.source) == (act, state)), None)


def is_editable(state: str) -> bool:
    """Whether the event and its sessions may still be changed."""
    return state in {"draft", "public"}


@dataclass(frozen=True)
class EventFacts:
    """What publishing asks about. `sessions`: the beginnings of those that take place."""

    title: str
    venue: str
    contact_phone: str
    mode: str
    booking_opens_at: datetime | None
    booking_closes_at: datetime | None
    sessions: Sequence[datetime]


def publishing_lacks(facts: EventFacts) -> list[Message]:
    """Everything that is missing or wrong before the event can be made public."""
    lacks = []
    if not facts.title.strip():
        lacks.append(Message(N_("还没有填写活动名称。")))
    if not facts.venue.strip():
        lacks.append(Message(N_("还没有填写活动地点。")))
    if not facts.contact_phone.strip():
        lacks.append(Message(N_("还没有填写联系电话，学校有问题时不知道问谁。")))
    if not facts.sessions:
        lacks.append(Message(N_("还没有安排场次。")))
    return [*lacks, *_booking_lacks(facts)]


def _booking_lacks(facts: EventFacts) -> list[Message]:
    if facts.mode != "wishes":
        return []
    if facts.booking_closes_at is None:
        return [Message(N_("填报志愿的活动要有截止时间：截止以后才能统一安排。"))]
    if facts.sessions and facts.booking_closes_at >= min(facts.sessions):
        return [Message(N_("填报志愿的截止时间应早于第一场的开始时间，好留出统一安排的时间。"))]
    return []
