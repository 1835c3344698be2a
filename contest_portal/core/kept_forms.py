"""What somebody had typed when the session ran out: kept sealed for a day, given back to the same account.

Works without JavaScript and for every form: the fields are shown on a page that sends them again, with a fresh token,
to where they were going. Files cannot be kept; the page says so.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask import g, request
from sqlalchemy import delete, func, select

from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db
from contest_portal.core.models import KeptForm
from contest_portal.core.rate_limits import visitor_here
from contest_portal.core.sealing import digest, sealer

KEEP = timedelta(days=1)
MOST_BYTES = 200_000
LONGEST_URL = 500
MOST_OF_NOBODY, MOST_OF_ONE = 200, 10
"""How many forms of browsers whose account is not known are kept at a time, of all and of one address: nobody may fill
the database, nor take the room that others need."""
_OWN_WORD = re.compile(r"[\x21-\x7e]*")
"""The shape of ids, tokens, choices and names of buttons; a number or date alone says nothing without its label."""
NEVER_KEPT = {
    "csrf_token", "password", "new_password", "repeat_password", "old_password", "passkey",
    "again-password", "again-code", "again-purpose", "again-back",
}  # fmt: skip


def fields() -> list[tuple[str, str]]:
    """The fields of the current request that may be kept."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]


def may_resume() -> bool:
    """Whether the current request came from our own page, so that its fields may be offered again."""
    site = request.headers.get("Sec-Fetch-Site")
    own = site == "same-origin" if site else (request.referrer or "").startswith(request.host_url)
    return own and bool(fields())


def typed(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """What of these fields somebody has written: not the program's own words, numbers and marks."""
    return [value for name, value in pairs if not name.endswith("version") and not _OWN_WORD.fullmatch(value.strip())]


def keep() -> str:
    """Keep the current request's fields, and its address, which may hold the code of an invitation. Gives the token that
    finds them, or an empty text where there is nothing."""
    body, url = json.dumps(fields(), ensure_ascii=False), request.full_path.rstrip("?")
    if not may_resume() or len(body.encode()) > MOST_BYTES or len(url) > LONGEST_URL:
        return ""
    moment, account_id = now(), g.get("former_account_id")
    begin_writing()
    db.session.execute(delete(KeptForm).where(KeptForm.created_at < moment - KEEP))
    visitor = None if account_id else digest(f"visitor:{visitor_here()}")
    if visitor and (_of_nobody() >= MOST_OF_NOBODY or _of_nobody(visitor) >= MOST_OF_ONE):
        db.session.rollback()
        return ""
    token = secrets.token_urlsafe(24)
    db.session.add(
        KeptForm(
            token_digest=digest(token),
            account_id=account_id,
            visitor_digest=visitor,
            sealed_form=sealer().seal(json.dumps([url, fields()], ensure_ascii=False)),
            created_at=moment,
        )
    )
    db.session.commit()
    return token


def _of_nobody(visitor: str | None = None) -> int:
    wanted = select(func.count(KeptForm.id)).where(KeptForm.account_id.is_(None))
    return db.session.scalar(wanted.where(KeptForm.visitor_digest == visitor) if visitor else wanted) or 0


def take(token: str, account_id: int | None) -> tuple[str, list[tuple[str, str]]] | None:
    """(address, fields) of the form kept for this account, or None when there is none or it is too old."""
    row = db.session.scalar(select(KeptForm).where(KeptForm.token_digest == digest(token)))
    if row is None or row.created_at < now() - KEEP or row.account_id not in {None, account_id}:
        return None
    url, pairs = json.loads(sealer().open(row.sealed_form))
    return url, [(name, value) for name, value in pairs]
