"""Files and media: uploads, likeness, what is made of files"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _storage_and_jobs_up()
    _derivatives_up()
    _space_and_lateness_up()
    _uploads_up()
    _likeness_up()
    _batches_up()
    _blind_up()


def downgrade() -> None:
    _blind_down()
    _batches_down()
    _likeness_down()
    _space_and_lateness_down()
    _uploads_down()
    _derivatives_down()
    _storage_and_jobs_down()


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
        sa.Column("bytes_in_time", sa.BigInteger(), nullable=False),
        sa.Column("steady_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("longest_gap_seconds", sa.Integer(), nullable=False),
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
    op.add_column("entry", sa.Column("late_uploads", sa.JSON(), nullable=False, server_default="[]"))
    for name in ("late_upload_finished_at", "late_upload_until"):
        op.add_column("entry", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def _space_and_lateness_down() -> None:
    for name in ("late_upload_until", "late_upload_finished_at", "late_uploads", "typed_version"):
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
    op.create_index("ix_fingerprint_made_at", "fingerprint", ["made_at"])
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


def _derivatives_up() -> None:
    with op.batch_alter_table("derivative") as table:
        table.add_column(sa.Column("detail", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("progress", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint(op.f("ck_derivative_state"), type_="check")
        table.create_check_constraint(op.f("ck_derivative_state"), "state in ('waiting', 'running', 'ready', 'failed')")


def _derivatives_down() -> None:
    op.execute("UPDATE derivative SET state = 'waiting' WHERE state = 'running'")
    op.execute("DELETE FROM derivative WHERE kind IN ('film720', 'tiles', 'pages')")
    with op.batch_alter_table("derivative") as table:
        table.drop_constraint(op.f("ck_derivative_state"), type_="check")
        table.create_check_constraint(op.f("ck_derivative_state"), "state in ('waiting', 'ready', 'failed')")
        for name in ("progress", "detail"):
            table.drop_column(name)


def _batches_up() -> None:
    op.create_table(
        "painting_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tutor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_painting_batch_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_painting_batch_created_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_painting_batch_school_id")),
        sa.ForeignKeyConstraint(["tutor_id"], ["teacher.id"], name=op.f("fk_painting_batch_tutor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_painting_batch")),
    )
    op.create_index("ix_painting_batch_category_id", "painting_batch", ["category_id"])
    op.create_index("ix_painting_batch_created_by", "painting_batch", ["created_by"])
    op.create_index("ix_painting_batch_place", "painting_batch", ["school_id", "category_id"])
    op.create_table(
        "batch_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('zip', 'workbook')", name=op.f("ck_batch_source_kind")),
        sa.CheckConstraint("state in ('waiting', 'done', 'failed')", name=op.f("ck_batch_source_state")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["painting_batch.id"], name=op.f("fk_batch_source_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_batch_source_blob_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_source")),
    )
    op.create_index("ix_batch_source_batch_id", "batch_source", ["batch_id"])
    op.create_index("ix_batch_source_blob_id", "batch_source", ["blob_id"])
    _batch_items_up()


def _batch_items_up() -> None:
    op.create_table(
        "batch_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_place", sa.Integer(), nullable=True),
        sa.Column("blob_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tutor_name", sa.String(length=200), nullable=False),
        sa.Column("tutor_id", sa.Integer(), nullable=True),
        sa.Column("by_hand", sa.JSON(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["painting_batch.id"], name=op.f("fk_batch_item_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_batch_item_blob_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_batch_item_entry_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["batch_source.id"], name=op.f("fk_batch_item_source_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_batch_item_student_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["tutor_id"], ["teacher.id"], name=op.f("fk_batch_item_tutor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_item")),
        sa.UniqueConstraint("source_id", "source_place", name=op.f("uq_batch_item_source_id_source_place")),
    )
    for name in ("batch_id", "blob_id", "entry_id", "student_id"):
        op.create_index(f"ix_batch_item_{name}", "batch_item", [name])


def _batches_down() -> None:
    for name in ("batch_item", "batch_source", "painting_batch"):
        op.drop_table(name)


def _storage_and_jobs_up() -> None:
    op.create_table(
        "storage_move",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("target", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_storage_move_single")),
        sa.CheckConstraint("state in ('moving', 'done')", name=op.f("ck_storage_move_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_move")),
    )
    with op.batch_alter_table("job") as batch_op:
        batch_op.add_column(sa.Column("lane", sa.String(length=10), nullable=False, server_default="quick"))
        batch_op.add_column(sa.Column("office_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("worker", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("progress", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("problem", sa.JSON(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_job_lane"), "lane in ('intake', 'quick', 'slow', 'films')")
    op.create_index("ix_job_office", "job", ["office_id", "state"])


def _storage_and_jobs_down() -> None:
    op.drop_index("ix_job_office", "job")
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_constraint(op.f("ck_job_lane"), type_="check")
        for name in ("problem", "progress", "worker", "beat_at", "office_id", "lane"):
            batch_op.drop_column(name)
    op.drop_table("storage_move")


def _blind_up() -> None:
    op.create_table(
        "name_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("entry_version", sa.Integer(), nullable=False),
        sa.Column("search_version", sa.Integer(), nullable=False),
        sa.Column("unread", sa.JSON(), nullable=False),
        sa.Column("pictured", sa.JSON(), nullable=False),
        sa.Column("searched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_name_search_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_search")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_name_search_entry_id")),
    )
    op.create_table(
        "name_trace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('open', 'dismissed', 'masked', 'redacted')", name=op.f("ck_name_trace_state")),
        sa.CheckConstraint("role in ('author', 'tutor', 'group', 'school', 'place')", name=op.f("ck_name_trace_role")),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_name_trace_blob_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_name_trace_entry_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_name_trace_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_trace")),
        sa.UniqueConstraint(
            *("entry_id", "blob_id", "place", "page", "letter", "name"),
            name=op.f("uq_name_trace_entry_id_blob_id_place_page_letter_name"),
        ),
    )
    for name in ("blob_id", "entry_id"):
        op.create_index(f"ix_name_trace_{name}", "name_trace", [name])
    _masks_up()


def _masks_up() -> None:
    op.create_table(
        "file_mask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=False),
        sa.Column("entry_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("masked_blob_id", sa.Integer(), nullable=True),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('waiting', 'ready', 'failed')", name=op.f("ck_file_mask_state")),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_file_mask_blob_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_file_mask_entry_id")),
        sa.ForeignKeyConstraint(["masked_blob_id"], ["blob.id"], name=op.f("fk_file_mask_masked_blob_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_file_mask_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_mask")),
        sa.UniqueConstraint("entry_id", "blob_id", name=op.f("uq_file_mask_entry_id_blob_id")),
        sqlite_autoincrement=True,
    )
    for name in ("blob_id", "masked_blob_id"):
        op.create_index(f"ix_file_mask_{name}", "file_mask", [name])


def _blind_down() -> None:
    for name in ("file_mask", "name_trace", "name_search"):
        op.drop_table(name)
