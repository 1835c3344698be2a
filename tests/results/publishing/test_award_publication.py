"""The awards made public beside the recommendation list, each with versions of its own."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.results.awards.models import AwardList
from contest_portal.results.awards.services import merits, prizes, special
from contest_portal.results.lists.services import shortlists
from contest_portal.results.objections.services.lodging import listed_numbers
from contest_portal.results.public_list.content import canonical_bytes, from_content
from contest_portal.results.publishing.documents import public_pdf, public_workbook, shown
from contest_portal.results.publishing.queries.publications import publication_by_id
from contest_portal.results.publishing.services import publications
from contest_portal.results.publishing.verifying import verify_file
from contest_portal.results.publishing.workbook_reading import read_workbook_list
from tests.factories import made, sign_in
from tests.results.awards.test_awards import Place

pytestmark = pytest.mark.database


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def published(place: Place, kind: str, note: str = "") -> int:
    draft = publications.draft_publication(place.staff, place.contest.id, "名单公示", amendment_note=note, kind=kind)
    return publications.publish_list(place.leader, draft.id, draft.content_sha256).id


def test_awards_wait_for_an_approved_list(place: Place) -> None:
    with pytest.raises(Conflict, match="获奖名单"):
        publications.draft_publication(place.staff, place.contest.id, "获奖名单公示", kind="award")


def test_awards_and_recommendations_have_versions_of_their_own(place: Place, client: FlaskClient) -> None:
    place.approved()
    shortlists_version = _recommended(place)
    first = published(place, "award")
    page = client.get(f"/lists/{first}").text
    assert "一等奖" in page
    assert "第 1 版" in page
    assert page.count("二等奖") == 4
    assert "已经更正" not in client.get(f"/lists/{shortlists_version}").text


def test_a_cancelled_award_asks_for_an_amendment_that_shows_it_gone(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    place.approved()
    first = published(place, "award")
    hub = f"/office/contests/{place.contest.id}/lists"
    sign_in(client, place.staff)
    assert "请更正公示" not in client.get(hub).text
    clock.advance(minutes=1)
    with unit_of_work(place.staff, "results.test") as work:
        assert prizes.cancel_award(work, place.entries[0].id, "经查不是本人所画。") == 1
    assert "获奖名单在公示之后有变化" in client.get(hub).text
    clock.advance(minutes=1)
    second = published(place, "award", "一件作品经查不是本人所画，取消奖项。")
    assert "获奖名单在公示之后有变化" not in client.get(hub).text
    page = client.get(f"/lists/{second}").text
    assert "删去" in page
    assert "火星医院1" in client.get(f"/lists/{first}").text
    assert [line.award for line in from_content(_content(second))[0].lines].count("一等奖") == 0


def test_the_page_of_awards_asks_for_what_is_next_and_for_nothing_once_they_are_public(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    place.approved()
    address = f"/office/contests/{place.contest.id}/awards"
    sign_in(client, place.staff)
    assert "可以准备获奖名单公示" in client.get(address).text
    draft = publications.draft_publication(place.staff, place.contest.id, "名单公示", kind="award")
    assert "获奖名单公示稿已起草" in client.get(address).text
    clock.advance(minutes=1)
    publications.publish_list(place.leader, draft.id, draft.content_sha256)
    page = client.get(address).text
    assert "接下来" not in page
    clock.advance(minutes=1)
    with unit_of_work(place.staff, "results.test") as work:
        prizes.cancel_award(work, place.entries[0].id, "经查不是本人所画。")
    assert "请更正公示" in client.get(address).text
    clock.advance(minutes=1)
    assert "距公示截止还有" in client.get(f"/lists/{draft.id}").text
    second = published(place, "award", "取消一件作品的奖项。")
    old = client.get(f"/lists/{draft.id}").text
    assert "已经更正" in old
    assert "距公示截止还有" not in old
    assert "距公示截止还有" in client.get(f"/lists/{second}").text


def honoured(place: Place) -> int:
    """A special award for the first work, its tutor and its school honoured. Returns the special award's id."""
    row = special.give_special(
        place.staff, place.contest.id, place.entries[0].number or "", "创意奖", "市少年宫", "想法独到"
    )
    tutor_id = place.entries[0].tutors[0].teacher_id
    merits.confirm_merits(place.staff, place.contest.id, "tutor", 0, [tutor_id])
    merits.confirm_merits(place.staff, place.contest.id, "school", 0, [place.school.id])
    return row.id


