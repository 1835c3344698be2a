"""Why a party got no place, in words for its school."""

from __future__ import annotations

from contest_portal.core.text import N_, Message
from contest_portal.events.allocation.choices import Ints, Table
from contest_portal.events.allocation.problem import Unplaced


def reason_of(table: Table, place: int, room: Ints) -> Unplaced:
    """The reason for the party at this place; `room` counts the places left in each session: (sessions,)."""
    party = table.parties[place]
    if not party.wishes:
        return Unplaced(party.id, "no_wish", Message.of(N_("没有填写志愿场次。")))
    wished = sorted({table.session_place(one) for one in party.wishes})
    if not table.numbers_of[place]:
        most = max(int(table.capacity[one]) for one in wished)
        words = N_("所填的场次都容不下 %(size)s 人：最多的一场只能容纳 %(most)s 人。")
        return Unplaced(party.id, "too_large", Message.of(words, size=party.size, most=most))
    left = max(int(room[one]) for one in wished)
    words = N_("所填的场次剩下的名额都不够 %(size)s 人：最多的一场还剩 %(left)s 个名额。")
    return Unplaced(party.id, "full", Message.of(words, size=party.size, left=left))
