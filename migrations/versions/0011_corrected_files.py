"""Files corrected for the next version of a hand-off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrected_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("slot_code", sa.String(length=40), nullable=False),
        sa.Column("replaces_blob_id", sa.Integer(), nullable=True),
        sa.Column("blob_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_corrected_file_added_by")),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_corrected_file_blob_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_corrected_file_entry_id")),
        sa.ForeignKeyConstraint(["replaces_blob_id"], ["blob.id"], name=op.f("fk_corrected_file_replaces_blob_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrected_file")),
    )
    op.create_index(op.f("ix_corrected_file_blob_id"), "corrected_file", ["blob_id"])
    op.create_index(op.f("ix_corrected_file_entry_id"), "corrected_file", ["entry_id"])


def downgrade() -> None:
    op.drop_table("corrected_file")
