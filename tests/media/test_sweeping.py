"""Stored content stays as long as anything refers to it, and goes when nothing has for a day."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core import jobs
from contest_portal.core.actor import console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.job_schedule import ask_for_due
from contest_portal.core.models import StorageMove
from contest_portal.core.storage import storage
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.entries.services.drafts import delete_draft
from contest_portal.entries.services.files import add_file, remove_file
from contest_portal.entries.services.submission import submit_entry
from contest_portal.media.models import Blob, Derivative, Upload
from contest_portal.media.services.receiving import receive_file
from contest_portal.media.services.sweeping import GRACE, references, sweep
from tests.entries.entry_factories import Place, jpeg, make_painting, make_place, received

ME = console_actor()


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


def file_of(entry: Entry) -> EntryFile:
    return db.session.scalars(select(EntryFile).where(EntryFile.entry_id == entry.id)).one()


def a_day_and_a_bit_passes(clock: MovingClock) -> None:
    """Of the files' own time: they were written now, whatever the application's clock said."""
    clock.move_to(max(clock.now(), datetime.now(UTC)) + GRACE + timedelta(minutes=10))


def names() -> set[str]:
    return set(storage().names())


def test_a_draft_that_is_deleted_takes_its_file_and_previews_along(place: Place, clock: MovingClock) -> None:
    kept, gone = make_painting(place), make_painting(place)
    jobs.run_all()
    before = names()
    kept_blob = file_of(kept).blob
    kept_names = {kept_blob.sha256} | set(
        db.session.scalars(select(Derivative.sha256).where(Derivative.blob_id == kept_blob.id))
    )
    assert len(before) > len(kept_names) > 1
    delete_draft(place.teacher, gone.id)
    assert sweep(ME).contents == 0, "not before a day has passed"
    assert names() == before
    a_day_and_a_bit_passes(clock)
    would = sweep(ME, dry_run=True)
    assert names() == before
    done = sweep(ME)
    assert (would.contents, would.size_bytes, would.records) == (done.contents, done.size_bytes, done.records)
    assert names() == kept_names
    assert list(db.session.scalars(select(Blob.id))) == [kept_blob.id]
    assert sweep(ME).contents == 0


def test_a_file_of_two_entries_stays_until_both_are_gone(place: Place, clock: MovingClock) -> None:
    content = jpeg()
    entries = [make_painting(place) for _ in range(2)]
    for entry in entries:
        remove_file(place.teacher, entry.id, file_of(entry).id)
        add_file(place.teacher, entry.id, "painting", received(content, "同一张.jpg"))
    sha256 = file_of(entries[0]).blob.sha256
    for entry in entries:
        assert storage().exists(sha256)
        delete_draft(place.teacher, entry.id)
        a_day_and_a_bit_passes(clock)
        sweep(ME)
    assert not storage().exists(sha256)


def test_a_submitted_version_holds_the_file_that_the_entry_no_longer_has(place: Place, clock: MovingClock) -> None:
    entry = make_painting(place)
    sha256 = file_of(entry).blob.sha256
    submit_entry(place.teacher, entry.id, entry.version)
    db.session.expire_all()
    db.session.delete(file_of(entry))
    db.session.commit()
    a_day_and_a_bit_passes(clock)
    sweep(ME)
    assert storage().exists(sha256)
    assert references()[sha256] >= 2, "the record and the version"


def test_a_refused_file_is_swept_and_one_put_again_meanwhile_is_not(app: Flask, clock: MovingClock) -> None:
    refused = receive_file(io.BytesIO(b"<svg/>"), "a.svg", ["jpeg"])
    a_day_and_a_bit_passes(clock)
    assert sweep(ME).contents == 1
    assert not storage().exists(refused.sha256)


def test_an_upload_holds_its_content_until_it_is_refused(place: Place, clock: MovingClock) -> None:
    stored = storage().put_bytes(b"an upload that is being checked")
    row = Upload(
        token="t" * 40,
        account_id=place.teacher.account_id,
        target="entry-file",
        place={},
        file_name="a.mp4",
        size_bytes=stored.size,
        state="checking",
        sha256=stored.sha256,
        begun_at=clock.now(),
        last_progress_at=clock.now(),
    )
    db.session.add(row)
    db.session.commit()
    a_day_and_a_bit_passes(clock)
    sweep(ME)
    assert storage().exists(stored.sha256)
    row.state = "refused"
    db.session.commit()
    sweep(ME)
    assert not storage().exists(stored.sha256)


def test_nothing_is_swept_while_files_move_and_the_daily_job_waits(app: Flask, clock: MovingClock) -> None:
    unused = storage().put_bytes(b"unused").sha256
    a_day_and_a_bit_passes(clock)
    with unit_of_work(ME, "tests.move") as work:
        row = StorageMove(id=1, source="elsewhere", target="local", state="moving", begun_at=clock.now())
        work.session.add(row)
        work.record(row)
    ask_for_due()
    jobs.run_all()
    assert storage().exists(unused)
    with unit_of_work(ME, "tests.moved") as work:
        work.session.get_one(StorageMove, 1).state = "done"
        work.record(("storage_move", 1))
    ask_for_due()
    assert jobs.run_all() == 0, "once a day"
    clock.advance(days=1)
    ask_for_due()
    jobs.run_all()
    assert not storage().exists(unused)
