"""Erasing a person's data, keeping it for now, how long an office keeps what, and the runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("open_key", sa.String(length=40), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind in ('student', 'teacher')", name=op.f("ck_erasure_kind")),
        sa.CheckConstraint("state in ('asked', 'done', 'withdrawn')", name=op.f("ck_erasure_state")),
        sa.CheckConstraint("(state = 'asked') = (open_key is not null)", name=op.f("ck_erasure_open")),
        _to("erasure", "office_id", "office"),
        _to("erasure", "asked_by", "account"),
        _to("erasure", "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("open_key", name=op.f("uq_erasure_open_key")),
    )
    op.create_index(op.f("ix_erasure_office_id"), "erasure", ["office_id"])
    op.create_index("ix_erasure_subject", "erasure", ["kind", "subject_id"])
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("open_key", sa.String(length=40), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind in ('student', 'teacher')", name=op.f("ck_legal_hold_kind")),
        _to("legal_hold", "office_id", "office"),
        _to("legal_hold", "set_by", "account"),
        _to("legal_hold", "ended_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.UniqueConstraint("open_key", name=op.f("uq_legal_hold_open_key")),
    )
    op.create_index(op.f("ix_legal_hold_office_id"), "legal_hold", ["office_id"])
    op.create_index("ix_legal_hold_subject", "legal_hold", ["kind", "subject_id"])
    op.create_table(
        "retention_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("is_daily", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        _to("retention_plan", "office_id", "office"),
        _to("retention_plan", "set_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_plan")),
        sa.UniqueConstraint("place", name=op.f("uq_retention_plan_place")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("is_daily", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("run_by", sa.Integer(), nullable=True),
        sa.Column("run_at", MOMENT, nullable=False),
        _to("retention_run", "office_id", "office"),
        _to("retention_run", "run_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index(op.f("ix_retention_run_office_id"), "retention_run", ["office_id"])


def downgrade() -> None:
    op.drop_table("retention_run")
    op.drop_table("retention_plan")
    op.drop_table("legal_hold")
    op.drop_table("erasure")
