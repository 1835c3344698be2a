"""A work that its sender withdrew after it was accepted above waits for a word of the office above."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _outcomes("outcome in ('sent', 'new', 'same', 'changed', 'kept', 'withdrawn', 'recalled')")


def downgrade() -> None:
    op.execute("update handoff_line set outcome = 'kept' where outcome = 'recalled'")
    _outcomes("outcome in ('sent', 'new', 'same', 'changed', 'kept', 'withdrawn')")


def _outcomes(condition: str) -> None:
    with op.batch_alter_table("handoff_line") as batch_op:
        batch_op.drop_constraint(op.f("ck_handoff_line_outcome"), type_="check")
        batch_op.create_check_constraint(op.f("ck_handoff_line_outcome"), condition)
