"""The office's open contests on the start page of its people and of its schools' people."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from contest_portal.contests import queries
from contest_portal.contests.presenting import ContestView, contest_view
from contest_portal.core.actor import OFFICE_ROLES, SCHOOL_ROLES, Actor
from contest_portal.core.clock import now
from contest_portal.core.under_way import Block, add_blocks

SHOWN = 4


def _open_contests(actor: Actor) -> list[Block]:
    page = "contests.overview" if actor.role in OFFICE_ROLES else "contests.show"
    views = [contest_view(contest, now()) for contest in queries.open_contests(actor.office_id)[:SHOWN]]
    return [_block(view, url_for(page, contest_id=view.contest.id)) for view in views]


def _block(view: ContestView, url: str) -> Block:
    label, moment, line = "", None, ""
    if view.phase == "before" and view.opens_at:
        label, moment = _("申报开始"), view.opens_at
    elif view.phase in {"open", "grace"} and view.closes_at:
        label, moment = _("申报截止"), view.closes_at
    elif view.current_step:
        line = _("现在进行：%(step)s", step=view.current_step)
    else:
        line = _("申报已截止")
    badge = _("练习赛") if view.contest.is_practice else ""
    return Block(view.contest.id, view.contest.name, url, badge, line, label, moment)


add_blocks(OFFICE_ROLES | SCHOOL_ROLES, _open_contests)
