"""What planning tells the packages above it. Receivers run inside the same transaction and get its `work`."""

from __future__ import annotations

from blinker import Signal

event_published = Signal("Sent with the Event as sender and work=Work, when it was made public.")
event_cancelled = Signal("Sent with the Event as sender and work=Work, why=str, when it was cancelled.")
session_cancelled = Signal("Sent with the EventSession as sender and work=Work, why=str, when it was cancelled.")
session_moved = Signal(
    "Sent with the EventSession as sender and work=Work, before={starts_at, ends_at, place}, when its time or place changed."
)
capacity_raised = Signal("Sent with the EventSession as sender and work=Work, when it has more room than before.")
