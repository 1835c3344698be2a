"""From the ranking to the approved and published list, through the services."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core import audit
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.core.models import AuditRecord
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.judging.models import Ranking, Round
from contest_portal.people.models import Office, School
from contest_portal.results.lists.documents import quantity_lines
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.services import shortlists
from contest_portal.results.public_list.content import from_content
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.services import publications
from tests.factories import (
    made,
    make_account,
    make_contest,
    make_office,
    make_school,
    make_student,
    make_teacher,
    sign_in,
)


class World:
    """A judged category of paintings: eight entries ranked 1, 2, 2, 4, 5, 5, 7, 8."""

    def __init__(self) -> None:
        self.office: Office = make_office()
        self.school: School = make_school(self.office)
        self.contest: Contest = make_contest(self.office, feeds_into_title="全市第九届青少年科技创新大赛")
        self.category: Category = next(c for c in self.contest.categories if c.code == "KH")
        self.staff: Actor = make_account(Role.OFFICE, office=self.office, name="王干事")
        self.leader: Actor = make_account(Role.LEADER, office=self.office, name="赵主席")
        tutor = make_teacher(self.school, "李老师", phone="13800001111")
        self.entries = [self._entry(number, "X" if number % 2 else "C", tutor.id) for number in range(1, 9)]
        self._rank([1, 2, 2, 4, 5, 5, 7, 8])

    def _entry(self, number: int, stage: str, tutor_id: int) -> Entry:
        entry = Entry(
            contest_id=self.contest.id,
            category_id=self.category.id,
            school_id=self.school.id,
            state="accepted",
            number=f"GZ2018-KH-{stage}-{number:04d}",
            stage_code=stage,
            title=f"火星医院{number}",
            summary="在火星上看病。",
            answers={"technique": "水彩"},
            created_at=now(),
            updated_at=now(),
        )
        entry.authors = [Author(student_id=make_student(self.school, f"张晓{number}").id, position=1, is_first=True)]
        entry.tutors = [Tutor(teacher_id=tutor_id, position=1)]
        made(entry)
        return entry

    def _rank(self, ranks: list[int]) -> None:
        round_ = made(
            Round(
                contest_id=self.contest.id,
                name="初评",
                state="ranked",
                reads_per_entry=3,
                opens_at=now(),
                closes_at=now(),
                plan_facts={},
                created_at=now(),
            )
        )
        lines = [
            {"entry_id": entry.id, "rank": rank, "score": 100.0 - rank}
            for entry, rank in zip(self.entries, ranks, strict=True)
        ]
        made(
            Ranking(
                round_id=round_.id,
                category_id=self.category.id,
                method="raw",
                inputs_sha256="0" * 64,
                facts={},
                lines=lines,
                created_at=now(),
            )
        )

    def chosen(self, shortlist: Shortlist, decision: str = "in") -> list[str]:
        return [line.entry.title[4:] for line in shortlist.lines if line.decision == decision]

    def approved(self, places: int = 3) -> Shortlist:
        shortlists.set_quotas(self.staff, self.category.id, {"": places})
        draft = shortlists.make_shortlist(self.staff, self.category.id)
        return shortlists.approve_shortlist(self.leader, draft.id, draft.row_version)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def test_the_list_is_filled_by_rank_within_the_quota(world: World) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": 4})
    draft = shortlists.make_shortlist(world.staff, world.category.id)
    assert world.chosen(draft) == ["1", "2", "3", "4"]
    assert world.chosen(draft, "reserve") == ["5", "6", "7", "8"]
    assert all(line.reason for line in draft.lines)


def test_places_by_stage_hold_beside_each_other(world: World) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": None, "X": 1, "C": 2})
    draft = shortlists.make_shortlist(world.staff, world.category.id)
    assert world.chosen(draft) == ["1", "2", "4"]


def test_a_tie_at_the_cut_waits_for_a_named_decision(world: World) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": 5})
    draft = shortlists.make_shortlist(world.staff, world.category.id)
    assert world.chosen(draft, "tied") == ["5", "6"]
    with pytest.raises(Conflict, match="并列"):
        shortlists.approve_shortlist(world.leader, draft.id, draft.row_version)
    decided = shortlists.decide_place(
        world.staff, world.category.id, world.entries[5].id, "in", "创新性得分较高", "评委会"
    )
    assert world.chosen(decided) == ["1", "2", "3", "4", "6"]
    assert "评委会" in str(next(line.reason_params for line in decided.lines if line.entry_id == world.entries[5].id))
    assert shortlists.approve_shortlist(world.leader, decided.id, decided.row_version).state == "approved"


@pytest.mark.parametrize(("why", "by", "field"), [("", "评委会", "why"), ("并列", " ", "decided_by")])
def test_a_decision_needs_a_reason_and_a_name(world: World, why: str, by: str, field: str) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": 5})
    with pytest.raises(Invalid) as caught:
        shortlists.decide_place(world.staff, world.category.id, world.entries[0].id, "out", why, by)
    assert caught.value.field == field


def test_decisions_beyond_the_quota_change_nothing(world: World) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": 1})
    shortlists.decide_place(world.staff, world.category.id, world.entries[6].id, "in", "专家推荐", "评委会")
    with pytest.raises(Invalid, match="总名额 1 个；经决定列入"):
        shortlists.decide_place(world.staff, world.category.id, world.entries[7].id, "in", "专家推荐", "评委会")
    draft = shortlists.make_shortlist(world.staff, world.category.id)
    assert world.chosen(draft) == ["7"]


def test_without_ranking_or_quota_it_says_what_is_missing(world: World) -> None:
    with pytest.raises(Conflict, match="名额"):
        shortlists.make_shortlist(world.staff, world.category.id)
    other = next(category for category in world.contest.categories if category.code == "DV")
    shortlists.set_quotas(world.staff, other.id, {"": 3})
    with pytest.raises(Conflict, match="排名"):
        shortlists.make_shortlist(world.staff, other.id)


def test_approving_what_was_not_seen_is_refused(world: World) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": 3})
    draft = shortlists.make_shortlist(world.staff, world.category.id)
    seen = draft.row_version
    shortlists.make_shortlist(world.staff, world.category.id)
    with pytest.raises(Stale):
        shortlists.approve_shortlist(world.leader, draft.id, seen)


def test_more_recommended_than_collected_is_refused(world: World) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": 3})
    draft = shortlists.make_shortlist(world.staff, world.category.id)
    db.session.get_one(Entry, world.entries[0].id).state = "withdrawn"
    db.session.commit()
    with pytest.raises(Conflict, match="多于征集"):
        shortlists.approve_shortlist(world.leader, draft.id, draft.row_version)


def test_a_new_version_supersedes_the_approved_one_and_leaves_it_readable(world: World) -> None:
    first = world.approved()
    decided = shortlists.decide_place(
        world.staff, world.category.id, world.entries[0].id, "out", "不符合要求", "评委会"
    )
    assert (decided.version, decided.state) == (2, "draft")
    shortlists.approve_shortlist(world.leader, decided.id, decided.row_version)
    db.session.refresh(first)
    assert first.state == "superseded"
    assert world.chosen(first) == ["1", "2", "3"]


def test_a_published_list_never_changes_and_an_amendment_stands_beside_it(world: World) -> None:
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    first = publications.publish_list(world.leader, draft.id, draft.content_sha256)
    content = dict(first.content)
    decided = shortlists.decide_place(
        world.staff, world.category.id, world.entries[0].id, "out", "不符合要求", "评委会"
    )
    shortlists.approve_shortlist(world.leader, decided.id, decided.row_version)
    with pytest.raises(Invalid) as caught:
        publications.draft_publication(world.staff, world.contest.id, "推荐名单公示（更正）")
    assert caught.value.field == "amendment_note"
    draft = publications.draft_publication(
        world.staff, world.contest.id, "推荐名单公示（更正）", amendment_note="第一名不符合要求，取消推荐。"
    )
    second = publications.publish_list(world.leader, draft.id, draft.content_sha256)
    first = db.session.get_one(Publication, first.id)
    assert (first.version, first.state, dict(first.content)) == (1, "amended", content)
    assert (second.version, second.state) == (2, "public")
    assert [line.title for line in from_content(second.content)[0].lines] == ["火星医院3", "火星医院2", "火星医院4"]


def test_publishing_twice_is_one_success_and_one_clear_message(world: World) -> None:
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    publications.publish_list(world.leader, draft.id, draft.content_sha256)
    with pytest.raises(Conflict, match="已经公示"):
        publications.publish_list(world.leader, draft.id, draft.content_sha256)
    assert audit.verify(db.session)[1] is None


def test_a_draft_that_is_behind_the_lists_is_not_published(world: World) -> None:
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    decided = shortlists.decide_place(
        world.staff, world.category.id, world.entries[0].id, "out", "不符合要求", "评委会"
    )
    shortlists.approve_shortlist(world.leader, decided.id, decided.row_version)
    with pytest.raises(Conflict, match="重新生成公示稿"):
        publications.publish_list(world.leader, draft.id, draft.content_sha256)


def test_the_publication_stands_open_five_working_days(world: World) -> None:
    # 1 March 2018 is a Thursday: Friday, then Monday to Thursday.
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    assert draft.open_until == date(2018, 3, 8)


def test_the_public_page_shows_public_fields_only(world: World, client: FlaskClient) -> None:
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    assert client.get(f"/lists/{draft.id}").status_code == 404
    publications.publish_list(world.leader, draft.id, draft.content_sha256)
    page = client.get(f"/lists/{draft.id}").get_data(as_text=True)
    for word in ("张晓1", "西关小学", "火星医院1", "指导老师:李老师", "推荐", draft.content_sha256):
        assert word in page
    student = world.entries[0].authors[0].student
    assert student is not None
    for secret in (student.id_number, str(student.birth_on), "2008-05", "13800001111"):
        assert str(secret) not in page


def test_the_public_workbook_has_the_public_columns(world: World, client: FlaskClient) -> None:
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    publications.publish_list(world.leader, draft.id, draft.content_sha256)
    answer = client.get(f"/lists/{draft.id}/list.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    head = next(place for place, row in enumerate(rows) if "序号" in row)
    assert rows[head] == ["序号", "姓名", "学校", "作品名称", "等级"]
    assert rows[head + 1] == [1, "张晓1", "西关小学", "火星医院1(指导老师:李老师)", "推荐"]


def test_the_recommendation_workbook_has_the_categorys_own_columns(world: World, client: FlaskClient) -> None:
    world.approved()
    sign_in(client, world.staff)
    answer = client.get(f"/office/contests/{world.contest.id}/lists/recommended.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data))["科幻画作品"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(row for row in rows if "序号" in row)
    expected = [
        "序号",
        "编号",
        "作品名称",
        "作者",
        "性别",
        "出生年月",
        "学校",
        "年级",
        "辅导教师",
        "画种",
        "作品说明",
        "联系电话",
    ]
    assert head == expected
    first = rows[rows.index(head) + 1]
    # Stage by stage: of the three chosen the primary ones (1 and 3) stand first.
    assert first[:7] == [1, "GZ2018-KH-X-0001", "火星医院1", "张晓1", "男", "2008-05", "西关小学"]
    assert first[9:] == ["水彩", "在火星上看病。", "138****1111"]


def test_full_telephone_numbers_are_for_those_who_send_the_list_up_and_recorded(
    world: World, client: FlaskClient
) -> None:
    world.approved()
    paths = (
        f"/office/contests/{world.contest.id}/lists/recommended.xlsx",
        f"/office/categories/{world.category.id}/list/recommended.xlsx",
    )
    sign_in(client, make_account(Role.SUPERVISOR, office=db.session.get_one(Office, world.contest.office_id)))
    assert [client.post(path).status_code for path in paths] == [403, 403]
    pages = (paths[0].removesuffix(".xlsx"), paths[1].removesuffix("/recommended.xlsx"))
    assert "含完整电话" not in client.get(pages[0]).text
    for actor in (world.staff, world.leader):
        sign_in(client, actor)
        for path, page in zip(paths, pages, strict=True):
            assert "含完整电话" in client.get(page).text
            assert phones_in(client.get(path).data) == {"138****1111"}
            assert phones_in(client.post(path).data) == {"13800001111"}
    noted = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "results.export_recommendation")).all()
    assert [(row.account_id, row.object_id, row.after["category_id"], row.after["count"]) for row in noted] == [
        (actor.account_id, world.contest.id, category_id, 3)
        for actor in (world.staff, world.leader)
        for category_id in (None, world.category.id)
    ]


def test_page_pdf_and_workbook_of_the_recommendation_list_say_the_same(world: World, client: FlaskClient) -> None:
    world.approved()
    sign_in(client, world.staff)
    start = f"/office/contests/{world.contest.id}/lists/recommended"
    page, paper = client.get(start).text, pdf_text(client.get(f"{start}.pdf").data)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{start}.xlsx").data))["科幻画作品"]
    cells = [str(cell) for row in book.iter_rows(values_only=True) for cell in row if cell is not None]
    for words in ("出生年月", "GZ2018-KH-X-0001", "火星医院1", "2008-05", "138****1111"):
        assert words in page
        assert words in cells
        assert letters(words) in letters(paper)
    assert "推荐单位" in paper
    whole = pdf_text(client.post(f"{start}.pdf").data)
    assert "13800001111" in whole
    assert db.session.scalar(select(func.count()).where(AuditRecord.action == "results.export_recommendation")) == 1


def test_the_quantity_sheet_is_a_page_a_pdf_and_a_workbook(world: World, client: FlaskClient) -> None:
    world.approved()
    sign_in(client, world.staff)
    start = f"/office/contests/{world.contest.id}/lists/quantities"
    # Three are chosen, two of primary schools (world.approved).
    assert "共 3" in client.get(start).text
    assert "推荐单位" in pdf_text(client.get(f"{start}.pdf").data)
    assert client.get(f"{start}.xlsx").status_code == 200


def letters(text: str) -> str:
    """Without what print puts between: spaces, and the hyphens at which a line breaks."""
    return "".join(ch for ch in text if ch.isalnum() or ch == "*")


def pdf_text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")


def phones_in(content: bytes) -> set[str]:
    """The telephone numbers on the sheet of paintings."""
    rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(content))["科幻画作品"].iter_rows(values_only=True)]
    head = next(row for row in rows if "联系电话" in row)
    return {str(row[head.index("联系电话")]) for row in rows[rows.index(head) + 1 :] if isinstance(row[0], int)}


def test_the_offices_way_through_the_pages(world: World, client: FlaskClient) -> None:
    sign_in(client, world.staff)
    base = f"/office/categories/{world.category.id}"
    answer = client.post(f"{base}/quotas", data={"total": "三", "version": "0"})
    assert answer.status_code == 422
    assert client.post(f"{base}/quotas", data={"total": "3", "version": "0"}).status_code == 302
    assert client.post(f"{base}/list").status_code == 302
    page = client.get(f"{base}/list").get_data(as_text=True)
    assert "按名次入选，第 1 名" in page
    shortlist = db.session.query(Shortlist).one()
    approve = f"/office/shortlists/{shortlist.id}/approve"
    assert client.post(approve, data={"version": str(shortlist.row_version)}).status_code == 403
    sign_in(client, world.leader)
    assert client.post(approve, data={"version": str(shortlist.row_version)}).status_code == 302
    sign_in(client, world.staff)
    answer = client.post(f"/office/contests/{world.contest.id}/publication", data={"title": "推荐名单公示"})
    sign_in(client, world.leader)
    preview = client.get(answer.location).get_data(as_text=True)
    assert "张晓1" in preview
    publication = db.session.query(Publication).one()
    seen = {"content_sha256": publication.content_sha256, "notice_sha256": publication.notice_sha256}
    answer = client.post(f"{answer.location}/publish", data=seen)
    assert answer.location.endswith(f"/lists/{publication.id}")
    for path in (f"/lists/{publication.id}", f"/lists/{publication.id}/print", "/lists"):
        assert client.get(path).status_code == 200
    assert client.get(f"/office/contests/{world.contest.id}/lists").status_code == 200


def test_another_offices_staff_finds_nothing(world: World, client: FlaskClient) -> None:
    stranger = make_account(Role.OFFICE, office=make_office("临泽县科学技术协会", number_prefix="LZ"))
    sign_in(client, stranger)
    assert client.get(f"/office/categories/{world.category.id}/list").status_code == 404
    assert client.get(f"/office/contests/{world.contest.id}/lists/recommended.xlsx").status_code == 404


def test_what_is_withdrawn_after_approval_counts_no_more_and_the_office_is_told(
    world: World, client: FlaskClient
) -> None:
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    publications.publish_list(world.leader, draft.id, draft.content_sha256)
    sign_in(client, world.staff)
    lists, category = f"/office/contests/{world.contest.id}/lists", f"/office/categories/{world.category.id}/list"
    assert "后来撤回" not in client.get(lists).text
    withdraw_entry(world.staff, world.entries[0].id, "家长来信要求退出。")
    page = client.get(lists).text
    assert "有 1 件作品后来撤回" in page
    assert "撤回 1" in page
    page = client.get(category).text
    assert "已不参评" in page
    assert re.search(r"列入</p>\s*<p class=\"stat-value\">2<", page)
    assert "张晓1" in client.get(f"/lists/{draft.id}").text  # what was published stays until it is amended
    again = shortlists.make_shortlist(world.staff, world.category.id)
    shortlists.approve_shortlist(world.leader, again.id, again.row_version)
    page = client.get(lists).text
    assert "后来撤回" not in page
    assert "请更正公示" in page


def test_a_publication_past_its_last_day_says_so(world: World, client: FlaskClient, clock: MovingClock) -> None:
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    publications.publish_list(world.leader, draft.id, draft.content_sha256)
    assert "公示中" in client.get("/lists").text
    clock.advance(days=8)
    assert "公示期满" in client.get("/lists").text
    assert "公示中" not in client.get("/lists").text
    assert "公示期满" in sign_in(client, world.staff).get(f"/office/contests/{world.contest.id}/lists").text


def test_the_quantities_are_stated_in_the_notices_words(world: World) -> None:
    projects = next(category for category in world.contest.categories if category.code == "CG")
    lines = [ShortlistLine(entry=project(projects, stage, authors)) for stage, authors in PROJECTS]
    stated = quantity_lines([projects, world.category], lines)
    assert stated == [
        "一、小学学生科技创新成果竞赛项目：个人项目 2 项，集体项目 1 项",
        "二、中学学生科技创新成果竞赛项目：初中组　个人项目 0 项，集体项目 1 项；高中组　个人项目 1 项，集体项目 0 项",
        "三、科幻画作品：共 0 件",
    ]


PROJECTS = (("X", 1), ("X", 1), ("X", 3), ("C", 2), ("G", 1))
"""(stage group, authors) of recommended projects."""


def project(category: Category, stage: str, authors: int) -> Entry:
    return Entry(category_id=category.id, stage_code=stage, authors=[Author(position=one) for one in range(authors)])


def test_a_leader_sees_how_many_lists_wait_for_approval_and_nothing_that_others_do(
    world: World, client: FlaskClient
) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": 3})
    shortlists.make_shortlist(world.staff, world.category.id)
    world.entries[7].state = "submitted"  # waits for screening
    db.session.commit()

    def waiting(actor: Actor) -> list[str]:
        page = sign_in(client, actor).get("/work").text
        return re.findall(r'<span class="work-label">([^<]+)</span><span class="nav-badge">', page)

    assert waiting(world.leader) == ["推荐名单与公示"]
    assert waiting(world.staff) == ["审核"]


def test_the_office_is_warned_of_works_without_a_rank_and_of_decisions_that_still_hold(
    world: World, client: FlaskClient
) -> None:
    shortlists.set_quotas(world.staff, world.category.id, {"": 3})
    ranking = db.session.scalars(select(Ranking)).one()
    ranking.lines = [line for line in ranking.lines if line["entry_id"] != world.entries[6].id]
    db.session.commit()
    shortlists.decide_place(world.staff, world.category.id, world.entries[7].id, "in", "并列，合议列入。", "评委会")
    page = sign_in(client, world.staff).get(f"/office/categories/{world.category.id}/list").text
    assert f"有 1 件作品没有评审名次，不会按名次列入：{world.entries[6].number}" in page
    assert "沿用了已登记的 1 项评委会决定" in page
    shortlists.decide_place(world.staff, world.category.id, world.entries[7].id, "clear", "名额变了。", "评委会")
    assert "沿用了" not in client.get(f"/office/categories/{world.category.id}/list").text


def test_a_draft_that_is_behind_the_lists_says_so_when_it_is_opened(world: World, client: FlaskClient) -> None:
    world.approved()
    draft = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    leader, address = sign_in(client, world.leader), f"/office/publications/{draft.id}"
    assert "公示这份名单" in leader.get(address).text
    withdraw_entry(world.staff, world.entries[0].id, "家长来信要求退出。")
    page = leader.get(address).text
    assert "这份公示稿不能公示" in page
    assert "公示这份名单" not in page


def sure(world: World, chances: list[float | None], wanted: dict[str, int]) -> Ranking:
    """The ranking as one is frozen that had `wanted` places: errors of 2.5 points, these chances."""
    ranking = db.session.scalars(select(Ranking)).one()
    ranking.lines = [
        {**line, "se": 2.5, "p_in_quota": chance} for line, chance in zip(ranking.lines, chances, strict=True)
    ]
    ranking.facts = {"wanted": wanted}
    db.session.commit()
    return ranking


CHANCES = [0.999, 0.95, 0.72, 0.4, 0.2, 0.06, 0.002, None]


def test_each_line_tells_the_chance_that_was_frozen_with_the_ranking(world: World, client: FlaskClient) -> None:
    sure(world, CHANCES, {"": 3})
    world.approved(places=3)
    page = sign_in(client, world.staff).get(f"/office/categories/{world.category.id}/list").text
    told = re.findall(r'data-label="入选把握"[^>]*>([^<]*)(?:<span class="cell-note">([^<]*)</span>)?', page)
    assert told == [
        ("很有把握", "99% 以上"),
        ("很有把握", "95%"),
        ("较有把握", "72%"),
        ("说不准", "40%"),
        ("把握较小", "20%"),
        ("把握很小", "6%"),
        ("把握很小", "不到 1%"),
        ("—", ""),
    ]
    assert page.count("± 2.50") == 8
    numbers = [world.entries[place].number for place in (2, 3, 4)]
    page = re.sub(r"<[^>]+>", "", page)
    assert f"列入：{numbers[0]}。" in page  # the open ones, by what became of them
    assert f"候补：{numbers[1]}、{numbers[2]}。" in page
    assert "只供参考" not in page


def test_chances_of_other_places_are_told_to_be_such(world: World, client: FlaskClient) -> None:
    ranking = sure(world, CHANCES, {"X": 2, "C": 1})
    address = f"/office/categories/{world.category.id}/list"

    def is_warned(places: dict[str, int | None]) -> bool:
        shortlists.set_quotas(world.staff, world.category.id, places)
        shortlists.make_shortlist(world.staff, world.category.id)
        return "只供参考" in sign_in(client, world.staff).get(address).text

    assert not is_warned({"X": 2, "C": 1})
    assert not is_warned({"": 3, "X": 2, "C": 1})
    assert is_warned({"": 2, "X": 2, "C": 1})
    assert is_warned({"X": 3, "C": 1})
    assert is_warned({"": 3})
    page = client.get(address).text
    assert "小学组 2、初中组 1" in page
    ranking.facts = {"wanted": {"": 3}}
    db.session.commit()
    assert not is_warned({"": 3})
    assert is_warned({"": 4})
    assert is_warned({"": 3, "X": 2})


def test_a_ranking_without_chances_tells_none(world: World, client: FlaskClient) -> None:
    shortlist = world.approved()
    page = sign_in(client, world.staff).get(f"/office/categories/{world.category.id}/list").text
    assert "入选把握" not in page
    assert "±" not in page
    sheet = committee_rows(client, shortlist)
    assert [row["入选把握"] for row in sheet] == [None] * 8


def test_the_committees_workbook_has_points_errors_chances_and_reasons_the_one_that_goes_up_has_not(
    world: World, client: FlaskClient
) -> None:
    sure(world, CHANCES, {"": 3})
    shortlist = world.approved(places=3)
    sign_in(client, world.leader)
    rows = committee_rows(client, shortlist)
    assert [row["入选把握（%）"] for row in rows] == [99.9, 95, 72, 40, 20, 6, 0.2, None]
    third = rows[2]
    assert (third["名次"], third["得分"], third["误差（±）"], third["入选把握"], third["结论"]) == (
        2,
        98,
        2.5,
        "较有把握",
        "列入",
    )
    assert third["理由"] == "按名次入选，第 2 名"
    for path in (
        f"/office/categories/{world.category.id}/list/recommended.xlsx",
        f"/office/contests/{world.contest.id}/lists/recommended.xlsx",
    ):
        book = openpyxl.load_workbook(io.BytesIO(client.get(path).data))
        cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
        assert not {"入选把握", "较有把握"} & cells


def committee_rows(client: FlaskClient, shortlist: Shortlist) -> list[dict[str, object]]:
    """The lines of the exported list by column."""
    answer = client.get(f"/office/shortlists/{shortlist.id}/export")
    rows = [
        list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True)
    ]
    head = next(place for place, row in enumerate(rows) if "名次" in row)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[0] is not None and row[1]]


def test_the_page_of_lists_begins_with_what_to_do_next(world: World, client: FlaskClient) -> None:
    sign_in(client, world.staff)

    def steps() -> list[str]:
        page = client.get(f"/office/contests/{world.contest.id}/lists").text
        part = page.partition("接下来")[2].partition("</ul>")[0]
        return [re.sub(r"<[^>]+>", "", line).strip() for line in part.split("<li>")[1:]]

    assert steps() == ["填写名额：科幻画作品"]
    shortlists.set_quotas(world.staff, world.category.id, {"": 5})
    assert steps() == ["生成名单：科幻画作品"]
    shortlists.make_shortlist(world.staff, world.category.id)
    assert steps() == ["登记评委会对并列的决定：科幻画作品"]
    shortlists.set_quotas(world.staff, world.category.id, {"": 3})
    draft = shortlists.make_shortlist(world.staff, world.category.id)
    assert steps() == ["由另一人核对并审定：科幻画作品"]
    shortlists.approve_shortlist(world.leader, draft.id, draft.row_version)
    assert steps() == ["名单都已审定，可以准备公示"]
    publication = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示")
    assert steps() == ["由另一人核对并公示：推荐名单公示"]
    publications.publish_list(world.leader, publication.id, publication.content_sha256)
    assert steps() == []
