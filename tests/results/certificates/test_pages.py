"""Certificates over HTTP: the office gives and shapes them, schools take theirs, everybody may check one."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import openpyxl
import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.core.jobs import run_all
from contest_portal.core.rate_limits import limiter
from contest_portal.entries.models import Entry
from contest_portal.people.models import Membership
from contest_portal.results.certificates.fonts import SERIF
from contest_portal.results.certificates.models import Certificate, CertificateSettings, CertificateTemplate
from contest_portal.results.certificates.services import settings
from contest_portal.results.certificates.services.keys import certificates_of
from contest_portal.results.certificates.signing import check_signature, make_key
from tests.factories import make_account, make_teacher, sign_in
from tests.results.certificates.scene import AwardedWorld

pytestmark = pytest.mark.pages

PAGE = "/office/contests/{}/certificates"


@pytest.fixture
def world(app: Flask) -> AwardedWorld:
    return AwardedWorld()


@pytest.fixture
def given(world: AwardedWorld) -> list[Certificate]:
    return world.issue()


def page_of(world: AwardedWorld) -> str:
    return PAGE.format(world.contest.id)


def fields_of(answer: TestResponse) -> dict[str, str]:
    """What the template's form would send as it stands."""
    text, found = answer.text, {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        is_choice = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and 'type="file"' not in tag and (" checked" in tag or not is_choice):
            found[name[1]] = value[1] if value else ""
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s?\n?(.*?)</textarea>', text, re.DOTALL))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]+)"', body)
        found[name] = chosen[1] if chosen else ""
    return found


@pytest.mark.database
def test_from_the_award_list_to_files_in_one_step(client: FlaskClient, world: AwardedWorld) -> None:
    sign_in(client, world.staff)
    before = client.get(page_of(world))
    assert "有 4 张证书还没有颁发" in before.text
    assert "现在用的是程序自带的模板" in before.text
    answer = client.post(f"{page_of(world)}/issue", data={"author": "y", "tutor": "y"}, follow_redirects=True)
    assert "已颁发 4 张证书，正在生成文件" in answer.text
    assert 'hx-trigger="every 2s"' in answer.text
    run_all()
    after = client.get(page_of(world))
    assert "按学校打包下载（ZIP）" in after.text
    assert "甘区科青创〔2018〕第0004号" in after.text
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{page_of(world)}/certificates.zip").data))
    assert len(archive.namelist()) == 4
    assert len(pypdf.PdfReader(io.BytesIO(client.get(f"{page_of(world)}/print.pdf").data)).pages) == 4


def test_after_a_revocation_the_old_files_are_gone_and_new_ones_are_without_it(
    client: FlaskClient, world: AwardedWorld
) -> None:
    void = world.issue()[0]
    sign_in(client, world.staff)
    world.revoke(void.id, "异议成立")
    page = client.get(page_of(world)).text
    assert "原来的打包文件和打印用文件已经作废" in page
    assert "按学校打包下载（ZIP）" not in page
    assert client.get(f"{page_of(world)}/certificates.zip").status_code == 404
    assert client.get(f"{page_of(world)}/print.pdf").status_code == 404
    client.post(f"{page_of(world)}/print", data={})
    run_all()
    assert "已经作废" not in client.get(page_of(world)).text
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{page_of(world)}/certificates.zip").data))
    assert len(archive.namelist()) == 3
    assert not any(void.number in name for name in archive.namelist())
    assert len(pypdf.PdfReader(io.BytesIO(client.get(f"{page_of(world)}/print.pdf").data)).pages) == 3


def test_the_codes_on_certificates_lead_to_this_site(client: FlaskClient, world: AwardedWorld) -> None:
    sign_in(client, world.staff)
    client.post(f"{page_of(world)}/issue", data={"author": "y"})
    row = db.session.scalars(select(Certificate)).first()
    assert row is not None
    page = client.get(f"/office/certificates/{row.id}")
    assert f"http://localhost/c/{row.code}" in page.text


