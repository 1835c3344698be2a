"""The second step of signing in."""

from __future__ import annotations

from flask import Response, current_app, redirect, request, session, url_for

from contest_portal.core.errors import DomainError
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.core.rate_limits import failed, limiter
from contest_portal.people.device_cookies import remember
from contest_portal.people.forms.factors import FactorForm
from contest_portal.people.models import Account
from contest_portal.people.queries.factors import factors_of
from contest_portal.people.services import passkeys, second_factor
from contest_portal.people.sessions import sign_in_browser, visitor
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.second_factor import FAILED_PROOFS, site_here

AWAITING, ONWARD = "awaiting", "onward"


def entered(account: Account, token: str, onward: str, trusted: str = "") -> Response:
    """Put the session into the browser, or ask for the second factor first; then go on where one was."""
    session.clear()
    if second_factor.awaiting(token) is not None:
        session[AWAITING], session[ONWARD] = token, onward
        return redirect(url_for("people.give_factor"))  # type: ignore[return-value]
    sign_in_browser(account, token)
    answer: Response = redirect(onward)  # type: ignore[assignment]
    remember(answer, account.id, trusted)
    return answer


@bp.route("/login/factor", methods=["GET", "POST"])
@limiter.limit(FAILED_PROOFS, methods=["POST"], deduct_when=failed)
@permission("people.public")
def give_factor() -> Response:
    """Ask for a code or a passkey, and sign in by it."""
    token, form = session.get(AWAITING, ""), FactorForm()
    waiting = second_factor.awaiting(token)
    if waiting is None:
        return redirect(url_for("people.login"))  # type: ignore[return-value]
    if form.validate_on_submit():
        try:
            account, fresh, device = _passed(form, token)
        except DomainError as error:
            form.passkey.data = ""
            form.show(error)
        else:
            return entered(account, fresh, session.get(ONWARD) or url_for("people.start"), device)
    found = factors_of(waiting.account_id)
    return render_page(
        "people/login_factor.html",
        form=form,
        has_app=found.app is not None,
        has_passkeys=bool(found.passkeys),
        days=current_app.config["SETTINGS"].trusted_device_days,
        status=422 if form.errors or form.form_errors else 200,
    )


@bp.post("/login/factor/passkey")
@limiter.limit("60 per 10 minutes")
@permission("people.public")
def ask_for_signature() -> Response:
    """What the browser is asked to sign with a passkey, as JSON."""
    token = session.get(AWAITING, "")
    waiting = second_factor.awaiting(token)
    if waiting is None:
        raise second_factor.SignInOver
    options = passkeys.ask_to_sign(visitor(), waiting.account_id, token, site_here())
    return Response(options, mimetype="application/json")


def _passed(form: FactorForm, token: str) -> tuple[Account, str, str]:
    browser, trusts = request.user_agent.string, bool(form.trusts.data)
    if form.passkey.data:
        return second_factor.pass_by_passkey(
            visitor(), token, form.passkey.data, site_here(), browser=browser, trusts=trusts
        )
    return second_factor.pass_by_code(visitor(), token, form.code.data or "", browser=browser, trusts=trusts)
