"""The office's judges: list, import, one judge with relations, invitations."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.sealing import person_digest, sealer
from contest_portal.core.spreadsheets import read_table
from contest_portal.core.text import N_, Message
from contest_portal.judging.availability_words import span_words
from contest_portal.judging.forms.judges import ApplyJudgesForm, JudgeForm, JudgesForm, JudgeTableForm, ReleaseForm
from contest_portal.judging.forms.relations import RelationForm
from contest_portal.judging.judge_table import JudgeData, JudgeTable, read_judges
from contest_portal.judging.models import Judge
from contest_portal.judging.queries import judges as queries
from contest_portal.judging.queries.answers import unanswered
from contest_portal.judging.queries.setting_aside import touched_sheets
from contest_portal.judging.relation_words import kind_names, source_names
from contest_portal.judging.services import judges as services
from contest_portal.judging.services import relations
from contest_portal.judging.services.reassigning import Moved
from contest_portal.judging.states import JUDGE_STATES
from contest_portal.judging.views.blueprint import bp
from contest_portal.judging.workbooks import judge_list, judge_template
from contest_portal.people.phones import mask_phone
from contest_portal.people.views.invitations import issued_page

AnyResponse = Any

add_item(
    _l("竞赛"),
    _l("评委名单"),
    "judging.judges",
    icon="person-check",
    roles=sorted(OFFICE_ROLES),
    order=410,
    also_active_in=[
        "judging.judge",
        "judging.show_judge",
        "judging.add_judge",
        "judging.edit_judge",
        "judging.import_",
        "judging.relations",
        "judging.import_relations",
    ],
)


def when(judge: Judge | JudgeData) -> str:
    """When a judge has time, in words."""
    words = span_words(judge.available_from, judge.available_until)
    return translate(words) if words else ""


def judge_states() -> dict[str, str]:
    """State → its word."""
    return {code: translate(name) for code, name in JUDGE_STATES.items()}


def answer_states() -> dict[str, str]:
    """The same with what invited judges have answered, for the list's filter."""
    answers = {"uninvited": _("未邀请"), "unanswered": _("已发邀请，未答复"), "accepted": _("已接受，未开通账号")}
    return judge_states() | answers


@bp.get("/office/judges")
@permission("judging.list")
def judges() -> Response:
    """The office's judges."""
    office_id = current_actor().office_id
    names = queries.category_names(office_id)
    return render_page(
        "judging/judges.html",
        page=queries.judges_page(office_id, _listing()),
        states=judge_states(),
        answers=answer_states(),
        waiting=unanswered(office_id),
        names=names,
        when=when,
    )


@bp.get("/office/judges/export")
@permission("judging.list")
def export_judges() -> Response:
    """The same list as a workbook."""
    office_id = current_actor().office_id
    page = queries.judges_page(office_id, _listing().whole())
    return workbook_response(judge_list(page.rows, queries.category_names(office_id)), _("评委名单.xlsx"))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=("q", "state", "category"), sort="name")


@bp.get("/office/judges/template")
@permission("judging.list")
def judge_template_file() -> Response:
    """The workbook to fill in."""
    names = queries.category_names(current_actor().office_id)
    return workbook_response(judge_template(names.values()), _("评委名单模板.xlsx"))


@bp.route("/office/judges/import", methods=["GET", "POST"])
@permission("judging.manage")
def import_judges() -> Response:
    """Upload a table and see what it would do."""
    form = JudgeTableForm()
    if not form.validate_on_submit():
        return render_page("judging/judge_import.html", form=form)
    upload = form.file.data
    if not upload or not upload.filename:
        form.file.errors = [_("请选择文件。")]
        return render_page("judging/judge_import.html", form=form, status=422)
    names = queries.category_names(current_actor().office_id)
    try:
        table = read_judges(read_table(upload.read(), upload.filename), {name: code for code, name in names.items()})
    except DomainError as error:
        form.show(error)
        return render_page("judging/judge_import.html", form=form, status=error.status)
    if isinstance(table, Message):
        form.file.errors = [translate(table)]
        return render_page("judging/judge_import.html", form=form, status=422)
    return _preview_page(table, upload.filename, names)


