"""What personal data were opened for is kept with the session for some minutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(sa.Column("purpose", sa.String(length=100), nullable=False, server_default=""))
        batch.add_column(sa.Column("purpose_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("login_session") as batch:
        batch.alter_column("purpose", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("login_session") as batch:
        batch.drop_column("purpose_at")
        batch.drop_column("purpose")
