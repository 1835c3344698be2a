"""What entries tell the rooms above them. Receivers run inside the same transaction and refuse by a domain error."""

from __future__ import annotations

from blinker import Signal

before_withdrawal = Signal(
    "Sent with the entry before it is withdrawn, and by its page that asks whether it may be. Only reads. Judging refuses"
    " once it has begun."
)
entry_withdrawn = Signal("Sent with the entry and actor=Actor when it has been withdrawn.")
entry_returned = Signal(
    "Sent with the entry, actor=Actor, why=str and until=datetime when screening has returned it to be mended."
)
before_reopening = Signal(
    "Sent with the entry before a screening decision is taken back. Judging refuses once it has begun."
)
