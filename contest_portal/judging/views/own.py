"""What a judge sees first: own rounds and tasks, own declared relations."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import Actor, Role
from contest_portal.core.errors import DomainError
from contest_portal.core.navigation import Count, add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.judges import OwnTimeForm
from contest_portal.judging.forms.relations import OwnRelationForm
from contest_portal.judging.queries import judges as judge_queries
from contest_portal.judging.queries import tasks as queries
from contest_portal.judging.services import relations
from contest_portal.judging.services.availability import change_own_time
from contest_portal.judging.services.reassigning import Moved
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


def _waiting(actor: Actor) -> Count:
    return queries.open_task_count(actor)


add_item(
    _l("评审"),
    _l("我的评审任务"),
    "judging.own_tasks",
    icon="clipboard2-check",
    roles=[Role.JUDGE],
    order=100,
    badge=_waiting,
    also_active_in=[
        "judging.task",
        "judging.submit",
        "judging.declare_conflict",
        "judging.pile",
        "judging.compare",
        "judging.ask_to_reopen",
        "judging.report_fraud",
    ],
)
add_item(
    _l("评审"), _l("回避声明"), "judging.own_relations", icon="slash-circle", roles=[Role.JUDGE], order=110,
    also_active_in=["judging.declare_school"],
)  # fmt: skip
add_item(_l("评审"), _l("可评审时间"), "judging.own_time", icon="calendar-event", roles=[Role.JUDGE], order=115)


@bp.get("/judge")
@permission("judging.own_tasks")
def own_tasks() -> Response:
    """The judge's rounds with every task."""
    return render_page("judging/own_tasks.html", rounds=queries.own_rounds(current_actor()))


@bp.get("/judge/relations")
@permission("judging.own_tasks")
def own_relations() -> Response:
    """What the judge keeps away from, and the form to declare a school."""
    return _relations_page(None)


@bp.post("/judge/relations")
@permission("judging.own_tasks")
def declare_school() -> AnyResponse:
    """Declare a relation to a school."""
    form = OwnRelationForm().offer(judge_queries.school_choices(current_actor().office_id))
    if form.validate_on_submit():
        try:
            moved = relations.declare_school(current_actor(), form.school_id.data or 0, form.why.data or "")
        except DomainError as error:
            form.show(error)
        else:
            _tell_what_was_taken(moved)
            return redirect(url_for(".own_relations"))
    return _relations_page(form)


@bp.route("/judge/time", methods=["GET", "POST"])
@permission("judging.own_tasks")
def own_time() -> AnyResponse:
    """When the judge has time and for how many works, and the form to change it."""
    actor = current_actor()
    judge = judge_queries.judge_of_account(actor.account_id, actor.office_id)
    form = OwnTimeForm(obj=judge)
    if form.validate_on_submit():
        try:
            change_own_time(current_actor(), form.time)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。以后的评审按它分配任务。"), "success")
            return redirect(url_for(".own_time"))
    return render_page("judging/own_time.html", form=form, status=422 if form.is_submitted() else 200)


def _tell_what_was_taken(moved: Moved) -> None:
    """What the judge no longer has to do; who does it instead is the office's care."""
    flash(_("回避关系已登记。"), "success")
    if taken := moved.moved + moved.stranded:
        flash(_("%(count)s 件待评作品已从您的任务中取走，由主办单位安排其他评委。", count=taken), "info")
    if moved.submitted:
        flash(_("%(count)s 份您已提交的评分涉及该校，由主办单位处理。", count=moved.submitted), "info")


def _relations_page(failed: OwnRelationForm | None) -> Response:
    actor = current_actor()
    judge = judge_queries.judge_of_account(actor.account_id, actor.office_id)
    form = failed or OwnRelationForm(formdata=None).offer(judge_queries.school_choices(actor.office_id))
    return render_page(
        "judging/own_relations.html",
        judge=judge,
        relations=judge_queries.relations_of(judge.id) if judge else [],
        form=form,
        status=422 if failed else 200,
    )
