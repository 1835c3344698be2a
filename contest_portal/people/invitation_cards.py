"""What other rooms show on the page behind a one-time link, above the form to join: registered by the link's role."""

from __future__ import annotations

from collections.abc import Callable

from contest_portal.core.actor import Role
from contest_portal.people.models import Invitation

Card = Callable[[Invitation, str], str]
"""From the invitation and its code: HTML that is safe to put on the page."""

_cards: dict[str, Card] = {}


def add_card(role: Role, card: Card) -> None:
    """Show this on pages of links by which somebody joins in that role."""
    _cards[str(role)] = card


def card_of(invitation: Invitation, code: str) -> str:
    """The card of this link; an empty text where no room has one."""
    card = _cards.get(invitation.role or "")
    return card(invitation, code) if card else ""
