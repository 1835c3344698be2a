"""Rows of which there shall be one: what is there already is left as it is, also between two transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from contest_portal.core.database import Base, db

AT_ONCE = 500


def add_new(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert those that break no uniqueness, in one statement for 500. Gives how many there are more now."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    added = 0
    for start in range(0, len(rows), AT_ONCE):
        statement = insert(model).values([dict(row) for row in rows[start : start + AT_ONCE]])
        added += int(db.session.execute(statement.on_conflict_do_nothing()).rowcount)  # type: ignore[attr-defined]
    return added
