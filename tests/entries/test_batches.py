"""Sixty paintings at once: what comes in, what is mended, what is made of it, and who may."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound, TooLate
from contest_portal.core.jobs import HANDLERS
from contest_portal.core.models import Job
from contest_portal.core.spreadsheets import Column, read_table, write_table
from contest_portal.entries import batch_target
from contest_portal.entries.models import Entry
from contest_portal.entries.models_batch import BatchItem, BatchSource, PaintingBatch
from contest_portal.entries.queries.batch_page import BatchPage, batch_page
from contest_portal.entries.queries.batches import batch_by_id
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services import batches
from contest_portal.entries.services.batch_drafts import make_drafts
from contest_portal.entries.services.batch_rows import RowInput, remove_row, save_rows
from contest_portal.entries.services.batch_sources import read_batch_source
from contest_portal.entries.services.batches import open_batch, take_file
from contest_portal.entries.services.drafts import delete_draft
from contest_portal.entries.services.space import NoSpace
from contest_portal.media.services.receiving import receive_file
from contest_portal.media.upload_targets import Announced, UploadView
from tests.entries.batch_zips import gbk, utf8, zip_of
from tests.entries.entry_factories import Place, jpeg, make_painting, pdf
from tests.factories import make_account, make_school, make_student, make_teacher, sign_in
from tests.statements import counted


def begun(place: Place) -> PaintingBatch:
    return open_batch(place.teacher, place.category("KH").id, place.school.id)


def put(place: Place, batch: PaintingBatch, content: bytes, name: str) -> Any:
    return take_file(place.teacher, batch.id, receive_file(io.BytesIO(content), name, ("jpeg",)), name)


def picture() -> bytes:
    """A small one: what it lacks in pixels is told and stops nothing."""
    return jpeg(81, 57)


def read_all() -> None:
    """Read what came in, as the job does; previews are left alone."""
    while waiting := db.session.scalars(select(BatchSource.id).where(BatchSource.state == "waiting")).all():
        db.session.rollback()
        for source_id in waiting:
            read_batch_source({"source_id": source_id})


def page_of(batch: PaintingBatch) -> BatchPage:
    db.session.rollback()
    db.session.expire_all()
    return batch_page(batch_by_id(batch.id))


def shown(batch: PaintingBatch) -> dict[str, tuple[str, str | None, str]]:
    """File → state, pupil, title."""
    return {
        row.item.path: (row.state.state, row.pupil.name if row.pupil else None, row.item.title)
        for row in page_of(batch).rows
    }


def why(batch: PaintingBatch, path: str) -> str:
    row = next(one for one in page_of(batch).rows if one.item.path == path)
    return "；".join(map(str, row.state.why))


def item_id(batch: PaintingBatch, path: str) -> int:
    return next(row.item.id for row in page_of(batch).rows if row.item.path == path)


def workbook(*rows: tuple[str, ...]) -> bytes:
    head, *body = rows
    return write_table([Column(title, 12) for title in head], list(body), name="名单")


def test_pictures_become_rows_with_pupil_title_and_tutor(place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    put(place, batch, picture(), "赵一鸣-太空.jpg")
    assert shown(batch) == {
        "张晓明-火星医院.jpg": ("ready", "张晓明", "火星医院"),
        "赵一鸣-太空.jpg": ("needed", None, "太空"),
    }
    page = page_of(batch)
    assert (page.counts["ready"], page.counts["open"]) == (1, 1)
    assert page.rows[0].tutor == "李志强"


def test_pupils_of_other_schools_are_never_meant(place: Place) -> None:
    stranger = make_student(make_school(place.office, "东街小学"), "赵一鸣")
    batch = begun(place)
    put(place, batch, picture(), "赵一鸣-太空.jpg")
    assert shown(batch)["赵一鸣-太空.jpg"][1] is None
    row = page_of(batch).rows[0]
    save_rows(place.teacher, batch.id, {row.item.id: RowInput(pupil=f"student-{stranger.id}", typed="赵一鸣")})
    assert shown(batch)["赵一鸣-太空.jpg"][1] is None


def test_all_ready_drafts_are_made_at_once_and_once(place: Place) -> None:
    make_student(place.school, "王小芳", grade=2)
    batch = begun(place)
    for name in ("张晓明-火星医院.jpg", "王小芳-海底城.jpg", "赵一鸣-太空.jpg"):
        put(place, batch, picture(), name)
    made = make_drafts(place.teacher, batch.id)
    assert make_drafts(place.teacher, batch.id) == []
    entries = [entry_by_id(entry.id) for entry in made]
    assert sorted((one.title, one.authors[0].student.name, one.tutors[0].teacher.name) for one in entries) == [
        ("海底城", "王小芳", "李志强"),
        ("火星医院", "张晓明", "李志强"),
    ]
    assert {one.state for one in entries} == {"draft"}
    assert {one.stage_code for one in entries} == {"X"}
    assert [[file.slot_code for file in one.files] for one in entries] == [["painting"]] * 2
    assert sorted(one.files[0].file_name for one in entries) == ["张晓明-火星医院.jpg", "王小芳-海底城.jpg"]
    assert {path: row[0] for path, row in shown(batch).items()} == {
        "张晓明-火星医院.jpg": "made",
        "王小芳-海底城.jpg": "made",
        "赵一鸣-太空.jpg": "needed",
    }


def test_a_deleted_draft_leaves_its_row_ready_again(place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    (entry,) = make_drafts(place.teacher, batch.id)
    delete_draft(place.teacher, entry.id)
    assert shown(batch)["张晓明-火星医院.jpg"][0] == "ready"


def test_a_pupil_with_an_entry_two_files_of_one_and_the_same_picture_are_doubts(place: Place) -> None:
    make_painting(place, title="月球农场")
    make_student(place.school, "王小芳", grade=2)
    make_student(place.school, "刘大海", grade=2)
    batch, twice = begun(place), picture()
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    put(place, batch, picture(), "王小芳-一.jpg")
    put(place, batch, twice, "王小芳-二.jpg")
    put(place, batch, twice, "刘大海-三.jpg")
    assert {row[0] for row in shown(batch).values()} == {"doubt"}
    assert why(batch, "张晓明-火星医院.jpg") == "张晓明在本类别已有作品《月球农场》，每人最多提交 1 件"
    assert why(batch, "王小芳-二.jpg") == "这一批中有 2 个文件都写着王小芳；同一张图片在这一批中有 2 个文件"
    save_rows(place.teacher, batch.id, {item_id(batch, "刘大海-三.jpg"): RowInput(keep=True)})
    remove_row(place.teacher, batch.id, item_id(batch, "王小芳-二.jpg"))
    assert {path: row[0] for path, row in shown(batch).items()} == {
        "张晓明-火星医院.jpg": "doubt",
        "王小芳-一.jpg": "ready",
        "刘大海-三.jpg": "ready",
    }


def test_a_picture_that_lies_in_an_entry_already_is_a_doubt(place: Place) -> None:
    make_student(place.school, "王小芳", grade=2)
    first, second = begun(place), begun(place)
    sheet = picture()
    put(place, first, sheet, "张晓明-火星医院.jpg")
    make_drafts(place.teacher, first.id)
    put(place, second, sheet, "王小芳-火星医院.jpg")
    assert why(second, "王小芳-火星医院.jpg") == "这张图片已经用在本校的另一件作品中"


def test_wrong_measures_are_told_and_stop_nothing_but_useless_files_do(place: Place) -> None:
    make_student(place.school, "王小芳", grade=2)
    batch = begun(place)
    put(place, batch, jpeg(1000, 1000), "张晓明-火星医院.jpg")
    put(place, batch, picture()[:500], "王小芳-海底城.jpg")
    page = page_of(batch)
    small, broken = page.rows
    assert small.state.state == "ready"
    assert "长边是 1000 像素，至少要 3000 像素" in "；".join(map(str, small.findings))
    assert broken.state.state == "needed"
    assert "损坏" in str(broken.state.why[0])
    assert len(make_drafts(place.teacher, batch.id)) == 1


def test_rows_are_mended_by_hand(place: Place) -> None:
    two = [make_student(place.school, "刘洋", grade=4, class_name=name) for name in ("1班", "2班")]
    other = make_teacher(place.school, "陈老师")
    batch = begun(place)
    put(place, batch, picture(), "IMG_1.jpg")
    put(place, batch, picture(), "刘洋-深海.jpg")
    first, second = item_id(batch, "IMG_1.jpg"), item_id(batch, "刘洋-深海.jpg")
    assert [one.value for one in page_of(batch).rows[1].candidates] == [f"student-{one.id}" for one in two]
    save_rows(
        place.teacher,
        batch.id,
        {
            first: RowInput(typed="zxm", title=" 火星医院\u200b ", tutor="陈老师"),
            second: RowInput(pupil=f"student-{two[1].id}"),
        },
    )
    assert why(batch, "IMG_1.jpg") == "按拼音「zxm」找到，请核对"
    save_rows(place.teacher, batch.id, {first: RowInput(typed="张晓明")})
    assert shown(batch) == {
        "IMG_1.jpg": ("ready", "张晓明", "火星医院"),
        "刘洋-深海.jpg": ("ready", "刘洋", "深海"),
    }
    made = {one.title: entry_by_id(one.id) for one in make_drafts(place.teacher, batch.id)}
    assert made["深海"].authors[0].student_id == two[1].id
    assert made["火星医院"].tutors[0].teacher_id == other.id
    assert made["深海"].tutors[0].teacher_id == place.teacher_row.id


def test_a_tutor_who_is_not_on_the_roster_is_asked_for(place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院-指导教师钱无人.jpg")
    assert "本校教师名册中没有「钱无人」" in why(batch, "张晓明-火星医院-指导教师钱无人.jpg")
    save_rows(place.teacher, batch.id, {page_of(batch).rows[0].item.id: RowInput(tutor="")})
    assert [row[0] for row in shown(batch).values()] == ["ready"]


def test_a_pupil_who_left_is_asked_for_again(place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    place.pupil.state = "left"
    db.session.commit()
    assert why(batch, "张晓明-火星医院.jpg") == "张晓明已不在校，请重新选择"
    assert make_drafts(place.teacher, batch.id) == []


def test_a_zip_is_unpacked_by_a_job_and_what_is_no_picture_is_named(place: Place) -> None:
    make_student(place.school, "王小芳", grade=2, class_name="3班")
    batch = begun(place)
    source = put(
        place,
        batch,
        zip_of(
            gbk("科幻画/二年级3班/王小芳-海底城.jpg", picture()),
            gbk("科幻画/张晓明 火星医院.jpg", picture()),
            gbk("科幻画/说明.pdf", pdf()),
            gbk("__MACOSX/._x.jpg", b"x"),
            gbk("../越界.jpg", picture()),
            gbk("内层.zip", zip_of(gbk("x.jpg", b"x"))),
            gbk("坏.jpg", picture(), broken=True),
            gbk("空.jpg", b""),
            gbk("科幻画/张晓明 另一张.jpg", picture()),
        ),
        "作品.zip",
    )
    assert shown(batch) == {}
    assert page_of(batch).is_working
    (job,) = db.session.scalars(select(Job).where(Job.kind == "entries.read_batch_source"))
    HANDLERS[job.kind](job.payload)
    assert shown(batch) == {
        "科幻画/二年级3班/王小芳-海底城.jpg": ("ready", "王小芳", "海底城"),
        "科幻画/张晓明 火星医院.jpg": ("doubt", "张晓明", "火星医院"),
        "科幻画/张晓明 另一张.jpg": ("doubt", "张晓明", "另一张"),
    }
    ((row, problems),) = page_of(batch).troubles
    assert (row.id, row.state) == (source.id, "done")
    assert [str(one).partition("：")[0] for one in problems] == [
        "「科幻画/说明.pdf」", "「../越界.jpg」", "「内层.zip」", "「坏.jpg」", "「空.jpg」",
    ]  # fmt: skip


def test_a_job_that_was_cut_off_takes_no_picture_twice(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    make_student(place.school, "王小芳", grade=2)
    batch = begun(place)
    members = [gbk("张晓明-一.jpg", picture()), gbk("王小芳-二.jpg", picture())]
    source = put(place, batch, zip_of(*members), "作品.zip")
    real, calls = receive_file, []

    def dies_at_the_second(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr("contest_portal.entries.services.batch_sources.receive_file", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        read_batch_source({"source_id": source.id})
    assert list(shown(batch)) == ["张晓明-一.jpg"]
    read_all()
    read_batch_source({"source_id": source.id})
    assert sorted(shown(batch)) == ["张晓明-一.jpg", "王小芳-二.jpg"]
    assert len(calls) == 3


def test_a_broken_zip_says_so_and_harms_nothing(place: Place) -> None:
    batch = begun(place)
    put(place, batch, b"PK\x03\x04" + b"x" * 500, "坏.zip")
    read_all()
    ((source, problems),) = page_of(batch).troubles
    assert source.state == "failed"
    assert "已损坏或不完整" in str(problems[0])


def test_a_zip_whose_reading_was_given_up_is_read_again(teacher: FlaskClient, place: Place) -> None:
    batch = begun(place)
    put(place, batch, zip_of(gbk("张晓明-一.jpg", picture())), "作品.zip")
    (job,) = db.session.scalars(select(Job).where(Job.kind == "entries.read_batch_source"))
    job.state = "failed"
    db.session.commit()
    page = teacher.get(f"/entries/batches/{batch.id}").get_data(as_text=True)
    assert "「作品.zip」没有读完" in page
    assert "every 2s" not in page
    assert teacher.post(f"/entries/batches/{batch.id}/read-again").status_code == 302
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Job, job.id).state == "waiting"
    assert page_of(batch).is_working


def test_the_workbook_decides_whether_it_comes_before_in_or_after_the_pictures(place: Place) -> None:
    make_student(place.school, "王小芳", grade=2)
    make_student(place.school, "刘大海", grade=2)
    batch = begun(place)
    head = ("文件名", "姓名", "题目", "辅导教师")
    put(place, batch, workbook(head, ("IMG_1.jpg", "张晓明", "火星医院", "")), "一.xlsx")
    read_all()
    put(place, batch, picture(), "IMG_1.jpg")
    packed = zip_of(
        gbk("IMG_2.jpg", picture()), gbk("名单.xlsx", workbook(head, ("IMG_2", "王小芳", "海底城", "李志强"))),
    )  # fmt: skip
    put(place, batch, packed, "作品.zip")
    read_all()
    put(place, batch, picture(), "IMG_3.jpg")
    put(
        place,
        batch,
        workbook(head, ("IMG_3.jpg", "刘大海", "云上学校", ""), ("IMG_9.jpg", "张晓明", "无", "")),
        "三.xlsx",
    )
    read_all()
    assert shown(batch) == {
        "IMG_1.jpg": ("ready", "张晓明", "火星医院"),
        "IMG_2.jpg": ("ready", "王小芳", "海底城"),
        "IMG_3.jpg": ("ready", "刘大海", "云上学校"),
    }
    assert [str(one) for one in page_of(batch).unused] == ["「名单」表第 3 行 A 列：这一批中没有文件「IMG_9.jpg」"]


def test_what_was_typed_by_hand_stands_against_a_workbook(place: Place) -> None:
    make_student(place.school, "王小芳", grade=2)
    batch = begun(place)
    put(place, batch, picture(), "IMG_1.jpg")
    save_rows(place.teacher, batch.id, {item_id(batch, "IMG_1.jpg"): RowInput(typed="张晓明")})
    put(place, batch, workbook(("文件名", "姓名", "题目"), ("IMG_1.jpg", "王小芳", "海底城")), "一.xlsx")
    read_all()
    assert shown(batch) == {"IMG_1.jpg": ("ready", "张晓明", "海底城")}


def test_after_the_deadline_nothing_comes_in_and_nothing_is_made(place: Place, clock: MovingClock) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    clock.move_to(place.contest.submission_closes_at + timedelta(minutes=5))
    for attempt in (
        lambda: make_drafts(place.teacher, batch.id),
        lambda: put(place, batch, picture(), "二.jpg"),
        lambda: begun(place),
    ):
        with pytest.raises(TooLate):
            attempt()
    assert db.session.scalar(select(func.count(Entry.id))) == 0


def test_only_categories_about_one_picture_take_batches(place: Place, teacher: FlaskClient) -> None:
    for code in ("CG", "SJ", "DV", "FA", "FX"):
        with pytest.raises(NotFound):
            open_batch(place.teacher, place.category(code).id, place.school.id)
        assert teacher.get(f"/entries/new/{place.category(code).id}/batch").status_code == 404
        assert "批量上传" not in teacher.get(f"/entries/new/{place.category(code).id}").get_data(as_text=True)
    assert "批量上传" in teacher.get(f"/entries/new/{place.category('KH').id}").get_data(as_text=True)


def test_a_full_batch_takes_no_more(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_PICTURES", 2)
    batch = begun(place)
    put(place, batch, zip_of(*(gbk(f"{number}号.jpg", picture()) for number in range(4))), "作品.zip")
    read_all()
    assert len(shown(batch)) == 2
    ((_source, problems),) = page_of(batch).troubles
    assert "一批最多 2 张图片" in str(problems[-1])


# --- Through the pages ------------------------------------------------------------------------------------------------


def upload(client: FlaskClient, address: str, *files: tuple[bytes, str]) -> Any:
    data = {"files": [(io.BytesIO(content), name) for content, name in files]}
    return client.post(address, data=data, content_type="multipart/form-data")


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.get_data(as_text=True)))


def test_the_whole_way_without_scripts(teacher: FlaskClient, place: Place) -> None:
    make_student(place.school, "王小芳", grade=2)
    address = f"/entries/new/{place.category('KH').id}/batch"
    assert "张晓明-火星医院.jpg" in text(teacher.get(address)), "an example of a name"
    there = upload(
        teacher,
        address,
        (picture(), "张晓明-火星医院.jpg"),
        (zip_of(gbk("IMG_7.jpg", picture())), "作品.zip"),
        (pdf(), "说明.pdf"),
    ).location
    page = text(teacher.get(there))
    assert "「说明.pdf」不是图片、ZIP 压缩包或 Excel 表格，没有收。" in page
    assert "「作品.zip」正在排队读取" in page
    read_all()
    page = text(teacher.get(there))
    assert "1 个可以建立，1 个需要处理" in page
    assert "相机或手机起的文件名" in page
    batch = db.session.scalars(select(PaintingBatch)).one()
    item = item_id(batch, "IMG_7.jpg")
    fields = {f"pupil-{item}_query": "王小芳", f"title-{item}": "海底城", "tutor": str(place.teacher_row.id)}
    assert teacher.post(there, data=fields).status_code == 302
    assert "2 个可以建立，0 个需要处理" in text(teacher.get(there))
    assert teacher.post(there, data={"make": "1"}).status_code == 302
    page = teacher.get(there)
    assert "已建立 2 份草稿" in text(page)
    links = re.findall(r'href="(/entries/\d+/edit)"', page.get_data(as_text=True))
    assert len(links) == 2
    assert all(teacher.get(link).status_code == 200 for link in links)
    assert "2" in text(teacher.get(address)), "the batch is listed where batches begin"


def test_one_row_is_kept_as_it_is_typed_and_the_others_follow(teacher: FlaskClient, place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    put(place, batch, picture(), "IMG_2.jpg")
    first, second = item_id(batch, "张晓明-火星医院.jpg"), item_id(batch, "IMG_2.jpg")
    answer = teacher.post(
        f"/entries/batches/{batch.id}/rows/{second}",
        data={f"pupil-{second}_query": "张晓明", f"title-{second}": "二"},
        headers={"HX-Request": "true"},
    )
    fragment = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for row in (first, second):
        assert f'id="row-{row}-state" hx-swap-oob="true"' in fragment
    assert fragment.count("这一批中有 2 个文件都写着张晓明") == 2
    assert "0 个可以建立，2 个需要处理" in fragment
    assert shown(batch)["IMG_2.jpg"] == ("doubt", "张晓明", "二")


def test_whoever_alone_fits_is_chosen_by_one_press(teacher: FlaskClient, place: Place) -> None:
    make_student(place.school, "王小芳", grade=2)
    for name in ("李明", "林梅"):
        make_student(place.school, name, grade=2)
    batch = begun(place)
    for name in ("zxm_火星医院.jpg", "wxf_海底城.jpg", "lm_云上学校.jpg", "IMG_9.jpg"):
        put(place, batch, picture(), name)
    address = f"/entries/batches/{batch.id}"
    button = "只有一名学生对得上的，全部选上"
    assert button in text(teacher.get(address))
    fields = {
        f"title-{item_id(batch, name)}": title
        for name, title in (("zxm_火星医院.jpg", "火星上的医院"), ("IMG_9.jpg", ""))
    }
    other = {f"title-{item_id(batch, name)}": "题" for name in ("wxf_海底城.jpg", "lm_云上学校.jpg")}
    assert teacher.post(address, data={**fields, **other, "adopt": "1"}).status_code == 302
    rows = shown(batch)
    assert rows["zxm_火星医院.jpg"] == ("ready", "张晓明", "火星上的医院")
    assert rows["wxf_海底城.jpg"][:2] == ("ready", "王小芳")
    assert rows["lm_云上学校.jpg"][0] == "doubt"
    assert rows["IMG_9.jpg"][0] == "needed"
    page = text(teacher.get(address))
    assert "请再看一遍" in page
    assert button not in page


def test_rows_are_taken_out_and_put_back(teacher: FlaskClient, place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    item = item_id(batch, "张晓明-火星医院.jpg")
    teacher.post(f"/entries/batches/{batch.id}", data={"remove": str(item)})
    assert shown(batch) == {}
    teacher.post(f"/entries/batches/{batch.id}", data={"put_back": str(item)})
    assert list(shown(batch)) == ["张晓明-火星医院.jpg"]


def test_the_exported_list_filled_in_and_sent_back_settles_the_rows(teacher: FlaskClient, place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "夹/IMG_2.jpg")
    exported = read_table(teacher.get(f"/entries/batches/{batch.id}/export").get_data(), "名单.xlsx")
    head = tuple(str(value) for value in exported.rows[0])
    assert head[:5] == ("文件名", "姓名", "班级", "题目", "辅导教师")
    row = [str(value or "") for value in (*exported.rows[1], *[""] * 6)][:6]
    row[1], row[3] = "张晓明", "火星医院"
    upload(teacher, f"/entries/batches/{batch.id}/files", (workbook(head, tuple(row)), "名单.xlsx"))
    read_all()
    assert shown(batch) == {"夹/IMG_2.jpg": ("ready", "张晓明", "火星医院")}


THERE, NOT = [200, 202], [404, 404]
"""Of the page and of a thumbnail, which is still being made."""


def test_a_batch_is_its_makers_and_its_schools_managers_alone(client: FlaskClient, place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    item = item_id(batch, "张晓明-火星医院.jpg")
    colleague = make_account(Role.TEACHER, school=place.school, teacher=make_teacher(place.school, "王老师"))
    stranger = make_account(Role.SCHOOL_MANAGER, school=make_school(place.office, "东街小学"))
    thumb = f"/entries/batches/{batch.id}/rows/{item}/thumb"
    for actor, status in (
        (place.teacher, THERE),
        (place.manager, THERE),
        (colleague, NOT),
        (stranger, NOT),
        (place.staff, NOT),
    ):
        sign_in(client, actor)
        assert [client.get(one).status_code for one in (f"/entries/batches/{batch.id}", thumb)] == status
    other = begun(place)
    sign_in(client, place.teacher)
    assert client.get(f"/entries/batches/{other.id}/rows/{item}/thumb").status_code == 404


def test_a_batch_that_is_given_up_leaves_its_drafts(teacher: FlaskClient, place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星医院.jpg")
    put(place, batch, workbook(("文件名", "姓名"), ("a.jpg", "张晓明")), "一.xlsx")
    make_drafts(place.teacher, batch.id)
    assert teacher.post(f"/entries/batches/{batch.id}/discard").status_code == 302
    counts = [
        db.session.scalar(select(func.count(model.id))) for model in (PaintingBatch, BatchItem, BatchSource, Entry)
    ]
    assert counts == [0, 0, 0, 1]


def test_a_page_of_sixty_rows_takes_as_many_statements_as_one_of_two(teacher: FlaskClient, place: Place) -> None:
    batch = begun(place)
    for number in range(2):
        put(place, batch, picture(), f"张晓明-{number}画.jpg")
    with counted(db.engine) as few:
        assert teacher.get(f"/entries/batches/{batch.id}").status_code == 200
    put(place, batch, zip_of(*(utf8(f"张晓明-{number}图.jpg", picture()) for number in range(58))), "作品.zip")
    read_all()
    with counted(db.engine) as many:
        assert teacher.get(f"/entries/batches/{batch.id}").get_data(as_text=True).count('id="title-') == 60
    assert len(many) == len(few) <= 15


# --- In pieces --------------------------------------------------------------------------------------------------------


def announced(name: str, size: int = 1000) -> Announced:
    return Announced(name, size)


def test_what_can_never_be_taken_is_refused_before_its_first_byte(place: Place) -> None:
    there = {"batch": str(begun(place).id)}
    for name, size in (("张晓明-火星.jpg", 1000), ("作品.zip", 3 * 2**30), ("名单.xlsx", 1000), ("名单.csv", 1000)):
        batch_target.begin(place.teacher, there, announced(name, size))
    with pytest.raises(Invalid, match=r"有 11\.0 MB，上限 10\.0 MB"):
        batch_target.begin(place.teacher, there, announced("张晓明-火星.jpg", 11 * 2**20))
    for name in ("影片.mp4", "说明.pdf", "没有后缀"):
        with pytest.raises(Invalid, match="不是图片、ZIP 压缩包或 Excel 表格"):
            batch_target.begin(place.teacher, there, announced(name))


def test_both_pages_name_the_limits_that_hold(teacher: FlaskClient, place: Place) -> None:
    limits = "每张图片不超过 10.0 MB，一个 ZIP 压缩包不超过 4.0 GB"
    first = teacher.get(f"/entries/new/{place.category('KH').id}/batch").text
    assert limits in first
    assert "大小不超过" not in first
    batch = begun(place)
    for _look in range(2):  # without and with rows
        table = teacher.get(f"/entries/batches/{batch.id}").text
        assert table.count(limits) == 1
        assert "大小不超过" not in table
        put(place, batch, picture(), "张晓明-火星.jpg")
    there = {"batch": str(begun(place).id)}
    batch_target.begin(place.teacher, there, announced("作品.zip", 4 * 2**30))
    with pytest.raises(Invalid, match=r"上限 4\.00 GB"):
        batch_target.begin(place.teacher, there, announced("作品.zip", 4 * 2**30 + 10 * 2**20))


def test_uploads_go_to_ones_own_batch_in_time_and_where_there_is_room(place: Place, clock: MovingClock) -> None:
    batch = begun(place)
    there = {"batch": str(batch.id)}
    stranger = make_account(Role.SCHOOL_MANAGER, school=make_school(place.office, "东街小学"))
    for actor, where in (
        (stranger, there),
        (place.teacher, {"batch": "999"}),
        (place.teacher, {}),
        (place.staff, there),
    ):
        with pytest.raises(NotFound):
            batch_target.begin(actor, where, announced("张晓明-火星.jpg"))
    place.school.space_gb = 1
    db.session.commit()
    batch_target.begin(place.teacher, there, announced("作品.zip", 2**30 - 100))
    put(place, batch, picture(), "张晓明-火星.jpg")
    with pytest.raises(NoSpace):
        batch_target.begin(place.teacher, there, announced("作品.zip", 2**30 - 100))
    clock.move_to(place.contest.submission_closes_at + timedelta(minutes=5))
    with pytest.raises(TooLate):
        batch_target.begin(place.teacher, there, announced("张晓明-火星.jpg"))


def test_drafts_are_not_made_beyond_the_schools_space(place: Place) -> None:
    batch = begun(place)
    put(place, batch, picture(), "张晓明-火星.jpg")
    place.school.space_gb = 0
    db.session.commit()
    with pytest.raises(NoSpace):
        make_drafts(place.teacher, batch.id)
    assert db.session.scalar(select(func.count(Entry.id))) == 0


def test_a_file_that_was_taken_in_pieces_is_in_the_batch(place: Place) -> None:
    batch = begun(place)
    where = {"batch": str(batch.id)}
    kinds = batch_target.accepted(place.teacher, where)
    arrived = receive_file(io.BytesIO(picture()), "张晓明-火星.jpg", kinds)
    upload_row = UploadView(1, "张晓明-火星.jpg", now(), now(), where)
    batch_target.take(place.teacher, upload_row, arrived)
    assert shown(batch) == {"张晓明-火星.jpg": ("ready", "张晓明", "火星")}
