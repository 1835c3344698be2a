"""The public's pages of objections: the form, the case under its secret link, the receipt on paper."""

from __future__ import annotations

import io

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from contest_portal.core.clock import today
from contest_portal.core.errors import DomainError
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.core.rate_limits import failed, kept, limiter
from contest_portal.people.invitation_codes import normal_code
from contest_portal.people.sessions import visitor
from contest_portal.results.blueprint import bp
from contest_portal.results.evidence import ACCEPT, MOST_BYTES, MOST_FILES
from contest_portal.results.objections import presentation
from contest_portal.results.objections.forms import AddForm, CodeForm, ObjectionForm
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.queries import cases as queries
from contest_portal.results.objections.services import lodging as services
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import public_versions, publication_by_id

LODGING = "10 per hour; 30 per day"
TRYING = "60 per hour"
"""What is refused for a slip of the pen counts here alone: several parents may stand behind one address of a school."""

ADDING = "20 per hour"
LOOKING = "30 per hour"
"""Addresses that nobody has, from one place: 80 bits cannot be guessed at this pace, nor at any other."""

TAKING_FILES = {"results.send_objection", "results.add_to_objection", "results.give_statement"}


@bp.url_value_preprocessor
def limit_bodies(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """What carries evidence may be as large as all of it and no larger."""
    if request.endpoint in TAKING_FILES:
        request.max_content_length = MOST_FILES * MOST_BYTES + (1 << 20)


@bp.get("/lists/<int:publication_id>/objection")
@permission("results.object", of=publication_by_id)
def objection_form(publication: Publication) -> Response:
    """The form; `?entry=GZ2018-KH-X-0001` chooses the line."""
    form = _form(publication)
    form.entry_number.data = request.args.get("entry", "")
    return _form_page(publication, form)


@bp.post("/lists/<int:publication_id>/objection")
@limiter.limit(LODGING, deduct_when=kept)
@limiter.limit(TRYING)
@permission("results.object", of=publication_by_id)
def send_objection(publication: Publication) -> Response:
    """Take the objection; then its page under the secret link, which is shown now and kept nowhere."""
    form, publication_id = _form(publication), publication.id
    if form.validate_on_submit():
        given = services.Objecting(
            form.name.data or "",
            form.phone.data or "",
            form.entry_number.data or "",
            form.grounds.data or "",
            form.unit.data or "",
            form.id_number.data or "",
            form.given_files,
            form.title.data or "",
            form.author.data or "",
        )
        try:
            _row, code = services.lodge_objection(visitor(), publication_id, given)
        except DomainError as error:
            form.show(error)
            return _form_page(publication_by_id(publication_id), form, status=error.status)
        flash(_("异议已提交。请先保存下面的查询链接，再离开本页。"), "success")
        return redirect(url_for("results.follow_objection", code=code))  # type: ignore[return-value]
    return _form_page(publication, form, status=422)


@bp.get("/objections")
@permission("results.find_objection")
def find_objection() -> Response:
    """Where the code of a receipt is typed."""
    return render_page("results/objections/find.html", form=CodeForm(formdata=None))


@bp.post("/objections")
@limiter.limit(LOOKING)
@permission("results.find_objection")
def open_objection() -> Response:
    """To the case behind the code."""
    form = CodeForm()
    try:
        queries.by_secret(form.code.data or "")
    except DomainError:
        form.code.errors = [_("没有这个查询码。请对照回执，逐位核对 16 位字母和数字。")]
        return render_page("results/objections/find.html", form=form, status=422)
    return redirect(url_for("results.follow_objection", code=normal_code(form.code.data or "")))  # type: ignore[return-value]


@bp.get("/objections/<code>")
@limiter.limit(LOOKING, deduct_when=failed)
@permission("results.follow_objection", of=queries.by_secret)
def follow_objection(objection: Objection) -> Response:
    """The case as its objector sees it."""
    return _followed(objection, AddForm(formdata=None))


@bp.post("/objections/<code>/add")
@limiter.limit(ADDING)
@permission("results.follow_objection", of=queries.by_secret)
def add_to_objection(objection: Objection) -> Response:
    """More words or files."""
    form, objection_id = AddForm(), objection.id
    if form.validate_on_submit():
        try:
            services.add_to_objection(visitor(), objection_id, form.text.data or "", form.given_files)
        except DomainError as error:
            form.show(error)
            return _followed(queries.by_secret(_code()), form, status=error.status)
        flash(_("补充材料已提交。"), "success")
        return _back()
    return _followed(objection, form, status=422)


@bp.post("/objections/<code>/withdraw")
@limiter.limit(ADDING)
@permission("results.follow_objection", of=queries.by_secret)
def withdraw_objection(objection: Objection) -> Response:
    """The objector takes it back."""
    services.withdraw_objection(visitor(), objection.id)
    flash(_("异议已撤回。"), "success")
    return _back()


@bp.get("/objections/<code>/slip.pdf")
@limiter.limit(LOOKING)
@permission("results.follow_objection", of=queries.by_secret)
def objection_slip(objection: Objection) -> Response:
    """The receipt on paper."""
    content = presentation.slip_pdf(objection, normal_code(_code()))
    response = send_file(
        io.BytesIO(content), "application/pdf", download_name=_("异议回执 %(number)s.pdf", number=objection.number)
    )
    return _private(response)


def _form(publication: Publication) -> ObjectionForm:
    form = ObjectionForm()
    lines = services.listed_numbers(publication)
    form.entry_number.choices = [("", _("请选择"))] + [
        (number, f"{number}　{words}") for number, words in lines.items()
    ]
    form.entry_number.choices.append((services.NOT_LISTED, _("不在名单中的作品（在下面写明是哪一件）")))
    return form


def _form_page(publication: Publication, form: ObjectionForm, status: int = 200) -> Response:
    return render_page(
        "results/objections/form.html",
        status=status,
        form=form,
        publication=publication,
        office=publication.contest.office,
        is_open=services.is_open_for_objections(publication),
        current=_open_version(publication),
        entry_number=request.args.get("entry", ""),
        setting=queries.setting_of(publication.contest_id),
        accept=ACCEPT,
        most_files=MOST_FILES,
        most_bytes=MOST_BYTES,
    )


def _open_version(publication: Publication) -> Publication | None:
    """The version in force, where this one was amended and that one stands open."""
    if publication.state != "amended":
        return None
    newest = next(iter(public_versions(publication.contest_id, publication.kind)), None)
    return newest if newest is not None and services.is_open_for_objections(newest) else None


def _followed(objection: Objection, form: AddForm, status: int = 200) -> Response:
    code = normal_code(_code())
    response = render_page(
        "results/objections/followed.html",
        status=status,
        objection=objection,
        office=objection.contest.office,
        form=form,
        code=code,
        link=presentation.secret_link(code),
        qr=presentation.qr_image(presentation.secret_link(code)),
        steps=presentation.public_steps(objection),
        today=today(),
        accept=ACCEPT,
        most_files=MOST_FILES,
        most_bytes=MOST_BYTES,
    )
    return _private(response)


def _private(response: Response) -> Response:
    """The address is a key: it goes into no cache, no search engine, and to no other site."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _code() -> str:
    return str((request.view_args or {}).get("code", ""))


def _back() -> Response:
    return redirect(url_for("results.follow_objection", code=normal_code(_code())))  # type: ignore[return-value]
