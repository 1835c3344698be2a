"""The office's keys for hand-offs, and the offices whose keys it knows."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.handoff.forms import ConfirmPartnerForm, FileForm
from contest_portal.results.handoff.models import HandoffPartner
from contest_portal.results.handoff.package.keys import MOST_KEY_FILE_BYTES, spoken
from contest_portal.results.handoff.queries import rows as queries
from contest_portal.results.handoff.services import keys as services


@bp.get("/office/handoff/keys")
@permission("results.handoff_keys")
def handoff_keys() -> Response:
    """The own fingerprint, and those of the offices that it hands to or receives from."""
    return _page()


@bp.post("/office/handoff/keys/file")
@permission("results.add_partner")
def own_key_file() -> Response:
    """The file of public keys for partners; the first time, the keys are made."""
    actor = current_actor()
    office, _keys = queries.keys_with_office(actor.office_id or 0)
    name = _("%(office)s公钥.json", office=office.short_name)
    response = workbook_response(services.own_key_file(actor, actor.office_id or 0), name)
    response.mimetype = "application/json"
    return response


@bp.post("/office/handoff/partners")
@permission("results.add_partner")
def add_handoff_partner() -> Response:
    """Take in a partner's key file."""
    form, actor = FileForm(), current_actor()
    file = request.files.get("file")
    if not form.validate_on_submit() or file is None or not file.filename:
        flash(_("请先选择对方发来的公钥文件。"), "danger")
        return _back()
    try:
        row = services.add_partner(actor, actor.office_id or 0, file.stream.read(MOST_KEY_FILE_BYTES + 1))
    except DomainError as error:
        form.show(error)
        return _page(form)
    flash(_("已导入%(name)s的公钥，请领导电话核对指纹后确认。", name=row.name), "success")
    return _back()


@bp.post("/office/handoff/partners/<int:partner_id>/confirm")
@permission("results.confirm_partner", of=queries.partner_by_id)
def confirm_handoff_partner(partner: HandoffPartner) -> Response:
    """Believe that office from now on."""
    form = ConfirmPartnerForm()
    try:
        row = services.confirm_partner(current_actor(), partner.id, form.heard.data or "")
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("已确认%(name)s。", name=row.name), "success")
    return _back()


@bp.post("/office/handoff/partners/<int:partner_id>/remove")
@permission("results.confirm_partner", of=queries.partner_by_id)
def remove_handoff_partner(partner: HandoffPartner) -> Response:
    """Believe it no longer."""
    services.remove_partner(current_actor(), partner.id)
    flash(_("已停用这把公钥。"), "success")
    return _back()


def _back() -> Response:
    return redirect(url_for("results.handoff_keys"))  # type: ignore[return-value]


def _page(form: FileForm | None = None) -> Response:
    office_id = current_actor().office_id or 0
    office, keys = queries.keys_with_office(office_id)
    return render_page(
        "results/handoff/keys.html",
        status=422 if form and (form.errors or form.form_errors) else 200,
        office=office,
        keys=keys,
        fingerprint=spoken(keys.fingerprint) if keys else "",
        partners=[(one, spoken(one.fingerprint)) for one in queries.partners_of(office_id)],
        file_form=form or FileForm(formdata=None),
        confirm_form=ConfirmPartnerForm(formdata=None),
    )
