"""What every answer tells the browser: what may be loaded and run, who may hold the page, that only TLS will do."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

HSTS = "max-age=31536000; includeSubDomains"
PERMISSIONS = ", ".join(
    [
        *(f"{one}=()" for one in (
            "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
            "microphone", "midi", "payment", "usb", "xr-spatial-tracking",
        )),
        "fullscreen=(self)",
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)  # fmt: skip
"""What of the device a page may use: a film fills the screen, a passkey signs in; nothing else is asked for."""


def init_headers(app: Flask) -> None:
    """Give every answer its headers, those that a view has set aside, and cookies their names and flags."""
    settings = app.config["SETTINGS"]
    policy = content_security_policy(origin_of(settings.files_url))
    secure = settings.secure_cookies
    # The prefix is the browser's own promise: set over TLS, by this host alone, for all of its paths.
    app.config["SESSION_COOKIE_NAME"] = "__Host-contest_portal" if secure else "contest_portal"
    app.config["SESSION_COOKIE_PATH"] = "/"

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Request-Id", g.get("request_id", ""))
        if secure and request.is_secure:
            headers.setdefault("Strict-Transport-Security", HSTS)
        return response


def content_security_policy(files: str = "") -> str:
    """The pages' policy: nothing inline, nothing from elsewhere but, with its own origin, uploaded `files`."""
    files = f" {files}" if files else ""
    return (
        f"default-src 'self'; img-src 'self' data:{files}; media-src 'self'{files}; frame-src 'self'{files}; "
        f"connect-src 'self'{files}; object-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    )


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; empty for none. Raises ValueError for what has no host or a path."""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"{url!r}: expected an address without a path, as https://files.example.org")
    return f"{parts.scheme}://{parts.netloc}"
