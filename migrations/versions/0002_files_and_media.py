"""Files and media: uploads, likeness, what is made of files"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _likeness_up()
    _space_and_lateness_up()
    _uploads_up()


def downgrade() -> None:
    _likeness_down()
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


def _likeness_up() -> None:
    op.create_table(
        "fingerprint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('picture', 'text')", name=op.f("ck_fingerprint_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprint")),
        sa.UniqueConstraint("kind", "sha256", name=op.f("uq_fingerprint_kind_sha256")),
    )
    op.create_table(
        "fingerprint_body",
        sa.Column("fingerprint_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fingerprint_id"], ["fingerprint.id"], name=op.f("fk_fingerprint_body_fingerprint_id")
        ),
        sa.PrimaryKeyConstraint("fingerprint_id", name=op.f("pk_fingerprint_body")),
    )
    op.create_table(
        "text_mark",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fingerprint_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fingerprint_id"], ["fingerprint.id"], name=op.f("fk_text_mark_fingerprint_id")),
        sa.PrimaryKeyConstraint("mark", "fingerprint_id", name=op.f("pk_text_mark")),
    )
    op.create_index("ix_text_mark_fingerprint_id", "text_mark", ["fingerprint_id"])
    _contents_up()
    _pairs_up()


def _contents_up() -> None:
    op.create_table(
        "entry_content",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("fingerprint_id", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=True),
        sa.Column("slot_code", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("entry_version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_entry_content_blob_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_content_entry_id")),
        sa.ForeignKeyConstraint(["fingerprint_id"], ["fingerprint.id"], name=op.f("fk_entry_content_fingerprint_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_entry_content_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_content")),
        sa.UniqueConstraint("entry_id", "fingerprint_id", name=op.f("uq_entry_content_entry_id_fingerprint_id")),
    )
    op.create_index("ix_entry_content_fingerprint_id", "entry_content", ["fingerprint_id"])
    op.create_index("ix_entry_content_office", "entry_content", ["office_id", "kind", "id"])


def _pairs_up() -> None:
    op.create_table(
        "likeness_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("entry_a_id", sa.Integer(), nullable=False),
        sa.Column("entry_b_id", sa.Integer(), nullable=False),
        sa.Column("content_a_id", sa.Integer(), nullable=False),
        sa.Column("content_b_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("estimate", sa.String(length=10), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("judged_by", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'same_work', 'copied', 'coincidence')", name=op.f("ck_likeness_pair_state")
        ),
        sa.CheckConstraint("kind in ('picture', 'text')", name=op.f("ck_likeness_pair_kind")),
        sa.ForeignKeyConstraint(["content_a_id"], ["entry_content.id"], name=op.f("fk_likeness_pair_content_a_id")),
        sa.ForeignKeyConstraint(["content_b_id"], ["entry_content.id"], name=op.f("fk_likeness_pair_content_b_id")),
        sa.ForeignKeyConstraint(["entry_a_id"], ["entry.id"], name=op.f("fk_likeness_pair_entry_a_id")),
        sa.ForeignKeyConstraint(["entry_b_id"], ["entry.id"], name=op.f("fk_likeness_pair_entry_b_id")),
        sa.ForeignKeyConstraint(["judged_by"], ["account.id"], name=op.f("fk_likeness_pair_judged_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_likeness_pair_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness_pair")),
        sa.UniqueConstraint("content_a_id", "content_b_id", name=op.f("uq_likeness_pair_content_a_id_content_b_id")),
    )
    for name in ("content_b_id", "entry_a_id", "entry_b_id"):
        op.create_index(f"ix_likeness_pair_{name}", "likeness_pair", [name])
    op.create_index("ix_likeness_pair_office", "likeness_pair", ["office_id", "state"])


def _likeness_down() -> None:
    for name in ("likeness_pair", "entry_content", "text_mark", "fingerprint_body", "fingerprint"):
        op.drop_table(name)