def test_names_that_cannot_be_printed_stand_on_the_page_before(app: Flask, client: FlaskClient) -> None:
    world = AwardedWorld(("张晓明", "王\U000f1234", "䶮㛃", "孙无奖"))
    sign_in(client, world.staff)
    page = client.get(page_of(world))
    assert "有 1 张证书缺字，打印不出来" in page.text
    assert "U+F1234" in page.text


@pytest.mark.database
def test_the_list_is_filtered_and_taken_away_as_it_is_filtered(
    client: FlaskClient, world: AwardedWorld, given: list[Certificate]
) -> None:
    world.revoke(given[0].id, "作品雷同")
    sign_in(client, world.staff)
    assert "王小红" not in client.get(f"{page_of(world)}?state=revoked").text
    assert "王小红" in client.get(f"{page_of(world)}?q=甘区科青创[2018]第3号").text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{page_of(world)}/export?kind=author").data))
    words = [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    lines = [row for row in words if str(row[0]).startswith("甘区")]
    assert [(row[0], row[3], row[6]) for row in lines] == [
        ("甘区科青创〔2018〕第0001号", "张晓明", "已撤销"),
        ("甘区科青创〔2018〕第0003号", "王小红", "有效"),
        ("甘区科青创〔2018〕第0004号", "赵小刚", "有效"),
    ]


@pytest.mark.database
def test_revoked_and_given_again_on_its_page(
    client: FlaskClient, world: AwardedWorld, given: list[Certificate]
) -> None:
    sign_in(client, world.staff)
    address = f"/office/certificates/{given[0].id}"
    assert client.post(f"{address}/revoke", data={"why": ""}).status_code == 422
    answer = client.post(f"{address}/reissue", data={"why": "题目写错"}, follow_redirects=True)
    assert "已重发为 甘区科青创〔2018〕第0005号" in answer.text
    assert "甘区科青创〔2018〕第0001号" in answer.text, "the new one names the old"
    old = client.get(address)
    assert "题目写错" in old.text
    assert "甘区科青创〔2018〕第0005号" in old.text
    assert client.post(f"{address}/revoke", data={"why": "再次"}).status_code == 409


@pytest.mark.database
def test_a_colleague_confirms_on_the_page(app: Flask, world: AwardedWorld, given: list[Certificate]) -> None:
    address = f"/office/certificates/{given[0].id}"
    one, other = sign_in(app.test_client(), world.staff), sign_in(app.test_client(), world.leader)
    proposed = one.post(f"{address}/revoke", data={"why": "作品雷同"}, follow_redirects=True)
    assert "请另一位同志登录，打开本页确认" in proposed.text
    assert "确认撤销" not in proposed.text
    assert one.post(f"{address}/revoke/confirm").status_code == 403
    assert "作品雷同" in other.get(address).text
    assert "撤销" in other.post(f"{address}/revoke/confirm", follow_redirects=True).text
    db.session.expire_all()
    assert db.session.get_one(Certificate, given[0].id).state == "revoked"


@pytest.mark.database
def test_an_office_of_one_reads_what_to_do(app: Flask, world: AwardedWorld, given: list[Certificate]) -> None:
    for row in db.session.scalars(select(Membership).where(Membership.account_id != world.staff.account_id)):
        row.is_active = False
    db.session.commit()
    one = sign_in(app.test_client(), world.staff)
    data = {"why": "作品雷同"}
    page = one.post(f"/office/certificates/{given[0].id}/revoke", data=data, follow_redirects=True)
    assert "没有人可以确认。请先在「本单位与工作人员」邀请" in page.text
    assert "撤回提议" in page.text


def test_a_template_is_edited_with_a_true_preview(client: FlaskClient, world: AwardedWorld) -> None:
    sign_in(client, world.staff)
    address = f"{page_of(world)}/templates/author"
    page = client.get(address)
    assert 'src="data:image/png;base64,' in page.text
    fields = fields_of(page)
    assert fields["texts-0-text"] == "获奖证书"
    fields |= {"texts-0-text": "荣誉证书", "orientation": "wide"}
    only_shown = client.post(address, data={**fields, "preview": "1"})
    assert only_shown.status_code == 200
    assert "荣誉证书" in only_shown.text
    assert db.session.scalars(select(CertificateTemplate)).all() == []
    saved = client.post(address, data=fields, follow_redirects=True)
    assert "模板已保存" in saved.text
    sample = client.get(f"{address}/sample.pdf")
    assert "荣誉证书" in pypdf.PdfReader(io.BytesIO(sample.data)).pages[0].extract_text()
    assert "内容已被他人修改" in client.post(address, data=fields).text


def test_what_is_wrong_with_a_template_is_said_with_its_place(client: FlaskClient, world: AwardedWorld) -> None:
    sign_in(client, world.staff)
    address = f"{page_of(world)}/templates/author"
    fields = fields_of(client.get(address))
    answer = client.post(address, data={**fields, "texts-1-left": "左边"})
    assert answer.status_code == 422
    assert "第 2 处文字的「离左边」应为 0 到 999 的数字，现在写的是「左边」" in answer.text
    answer = client.post(address, data={**fields, "texts-3-text": "证书"})
    assert "证书上必须写有「不作为中小学招生入学依据」" in answer.text
    answer = client.post(address, data={**fields, "background": (io.BytesIO(b"%PDF-1.4"), "底图.jpg")})
    assert "不是 JPG 或 PNG 图片" in answer.text
    assert "这样的模板还不能保存" not in client.post(address, data={**fields, "preview": "1"}).text
    answer = client.post(address, data={**fields, "texts-1-text": "{姓名}的{不存在}", "preview": "1"})
    assert "这样的模板还不能保存" in answer.text
    assert "第 2 处文字里的「{不存在}」不是可以填的内容" in answer.text


def test_background_seal_and_own_font_are_on_the_printed_sheet(client: FlaskClient, world: AwardedWorld) -> None:
    from contest_portal.core.pdf import printing_fonts

    sign_in(client, world.leader)
    address = f"{page_of(world)}/templates/author"
    picture, seal = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (600, 424), (250, 240, 220)).save(picture, "JPEG")
    Image.new("RGBA", (200, 200), (200, 0, 0, 120)).save(seal, "PNG")
    picture.seek(0), seal.seek(0)
    fields = {**fields_of(client.get(address)), "background": (picture, "底图.jpg"), "seal_picture": (seal, "章.png")}
    assert client.post(address, data=fields).status_code == 302
    images = pypdf.PdfReader(io.BytesIO(client.get(f"{address}/sample.pdf").data)).pages[0].images
    assert {image.image.size for image in images} >= {(600, 424), (200, 200)}
    font = next(one for one in printing_fonts() if "DejaVu Sans" in one.family and one.path.endswith(".ttf"))
    with open(font.path, "rb") as file:  # noqa: PTH123 - a stream for the form
        answer = client.post(f"{page_of(world)}/font", data={"font": (file, "自备.ttf")}, follow_redirects=True)
    assert "已启用字体「DejaVu" in answer.text
    world.issue("author")
    no_font = {"font": (io.BytesIO(b"not a font at all"), "x.ttf")}
    assert "这不是能用的字体文件" in client.post(f"{page_of(world)}/font", data=no_font).text
    client.post(f"{page_of(world)}/font", data={"remove": "1"})
    assert db.session.scalars(select(CertificateSettings)).one().font_family == ""
    assert SERIF


