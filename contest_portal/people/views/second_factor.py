"""One's own second factor: app, passkeys, codes on paper, trusted devices."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.qr import qr_svg
from contest_portal.core.rate_limits import failed, limiter
from contest_portal.people.code_apps import app_address
from contest_portal.people.forms.factors import CodeAppForm, ConfirmForm, PasskeyForm
from contest_portal.people.models import Passkey, TrustedDevice
from contest_portal.people.queries import accounts as account_queries
from contest_portal.people.queries import factors as queries
from contest_portal.people.services import confirming, factors, passkeys
from contest_portal.people.services.passkeys import Site
from contest_portal.people.services.trusted_devices import end_trust
from contest_portal.people.views.blueprint import bp

FAILED_PROOFS = "40 per 10 minutes; 300 per day"


def site_here() -> Site:
    """What passkeys are bound to: the public address by setting, else the one that is asked."""
    parts = urlsplit(current_app.config["SETTINGS"].public_url or request.host_url)
    return Site(parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}", _("青少年科技创新大赛"))


@bp.get("/account/second-factor")
@permission("people.own_account")
def second_factor() -> Response:
    """What one has, and the ways to have more."""
    actor = current_actor()
    found = queries.factors_of(actor.account_id or 0)
    return render_page(
        "people/second_factor.html",
        factors=found,
        may_make_passkeys=_may_make_passkeys(),
        actor_must=actor.must_add_factor,
    )


@bp.route("/account/second-factor/app", methods=["GET", "POST"])
@limiter.limit(FAILED_PROOFS, methods=["POST"], deduct_when=failed)
@permission("people.own_account")
def add_code_app() -> Response:
    """Show a fresh secret, and register the app that answers with its first code."""
    actor, form = current_actor(), CodeAppForm()
    if form.validate_on_submit():
        try:
            _confirm_where_asked(form)
            codes = factors.add_app(actor, form.offer.data or "", form.code.data or "")
        except DomainError as error:
            form.show(error)
        else:
            return _added(codes, _("验证器已设置。"))
    offer = factors.offer_app(actor, form.offer.data or "")
    form.offer.data = offer.sealed
    account = account_queries.account(actor.account_id or 0)
    address = app_address(offer.secret, account=account.login_name or account.name, site=site_here().name)
    groups = [offer.secret[start : start + 4] for start in range(0, len(offer.secret), 4)]
    return render_page(
        "people/code_app.html",
        form=form,
        secret=" ".join(groups),
        address=address,
        picture=f"data:image/svg+xml;base64,{base64.b64encode(qr_svg(address).encode()).decode()}",
        asks_password=not confirming.is_confirmed(actor),
        status=422 if form.errors or form.form_errors else 200,
    )


@bp.route("/account/second-factor/app/remove", methods=["GET", "POST"])
@limiter.limit(FAILED_PROOFS, methods=["POST"], deduct_when=failed)
@permission("people.own_account")
def remove_code_app() -> Response:
    """Take the app off, after the password."""
    return _after_password(
        lambda: factors.remove_app(current_actor()), title=_("移除验证器"), done=_("验证器已移除。"), yes=_("移除")
    )


@bp.route("/account/second-factor/passkeys", methods=["GET", "POST"])
@limiter.limit(FAILED_PROOFS, methods=["POST"], deduct_when=failed)
@permission("people.own_account")
def add_passkey() -> Response:
    """Register a passkey that the browser has made."""
    actor, form = current_actor(), PasskeyForm()
    if form.validate_on_submit():
        try:
            _confirm_where_asked(form)
            codes = factors.add_passkey(actor, form.name.data or "", form.passkey.data or "", site_here())
        except DomainError as error:
            form.passkey.data = ""
            form.show(error)
        else:
            return _added(codes, _("通行密钥已添加。"))
    return render_page(
        "people/passkey.html",
        form=form,
        asks_password=not confirming.is_confirmed(actor),
        may_make_passkeys=_may_make_passkeys(),
        status=422 if form.errors or form.form_errors else 200,
    )


@bp.post("/account/second-factor/passkeys/ask")
@permission("people.own_account")
def ask_for_passkey() -> Response:
    """What the browser is asked to make a passkey by, as JSON."""
    actor = current_actor()
    account = account_queries.account(actor.account_id or 0)
    return Response(passkeys.ask_to_make(actor, account, site_here()), mimetype="application/json")


@bp.route("/account/second-factor/passkeys/<int:passkey_id>/remove", methods=["GET", "POST"])
@limiter.limit(FAILED_PROOFS, methods=["POST"], deduct_when=failed)
@permission("people.own_passkey", of=queries.passkey)
def remove_passkey(key: Passkey) -> Response:
    """Take a passkey off, after the password."""
    return _after_password(
        lambda: factors.remove_passkey(current_actor(), key.id),
        title=_("移除通行密钥“%(name)s”", name=key.name),
        done=_("通行密钥已移除。"),
        yes=_("移除"),
    )


@bp.route("/account/second-factor/codes", methods=["GET", "POST"])
@limiter.limit(FAILED_PROOFS, methods=["POST"], deduct_when=failed)
@permission("people.own_account")
def make_recovery_codes() -> Response:
    """Fresh codes on paper, after the password."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            confirming.confirm(current_actor(), password=form.password.data or "")
            codes = factors.make_codes(current_actor())
        except DomainError as error:
            form.show(error)
        else:
            return _codes_page(codes)
    return _confirm_page(form, title=_("重新生成恢复码"), yes=_("生成新的恢复码"))


@bp.post("/account/trusted-devices/<int:device_id>/end")
@permission("people.own_device", of=queries.trusted_device)
def end_trusted_device(device: TrustedDevice) -> Response:
    """Ask for the second factor in that browser again."""
    end_trust(current_actor(), device.id)
    flash(_("下次在那台设备上登录时，将再次要求二次验证。"), "success")
    return redirect(url_for("people.second_factor"))  # type: ignore[return-value]


def _confirm_where_asked(form: CodeAppForm | PasskeyForm) -> None:
    if form.password.data:
        confirming.confirm(current_actor(), password=form.password.data)


def _added(codes: list[str], said: str) -> Response:
    flash(said, "success")
    if codes:
        return _codes_page(codes)
    return redirect(url_for("people.second_factor"))  # type: ignore[return-value]


def _after_password(act: Callable[[], None], *, title: str, done: str, yes: str) -> Response:
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            confirming.confirm(current_actor(), password=form.password.data or "")
            act()
        except DomainError as error:
            form.show(error)
        else:
            flash(done, "success")
            return redirect(url_for("people.second_factor"))  # type: ignore[return-value]
    return _confirm_page(form, title=title, yes=yes)


def _confirm_page(form: ConfirmForm, *, title: str, yes: str) -> Response:
    return render_page(
        "people/factor_confirm.html",
        form=form,
        heading=title,
        yes=yes,
        status=422 if form.errors or form.form_errors else 200,
    )


def _codes_page(codes: list[str]) -> Response:
    account = account_queries.account(current_actor().account_id or 0)
    return render_page("people/recovery_codes.html", codes=codes, account=account)


def _may_make_passkeys() -> bool:
    """Browsers make passkeys for names of hosts alone, and only over TLS or on the machine itself."""
    host = site_here().host
    return not host.replace(".", "").isdigit() and ":" not in host