@dataclass(frozen=True)
class PreviewLine:
    """What would become of one row. `state`: new, changed, unchanged or error; `note`: an account is there already."""

    row: int
    name: str
    state: str
    data: JudgeData | None
    has_account: bool


def _preview_page(table: JudgeTable, filename: str, names: dict[str, str]) -> Response:
    office_id = current_actor().office_id or 0
    known = {judge.phone_digest: judge for judge in queries.known_judges(office_id)}
    digests = {line.data.phone: person_digest(line.data.phone) for line in table.lines if line.data}
    accounts = queries.accounts_by_phone(list(digests.values()))
    lines = []
    for line in table.lines:
        state, has_account = "error", False
        if line.data is not None:
            judge = known.get(digests[line.data.phone])
            state = "new" if judge is None else _change(services.data_of(judge), line.data)
            has_account = digests[line.data.phone] in accounts and (judge is None or judge.account_id is None)
        lines.append(PreviewLine(line.row, line.name, state, line.data, has_account))
    sent = [office_id, *(asdict(one.data) for one in lines if one.data)]
    rows = sealer().seal(json.dumps(sent, default=date.isoformat)).hex()
    return render_page(
        "judging/judge_preview.html",
        lines=lines,
        counts={state: sum(one.state == state for one in lines) for state in ("new", "changed", "unchanged", "error")},
        sentences=[translate(fault.sentence) for fault in table.faults],
        filename=filename,
        names=names,
        when=when,
        form=ApplyJudgesForm(formdata=None, rows="" if table.faults else rows),
        status=422 if table.faults else 200,
    )


def _change(known: JudgeData, data: JudgeData) -> str:
    return "unchanged" if data.beside(known) == known else "changed"


@bp.post("/office/judges/import/apply")
@permission("judging.manage")
def apply_judges() -> AnyResponse:
    """Do what the preview showed."""
    office_id = current_actor().office_id or 0
    try:
        own_id, *rows = json.loads(sealer().open(bytes.fromhex(ApplyJudgesForm().rows.data or "")))
    except (ValueError, InvalidTag):
        own_id, rows = 0, []
    if own_id != office_id:
        raise Conflict("judging.preview_old", N_("这份预览已失效，请重新上传表格。"))
    data = [_opened(row) for row in rows]
    done = services.import_judges(current_actor(), office_id, data)
    flash(
        _(
            "导入完成：新增 %(added)s 名，更新 %(changed)s 名，%(unchanged)s 名没有变化。接下来请为新评委生成邀请单。",
            added=done.added,
            changed=done.changed,
            unchanged=done.unchanged,
        ),
        "success",
    )
    return redirect(url_for(".judges", state="uninvited") if done.added else url_for(".judges"))


def _opened(row: dict[str, Any]) -> JudgeData:
    """A judge's data out of the sealed preview, where days are texts."""
    days = {name: row[name] and date.fromisoformat(row[name]) for name in ("available_from", "available_until")}
    return JudgeData(**{**row, **days, "expertise": tuple(row["expertise"])})