def test_numbering_and_foot_are_chosen(client: FlaskClient, world: AwardedWorld) -> None:
    sign_in(client, world.staff)
    wrong = client.post(f"{page_of(world)}/choices", data={"number_pattern": "第号", "issuer": "科协", "version": "0"})
    assert wrong.status_code == 422
    assert "编号规则里要有一处「{序号}」" in wrong.text
    right = {"number_pattern": "甘科〔{年}〕{序号}号", "issuer": "甘州区科协", "dated_on": "2018-05-30", "version": "0"}
    assert client.post(f"{page_of(world)}/choices", data={**right, "is_one_each": "y"}).status_code == 302
    row = world.issue("author")[0]
    assert (row.number, row.fields["日期"], row.fields["颁发单位"]) == (
        "甘科〔2018〕0001号",
        "2018年5月30日",
        "甘州区科协",
    )


def test_the_leader_brings_the_offices_own_key_and_nobody_else(client: FlaskClient, world: AwardedWorld) -> None:
    key = make_key("甘州区科协（认证）", datetime(2018, 1, 1, tzinfo=UTC))
    content = pkcs12.serialize_key_and_certificates(
        b"", key.private_key, key.certificate, None, serialization.BestAvailableEncryption(b"secret")
    )

    def send(password: str) -> TestResponse:
        data = {"key_file": (io.BytesIO(content), "单位.p12"), "passphrase": password}
        return client.post(f"{page_of(world)}/key", data=data, follow_redirects=True)

    sign_in(client, world.staff)
    assert send("secret").status_code == 403
    sign_in(client, world.leader)
    assert "密码不对" in send("wrong").text
    assert "本单位自备" in send("secret").text
    row = world.issue("author")[0]
    file = client.get(f"/office/certificates/{row.id}/certificate.pdf").data
    assert check_signature(file, [key.certificate]).is_good
    public = client.get(f"/certificates/signing/{world.office.id}.cer").data
    assert x509.load_der_x509_certificate(public) == key.certificate


