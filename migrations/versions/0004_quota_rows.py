"""Quotas as a table of rows; decisions with their votes; what single schools may submit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD_DECISIONS = "decision in ('in', 'out', 'clear')"
NEW_DECISIONS = "decision in ('in', 'out', 'veto', 'tie_in', 'tie_out', 'clear', 'empty')"


def upgrade() -> None:
    _tables_up()
    _quotas_up()
    _decisions_up()


def downgrade() -> None:
    _decisions_down()
    _quotas_down()
    _tables_down()


def _tables_up() -> None:
    op.create_table(
        "quota_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_quota_table_category_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_quota_table_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_table")),
        sa.UniqueConstraint("category_id", name=op.f("uq_quota_table_category_id")),
    )
    op.create_table(
        "school_allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_school_allowance_count")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_school_allowance_category_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_school_allowance_school_id")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_school_allowance_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_allowance")),
        sa.UniqueConstraint("category_id", "school_id", name=op.f("uq_school_allowance_category_id_school_id")),
    )
    with op.batch_alter_table("school_allowance") as batch_op:
        batch_op.create_index(op.f("ix_school_allowance_school_id"), ["school_id"], unique=False)


def _tables_down() -> None:
    op.drop_table("school_allowance")
    op.drop_table("quota_table")


quota = sa.table("quota", sa.column("category_id"), sa.column("stage_code"), sa.column("places"))
quota_table = sa.table(
    "quota_table", sa.column("category_id"), sa.column("document", sa.JSON), sa.column("version", sa.Integer)
)
shortlist = sa.table("shortlist", sa.column("id"), sa.column("quotas", sa.JSON))


def _quotas_up() -> None:
    """Places in all and by stage group become a table of a total and ceilings; so do those kept with old lists."""
    connection = op.get_bind()
    places: dict[int, dict[str, int | None]] = {}
    for category_id, stage_code, count in connection.execute(sa.select(quota)):
        places.setdefault(category_id, {})[stage_code] = count
    for category_id, own in sorted(places.items()):
        connection.execute(quota_table.insert().values(category_id=category_id, document=_as_table(own), version=1))
    for row_id, kept in connection.execute(sa.select(shortlist)).all():
        connection.execute(shortlist.update().where(shortlist.c.id == row_id).values(quotas=_as_table(_plain(kept))))
    op.drop_table("quota")


def _quotas_down() -> None:
    """Only totals and ceilings of a stage group have a place in the old table; other rows are lost."""
    op.create_table(
        "quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("stage_code", sa.String(length=4), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.CheckConstraint("places >= 0", name=op.f("ck_quota_places")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_quota_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint("category_id", "stage_code", name=op.f("uq_quota_category_id_stage_code")),
    )
    connection = op.get_bind()
    for category_id, document, _version in connection.execute(sa.select(quota_table)).all():
        for code, count in _as_places(_plain(document)).items():
            connection.execute(quota.insert().values(category_id=category_id, stage_code=code, places=count))
    for row_id, kept in connection.execute(sa.select(shortlist)).all():
        connection.execute(shortlist.update().where(shortlist.c.id == row_id).values(quotas=_as_places(_plain(kept))))


def _plain(kept: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kept) if isinstance(kept, str) else dict(kept or {})
    return found


def _as_table(places: Mapping[str, int | None]) -> dict[str, Any]:
    rows = [
        {"kind": "ceiling", "where": {"stage": code}, "count": count, "percent": None, "school_id": None, "why": ""}
        for code, count in sorted(places.items())
        if code and count is not None
    ]
    return {"total": places.get(""), "minimum_score": None, "may_stay_empty": False, "rows": rows}


def _as_places(document: Mapping[str, Any]) -> dict[str, int | None]:
    ceilings = {
        row["where"]["stage"]: row["count"]
        for row in document.get("rows", [])
        if row["kind"] == "ceiling" and set(row["where"]) == {"stage"} and row["count"] is not None
    }
    return {"": document.get("total"), **ceilings}


def _decisions_up() -> None:
    with op.batch_alter_table("committee_decision") as batch_op:
        batch_op.add_column(sa.Column("places", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tie", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("decided_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("votes_for", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("votes_against", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("votes_abstained", sa.Integer(), nullable=True))
        batch_op.alter_column("entry_id", existing_type=sa.Integer(), nullable=True)
        batch_op.drop_constraint(op.f("ck_committee_decision_decision"), type_="check")
        batch_op.create_check_constraint(op.f("ck_committee_decision_decision"), NEW_DECISIONS)
        batch_op.create_check_constraint(
            op.f("ck_committee_decision_entry"), "(decision = 'empty') = (entry_id is null)"
        )
        batch_op.create_check_constraint(
            op.f("ck_committee_decision_places"), "(decision = 'empty') = (places is not null)"
        )


def _decisions_down() -> None:
    """A veto and who lost a tie were off the list, who won one was on it; places left empty are lost."""
    decision = sa.table("committee_decision", sa.column("decision"))
    op.execute(decision.delete().where(decision.c.decision == "empty"))
    op.execute(decision.update().where(decision.c.decision == "tie_in").values(decision="in"))
    op.execute(decision.update().where(decision.c.decision.in_(["veto", "tie_out"])).values(decision="out"))
    with op.batch_alter_table("committee_decision") as batch_op:
        batch_op.drop_constraint(op.f("ck_committee_decision_places"), type_="check")
        batch_op.drop_constraint(op.f("ck_committee_decision_entry"), type_="check")
        batch_op.drop_constraint(op.f("ck_committee_decision_decision"), type_="check")
        batch_op.create_check_constraint(op.f("ck_committee_decision_decision"), OLD_DECISIONS)
        batch_op.alter_column("entry_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("votes_abstained")
        batch_op.drop_column("votes_against")
        batch_op.drop_column("votes_for")
        batch_op.drop_column("decided_on")
        batch_op.drop_column("tie")
        batch_op.drop_column("places")
