"""A purpose that was said holds for acts of its kind alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
ADDITIVE = True


def upgrade() -> None:
    op.add_column("login_session", sa.Column("purpose_for", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("login_session", "purpose_for")
