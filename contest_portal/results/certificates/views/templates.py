"""How a contest's certificates look: templates with a true preview, numbering, font, key."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.clock import today
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.results.blueprint import bp
from contest_portal.results.certificates.fonts import missing_letters
from contest_portal.results.certificates.forms import ChoicesForm, CopyForm, FontForm, KeyForm, TemplateForm
from contest_portal.results.certificates.layout import (
    FIELDS,
    KINDS,
    Layout,
    default_layout,
    layout_problems,
    letters_of,
)
from contest_portal.results.certificates.letters import own_font_of
from contest_portal.results.certificates.models import CertificateTemplate
from contest_portal.results.certificates.press import Look, Sheet, certificate_press, page_picture
from contest_portal.results.certificates.queries import given as queries
from contest_portal.results.certificates.queries.given import TemplateLook
from contest_portal.results.certificates.samples import sample_values
from contest_portal.results.certificates.services import keys
from contest_portal.results.certificates.services import templates as services
from contest_portal.results.certificates.services.prints import read_look
from contest_portal.results.certificates.signing import fingerprint
from contest_portal.results.certificates.views.issuing import site_address
from contest_portal.results.certificates.views.uploads import picture, require_size
from contest_portal.results.certificates.words import kind_name

AnyResponse = Any
MOST_FONT_BYTES, MOST_KEY_BYTES = 60 << 20, 1 << 20
UPLOADS = {"background": "background", "seal": "seal_picture", "signature": "signature_picture"}


@bp.get("/office/contests/<int:contest_id>/certificates/setup")
@permission("results.give_certificates", of=queries.contest_of)
def certificate_setup(contest: Contest) -> AnyResponse:
    """Templates, numbering, font and key on one page."""
    form = ChoicesForm(formdata=None, obj=queries.choices_of(contest))
    return _setup_page(contest, form, FontForm(formdata=None), KeyForm(formdata=None))


@bp.post("/office/contests/<int:contest_id>/certificates/choices")
@permission("results.give_certificates", of=queries.contest_of)
def save_certificate_choices(contest: Contest) -> AnyResponse:
    """Save numbering, foot and day."""
    form, contest_id = ChoicesForm(), contest.id
    if form.validate_on_submit():
        try:
            services.save_choices(
                current_actor(),
                contest_id,
                form.seen_version,
                number_pattern=form.number_pattern.data or "",
                issuer=form.issuer.data or "",
                dated_on=form.dated_on.data,
                is_one_each=bool(form.is_one_each.data),
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "success")
            return _to_setup(contest_id)
    return _setup_page(queries.contest_of(contest_id), form, FontForm(formdata=None), KeyForm(formdata=None), 422)


@bp.post("/office/contests/<int:contest_id>/certificates/font")
@permission("results.give_certificates", of=queries.contest_of)
def use_certificate_font(contest: Contest) -> AnyResponse:
    """Print with a font of the office's own, or with none any more."""
    form, contest_id = FontForm(), contest.id
    try:
        if request.form.get("remove"):
            services.drop_font(current_actor(), contest_id)
            flash(_("已不再使用自备字体。"), "success")
        else:
            upload = form.font.data
            if not upload:
                raise Invalid("results.no_file", N_("请选择字体文件。"), field="font")
            require_size(upload, MOST_FONT_BYTES, "font")
            stored = storage().put(upload.stream)
            row = services.use_font(current_actor(), contest_id, stored.sha256, upload.filename or "")
            flash(_("已启用字体「%(family)s」。", family=row.font_family), "success")
    except DomainError as error:
        form.show(error)
        contest = queries.contest_of(contest_id)
        choices = ChoicesForm(formdata=None, obj=queries.choices_of(contest))
        return _setup_page(contest, choices, form, KeyForm(formdata=None), error.status)
    return _to_setup(contest_id)


@bp.post("/office/contests/<int:contest_id>/certificates/key")
@permission("results.keep_key", of=queries.contest_of)
def use_own_key(contest: Contest) -> AnyResponse:
    """Sign with the office's own key from now on."""
    form, contest_id, office_id = KeyForm(), contest.id, contest.office_id
    try:
        upload = form.key_file.data
        if not upload:
            raise Invalid("results.no_file", N_("请选择数字证书文件（.p12 或 .pfx）。"), field="key_file")
        require_size(upload, MOST_KEY_BYTES, "key_file")
        keys.use_own_key(current_actor(), office_id, upload.stream.read(), form.passphrase.data or "")
    except DomainError as error:
        form.show(error)
        contest = queries.contest_of(contest_id)
        choices = ChoicesForm(formdata=None, obj=queries.choices_of(contest))
        return _setup_page(contest, choices, FontForm(formdata=None), form, error.status)
    flash(_("以后的证书将用这份数字证书签名。"), "success")
    return _to_setup(contest_id)


@bp.post("/office/contests/<int:contest_id>/certificates/copy")
@permission("results.give_certificates", of=queries.contest_of)
def copy_certificates(contest: Contest) -> AnyResponse:
    """Take over another edition's templates."""
    form, contest_id = CopyForm(), contest.id
    form.offer(queries.contests_to_copy(contest))
    try:
        if not form.validate_on_submit():
            raise Invalid("results.no_source", N_("请选择要沿用的那一届。"))
        count = services.copy_from(current_actor(), contest_id, form.source.data)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("已沿用 %(count)s 个模板，编号规则和字体也一并沿用。", count=count), "success")
    return _to_setup(contest_id)


