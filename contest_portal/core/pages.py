"""What all pages share: rendering, filters, caching, request ids, errors as pages, languages, notices."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from contest_portal.core import clock, i18n, kept_forms
from contest_portal.core.database import db, forget_transaction
from contest_portal.core.durable_files import FULL
from contest_portal.core.errors import DomainError
from contest_portal.core.list_documents import text_of
from contest_portal.core.navigation import link_to, navigation_for, public_links
from contest_portal.core.notices import unread_count
from contest_portal.core.permissions import current_actor_or_none, look_nobody_up, may
from contest_portal.core.rate_limits import minutes_to_wait
from contest_portal.core.storage import StorageFull
from contest_portal.core.text import N_

STATIC_SECONDS = 31_536_000
RETRY_SECONDS = 5
"""After so long who was told to come later may come."""
AWAY = (OperationalError, InterfaceError, NoConnectionFree)
"""What is raised where the database is busy, full, away, or was away a moment ago."""
TROUBLE = {
    500: N_("系统在处理您的请求时出错，错误已被记录。您刚才的操作可能没有保存。"),
    503: N_("系统此刻繁忙或正在恢复，您刚才的操作可能没有保存。请稍后再试。"),
}


class _Csrf(CSRFProtect):
    """As the library's, which falls over a part of a form that has no name."""

    def protect(self, *arguments: Any, **named: Any) -> None:
        if None in request.form:
            raise BadRequest
        super().protect(*arguments, **named)


csrf = _Csrf()
_rendering: ContextVar[str] = ContextVar("rendering", default="")


class QueryWhileRendering(AssertionError):
    """A template reached for the database: read what it shows in `queries.py` beforehand."""


def init_pages(app: Flask) -> None:
    """Give `app` its filters and error pages."""
    csrf.init_app(app)
    app.jinja_env.filters.update(
        day=i18n.day,
        minute=i18n.minute,
        second=i18n.second,
        size=i18n.size,
        points=i18n.points,
        share=i18n.share,
        yes_no=i18n.yes_no,
        role_name=i18n.role_name,
        sex_name=i18n.sex_name,
        tr=i18n.translate,
        list_value=text_of,
    )
    app.jinja_env.globals.update(asset=asset, may=may, link_to=link_to, csrf_token=generate_csrf)
    app.before_request(_begin)
    app.after_request(_caching)
    app.register_error_handler(DomainError, show_domain_error)
    app.register_error_handler(CSRFError, _show_csrf_error)
    for error in AWAY:
        app.register_error_handler(error, _show_busy)
    app.register_error_handler(DBAPIError, _show_broken_connection)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Exception, _show_failure)
    if app.testing or app.debug:
        with app.app_context():
            _forbid_queries_while_rendering()


def _forbid_queries_while_rendering() -> None:
    @event.listens_for(db.engine, "before_cursor_execute")
    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if template := _rendering.get():
            raise QueryWhileRendering(f"{template} ran: {statement[:200]}")


def render_page(template: str, *, status: int = 200, **values: Any) -> Response:
    """Render a whole page, or a fragment of one (HTMX), which stands in a folder `partials` and has no shell around it.
    Everything the page shows is in `values` or read here for the shell."""
    shell = {} if "/partials/" in template else _shell()
    token = _rendering.set(template)
    try:
        with i18n.one_language():
            text = render_template(template, **{**shell, **values})
    finally:
        _rendering.reset(token)
    return Response(text, status=status, mimetype="text/html")


def _shell() -> dict[str, Any]:
    """What the layouts show around every page."""
    actor = current_actor_or_none()
    return {
        "actor": actor,
        "navigation": navigation_for(actor),
        "public_links": public_links(),
        "office_name": actor.membership.place_name if actor and actor.membership else "",
        "unread_notices": unread_count(actor.account_id) if actor and actor.account_id else 0,
        "server_time": clock.local(clock.now()),
        "lang": i18n.current_language(),
        "languages": i18n.LANGUAGES,
    }


def asset(name: str) -> str:
    """The address of a built browser file such as `app.css`."""
    manifest: Mapping[str, str] | None = current_app.extensions.get("assets")
    if manifest is None or current_app.debug:
        path = Path(__file__).parent / "static" / "dist" / "manifest.json"
        manifest = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        current_app.extensions["assets"] = manifest
    return url_for("static", filename=f"dist/{manifest.get(name, name)}")


def is_htmx() -> bool:
    """Whether HTMX asked, so that a fragment is wanted rather than a page."""
    return request.headers.get("HX-Request") == "true"


