"""After an objection was upheld: the next in line is proposed, the list is filled anew, the amendment shows the difference."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.people.sessions import visitor
from contest_portal.results.awards.services.release import set_release
from contest_portal.results.cases import open_entry_ids
from contest_portal.results.lists.models import Shortlist
from contest_portal.results.lists.services import shortlists
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.services import cases, decisions
from contest_portal.results.objections.services.lodging import lodge_objection
from contest_portal.results.objections.services.remedies import prepare_amendment, remedy_of, strike_from_list
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.services import publications
from contest_portal.results.quotas.allocation import QuotaTable
from contest_portal.results.quotas.services import save_table
from tests.factories import make_account, sign_in
from tests.results.lists.test_shortlists import World
from tests.results.objections.scene import objecting

DECISION = "经查，该作品与网上图片雷同，取消推荐资格。"


class Upheld:
    """Three of eight ranked paintings are public; the objection to the first was upheld by two people."""

    def __init__(self, outcome: str = "upheld") -> None:
        self.world = World()
        world = self.world
        self.handler = make_account(Role.OFFICE, office=world.office, name="王办事")
        self.second = make_account(Role.LEADER, office=world.office, name="李领导")
        shortlists.set_quotas(world.staff, world.category.id, {"": 3})
        listed = shortlists.make_shortlist(world.staff, world.category.id)
        shortlists.approve_shortlist(world.leader, listed.id, listed.row_version)
        self.public = publications.draft_publication(world.staff, world.contest.id, "推荐名单公示", "欢迎监督。")
        publications.publish_list(world.leader, self.public.id, self.public.content_sha256)
        self.entry = world.entries[0]
        row, self.code = lodge_objection(visitor(), self.public.id, objecting(self.entry))
        handler, second = self.handler.account_id or 0, self.second.account_id or 0
        row = cases.assign_case(world.leader, row.id, row.row_version, handler, second)
        row = cases.accept_case(self.handler, row.id, row.row_version)
        row = decisions.propose_decision(self.handler, row.id, row.row_version, outcome, DECISION)
        row = decisions.sign_decision(self.second, row.id, row.row_version)
        self.row: Objection = decisions.answer_objector(self.handler, row.id, row.row_version, "异议成立。")

    def listed(self) -> set[int]:
        """The works on the newest recommendation list."""
        newest = db.session.query(Shortlist).order_by(Shortlist.version.desc()).first()
        assert newest is not None
        return {line.entry_id for line in newest.lines if line.decision == "in"}


@pytest.fixture
def upheld(app: Flask) -> Upheld:
    return Upheld()


def test_the_next_in_line_is_proposed_and_nothing_changes_by_itself(upheld: Upheld) -> None:
    before = upheld.listed()
    remedy = remedy_of(upheld.row)
    assert [one.entry.id for one in remedy.successors] == [upheld.world.entries[3].id]
    assert remedy.on_list
    assert upheld.listed() == before
    with pytest.raises(Conflict, match="先取消它"):
        prepare_amendment(upheld.handler, upheld.row.id, "shortlist")


def test_the_list_is_filled_anew_approved_and_amended_by_others(upheld: Upheld) -> None:
    draft = strike_from_list(upheld.handler, upheld.row.id, "next")
    assert upheld.listed() == {one.id for one in upheld.world.entries[1:4]}
    assert remedy_of(upheld.row).decided_anew
    with pytest.raises(Conflict):
        prepare_amendment(upheld.handler, upheld.row.id, "shortlist")
    shortlists.approve_shortlist(upheld.world.leader, draft.id, draft.row_version)
    amended = prepare_amendment(upheld.handler, upheld.row.id, "shortlist")
    assert (amended.state, amended.version, amended.title, amended.text) == ("draft", 2, "推荐名单公示", "欢迎监督。")
    assert DECISION not in amended.amendment_note, "what was found about a child is not for the public"
    assert amended.amendment_note == f"经核实，取消《{upheld.entry.title}》（{upheld.entry.number}）的入选或获奖资格。"
    assert open_entry_ids(upheld.world.contest.id) == {upheld.entry.id}
    publications.publish_list(upheld.world.leader, amended.id, amended.content_sha256)
    assert open_entry_ids(upheld.world.contest.id) == set()
    assert remedy_of(upheld.row).on_public == ()


def test_a_correction_is_drafted_without_taking_the_work_off(app: Flask) -> None:
    case = Upheld("corrected")
    with pytest.raises(Conflict):
        strike_from_list(case.handler, case.row.id, "next")
    case.entry.title = "火星医院（改名）"
    db.session.commit()
    draft = prepare_amendment(case.handler, case.row.id, "shortlist")
    assert "改名" in draft.amendment_note


def test_a_dismissed_objection_changes_no_list(app: Flask) -> None:
    case = Upheld("dismissed")
    for act in (lambda: strike_from_list(case.handler, case.row.id, "next"),
                lambda: prepare_amendment(case.handler, case.row.id, "shortlist")):  # fmt: skip
        with pytest.raises(Conflict):
            act()


def test_final_waits_for_the_line_of_an_upheld_case_alone(upheld: Upheld, clock: MovingClock) -> None:
    clock.advance(days=20)
    final = publications.confirm_final(upheld.world.leader, upheld.public.id)
    assert (final.state, final.pending) == ("final", [upheld.entry.number])


def test_what_waits_for_the_amendment_is_not_called_an_open_case(
    upheld: Upheld, client: FlaskClient, clock: MovingClock
) -> None:
    page = sign_in(client, upheld.world.staff).get(f"/office/publications/{upheld.public.id}").text
    assert "1 项待定：异议已经成立，名单还没有更正" in page
    assert "异议还没有办结" not in page
    clock.advance(days=20)
    sign_in(client, upheld.world.leader)
    confirmed = client.post(f"/office/publications/{upheld.public.id}/final", follow_redirects=True).text
    assert "已确认公示期满。1 项异议已经成立，名单还没有更正，保持待定。" in confirmed
    assert "没有办结" not in confirmed
    assert "异议成立的，请先更正公示" in confirmed
    assert "其中 1 项待定，结果另行公布" in client.get(f"/lists/{upheld.public.id}").text
    with pytest.raises(Conflict, match="异议已经成立、名单上还没有更正"):
        publications.confirm_final(upheld.world.leader, upheld.public.id)


def test_an_amendment_asks_about_names_that_changed_since(upheld: Upheld, client: FlaskClient) -> None:
    draft = strike_from_list(upheld.handler, upheld.row.id, "next")
    shortlists.approve_shortlist(upheld.world.leader, draft.id, draft.row_version)
    upheld.world.entries[1].title = "月球农场（改名）"
    db.session.commit()
    amended = prepare_amendment(upheld.handler, upheld.row.id, "shortlist")
    page = sign_in(client, upheld.world.leader).get(f"/office/publications/{amended.id}").text
    assert "有 1 行的姓名、学校或作品名称与上一版不同" in page


def test_the_page_leads_from_the_decision_to_the_amendment(client: FlaskClient, upheld: Upheld) -> None:
    address = f"/office/objections/{upheld.row.id}"
    page = sign_in(client, upheld.handler).get(address)
    assert "按名额规则，下一名是：" in page.text
    assert upheld.world.entries[3].title in page.text
    too_early = client.post(f"{address}/amendment", data={"kind": "shortlist"}, follow_redirects=True)
    assert "请先取消它" in too_early.text
    answer = client.post(f"{address}/strike", data={"filling": "next"})
    assert answer.location == f"/office/categories/{upheld.world.category.id}/list"
    draft = db.session.query(Shortlist).filter_by(state="draft").one()
    shortlists.approve_shortlist(upheld.world.leader, draft.id, draft.row_version)
    answer = client.post(f"{address}/amendment", data={"kind": "shortlist"})
    preview = client.get(answer.location)
    assert all(word in preview.text for word in ("删去", "增加", upheld.entry.title, "经核实，取消"))
    assert db.session.query(Publication).filter_by(state="draft").one().made_by == upheld.handler.account_id


def test_a_list_generated_anew_leaves_a_cancelled_work_out_and_the_next_comes_in(
    upheld: Upheld, client: FlaskClient
) -> None:
    draft = shortlists.make_shortlist(upheld.world.staff, upheld.world.category.id)
    assert upheld.listed() == {one.id for one in upheld.world.entries[1:4]}
    line = next(one for one in draft.lines if one.entry_id == upheld.entry.id)
    assert line.decision == "out"
    page = sign_in(client, upheld.world.leader).get(f"/office/categories/{upheld.world.category.id}/list").text
    assert f"异议成立，已取消（{upheld.row.number}）" in page
    decided = shortlists.decide_place(
        upheld.world.staff, upheld.world.category.id, upheld.entry.id, "in", "评委会推荐", "评委会"
    )
    assert upheld.listed() == {one.id for one in upheld.world.entries[1:4]}, "no decision brings it back"
    shortlists.approve_shortlist(upheld.world.leader, decided.id, decided.row_version)
    assert not remedy_of(upheld.row).on_list


def test_what_still_has_a_cancelled_work_is_neither_approved_nor_published(upheld: Upheld) -> None:
    world = upheld.world
    upheld.row.decided_at, before = None, upheld.row.decided_at
    db.session.commit()
    draft = shortlists.make_shortlist(world.staff, world.category.id)
    unchanged = publications.draft_publication(
        world.staff, world.contest.id, "推荐名单公示", "", amendment_note="补充说明。"
    )
    upheld.row.decided_at = before
    db.session.commit()
    with pytest.raises(Conflict, match=upheld.row.number):
        shortlists.approve_shortlist(world.leader, draft.id, draft.row_version)
    with pytest.raises(Conflict, match=upheld.entry.number):
        publications.publish_list(world.leader, unchanged.id, unchanged.content_sha256)
    with pytest.raises(Conflict, match="异议已经成立"):
        publications.draft_publication(world.staff, world.contest.id, "推荐名单公示", "", amendment_note="补充说明。")


@pytest.mark.parametrize("filling", ["next", "empty"])
def test_the_text_of_the_decision_stays_in_the_case(upheld: Upheld, client: FlaskClient, filling: str) -> None:
    world = upheld.world
    save_table(world.staff, world.category.id, 1, QuotaTable(total=3, may_stay_empty=True))
    draft = strike_from_list(upheld.handler, upheld.row.id, filling)
    page = sign_in(client, world.staff).get(f"/office/categories/{world.category.id}/list").text
    assert upheld.row.number in page
    assert DECISION not in page
    shortlists.approve_shortlist(world.leader, draft.id, draft.row_version)
    set_release(world.staff, world.contest.id, 0, now(), rank=True, score=False, comments=False, at_once=True)
    school = sign_in(client, make_account(Role.SCHOOL_MANAGER, school=world.school)).get("/school/results").text
    assert f"异议成立，已取消（{upheld.row.number}）" in school
    assert DECISION not in school
