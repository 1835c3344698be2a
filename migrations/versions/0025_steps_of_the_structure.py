"""Which steps the structure has come by, and which of them an older program can live with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
ADDITIVE = True


def upgrade() -> None:
    op.create_table(
        "structure_step",
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("is_additive", sa.Boolean(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_structure_step")),
    )


def downgrade() -> None:
    op.drop_table("structure_step")
