"""Why a party got no place, in words for its school."""

from __future__ import annotations

from contest_portal.core.text import N_, Message
from contest_portal.events.allocation.choices import Ints, Table
from contest_portal.events.allocation.problem import Unplaced


def reason_of(table: Table, place: int, room: Ints, parties: Ints) -> Unplaced:
    """The reason for the party at this place; `room`: places left in each session, `parties`: how many come: (sessions,)."""
    party = table.parties[place]
    if not party.wishes:
        return Unplaced(party.id, "no_wish", words_of("no_wish", party.size, 0))
    wished = sorted({table.session_place(one) for one in party.wishes})
    most = max(int(table.capacity[one]) for one in wished)
    taking = [one for one in wished if _takes_more(table.sessions[one].most_parties, int(parties[one]))]
    code, number = "full", max((int(room[one]) for one in taking), default=0)
    if not table.numbers_of[place] and most < party.size:
        code, number = "too_large", most
    elif not taking:
        code = "many_parties"
    return Unplaced(party.id, code, words_of(code, party.size, number))


def words_of(code: str, size: int, number: int) -> Message:
    """The reason in words; `number`: the most that a wished session holds (too_large), or has left (full)."""
    if code == "no_wish":
        return Message.of(N_("没有填写志愿场次。"))
    if code == "many_parties":
        return Message.of(N_("所填的场次同时接待的队伍数已满。"))
    if code == "too_large":
        words = N_("所填的场次都容不下 %(size)s 人：最多的一场只能容纳 %(most)s 人。")
        return Message.of(words, size=size, most=number)
    words = N_("所填的场次剩下的名额都不够 %(size)s 人：最多的一场还剩 %(left)s 个名额。")
    return Message.of(words, size=size, left=number)


def _takes_more(most: int | None, parties: int) -> bool:
    return most is None or parties < most
