"""A returned work goes up again with another file in its slot; what was judged stays as it was."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.entries.models import Entry
from contest_portal.results.handoff.models import CorrectedFile
from contest_portal.results.handoff.services import answers, handing_over
from tests.entries.entry_factories import jpeg
from tests.factories import make_account, sign_in
from tests.results.handoff.test_one_deployment import World, above_entries, rows


@pytest.fixture
def world(app: Flask) -> World:
    world = World()
    handing_over.hand_over(world.staff, world.contest_id)
    return world


def sent(client: FlaskClient, entry: Entry, content: bytes, **data: str) -> int:
    place = f"painting:{entry.files[0].blob_id}"
    form = {"place": place, "why": "原图拍歪了", "file": (io.BytesIO(content), "更正.jpg"), **data}
    return client.post(f"/handoff/works/{entry.id}", data=form).status_code


def test_only_a_returned_work_takes_another_file(world: World, client: FlaskClient) -> None:
    manager = make_account(Role.SCHOOL_MANAGER, school=world.school)
    assert sent(sign_in(client, manager), world.entries[0], jpeg(colour=77)) == 409
    line = next(one for one in rows("in")[0].lines if one.source_number == world.entries[0].number)
    answers.return_line(world.upper, rows("in")[0].id, line.id, "图片不清楚", now() + timedelta(days=5))
    assert sent(sign_in(client, manager), world.entries[1], jpeg(colour=77)) == 409
    assert sent(sign_in(client, manager), world.entries[0], jpeg(colour=77), why="") == 422
    assert "图片不清楚" in client.get(f"/entries/{world.entries[0].id}").text
    assert sent(client, world.entries[0], jpeg(colour=77)) == 302


def test_the_next_version_carries_it_and_the_judged_file_stays(world: World, client: FlaskClient) -> None:
    answers.return_handoff(world.upper, rows("in")[0].id, "图片不清楚", now() + timedelta(days=5))
    entry = world.entries[0]
    judged = entry.files[0].blob.sha256
    assert sent(sign_in(client, world.staff), entry, b"<html>no picture</html>") == 422
    assert db.session.scalars(select(CorrectedFile)).all() == []
    for colour in (77, 78):
        assert sent(client, entry, jpeg(colour=colour)) == 302
    handing_over.hand_over(world.staff, world.contest_id)

    db.session.expire_all()
    came = above_entries(world)[0]
    assert [one.blob.sha256 for one in came.files] == [hashlib.sha256(jpeg(colour=78)).hexdigest()]
    assert (came.state, came.submission_count) == ("submitted", 2)
    own = db.session.get_one(Entry, entry.id)
    assert ([one.blob.sha256 for one in own.files], own.state) == ([judged], "accepted")
    whys = db.session.scalars(select(AuditRecord.why).where(AuditRecord.action == "results.correct_file")).all()
    assert whys == ["原图拍歪了", "原图拍歪了"]
