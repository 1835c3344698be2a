"""What personal data were opened for is kept with the session; a certificate is revoked by two people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ASKED_BY = "fk_certificate_revoke_asked_by"


def upgrade() -> None:
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(sa.Column("purpose", sa.String(length=100), nullable=False, server_default=""))
        batch.add_column(sa.Column("purpose_at", MOMENT, nullable=True))
    with op.batch_alter_table("login_session") as batch:
        batch.alter_column("purpose", server_default=None)
    with op.batch_alter_table("certificate") as batch:
        batch.add_column(sa.Column("revoke_asked_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("revoke_asked_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("revoke_asked_why", sa.Text(), nullable=False, server_default=""))
        batch.create_foreign_key(op.f(ASKED_BY), "account", ["revoke_asked_by"], ["id"])
    with op.batch_alter_table("certificate") as batch:
        batch.alter_column("revoke_asked_why", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("certificate") as batch:
        batch.drop_constraint(op.f(ASKED_BY), type_="foreignkey")
        for name in ("revoke_asked_why", "revoke_asked_at", "revoke_asked_by"):
            batch.drop_column(name)
    with op.batch_alter_table("login_session") as batch:
        batch.drop_column("purpose_at")
        batch.drop_column("purpose")
