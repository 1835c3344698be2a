"""Notices by mail and SMS: addresses, choices, templates, what goes out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NEW_OF_NOTICE = ("kind", "office_id", "key", "in_inbox", "letter", "fields", "valid_until", "queued_at")


def upgrade() -> None:
    _widen_notice()
    op.create_table(
        "notice_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel in ('mail', 'sms')", name=op.f("ck_notice_address_channel")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_address_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_address")),
        sa.UniqueConstraint("account_id", "channel", name=op.f("uq_notice_address_account_id_channel")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_notice_address_token_digest")),
    )
    op.create_table(
        "notice_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.CheckConstraint("channel in ('in_app', 'mail', 'sms')", name=op.f("ck_notice_choice_channel")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_choice_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_choice")),
        sa.UniqueConstraint("account_id", "kind", "channel", name=op.f("uq_notice_choice_account_id_kind_channel")),
    )
    op.create_table(
        "notice_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sms", sa.Text(), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_notice_template_office_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["account.id"], name=op.f("fk_notice_template_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_template")),
        sa.UniqueConstraint("office_id", "code", name=op.f("uq_notice_template_office_id_code")),
    )
    op.create_table(
        "outbox_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("held_kinds", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_outbox_settings_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_settings")),
        sa.UniqueConstraint("office_id", name=op.f("uq_outbox_settings_office_id")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.CheckConstraint("channel in ('mail', 'sms')", name=op.f("ck_outbox_message_channel")),
        sa.CheckConstraint(
            "state in ('waiting', 'held', 'sending', 'sent', 'failed', 'dropped')",
            name=op.f("ck_outbox_message_state"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outbox_message_account_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_outbox_message_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_message_key")),
    )
    op.create_index("ix_outbox_message_due", "outbox_message", ["state", "next_at"])
    op.create_index("ix_outbox_message_office", "outbox_message", ["office_id", "state"])
    op.create_index("ix_outbox_message_account", "outbox_message", ["account_id", "channel"])


def _widen_notice() -> None:
    """What was told before today goes nowhere else: it counts as looked at."""
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=20), nullable=False, server_default="other"))
        batch.add_column(sa.Column("office_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("key", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("in_inbox", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("letter", sa.String(length=30), nullable=False, server_default="notice"))
        batch.add_column(sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE notice SET queued_at = created_at")
    with op.batch_alter_table("notice") as batch:
        for name in ("kind", "in_inbox", "letter", "fields"):
            batch.alter_column(name, server_default=None)
        batch.create_unique_constraint(op.f("uq_notice_key"), ["key"])
        batch.create_index("ix_notice_queued_at", ["queued_at"])


def downgrade() -> None:
    for name in ("outbox_message", "outbox_settings", "notice_template", "notice_choice", "notice_address"):
        op.drop_table(name)
    with op.batch_alter_table("notice") as batch:
        batch.drop_index("ix_notice_queued_at")
        batch.drop_constraint(op.f("uq_notice_key"), type_="unique")
        for name in NEW_OF_NOTICE:
            batch.drop_column(name)
