"""What batches take of a school's space, and what becomes of a ZIP when something is in its way."""

from __future__ import annotations

import base64
import random
from dataclasses import replace
from typing import Any, BinaryIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import Invalid, NotAllowed, NotFound
from contest_portal.core.kept_messages import kept
from contest_portal.core.storage import Storage, StorageAway, Stored, storage
from contest_portal.entries import batch_target
from contest_portal.entries.models_batch import BatchItem, BatchSource, PaintingBatch
from contest_portal.entries.queries.batches import batch_by_id
from contest_portal.entries.queries.space import school_space, uses_of
from contest_portal.entries.services.batch_drafts import make_drafts
from contest_portal.entries.services.batch_matching import roster_of
from contest_portal.entries.services.batch_sources import read_batch_source
from contest_portal.entries.services.batches import MOST_PICTURES, add_picture
from contest_portal.entries.services.space import NoSpace
from contest_portal.media.queries import unfinished_bytes
from contest_portal.media.upload_targets import Announced, UploadView
from contest_portal.people.models import School
from tests.entries.batch_zips import utf8, zip_of
from tests.entries.entry_factories import Place, jpeg, received
from tests.entries.test_batches import begun, put, read_all, shown, workbook
from tests.entries.test_uploads import MB, TUS, begin, draft, limit_category
from tests.factories import make_account
from tests.statements import counted


def large_picture(kilobytes: int = 300) -> bytes:
    """Small in pixels, large in bytes, and no ZIP packs it smaller."""
    return jpeg(81, 57) + random.Random(kilobytes).randbytes(kilobytes * 1024)


def used(place: Place) -> int:
    db.session.rollback()
    return school_space(db.session.get_one(School, place.school.id)).used


