"""What a browser keeps of earlier sign-ins: by what name accounts know it, and tokens of accounts that trust it.

Neither signs anybody in. The first lets wrong passwords of strangers leave the owner alone (OWASP: device cookies); the
second stands for the second factor alone, as long as its row lives.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

KNOWN, TRUSTED = "known_browser", "trusted_browser"
MOST = 12
"""Accounts that one browser is remembered for: a staff room's computer."""
_KEPT_FOR = timedelta(days=365)


def known_as() -> Mapping[int, str]:
    """By account: the name under which this browser is known to it."""
    try:
        kept = _serializer().loads(request.cookies.get(_name(KNOWN), ""))
        return {int(account): str(name) for account, name in kept.items()}
    except (BadSignature, AttributeError, ValueError):
        return {}


def trusted_tokens() -> list[str]:
    """The tokens of the accounts that trust this browser."""
    return re.findall(r"[\w-]{20,60}", request.cookies.get(_name(TRUSTED), ""))[:MOST]


def remember(response: Response, account_id: int, trusted: str = "") -> None:
    """Let the browser keep that this account was signed in in it, and the token by which it is trusted from now on."""
    names = {account: name for account, name in known_as().items() if account != account_id}
    names[account_id] = known_as().get(account_id) or secrets.token_urlsafe(9)
    latest = dict(list(names.items())[-MOST:])
    _set(response, KNOWN, str(_serializer().dumps({str(account): name for account, name in latest.items()})))
    if trusted:
        _set(response, TRUSTED, ".".join([*trusted_tokens(), trusted][-MOST:]))


def _set(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        _name(name),
        value,
        max_age=_KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def _name(name: str) -> str:
    """As the session's own: over TLS bound to the very host."""
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=KNOWN)
