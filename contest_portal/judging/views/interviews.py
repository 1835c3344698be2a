"""Interviews of a round: sessions, the lot, the schedule and its workbook, who did not come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import minute, translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.interviews import DrawForm, NamedForm, SessionForm, TellForm
from contest_portal.judging.models import Round
from contest_portal.judging.plan_workbooks import interviews_workbook
from contest_portal.judging.queries.interviews import schedule_of
from contest_portal.judging.queries.round_works import round_to_plan
from contest_portal.judging.services import absences
from contest_portal.judging.services import interviews as services
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/rounds/<int:round_id>/interviews")
@permission("judging.see_round", of=round_to_plan)
def interviews(row: Round) -> Response:
    """Who comes when."""
    return _page(row, SessionForm(formdata=None, minutes_each=10), DrawForm(formdata=None, version=row.version), [])


@bp.get("/office/rounds/<int:round_id>/interviews/export")
@permission("judging.see_round", of=round_to_plan)
def export_interviews(row: Round) -> Response:
    """The schedule as a workbook."""
    title = f"{row.contest.name} {row.name}"
    content = interviews_workbook(title, schedule_of(row.id).sessions)
    return workbook_response(content, _("%(round)s问辩安排.xlsx", round=row.name))


@bp.post("/office/rounds/<int:round_id>/interviews/sessions")
@permission("judging.run_round", of=round_to_plan)
def add_session(row: Round) -> AnyResponse:
    """A stretch of time in one place."""
    form, round_id = SessionForm(), row.id
    try:
        services.add_session(current_actor(), round_id, form.session_data)
    except DomainError as error:
        form.show(error)
        row = round_to_plan(round_id)
        return _page(row, form, DrawForm(formdata=None, version=row.version), [], status=422)
    flash(_("已增加场次。"), "success")
    return redirect(url_for(".interviews", round_id=round_id))


@bp.post("/office/rounds/<int:round_id>/interviews/drop")
@permission("judging.run_round", of=round_to_plan)
def drop_session(row: Round) -> AnyResponse:
    """Take a session away."""
    form, round_id = NamedForm(), row.id
    services.drop_session(current_actor(), round_id, form.number.data or 0)
    flash(_("已删除场次。"), "success")
    return redirect(url_for(".interviews", round_id=round_id))


@bp.post("/office/rounds/<int:round_id>/interviews/draw")
@permission("judging.run_round", of=round_to_plan)
def draw_interviews(row: Round) -> AnyResponse:
    """Draw the order by lot."""
    form, round_id = DrawForm(), row.id
    try:
        services.draw_order(current_actor(), round_id, form.seen_version, why=form.why.data or "")
    except DomainError as error:
        form.show(error)
        row = round_to_plan(round_id)
        reasons = [problem.message for problem in error.problems if problem.field == "draw"] or [error.message]
        form = DrawForm(formdata=None, version=row.version, why=form.why.data)
        texts = [translate(reason) for reason in reasons]
        return _page(row, SessionForm(formdata=None, minutes_each=10), form, texts, status=422)
    flash(_("已抽签排定问辩顺序。"), "success")
    return redirect(url_for(".interviews", round_id=round_id))


@bp.post("/office/rounds/<int:round_id>/interviews/tell")
@permission("judging.run_round", of=round_to_plan)
def tell_interviews(row: Round) -> AnyResponse:
    """Make the order known to the schools."""
    form, round_id = TellForm(), row.id
    count = services.tell_order(current_actor(), round_id, form.seen_version)
    flash(_("已通知 %(count)s 件作品的填报教师和评委。", count=count), "success")
    return redirect(url_for(".interviews", round_id=round_id))


@bp.post("/office/rounds/<int:round_id>/interviews/absent")
@permission("judging.run_round", of=round_to_plan)
def note_absence(row: Round) -> AnyResponse:
    """A team did not come, or did after all."""
    form, round_id = NamedForm(), row.id
    done = absences.note_absence(current_actor(), round_id, form.number.data or 0, absent=bool(form.absent.data))
    flash(_("已登记。"), "success")
    if done.kept_off:
        names = _("、").join(translate(one) for one in done.kept_off)
        flash(_("以下评委的任务没有恢复：%(names)s。缺评委的，请在「调整任务」中补上。", names=names), "warning")
    return redirect(url_for(".interviews", round_id=round_id))


def _page(row: Round, form: SessionForm, draw_form: DrawForm, errors: list[str], *, status: int = 200) -> Response:
    schedule = schedule_of(row.id)
    facts = services.facts_of(row)
    return render_page(
        "judging/interviews.html",
        round=row,
        schedule=schedule,
        form=form.offer(row),
        draw_form=draw_form,
        lots=facts.get("lots", []),
        moves=[_move_words(one) for one in reversed(facts.get("moves", []))],
        told=bool(facts.get("told_at")),
        errors=errors,
        status=status,
    )


def _move_words(move: Mapping[str, Any]) -> dict[str, str]:
    """A change that was made after the lot, in words."""

    def place(told: Sequence[Any]) -> str:
        starts_at, where, position = told
        at = minute(datetime.fromisoformat(starts_at))
        return _("%(at)s，%(place)s，第 %(position)s 个", at=at, place=where, position=position)

    return {
        "at": minute(datetime.fromisoformat(move["at"])),
        "number": move["number"],
        "old": place(move["old"]),
        "new": place(move["new"]),
        "why": move["why"],
    }
