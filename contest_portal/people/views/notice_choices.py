"""One's own notices: where they come to, which of them, and the link that confirms an address."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.outbox.kinds import CHANNELS, IN_APP, MAIL
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, current_actor_or_none, permission
from contest_portal.core.rate_limits import limiter
from contest_portal.people.forms.notices import AddressForm
from contest_portal.people.notice_addresses import mask_address
from contest_portal.people.queries import notice_choices as queries
from contest_portal.people.services import notice_choices as services
from contest_portal.people.sessions import visitor
from contest_portal.people.views.blueprint import bp

MOST_LINKS = "200 per hour"
"""From one address, behind which a whole school or county may sit; each account has a limit of its own."""


@bp.get("/account/notices")
@permission("people.own_account")
def notice_choices() -> Response:
    """The page of both."""
    return _page()


@bp.post("/account/notices")
@permission("people.own_account")
def save_notice_choices() -> Response:
    """Choose which kinds come by which way. Fields are named by channel; what is not ticked is not sent."""
    shown = queries.channels()
    services.choose(current_actor(), {channel: request.form.getlist(channel) for channel in shown}, shown)
    flash(_("通知设置已保存。"), "success")
    return redirect(url_for("people.notice_choices"))  # type: ignore[return-value]


@bp.post("/account/notices/address")
@limiter.limit(MOST_LINKS)
@permission("people.own_account")
def give_notice_address() -> Response:
    """Ask to be reached there; the link that confirms it is sent."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _page(form)
    try:
        row = services.give_address(current_actor(), form.channel.data or "", form.address.data or "")
    except DomainError as error:
        form.show(error)
        return _page(form)
    where = _("邮箱") if row.channel == MAIL else _("手机")
    flash(_("确认链接已发往您的%(where)s，请在两天内打开并确认。", where=where), "success")
    return redirect(url_for("people.notice_choices"))  # type: ignore[return-value]


@bp.post("/account/notices/address/remove")
@permission("people.own_account")
def remove_notice_address() -> Response:
    """Nothing more goes there."""
    services.remove_address(current_actor(), request.form.get("channel", ""))
    flash(_("已删除，不再往那里发通知。"), "success")
    return redirect(url_for("people.notice_choices"))  # type: ignore[return-value]


@bp.get("/notices/confirm/<link>")
@permission("people.public")
def show_confirmation(link: str) -> Response:
    """What the link leads to: a page with a button. Opening alone confirms nothing, since mail filters open links."""
    row = queries.address_of_token(link)
    masked = mask_address(row.channel, row.address) if row else ""
    return render_page("people/notice_confirm.html", link=link, address=masked, status=200 if row else 404)


@bp.post("/notices/confirm/<link>")
@permission("people.public")
def confirm_notice_address(link: str) -> Response:
    """From now on notices come there."""
    services.confirm_address(link, current_actor_or_none() or visitor())
    flash(_("已确认。以后的通知会发到这里，可随时在「通知设置」中更改。"), "success")
    target = "people.notice_choices" if current_actor_or_none() else "people.login"
    return redirect(url_for(target))  # type: ignore[return-value]


def _page(form: AddressForm | None = None) -> Response:
    account_id = current_actor().account_id or 0
    ways = queries.channels()
    addresses = queries.addresses_of(account_id)
    forms = {way: _form_of(way, form) for way in ways if way != IN_APP}
    return render_page(
        "people/notice_choices.html",
        choices=queries.choices_of(account_id),
        ways={way: translate(CHANNELS[way]) for way in ways},
        addresses={way: (row, mask_address(way, row.address)) for way, row in addresses.items() if way in ways},
        forms=forms,
        status=422 if form else 200,
    )


def _form_of(channel: str, sent: AddressForm | None) -> AddressForm:
    """A form for each way; ids differ, so that labels find their fields."""
    form = sent if sent is not None and sent.channel.data == channel else AddressForm(formdata=None, channel=channel)
    form.address.id = f"address-{channel}"
    form.channel.id = f"channel-{channel}"
    return form
