"""The verbs of booking. Each locks the event first (`booking.places.gate`)."""

from __future__ import annotations

from contest_portal.events.booking.services.changing import (
    cancel,
    change_booking,
    change_details,
    change_party,
    move,
    record_no_show,
)
from contest_portal.events.booking.services.holding import book, book_by_hand, hold, let_go
from contest_portal.events.booking.services.office_acts import cancel_all, resettle, set_priorities
from contest_portal.events.booking.services.queueing import accept, decline, join, join_new, leave
from contest_portal.events.booking.services.settling import ring, settle, settle_due
from contest_portal.events.booking.services.wishing import change_wishes, wish

__all__ = [
    "accept", "book", "book_by_hand", "cancel", "cancel_all", "change_booking", "change_details", "change_party", "change_wishes",
    "decline", "hold", "join", "join_new", "leave", "let_go", "move", "record_no_show", "resettle", "ring",
    "set_priorities", "settle", "settle_due", "wish",
]  # fmt: skip
