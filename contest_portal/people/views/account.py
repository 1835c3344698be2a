"""Signing in and out, going on where one was, one's own account, the start page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core import kept_forms
from contest_portal.core.actor import Role
from contest_portal.core.errors import DomainError
from contest_portal.core.navigation import add_item, navigation_for
from contest_portal.core.notices import notices_of
from contest_portal.core.pages import is_htmx, render_page, resume_page
from contest_portal.core.permissions import current_actor, current_actor_or_none, permission
from contest_portal.core.rate_limits import failed, limiter
from contest_portal.core.under_way import under_way
from contest_portal.people.device_cookies import known_as, trusted_tokens
from contest_portal.people.forms.accounts import LoginDataForm, LoginForm, MembershipForm, PasswordForm
from contest_portal.people.models import LoginSession
from contest_portal.people.phones import mask_phone
from contest_portal.people.queries import accounts as queries
from contest_portal.people.queries.factors import login_session
from contest_portal.people.services import accounts, signing_in
from contest_portal.people.services.factors import has_factor
from contest_portal.people.sessions import (
    accounts_lately_at,
    choose_membership,
    renew_session,
    sign_in_browser,
    sign_out_browser,
    visitor,
)
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.login_factor import entered

FAILED_LOGINS = "40 per 10 minutes; 300 per day"
TRIES_AN_ACCOUNT, DAILY_TRIES_AN_ACCOUNT = 5, 20
NOTICES_SHOWN = 5
_ALWAYS = {"people.logout", "core.choose_language", "core.fresh_token", "static"}
_WITHOUT_A_CHANGE = {"people.change_password", *_ALWAYS}
_WITHOUT_A_FACTOR = {
    "people.second_factor", "people.add_code_app", "people.add_passkey", "people.ask_for_passkey", *_ALWAYS,
}  # fmt: skip

add_item("", _l("工作台"), "people.start", icon="house-door", roles=list(Role), order=0)


@bp.before_app_request
def ask_for_a_password_of_ones_own() -> Response | None:
    """Whoever signed in with a password that somebody else chose sets another before anything else."""
    actor = current_actor_or_none()
    if actor is None or not actor.must_change_password or request.endpoint in _WITHOUT_A_CHANGE:
        return None
    return _led_to("people.change_password")


@bp.before_app_request
def ask_for_a_second_factor() -> Response | None:
    """Whoever needs a second factor and has none sets one up before anything else."""
    actor = current_actor_or_none()
    if actor is None or not actor.must_add_factor or actor.must_change_password:
        return None
    return None if request.endpoint in _WITHOUT_A_FACTOR else _led_to("people.second_factor")


def _led_to(endpoint: str) -> Response:
    target = url_for(endpoint)
    return Response(status=204, headers={"HX-Redirect": target}) if is_htmx() else redirect(target)  # type: ignore[return-value]


def _known_here() -> bool:
    """Whether this browser has been signed in to the account that is tried: then its tries are counted by themselves,
    and failures of others behind the same address do not keep its owner out."""
    known = known_as()
    account = signing_in.account_by_login(request.form.get("name", "")) if known else None
    return account is not None and account.id in known


@bp.get("/login")
@permission("people.public")
def login() -> Response:
    """The page on which one signs in."""
    form = LoginForm(next=request.args.get("next", ""), kept=request.args.get("kept", ""))
    if current_actor_or_none():
        return redirect(_onward(form))  # type: ignore[return-value]
    return _login_page(form)


def _failed_logins() -> str:
    """How many failures one address may have: a school's staff sit behind one, so each of them counts for some more.
    In steps of ten, for with another limit the counting begins anew."""
    accounts = -(-accounts_lately_at(request.remote_addr or "") // 10) * 10
    most, most_a_day = 40 + TRIES_AN_ACCOUNT * accounts, 300 + DAILY_TRIES_AN_ACCOUNT * accounts
    return f"{most} per 10 minutes; {most_a_day} per day"


@bp.post("/login")
@limiter.limit(_failed_logins, deduct_when=failed, exempt_when=_known_here)
@permission("people.public")
def sign_in() -> Response:
    """Sign in, and go on where one was."""
    form = LoginForm()
    if not form.validate_on_submit():
        return _login_page(form, status=400)
    try:
        account, token = signing_in.sign_in(
            visitor(),
            form.name.data or "",
            form.password.data or "",
            browser=request.user_agent.string,
            known_as=known_as(),
            trusted=trusted_tokens(),
        )
    except DomainError as error:
        form.show(error)
        return _login_page(form, status=error.status)
    return entered(account, token, _onward(form))


@bp.post("/logout")
@permission("people.own_account")
def logout() -> Response:
    """Sign this browser out."""
    sign_out_browser(current_actor())
    session.clear()
    flash(_("您已退出登录。"), "success")
    return redirect(url_for("people.login"))  # type: ignore[return-value]


@bp.get("/resume/<token>")
@permission("people.own_account")
def resume(token: str) -> Response:
    """What was typed when the session ran out, ready to be sent again."""
    kept = kept_forms.take(token, current_actor().account_id)
    if kept is None:
        flash(_("没有找到登录过期前填写的内容，它最多保留一天。"), "warning")
        return redirect(url_for("people.start"))  # type: ignore[return-value]
    return resume_page(*kept)


@bp.get("/work")
@permission("people.own_account")
def start() -> Response:
    """Where one begins: what waits, and the ways to everything one may do."""
    actor = current_actor()
    sections = navigation_for(actor)
    links = [link for section in sections for link in section.items if link.url != url_for("people.start")]
    return render_page(
        "people/start.html",
        sections=sections,
        blocks=under_way(actor),
        waiting=[link for link in links if link.badge],
        notices=notices_of(actor.account_id or 0)[:NOTICES_SHOWN],
    )


@bp.get("/account")
@permission("people.own_account")
def account() -> Response:
    """One's own account."""
    actor = current_actor()
    row = queries.account(actor.account_id or 0)
    return render_page(
        "people/account.html",
        account=row,
        phone=mask_phone(row.phone),
        browsers=queries.browsers_of(actor),
        has_factor=has_factor(row.id),
    )


