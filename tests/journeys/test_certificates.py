"""Certificates: the office gives them and mends one, a school prints its own, a parent checks one on a phone."""

from __future__ import annotations

import io
import zipfile

import pypdf
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.results.awards.models import AwardLine
from contest_portal.results.certificates.models import Certificate
from contest_portal.results.certificates.services.keys import certificates_of
from contest_portal.results.certificates.signing import check_signature
from tests.factories import made
from tests.journeys.browsing import Join
from tests.journeys.judged import Judged, accepted_paintings
from tests.journeys.scene import MANAGER, STAFF
from tests.journeys.site import Site
from tests.results.certificates.scene import award_line, award_list


def awarded(site: Site) -> Judged:
    """The approved awards: a first prize, the rest third prizes."""
    scene = accepted_paintings(site)
    with site.inside():
        given = made(award_list(scene.contest_id, scene.category_id))
        for position, entry_id in enumerate(scene.entry_ids, start=1):
            made(award_line(given.id, entry_id, "一等奖" if position == 1 else "三等奖", position))
    return scene


def certificate_of(site: Site, entry_id: int, state: str = "valid") -> tuple[str, str, str]:
    """Number, name and code of the author's certificate."""
    with site.inside():
        row = db.session.scalars(
            select(Certificate).where(
                Certificate.entry_id == entry_id, Certificate.kind == "author", Certificate.state == state
            )
        ).one()
        return row.number, row.recipient, row.code


def test_from_the_awards_to_a_school_that_prints_and_a_parent_who_checks(site: Site, people: Join) -> None:
    scene = awarded(site)
    staff = people().sign_in(STAFF)
    staff.go(f"/office/contests/{scene.contest_id}/lists").press("证书")
    staff.sees("现在用的是程序自带的模板").press("模板、编号与签名").sees("程序自带", "编号与落款", "数字签名")
    staff.page.locator("main").get_by_role("link", name="编辑").first.click()
    staff.page.locator("#texts-0-text").fill("荣誉证书")
    staff.press("只预览，不保存").sees("这就是打印出来的样子").press("保存模板").told("模板已保存")
    staff.go(f"/office/contests/{scene.contest_id}/certificates").press("颁发证书").told("正在生成文件")
    staff.sees("正在生成证书文件")
    site.do_jobs()
    staff.sees("按学校打包下载（ZIP）")  # the page finds out by itself
    _name, content = staff.download("按学校打包下载（ZIP）")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    with site.inside():
        keys = certificates_of(scene.office_id)
    assert files
    assert all(check_signature(file, keys).is_good for file in files)
    _name, printed = staff.download("打印用文件（PDF）")
    assert len(pypdf.PdfReader(io.BytesIO(printed)).pages) == len(files)
    staff.press("开放给学校下载").told("学校和老师现在可以下载证书")

    school = people(phone=True).sign_in(MANAGER)
    school.go("/school/certificates").sees("一等奖")
    _name, own = school.download("全部下载")
    with zipfile.ZipFile(io.BytesIO(own)) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {scene.schools[0].name}
        first = pypdf.PdfReader(io.BytesIO(archive.read(archive.namelist()[0]))).pages[0].extract_text()
    assert "荣誉证书" in first
    assert "不作为中小学招生入学依据" in first

    number, name, code = certificate_of(site, scene.entry_ids[0])
    parent = people(phone=True)
    parent.go(f"/c/{code}").sees("证书有效", number, name, "一等奖", "甘州区科学技术协会")
    parent.go("/certificates").fill(number=number.replace("〔", "[").replace("〕", "]"), name="别人")
    parent.press("核验").sees("没有查到这张证书")
    parent.fill(number=number, name=name).press("核验").sees("证书有效")

    staff.page.get_by_role("link", name=number).click()
    staff.fill(why="题目写错").press("撤销原证书并重发").told("已重发为")
    site.do_jobs()
    parent.go(f"/c/{code}").sees("证书已撤销").go(f"/c/{certificate_of(site, scene.entry_ids[0])[2]}").sees("证书有效")


def test_a_name_that_no_font_has_is_told_before_it_is_given(site: Site, people: Join) -> None:
    scene = awarded(site)
    with site.inside():
        line = db.session.scalars(select(AwardLine).where(AwardLine.entry_id == scene.entry_ids[0])).one()
        line.entry.authors[0].student.name = "张\U000f1234"  # type: ignore[union-attr]
        db.session.commit()
    staff = people(scripts=False).sign_in(STAFF)
    staff.go(f"/office/contests/{scene.contest_id}/certificates").sees("有 1 张证书缺字，打印不出来", "U+F1234")
    staff.press("颁发证书").told("另有 1 张因为缺字没有颁发")
