"""The unit of work: one verb, one transaction, one chained record."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from contest_portal.core import audit
from contest_portal.core.actor import console_actor
from contest_portal.core.database import db, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.models import AuditRecord
from contest_portal.people.models import Office
from tests.factories import make_office


def rename(office_id: int, name: str) -> None:
    with unit_of_work(console_actor(), "people.rename_office") as work:
        office = locked(Office, office_id)
        before, office.name = office.name, name
        work.record(office, before={"name": before}, after={"name": name})


def test_a_verb_leaves_one_record_in_a_chain_that_verifies(app: Flask) -> None:
    office = make_office()
    rename(office.id, "甲")
    rename(office.id, "乙")
    records = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id)).all()
    assert [record.after for record in records] == [{"name": "甲"}, {"name": "乙"}]
    assert audit.verify(db.session) == (2, None)


def test_an_edited_record_is_found(app: Flask) -> None:
    office = make_office()
    for name in ("甲", "乙", "丙"):
        rename(office.id, name)
    db.session.execute(update(AuditRecord).where(AuditRecord.id == 2).values(after={"name": "假"}))
    db.session.commit()
    assert audit.verify(db.session) == (2, 2)


def test_a_cut_tail_is_found(app: Flask) -> None:
    office = make_office()
    rename(office.id, "甲")
    rename(office.id, "乙")
    db.session.delete(db.session.get_one(AuditRecord, 2))
    db.session.commit()
    assert audit.verify(db.session)[1] == 2


def test_a_change_without_a_record_is_refused_and_undone(app: Flask) -> None:
    office = make_office("甲")
    with pytest.raises(AssertionError), unit_of_work(console_actor(), "people.rename_office"):
        locked(Office, office.id).name = "乙"
    assert db.session.get_one(Office, office.id).name == "甲"


def test_a_breached_constraint_becomes_the_error_that_was_named_for_it(app: Flask) -> None:
    make_office("甲")
    other = make_office("乙")
    on_breach("uq_office_name", lambda: Conflict("people.office_name_taken", "已有同名的主办单位。"))
    with pytest.raises(Conflict) as caught:
        rename(other.id, "甲")
    assert caught.value.code == "people.office_name_taken"


def test_an_error_in_the_middle_leaves_nothing(app: Flask) -> None:
    office = make_office("甲")

    def fail() -> None:
        with unit_of_work(console_actor(), "people.rename_office") as work:
            locked(Office, office.id).name = "乙"
            work.record(office, after={"name": "乙"})
            raise Conflict("x", "不行")

    with pytest.raises(Conflict):
        fail()
    assert db.session.get_one(Office, office.id).name == "甲"
    assert audit.verify(db.session) == (0, None)