@bp.get("/office/contests/<int:contest_id>/certificates/templates/<kind>")
@permission("results.shape_certificates", of=queries.contest_and_kind)
def edit_certificate_template(asked: tuple[Contest, str]) -> AnyResponse:
    """A template's form with its preview; `?award=` for one award's own."""
    contest, kind = asked
    award = request.args.get("award", "").strip()[: services.LONGEST_AWARD]
    looks = queries.looks_of(contest.id)
    look = looks.get((kind, award))
    shown = look or looks[(kind, "")]  # an award's own template begins as the one for all awards
    layout = shown.layout
    if (fresh := request.args.get("fresh")) in {"wide", "tall"}:
        layout = default_layout(kind, is_landscape=fresh == "wide")
    form = TemplateForm(formdata=None)
    form.fill(layout, look.version if look else 0)
    return _template_page(contest, kind, award, form, shown, layout)


@bp.post("/office/contests/<int:contest_id>/certificates/templates/<kind>")
@permission("results.shape_certificates", of=queries.contest_and_kind)
def save_certificate_template(asked: tuple[Contest, str]) -> AnyResponse:
    """Save it, or only show what it would look like."""
    contest, kind = asked
    contest_id, award = contest.id, request.args.get("award", "").strip()
    form = TemplateForm()
    look = _current(contest_id, kind, award)
    layout = look.layout
    try:
        layout = form.layout()
        if request.form.get("preview"):
            return _template_page(contest, kind, award, form, look, layout)
        new = {name: received for name, field in UPLOADS.items() if (received := picture(form[field].data, field))}
        removed = frozenset(name for name in UPLOADS if form[f"remove_{name}"].data)
        services.save_template(
            current_actor(), contest_id, kind, award, layout, form.seen_version, services.Pictures(new, removed)
        )
    except DomainError as error:
        form.show(error)
        return _template_page(queries.contest_of(contest_id), kind, award, form, look, None, status=error.status)
    flash(_("模板已保存。已经生成的证书要用新模板，请在证书页勾选「重新生成」。"), "success")
    return redirect(url_for(".edit_certificate_template", contest_id=contest_id, kind=kind, award=award or None))


@bp.get("/office/contests/<int:contest_id>/certificates/templates/<kind>/sample.pdf")
@permission("results.shape_certificates", of=queries.contest_and_kind)
def sample_certificate(asked: tuple[Contest, str]) -> AnyResponse:
    """A made-up certificate of the saved template, to print on a real sheet."""
    contest, kind = asked
    look = _current(contest.id, kind, request.args.get("award", "").strip())
    name = _("%(kind)s样张", kind=kind_name(kind))
    headers = {"Content-Disposition": "inline; filename=sample.pdf"}
    return Response(_printed(contest, look, look.layout, name), mimetype="application/pdf", headers=headers)


@bp.post("/office/certificate-templates/<int:template_id>/remove")
@permission("results.change_template", of=queries.template_by_id)
def remove_certificate_template(row: CertificateTemplate) -> AnyResponse:
    """Back to the template for all awards."""
    template_id, contest_id = row.id, row.contest_id
    services.remove_template(current_actor(), template_id)
    flash(_("模板已删除，改用通用的模板。"), "success")
    return _to_setup(contest_id)


def _current(contest_id: int, kind: str, award: str) -> TemplateLook:
    return queries.chosen_look(queries.looks_of(contest_id), kind, award)


def _template_page(
    contest: Contest,
    kind: str,
    award: str,
    form: TemplateForm,
    look: TemplateLook,
    layout: Layout | None,
    *,
    status: int = 200,
) -> AnyResponse:
    preview, missing = "", ""
    problems: list[Message] = []
    if layout is not None:
        problems = layout_problems(layout, has_own_font=queries.choices_of(contest).font_file_sha256 is not None)
        pdf = _printed(contest, look, layout, "")
        preview = "data:image/png;base64," + base64.b64encode(page_picture(pdf)).decode()
        with own_font_of(queries.choices_of(contest)) as font:
            missing = missing_letters(letters_of(layout, {}), font)
    return render_page(
        "results/certificates/template.html",
        status=status,
        contest=contest,
        kind=kind,
        kind_name=kind_name,
        award=award,
        form=form,
        look=look,
        preview=preview,
        missing=missing,
        problems=problems,
        fields=FIELDS,
    )


def _printed(contest: Contest, look: TemplateLook, layout: Layout, title: str) -> bytes:
    """A made-up certificate as it would be printed."""
    choices = queries.choices_of(contest)
    with_pictures = read_look(look)
    shown = Look(layout, with_pictures.background, with_pictures.seal, with_pictures.signature)
    values = sample_values(look.kind, look.award, contest, choices, choices.dated_on or today())
    with own_font_of(choices) as own_font, certificate_press({"shown": shown}, own_font) as press:
        return press.print([Sheet("shown", values, f"{site_address()}/c/SAMPLE")], title=title)


def _setup_page(contest: Contest, form: ChoicesForm, font: FontForm, key: KeyForm, status: int = 200) -> AnyResponse:
    copy = CopyForm(formdata=None)
    copy.offer(queries.contests_to_copy(contest))
    current = keys.current_key(contest.office_id)
    certificates = keys.certificates_of(contest.office_id)
    return render_page(
        "results/certificates/setup.html",
        status=status,
        contest=contest,
        choices=queries.choices_of(contest),
        form=form,
        font_form=font,
        key_form=key,
        copy_form=copy,
        looks=[
            look
            for _key, look in sorted(
                queries.looks_of(contest.id).items(), key=lambda one: (KINDS.index(one[0][0]), one[0][1])
            )
        ],
        awards=queries.awards_named(contest.id),
        kind_name=kind_name,
        kinds=KINDS,
        key=current,
        certificate=certificates[0] if certificates else None,
        fingerprint=fingerprint(certificates[0]) if certificates else "",
    )


def _to_setup(contest_id: int) -> AnyResponse:
    return redirect(url_for(".certificate_setup", contest_id=contest_id))
