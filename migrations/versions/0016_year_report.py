"""The annual summary's own words and numbers beside the computed ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "summary_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_summary_text_office_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["account.id"], name=op.f("fk_summary_text_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_text")),
        sa.UniqueConstraint("office_id", "year", "part", name=op.f("uq_summary_text_office_id_year_part")),
    )
    op.create_table(
        "summary_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_summary_number_office_id")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_summary_number_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_number")),
        sa.UniqueConstraint("office_id", "year", "key", name=op.f("uq_summary_number_office_id_year_key")),
    )


def downgrade() -> None:
    op.drop_table("summary_number")
    op.drop_table("summary_text")
