"""Rounds on the start page: to judges their own, to the office how far its rounds have come."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.i18n import day
from contest_portal.core.under_way import Block, Figure, add_blocks, add_figures
from contest_portal.judging.queries.rounds import open_rounds_of
from contest_portal.judging.queries.tasks import RoundTasks, own_rounds


def _own_rounds(actor: Actor) -> list[Block]:
    return [_block(one) for one in own_rounds(actor) if one.phase in {"coming", "running"}]


def _block(one: RoundTasks) -> Block:
    page, coming = url_for("judging.own_tasks"), one.phase == "coming"
    left = one.live - one.done
    word = _("继续评审") if one.done else _("开始评审")
    next_page = url_for("judging.task", task_id=one.next_id) if one.next_id else page
    return Block(
        key=one.round.id,
        title=one.round.name,
        url=page,
        badge=_("练习赛") if one.round.contest.is_practice else "",
        line=one.round.contest.name,
        ends_label=_("评审开始") if coming else _("评审截止"),
        ends_at=one.round.opens_at if coming else one.round.closes_at,
        act=(word, next_page) if left and not coming else None,
        figures=[
            Figure(_("还没有评"), left, next_page, "warning" if left else "neutral"),
            Figure(_("已提交评分"), one.done, page),
        ],
    )


def _progress(actor: Actor, contest_ids: Collection[int]) -> dict[int, list[Figure]]:
    found: dict[int, list[Figure]] = {}
    for one in open_rounds_of(actor.office_id, contest_ids):
        label = _("%(round)s（%(day)s 截止）", round=one.round.name, day=day(one.round.closes_at))
        figure = Figure(
            label,
            f"{one.done} / {one.live}",
            url_for("judging.show_round", round_id=one.round.id),
            "info" if one.done < one.live else "success",
        )
        found.setdefault(one.round.contest_id, []).append(figure)
    return found


add_blocks([Role.JUDGE], _own_rounds)
add_figures(OFFICE_ROLES, _progress, order=20)
