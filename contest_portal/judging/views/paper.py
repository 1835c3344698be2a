"""Paper sheets of a round: print them, type them in, check them, settle what differs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from contest_portal.contests.rules import Criterion
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError, Invalid, NotFound
from contest_portal.core.forms import row_id
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_
from contest_portal.judging.forms.paper import CheckForm
from contest_portal.judging.forms.sheets import SheetForm
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.paper_print import score_sheets_pdf
from contest_portal.judging.paper_workbooks import paper_workbook
from contest_portal.judging.queries import paper as queries
from contest_portal.judging.queries.rounds import judge_choices, round_by_id, task_for_office
from contest_portal.judging.queries.tasks import rubric_of_task
from contest_portal.judging.rubrics import points_of
from contest_portal.judging.services import paper as services
from contest_portal.judging.services.sheets import mark_field
from contest_portal.judging.sheet_models import PaperSheet
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


def paper_states() -> dict[str, str]:
    """State of a paper sheet → its word."""
    return {"none": _("未录入"), "typed": _("待核对"), "differs": _("不一致"), "done": _("已有评分")}


def paper_sources() -> dict[str, str]:
    """Where a score came from → its word."""
    return {"online": _("网上评分"), "paper": _("纸质表"), "workbook": _("工作簿")}


@bp.get("/office/rounds/<int:round_id>/paper")
@permission("judging.see_round", of=round_by_id)
def paper(row: Round) -> Response:
    """What was typed of a round's paper sheets, and what is to do next."""
    return render_page(
        "judging/paper.html",
        round=row,
        page=queries.paper_page(row.id, _listing()),
        counts=queries.paper_counts(row.id),
        states=paper_states(),
        sources=paper_sources(),
        judges=judge_choices(row.id),
        to_check=queries.next_to_check(row.id, current_actor().account_id),
        own_id=current_actor().account_id,
    )


@bp.get("/office/rounds/<int:round_id>/paper/export")
@permission("judging.see_round", of=round_by_id)
def export_paper(row: Round) -> Response:
    """The same list as a workbook."""
    page = queries.paper_page(row.id, _listing().whole())
    content = paper_workbook(row, page.rows, paper_states())
    return workbook_response(content, _("%(title)s纸质评分表.xlsx", title=f"{row.contest.name} {row.name}"))


@bp.get("/office/rounds/<int:round_id>/paper/print")
@permission("judging.run_round", of=round_by_id)
def print_paper(row: Round) -> AnyResponse:
    """The score sheets to print: of all judges, or of one (`?judge=`)."""
    piles = queries.piles(row, request.args.get("judge", type=row_id))
    if not piles:
        flash(_("没有可以打印的评审任务。"), "info")
        return redirect(url_for(".paper", round_id=row.id))
    name = _("%(title)s评分表.pdf", title=f"{row.contest.name} {row.name}")
    return send_file(
        io.BytesIO(score_sheets_pdf(row, piles)), "application/pdf", as_attachment=True, download_name=name
    )


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=("q", "judge", "state"), sort="judge")


@bp.get("/office/tasks/<int:task_id>/paper")
@permission("judging.reassign", of=task_for_office)
def type_paper(task: Assignment) -> AnyResponse:
    """Type in what stands on the paper; the code on the paper leads here."""
    known = queries.waiting_paper(task.id)
    if known is not None and known.typed_by != current_actor().account_id:
        target = ".settle_paper" if known.state == "differs" else ".check_paper"
        return redirect(url_for(target, paper_id=known.id))
    rubric = rubric_of_task(task)
    typed = {mark_field(code): f"{mark:g}" for code, mark in (known.marks if known else {}).items()}
    data = {**typed, "comment": known.comment if known else "", "version": str(known.version if known else 0)}
    return _type_page(task, rubric, SheetForm.for_rubric(rubric, formdata=None, data=data), known)


@bp.post("/office/tasks/<int:task_id>/paper")
@permission("judging.reassign", of=task_for_office)
def save_paper(task: Assignment) -> AnyResponse:
    """Keep what was typed and go on to the judge's next sheet."""
    task_id, rubric = task.id, rubric_of_task(task)
    form = SheetForm.for_rubric(rubric)
    try:
        if not form.validate():
            raise Invalid("judging.form", N_("页面已过期，请重新提交。"))
        sheet = services.type_sheet(
            current_actor(), task_id, form.marks(rubric), form.comment.data or "", seen_version=form.seen_version
        )
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return _type_page(task_for_office(task_id), rubric, form, queries.waiting_paper(task_id), status=error.status)
    task = task_for_office(task_id)
    flash(_("%(number)s 已录入，合计 %(total)s 分，等待另一人核对。", number=task.entry.number, total=f"{sheet.total:g}"), "success")  # fmt: skip
    following = queries.next_to_type(task)
    if following is None:
        flash(_("%(judge)s的评分表已全部录入。", judge=task.judge.name), "info")
        return redirect(url_for(".paper", round_id=task.round_id))
    return redirect(url_for(".type_paper", task_id=following))


