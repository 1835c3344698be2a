"""Files and media: uploads, likeness, what is made of files"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _space_and_lateness_up()
    _uploads_up()


def downgrade() -> None:
    _space_and_lateness_down()
    _uploads_down()


def _uploads_up() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("announced_sha256", sa.String(length=64), nullable=True),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_progress_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("longest_gap_seconds", sa.Integer(), nullable=False),
        sa.Column("steady_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('receiving', 'checking', 'done', 'refused', 'failed', 'cancelled', 'expired')",
            name=op.f("ck_upload_state"),
        ),
        sa.CheckConstraint("received_bytes >= 0 and received_bytes <= size_bytes", name=op.f("ck_upload_received")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_upload_account_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_upload_membership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("token", name=op.f("uq_upload_token")),
    )
    op.create_index("ix_upload_account", "upload", ["account_id", "state"])
    op.create_index("ix_upload_subject", "upload", ["target", "subject", "state"])
    op.create_index("ix_upload_progress", "upload", ["state", "last_progress_at"])


def _uploads_down() -> None:
    op.drop_table("upload")


def _space_and_lateness_up() -> None:
    op.add_column("school", sa.Column("space_gb", sa.Integer(), nullable=True))
    op.add_column("entry", sa.Column("typed_version", sa.Integer(), nullable=False, server_default="1"))
    op.execute("UPDATE entry SET typed_version = version")
    for name in ("late_upload_begun_at", "late_upload_finished_at", "late_upload_until"):
        op.add_column("entry", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def _space_and_lateness_down() -> None:
    for name in ("late_upload_until", "late_upload_finished_at", "late_upload_begun_at", "typed_version"):
        op.drop_column("entry", name)
    op.drop_column("school", "space_gb")
