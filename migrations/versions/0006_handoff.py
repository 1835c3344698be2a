"""Hand-off to another office: keys, packages, receipts, results that come back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("office_keys", "handoff_partner", "handoff", "handoff_line", "handoff_places", "handoff_record")


def upgrade() -> None:
    op.add_column("office", sa.Column("is_sender_record", sa.Boolean(), nullable=False, server_default=sa.false()))
    _tables_up()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    with op.batch_alter_table("office") as batch_op:
        batch_op.drop_column("is_sender_record")


def _tables_up() -> None:
    op.create_table(
        "office_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("private_keys", sa.LargeBinary(), nullable=False),
        sa.Column("signing_key", sa.String(length=44), nullable=False),
        sa.Column("encryption_key", sa.String(length=44), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_office_keys_made_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_keys_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_keys")),
        sa.UniqueConstraint("office_id", name=op.f("uq_office_keys_office_id")),
    )
    op.create_table(
        "handoff_partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("signing_key", sa.String(length=44), nullable=False),
        sa.Column("encryption_key", sa.String(length=44), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'confirmed', 'removed')", name=op.f("ck_handoff_partner_state")),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_handoff_partner_added_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_handoff_partner_confirmed_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_handoff_partner_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_partner")),
        sa.UniqueConstraint("office_id", "fingerprint", name=op.f("uq_handoff_partner_office_id_fingerprint")),
    )
    op.create_table(
        "handoff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("counterpart", sa.String(length=100), nullable=False),
        sa.Column("counterpart_contest", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("receipt_number", sa.String(length=40), nullable=True),
        sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("package_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("package_name", sa.String(length=200), nullable=False),
        sa.Column("package_bytes", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction in ('out', 'in')", name=op.f("ck_handoff_direction")),
        sa.CheckConstraint(
            "state in ('making', 'failed', 'handed', 'checking', 'received', 'taking', 'taken', 'refused', 'returned', 'superseded')",
            name=op.f("ck_handoff_state"),
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_handoff_contest_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_handoff_made_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_handoff_office_id")),
        sa.ForeignKeyConstraint(["source_id"], ["handoff.id"], name=op.f("fk_handoff_source_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_handoff_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
        sa.UniqueConstraint("contest_id", "direction", "uid", name=op.f("uq_handoff_contest_id_direction_uid")),
        sa.UniqueConstraint("office_id", "receipt_number", name=op.f("uq_handoff_office_id_receipt_number")),
    )
    op.create_index("ix_handoff_contest", "handoff", ["contest_id", "direction", "stream", "revision"], unique=False)
    op.create_index(op.f("ix_handoff_source_id"), "handoff", ["source_id"], unique=False)
    op.create_table(
        "handoff_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("source_number", sa.String(length=40), nullable=False),
        sa.Column("category_code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('sent', 'new', 'same', 'changed', 'kept', 'withdrawn')", name=op.f("ck_handoff_line_outcome")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_handoff_line_entry_id")),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_line_handoff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_line")),
        sa.UniqueConstraint("handoff_id", "source_number", name=op.f("uq_handoff_line_handoff_id_source_number")),
    )
    op.create_index(op.f("ix_handoff_line_entry_id"), "handoff_line", ["entry_id"], unique=False)
    op.create_table(
        "handoff_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=100), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_handoff_places_places")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_handoff_places_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_places")),
        sa.UniqueConstraint("category_id", "sender", name=op.f("uq_handoff_places_category_id_sender")),
    )
    op.create_table(
        "handoff_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=100), nullable=False),
        sa.Column("source_key", sa.String(length=140), nullable=False),
        sa.Column("record_office_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("teacher_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "record_office_id is not null or school_id is not null or student_id is not null or teacher_id is not null",
            name=op.f("ck_handoff_record_what"),
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_handoff_record_office_id")),
        sa.ForeignKeyConstraint(["record_office_id"], ["office.id"], name=op.f("fk_handoff_record_record_office_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_handoff_record_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_handoff_record_student_id")),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_handoff_record_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_record")),
        sa.UniqueConstraint(
            "office_id", "sender", "source_key", name=op.f("uq_handoff_record_office_id_sender_source_key")
        ),
    )