def test_last_years_look_is_taken_over_on_the_page(client: FlaskClient, world: AwardedWorld) -> None:
    from tests.factories import make_contest

    sign_in(client, world.staff)
    address = f"{page_of(world)}/templates/tutor"
    client.post(address, data=fields_of(client.get(address)))
    following = make_contest(world.office, name="下一届", year=2019)
    page = PAGE.format(following.id)
    assert "沿用上一届" in client.get(f"{page}/setup").text
    answer = client.post(f"{page}/copy", data={"source": str(world.contest.id)}, follow_redirects=True)
    assert "已沿用 1 个模板" in answer.text
    assert "请选择要沿用的那一届" in client.post(f"{page}/copy", data={"source": "999"}, follow_redirects=True).text


# Schools.


@pytest.mark.database
def test_a_school_takes_its_own_once_the_office_has_opened_them(
    client: FlaskClient, world: AwardedWorld, given: list[Certificate]
) -> None:
    manager = world.managers[0]
    sign_in(client, manager)
    own = f"/school/certificates/{given[0].id}/certificate.pdf"
    assert "还没有可以下载的证书" in client.get("/school/certificates").text
    assert client.get(own).status_code == 404
    sign_in(client, world.staff)
    client.post(f"{page_of(world)}/open", data={"is_open": "1"})
    sign_in(client, manager)
    page = client.get("/school/certificates")
    assert "张晓明" in page.text
    assert "王小红" not in page.text
    assert check_signature(client.get(own).data, certificates_of(world.office.id)).is_good
    archive = zipfile.ZipFile(
        io.BytesIO(client.get(f"/school/certificates/certificates.zip?contest={world.contest.id}").data)
    )
    assert [name.split("/")[0] for name in archive.namelist()] == ["西关小学"] * 3
    sign_in(client, world.managers[1])
    assert client.get(own).status_code == 404


@pytest.mark.database
def test_a_teacher_takes_those_of_own_entries_and_no_void_ones(
    client: FlaskClient, world: AwardedWorld, given: list[Certificate]
) -> None:
    settings.open_to_schools(world.staff, world.contest.id, is_open=True)
    sign_in(client, world.teacher)
    page = client.get("/school/certificates").text
    assert "张晓明" in page
    assert "赵小刚" not in page, "of the same school, another teacher's"
    assert client.get(f"/school/certificates/{given[3].id}/certificate.pdf").status_code == 404
    colleague = make_account(Role.TEACHER, school=world.schools[0], teacher=make_teacher(world.schools[0], "冯老师"))
    entry = db.session.get_one(Entry, world.entries[2].id)
    entry.created_by = colleague.account_id
    db.session.commit()
    sign_in(client, colleague)
    assert client.get(f"/school/certificates/{given[3].id}/certificate.pdf").status_code == 200
    world.revoke(given[3].id, "异议成立")
    assert client.get(f"/school/certificates/{given[3].id}/certificate.pdf").status_code == 404
    assert "赵小刚" not in client.get("/school/certificates").text


