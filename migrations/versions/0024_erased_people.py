"""Who was erased says so in the row; a submitted version keeps the digest of what was submitted beside the present one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
ADDITIVE = False

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("student", "teacher"):
        op.add_column(table, sa.Column("erased_at", MOMENT, nullable=True))
        op.execute(
            f"update {table} set erased_at = (select max(decided_at) from erasure"  # noqa: S608 of two words above
            f" where kind = '{table}' and state = 'done' and subject_id = {table}.id)"
        )
    op.add_column("entry_version", sa.Column("erased_digest", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("entry_version", "erased_digest")
    for table in ("teacher", "student"):
        op.drop_column(table, "erased_at")