def _type_page(
    task: Assignment, rubric: Sequence[Criterion], form: SheetForm, known: PaperSheet | None, *, status: int = 200
) -> Response:
    return render_page(
        "judging/paper_type.html",
        task=task,
        form=form,
        known=known,
        marks=[(one, form[mark_field(one.code)]) for one in rubric],
        most=points_of(rubric),
        address=url_for(".save_paper", task_id=task.id),
        status=status,
    )


@bp.route("/office/paper/<int:paper_id>/check", methods=["GET", "POST"])
@permission("judging.type_paper", of=queries.paper_by_id)
def check_paper(sheet: PaperSheet) -> AnyResponse:
    """Type the total again, without seeing what the first person typed."""
    form, paper_id, round_id = CheckForm(), sheet.id, sheet.assignment.round_id
    if not form.is_submitted():
        if sheet.state == "differs":
            return redirect(url_for(".settle_paper", paper_id=paper_id))
        if sheet.state != "typed":
            return redirect(url_for(".paper", round_id=round_id))
        form.version.data = str(sheet.version)
        return _check_page(sheet, form)
    try:
        if not form.validate():
            raise Invalid("judging.form", N_("页面已过期，请重新提交。"))
        done = services.check_sheet(current_actor(), paper_id, form.total.data, form.seen_version)
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return _check_page(queries.paper_by_id(paper_id), form, status=error.status)
    if done.state == "differs":
        flash(_("两次录入的合计不一致，已列入「不一致」，请对照纸质表处理。"), "warning")
    else:
        flash(_("核对一致，评分已生效。"), "success")
    following = queries.next_to_check(round_id, current_actor().account_id, after=paper_id)
    if following is None:
        return redirect(url_for(".paper", round_id=round_id))
    return redirect(url_for(".check_paper", paper_id=following))


def _check_page(sheet: PaperSheet, form: CheckForm, *, status: int = 200) -> Response:
    return render_page(
        "judging/paper_check.html",
        sheet=sheet,
        task=sheet.assignment,
        form=form,
        most=points_of(rubric_of_task(sheet.assignment)),
        own=sheet.typed_by == current_actor().account_id,
        status=status,
    )


@bp.get("/office/paper/<int:paper_id>/settle")
@permission("judging.type_paper", of=queries.paper_by_id)
def settle_paper(sheet: PaperSheet) -> AnyResponse:
    """Both values side by side, and the paper's marks typed anew."""
    if sheet.state != "differs":
        return redirect(url_for(".paper", round_id=sheet.assignment.round_id))
    rubric = rubric_of_task(sheet.assignment)
    form = SheetForm.for_rubric(rubric, formdata=None, data={"version": str(sheet.version)})
    return _settle_page(sheet, rubric, form)


@bp.post("/office/paper/<int:paper_id>/settle")
@permission("judging.type_paper", of=queries.paper_by_id)
def save_settled(sheet: PaperSheet) -> AnyResponse:
    """The third look counts."""
    paper_id, round_id, rubric = sheet.id, sheet.assignment.round_id, rubric_of_task(sheet.assignment)
    form = SheetForm.for_rubric(rubric)
    try:
        if not form.validate():
            raise Invalid("judging.form", N_("页面已过期，请重新提交。"))
        services.settle_sheet(current_actor(), paper_id, form.marks(rubric), form.seen_version)
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return _settle_page(queries.paper_by_id(paper_id), rubric, form, status=error.status)
    flash(_("已按纸质表更正，评分已生效。"), "success")
    return redirect(url_for(".paper", round_id=round_id, state="differs"))


def _settle_page(sheet: PaperSheet, rubric: Sequence[Criterion], form: SheetForm, *, status: int = 200) -> Response:
    return render_page(
        "judging/paper_settle.html",
        sheet=sheet,
        task=sheet.assignment,
        form=form,
        marks=[(one, form[mark_field(one.code)]) for one in rubric],
        most=points_of(rubric),
        own=sheet.typed_by == current_actor().account_id,
        status=status,
    )


@bp.post("/office/paper/<int:paper_id>/withdraw")
@permission("judging.type_paper", of=queries.paper_by_id)
def withdraw_paper(sheet: PaperSheet) -> AnyResponse:
    """Take a typed sheet out that is not wanted after all."""
    round_id = sheet.assignment.round_id
    services.withdraw_sheet(current_actor(), sheet.id, request.form.get("version", 0, type=row_id))
    flash(_("录入的内容已撤回。"), "success")
    return redirect(url_for(".paper", round_id=round_id))
