"""What people tells the rooms above it. Receivers run inside the same transaction."""

from __future__ import annotations

from blinker import Signal

consent_withdrawn = Signal(
    "Sent with the consent as sender, work=Work and actor=Actor, when a guardian has taken the consent back."
)
invitation_accepted = Signal(
    "Sent with the invitation as sender and account=Account, actor=Actor, when somebody has joined by it."
)
