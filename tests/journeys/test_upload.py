"""A film of 300 MB over a bad network: cut off twice, the page reloaded, and in the end stored byte for byte."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect
from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.core.storage import storage
from contest_portal.entries.draft_input import AuthorInput, DraftInput
from contest_portal.entries.models import Entry
from contest_portal.entries.services.drafts import create_draft, save_draft
from contest_portal.entries.services.files import add_file, remove_file
from contest_portal.media.models import Upload
from tests.entries.entry_factories import jpeg, received
from tests.journeys import entered, works
from tests.journeys.browsing import Join, Person, upload
from tests.journeys.scene import STAFF, TEACHER, make_contest, make_office, make_school
from tests.journeys.site import PASSWORD, Site

MB = 1024 * 1024
NAME = "荒漠绿洲.mp4"
FAR = """percent => { const bar = document.querySelector('.upload-bar'); return bar && bar.value >= percent; }"""
"""Asked of the page: whether the film's bar has come so far."""


@pytest.fixture
def draft(site: Site) -> int:
    """A work that lacks nothing but its film. Gives its number."""
    with site.inside():
        office = make_office()
        school = make_school(office)
        contest = make_contest(office)
        teacher = entered.actor(TEACHER)
        category = db.session.scalars(
            select(Category).where(Category.contest_id == contest, Category.code == "DV")
        ).one()
        entry = create_draft(teacher, contest, category.id, school.id)
        said = DraftInput(
            title="荒漠绿洲",
            summary="记录北部荒漠区的治沙过程。",
            answers={"film_type": "科学探究纪录片", "shown_before": False},
            authors=[AuthorInput(student_id=school.student_ids["马雪梅"], is_first=True)],
            tutors=[school.teacher_id],
        )
        save_draft(teacher, entry.id, entry.version, said)
        form = works.application(2)
        add_file(teacher, entry.id, "application", received(form["buffer"], form["name"]))
        return entry.id


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film of three minutes, made 300 MB long by a box that players skip."""
    path, noise = tmp_path / NAME, random.Random(300)
    with path.open("wb") as file:
        content = works.film()["buffer"]
        file.write(content)
        size = 300 * MB - len(content)
        file.write(size.to_bytes(4, "big") + b"free")
        for _block in range(0, size - 8 - MB, MB):
            file.write(noise.randbytes(MB))
        file.write(bytes(300 * MB - file.tell()))
    return path


def test_a_film_arrives_whole_over_a_bad_network(site: Site, people: Join, draft: int, film: Path) -> None:
    teacher = people().sign_in(TEACHER)
    teacher.page.on("dialog", lambda question: question.accept())
    teacher.go(f"/entries/{draft}/edit")
    teacher.page.locator("#slot-film").set_input_files(film)
    comes_to(teacher, 5)
    teacher.look()

    cut(teacher)
    teacher.fill(title="荒漠里的绿洲")
    teacher.page.context.set_offline(False)
    comes_to(teacher, 20)
    expect(teacher.page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)

    # Another author by the form's own button: the page changes, the film goes on.
    teacher.page.locator("#author").press_sequentially("zzh")
    with teacher.page.expect_response(lambda answer: answer.url.endswith("/edit") and answer.request.method == "GET"):
        teacher.page.locator("#author-list [role=option]").filter(has_text="周子涵").first.click()
    teacher.sees("周子涵")
    comes_to(teacher, 40)
    cut(teacher)
    teacher.page.context.set_offline(False)
    comes_to(teacher, 55)

    teacher.page.reload()
    line = teacher.page.locator(".upload")
    expect(line).to_contain_text(f"请再次选择「{NAME}」，将从")
    begun_again_at = int(line.inner_text().partition("将从 ")[2].partition("%")[0])
    assert begun_again_at >= 50
    teacher.look()
    line.locator("input[type=file]").set_input_files(works.painting())
    expect(line).to_contain_text("不是同一个文件")
    line.locator("input[type=file]").set_input_files(film)
    comes_to(teacher, begun_again_at + 5)

    teacher.press("保存，下一步核对").sees("传完以后才能提交")
    expect(teacher.page.get_by_role("button", name="提交作品")).to_have_count(0)
    expect(teacher.page.locator(".upload")).to_contain_text("正在检查", timeout=120_000)
    site.do_jobs()
    expect(teacher.page.get_by_role("button", name="提交作品")).to_be_enabled(timeout=60_000)
    teacher.press("提交作品").told("GZ2018-DV-X-0001").sees(NAME)

    with site.inside():
        file = next(one for one in db.session.get_one(Entry, draft).files if one.slot_code == "film")
        assert file.blob.size_bytes == 300 * MB
        with film.open("rb") as sent, storage().open(file.blob.sha256) as stored:
            assert hashlib.file_digest(stored, "sha256").digest() == hashlib.file_digest(sent, "sha256").digest()
        sent_as = select(Upload.state, Upload.announced_sha256)
        assert [tuple(row) for row in db.session.execute(sent_as)] == [("done", file.blob.sha256)]


@pytest.fixture
def painting(site: Site) -> int:
    """A painting without its picture, an hour before the deadline. Gives its number."""
    with site.inside():
        office = make_office()
        school = make_school(office)
        contest = make_contest(office)
        entry = entered.painting(contest, school, submit=False)
        row = db.session.get_one(Entry, entry)
        remove_file(entered.actor(TEACHER), entry, row.files[0].id)
        site.clock.move_to(row.contest.submission_closes_at - timedelta(minutes=2))
        return entry


def test_a_picture_is_refused_replaced_and_overtaken_by_the_deadline(site: Site, people: Join, painting: int) -> None:
    teacher = people(phone=True).sign_in(TEACHER)
    teacher.page.on("dialog", lambda question: question.accept())
    teacher.go(f"/entries/{painting}/edit")
    field, line = teacher.page.locator("#slot-painting"), teacher.page.locator(".upload")
    field.set_input_files(upload("小图.jpg", padded(jpeg(1600, 1126))))
    expect(line).to_contain_text("正在检查")
    site.do_jobs()
    expect(line).to_contain_text("长边是 1600 像素，至少要 3000 像素")
    teacher.look()
    line.get_by_role("button", name="知道了").click()
    expect(line).to_have_count(0)

    teacher.page.context.set_offline(True)
    field.set_input_files(upload("火星.jpg", padded(jpeg())))
    expect(line).to_contain_text("网络中断，恢复后自动续传")
    line.get_by_role("button", name="暂停").click()
    expect(line).to_contain_text("已暂停")
    teacher.page.context.set_offline(False)
    line.get_by_role("button", name="取消").click()
    expect(line).to_have_count(0)

    field.set_input_files(upload("火星.jpg", padded(jpeg())))
    expect(line).to_contain_text("正在检查")
    site.clock.advance(minutes=4)
    teacher.page.reload()
    teacher.sees("截止前开始上传的文件可以传完").look()
    site.do_jobs()
    teacher.sees("截止前开始上传的文件已经收下")
    teacher.page.reload()
    teacher.look()
    teacher.press("提交作品").told("GZ2018-KH-X-0001").sees("截止后传完")
    staff = people().sign_in(STAFF).go(f"/office/entries/{painting}")
    staff.sees("截止前传完，截止后收下").sees("截止以后检查收下")


def test_a_large_file_says_its_hash_before_its_last_piece(site: Site, people: Join, draft: int, tmp_path: Path) -> None:
    film = tmp_path / NAME
    content = works.film()["buffer"]
    box = 40 * MB - len(content)
    film.write_bytes(content + box.to_bytes(4, "big") + b"free" + random.Random(40).randbytes(box - 8))
    teacher = people().sign_in(TEACHER).go(f"/entries/{draft}/edit")
    sent: list[str] = []
    teacher.page.on(
        "request", lambda one: sent.append(one.url.rpartition("/")[2] if one.method == "POST" else one.method)
    )
    teacher.page.locator("#slot-film").set_input_files(film)
    expect(teacher.page.locator(".upload")).to_contain_text("正在检查", timeout=60_000)
    pieces = [one for one in sent if one in {"PATCH", "sha256"}]
    assert pieces[-2:] == ["sha256", "PATCH"]
    assert pieces.count("sha256") == 1
    with site.inside():
        assert db.session.scalars(select(Upload.announced_sha256)).all() == [
            hashlib.sha256(film.read_bytes()).hexdigest()
        ]
    site.do_jobs()
    expect(teacher.page.locator("#kept-slot-film")).to_contain_text(NAME, timeout=60_000)


def test_what_is_taken_appears_in_the_form(site: Site, people: Join, painting: int) -> None:
    teacher = people().sign_in(TEACHER).go(f"/entries/{painting}/edit")
    teacher.page.locator("#slot-painting").set_input_files(upload("火星.jpg", padded(jpeg())))
    expect(teacher.page.locator(".upload")).to_contain_text("正在检查")
    teacher.fill(title="火星上的向日葵")
    site.do_jobs()
    expect(teacher.page.locator("#kept-slot-painting")).to_contain_text("火星.jpg")
    expect(teacher.page.locator("#missing")).to_contain_text("内容齐全")
    expect(teacher.page.locator("#title")).to_have_value("火星上的向日葵")
    expect(teacher.page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)
    teacher.press("保存，下一步核对").press("提交作品").told("GZ2018-KH-X-0001").sees("火星上的向日葵")


def test_several_files_go_three_at_a_time_and_wait_for_a_new_sign_in(site: Site, people: Join, draft: int) -> None:
    teacher = people().sign_in(TEACHER).go(f"/entries/{draft}/edit")
    teacher.page.context.set_offline(True)
    sheets = [upload(f"申报书{number}.jpg", padded(jpeg(1240, 1754))) for number in range(3, 8)]
    teacher.page.locator("#slot-application").set_input_files(sheets)
    lines = teacher.page.locator(".upload")
    expect(lines.filter(has_text="网络中断")).to_have_count(3)
    expect(lines.filter(has_text="等待上传（3.0 MB）")).to_have_count(2)
    site.clock.advance(hours=3)
    teacher.page.context.set_offline(False)
    expect(lines.filter(has_text="登录已过期，上传暂停")).to_have_count(5, timeout=60_000)

    window = teacher.page.context.new_page()
    window.goto("/login")
    window.locator("[name=name]").fill(TEACHER)
    window.locator("[name=password]").fill(PASSWORD)
    window.locator("main").get_by_role("button", name="登录", exact=True).click()
    window.wait_for_url("**/work")
    window.close()
    for line in lines.all():
        line.get_by_role("button", name="继续").click()
    expect(lines.filter(has_text="正在检查")).to_have_count(5, timeout=60_000)
    site.do_jobs()
    expect(lines).to_have_count(0, timeout=60_000)
    expect(teacher.page.locator("#kept-slot-application .slot-file")).to_have_count(6)


def test_six_files_are_begun_once_each(site: Site, people: Join, draft: int) -> None:
    teacher = people().sign_in(TEACHER).go(f"/entries/{draft}/edit")
    begun: list[str] = []
    teacher.page.on("request", lambda sent: begun.append(sent.url) if is_beginning(sent) else None)
    sheets = [upload(f"申报书{number}.jpg", padded(jpeg(1240, 1754))) for number in range(3, 9)]
    teacher.page.locator("#slot-application").set_input_files(sheets)
    expect(teacher.page.locator(".upload").filter(has_text="正在检查")).to_have_count(6, timeout=60_000)
    assert len(begun) == 6
    all_of_them = teacher.page.locator(".upload-summary").locator("visible=true")
    expect(all_of_them).to_contain_text("共 6 个文件，已收下 0 个；已传 18.0 MB / 18.0 MB（100%）")
    with site.inside():
        assert sorted(db.session.scalars(select(Upload.file_name))) == [one["name"] for one in sheets]
    site.do_jobs()
    expect(all_of_them).to_have_count(0, timeout=60_000)


def test_what_another_window_sends_is_left_to_it(site: Site, people: Join, painting: int) -> None:
    teacher = people().sign_in(TEACHER).go(f"/entries/{painting}/edit")
    content = padded(jpeg())
    sent: list[int] = []

    def is_overtaken(route: Route) -> None:
        if route.request.method == "PATCH" and not sent:
            sent.append(send_piece(teacher, route.request.url, content, 0, MB))
        route.continue_()

    teacher.page.route("**/uploads/*", is_overtaken)
    teacher.page.locator("#slot-painting").set_input_files(upload("火星.jpg", content))
    line = teacher.page.locator(".upload")
    expect(line).to_contain_text("正在另一台设备或另一个窗口上传，已传 1.0 MB / 3.0 MB（33%）", timeout=60_000)
    expect(line).to_contain_text("这里自动接着传")
    with site.inside():
        url = f"{site.address}/uploads/{db.session.scalars(select(Upload.token)).one()}"
    teacher.page.reload()
    expect(line).to_contain_text("请再次选择「火星.jpg」，将从 33% 处继续")
    send_piece(teacher, url, content, MB, 2 * MB)
    expect(line).to_contain_text("正在另一台设备或另一个窗口上传，已传 2.0 MB / 3.0 MB（66%）", timeout=60_000)
    teacher.look()
    send_piece(teacher, url, content, 2 * MB, 3 * MB)
    expect(line).to_contain_text("正在检查", timeout=60_000)
    site.do_jobs()
    expect(teacher.page.locator("#kept-slot-painting")).to_contain_text("火星.jpg")


def test_when_the_other_window_stops_this_one_goes_on(site: Site, people: Join, painting: int) -> None:
    teacher = people().sign_in(TEACHER).go(f"/entries/{painting}/edit")
    content = padded(jpeg())
    sent: list[int] = []

    def is_overtaken(route: Route) -> None:
        if route.request.method == "PATCH" and not sent:
            sent.append(send_piece(teacher, route.request.url, content, 0, MB))
        route.continue_()

    teacher.page.clock.install()
    teacher.page.route("**/uploads/*", is_overtaken)
    teacher.page.locator("#slot-painting").set_input_files(upload("火星.jpg", content))
    line = teacher.page.locator(".upload")
    expect(line).to_contain_text("正在另一台设备或另一个窗口上传", timeout=60_000)
    for _wait in range(12):
        teacher.page.clock.run_for(2500)
    expect(line).to_contain_text("正在检查", timeout=60_000)
    site.do_jobs()


def test_who_chooses_a_file_after_the_end_is_told_of_it(site: Site, people: Join, painting: int) -> None:
    teacher = people().sign_in(TEACHER).go(f"/entries/{painting}/edit")
    site.clock.advance(minutes=4)
    teacher.page.locator("#slot-painting").set_input_files(upload("火星.jpg", padded(jpeg())))
    expect(teacher.page.locator(".upload")).to_contain_text("不再接收提交和修改")


def send_piece(person: Person, url: str, content: bytes, start: int, end: int) -> int:
    """Send a piece as the same account's other window would; gives how much the server has then."""
    browser = person.page.context.request
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(start),
        "Content-Type": "application/offset+octet-stream",
        "X-CSRFToken": browser.get("/csrf").text().strip(),
    }
    return int(browser.fetch(url, method="PATCH", headers=headers, data=content[start:end]).headers["upload-offset"])


