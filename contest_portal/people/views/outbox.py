"""What an office sends by mail and SMS: read, hold, release, drop; its letters and the kinds that wait."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.outbox.channels import is_set
from contest_portal.core.outbox.kinds import CHANNELS, KINDS, OUTSIDE
from contest_portal.core.outbox.letters import Texts, filled_all
from contest_portal.core.outbox.models import OutboxMessage
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.forms.notices import HeldKindsForm, LetterForm
from contest_portal.people.list_workbooks import messages_workbook
from contest_portal.people.queries import outbox as queries
from contest_portal.people.services import outbox as services
from contest_portal.people.views.blueprint import bp

add_item(
    _l("学校与人员"), _l("待发通知"), "people.outbox", icon="send", roles=sorted(OFFICE_ROLES), order=730,
    badge=lambda actor: queries.to_decide(actor.office_id), badge_for=[Role.OFFICE],
    also_active_in=["people.show_message", "people.letters", "people.edit_letter"],
)  # fmt: skip


@bp.get("/office/outbox")
@permission("people.see_outbox")
def outbox() -> Response:
    """All messages of the office, what waits for somebody first."""
    office_id = current_actor().office_id or 0
    return render_page(
        "people/outbox.html",
        page=queries.messages_page(office_id, _listing()),
        counts=queries.state_counts(office_id),
        pending=queries.pending_by_kind(office_id),
        set_up=[translate(CHANNELS[channel]) for channel in OUTSIDE if is_set(channel)],
        **_words(),
    )


@bp.get("/office/outbox/export")
@permission("people.see_outbox")
def export_outbox() -> Response:
    """The same list as a workbook, without the texts and with masked addresses."""
    page = queries.messages_page(current_actor().office_id or 0, _listing().whole())
    return workbook_response(messages_workbook(page.rows, **_words()), _("待发通知.xlsx"))


@bp.get("/office/outbox/<int:message_id>")
@permission("people.see_message", of=queries.message)
def show_message(row: OutboxMessage) -> Response:
    """One message, whole."""
    return render_page("people/message.html", row=queries.message_row(row), **_words())


@bp.post("/office/outbox/<int:message_id>")
@permission("people.decide_message", of=queries.message)
def decide_message(row: OutboxMessage) -> Response:
    """Hold, release or drop it."""
    act = request.form.get("act", "")
    services.decide_message(current_actor(), row.id, act)
    flash({"hold": _("已暂缓。"), "release": _("已放行，即将发送。"), "drop": _("已取消，不会发送。")}[act], "success")
    return redirect(url_for("people.show_message", message_id=row.id))  # type: ignore[return-value]


@bp.post("/office/outbox/kind")
@permission("people.manage_outbox")
def decide_messages() -> Response:
    """The same with all of a kind."""
    kind, act = request.form.get("kind", ""), request.form.get("act", "")
    count = services.decide_kind(current_actor(), kind, act)
    flash(ngettext("已处理 %(num)s 条。", "已处理 %(num)s 条。", count), "success")
    return redirect(url_for("people.outbox"))  # type: ignore[return-value]


@bp.get("/office/outbox/letters")
@permission("people.see_outbox")
def letters() -> Response:
    """The occasions with their texts, and the kinds that wait for a release."""
    return _letters_page(_held_form())


@bp.post("/office/outbox/letters/held")
@permission("people.manage_outbox")
def hold_kinds() -> Response:
    """Which kinds wait from now on."""
    form = _held_form()
    if not form.validate_on_submit():
        return _letters_page(form, status=422)
    services.hold_kinds(current_actor(), form.kinds.data or [])
    flash(_("已保存，对以后产生的通知有效。"), "success")
    return redirect(url_for("people.letters"))  # type: ignore[return-value]


@bp.get("/office/outbox/letters/<letter>")
@permission("people.manage_outbox")
def edit_letter(letter: str) -> Response:
    """An occasion's texts, and how they read for three real receivers."""
    row = _letter(letter)
    form = LetterForm(subject=row.texts.subject, body=row.texts.body, sms=row.texts.sms)
    return _letter_page(row, form)


@bp.post("/office/outbox/letters/<letter>")
@permission("people.manage_outbox")
def save_letter(letter: str) -> Response:
    """Keep what was typed, or only show how it reads."""
    row, form = _letter(letter), LetterForm()
    if not form.validate_on_submit():
        return _letter_page(row, form, status=422)
    if "preview" in request.form:
        return _letter_page(row, form)
    try:
        services.save_letter(current_actor(), letter, form.texts)
    except DomainError as error:
        form.show(error)
        return _letter_page(row, form, status=error.status)
    flash(_("模板已保存。"), "success")
    return redirect(url_for("people.edit_letter", letter=letter))  # type: ignore[return-value]


@bp.post("/office/outbox/letters/<letter>/reset")
@permission("people.manage_outbox")
def reset_letter(letter: str) -> Response:
    """Back to the program's texts."""
    services.reset_letter(current_actor(), letter)
    flash(_("已恢复为默认内容。"), "success")
    return redirect(url_for("people.edit_letter", letter=letter))  # type: ignore[return-value]


def _letter(letter: str) -> queries.LetterRow:
    row = queries.letter_of(current_actor().office_id or 0, letter)
    if row is None:
        raise NotFound
    return row


def _letter_page(row: queries.LetterRow, form: LetterForm, status: int = 200) -> Response:
    previews: list[tuple[str, Texts]] = [
        (name, filled_all(form.texts, values))
        for name, values in queries.preview_values(current_actor().office_id or 0, row.letter)
    ]
    return render_page(
        "people/letter.html",
        row=row,
        form=form,
        previews=previews,
        fields={name: translate(about) for name, about in row.letter.fields.items()},
        status=status,
    )


def _letters_page(form: HeldKindsForm, status: int = 200) -> Response:
    office_id = current_actor().office_id or 0
    return render_page("people/letters.html", rows=queries.letters_of(office_id), form=form, status=status, **_words())


def _held_form() -> HeldKindsForm:
    is_sent = request.method == "POST"
    form = HeldKindsForm() if is_sent else HeldKindsForm(kinds=queries.held_kinds(current_actor().office_id or 0))
    form.kinds.choices = [(code, translate(kind.label)) for code, kind in KINDS.items()]
    return form


def _words() -> dict[str, Any]:
    return {
        "states": {state: translate(word) for state, word in queries.STATES.items()},
        "kinds": {code: translate(kind.label) for code, kind in KINDS.items()},
        "ways": {channel: translate(CHANNELS[channel]) for channel in OUTSIDE},
    }


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS, sort="urgency")
