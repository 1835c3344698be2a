"""A restored site lets nobody in by what was ended after the backup was made: what opens it is ended anew.

Who was signed out, which device was forgotten, which link was used or withdrawn since, no backup knows. Passwords and
second factors stay as they were: with them people sign in again.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Table, update

from contest_portal.core.backups.awaking import at_restore
from contest_portal.core.clock import now

OPENING = {"login_session": "ended_at", "trusted_device": "ended_at", "invitation": "revoked_at"}
"""Table → the column that says when it was ended."""


@at_restore
def end_what_lets_in(connection: Connection, tables: Mapping[str, Table]) -> None:
    """All sessions, trusted devices, and links that are not used yet: invitations and those for new passwords."""
    for name, column in OPENING.items():
        if (table := tables.get(name)) is None:
            continue
        ended = table.c[column]
        wanted = update(table).where(ended.is_(None)).values({ended: now()})
        connection.execute(wanted.where(table.c.used_at.is_(None)) if "used_at" in table.c else wanted)
