"""Events with their sessions, schools' parties and places, plans, check-in, contest days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("theme", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("conduct", sa.Text(), nullable=False),
        sa.Column("venue", sa.String(length=100), nullable=False),
        sa.Column("directions", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.String(length=50), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("booking_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booking_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_minutes", sa.Integer(), nullable=False),
        sa.Column("offer_hours", sa.Integer(), nullable=False),
        sa.Column("most_wishes", sa.Integer(), nullable=False),
        sa.Column("most_parties_a_school", sa.Integer(), nullable=True),
        sa.Column("most_people_a_school", sa.Integer(), nullable=True),
        sa.Column("pupils_per_adult", sa.Integer(), nullable=True),
        sa.Column("once_per_pupil", sa.Boolean(), nullable=False),
        sa.Column("splittable", sa.Boolean(), nullable=False),
        sa.Column("is_course", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_why", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('museum', 'caravan', 'open_day', 'training', 'contest_day', 'talk')", name=op.f("ck_event_kind")
        ),
        sa.CheckConstraint("mode in ('first_come', 'wishes', 'open')", name=op.f("ck_event_mode")),
        sa.CheckConstraint("state in ('draft', 'public', 'closed', 'cancelled')", name=op.f("ck_event_state")),
        sa.CheckConstraint("hold_minutes > 0 and offer_hours > 0 and most_wishes > 0", name=op.f("ck_event_terms")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_event_created_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_event_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_office", ["office_id", "state", "id"], unique=False)

    op.create_table(
        "event_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_file_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_file")),
    )
    with op.batch_alter_table("event_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_file_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("problem_sha256", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('asked', 'ready', 'failed', 'published', 'superseded')", name=op.f("ck_event_plan_state")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_event_plan_asked_by")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_plan_event_id")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_event_plan_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_plan")),
        sa.UniqueConstraint("event_id", "version", name=op.f("uq_event_plan_event_id_version")),
    )
    op.create_table(
        "event_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("most_parties", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("parties", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('open', 'cancelled')", name=op.f("ck_event_session_state")),
        sa.CheckConstraint("capacity >= 0 and taken >= 0 and taken <= capacity", name=op.f("ck_event_session_taken")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_session_ends_at")),
        sa.CheckConstraint(
            "parties >= 0 and (most_parties is null or parties <= most_parties)", name=op.f("ck_event_session_parties")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_session_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_session")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_event_session_event_id_number")),
    )
    with op.batch_alter_table("event_session", schema=None) as batch_op:
        batch_op.create_index("ix_event_session_day", ["day", "event_id"], unique=False)

    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("leader_name", sa.String(length=50), nullable=False),
        sa.Column("leader_phone", sa.LargeBinary(), nullable=True),
        sa.Column("leader_teacher_id", sa.Integer(), nullable=True),
        sa.Column("needs_bus", sa.Boolean(), nullable=False),
        sa.Column("wheelchairs", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("may_split", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("priority_why", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state in ('held', 'wished', 'waiting', 'booked', 'unplaced', 'cancelled', 'expired')",
            name=op.f("ck_booking_state"),
        ),
        sa.CheckConstraint("priority > 0", name=op.f("ck_booking_priority")),
        sa.CheckConstraint("pupils >= 0 and adults >= 0 and pupils + adults > 0", name=op.f("ck_booking_people")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_booking_created_by")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_booking_event_id")),
        sa.ForeignKeyConstraint(["leader_teacher_id"], ["teacher.id"], name=op.f("fk_booking_leader_teacher_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_booking_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_booking_event_id_code")),
        sa.UniqueConstraint("token", name=op.f("uq_booking_token")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(
            "ix_booking_held",
            ["held_until"],
            unique=False,
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )
        batch_op.create_index("ix_booking_school", ["school_id", "event_id", "state"], unique=False)

    op.create_table(
        "contest_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("table_word", sa.String(length=10), nullable=False),
        sa.Column("tables", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("fewest", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("most_a_school", sa.Integer(), nullable=True),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("pause_minutes", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_by", sa.Integer(), nullable=True),
        sa.Column("drawing", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fewest > 0 and most >= fewest", name=op.f("ck_contest_group_team_size")),
        sa.CheckConstraint(
            "pause_minutes >= 0 and (most_a_school is null or most_a_school > 0)", name=op.f("ck_contest_group_limits")
        ),
        sa.CheckConstraint("tables > 0 and runs > 0 and minutes > 0", name=op.f("ck_contest_group_numbers")),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_contest_group_drawn_by")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_contest_group_event_id")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f("fk_contest_group_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_group")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_contest_group_event_id_name")),
    )
    op.create_table(
        "booking_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_change_booking_id")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_booking_change_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_change")),
    )
    with op.batch_alter_table("booking_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_change_booking_id"), ["booking_id"], unique=False)

    op.create_table(
        "booking_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("class_name", sa.String(length=20), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("once_key", sa.String(length=80), nullable=True),
        sa.CheckConstraint("pupils > 0", name=op.f("ck_booking_group_pupils")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_group_booking_id")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f("fk_booking_group_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_group")),
        sa.UniqueConstraint("once_key", name=op.f("uq_booking_group_once_key")),
    )
    with op.batch_alter_table("booking_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_group_booking_id"), ["booking_id"], unique=False)

    op.create_table(
        "booking_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("teacher_id", sa.Integer(), nullable=True),
        sa.Column("once_key", sa.Integer(), nullable=True),
        sa.CheckConstraint("(student_id is null) <> (teacher_id is null)", name=op.f("ck_booking_person_person")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_person_booking_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_booking_person_student_id")),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_booking_person_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_person")),
        sa.UniqueConstraint("once_key", "student_id", name=op.f("uq_booking_person_once_key_student_id")),
        sa.UniqueConstraint("once_key", "teacher_id", name=op.f("uq_booking_person_once_key_teacher_id")),
    )
    with op.batch_alter_table("booking_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_person_booking_id"), ["booking_id"], unique=False)

    op.create_table(
        "booking_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("no_show_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("people > 0", name=op.f("ck_booking_place_people")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_place_booking_id")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f("fk_booking_place_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_place")),
        sa.UniqueConstraint("booking_id", "session_id", name=op.f("uq_booking_place_booking_id_session_id")),
    )
    with op.batch_alter_table("booking_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_place_session_id"), ["session_id"], unique=False)

    op.create_table(
        "booking_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_wish_booking_id")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f("fk_booking_wish_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_wish")),
        sa.UniqueConstraint("booking_id", "position", name=op.f("uq_booking_wish_booking_id_position")),
        sa.UniqueConstraint("booking_id", "session_id", name=op.f("uq_booking_wish_booking_id_session_id")),
    )
    with op.batch_alter_table("booking_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_wish_session_id"), ["session_id"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("party_name", sa.String(length=100), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("photo_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("pupils >= 0 and adults >= 0 and pupils + adults > 0", name=op.f("ck_check_in_people")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_check_in_booking_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_check_in_recorded_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_check_in_school_id")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f("fk_check_in_session_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["account.id"], name=op.f("fk_check_in_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("key", name=op.f("uq_check_in_key")),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_in_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_check_in_session", ["session_id", "arrived_at"], unique=False)
        batch_op.create_index(
            "uq_check_in_party",
            ["session_id", "booking_id"],
            unique=True,
            sqlite_where=sa.text("undone_at is null"),
            postgresql_where=sa.text("undone_at is null"),
        )

    op.create_table(
        "event_plan_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_event_plan_move_booking_id")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_event_plan_move_by")),
        sa.ForeignKeyConstraint(["plan_id"], ["event_plan.id"], name=op.f("fk_event_plan_move_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_plan_move")),
    )
    with op.batch_alter_table("event_plan_move", schema=None) as batch_op:
        batch_op.create_index("ix_event_plan_move_plan", ["plan_id", "id"], unique=False)

    op.create_table(
        "contest_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("listed_by", sa.Integer(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "published_by is null or published_by <> listed_by", name=op.f("ck_contest_result_two_people")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["contest_group.id"], name=op.f("fk_contest_result_group_id")),
        sa.ForeignKeyConstraint(["listed_by"], ["account.id"], name=op.f("fk_contest_result_listed_by")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_contest_result_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_result")),
        sa.UniqueConstraint("group_id", "version", name=op.f("uq_contest_result_group_id_version")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('registered', 'withdrawn')", name=op.f("ck_team_state")),
        sa.ForeignKeyConstraint(["coach_id"], ["teacher.id"], name=op.f("fk_team_coach_id")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_team_created_by")),
        sa.ForeignKeyConstraint(["group_id"], ["contest_group.id"], name=op.f("fk_team_group_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_team_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("group_id", "school_id", "name", name=op.f("uq_team_group_id_school_id_name")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index("ix_team_school", ["school_id", "group_id"], unique=False)

    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_people", sa.Integer(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'offered', 'taken', 'expired', 'declined', 'left')", name=op.f("ck_waiting_state")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_waiting_booking_id")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f("fk_waiting_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
    )
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.create_index("ix_waiting_booking", ["booking_id", "state"], unique=False)
        batch_op.create_index("ix_waiting_queue", ["session_id", "state", "id"], unique=False)

    op.create_table(
        "check_in_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("pupils_before", sa.Integer(), nullable=False),
        sa.Column("adults_before", sa.Integer(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_check_in_correction_by")),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_in.id"], name=op.f("fk_check_in_correction_check_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_correction")),
    )
    with op.batch_alter_table("check_in_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_correction_check_in_id"), ["check_in_id"], unique=False)

    op.create_table(
        "presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["booking_person.id"], name=op.f("fk_presence_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_presence_recorded_by")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f("fk_presence_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
        sa.UniqueConstraint("session_id", "person_id", name=op.f("uq_presence_session_id_person_id")),
    )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_person_id"), ["person_id"], unique=False)

    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Numeric(precision=9, scale=3, asdecimal=False), nullable=True),
        sa.Column("seconds", sa.Numeric(precision=9, scale=3, asdecimal=False), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("typed_by", sa.Integer(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome in ('ran', 'absent', 'stopped')", name=op.f("ck_run_outcome")),
        sa.CheckConstraint("confirmed_by is null or confirmed_by <> typed_by", name=op.f("ck_run_two_people")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_run_confirmed_by")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_run_team_id")),
        sa.ForeignKeyConstraint(["typed_by"], ["account.id"], name=op.f("fk_run_typed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("team_id", "number", name=op.f("uq_run_team_id_number")),
    )
    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("once_key", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_team_member_student_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("once_key", "student_id", name=op.f("uq_team_member_once_key_student_id")),
        sa.UniqueConstraint("team_id", "student_id", name=op.f("uq_team_member_team_id_student_id")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_student_id"), ["student_id"], unique=False)

    op.create_table(
        "run_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Numeric(precision=9, scale=3, asdecimal=False), nullable=True),
        sa.Column("seconds", sa.Numeric(precision=9, scale=3, asdecimal=False), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_run_change_by")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_change_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_change")),
    )
    with op.batch_alter_table("run_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_change_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("run_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_change_run_id"))

    op.drop_table("run_change")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_member_student_id"))

    op.drop_table("team_member")
    op.drop_table("run")
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presence_person_id"))

    op.drop_table("presence")
    with op.batch_alter_table("check_in_correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_in_correction_check_in_id"))

    op.drop_table("check_in_correction")
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.drop_index("ix_waiting_queue")
        batch_op.drop_index("ix_waiting_booking")

    op.drop_table("waiting")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index("ix_team_school")

    op.drop_table("team")
    with op.batch_alter_table("event_plan_move", schema=None) as batch_op:
        batch_op.drop_index("ix_event_plan_move_plan")

    op.drop_table("contest_result")
    op.drop_table("event_plan_move")
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_check_in_party",
            sqlite_where=sa.text("undone_at is null"),
            postgresql_where=sa.text("undone_at is null"),
        )
        batch_op.drop_index("ix_check_in_session")
        batch_op.drop_index(batch_op.f("ix_check_in_school_id"))
        batch_op.drop_index(batch_op.f("ix_check_in_booking_id"))

    op.drop_table("check_in")
    with op.batch_alter_table("booking_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_wish_session_id"))

    op.drop_table("booking_wish")
    with op.batch_alter_table("booking_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_place_session_id"))

    op.drop_table("booking_place")
    with op.batch_alter_table("booking_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_person_booking_id"))

    op.drop_table("booking_person")
    with op.batch_alter_table("booking_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_group_booking_id"))

    op.drop_table("booking_group")
    with op.batch_alter_table("booking_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_change_booking_id"))

    op.drop_table("booking_change")
    op.drop_table("contest_group")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index("ix_booking_school")
        batch_op.drop_index(
            "ix_booking_held", sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'")
        )

    op.drop_table("booking")
    with op.batch_alter_table("event_session", schema=None) as batch_op:
        batch_op.drop_index("ix_event_session_day")

    op.drop_table("event_session")
    op.drop_table("event_plan")
    with op.batch_alter_table("event_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_file_event_id"))

    op.drop_table("event_file")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_office")

    op.drop_table("event")
