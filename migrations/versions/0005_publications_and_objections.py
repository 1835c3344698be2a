"""Publications with dates and hashes; objections; amendments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _publications_up()
    _objections_up()


def downgrade() -> None:
    _objections_down()
    _publications_down()


def _publications_up() -> None:
    with op.batch_alter_table("publication") as table:
        table.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="shortlist"))
        table.add_column(sa.Column("open_days", sa.Integer(), nullable=False, server_default="5"))
        table.add_column(sa.Column("closes_by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("down_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("final_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("final_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("pending", sa.JSON(), nullable=False, server_default="[]"))
        table.drop_constraint(op.f("ck_publication_state"), type_="check")
        table.create_check_constraint(op.f("ck_publication_state"), "state in ('draft', 'public', 'final', 'amended')")
        table.create_check_constraint(op.f("ck_publication_kind"), "kind in ('shortlist', 'award')")
        table.drop_constraint(op.f("uq_publication_contest_id_version"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_publication_contest_id_kind_version"), ["contest_id", "kind", "version"]
        )
        table.create_foreign_key(op.f("fk_publication_final_by"), "account", ["final_by"], ["id"])
        table.create_index(op.f("ix_publication_content_sha256"), ["content_sha256"])
    op.create_table(
        "publication_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column("stay_days", sa.Integer(), nullable=False),
        sa.Column("archive_names", sa.String(length=10), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("open_days > 0 and stay_days >= 0", name=op.f("ck_publication_setting_days")),
        sa.CheckConstraint("archive_names in ('masked', 'dropped')", name=op.f("ck_publication_setting_archive_names")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_publication_setting_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_setting")),
        sa.UniqueConstraint("contest_id", name=op.f("uq_publication_setting_contest_id")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=50), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_calendar_day_office_id")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_calendar_day_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("office_id", "day", name=op.f("uq_calendar_day_office_id_day")),
    )


def _publications_down() -> None:
    op.drop_table("calendar_day")
    op.drop_table("publication_setting")
    # The program before knew no public lists of awards, and no list that is final.
    op.execute("DELETE FROM publication WHERE kind = 'award'")
    op.execute("UPDATE publication SET state = 'public' WHERE state = 'final'")
    with op.batch_alter_table("publication") as table:
        table.drop_index(op.f("ix_publication_content_sha256"))
        table.drop_constraint(op.f("fk_publication_final_by"), type_="foreignkey")
        table.drop_constraint(op.f("uq_publication_contest_id_kind_version"), type_="unique")
        table.create_unique_constraint(op.f("uq_publication_contest_id_version"), ["contest_id", "version"])
        table.drop_constraint(op.f("ck_publication_kind"), type_="check")
        table.drop_constraint(op.f("ck_publication_state"), type_="check")
        table.create_check_constraint(op.f("ck_publication_state"), "state in ('draft', 'public', 'amended')")
        for name in ("pending", "final_at", "final_by", "down_on", "closes_by_hand", "open_days", "kind"):
            table.drop_column(name)


def _objections_up() -> None:
    op.create_table(
        "objection_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("accept_days", sa.Integer(), nullable=False),
        sa.Column("inquire_days", sa.Integer(), nullable=False),
        sa.Column("sign_days", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("statement_days", sa.Integer(), nullable=False),
        sa.Column("asks_id_number", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "accept_days > 0 and inquire_days > 0 and sign_days > 0 and answer_days > 0 and statement_days > 0",
            name=op.f("ck_objection_setting_days"),
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_objection_setting_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_setting")),
        sa.UniqueConstraint("contest_id", name=op.f("uq_objection_setting_contest_id")),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("objector_name", sa.LargeBinary(), nullable=False),
        sa.Column("objector_id_number", sa.LargeBinary(), nullable=True),
        sa.Column("objector_unit", sa.LargeBinary(), nullable=False),
        sa.Column("objector_phone", sa.LargeBinary(), nullable=False),
        sa.Column("grounds", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome in ('', 'upheld', 'corrected', 'dismissed')", name=op.f("ck_objection_outcome")),
        sa.CheckConstraint(
            "state in ('received', 'inquiry', 'refused', 'signing', 'decided', 'answered', 'withdrawn')",
            name=op.f("ck_objection_state"),
        ),
        sa.CheckConstraint("decided_by is null or decided_by <> proposed_by", name=op.f("ck_objection_two_people")),
        sa.CheckConstraint("second_id is null or second_id <> handler_id", name=op.f("ck_objection_two_tasks")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_objection_contest_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_objection_decided_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_objection_entry_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["account.id"], name=op.f("fk_objection_handler_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_objection_proposed_by")),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f("fk_objection_publication_id")),
        sa.ForeignKeyConstraint(["second_id"], ["account.id"], name=op.f("fk_objection_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("number", name=op.f("uq_objection_number")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_objection_secret_digest")),
    )
    op.create_index("ix_objection_contest", "objection", ["contest_id", "state", "due_on"])
    op.create_index(op.f("ix_objection_entry_id"), "objection", ["entry_id"])
    op.create_index(op.f("ix_objection_handler_id"), "objection", ["handler_id"])
    op.create_index(op.f("ix_objection_second_id"), "objection", ["second_id"])
    op.create_table(
        "objection_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_objection_conflict_account_id")),
        sa.ForeignKeyConstraint(["declared_by"], ["account.id"], name=op.f("fk_objection_conflict_declared_by")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_objection_conflict_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_conflict")),
        sa.UniqueConstraint("objection_id", "account_id", name=op.f("uq_objection_conflict_objection_id_account_id")),
    )
    op.create_index(op.f("ix_objection_conflict_account_id"), "objection_conflict", ["account_id"])
    op.create_table(
        "objection_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_objection_event_account_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_objection_event_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_event")),
    )
    op.create_index(op.f("ix_objection_event_objection_id"), "objection_event", ["objection_id"])
    op.create_table(
        "objection_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("judge_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(school_id is null) <> (judge_id is null)", name=op.f("ck_objection_statement_whom")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_objection_statement_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_objection_statement_asked_by")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_objection_statement_judge_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_objection_statement_objection_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_objection_statement_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_statement")),
        sa.UniqueConstraint("objection_id", "judge_id", name=op.f("uq_objection_statement_objection_id_judge_id")),
        sa.UniqueConstraint("objection_id", "school_id", name=op.f("uq_objection_statement_objection_id_school_id")),
    )
    op.create_index(op.f("ix_objection_statement_judge_id"), "objection_statement", ["judge_id"])
    op.create_index(op.f("ix_objection_statement_school_id"), "objection_statement", ["school_id"])
    op.create_table(
        "objection_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_objection_file_objection_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["objection_statement.id"], name=op.f("fk_objection_file_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_file")),
    )
    op.create_index(op.f("ix_objection_file_objection_id"), "objection_file", ["objection_id"])
    op.create_index(op.f("ix_objection_file_statement_id"), "objection_file", ["statement_id"])


def _objections_down() -> None:
    op.drop_index(op.f("ix_objection_file_statement_id"), table_name="objection_file")
    op.drop_index(op.f("ix_objection_file_objection_id"), table_name="objection_file")
    op.drop_table("objection_file")
    op.drop_index(op.f("ix_objection_statement_school_id"), table_name="objection_statement")
    op.drop_index(op.f("ix_objection_statement_judge_id"), table_name="objection_statement")
    op.drop_table("objection_statement")
    op.drop_index(op.f("ix_objection_event_objection_id"), table_name="objection_event")
    op.drop_table("objection_event")
    op.drop_index(op.f("ix_objection_conflict_account_id"), table_name="objection_conflict")
    op.drop_table("objection_conflict")
    op.drop_index(op.f("ix_objection_second_id"), table_name="objection")
    op.drop_index(op.f("ix_objection_handler_id"), table_name="objection")
    op.drop_index(op.f("ix_objection_entry_id"), table_name="objection")
    op.drop_index("ix_objection_contest", table_name="objection")
    op.drop_table("objection")
    op.drop_table("objection_setting")
