"""The states of a party and their changes, once, as a table. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_, Message

BookingState = Literal["held", "wished", "waiting", "booked", "unplaced", "cancelled", "expired"]
BookingAct = Literal["book", "lapse", "let_go", "place", "leave_out", "queue", "displace", "cancel", "offer_lapsed"]
WaitingState = Literal["waiting", "offered", "taken", "expired", "declined", "left"]

BOOKING_STATES: dict[BookingState, str] = {
    "held": N_("占位中"),
    "wished": N_("志愿已交"),
    "waiting": N_("候补中"),
    "booked": N_("已预约"),
    "unplaced": N_("未排上"),
    "cancelled": N_("已取消"),
    "expired": N_("已过期"),
}
WAITING_STATES: dict[WaitingState, str] = {
    "waiting": N_("排队中"),
    "offered": N_("有名额，待确认"),
    "taken": N_("已确认"),
    "expired": N_("逾期未确认"),
    "declined": N_("已放弃名额"),
    "left": N_("已退出"),
}
ALIVE: tuple[BookingState, ...] = ("held", "wished", "waiting", "booked", "unplaced")
"""States of a party that may still come: its classes and pupils count as taking part in the event."""


@dataclass(frozen=True)
class BookingChange:
    """One change of a party."""

    act: BookingAct
    sources: tuple[BookingState, ...]
    target: BookingState
    label: str


# A party begins as "held" (places kept while the form is open), "wished", "waiting", or "booked" (by the office's hand).
BOOKING_CHANGES: tuple[BookingChange, ...] = (
    BookingChange("book", ("held",), "booked", N_("确认预约")),
    BookingChange("lapse", ("held",), "expired", N_("占位到时未确认")),
    BookingChange("let_go", ("held",), "cancelled", N_("放弃占位")),
    BookingChange("place", ("wished", "waiting", "unplaced"), "booked", N_("排上场次")),
    BookingChange("leave_out", ("wished",), "unplaced", N_("没有排上")),
    BookingChange("queue", ("unplaced",), "waiting", N_("转入候补")),
    BookingChange("displace", ("booked", "waiting"), "unplaced", N_("场次取消，等待改场")),
    BookingChange("cancel", ("wished", "waiting", "booked", "unplaced"), "cancelled", N_("取消")),
    BookingChange("offer_lapsed", ("waiting",), "expired", N_("候补名额逾期未确认")),
)


def target_of(act: BookingAct, source: str) -> BookingState:
    """The state after `act`. Raises Conflict where a party in this state cannot do it."""
    for change in BOOKING_CHANGES:
        if change.act == act and source in change.sources:
            return change.target
    words = BOOKING_STATES.get(source, source)  # type: ignore[call-overload]
    raise Conflict(
        "events.booking_state",
        Message.of(N_("这份预约现在是「%(state)s」，不能再这样操作。请刷新页面查看最新情况。"), state=Message(words)),
    )