def test_where_one_file_is_wanted_the_last_chosen_counts(site: Site, people: Join, painting: int) -> None:
    teacher = people().sign_in(TEACHER).go(f"/entries/{painting}/edit")
    asked: list[str] = []
    answers = iter((False, True))
    teacher.page.on("dialog", lambda box: (asked.append(box.message), box.accept() if next(answers) else box.dismiss()))
    field, line = teacher.page.locator("#slot-painting"), teacher.page.locator(".upload")
    teacher.page.context.set_offline(True)
    field.set_input_files(upload("旧稿.jpg", padded(jpeg(3100, 2182))))
    expect(line).to_contain_text("网络中断")
    field.set_input_files(upload("新稿.jpg", padded(jpeg())))
    expect(line).to_contain_text("旧稿.jpg")
    field.set_input_files(upload("新稿.jpg", padded(jpeg())))
    teacher.page.context.set_offline(False)
    expect(line).to_contain_text("新稿.jpg")
    expect(line.filter(has_text="正在检查")).to_have_count(1, timeout=60_000)
    site.do_jobs()
    expect(line).to_have_count(0, timeout=60_000)
    expect(teacher.page.locator("#kept-slot-painting .slot-file")).to_have_count(1)
    expect(teacher.page.locator("#kept-slot-painting")).to_contain_text("新稿.jpg")
    assert asked == ["「旧稿.jpg」还没有传完，这里只能放一个文件。改传「新稿.jpg」，不再传「旧稿.jpg」吗？"] * 2


def is_beginning(sent: Request) -> bool:
    return sent.method == "POST" and sent.url.endswith("/uploads/")


def padded(content: bytes) -> bytes:
    """The picture as a file that is large enough to be sent in pieces."""
    return content + bytes(3 * MB - len(content))


def comes_to(person: Person, percent: int) -> None:
    """Wait until the film's bar shows so much."""
    person.page.wait_for_function(FAR, arg=percent, timeout=120_000)


def cut(person: Person) -> None:
    """Take the network away and see the page say so."""
    person.page.context.set_offline(True)
    expect(person.page.locator(".upload")).to_contain_text("网络中断，恢复后自动续传")
