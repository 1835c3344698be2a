"""What somebody had typed when the session ran out: kept sealed for a day, given back after signing in.

Works without JavaScript and for every form: the fields are shown on a page that sends them again, with a fresh token,
to where they were going. Files cannot be kept; the page says so.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

from flask import request
from sqlalchemy import delete, select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import KeptForm
from contest_portal.core.sealing import digest, sealer

KEEP = timedelta(days=1)
MOST_BYTES = 200_000
NEVER_KEPT = {"csrf_token", "password", "new_password", "repeat_password", "old_password"}


def fields() -> list[tuple[str, str]]:
    """The fields of the current request that may be kept."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]


def may_resume() -> bool:
    """Whether the current request came from our own page, so that its fields may be offered again."""
    site = request.headers.get("Sec-Fetch-Site")
    own = site == "same-origin" if site else (request.referrer or "").startswith(request.host_url)
    return own and bool(fields())


def keep() -> str:
    """Keep the current request's fields. Gives the token that finds them, or an empty text where there is nothing."""
    body = json.dumps(fields(), ensure_ascii=False)
    if not may_resume() or len(body) > MOST_BYTES:
        return ""
    token = secrets.token_urlsafe(24)
    moment = now()
    db.session.execute(delete(KeptForm).where(KeptForm.created_at < moment - KEEP))
    db.session.add(
        KeptForm(
            token_digest=digest(token),
            url=request.full_path.rstrip("?"),
            sealed_fields=sealer().seal(body),
            created_at=moment,
        )
    )
    db.session.commit()
    return token


def take(token: str) -> tuple[str, list[tuple[str, str]]] | None:
    """(address, fields) of the kept form, or None when there is none or it is too old."""
    row = db.session.scalar(select(KeptForm).where(KeptForm.token_digest == digest(token)))
    if row is None or row.created_at < now() - KEEP:
        return None
    return row.url, [(name, value) for name, value in json.loads(sealer().open(row.sealed_fields))]
