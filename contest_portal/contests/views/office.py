"""The office's contests: the list, a new one, one contest's overview, its state, its template."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from contest_portal.contests import queries, services
from contest_portal.contests.exporting import exported_template
from contest_portal.contests.forms.contest import CopyContestForm, FromFileForm, FromTemplateForm, NewContestForm
from contest_portal.contests.list_workbook import contests_workbook
from contest_portal.contests.models import Contest
from contest_portal.contests.presenting import contest_view, state_name
from contest_portal.contests.services.editing import lacks_of
from contest_portal.contests.states import STATE_NAMES, is_editable, transitions_from
from contest_portal.contests.template_file import available_templates, load_template
from contest_portal.contests.views.blueprint import bp
from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.clock import now, today
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.forms import VersionedForm
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item, add_public_link
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_, Message

TEMPLATE_BYTES = 1024 * 1024

add_item(
    _l("竞赛"),
    _l("赛事管理"),
    "contests.office_list",
    icon="trophy",
    roles=sorted(OFFICE_ROLES),
    order=100,
    also_active_in=("contests.office", "contests.overview", "contests.edit", "contests.categor", "contests.new"),
)
add_public_link(_l("首页"), "contests.home", order=0, also_active_in=("contests.show",))


@bp.get("/office/contests")
@permission("contests.list")
def office_list() -> Response:
    """The office's contests."""
    page = queries.contests_of_office(current_actor(), _listing())
    return render_page(
        "contests/office_list.html",
        page=page,
        states=[(code, translate(Message(name))) for code, name in STATE_NAMES.items()],
        names={contest.id: state_name(contest) for contest in page.rows},
    )


@bp.get("/office/contests/export")
@permission("contests.list")
def export_list() -> Response:
    """The same list as a workbook."""
    page = queries.contests_of_office(current_actor(), _listing().whole())
    return workbook_response(contests_workbook(page.rows), _("赛事.xlsx"))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=("state", "q"), sort="-year")


@bp.get("/office/contests/new")
@permission("contests.create")
def new() -> Response:
    """The ways to begin a contest."""
    return _new_page("template", _template_form())


@bp.get("/office/contests/new/file")
@permission("contests.create")
def new_from_file() -> Response:
    """Begin with a template file."""
    return _new_page("file", FromFileForm(data={"year": today().year, "called_on": today()}))


@bp.get("/office/contests/new/copy")
@permission("contests.create")
def new_copy() -> Response:
    """Begin with an earlier contest."""
    return _new_page("copy", _copy_form())


@bp.post("/office/contests/new")
@permission("contests.create")
def create_from_template() -> AnyResponse:
    """Create from a template that comes with the program."""
    form = _template_form()
    if not form.validate_on_submit():
        return _new_page("template", form)
    try:
        contest = services.create_contest_from_template(
            current_actor(),
            form.template.data,
            form.year.data,
            name=form.name.data or "",
            called_on=form.called_on.data,
        )
    except DomainError as error:
        return _refused("template", form, error)
    return _created(contest)


@bp.post("/office/contests/new/file")
@permission("contests.create")
def create_from_file() -> AnyResponse:
    """Create from an uploaded template."""
    form = FromFileForm()
    if not form.validate_on_submit():
        return _new_page("file", form)
    upload = form.file.data
    try:
        contest = services.create_contest_from_text(
            current_actor(),
            _text_of(upload),
            upload.filename or "",
            form.year.data,
            name=form.name.data or "",
            called_on=form.called_on.data,
        )
    except DomainError as error:
        return _refused("file", form, error)
    return _created(contest)


