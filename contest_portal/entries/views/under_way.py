"""How many entries stand where, on the start page."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _

from contest_portal.core.actor import OFFICE_ROLES, SCHOOL_ROLES, Actor
from contest_portal.core.under_way import Figure, add_figures
from contest_portal.entries.queries.counts import counts_for_office, counts_for_school
from contest_portal.entries.queries.likeness import waiting_by_contest


def _of_the_school(actor: Actor, contest_ids: Collection[int]) -> dict[int, list[Figure]]:
    counts = counts_for_school(actor, contest_ids)
    return {contest_id: _school_figures(contest_id, counts.get(contest_id, {})) for contest_id in contest_ids}


def _school_figures(contest_id: int, counts: dict[str, int]) -> list[Figure]:
    def figure(label: str, state: str, tone: str = "neutral") -> Figure:
        count = counts.get(state, 0)
        url = url_for("entries.index", contest=contest_id, state=state)
        return Figure(label, count, url, tone if count else "neutral")

    return [
        figure(_("草稿，未提交"), "draft", "warning"),
        figure(_("退回修改"), "returned", "danger"),
        figure(_("待审核"), "submitted"),
        figure(_("审核通过"), "accepted"),
    ]


def _of_the_office(actor: Actor, contest_ids: Collection[int]) -> dict[int, list[Figure]]:
    counts = counts_for_office(actor, contest_ids)
    alike = waiting_by_contest(actor.office_id or 0, contest_ids)
    return {
        contest_id: _office_figures(contest_id, counts.get(contest_id, {}), alike.get(contest_id, 0))
        for contest_id in contest_ids
    }


def _office_figures(contest_id: int, counts: dict[str, int], alike: int) -> list[Figure]:
    def listed(state: str) -> str:
        return url_for("entries.office_list", contest_id=contest_id, state=state)

    waiting = counts.get("submitted", 0)
    figures = [
        Figure(
            _("待审核"),
            waiting,
            url_for("entries.screening_overview", contest_id=contest_id),
            "warning" if waiting else "neutral",
        ),
        Figure(_("退回修改"), counts.get("returned", 0), listed("returned")),
        Figure(_("审核通过"), counts.get("accepted", 0), listed("accepted")),
    ]
    if alike:
        url = url_for("entries.likeness_list", contest=contest_id, state="open")
        figures.append(Figure(_("相似待核对"), alike, url, "warning"))
    return figures


add_figures(SCHOOL_ROLES, _of_the_school, order=10)
add_figures(OFFICE_ROLES, _of_the_office, order=10)
