"""Pages that belong to no room: language, notices, health, the style guide while developing."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from contest_portal.core import audit_views, job_views, manuals, notices, styleguide
from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import LANGUAGE_COOKIE, LANGUAGES, translate
from contest_portal.core.operating.readiness import is_ready, readiness
from contest_portal.core.outbox import sending  # noqa: F401 - its job must be known wherever pages are served
from contest_portal.core.outbox.kinds import KINDS
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, current_actor_or_none, permission
from contest_portal.core.sent_addresses import parts_of

bp = Blueprint("core", __name__, template_folder="templates")
blueprints = [bp, job_views.bp, audit_views.bp]

HELP_PARTS = ("visitor", "teacher", "school_manager", "judge", "office")
"""Whom the help page speaks to; all roles of an office are spoken to together."""


@bp.post("/language")
@permission("core.public")
def choose_language() -> Response:
    """Remember the visitor's language for a year."""
    chosen = request.form.get("language", "")
    target = parts_of(request.form.get("next", "/")).path or "/"
    response = redirect(target if target.startswith("/") and not target.startswith("//") else "/")
    if chosen in LANGUAGES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31_536_000, samesite="Lax", httponly=True, secure=secure)
    return response  # type: ignore[return-value]


@bp.get("/notices")
@permission("core.notices")
def show_notices() -> Response:
    """The account's notices, all or those of one kind."""
    account_id = current_actor().account_id or 0
    kind = request.args.get("kind", "")
    chosen = kind if kind in KINDS else ""
    return render_page(
        "core/notices.html", notices=notices.notices_of(account_id, chosen), kinds=_tabs(account_id, chosen)
    )


def _tabs(account_id: int, chosen: str) -> list[dict[str, Any]]:
    """All, then each kind that the account has any of."""
    numbers = notices.kinds_of(account_id)
    words = {"": _("全部"), **{kind: translate(KINDS[kind].label) for kind in numbers}}
    counts = {"": sum(numbers.values()), **numbers}
    return [
        {
            "label": word,
            "url": url_for("core.show_notices", kind=kind or None),
            "active": kind == chosen,
            "count": counts[kind],
        }
        for kind, word in words.items()
    ]


@bp.post("/notices/read")
@permission("core.notices")
def read_notices() -> Response:
    """Mark all notices as read."""
    notices.mark_read(current_actor().account_id or 0)
    return redirect("/notices")  # type: ignore[return-value]


@bp.get("/help", endpoint="help")
@permission("core.public")
def show_help() -> Response:
    """How each role works with the program; the reader's own role stands first."""
    actor = current_actor_or_none()
    role = actor.role if actor else None
    own = "office" if role in OFFICE_ROLES else str(role or "visitor")
    return render_page("core/help.html", parts=sorted(HELP_PARTS, key=lambda part: part != own))


@bp.get("/help/<name>")
@permission("core.public")
def show_manual(name: str) -> Response:
    """One role's manual, whole."""
    return render_page("core/manual.html", manual=manuals.manual(name))


@bp.get("/csrf")
@permission("core.public")
def fresh_token() -> Response:
    """A fresh form token for a page that has been open for long."""
    return Response(generate_csrf(), mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get("/healthz")
@permission("core.public")
def health() -> Response:
    """Whether the process answers."""
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get("/readyz")
@permission("core.public")
def ready() -> Response:
    """Whether it can do its work now, part by part; 503 where nobody should be sent here."""
    found = readiness(current_app._get_current_object())  # type: ignore[attr-defined]
    text = json.dumps({"ready": is_ready(found), **found}) + "\n"
    status = HTTPStatus.OK if is_ready(found) else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(text, status, mimetype="application/json", headers={"Cache-Control": "no-store"})


@bp.get("/styleguide")
@permission("core.public")
def show_style_guide() -> Response:
    """All components on one page, while developing."""
    if not (current_app.debug or current_app.testing):
        raise NotFound
    return render_page("core/styleguide.html", **styleguide.samples())
