"""How uploads into an entry end when something comes between: rights that are gone, newer files, faults, two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core import jobs
from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Stale
from contest_portal.core.models import Job
from contest_portal.core.staging import staging
from contest_portal.core.storage import Missing, StorageAway
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.submission import refuse_what_is_coming, submit_entry
from contest_portal.media import upload_targets
from contest_portal.media.models import Upload
from contest_portal.media.services.beginning_uploads import TooMany, begin_upload
from contest_portal.media.services.sweeping_uploads import sweep_uploads
from contest_portal.media.upload_targets import Announced
from contest_portal.people.models import Account, Membership
from tests.entries.entry_factories import Place, jpeg, make_painting, received
from tests.entries.test_uploads import MB, TUS, begin, draft, send, uploaded
from tests.factories import make_account, make_office, sign_in


def file_names(entry: Entry) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [one.file_name for one in entry_by_id(entry.id).files]


def test_an_entry_is_named_in_one_way_only(place: Place, teacher: FlaskClient) -> None:
    entry = draft(place)
    for written in (f"0{entry.id}", f"{entry.id} ", f"+{entry.id}", "٣"):
        entry_as_written: Any = type("Written", (), {"id": written})
        assert begin(teacher, entry_as_written, 1000).status_code == 404, written
    assert begin(teacher, entry, 1000).status_code == 201


def account_off(place: Place) -> None:
    db.session.get_one(Account, place.teacher.account_id).is_active = False


def membership_gone(place: Place) -> None:
    for row in db.session.scalars(select(Membership).where(Membership.account_id == place.teacher.account_id)):
        row.is_active = False


@pytest.mark.parametrize("taken_away", [account_off, membership_gone])
def test_who_may_not_edit_any_more_brings_no_file_in(
    place: Place, teacher: FlaskClient, taken_away: Callable[[Place], None]
) -> None:
    entry, content = draft(place), jpeg()
    begun = begin(teacher, entry, len(content))
    send(teacher, begun.location, content)
    taken_away(place)
    db.session.commit()
    jobs.run_all()
    assert file_names(entry) == []
    row = db.session.scalars(select(Upload)).one()
    assert row.state == "refused"
    assert "没有收下" in str(row.problem)
    assert staging().tokens() == set()


# --- Which file is the newer one ------------------------------------------------------------------------------------------


def test_what_was_begun_first_does_not_replace_what_was_chosen_later(
    place: Place, teacher: FlaskClient, clock: MovingClock
) -> None:
    entry, old = draft(place), jpeg()
    begun = begin(teacher, entry, len(old), "旧的.jpg")
    clock.advance(minutes=1)
    uploaded(teacher, entry, jpeg(), "新的.jpg")
    send(teacher, begun.location, old)
    jobs.run_all()
    state = teacher.get(f"{begun.location}/state").json
    assert state["state"] == "refused"
    assert "已有更新的文件「新的.jpg」" in state["words"]
    assert file_names(entry) == ["新的.jpg"]


def test_nor_what_came_with_a_form_meanwhile(place: Place, teacher: FlaskClient, clock: MovingClock) -> None:
    entry, old = draft(place), jpeg()
    begun = begin(teacher, entry, len(old), "旧的.jpg")
    clock.advance(minutes=1)
    add_file(place.teacher, entry.id, "painting", received(jpeg(), "新的.jpg"))
    send(teacher, begun.location, old)
    jobs.run_all()
    assert file_names(entry) == ["新的.jpg"]


def test_of_two_on_their_way_the_one_begun_last_stays(place: Place, teacher: FlaskClient, clock: MovingClock) -> None:
    entry, first, second = draft(place), jpeg(), jpeg()
    begun = []
    for content, name in ((first, "甲.jpg"), (second, "乙.jpg")):
        begun.append(begin(teacher, entry, len(content), name).location)
        clock.advance(minutes=1)
    for url, content in zip(begun, (first, second), strict=True):
        send(teacher, url, content)
        jobs.run_all()
        clock.advance(minutes=1)
    assert file_names(entry) == ["乙.jpg"]


# --- Faults ---------------------------------------------------------------------------------------------------------------


def later(clock: MovingClock) -> None:
    """Let the jobs be tried again that wait for it."""
    clock.advance(minutes=2)
    jobs.run_all()


@pytest.fixture
def failing(app: Flask) -> Iterator[Callable[[Exception | None], None]]:
    """Make the entries' target raise an error; None: no more."""
    whole = upload_targets._targets["entry-file"]

    def set_failure(error: Exception | None) -> None:
        def take(*_arguments: Any) -> None:
            assert error is not None
            raise error

        upload_targets._targets["entry-file"] = whole if error is None else replace(whole, take=take)

    yield set_failure
    upload_targets._targets["entry-file"] = whole


PASSING = [
    StorageAway(),
    Missing(),
    Stale(),
    Conflict("core.constraint", "冲突"),
    ZeroDivisionError(),
]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
def test_a_passing_fault_is_waited_for_and_refuses_nothing(
    place: Place,
    teacher: FlaskClient,
    clock: MovingClock,
    failing: Callable[[Exception | None], None],
    error: Exception,
) -> None:
    entry, content = make_painting(place), jpeg()
    clock.advance(minutes=1)
    failing(error)
    begun = begin(teacher, entry, len(content), "更好的.jpg")
    send(teacher, begun.location, content)
    jobs.run_all()
    assert teacher.get(f"{begun.location}/state").json["state"] == "checking"
    with pytest.raises(Conflict, match="正在检查"):
        submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    failing(None)
    later(clock)
    assert teacher.get(f"{begun.location}/state").json["state"] == "done"
    assert file_names(entry) == ["更好的.jpg"]