def begin_in_batch(client: FlaskClient, batch: PaintingBatch, size: int, name: str) -> Any:
    said = {"filename": name, "target": "painting-batch", "batch": str(batch.id)}
    coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    return client.post("/uploads/", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": coded})


def test_what_is_on_its_way_into_a_batch_holds_its_place(place: Place, teacher: FlaskClient) -> None:
    limit_category(place, 12, "KH")
    assert begin_in_batch(teacher, begun(place), 9 * MB, "作品.zip").status_code == 201
    refused = begin(teacher, draft(place), 4 * MB)
    assert refused.status_code == 422
    assert all(words in refused.json["message"] for words in ("12.0 MB", "9.0 MB", "4.0 MB")), refused.json
    assert begin_in_batch(teacher, begun(place), 4 * MB, "又一批.zip").status_code == 422
    assert used(place) == 9 * MB


def test_a_zip_counts_until_it_is_read_and_its_pictures_from_then_on(place: Place) -> None:
    picture = large_picture()
    packed = zip_of(utf8("张晓明-火星.jpg", picture, stored=True))
    batch = begun(place)
    put(place, batch, packed, "作品.zip")
    assert used(place) == len(packed)
    read_all()
    assert used(place) == len(picture)
    assert [(use.files, use.space.used) for use in uses_of(place.school)] == [(1, len(picture))]
    make_drafts(place.teacher, batch.id)
    assert used(place) == len(picture)


def test_pictures_that_just_fit_can_all_become_drafts(place: Place) -> None:
    limit_category(place, 1, "KH")
    batch = begun(place)
    put(place, batch, large_picture(600), "张晓明-火星.jpg")
    assert len(make_drafts(place.teacher, batch.id)) == 1


def test_the_pictures_of_a_zip_take_its_place(place: Place) -> None:
    limit_category(place, 1, "KH")
    batch = begun(place)
    members = [utf8(f"{number}.jpg", large_picture(300 + number), stored=True) for number in range(3)]
    put(place, batch, zip_of(*members), "作品.zip")
    source = db.session.scalars(select(BatchSource)).one()
    read_all()
    db.session.refresh(source)
    assert (source.state, source.problems) == ("done", [])
    assert len(shown(batch)) == 3
    with pytest.raises(NoSpace):
        put(place, batch, large_picture(200), "又一张.jpg")


def test_a_zip_is_unpacked_as_far_as_there_is_room(place: Place) -> None:
    limit_category(place, 1, "KH")
    batch = begun(place)
    put(
        place, batch, zip_of(*(utf8(f"{number}.jpg", jpeg(81, 57) + bytes(400_000)) for number in range(4))), "作品.zip"
    )
    source = db.session.scalars(select(BatchSource)).one()
    read_all()
    db.session.refresh(source)
    assert sorted(shown(batch)) == ["0.jpg", "1.jpg"]
    assert "「2.jpg」：本校在「科幻画作品」的文件最多 1.0 MB" in str(kept(source.problems[0]))


def test_a_zip_is_no_larger_than_its_pictures_may_be(place: Place) -> None:
    row = db.session.get_one(Category, place.category("KH").id)
    slot = replace(next(one for one in row.rules.slots if one.code == "painting"), max_bytes=MB)
    row.rules_document = replace(row.rules, slots=(slot,)).to_dict()
    db.session.commit()
    where = {"batch": str(begun(place).id)}
    batch_target.begin(place.teacher, where, Announced("作品.zip", MOST_PICTURES * MB))
    with pytest.raises(Invalid, match=r"作品\.zip"):
        batch_target.begin(place.teacher, where, Announced("作品.zip", MOST_PICTURES * MB * 2))


def test_an_announcement_nobody_goes_on_with_holds_the_disk_for_a_day(
    place: Place, teacher: FlaskClient, clock: MovingClock
) -> None:
    begin_in_batch(teacher, begun(place), 9 * MB, "作品.zip")
    clock.advance(hours=23)
    assert unfinished_bytes() == 9 * MB
    clock.advance(hours=2)
    assert unfinished_bytes() == 0
    assert used(place) == 9 * MB, "in the school's own space it keeps its place"


def test_a_batch_is_named_in_one_way_only_and_taken_by_who_may_still(place: Place) -> None:
    batch = begun(place)
    with pytest.raises(NotFound):
        batch_target.begin(place.teacher, {"batch": f"0{batch.id}"}, Announced("张晓明-火星.jpg", 1000))
    colleague = make_account(place.teacher.membership.role, school=place.school)  # type: ignore[union-attr]
    view = UploadView(1, "张晓明-火星.jpg", now(), now(), {"batch": str(batch.id)})
    with pytest.raises(NotAllowed, match=r"张晓明-火星\.jpg"):
        batch_target.take(colleague, view, received(jpeg(81, 57), "张晓明-火星.jpg", ("jpeg",)))
    assert shown(batch) == {}


class AwayOnce:
    """A storage that takes one file and then does not answer, once."""

    def __init__(self, inner: Storage) -> None:
        self._inner, self.taken, self.was_away = inner, 0, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def put(self, stream: BinaryIO, **values: Any) -> Stored:
        if self.taken == 1 and not self.was_away:
            self.was_away = True
            raise StorageAway
        self.taken += 1
        return self._inner.put(stream, **values)


def test_a_storage_that_is_away_for_a_moment_loses_no_picture_of_a_zip(app: Flask, place: Place) -> None:
    batch = begun(place)
    names = ["张晓明-火星.jpg", "张晓明-海底.jpg", "张晓明-月球.jpg"]
    put(place, batch, zip_of(*(utf8(name, jpeg(81, 57)) for name in names)), "作品.zip")
    app.extensions["storage"] = AwayOnce(storage())
    source_id = db.session.scalars(select(BatchSource.id)).one()
    with pytest.raises(StorageAway):
        read_batch_source({"source_id": source_id})
    assert list(shown(batch)) == names[:1]
    read_batch_source({"source_id": source_id})
    assert sorted(shown(batch)) == sorted(names)
    source = db.session.get_one(BatchSource, source_id, populate_existing=True)
    assert (source.state, source.problems) == ("done", [])


def test_a_zip_whose_category_takes_no_pictures_any_more_says_so(place: Place) -> None:
    batch = begun(place)
    put(place, batch, zip_of(utf8("张晓明-火星.jpg", jpeg(81, 57))), "作品.zip")
    row = db.session.get_one(Category, place.category("KH").id)
    row.rules_document = replace(row.rules, slots=()).to_dict()
    db.session.commit()
    source = db.session.scalars(select(BatchSource)).one()
    read_batch_source({"source_id": source.id})
    db.session.refresh(source)
    assert (source.state, source.blob_id) == ("failed", None)
    assert "现在不能成批上传图片" in str(kept(source.problems[0]))


def test_a_name_with_its_folders_is_kept_without_control_characters(place: Place) -> None:
    put(place, begun(place), jpeg(81, 57), "三年级/张\x00晓\x07明-火星\n.jpg")
    assert db.session.scalars(select(BatchItem.path)).one() == "三年级/张晓明-火星.jpg"


def test_a_workbook_read_while_a_zip_is_unpacked_decides_over_the_pictures_after_it(place: Place) -> None:
    batch = begun(place)
    roster = roster_of(batch_by_id(batch.id))
    put(place, batch, workbook(("文件名", "姓名", "题目"), ("IMG_1.jpg", "张晓明", "月球医院")), "名单.xlsx")
    read_all()
    for number, name in enumerate(("IMG_1.jpg", "IMG_2.jpg")):
        arrived = received(jpeg(81, 57), name, ("jpeg",))
        with unit_of_work(place.teacher, "tests.add") as work, counted(db.engine) as statements:
            item = add_picture(work, locked(PaintingBatch, batch.id), arrived, name, roster=roster)
            work.record(item)
        assert not any("FROM student" in one for one in statements), "the roster was read before"
        assert any("batch_source.lines" in one for one in statements) is (number == 0), "the workbook is read once"
    assert {path: row[:2] for path, row in shown(batch).items()} == {
        "IMG_1.jpg": ("ready", "张晓明"),
        "IMG_2.jpg": ("needed", None),
    }
