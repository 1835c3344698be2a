"""Asking again who it is, on top of a form that was sent: its fields stay on the page and go on with the answer."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for

from contest_portal.core import kept_forms
from contest_portal.core.actor import Actor
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.pages import is_htmx, render_page, wants_json
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.rate_limits import failed, limiter
from contest_portal.core.sent_addresses import parts_of
from contest_portal.core.step_up import Act, act_of, asked_by, state_purpose
from contest_portal.people.forms.factors import AgainForm
from contest_portal.people.queries.factors import factors_of
from contest_portal.people.services import confirming, passkeys
from contest_portal.people.views.account import local_path
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.second_factor import FAILED_PROOFS, site_here


def ask_again(actor: Actor, act: Act) -> Any:
    """None when this act may go on in this request, else the page that asks. What was sent is kept in the page."""
    form = AgainForm()
    if request.method == "POST" and _is_answer():
        _take_answer(actor, act, form)
    if not form.errors and not form.form_errors and _is_settled(actor, act):
        if act.gives_file and request.method == "POST" and _is_answer():
            return _go_on(act, _back(form))  # a file alone would leave the browser on the page that asks
        state_purpose(confirming.purpose_of(actor, act) if act.asks else "")
        return None
    if wants_json():
        raise confirming.NotConfirmed
    if is_htmx() or request.method in {"GET", "HEAD"}:
        return _to_own_page()
    return _page(actor, act, form, target=request.full_path.rstrip("?"), back=_back(form))


asked_by(ask_again)


@bp.route("/account/confirm", methods=["GET", "POST"])
@limiter.limit(FAILED_PROOFS, methods=["POST"], deduct_when=failed)
@permission("people.own_account")
def confirm_again() -> Response:
    """Ask on a page of its own, where a link or a button within a page was pressed; then go on to there."""
    actor, form = current_actor(), AgainForm()
    act, onward = act_of(request.args.get("act", "")), local_path(request.args.get("next", ""))
    if act is None or not onward:
        raise NotFound
    if request.method == "POST":
        _take_answer(actor, act, form)
    if not form.errors and not form.form_errors and _is_settled(actor, act):
        return render_page("people/confirmed.html", name=translate(act.name), onward=onward, fields=None, back="")
    return _page(actor, act, form, target=request.full_path, back=url_for("people.start"))


@bp.post("/account/confirm/passkey")
@limiter.limit("60 per 10 minutes")
@permission("people.own_account")
def ask_for_own_signature() -> Response:
    """What the browser is asked to sign with a passkey, as JSON."""
    actor = current_actor()
    options = passkeys.ask_to_sign(actor, actor.account_id or 0, actor.session_token, site_here(), alone=True)
    return Response(options, mimetype="application/json")


def _is_answer() -> bool:
    return "again-password" in request.form


def _is_settled(actor: Actor, act: Act) -> bool:
    said = not act.asks or bool(confirming.purpose_of(actor, act))
    return said and confirming.is_confirmed(actor)


def _take_answer(actor: Actor, act: Act, form: AgainForm) -> None:
    """Take what was given: who it is first, for a purpose of somebody else's is none."""
    try:
        if not confirming.is_confirmed(actor):
            confirming.confirm(
                actor,
                password=form.password.data or "",
                code=form.code.data or "",
                passkey=form.passkey.data or "",
                site=site_here(),
            )
        if act.asks and not confirming.purpose_of(actor, act):
            confirming.state_purpose(actor, act, form.purpose.data or "")
    except DomainError as error:
        form.passkey.data = ""
        form.show(error)


def _to_own_page() -> Response:
    """Where the act is a link, or a button that fills a part of the page: the way back is to the page itself."""
    current = parts_of(request.headers.get("HX-Current-URL", ""))
    here = f"{current.path}?{current.query}".rstrip("?") if is_htmx() else request.full_path.rstrip("?")
    target = url_for("people.confirm_again", act=request.endpoint, next=here or url_for("people.start"))
    if is_htmx():
        return Response(status=403, headers={"HX-Redirect": target})
    return redirect(target)  # type: ignore[return-value]


def _go_on(act: Act, back: str) -> Response:
    """The button that fetches the file, with what was sent, and the way back to the page where it was asked for."""
    onward = request.full_path.rstrip("?")
    name, fields = translate(act.name), kept_forms.fields()
    return render_page("people/confirmed.html", name=name, onward=onward, fields=fields, back=back)


def _back(form: AgainForm) -> str:
    """The page where the act was asked for: the form remembers it, for a second try comes from the page that asks."""
    came_from = parts_of(request.referrer or "")
    here = f"{came_from.path}?{came_from.query}".rstrip("?") if came_from.netloc == request.host else ""
    return local_path(form.back.data or "") or local_path(here) or url_for("people.start")


def _page(actor: Actor, act: Act, form: AgainForm, *, target: str, back: str) -> Response:
    has_failed = bool(form.errors or form.form_errors)
    found = factors_of(actor.account_id or 0)
    return render_page(
        "people/confirm_again.html",
        form=form,
        name=translate(act.name),
        target=target,
        back=back,
        fields=kept_forms.fields() if request.endpoint != "people.confirm_again" else [],
        has_files=any(one.filename for one in request.files.values()),
        asks_proof=not confirming.is_confirmed(actor),
        asks=translate(act.asks) if act.asks and not confirming.purpose_of(actor, act) else "",
        example=translate(act.example),
        has_app=found.app is not None,
        has_passkeys=bool(found.passkeys),
        minutes=int(confirming.fresh_for().total_seconds() // 60),
        status=422 if has_failed else 403,
    )