def test_a_fault_that_stays_is_told_and_its_bytes_are_kept(
    place: Place, teacher: FlaskClient, clock: MovingClock, failing: Callable[[Exception | None], None]
) -> None:
    entry, content = draft(place), jpeg()
    failing(StorageAway())
    begun = begin(teacher, entry, len(content))
    send(teacher, begun.location, content)
    for _attempt in range(jobs.MOST_IN_OUTAGE):
        assert teacher.get(f"{begun.location}/state").json["state"] == "checking"
        later(clock)
    state = teacher.get(f"{begun.location}/state").json
    assert state["state"] == "failed"
    assert "连接不上" in state["words"]
    assert len(staging().tokens()) == 1


def test_however_long_the_check_waited_the_entry_can_be_submitted_after_it(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    entry, content = make_painting(place), jpeg()
    clock.move_to(place.contest.submission_closes_at - timedelta(minutes=2))
    sign_in(client, place.teacher)
    begun = begin(client, entry, len(content), "更好的.jpg")
    half = len(content) // 2
    send(client, begun.location, content[:half])
    clock.advance(minutes=4)
    send(client, begun.location, content[half:], half)
    clock.advance(hours=3)
    jobs.run_all()
    clock.advance(minutes=9)
    assert submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version).state == "submitted"
    assert file_names(entry) == ["更好的.jpg"]


# --- Who sees its name, and how long ----------------------------------------------------------------------------------------


def test_a_files_name_is_for_its_own_office_only(
    app: Flask, place: Place, teacher: FlaskClient, clock: MovingClock
) -> None:
    entry, content = draft(place), jpeg()
    begun = begin(teacher, entry, len(content), "张晓明的画.jpg")
    token = begun.location.rsplit("/", 1)[-1]
    staging().path(token).write_bytes(content)  # the server ended before its record followed: the sweeper ends it
    clock.advance(hours=2)
    sweep_uploads({})
    job = db.session.scalars(select(Job).where(Job.kind == "media.take_upload")).one()
    assert job.office_id == place.office.id
    job.office_id = None  # as rows of earlier versions are
    db.session.commit()
    other = make_account(Role.OFFICE, office=make_office("肃州区科学技术协会"))
    assert "张晓明的画" not in sign_in(app.test_client(), other).get("/office/jobs").text
    assert "张晓明的画" in sign_in(app.test_client(), place.staff).get("/office/jobs").text


def test_the_record_of_an_ended_upload_goes_after_a_month(
    place: Place, teacher: FlaskClient, clock: MovingClock
) -> None:
    entry = draft(place)
    uploaded(teacher, entry, jpeg(), "画.jpg")
    assert teacher.delete(begin(teacher, entry, 1000).location, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    clock.advance(days=29)
    sweep_uploads({})
    assert len(db.session.scalars(select(Upload)).all()) == 2
    sign_in(teacher, place.teacher)
    begin(teacher, entry, 1000)
    clock.advance(days=2)
    sweep_uploads({})
    assert [one.state for one in db.session.scalars(select(Upload))] == ["receiving"]
    assert file_names(entry) == ["画.jpg"]


# --- Two at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.database
def test_of_several_that_begin_at_once_only_as_many_as_may(app: Flask, place: Place) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], most_open_uploads=1)
    subject = {"entry": str(draft(place).id), "slot": "painting"}
    db.session.remove()
    together = threading.Barrier(4)
    begun: list[int] = []

    def one() -> None:
        with app.app_context():
            together.wait()
            with suppress(TooMany):
                begun.append(begin_upload(place.teacher, "entry-file", subject, Announced("火星.jpg", MB)).id)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 1


# --- What can no longer count -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", ["HEAD", "PATCH"])
def test_what_would_not_be_taken_any_more_is_refused_before_it_is_sent(
    place: Place, teacher: FlaskClient, clock: MovingClock, asks: str
) -> None:
    entry, content = draft(place), jpeg()
    url = begin(teacher, entry, len(content)).location
    send(teacher, url, content[:1000])
    clock.move_to(place.contest.submission_closes_at + timedelta(hours=1))
    sign_in(teacher, place.teacher)
    for _again in range(2):
        answer = teacher.head(url, headers=TUS) if asks == "HEAD" else send(teacher, url, content[1000:], 1000)
        assert answer.status_code == 403
        told = teacher.get(f"{url}/state").json
        assert told["state"] == "refused"
        assert "没有收下" in told["words"]
    assert staging().tokens() == set()


def test_a_dead_upload_holds_no_submission_up(place: Place, teacher: FlaskClient, clock: MovingClock) -> None:
    entry = draft(place)
    begin(teacher, entry, 5 * MB)
    with pytest.raises(Conflict, match="还在上传"):
        refuse_what_is_coming(place.teacher, entry)
    clock.move_to(place.contest.submission_closes_at + timedelta(hours=1))
    refuse_what_is_coming(place.teacher, entry)
