"""The address of a one-time link: by the setting `public_url`, else by the host that is being asked."""

from __future__ import annotations

from flask import current_app, has_request_context, request

LOCAL = "http://127.0.0.1:8000"


def link_to_invitation(code: str) -> str:
    """The whole address that a person opens or scans. Works on the command line too."""
    return _whole("people.show_invitation", code=code)


def link_to_confirmation(token: str) -> str:
    """The whole address that confirms where somebody is reached."""
    return _whole("people.show_confirmation", link=token)


def _whole(endpoint: str, **values: str) -> str:
    base: str = current_app.config["SETTINGS"].public_url
    if not base:
        base = request.host_url if has_request_context() else LOCAL
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{base.rstrip('/')}{path}"
