"""Uploaded files under an address of their own, by setting: a page that hides in one finds nobody signed in there.

The site's own address decides who may see a file, then sends the browser to the other with a signed word that says
which, and until when. At the other address nothing else answers, and no cookie of the site ever comes along.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from flask import Flask, current_app, g, redirect, request
from itsdangerous import BadData, URLSafeTimedSerializer

from contest_portal.core.errors import NotFound
from contest_portal.core.headers import origin_of
from contest_portal.core.sealing import sealer

if TYPE_CHECKING:
    from flask import Response

PATH = "/signed-files/"
GOOD_SECONDS = 600
FILM_SECONDS = 3 * 3600
"""A film is fetched range by range for as long as somebody watches it."""


def require_usable(app: Flask) -> None:
    """Raises ValueError where files would have the site's own address, or the site none."""
    settings = app.config["SETTINGS"]
    if settings.files_url and origin_of(settings.public_url) in {"", origin_of(settings.files_url)}:
        raise ValueError("CONTEST_PORTAL_FILES_URL needs CONTEST_PORTAL_PUBLIC_URL, and another host than that")


def send_elsewhere(what: dict[str, Any]) -> Response | None:
    """The way to the file's own address; None where files have none. `what` comes back from `signed`.

    The word is sealed as well as signed: a file's name may hold a person's, and addresses land in histories and logs.
    """
    origin = origin_of(current_app.config["SETTINGS"].files_url)
    if not origin:
        return None
    word = urlsafe_b64encode(sealer().seal(json.dumps(what))).decode()
    answer: Any = redirect(f"{origin}{PATH}{_signer().dumps(word)}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def signed(token: str) -> dict[str, Any]:
    """What the word says. Raises NotFound for any other word, for one that is too old, and at the site's own address."""
    if not g.get("at_files_origin"):
        raise NotFound
    try:
        word = _signer().loads(token, max_age=FILM_SECONDS)
        what: dict[str, Any] = json.loads(sealer().open(urlsafe_b64decode(word)))
        if not what.get("long"):
            _signer().loads(token, max_age=GOOD_SECONDS)
    except (BadData, InvalidTag, TypeError, ValueError):
        raise NotFound from None
    return what


def init_own_origin(app: Flask) -> None:
    """Know which of the two addresses was asked; at that of files, answer nothing else."""
    require_usable(app)
    settings = app.config["SETTINGS"]
    host = origin_of(settings.files_url).partition("://")[2]
    if not host:
        return

    @app.before_request
    def tell_apart() -> None:
        g.at_files_origin = request.host.lower() == host.lower()
        if g.at_files_origin and not request.path.startswith((PATH, "/healthz", "/readyz")):
            raise NotFound

    @app.after_request
    def let_the_site_show_it(response: Response) -> Response:
        if g.get("at_files_origin") and response.status_code < 400:
            policy = response.headers["Content-Security-Policy"]
            site = origin_of(settings.public_url)
            response.headers["Content-Security-Policy"] = policy.replace(
                "frame-ancestors 'self'", f"frame-ancestors {site}"
            )
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            response.headers.pop("X-Frame-Options", None)  # it knows no other origin; the policy says which
        return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="contest-portal.files")