def test_special_awards_tutors_and_schools_have_sections_of_their_own(place: Place, client: FlaskClient) -> None:
    place.approved()
    honoured(place)
    list_id = published(place, "award")
    sections = from_content(_content(list_id))
    assert [section.category for section in sections[1:]] == ["专项奖", "优秀科技辅导员", "优秀组织奖"]
    assert [(line.title, line.award) for line in sections[1].lines] == [("火星医院1", "创意奖（市少年宫）")]
    assert [line.names for line in sections[2].lines] == ["李老师"]
    assert [line.school for line in sections[3].lines] == [place.school.name]
    page = client.get(f"/lists/{list_id}").text
    for words in ("创意奖（市少年宫）", "优秀科技辅导员", "优秀组织奖"):
        assert words in page
    assert "special:" not in page
    assert listed_numbers(publication_by_id(list_id))[place.entries[0].number or ""].startswith(place.category.name)


def test_the_lists_files_prove_the_sections_too(place: Place, client: FlaskClient) -> None:
    place.approved()
    honoured(place)
    row = publication_by_id(published(place, "award"))
    found = read_workbook_list(public_workbook(row), "名单.xlsx")[0]
    assert found == json.loads(canonical_bytes(row.content))
    assert public_pdf(row).startswith(b"%PDF")


def saved_again(pdf: bytes) -> bytes:
    """As another program writes it: other bytes, the same pages."""
    target = io.BytesIO()
    pypdf.PdfWriter(clone_from=io.BytesIO(pdf)).write(target)
    assert target.getvalue() != pdf
    return target.getvalue()


def test_a_category_without_awards_says_so_and_the_group_stands_where_several_are_mixed(
    place: Place, client: FlaskClient, tmp_path: Path
) -> None:
    place.approved()
    other = next(one for one in place.contest.categories if one.code == "CG")
    made(AwardList(contest_id=place.contest.id, category_id=other.id, version=1, state="approved", made_at=now()))
    row = publication_by_id(published(place, "award"))
    page = client.get(f"/lists/{row.id}").text
    assert page.count("本类别没有作品获奖") == 1
    assert {section.category: len(section.lines) for section in from_content(row.content)} == {
        place.category.name: 7,
        other.name: 0,
    }
    assert "<th" in page
    assert "学段" in page
    for name, content in (
        ("list.pdf", public_pdf(row)),
        ("saved-again.pdf", saved_again(public_pdf(row))),
        ("list.xlsx", public_workbook(row)),
        ("list.json", canonical_bytes(row.content)),
    ):
        (tmp_path / name).write_bytes(content)
        check = verify_file(tmp_path / name)
        assert (check.verdict, check.differences) == ("same", []), name
    sign_in(client, place.staff)
    assert "本类别没有作品获奖" in client.get(f"/office/contests/{place.contest.id}/awards/list").text


def test_where_all_works_are_of_one_group_it_is_not_shown(place: Place) -> None:
    for entry in place.entries:
        entry.stage_code = "X"
    db.session.commit()
    place.approved()
    (section,) = from_content(_content(published(place, "award")))
    assert section.columns == ()


def test_nothing_but_categories_without_awards_is_no_list_to_publish(place: Place) -> None:
    made(
        AwardList(
            contest_id=place.contest.id, category_id=place.category.id, version=1, state="approved", made_at=now()
        )
    )
    with pytest.raises(Conflict, match="获奖名单"):
        publications.draft_publication(place.staff, place.contest.id, "获奖名单公示", kind="award")


def test_a_special_award_taken_back_is_the_amendments_one_difference(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    place.approved()
    special_id = honoured(place)
    published(place, "award")
    hub = f"/office/contests/{place.contest.id}/lists"
    sign_in(client, place.staff)
    clock.advance(minutes=1)
    tutor_id = place.entries[0].tutors[0].teacher_id
    merits.confirm_merits(place.staff, place.contest.id, "tutor", 0, [tutor_id])
    assert "获奖名单在公示之后有变化" not in client.get(hub).text
    special.cancel_special(place.staff, special_id, "赞助单位撤回。")
    assert "获奖名单在公示之后有变化" in client.get(hub).text
    second = published(place, "award", "专项奖撤回。")
    (change,) = shown(publication_by_id(second)).changes
    assert (change.kind, change.category) == ("removed", "专项奖")
    assert "<del>张晓1《火星医院1》" in client.get(f"/lists/{second}").text


def _content(publication_id: int) -> dict[str, object]:
    return publication_by_id(publication_id).content


def _recommended(place: Place) -> int:
    shortlists.set_quotas(place.staff, place.category.id, {"": 3})
    draft = shortlists.make_shortlist(place.staff, place.category.id)
    shortlists.approve_shortlist(place.leader, draft.id, draft.row_version)
    return published(place, "shortlist")