@bp.route("/office/judges/new", methods=["GET", "POST"])
@permission("judging.manage")
def add_judge() -> AnyResponse:
    """Register one judge."""
    office_id = current_actor().office_id or 0
    form = JudgeForm().offer(queries.category_names(office_id))
    if form.validate_on_submit():
        try:
            judge = services.add_judge(current_actor(), office_id, form.judge_data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已登记评委%(name)s。", name=judge.name), "success")
            return redirect(url_for(".show_judge", judge_id=judge.id))
    return render_page("judging/judge_form.html", form=form, judge=None, status=422 if form.is_submitted() else 200)


@bp.get("/office/judges/<int:judge_id>")
@permission("judging.see_judge", of=queries.judge)
def show_judge(judge: Judge) -> Response:
    """One judge: data, invitation, relations, tasks."""
    return _judge_page(judge, None)


@bp.route("/office/judges/<int:judge_id>/edit", methods=["GET", "POST"])
@permission("judging.edit_judge", of=queries.judge)
def edit_judge(judge: Judge) -> AnyResponse:
    """Mend a judge's data."""
    names, judge_id = queries.category_names(judge.office_id), judge.id
    form = JudgeForm.filled_from(judge, names)
    if form.validate_on_submit():
        try:
            services.edit_judge(current_actor(), judge_id, form.judge_data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for(".show_judge", judge_id=judge_id))
    shown = queries.judge(judge_id)
    return render_page(
        "judging/judge_form.html",
        form=form,
        judge=shown,
        known_phone=mask_phone(shown.phone),
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/office/judges/invite")
@permission("judging.manage")
def invite_judges() -> AnyResponse:
    """One-time links for the chosen judges, shown once and to be printed as slips."""
    chosen = JudgesForm().judge.data or []
    if not chosen:
        flash(_("请先选择要邀请的评委。"), "warning")
        return redirect(url_for(".judges"))
    issued = services.invite_judges(current_actor(), current_actor().office_id or 0, chosen)
    if issued:
        return issued_page(issued, back=url_for(".judges"))
    flash(_("所选评委都已加入，无需邀请。"), "info")
    return redirect(url_for(".judges"))


@bp.post("/office/judges/<int:judge_id>/release")
@permission("judging.edit_judge", of=queries.judge)
def release_judge(judge: Judge) -> AnyResponse:
    """A judge declined or left."""
    form = ReleaseForm()
    services.release_judge(current_actor(), judge.id, form.state.data or "", form.why.data or "")
    flash(_("已登记。"), "success")
    return redirect(url_for(".show_judge", judge_id=judge.id))


@bp.post("/office/judges/<int:judge_id>/restore")
@permission("judging.edit_judge", of=queries.judge)
def restore_judge(judge: Judge) -> AnyResponse:
    """Take a judge back."""
    services.restore_judge(current_actor(), judge.id)
    flash(_("已恢复。"), "success")
    return redirect(url_for(".show_judge", judge_id=judge.id))


@bp.post("/office/judges/<int:judge_id>/relations")
@permission("judging.edit_judge", of=queries.judge)
def add_relation(judge: Judge) -> AnyResponse:
    """Note what a judge must keep away from."""
    judge_id = judge.id
    form = RelationForm().offer(queries.school_choices(judge.office_id))
    if form.validate_on_submit():
        try:
            moved = relations.add_named_relation(
                current_actor(),
                judge_id,
                form.target.data or "",
                why=form.why.data or "",
                school_id=form.school_id.data or None,
                student_name=form.student_name.data or "",
                entry_number=form.entry_number.data or "",
                kind=form.kind.data or "office",
            )
        except DomainError as error:
            form.show(error)
        else:
            tell_moved(moved)
            return redirect(url_for(".show_judge", judge_id=judge_id))
    return _judge_page(queries.judge(judge_id), form)


def tell_moved(moved: Moved, *, quiet: bool = False) -> None:
    """Say what became of the tasks that a new relation touches; `quiet`: that it was noted has been said already."""
    if not quiet:
        flash(_("回避关系已登记。"), "success")
    if moved.moved:
        flash(_("%(count)s 件待评作品已转给其他评委。", count=moved.moved), "info")
    if moved.stranded:
        flash(_("%(count)s 件作品没有其他评委可以接替，请在评审进度中处理。", count=moved.stranded), "warning")
    if moved.submitted:
        flash(_("%(count)s 份已提交的评分属于应回避的作品，请打开「消息」逐件处理。", count=moved.submitted), "warning")


def _judge_page(judge: Judge, relation_form: RelationForm | None) -> Response:
    names = queries.category_names(judge.office_id)
    form = relation_form or RelationForm(formdata=None).offer(queries.school_choices(judge.office_id))
    return render_page(
        "judging/judge.html",
        judge=judge,
        phone=mask_phone(judge.phone),
        categories=[names[item] for item in judge.expertise if item in names],
        disciplines=[item for item in judge.expertise if item not in names],
        states=judge_states(),
        time=when(judge),
        invitation=queries.living_invitation(judge.id),
        membership=queries.membership_of(judge),
        relations=queries.relations_of(judge.id),
        kinds=kind_names(),
        sources=source_names(),
        rounds=queries.rounds_of_judge(judge.id),
        touched=[(one, translate(one.reason)) for one in touched_sheets(judge)],
        form=form,
        release_form=ReleaseForm(formdata=None),
        status=422 if relation_form else 200,
    )