def wants_json() -> bool:
    """Whether the client asked for JSON before HTML."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _begin() -> None:
    g.sign_in_answer = sign_in_answer


def _caching(response: Response) -> Response:
    if "began" in g:
        response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - g.began) * 1000:.1f}"
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" not in response.headers:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if request.endpoint == "static":
        response.headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}, immutable"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if current_actor_or_none() else "no-cache"
    return response


def sign_in_answer() -> Any:
    """Ask to sign in; keep what was being sent, and come back afterwards."""
    login = "people.login"
    target = (
        url_for(login, next=request.full_path.rstrip("?"))
        if request.method in {"GET", "HEAD"}
        else url_for(login, kept=kept_forms.keep())
    )
    if is_htmx() or wants_json():
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target)


def show_domain_error(error: DomainError) -> Response:
    """The error as JSON, fragment or page."""
    text = i18n.translate(error.message)
    if wants_json():
        problems = [{"field": p.field, "message": i18n.translate(p.message)} for p in error.problems]
        body = json.dumps({"code": error.code, "message": text, "problems": problems}, ensure_ascii=False)
        return Response(body, status=error.status, mimetype="application/json")
    forget_transaction()
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE and not is_htmx():
        return _trouble_page(error.status, error=error, message=text)
    template = "core/errors/fragment.html" if is_htmx() else _template_for(error.status)
    switch_to = g.get("fitting_memberships", []) if request.method == "GET" else []
    here = request.full_path.rstrip("?")
    return render_page(
        template, status=error.status, error=error, message=text, back=_back(), switch_to=switch_to, here=here
    )


def _show_csrf_error(error: CSRFError) -> Response:
    """The page was open too long: show what was typed and let it be sent again by the same person."""
    if kept_forms.may_resume():
        return resume_page(request.full_path.rstrip("?"), kept_forms.fields(), status=400)
    return render_page("core/errors/expired.html", status=400, message=str(error.description), back=_back())


def resume_page(target: str, fields: Sequence[tuple[str, str]], *, status: int = 200) -> Response:
    """What was typed, ready to be sent again to where it was going."""
    return render_page("core/resume.html", status=status, target=target, fields=fields, typed=kept_forms.typed(fields))


def _show_busy(error: SQLAlchemyError) -> Response:
    current_app.logger.error("database: %s", type(getattr(error, "orig", error)).__name__)
    return _trouble_page(503)


def _show_broken_connection(error: DBAPIError) -> Response:
    """Whatever a driver raises when the connection breaks under its hands; all else is a failure."""
    return _show_busy(error) if error.connection_invalidated else _show_failure(error)


def _show_http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, RequestEntityTooLarge):
        forget_transaction()
    if error.code == HTTPStatus.INTERNAL_SERVER_ERROR:  # an error page failed too
        return _trouble_page(error.code)
    wait = minutes_to_wait() if error.code == HTTPStatus.TOO_MANY_REQUESTS else 0
    response = render_page(_template_for(error.code), status=error.code, message="", back=_back(), minutes=wait)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _show_failure(error: Exception) -> Response:
    if isinstance(error, OSError) and error.errno in FULL:
        current_app.logger.error("request %s: the disk is full", g.get("request_id"))
        return show_domain_error(StorageFull())
    if current_app.testing:
        raise error
    current_app.logger.error("request %s failed", g.get("request_id"), exc_info=error)
    return _trouble_page(500)


def _trouble_page(status: int, message: str = "", **values: Any) -> Response:
    """500 or 503, to people or scripts. Nothing is read for it: the database itself may be what is away."""
    forget_transaction()
    look_nobody_up()
    if wants_json():
        said = message or i18n.translate(TROUBLE[status])
        body = json.dumps({"code": f"core.{status}", "message": said, "problems": []}, ensure_ascii=False)
        response = Response(body, status=status, mimetype="application/json")
    else:
        language = {"lang": i18n.current_language(), "languages": i18n.LANGUAGES}
        text = render_template(f"core/errors/{status}.html", message=message, back=_back(), **language, **values)
        response = Response(text, status=status, mimetype="text/html")
    return response


def _template_for(status: int) -> str:
    own = {403, 404, 409, 413, 429, 500, 503}
    return f"core/errors/{status}.html" if status in own else "core/errors/domain.html"


def _back() -> str:
    """The page that the person came from, when it is one of ours; else the start page."""
    referrer = request.referrer or ""
    return referrer if referrer.startswith(request.host_url) and request.method != "GET" else "/"
