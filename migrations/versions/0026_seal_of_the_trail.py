"""The head of the trail of acts gets a seal; acts are found by their school. An older program would go on without seals:
the site stops for this step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
ADDITIVE = False


def upgrade() -> None:
    with op.batch_alter_table("audit_head") as batch:
        batch.add_column(sa.Column("seal", sa.String(length=80), nullable=False, server_default=""))
    with op.batch_alter_table("audit_head") as batch:
        batch.alter_column("seal", server_default=None)
    op.create_index("ix_audit_record_school", "audit_record", ["school_id", "id"])
    # Nearly all records are of the one office: no search goes by it, and each act had to write it.
    op.drop_index("ix_audit_record_office_id", table_name="audit_record")


def downgrade() -> None:
    op.create_index("ix_audit_record_office_id", "audit_record", ["office_id"])
    op.drop_index("ix_audit_record_school", table_name="audit_record")
    with op.batch_alter_table("audit_head") as batch:
        batch.drop_column("seal")