def _text_of(upload: Any) -> str:
    content = upload.stream.read(TEMPLATE_BYTES + 1)
    if len(content) > TEMPLATE_BYTES:
        raise Invalid("contests.template_size", N_("模板文件超过 1 MB，请确认选对了文件"), field="file")
    try:
        return str(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = Message.of(N_("第 %(line)s 行：不是 UTF-8 编码的文字，请另存为 UTF-8 后再上传"), line=line)
        raise Invalid("contests.template_encoding", message, field="file") from error


@bp.post("/office/contests/new/copy")
@permission("contests.create")
def create_copy() -> AnyResponse:
    """Create after an earlier contest."""
    form = _copy_form()
    if not form.validate_on_submit():
        return _new_page("copy", form)
    try:
        contest = services.copy_contest(
            current_actor(),
            form.source.data,
            form.year.data,
            name=form.name.data or "",
            with_attachments=form.with_attachments.data,
        )
    except DomainError as error:
        return _refused("copy", form, error)
    flash(_("通知正文照上一届复制，请核对其中的届次和日期；推荐名单的去向每届不同，请在设置中填写。"), "info")
    return _created(contest)


def _template_form() -> FromTemplateForm:
    form = FromTemplateForm(data={"year": today().year, "called_on": today(), "template": available_templates()[0]})
    form.template.choices = [(code, load_template(code).name) for code in available_templates()]
    return form


def _copy_form() -> CopyContestForm:
    choices = queries.contest_choices(current_actor().office_id)
    form = CopyContestForm(data={"year": today().year, "source": choices[0][0] if choices else None})
    form.source.choices = choices
    return form


def _new_page(way: str, form: NewContestForm, status: int = 200) -> Response:
    status = 422 if form.errors else status
    return render_page("contests/new.html", way=way, form=form, max_bytes=TEMPLATE_BYTES, status=status)


def _refused(way: str, form: NewContestForm, error: DomainError) -> Response:
    form.show(error)
    return _new_page(way, form, error.status)


def _created(contest: Contest) -> AnyResponse:
    flash(_("已创建草稿，请补全通知和时间安排，核对类别后发布。"), "success")
    return redirect(url_for("contests.overview", contest_id=contest.id))


@bp.get("/office/contests/<int:contest_id>")
@permission("contests.see", of=queries.contest)
def overview(contest: Contest) -> Response:
    """One contest: where it stands, what is missing, the way to each of its parts."""
    return overview_page(contest)


def overview_page(contest: Contest, error: DomainError | None = None) -> Response:
    """The overview, with what stands against an act when there is something."""
    sections = {
        "call": "contests.edit_call",
        "timetable": "contests.edit_timetable",
        "categories": "contests.categories",
    }
    ids = {category.code: category.id for category in contest.categories}
    lacks = [
        {
            "message": translate(lack.message),
            "url": url_for("contests.category", category_id=ids[lack.category])
            if lack.section == "category"
            else url_for(sections[lack.section], contest_id=contest.id),
        }
        for lack in (lacks_of(contest) if contest.state == "draft" else [])
    ]
    return render_page(
        "contests/overview.html",
        view=contest_view(contest, now()),
        contest=contest,
        lacks=lacks,
        acts=[
            {"act": one.act, "label": translate(Message(one.label)), "question": translate(Message(one.question))}
            for one in transitions_from(contest.state)
        ],
        can_edit=is_editable(contest.state) and current_actor().is_in(Role.OFFICE),
        error=translate(error.message) if error else "",
        status=error.status if error else 200,
    )


@bp.post("/office/contests/<int:contest_id>/state/<act>")
@permission("contests.change_state", of=queries.contest_to_act_on)
def change_state(asked: queries.ActedOn) -> AnyResponse:
    """Open, close, reopen, archive or discard."""
    form = VersionedForm()
    contest_id = asked.contest.id
    if not form.validate_on_submit():
        return redirect(url_for("contests.overview", contest_id=contest_id))
    try:
        contest = services.change_state(current_actor(), contest_id, asked.act, form.seen_version)
    except DomainError as error:
        return overview_page(queries.contest(contest_id), error)
    flash(_("赛事现在是「%(state)s」。", state=state_name(contest)), "success")
    return redirect(url_for("contests.overview", contest_id=contest_id))


@bp.get("/office/contests/<int:contest_id>/template.toml")
@permission("contests.see", of=queries.contest)
def export_template(contest: Contest) -> Response:
    """The contest's rules as a template that other offices can use."""
    code, text = exported_template(contest)
    response = Response(text, mimetype="application/toml")
    response.headers["Content-Disposition"] = f'attachment; filename="{code}.toml"'
    return response
