"""Uploads into an entry's slots: what is told before the first byte, what waits, and what the deadline overtakes."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core import jobs
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, local
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Stale, TooLate
from contest_portal.core.i18n import size
from contest_portal.core.models import AuditRecord
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.space import school_space, uses_of
from contest_portal.entries.services.drafts import create_draft, save_draft
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.space import NoSpace
from contest_portal.entries.services.submission import submit_entry
from contest_portal.media.models import Upload
from contest_portal.people.models import School
from tests.entries.entry_factories import Place, jpeg, make_painting, painting_input, pdf, received
from tests.factories import make_account, make_school, make_teacher, sign_in

TUS = {"Tus-Resumable": "1.0.0"}
MB = 1 << 20


def begin(client: FlaskClient, entry: Entry, size: int, name: str = "火星.jpg", slot: str = "painting") -> Any:
    said = {"filename": name, "target": "entry-file", "entry": str(entry.id), "slot": slot}
    coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    return client.post("/uploads/", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": coded})


def send(client: FlaskClient, url: str, content: bytes, offset: int = 0) -> Any:
    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return client.patch(url, data=content, headers=headers)


def uploaded(client: FlaskClient, entry: Entry, content: bytes, name: str = "火星.jpg", slot: str = "painting") -> str:
    """Send a whole file and let the jobs take it. Gives the upload's address."""
    begun = begin(client, entry, len(content), name, slot)
    assert begun.status_code == 201, begun.text
    assert send(client, begun.location, content).status_code == 204
    jobs.run_all()
    return begun.location


def draft(place: Place, code: str = "KH", actor: Actor | None = None) -> Entry:
    return create_draft(actor or place.teacher, place.contest.id, place.category(code).id, place.school.id)


# --- Before the first byte ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "name", "words"),
    [
        (11 * MB, "火星.jpg", ["11 MB", "10 MB"]),
        (5 * MB, "火星.pdf", ["PDF", "JPG"]),
        (0, "火星.jpg", ["空文件"]),
    ],
)
def test_what_can_never_be_taken_is_refused_before_it_is_sent(
    place: Place, teacher: FlaskClient, size: int, name: str, words: list[str]
) -> None:
    refused = begin(teacher, draft(place), size, name)
    assert refused.status_code == 422
    assert all(word in refused.json["message"] for word in words), refused.json
    assert db.session.scalars(select(Upload)).all() == []


def test_another_schools_entry_and_an_unknown_slot_are_not_found(
    app: Flask, place: Place, teacher: FlaskClient
) -> None:
    north = make_school(place.office, "北街小学")
    stranger = make_account(Role.TEACHER, school=north, teacher=make_teacher(north, "赵老师"))
    entry = draft(place)
    assert begin(sign_in(app.test_client(), stranger), entry, 1000).status_code == 404
    assert begin(sign_in(app.test_client(), place.staff), entry, 1000).status_code == 404
    assert begin(teacher, entry, 1000, slot="nothing").status_code == 404


def test_a_full_slot_counts_what_is_on_its_way(place: Place, teacher: FlaskClient) -> None:
    entry = draft(place, "CG")
    slot = entry.category.rules.slot("application")
    assert slot is not None
    for number in range(slot.max_files):
        assert begin(teacher, entry, 1000, f"申报书{number}.pdf", "application").status_code == 201
    refused = begin(teacher, entry, 1000, "又一份.pdf", "application")
    assert refused.status_code == 422
    assert f"最多 {slot.max_files} 个" in refused.json["message"]


def test_nothing_begins_after_the_deadline(place: Place, teacher: FlaskClient, clock: MovingClock) -> None:
    entry = draft(place)
    clock.move_to(place.contest.submission_closes_at + timedelta(minutes=2))
    refused = begin(sign_in(teacher, place.teacher), entry, 1000)
    assert refused.status_code == 409
    assert "截止" in refused.json["message"]


# --- Space --------------------------------------------------------------------------------------------------------------


def limit_category(place: Place, megabytes: int, code: str) -> None:
    row = db.session.get_one(Category, place.category(code).id)
    row.rules_document = replace(row.rules, school_space_mb=megabytes).to_dict()
    db.session.commit()


