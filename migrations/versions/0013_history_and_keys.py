"""Records of a sender are found by its keys, not by the name that it gives itself; awards that were given anew or taken back
stay as history beside the one that stands."""

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


STANDING = (
    ("uq_special_award_standing", "special_award", ["contest_id", "name", "entry_id"], "cancelled_at is null"),
    ("uq_merit_award_teacher", "merit_award", ["contest_id", "award", "teacher_id"], "superseded_at is null"),
    ("uq_merit_award_school", "merit_award", ["contest_id", "award", "school_id"], "superseded_at is null"),
)


def upgrade() -> None:
    _rename(lambda name, key: (name, key))
    with op.batch_alter_table("special_award") as batch_op:
        batch_op.drop_constraint(op.f("uq_special_award_contest_id_name_entry_id"), type_="unique")
    with op.batch_alter_table("merit_award") as batch_op:
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f("uq_merit_award_contest_id_award_teacher_id"), type_="unique")
        batch_op.drop_constraint(op.f("uq_merit_award_contest_id_award_school_id"), type_="unique")
    for name, table, columns, stands in STANDING:
        op.create_index(
            name, table, columns, unique=True, sqlite_where=sa.text(stands), postgresql_where=sa.text(stands)
        )


def downgrade() -> None:
    for name, table, *_rest in STANDING:
        op.drop_index(name, table_name=table)
    # The older program keeps no history: of each award the newest row, which stands if any does.
    op.execute("delete from merit_award where superseded_at is not null")
    op.execute(
        "delete from special_award where cancelled_at is not null and exists (select 1 from special_award as newer where"
        " newer.contest_id = special_award.contest_id and newer.name = special_award.name"
        " and newer.entry_id = special_award.entry_id and newer.id > special_award.id)"
    )
    with op.batch_alter_table("merit_award") as batch_op:
        batch_op.drop_column("superseded_at")
        batch_op.create_unique_constraint(
            op.f("uq_merit_award_contest_id_award_school_id"), ["contest_id", "award", "school_id"]
        )
        batch_op.create_unique_constraint(
            op.f("uq_merit_award_contest_id_award_teacher_id"), ["contest_id", "award", "teacher_id"]
        )
    with op.batch_alter_table("special_award") as batch_op:
        batch_op.create_unique_constraint(
            op.f("uq_special_award_contest_id_name_entry_id"), ["contest_id", "name", "entry_id"]
        )
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
