"""Records of a sender are found by its keys, not by the name that it gives itself."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

RECORD = sa.table("handoff_record", *(sa.column(name) for name in ("id", "office_id", "sender", "source_key")))
HANDOFF = sa.table(
    "handoff",
    *(
        sa.column(name)
        for name in ("id", "office_id", "direction", "counterpart", "fingerprint", "source_id", "taken_at")
    ),
)


def upgrade() -> None:
    _rename(lambda name, key: (name, key))


def downgrade() -> None:
    _rename(lambda name, key: (key, name))


def _rename(pair: Any) -> None:
    """Each record takes the key of the sender that first handed up under its name. What already has that key stays as it
    is: an office that changed its name has records under both."""
    connection = op.get_bind()
    known = connection.execute(sa.select(RECORD.c.office_id, RECORD.c.sender, RECORD.c.source_key)).all()
    taken = {tuple(row) for row in known}
    for office_id, name, key in _senders(connection):
        old, new = pair(name, key)
        rows = connection.execute(
            sa.select(RECORD.c.id, RECORD.c.source_key).where(RECORD.c.office_id == office_id, RECORD.c.sender == old)
        ).all()
        for row in rows:
            if (office_id, new, row.source_key) not in taken:
                taken.add((office_id, new, row.source_key))
                connection.execute(sa.update(RECORD).where(RECORD.c.id == row.id).values(sender=new))


def _senders(connection: sa.Connection) -> list[tuple[int, str, str]]:
    """(receiving office, name, key), the newest name of a key first, of each name its first key."""
    source = HANDOFF.alias()
    rows = connection.execute(
        sa.select(
            HANDOFF.c.office_id,
            HANDOFF.c.counterpart,
            HANDOFF.c.fingerprint,
            source.c.office_id.label("source_office_id"),
        )
        .outerjoin(source, source.c.id == HANDOFF.c.source_id)
        .where(HANDOFF.c.direction == "in", HANDOFF.c.taken_at.is_not(None))
        .order_by(HANDOFF.c.id)
    )
    first: dict[tuple[int, str], str] = {}
    for row in rows:
        key = row.fingerprint if row.source_office_id is None else f"here|{row.source_office_id}"
        if key:
            first.setdefault((row.office_id, row.counterpart), key)
    return [(office_id, name, key) for (office_id, name), key in reversed(first.items())]
