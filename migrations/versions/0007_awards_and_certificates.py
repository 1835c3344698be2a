"""Awards, external results with attachment, certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _awards_up()
    _certificates_up()


def downgrade() -> None:
    _certificates_down()
    _awards_down()


def _awards_up() -> None:
    op.create_table(
        "prize_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_prize_table_category_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_prize_table_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prize_table")),
        sa.UniqueConstraint("category_id", name=op.f("uq_prize_table_category_id")),
    )
    op.create_table(
        "award_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('draft', 'approved', 'superseded')", name=op.f("ck_award_list_state")),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_award_list_approved_by")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_award_list_category_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_award_list_contest_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_award_list_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_list")),
        sa.UniqueConstraint("category_id", "version", name=op.f("uq_award_list_category_id_version")),
    )
    op.create_index(op.f("ix_award_list_contest_id"), "award_list", ["contest_id"], unique=False)
    op.create_table(
        "award_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_list_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("award", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_params", sa.JSON(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_why", sa.Text(), nullable=False),
        sa.CheckConstraint("(state in ('given', 'cancelled')) = (award <> '')", name=op.f("ck_award_line_award")),
        sa.CheckConstraint("state in ('given', 'none', 'tied', 'cancelled')", name=op.f("ck_award_line_state")),
        sa.ForeignKeyConstraint(["award_list_id"], ["award_list.id"], name=op.f("fk_award_line_award_list_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_award_line_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_line")),
        sa.UniqueConstraint("award_list_id", "entry_id", name=op.f("uq_award_line_award_list_id_entry_id")),
    )
    op.create_index(op.f("ix_award_line_entry_id"), "award_line", ["entry_id"], unique=False)
    op.create_table(
        "award_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("award", sa.String(length=60), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=50), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("votes_abstained", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(decision = 'award') = (award <> '')", name=op.f("ck_award_decision_award")),
        sa.CheckConstraint("decision in ('award', 'none', 'clear')", name=op.f("ck_award_decision_decision")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_award_decision_category_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_award_decision_entry_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_award_decision_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_decision")),
    )
    op.create_index(op.f("ix_award_decision_category_id"), "award_decision", ["category_id"], unique=False)
    op.create_table(
        "special_award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sponsor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_special_award_contest_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_special_award_entry_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_special_award_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_award")),
        sa.UniqueConstraint("contest_id", "name", "entry_id", name=op.f("uq_special_award_contest_id_name_entry_id")),
    )
    op.create_index(op.f("ix_special_award_contest_id"), "special_award", ["contest_id"], unique=False)
    op.create_index(op.f("ix_special_award_entry_id"), "special_award", ["entry_id"], unique=False)
    op.create_table(
        "merit_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('tutor', 'school')", name=op.f("ck_merit_table_kind")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_merit_table_contest_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_merit_table_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merit_table")),
        sa.UniqueConstraint("contest_id", "kind", name=op.f("uq_merit_table_contest_id_kind")),
    )
    op.create_table(
        "merit_award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("award", sa.String(length=60), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.String(length=20), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(teacher_id is null) <> (school_id is null)", name=op.f("ck_merit_award_whose")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_merit_award_confirmed_by")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_merit_award_contest_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_merit_award_school_id")),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_merit_award_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merit_award")),
        sa.UniqueConstraint("contest_id", "award", "school_id", name=op.f("uq_merit_award_contest_id_award_school_id")),
        sa.UniqueConstraint(
            "contest_id", "award", "teacher_id", name=op.f("uq_merit_award_contest_id_award_teacher_id")
        ),
    )
    op.create_index(op.f("ix_merit_award_contest_id"), "merit_award", ["contest_id"], unique=False)
    op.create_table(
        "result_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shows_rank", sa.Boolean(), nullable=False),
        sa.Column("shows_score", sa.Boolean(), nullable=False),
        sa.Column("shows_comments", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_result_release_contest_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_result_release_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_release")),
        sa.UniqueConstraint("contest_id", name=op.f("uq_result_release_contest_id")),
    )
    with op.batch_alter_table("external_result") as table:
        table.add_column(sa.Column("level", sa.String(length=10), nullable=False, server_default=""))
        table.add_column(sa.Column("work_title", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("file_sha256", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("file_name", sa.String(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("honour") as table:
        table.add_column(sa.Column("file_sha256", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("file_name", sa.String(length=200), nullable=False, server_default=""))
    # Nobody was asked before whether a work may be shown: no consent says so.
    with op.batch_alter_table("consent") as table:
        table.add_column(sa.Column("covers_showing", sa.Boolean(), nullable=False, server_default=sa.false()))


def _awards_down() -> None:
    with op.batch_alter_table("consent") as table:
        table.drop_column("covers_showing")
    with op.batch_alter_table("honour") as table:
        table.drop_column("file_name")
        table.drop_column("file_sha256")
    with op.batch_alter_table("external_result") as table:
        table.drop_column("file_name")
        table.drop_column("file_sha256")
        table.drop_column("work_title")
        table.drop_column("level")
    op.drop_table("result_release")
    op.drop_index(op.f("ix_merit_award_contest_id"), table_name="merit_award")
    op.drop_table("merit_award")
    op.drop_table("merit_table")
    op.drop_index(op.f("ix_special_award_contest_id"), table_name="special_award")
    op.drop_index(op.f("ix_special_award_entry_id"), table_name="special_award")
    op.drop_table("special_award")
    op.drop_index(op.f("ix_award_decision_category_id"), table_name="award_decision")
    op.drop_table("award_decision")
    op.drop_index(op.f("ix_award_line_entry_id"), table_name="award_line")
    op.drop_table("award_line")
    op.drop_index(op.f("ix_award_list_contest_id"), table_name="award_list")
    op.drop_table("award_list")
    op.drop_table("prize_table")


def _certificates_up() -> None:
    op.create_table(
        "certificate_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("number_pattern", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("is_one_each", sa.Boolean(), nullable=False),
        sa.Column("font_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("font_family", sa.String(length=100), nullable=False),
        sa.Column("font_name", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_certificate_settings_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_settings")),
        sa.UniqueConstraint("contest_id", name=op.f("uq_certificate_settings_contest_id")),
    )
    op.create_table(
        "certificate_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("award", sa.String(length=60), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("background_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("seal_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("signature_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('author', 'tutor', 'school')", name=op.f("ck_certificate_template_kind")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_certificate_template_contest_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_certificate_template_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_template")),
        sa.UniqueConstraint("contest_id", "kind", "award", name=op.f("uq_certificate_template_contest_id_kind_award")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("number_key", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("award", sa.String(length=60), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("subject_key", sa.String(length=120), nullable=False),
        sa.Column("live_key", sa.String(length=120), nullable=True),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("school_name", sa.String(length=100), nullable=False),
        sa.Column("work_title", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'valid') = (live_key is not null)", name=op.f("ck_certificate_live")),
        sa.CheckConstraint("kind in ('author', 'tutor', 'school')", name=op.f("ck_certificate_kind")),
        sa.CheckConstraint("state in ('valid', 'revoked')", name=op.f("ck_certificate_state")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_certificate_contest_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_certificate_entry_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_certificate_issued_by")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["certificate.id"], name=op.f("fk_certificate_replaced_by_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["account.id"], name=op.f("fk_certificate_revoked_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_certificate_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("contest_id", "number_key", name=op.f("uq_certificate_contest_id_number_key")),
        sa.UniqueConstraint("contest_id", "serial", name=op.f("uq_certificate_contest_id_serial")),
        sa.UniqueConstraint("live_key", name=op.f("uq_certificate_live_key")),
    )
    op.create_index(op.f("ix_certificate_entry_id"), "certificate", ["entry_id"], unique=False)
    op.create_index(op.f("ix_certificate_number_key"), "certificate", ["number_key"], unique=False)
    op.create_index(op.f("ix_certificate_school_id"), "certificate", ["school_id"], unique=False)
    op.create_table(
        "certificate_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("certificate_ids", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("has_background", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("zip_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("print_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_certificate_print_asked_by")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_certificate_print_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_print")),
    )
    op.create_index(op.f("ix_certificate_print_contest_id"), "certificate_print", ["contest_id"], unique=False)
    op.create_table(
        "office_signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_office_signing_key_made_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_signing_key_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_signing_key")),
    )
    op.create_index(op.f("ix_office_signing_key_office_id"), "office_signing_key", ["office_id"], unique=False)


def _certificates_down() -> None:
    op.drop_index(op.f("ix_office_signing_key_office_id"), table_name="office_signing_key")
    op.drop_table("office_signing_key")
    op.drop_index(op.f("ix_certificate_print_contest_id"), table_name="certificate_print")
    op.drop_table("certificate_print")
    op.drop_index(op.f("ix_certificate_entry_id"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_number_key"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_school_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_table("certificate_template")
    op.drop_table("certificate_settings")