def test_a_category_s_space_counts_open_uploads_whole(place: Place, teacher: FlaskClient) -> None:
    limit_category(place, 12, "KH")
    first, second = draft(place), draft(place)
    begun = begin(teacher, first, 9 * MB)
    assert begun.status_code == 201
    refused = begin(teacher, second, 4 * MB)
    assert refused.status_code == 422
    assert all(words in refused.json["message"] for words in ("12.0 MB", "9.0 MB", "4.0 MB")), refused.json
    assert begin(teacher, second, 3 * MB).status_code == 201
    assert teacher.delete(begun.location, headers=TUS).status_code == 204
    assert begin(teacher, draft(place), 9 * MB).status_code == 201


def test_a_school_s_space_is_one_for_all_its_categories(place: Place, teacher: FlaskClient) -> None:
    db.session.get_one(School, place.school.id).space_gb = 1
    db.session.commit()
    film, another = draft(place, "DV"), draft(place, "DV")
    assert begin(teacher, film, 500 * MB, "影片.mp4", "film").status_code == 201
    assert begin(teacher, another, 500 * MB, "影片.mp4", "film").status_code == 201
    assert begin(teacher, draft(place, "DV"), 24 * MB + 1, "影片.mp4", "film").status_code == 422
    refused = begin(teacher, draft(place, "DV"), 100 * MB, "影片.mp4", "film")
    assert all(words in refused.json["message"] for words in ("1.0 GB", "1000 MB", "100 MB")), refused.json


def test_the_same_content_is_counted_once_and_a_replaced_file_makes_room(place: Place) -> None:
    limit_category(place, 1, "CG")
    entry, sheet = draft(place, "CG"), pdf()
    for slot in ("application", "report", "novelty"):
        add_file(place.teacher, entry.id, slot, received(sheet, f"{slot}.pdf"))
    school = db.session.get_one(School, place.school.id)
    assert school_space(school).used == len(sheet)
    assert [(use.files, use.space.used, use.space.limit) for use in uses_of(school)] == [(1, len(sheet), MB)]

    painting = draft(place)
    limit_category(place, 1, "KH")
    large = jpeg() + bytes(700_000)
    add_file(place.teacher, painting.id, "painting", received(large, "甲.jpg"))
    add_file(place.teacher, painting.id, "painting", received(jpeg() + bytes(700_000), "乙.jpg"))
    with pytest.raises(NoSpace, match="放不下"):
        add_file(place.teacher, draft(place).id, "painting", received(jpeg() + bytes(700_000), "丙.jpg"))


