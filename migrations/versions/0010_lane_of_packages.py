"""A lane of jobs for packages."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _lanes("lane in ('intake', 'quick', 'packages', 'slow', 'films')")


def downgrade() -> None:
    op.execute("update job set lane = 'slow' where lane = 'packages'")
    _lanes("lane in ('intake', 'quick', 'slow', 'films')")


def _lanes(condition: str) -> None:
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_constraint(op.f("ck_job_lane"), type_="check")
        batch_op.create_check_constraint(op.f("ck_job_lane"), condition)
