"""Judging in depth: panels, works of a round, plan changes, interviews, paper sheets, reports, overrules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tables_up()
    _columns_up()
    _simulation_up()
    _set_aside_up()
    _answers_up()


def downgrade() -> None:
    _answers_down()
    _set_aside_down()
    _simulation_down()
    _columns_down()
    _tables_down()


def _tables_up() -> None:
    op.create_table(
        "panel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_panel_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("round_id", "name", name=op.f("uq_panel_round_id_name")),
    )
    op.create_table(
        "plan_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('opening', 'repair', 'hand', 'conflict')", name=op.f("ck_plan_change_kind")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_plan_change_made_by")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_plan_change_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_plan_change_round_id_number")),
    )
    op.create_table(
        "conflict_overrule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("conflict", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_conflict_overrule_decided_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_conflict_overrule_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_conflict_overrule_judge_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_conflict_overrule_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_overrule")),
        sa.UniqueConstraint(
            "round_id", "judge_id", "entry_id", name=op.f("uq_conflict_overrule_round_id_judge_id_entry_id")
        ),
    )
    with op.batch_alter_table("conflict_overrule") as batch_op:
        batch_op.create_index(op.f("ix_conflict_overrule_judge_id"), ["judge_id"], unique=False)

    op.create_table(
        "fraud_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('fraud', 'blindness')", name=op.f("ck_fraud_report_kind")),
        sa.CheckConstraint("state in ('open', 'upheld', 'dismissed')", name=op.f("ck_fraud_report_state")),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_fraud_report_blob_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_fraud_report_decided_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_fraud_report_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_fraud_report_judge_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_fraud_report_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_report")),
    )
    with op.batch_alter_table("fraud_report") as batch_op:
        batch_op.create_index(op.f("ix_fraud_report_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index("ix_fraud_report_round", ["round_id", "state"], unique=False)

    op.create_table(
        "interview_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes_each", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_interview_session_times")),
        sa.CheckConstraint("minutes_each > 0", name=op.f("ck_interview_session_minutes")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_interview_session_panel_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_interview_session_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_session")),
    )
    with op.batch_alter_table("interview_session") as batch_op:
        batch_op.create_index(op.f("ix_interview_session_round_id"), ["round_id"], unique=False)

    op.create_table(
        "round_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=True),
        sa.Column("reads", sa.Integer(), nullable=True),
        sa.Column("is_calibration", sa.Boolean(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_round_entry_entry_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_round_entry_panel_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_entry_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_entry")),
        sa.UniqueConstraint("round_id", "entry_id", name=op.f("uq_round_entry_round_id_entry_id")),
    )
    with op.batch_alter_table("round_entry") as batch_op:
        batch_op.create_index(op.f("ix_round_entry_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "interview_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("round_entry_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["round_entry_id"], ["round_entry.id"], name=op.f("fk_interview_slot_round_entry_id")),
        sa.ForeignKeyConstraint(["session_id"], ["interview_session.id"], name=op.f("fk_interview_slot_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_slot")),
        sa.UniqueConstraint("round_entry_id", name=op.f("uq_interview_slot_round_entry_id")),
        sa.UniqueConstraint("session_id", "position", name=op.f("uq_interview_slot_session_id_position")),
    )
    op.create_table(
        "paper_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("typed_by", sa.Integer(), nullable=True),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_total", sa.Double(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state in ('typed', 'differs', 'confirmed', 'withdrawn')", name=op.f("ck_paper_sheet_state")
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_paper_sheet_assignment_id")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_paper_sheet_checked_by")),
        sa.ForeignKeyConstraint(["typed_by"], ["account.id"], name=op.f("fk_paper_sheet_typed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheet")),
    )
    with op.batch_alter_table("paper_sheet") as batch_op:
        batch_op.create_index(op.f("ix_paper_sheet_assignment_id"), ["assignment_id"], unique=False)

    op.create_table(
        "reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("sheet_version", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("reopened_by", sa.Integer(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_reopening_assignment_id")),
        sa.ForeignKeyConstraint(["reopened_by"], ["account.id"], name=op.f("fk_reopening_reopened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopening")),
    )
    with op.batch_alter_table("reopening") as batch_op:
        batch_op.create_index(op.f("ix_reopening_assignment_id"), ["assignment_id"], unique=False)


def _columns_up() -> None:
    with op.batch_alter_table("assignment") as batch_op:
        batch_op.add_column(sa.Column("draft_panel_comment", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("draft_stamp", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("seconds_spent", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("is_calibration", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("asks_to_reopen", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("conflict_of_interest") as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=10), nullable=False, server_default="office"))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ended_why", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key(op.f("fk_conflict_of_interest_ended_by"), "account", ["ended_by"], ["id"])
        batch_op.drop_constraint(op.f("ck_conflict_of_interest_kind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_conflict_of_interest_kind"),
            "kind in ('school', 'tutoring', 'kin', 'relation', 'declared', 'office')",
        )
        batch_op.create_check_constraint(
            op.f("ck_conflict_of_interest_source"), "source in ('judge', 'office', 'matrix')"
        )

    with op.batch_alter_table("judge") as batch_op:
        batch_op.add_column(sa.Column("most_tasks", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("available_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("available_until", sa.Date(), nullable=True))

    with op.batch_alter_table("ranking") as batch_op:
        batch_op.add_column(sa.Column("inputs", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("seed", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("round") as batch_op:
        batch_op.add_column(sa.Column("mode", sa.String(length=10), nullable=False, server_default="online"))
        batch_op.add_column(sa.Column("source_round_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("source", sa.JSON(), nullable=False, server_default='{"take": "all"}'))
        batch_op.add_column(sa.Column("carry", sa.String(length=10), nullable=False, server_default="restart"))
        batch_op.add_column(sa.Column("carry_weight", sa.Double(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("panels_by", sa.String(length=10), nullable=False, server_default="none"))
        batch_op.add_column(sa.Column("link_share", sa.Double(), nullable=False, server_default="0.3"))
        batch_op.add_column(sa.Column("calibration_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("shows_others", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("is_scaled", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("wide_spread", sa.Double(), nullable=False, server_default="15"))
        batch_op.add_column(sa.Column("tie_breaks", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_index(op.f("ix_round_source_round_id"), ["source_round_id"], unique=False)
        batch_op.create_foreign_key(op.f("fk_round_source_round_id"), "round", ["source_round_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_round_mode"), "mode in ('online', 'on_site', 'interview')")
        batch_op.create_check_constraint(op.f("ck_round_carry"), "carry in ('restart', 'weighted', 'pooled')")
        batch_op.create_check_constraint(op.f("ck_round_carry_weight"), "carry_weight >= 0 and carry_weight < 1")
        batch_op.create_check_constraint(
            op.f("ck_round_panels_by"), "panels_by in ('none', 'stage', 'discipline', 'free')"
        )
        batch_op.create_check_constraint(op.f("ck_round_link_share"), "link_share >= 0 and link_share <= 1")

    with op.batch_alter_table("round_category") as batch_op:
        batch_op.add_column(sa.Column("wanted", sa.JSON(), nullable=False, server_default="{}"))

    with op.batch_alter_table("round_judge") as batch_op:
        batch_op.add_column(sa.Column("panel_ids", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("score_sheet") as batch_op:
        batch_op.add_column(sa.Column("panel_comment", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("source", sa.String(length=10), nullable=False, server_default="online"))
        batch_op.add_column(sa.Column("client_key", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("seconds_spent", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_unique_constraint(
            op.f("uq_score_sheet_assignment_id_client_key"), ["assignment_id", "client_key"]
        )
        batch_op.create_check_constraint(op.f("ck_score_sheet_source"), "source in ('online', 'paper', 'workbook')")
    op.execute("UPDATE conflict_of_interest SET source = 'judge' WHERE kind IN ('relation', 'declared')")
    op.execute(
        "INSERT INTO round_entry (round_id, entry_id, is_calibration)"
        " SELECT DISTINCT round_id, entry_id, false FROM assignment"
    )


def _columns_down() -> None:
    op.execute("DELETE FROM conflict_of_interest WHERE ended_at IS NOT NULL")
    op.execute("UPDATE conflict_of_interest SET kind = 'relation' WHERE kind IN ('school', 'kin')")

    with op.batch_alter_table("score_sheet") as batch_op:
        batch_op.drop_constraint(op.f("ck_score_sheet_source"), type_="check")
        batch_op.drop_constraint(op.f("uq_score_sheet_assignment_id_client_key"), type_="unique")
        batch_op.drop_column("seconds_spent")
        batch_op.drop_column("client_key")
        batch_op.drop_column("source")
        batch_op.drop_column("panel_comment")

    with op.batch_alter_table("round_judge") as batch_op:
        batch_op.drop_column("left_at")
        batch_op.drop_column("panel_ids")

    with op.batch_alter_table("round_category") as batch_op:
        batch_op.drop_column("wanted")

    with op.batch_alter_table("round") as batch_op:
        batch_op.drop_constraint(op.f("ck_round_mode"), type_="check")
        batch_op.drop_constraint(op.f("ck_round_carry"), type_="check")
        batch_op.drop_constraint(op.f("ck_round_carry_weight"), type_="check")
        batch_op.drop_constraint(op.f("ck_round_panels_by"), type_="check")
        batch_op.drop_constraint(op.f("ck_round_link_share"), type_="check")
        batch_op.drop_constraint(op.f("fk_round_source_round_id"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_round_source_round_id"))
        batch_op.drop_column("tie_breaks")
        batch_op.drop_column("wide_spread")
        batch_op.drop_column("is_scaled")
        batch_op.drop_column("shows_others")
        batch_op.drop_column("calibration_count")
        batch_op.drop_column("link_share")
        batch_op.drop_column("panels_by")
        batch_op.drop_column("carry_weight")
        batch_op.drop_column("carry")
        batch_op.drop_column("source")
        batch_op.drop_column("source_round_id")
        batch_op.drop_column("mode")

    with op.batch_alter_table("ranking") as batch_op:
        batch_op.drop_column("seed")
        batch_op.drop_column("inputs")

    with op.batch_alter_table("judge") as batch_op:
        batch_op.drop_column("available_until")
        batch_op.drop_column("available_from")
        batch_op.drop_column("most_tasks")

    with op.batch_alter_table("conflict_of_interest") as batch_op:
        batch_op.drop_constraint(op.f("ck_conflict_of_interest_kind"), type_="check")
        batch_op.drop_constraint(op.f("ck_conflict_of_interest_source"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_conflict_of_interest_kind"), "kind in ('relation', 'tutoring', 'declared', 'office')"
        )
        batch_op.drop_constraint(op.f("fk_conflict_of_interest_ended_by"), type_="foreignkey")
        batch_op.drop_column("ended_why")
        batch_op.drop_column("ended_by")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("source")

    with op.batch_alter_table("assignment") as batch_op:
        batch_op.drop_column("asks_to_reopen")
        batch_op.drop_column("is_calibration")
        batch_op.drop_column("seconds_spent")
        batch_op.drop_column("first_opened_at")
        batch_op.drop_column("draft_stamp")
        batch_op.drop_column("draft_panel_comment")


def _tables_down() -> None:
    with op.batch_alter_table("reopening") as batch_op:
        batch_op.drop_index(op.f("ix_reopening_assignment_id"))

    op.drop_table("reopening")
    with op.batch_alter_table("paper_sheet") as batch_op:
        batch_op.drop_index(op.f("ix_paper_sheet_assignment_id"))

    op.drop_table("paper_sheet")
    op.drop_table("interview_slot")
    with op.batch_alter_table("round_entry") as batch_op:
        batch_op.drop_index(op.f("ix_round_entry_entry_id"))

    op.drop_table("round_entry")
    with op.batch_alter_table("interview_session") as batch_op:
        batch_op.drop_index(op.f("ix_interview_session_round_id"))

    op.drop_table("interview_session")
    with op.batch_alter_table("fraud_report") as batch_op:
        batch_op.drop_index("ix_fraud_report_round")
        batch_op.drop_index(op.f("ix_fraud_report_entry_id"))

    op.drop_table("fraud_report")
    with op.batch_alter_table("conflict_overrule") as batch_op:
        batch_op.drop_index(op.f("ix_conflict_overrule_judge_id"))

    op.drop_table("conflict_overrule")
    op.drop_table("plan_change")
    op.drop_table("panel")


def _simulation_up() -> None:
    op.create_table(
        "simulation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("design", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_simulation_run_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulation_run")),
        sa.UniqueConstraint("office_id", "digest", name=op.f("uq_simulation_run_office_id_digest")),
    )


def _simulation_down() -> None:
    op.drop_table("simulation_run")


def _set_aside_up() -> None:
    op.create_table(
        "set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("sheet_version", sa.Integer(), nullable=False),
        sa.Column("conflict", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("given_to", sa.Integer(), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_why", sa.Text(), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_set_aside_assignment_id")),
        sa.ForeignKeyConstraint(["given_to"], ["judge.id"], name=op.f("fk_set_aside_given_to")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_set_aside_set_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["account.id"], name=op.f("fk_set_aside_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
    )
    op.create_index(op.f("ix_set_aside_assignment_id"), "set_aside", ["assignment_id"])


def _set_aside_down() -> None:
    op.drop_index(op.f("ix_set_aside_assignment_id"), table_name="set_aside")
    op.drop_table("set_aside")


def _answers_up() -> None:
    """What invited judges answer. When those who have joined accepted is not known any more."""
    with op.batch_alter_table("judge") as batch_op:
        batch_op.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answer_why", sa.Text(), nullable=False, server_default=""))


def _answers_down() -> None:
    with op.batch_alter_table("judge") as batch_op:
        batch_op.drop_column("answer_why")
        batch_op.drop_column("accepted_at")
