"""What people tells the rooms above it. Receivers run inside the same transaction."""

from __future__ import annotations

from blinker import Signal

invitation_accepted = Signal(
    "Sent with the invitation as sender and account=Account, actor=Actor, when somebody has joined by it."
)