def test_the_plain_form_obeys_the_same_limits(place: Place, teacher: FlaskClient) -> None:
    limit_category(place, 1, "KH")
    entry = draft(place)
    large = jpeg() + bytes(MB)
    form = {"version": str(entry.version), "slot_painting": (io.BytesIO(large), "大图.jpg")}
    page = teacher.post(f"/entries/{entry.id}/edit", data=form, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "本校在「科幻画作品」的文件最多 1.0 MB" in page.text
    assert entry_by_id(entry.id).files == []


def test_the_plain_form_takes_files_up_to_twenty_megabytes(place: Place, teacher: FlaskClient) -> None:
    entry = draft(place, "DV")
    form = {"version": str(entry.version), "slot_film": (io.BytesIO(bytes(20 * MB + 1)), "影片.mp4")}
    page = teacher.post(f"/entries/{entry.id}/edit", data=form, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "「影片.mp4」有 20.01 MB" in page.text
    assert "不能超过 20 MB" in page.text


# --- Taken, and what waits for it ---------------------------------------------------------------------------------------


def test_a_whole_file_comes_into_its_slot_and_no_open_form_is_stale(place: Place, teacher: FlaskClient) -> None:
    entry = draft(place)
    seen = entry.version
    url = uploaded(teacher, entry, jpeg())
    assert teacher.get(f"{url}/state").json["state"] == "done"
    assert [one.file_name for one in entry_by_id(entry.id).files] == ["火星.jpg"]
    save_draft(place.teacher, entry.id, seen, painting_input(place.pupil))
    with pytest.raises(Stale):
        save_draft(place.manager, entry.id, seen, painting_input(place.pupil, title="别的题目"))


def test_a_refused_file_says_at_its_slot_what_was_measured(place: Place, teacher: FlaskClient) -> None:
    entry = draft(place)
    url = uploaded(teacher, entry, jpeg(1600, 1126))
    answer = teacher.get(f"{url}/state").json
    assert answer["state"] == "refused"
    assert "长边是 1600 像素，至少要 3000 像素" in answer["words"]
    assert "上次传的文件没有收下：「火星.jpg」" in teacher.get(f"/entries/{entry.id}/edit").text
    uploaded(teacher, entry, jpeg())
    assert "上次传的文件没有收下" not in teacher.get(f"/entries/{entry.id}/edit").text


def test_a_refusal_after_which_the_good_file_stays_is_not_told_for_ever(
    place: Place, teacher: FlaskClient, clock: MovingClock
) -> None:
    entry = draft(place)
    uploaded(teacher, entry, jpeg())
    clock.advance(minutes=1)
    uploaded(teacher, entry, jpeg(1600, 1126))
    edit, shown = f"/entries/{entry.id}/edit", f"/entries/{entry.id}"
    assert "上次传的文件没有收下" in teacher.get(edit).text, "whoever wanted to replace it must learn that it failed"
    clock.advance(hours=1, minutes=1)
    assert "上次传的文件没有收下" not in teacher.get(edit).text
    assert "上次传的文件没有收下" not in teacher.get(shown).text


def test_submission_says_which_file_it_waits_for_and_how_far_it_is(place: Place, teacher: FlaskClient) -> None:
    entry, content = make_painting(place), jpeg()
    begun = begin(teacher, entry, len(content), "更好的.jpg")
    send(teacher, begun.location, content[: len(content) // 2])
    with pytest.raises(Conflict, match=r"「更好的.jpg」还在上传，已传 (49|50)%"):
        submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    page = teacher.get(f"/entries/{entry.id}").text
    assert "还有文件没有传完" in page
    assert re.search(r"<button class=\"btn btn-primary\" disabled>", page)

    send(teacher, begun.location, content[len(content) // 2 :], len(content) // 2)
    with pytest.raises(Conflict, match="正在检查"):
        submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    jobs.run_all()
    assert submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version).state == "submitted"


def test_what_a_colleague_has_left_lying_holds_nobody_up(
    place: Place, teacher: FlaskClient, clock: MovingClock
) -> None:
    entry = make_painting(place)
    begin(teacher, entry, 5 * MB)
    with pytest.raises(Conflict):
        submit_entry(place.manager, entry.id, entry_by_id(entry.id).version)
    clock.advance(minutes=6)
    with pytest.raises(Conflict):
        submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    assert submit_entry(place.manager, entry.id, entry_by_id(entry.id).version).state == "submitted"


# --- What the deadline overtakes ----------------------------------------------------------------------------------------


@dataclass
class Overtaken:
    """A picture half of which had come two minutes before the deadline."""

    entry: Entry
    content: bytes
    url: str
    client: FlaskClient

    @property
    def half(self) -> int:
        return len(self.content) // 2

    def finish(self) -> str:
        """Send the rest and let the jobs look at it. Gives the state."""
        assert send(self.client, self.url, self.content[self.half :], self.half).status_code in {204, 403}
        jobs.run_all()
        return str(self.client.get(f"{self.url}/state").json["state"])


@pytest.fixture
def overtaken(place: Place, client: FlaskClient, clock: MovingClock) -> Overtaken:
    entry, content = make_painting(place), jpeg()
    clock.move_to(place.contest.submission_closes_at - timedelta(minutes=2))
    sign_in(client, place.teacher)
    begun = begin(client, entry, len(content), "更好的.jpg")
    send(client, begun.location, content[: len(content) // 2])
    return Overtaken(entry, content, begun.location, client)


def test_a_steady_upload_may_finish_and_its_entry_be_submitted(
    place: Place, overtaken: Overtaken, clock: MovingClock
) -> None:
    entry = overtaken.entry
    clock.advance(minutes=4)
    page = overtaken.client.get(f"/entries/{entry.id}/edit", follow_redirects=True)
    assert "截止前开始上传的文件可以传完" in page.text
    assert overtaken.finish() == "done"
    assert "截止前开始上传的文件已经收下" in overtaken.client.get(f"/entries/{entry.id}").text
    assert "「更好的.jpg」已经收下，请在" in overtaken.client.get("/notices").text
    with pytest.raises(TooLate):
        save_draft(place.teacher, entry.id, entry_by_id(entry.id).version, painting_input(place.pupil, title="改题"))
    with pytest.raises(TooLate):
        add_file(place.teacher, entry.id, "painting", received(jpeg(), "又一张.jpg"))
    clock.advance(minutes=9)
    submitted = submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    assert (submitted.state, submitted.is_late) == ("submitted", False)
    assert submitted.files[0].file_name == "更好的.jpg"


def test_the_office_sees_how_much_was_there_in_time(
    app: Flask, place: Place, overtaken: Overtaken, clock: MovingClock
) -> None:
    clock.advance(minutes=4)
    overtaken.finish()
    submit_entry(place.teacher, overtaken.entry.id, entry_by_id(overtaken.entry.id).version)
    begun = local(place.contest.submission_closes_at - timedelta(minutes=2))
    staff = sign_in(app.test_client(), place.staff)
    half, whole = overtaken.half, len(overtaken.content)
    percent = half * 100 // whole
    mark = f"截止后传完（截止时已传 {percent}%）"
    page = staff.get(f"/office/entries/{overtaken.entry.id}").text
    assert mark in page
    assert f"{begun:%H:%M} 开始上传，截止时已传 {size(half)} / {size(whole)}（{percent}%）" in page
    assert f"{begun + timedelta(minutes=4):%H:%M} 传完。其间最长停了 4 分钟。" in page
    book = staff.get(f"/office/contests/{place.contest.id}/entries.xlsx").data
    assert mark in [cell for row in load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True) for cell in row]
    listed = staff.get(f"/office/contests/{place.contest.id}/entries?mark=upload").text
    assert mark in listed
    assert "月球上的空中农场" in listed
    records = db.session.scalars(select(AuditRecord.after).where(AuditRecord.action == "entries.add_file")).all()
    assert any("overtaken_by_deadline" in str(one) for one in records)


def test_what_was_whole_in_time_and_checked_later_is_marked_so(
    app: Flask, place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    entry, content = make_painting(place), jpeg()
    clock.move_to(place.contest.submission_closes_at - timedelta(minutes=2))
    sign_in(client, place.teacher)
    send(client, begin(client, entry, len(content)).location, content)
    clock.advance(minutes=4)
    jobs.run_all()
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    page = sign_in(app.test_client(), place.staff).get(f"/office/entries/{entry.id}").text
    assert "截止前传完，截止后收下" in page
    assert "截止以后检查收下" in page


@pytest.mark.parametrize(("percent", "state"), [(10, "refused"), (9, "done"), (0, "done")])
def test_extra_time_is_for_what_had_come_by_a_fair_share(
    app: Flask, place: Place, client: FlaskClient, clock: MovingClock, percent: int, state: str
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], upload_extra_percent=percent)
    entry, content = make_painting(place), jpeg()
    clock.move_to(place.contest.submission_closes_at - timedelta(minutes=2))
    sign_in(client, place.teacher)
    url = begin(client, entry, len(content)).location
    little = len(content) * 19 // 200  # 9.5 percent
    send(client, url, content[:little])
    clock.advance(minutes=4)
    page = client.get(f"/entries/{entry.id}/edit", follow_redirects=True).text
    assert ("截止前开始上传的文件可以传完" in page) is (state == "done")
    send(client, url, content[little:], little)
    jobs.run_all()
    told = client.get(f"{url}/state").json
    assert told["state"] == state
    if state == "refused":
        assert f"只传到 {size(little)} / {size(len(content))}，不到 10%" in told["words"]
        with pytest.raises(TooLate):
            submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)


def test_what_was_only_announced_in_time_is_told_before_more_is_sent(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    entry = make_painting(place)
    clock.move_to(place.contest.submission_closes_at - timedelta(minutes=2))
    sign_in(client, place.teacher)
    url = begin(client, entry, 10 * MB).location
    clock.advance(minutes=4)
    assert client.head(url, headers=TUS).status_code == 403
    assert "只传到 0 B / 10.0 MB" in client.get(f"{url}/state").json["words"]


@pytest.mark.parametrize(
    ("pause", "words"),
    [({"minutes": 10}, "停了 5 分钟以上"), ({"minutes": 40}, "没有收下")],
)
def test_a_pause_over_the_deadline_or_too_late_an_end_counts_no_more(
    place: Place, overtaken: Overtaken, clock: MovingClock, pause: dict[str, int], words: str
) -> None:
    clock.advance(**pause)
    sign_in(overtaken.client, place.teacher)
    assert overtaken.finish() == "refused"
    assert words in overtaken.client.get(f"{overtaken.url}/state").json["words"]
    with pytest.raises(TooLate):
        submit_entry(place.teacher, overtaken.entry.id, entry_by_id(overtaken.entry.id).version)


def test_a_pause_long_before_the_deadline_does_no_harm(place: Place, client: FlaskClient, clock: MovingClock) -> None:
    entry, content = make_painting(place), jpeg()
    clock.move_to(place.contest.submission_closes_at - timedelta(hours=1))
    sign_in(client, place.teacher)
    begun = begin(client, entry, len(content))
    third = len(content) // 3
    for part, wait in enumerate(({"minutes": 57}, {"minutes": 4, "seconds": 30})):
        send(client, begun.location, content[part * third : (part + 1) * third], part * third)
        clock.advance(**wait)
    assert send(client, begun.location, content[2 * third :], 2 * third).status_code == 204
    jobs.run_all()
    assert client.get(f"{begun.location}/state").json["state"] == "done"


def test_after_the_extra_minutes_nothing_can_be_submitted(
    place: Place, overtaken: Overtaken, clock: MovingClock
) -> None:
    clock.advance(minutes=4)
    overtaken.finish()
    clock.advance(minutes=10, seconds=1)
    with pytest.raises(TooLate):
        submit_entry(place.teacher, overtaken.entry.id, entry_by_id(overtaken.entry.id).version)


# --- Pages about space --------------------------------------------------------------------------------------------------


def test_the_manager_sees_what_is_used_and_the_office_gives_more(app: Flask, place: Place) -> None:
    make_painting(place)
    manager, staff = sign_in(app.test_client(), place.manager), sign_in(app.test_client(), place.staff)
    page = manager.get("/school/space").text
    assert "/ 50.0 GB" in page
    assert "科幻画作品" in page
    address = f"/schools/{place.school.id}/space"
    version = db.session.get_one(School, place.school.id).version
    assert staff.post(address, data={"space_gb": "-1", "version": version}).status_code == 422
    assert staff.post(address, data={"space_gb": "80", "version": version}).location == address
    assert "/ 80.0 GB" in manager.get("/school/space").text
    assert "内容已被他人修改" in staff.post(address, data={"space_gb": "90", "version": version}).text
    newer = db.session.get_one(School, place.school.id, populate_existing=True).version
    staff.post(address, data={"space_gb": "", "version": newer})
    assert "/ 50.0 GB" in manager.get("/school/space").text


def test_a_category_s_space_is_set_with_its_limits_and_told_beforehand(app: Flask, place: Place) -> None:
    staff, category = sign_in(app.test_client(), place.staff), place.category("KH")
    page = staff.get(f"/office/categories/{category.id}/limits").text
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    kept = {name: value for name, value in fields.items() if not name.startswith("classes")}
    answer = staff.post(f"/office/categories/{category.id}/limits", data={**kept, "school_space_mb": "2048"})
    assert answer.status_code == 302, re.findall(r"field-error.*", answer.text)
    assert (
        "每校在本类别的文件合计不超过 2048 MB"
        in sign_in(app.test_client(), place.teacher).get(f"/entries/new/{category.id}").text
    )
