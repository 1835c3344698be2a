"""Which processes serve the site, and what they answer when asked about a place for files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "running_process",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_url", sa.String(length=500), nullable=False),
        sa.Column("asked_name", sa.String(length=64), nullable=False),
        sa.Column("answered_name", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.CheckConstraint("part in ('site', 'worker')", name=op.f("ck_running_process_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_process")),
        sa.UniqueConstraint("name", name=op.f("uq_running_process_name")),
    )


def downgrade() -> None:
    op.drop_table("running_process")