@bp.route("/account/password", methods=["GET", "POST"])
@limiter.limit(FAILED_LOGINS, methods=["POST"], deduct_when=failed)
@permission("people.own_account")
def change_password() -> Response:
    """Change one's own password."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            changed = accounts.change_password(
                current_actor(), form.old_password.data or "", form.new_password.data or ""
            )
        except DomainError as error:
            form.show(error)
        else:
            sign_in_browser(changed, renew_session(current_actor()))
            flash(_("密码已修改，其他设备上的登录已退出。"), "success")
            return redirect(url_for("people.account"))  # type: ignore[return-value]
    return render_page("people/password.html", form=form, status=422 if form.errors else 200)


@bp.route("/account/login", methods=["GET", "POST"])
@limiter.limit(FAILED_LOGINS, methods=["POST"], deduct_when=failed)
@permission("people.own_account")
def change_login() -> Response:
    """Change what one signs in with."""
    form = LoginDataForm(obj=None if request.method == "POST" else queries.account(current_actor().account_id or 0))
    if form.validate_on_submit():
        try:
            accounts.change_login(
                current_actor(),
                login_name=form.login_name.data or "",
                phone=form.phone.data or "",
                password=form.password.data or "",
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("登录方式已修改。"), "success")
            return redirect(url_for("people.account"))  # type: ignore[return-value]
    return render_page("people/login_data.html", form=form, status=422 if form.errors else 200)


@bp.post("/account/sessions/end")
@permission("people.own_account")
def end_other_sessions() -> Response:
    """Sign one's other browsers out."""
    accounts.end_other_sessions(current_actor())
    flash(_("其他设备上的登录已退出。"), "success")
    return redirect(url_for("people.account"))  # type: ignore[return-value]


@bp.post("/account/sessions/<int:login_id>/end")
@permission("people.own_session", of=login_session)
def end_session(row: LoginSession) -> Response:
    """Sign one of one's browsers out; this one's way out is signing out."""
    accounts.end_session(current_actor(), row.id)
    flash(_("那台设备上的登录已退出。"), "success")
    return redirect(url_for("people.account"))  # type: ignore[return-value]


@bp.post("/account/membership")
@permission("people.own_account")
def switch_membership() -> Response:
    """Act in another of one's memberships, and open the page that asked for it."""
    form = MembershipForm()
    choose_membership(current_actor(), form.chosen)
    return redirect(local_path(form.next.data or "") or url_for("people.start"))  # type: ignore[return-value]


def _login_page(form: LoginForm, status: int = 200) -> Response:
    return render_page("people/login.html", form=form, note=current_app.config["SETTINGS"].login_note, status=status)


def _onward(form: LoginForm) -> str:
    if form.kept.data:
        return url_for("people.resume", token=form.kept.data)
    return local_path(form.next.data or "") or url_for("people.start")


def local_path(target: str) -> str:
    """The target when it is a path on this site, else an empty text."""
    try:
        parts = urlsplit(target)
    except ValueError:  # http://[
        return ""
    is_local = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
    return target if is_local and "\\" not in target and target.isprintable() else ""
