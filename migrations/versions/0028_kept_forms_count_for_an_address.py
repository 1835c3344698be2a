"""A kept form seals where it was going too, and counts for the address that nobody's browser had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
ADDITIVE = False


def upgrade() -> None:
    _begin_anew("sealed_fields", "sealed_form")
    op.drop_column("kept_form", "url")
    op.add_column("kept_form", sa.Column("visitor_digest", sa.String(length=64), nullable=True))


def downgrade() -> None:
    _begin_anew("sealed_form", "sealed_fields")
    op.drop_column("kept_form", "visitor_digest")
    op.add_column("kept_form", sa.Column("url", sa.String(length=500), nullable=False, server_default=""))


def _begin_anew(old: str, new: str) -> None:
    op.execute("delete from kept_form")  # they would be gone within a day
    op.alter_column("kept_form", old, new_column_name=new)
