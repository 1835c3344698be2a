"""A public list is taken down at once by two people, and says so in its place; a school's works are limited in all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = "state in ('draft', 'public', 'final', 'amended')"
STATES_WITH_PULLED = "state in ('draft', 'public', 'final', 'amended', 'pulled')"


def upgrade() -> None:
    op.add_column("contest", sa.Column("school_total", sa.Integer(), nullable=True))
    with op.batch_alter_table("publication") as batch_op:
        batch_op.add_column(sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("pulled_words", sa.Text(), server_default="", nullable=False))
        batch_op.drop_constraint(op.f("ck_publication_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_publication_state"), STATES_WITH_PULLED)
    op.create_table(
        "take_down",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('proposed', 'withdrawn', 'done')", name=op.f("ck_take_down_state")),
        sa.CheckConstraint("state <> 'done' or settled_by <> proposed_by", name=op.f("ck_take_down_two_people")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_take_down_proposed_by")),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f("fk_take_down_publication_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_take_down_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_take_down")),
    )
    op.create_index(op.f("ix_take_down_publication_id"), "take_down", ["publication_id"])
    op.create_index(
        "uq_take_down_proposed",
        "take_down",
        ["publication_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    with op.batch_alter_table("contest") as batch_op:
        batch_op.drop_column("school_total")
    op.drop_table("take_down")
    # An older program knows no such state: as a list that came down today, with names reduced, it tells least.
    op.execute("update publication set state = 'amended', down_on = '2000-01-01' where state = 'pulled'")
    with op.batch_alter_table("publication") as batch_op:
        batch_op.drop_constraint(op.f("ck_publication_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_publication_state"), STATES)
        batch_op.drop_column("pulled_words")
        batch_op.drop_column("pulled_at")