# 核验.


def check(client: FlaskClient, number: str, name: str) -> TestResponse:
    return client.post("/certificates", data={"number": number, "name": name})


@pytest.mark.database
def test_a_valid_certificate_is_found_by_number_and_name(client: FlaskClient, given: list[Certificate]) -> None:
    answer = check(client, "甘区科青创[2018]第1号", "张 晓明")
    assert answer.status_code == 200
    assert "证书有效" in answer.text
    assert "火星医院1" in answer.text
    assert "不作为中小学招生入学依据" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.database
def test_a_wrong_name_and_a_number_that_is_nowhere_say_the_same(client: FlaskClient, given: list[Certificate]) -> None:
    wrong_name = check(client, given[0].number, "王小红")
    nowhere = check(client, "甘区科青创〔2018〕第9999号", "王小红")
    assert wrong_name.status_code == nowhere.status_code == 404
    for answer in (wrong_name, nowhere):
        assert "没有编号和姓名都相符的证书" in answer.text
        assert "张晓明" not in answer.text

    def plain(answer: TestResponse) -> str:
        return re.sub(r'value="[^"]*"|\d\d:\d\d(:\d\d)?', "", answer.text)

    assert plain(wrong_name) == plain(nowhere)
    assert check(client, "", "").status_code == 422


@pytest.mark.database
def test_a_code_leads_to_its_certificate_and_another_to_nothing(
    client: FlaskClient, world: AwardedWorld, given: list[Certificate]
) -> None:
    answer = client.get(f"/c/{given[0].code.lower()}")
    assert "证书有效" in answer.text
    assert "张晓明" in answer.text
    unknown = client.get("/c/23456789ABCDE")
    assert unknown.status_code == 404
    assert "没有查到这张证书" in unknown.text
    world.revoke(given[0].id, "内部原因")
    void = client.get(f"/c/{given[0].code}").text
    assert "证书已撤销" in void
    assert "2018-03-01" in void
    assert "内部原因" not in void, "why is the office's to know"
    assert "证书有效" not in void


@pytest.mark.database
def test_one_of_several_names_is_enough(client: FlaskClient, world: AwardedWorld) -> None:
    world.add_author(world.entries[0], "周同学")
    settings = CertificateSettings(
        contest_id=world.contest.id, number_pattern="科〔{年}〕第{序号}号", issuer="科协", is_one_each=False
    )
    db.session.add(settings)
    db.session.commit()
    row = world.issue("author")[0]
    assert row.recipient == "张晓明、周同学"
    for name in ("张晓明", "周同学", "张晓明、周同学"):
        assert check(client, row.number, name).status_code == 200
    assert check(client, row.number, "晓明").status_code == 404


@pytest.mark.database
def test_misses_are_counted_and_hits_are_not(app: Flask, client: FlaskClient, given: list[Certificate]) -> None:
    app.config["RATELIMIT_ENABLED"] = limiter.enabled = True
    limiter.init_app(app)
    try:
        hits = [client.get(f"/c/{given[0].code}").status_code for _ in range(25)]
        misses = [client.get(f"/c/23456789ABC{n:02d}").status_code for n in range(22)]
        by_number = [check(client, f"甘区科青创〔2018〕第{n}号", "张晓明").status_code for n in range(1, 24)]
    finally:
        limiter.enabled = False
    assert set(hits) == {200}
    assert misses == [404] * 20 + [429] * 2
    assert by_number == [200] + [404] * 20 + [429] * 2
