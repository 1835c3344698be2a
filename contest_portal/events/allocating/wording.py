"""How plans are told on pages and in workbooks."""

from __future__ import annotations

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import translate
from contest_portal.events.allocating.plan import Standing
from contest_portal.events.planning.models import EventSession


def session_text(session: EventSession) -> str:
    """2018-09-12 09:00–10:30."""
    begin, end = local(session.starts_at), local(session.ends_at)
    return f"{begin:%Y-%m-%d %H:%M}–{end:%H:%M}"


def place_text(session: EventSession, people: int) -> str:
    """第 3 场 2018-09-12 09:00–10:30，45 人."""
    return _(
        "第 %(number)s 场 %(time)s，%(people)s 人", number=session.number, time=session_text(session), people=people
    )


def wish_text(standing: Standing) -> str:
    """Which of its wishes a party got."""
    if not standing.places:
        return ""
    return _("第 %(wish)s 志愿", wish=standing.wish) if standing.wish else _("志愿以外")


def reason_text(standing: Standing) -> str:
    """Why a party got nothing; with room and size in the reason itself."""
    if standing.places:
        return ""
    if standing.code == "by_hand":
        return _("主办单位人工调整，没有安排。")
    return translate(standing.words)
