"""Every column that may say something about a person is named here with how it is kept; numbers are sealed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, LargeBinary, cast, select

from contest_portal.core.database import db
from contest_portal.core.sealing import Sealed
from contest_portal.people.models import Office, School
from contest_portal.people.privacy.registry import tables_spoken_for
from tests.factories import made, make_office, make_school, make_student, make_teacher

ABOUT_PERSONS = re.compile(
    r"id_number|phone|address|mail|contact|guardian|leader_|objector|recipient|birth|ethnic|browser|employer|initials"
    r"|(^|_)name$"
)

SEALED_DIGESTED = {
    "account.phone": "phone_digest",
    "judge.phone": "phone_digest",
    "student.id_number": "id_digest",
    "teacher.id_number": "id_digest",
    "teacher.phone": "phone_digest",
}
"""Sealed, and searched by the keyed digest in the column beside it."""

SEALED = {
    "booking.leader_phone",
    "notice_address.address",
    "objection.grounds",
    "objection.objector_id_number",
    "objection.objector_name",
    "objection.objector_phone",
    "objection.objector_unit",
    "objection_event.text",
    "objection_file.file_name",
    "outbox_message.address",
    "outbox_message.body",
    "school.contact_phone",
    "student.guardian_phone",
}
"""Sealed and never searched."""

SECRETS = {"code_app.secret", "office_keys.private_keys", "office_signing_key.private_key"}
"""Sealed, about nobody."""

NAMES = {
    "account.login_name",
    "account.name",
    "award_decision.decided_by_name",
    "batch_item.tutor_name",
    "booking.leader_name",
    "certificate.recipient",
    "committee_decision.decided_by_name",
    "consent.guardian_name",
    "invitation.name",
    "judge.name",
    "name_trace.name",
    "school.contact_name",
    "student.initials",
    "student.name",
    "teacher.initials",
    "teacher.name",
}
"""Plain, for lists are sorted and searched by them; shown to whom the policies say, erased by rule and on request."""

TRAITS = {
    "student.birth_on",
    "student.ethnic_group",
    "teacher.birth_on",
    "teacher.ethnic_group",
    "judge.employer",
    "booking.leader_teacher_id",
}
"""Plain: the rules of categories ask for age and year; erased with the person."""

NETWORK = {
    "audit_record.address",
    "login_session.address",
    "login_session.browser",
    "trusted_device.address",
    "trusted_device.browser",
    "passkey.name",
}
"""Where an account acted: of sessions erased after their period; of the trail the block alone is kept, for its digests cover it."""

TYPED_WORDS = {
    "batch_source.file_name",
    "check_in.party_name",
    "consent.file_name",
    "corrected_file.file_name",
    "entry.group_name",
    "entry_content.file_name",
    "entry_file.file_name",
    "external_result.file_name",
    "honour.file_name",
    "roster_import.file_name",
    "team.name",
    "upload.file_name",
}
"""Names of files and groups, in which somebody may have written a name."""

OF_PLACES = {
    "activity_record.name",
    "booking_group.class_name",
    "category.name",
    "certificate.school_name",
    "certificate_print.address",
    "certificate_settings.font_name",
    "contest.feeds_into_name",
    "contest.name",
    "contest_attachment.file_name",
    "contest_group.name",
    "enrolment.class_name",
    "event.contact_name",
    "event.contact_phone",
    "event_file.file_name",
    "external_result.contest_name",
    "handoff.package_name",
    "handoff_partner.name",
    "objection_setting.asks_id_number",
    "office.address",
    "office.name",
    "office.phone",
    "office.region_name",
    "office.short_name",
    "panel.name",
    "round.name",
    "running_process.answered_name",
    "running_process.asked_name",
    "running_process.name",
    "school.address",
    "school.name",
    "special_award.name",
    "student.class_name",
    "transfer.class_name",
}
"""About offices, schools, events and classes; an event's contact is published with its call."""

PLAIN = NAMES | TRAITS | NETWORK | TYPED_WORDS | OF_PLACES


def columns() -> list[Column[Any]]:
    return [column for table in db.metadata.sorted_tables for column in table.columns]


def test_every_personal_column_is_named_with_how_it_is_kept(app: Flask) -> None:
    sealed = {str(one) for one in columns() if isinstance(one.type, Sealed)}
    assert sealed == SEALED_DIGESTED.keys() | SEALED | SECRETS, "say in this file how the sealed column is searched"
    plain = {str(one) for one in columns() if ABOUT_PERSONS.search(one.name) and not isinstance(one.type, Sealed)}
    unknown = sorted(one for one in plain - PLAIN if not one.endswith("_digest"))
    assert not unknown, (
        f"{', '.join(unknown)}: seal it (core.sealing.Sealed) if it is a number, telephone or address of a person; else "
        "name it in one of the sets of this file, and let its room's personal_data.py say what erasing does to it."
    )
    assert {str(one) for one in columns()} >= PLAIN, "a column that is gone is still named here"


def test_what_is_searched_has_its_digest_beside_it(app: Flask) -> None:
    known = {str(one) for one in columns()}
    assert {f"{one.split('.')[0]}.{digest}" for one, digest in SEALED_DIGESTED.items()} <= known


def test_every_table_that_points_to_a_person_is_spoken_for(app: Flask) -> None:
    pointing = {
        column.table.name
        for column in columns()
        for key in column.foreign_keys
        if key.column.table.name in {"student", "teacher"}
    }
    missing = sorted(pointing - tables_spoken_for())
    assert not missing, f"{', '.join(missing)}: add a @holder and what erasing does in the room's personal_data.py"


@pytest.fixture
def place(app: Flask) -> School:
    office: Office = make_office()
    return make_school(office)


def test_numbers_cannot_be_read_in_the_database(place: School) -> None:
    make_student(
        place, "欧阳星河", born=date(2008, 5, 12), id_number="990000200805120013", guardian_phone="13900000071"
    )
    make_teacher(place, "慕容老师", id_number="990000198004050026", phone="13900000072")
    place.contact_phone = "13900000073"
    made(place)
    stored = b"".join(
        bytes(value)
        for column in columns()
        if isinstance(column.type, Sealed)
        for value in db.session.scalars(select(cast(column, LargeBinary)).where(column.is_not(None)))
    )
    assert len(stored) > 5 * 16
    assert not re.search(rb"9900001980|9900002008|1390000007", stored)
