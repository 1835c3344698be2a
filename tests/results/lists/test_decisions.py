"""The committee's decisions: lines with who, when, why and the vote; the list around them; a second person approves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.clock import today
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotAllowed, Stale
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.results.lists.queries.shortlists import next_in_line
from contest_portal.results.lists.services.decisions import Verdict, Vote, decide_place, leave_empty, resolve_tie
from contest_portal.results.lists.services.shortlists import approve_shortlist, make_shortlist
from contest_portal.results.quotas.allocation import QuotaTable, RowKind, TableRow
from contest_portal.results.quotas.models import CommitteeDecision
from contest_portal.results.quotas.queries.tables import stored_table
from contest_portal.results.quotas.services import save_table
from tests.factories import sign_in
from tests.results.lists.ranked import Ranked

VERDICT = Verdict("创新性一项得分较高", "评委会（主任 郭建明）", vote=Vote(7, 1, 1))


@pytest.fixture
def world(app: Flask) -> Ranked:
    """Six works, the third to the fifth equal, and four places."""
    world = Ranked((1, 2, 3, 3, 3, 6))
    world.save(total=4)
    world.make()
    return world


def decide(world: Ranked, number: int, decision: str, why: str = "专家复议") -> None:
    decide_place(world.staff, world.category.id, world.id_of(number), decision, why, "评委会")


def test_a_tie_is_resolved_in_one_act_with_its_vote(world: Ranked) -> None:
    assert world.titles("tied") == [3, 4, 5]
    seen = world.newest().row_version
    resolve_tie(world.staff, world.category.id, [world.id_of(5), world.id_of(3)], VERDICT, seen)
    assert world.titles() == [1, 2, 3, 5]
    assert world.titles("reserve") == [4, 6], "who lost the tie is the first in reserve"
    assert world.reasons()[5].startswith("与他人并列第 3 名，经决定在并列者中列先：创新性一项得分较高（评委会")
    assert "名额 4 个已满，候补第 1；与他人并列第 3 名，经决定列后" in world.reasons()[4]
    rows = db.session.scalars(select(CommitteeDecision).order_by(CommitteeDecision.id)).all()
    assert [(row.entry_id, row.decision) for row in rows] == [
        (world.id_of(3), "tie_in"),
        (world.id_of(4), "tie_out"),
        (world.id_of(5), "tie_in"),
    ]
    row = rows[0]
    assert (row.decided_on, row.votes_for, row.votes_against, row.votes_abstained) == (today(), 7, 1, 1)
    assert row.recorded_by == world.staff.account_id


def test_the_order_of_a_resolved_tie_holds_when_places_change(world: Ranked) -> None:
    resolve_tie(world.staff, world.category.id, [world.id_of(4), world.id_of(5)], VERDICT)
    world.save(total=5)
    world.make()
    assert world.titles() == [1, 2, 4, 5, 3]
    world.save(total=2)
    world.make()
    assert world.titles() == [1, 2]
    assert world.titles("tied") == []


@pytest.mark.parametrize(("chosen", "told"), [([], "至少一件"), ([3, 4, 5], "不能全选"), ([1], "并列的 3 件中")])
def test_a_tie_is_resolved_among_the_tied(world: Ranked, chosen: list[int], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        resolve_tie(world.staff, world.category.id, [world.id_of(number) for number in chosen], VERDICT)
    assert db.session.query(CommitteeDecision).count() == 0


def test_more_than_there_are_places_for_is_refused(app: Flask) -> None:
    world = Ranked((1, 2, 2, 2))
    world.save(total=2)
    world.make()
    with pytest.raises(Invalid, match="勾选了 2 件，按名额表放不下"):
        resolve_tie(world.staff, world.category.id, [world.id_of(2), world.id_of(3)], VERDICT)
    assert world.titles("tied") == [2, 3, 4]


def test_without_a_tie_there_is_nothing_to_resolve(world: Ranked) -> None:
    world.save(total=2)
    world.make()
    with pytest.raises(Conflict, match="没有并列待定"):
        resolve_tie(world.staff, world.category.id, [world.id_of(3)], VERDICT)


def test_a_veto_takes_a_work_off_until_it_is_taken_back(world: Ranked) -> None:
    decide(world, 1, "veto", "经查实属弄虚作假")
    assert world.titles() == [2, 3, 4, 5]
    assert world.reasons()[1] == "一票否决：经查实属弄虚作假（评委会）"
    decide(world, 1, "clear", "复核后不成立")
    assert world.titles() == [1, 2]


def test_places_left_empty_shorten_the_list(world: Ranked) -> None:
    with pytest.raises(Conflict, match="名额表没有写允许空缺"):
        leave_empty(world.staff, world.category.id, 2, VERDICT)
    world.save(total=4, may_stay_empty=True)
    leave_empty(world.staff, world.category.id, 2, VERDICT)
    assert world.titles() == [1, 2]
    assert world.newest().quotas["empty"] == 2
    with pytest.raises(Invalid, match="0 到总名额 4 之间"):
        leave_empty(world.staff, world.category.id, 5, VERDICT)
    leave_empty(world.staff, world.category.id, 0, VERDICT)
    assert world.titles("tied") == [3, 4, 5]


@pytest.mark.parametrize(
    ("verdict", "field"),
    [
        (Verdict(" ", "评委会"), "why"),
        (Verdict("理由", ""), "decided_by"),
        (Verdict("理由", "评委会", vote=Vote(3, 3)), "votes_for"),
        (Verdict("理由", "评委会", vote=Vote(-1)), "votes_for"),
        (Verdict("长" * 501, "评委会"), "why"),
    ],
)
def test_what_no_committee_decides_is_refused(world: Ranked, verdict: Verdict, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        resolve_tie(world.staff, world.category.id, [world.id_of(3)], verdict)
    assert caught.value.field == field


def test_a_decision_of_tomorrow_is_refused(world: Ranked) -> None:
    with pytest.raises(Invalid, match="不能在今天以后"):
        resolve_tie(
            world.staff, world.category.id, [world.id_of(3)], Verdict("理由", "评委会", today() + timedelta(days=1))
        )


class TestApproval:
    def test_who_made_the_last_change_does_not_approve(self, world: Ranked) -> None:
        draft = decide_place(
            world.leader, world.category.id, world.id_of(3), "in", "评委会复议", "评委会", vote=Vote(5)
        )
        decide_place(world.leader, world.category.id, world.id_of(4), "in", "评委会复议", "评委会", vote=Vote(5))
        with pytest.raises(NotAllowed, match="最后由您本人生成或调整"):
            world.approve()
        db.session.rollback()
        make_shortlist(world.staff, world.category.id)
        approved = world.approve()
        assert (approved.state, approved.approved_by, approved.made_by) == (
            "approved",
            world.leader.account_id,
            world.staff.account_id,
        )
        assert draft.id == approved.id

    def test_the_page_says_so_instead_of_offering_the_button(self, world: Ranked, client: FlaskClient) -> None:
        world.save(total=2)
        draft = make_shortlist(world.leader, world.category.id)
        sign_in(client, world.leader)
        page = client.get(f"/office/categories/{world.category.id}/list").get_data(as_text=True)
        assert "这份名单最后由您本人生成或调整，须由另一位负责人审定。" in page
        assert f"/office/shortlists/{draft.id}/approve" not in page
        make_shortlist(world.staff, world.category.id)
        page = client.get(f"/office/categories/{world.category.id}/list").get_data(as_text=True)
        assert f"/office/shortlists/{draft.id}/approve" in page


class TestNextInLine:
    def test_nobody_before_a_list_is_approved(self, world: Ranked) -> None:
        assert next_in_line(world.category.id, world.id_of(1)) == []

    def test_the_next_by_the_rows_not_by_the_rank(self, app: Flask) -> None:
        world = Ranked((1, 2, 3, 4, 5, 6))
        world.save(TableRow(RowKind.FLOOR, {"stage": "C"}, 2), total=3)
        world.make()
        world.approve()
        assert world.titles() == [1, 2, 4]
        assert [entry_id for entry_id, _reason in next_in_line(world.category.id, world.id_of(1))] == [world.id_of(3)]
        proposed = next_in_line(world.category.id, world.id_of(4))
        assert [(entry_id, str(reason)) for entry_id, reason in proposed] == [
            (
                world.id_of(6),
                "第 6 名，因「初中组」应不少于 2 件而入选，先于名次在前的 2 件（GZ2018-CG-X-0003、GZ2018-CG-X-0005）",
            )
        ]

    def test_all_who_are_tied_for_the_place(self, app: Flask) -> None:
        world = Ranked((1, 2, 3, 3))
        world.save(total=2)
        world.make()
        world.approve()
        named = [entry_id for entry_id, _reason in next_in_line(world.category.id, world.id_of(2))]
        assert named == [world.id_of(3), world.id_of(4)]

    def test_it_is_the_same_after_the_work_has_gone(self, app: Flask) -> None:
        world = Ranked((1, 2, 3))
        world.save(total=2)
        world.make()
        world.approve()
        withdraw_entry(world.staff, world.id_of(1), "异议成立")
        assert [entry_id for entry_id, _reason in next_in_line(world.category.id, world.id_of(1))] == [world.id_of(3)]


class TestPages:
    def verdict(self, world: Ranked, form: str = "", **more: object) -> dict[str, object]:
        base = {"why": "评委会合议", "decided_by": "评委会", "votes_for": "5", "votes_against": "0"}
        values = {**base, "version": str(world.newest().row_version), **more}
        return {f"{form}-{name}" if form else name: value for name, value in values.items()}

    def test_a_tie_is_resolved_on_the_page(self, world: Ranked, client: FlaskClient) -> None:
        sign_in(client, world.staff)
        here = f"/office/categories/{world.category.id}"
        page = client.get(f"{here}/list").get_data(as_text=True)
        assert "并列的作品，由评委会决定" in page
        data = self.verdict(world, "tie", ahead=[str(world.id_of(3)), str(world.id_of(4))])
        assert client.post(f"{here}/decisions/tie", data=data).status_code == 302
        page = client.get(f"{here}/list").get_data(as_text=True)
        assert "并列中列先" in page
        assert "赞成 5、反对 0、弃权 0" in page
        assert "并列的作品，由评委会决定" not in page

    def test_what_was_typed_for_a_list_that_moved_on_is_not_lost(self, world: Ranked, client: FlaskClient) -> None:
        sign_in(client, world.colleague)
        data = self.verdict(world, "tie", ahead=[str(world.id_of(3))], why="孙干事写的理由")
        decide(world, 6, "out")
        answer = client.post(f"/office/categories/{world.category.id}/decisions/tie", data=data)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "名单已由别人重新生成或调整" in page
        assert "孙干事写的理由" in page
        assert db.session.query(CommitteeDecision).count() == 1

    def test_empty_places_and_a_veto_on_the_page(self, world: Ranked, client: FlaskClient) -> None:
        sign_in(client, world.staff)
        world.save(total=4, may_stay_empty=True)
        world.make()
        here = f"/office/categories/{world.category.id}/decisions"
        assert client.post(f"{here}/empty", data=self.verdict(world, "empty", places="2")).status_code == 302
        data = self.verdict(world, entry_id=str(world.id_of(1)), decision="veto", why="抄袭")
        assert client.post(here, data=data).status_code == 302
        page = client.get(f"/office/categories/{world.category.id}/list").get_data(as_text=True)
        assert "空缺 2 个名额" in page
        assert "一票否决：抄袭（评委会）" in page

    def test_a_vote_that_was_lost_is_told_at_its_field(self, world: Ranked, client: FlaskClient) -> None:
        sign_in(client, world.staff)
        data = self.verdict(world, entry_id=str(world.id_of(1)), decision="out", votes_for="2", votes_against="4")
        answer = client.post(f"/office/categories/{world.category.id}/decisions", data=data)
        assert answer.status_code == 422
        assert "赞成 2 票不多于反对 4 票" in answer.get_data(as_text=True)


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """What became of acts that begin together: "" or the error's code, in no order."""
    outcomes: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(timeout=30)
            try:
                act()
                outcomes.append("")
            except DomainError as error:
                outcomes.append(error.code)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


STALE = Stale().code


@pytest.mark.database
class TestTwoAtOnce:
    def test_of_two_resolutions_of_one_tie_one_counts(self, app: Flask, world: Ranked) -> None:
        category_id, seen = world.category.id, world.newest().row_version
        pairs = [(world.staff, [world.id_of(3), world.id_of(4)]), (world.colleague, [world.id_of(4), world.id_of(5)])]
        acts = [
            lambda actor=actor, ahead=ahead: resolve_tie(actor, category_id, ahead, VERDICT, seen)
            for actor, ahead in pairs
        ]
        assert at_once(app, *acts) == ["", STALE]
        assert len(world.titles()) == 4
        assert world.titles("tied") == []
        assert db.session.query(CommitteeDecision).count() == 3

    def test_a_list_that_is_changed_while_it_is_approved_is_approved_as_seen_or_not_at_all(
        self, app: Flask, world: Ranked
    ) -> None:
        world.save(total=2)
        draft = world.make()
        category_id, draft_id, seen = world.category.id, draft.id, draft.row_version
        entry_id, staff, leader = world.id_of(2), world.staff, world.leader
        outcome = at_once(
            app,
            lambda: approve_shortlist(leader, draft_id, seen),
            lambda: decide_place(staff, category_id, entry_id, "out", "复议", "评委会"),
        )
        assert outcome in (["", ""], ["", STALE])
        newest = world.newest()
        assert newest.state == "draft"
        assert 2 not in world.titles()
        if outcome == ["", ""]:
            assert newest.version == 2, "what was approved stays as it was seen; the decision made the next version"

    def test_of_two_saved_tables_one_counts(self, app: Flask, world: Ranked) -> None:
        category_id, seen = world.category.id, stored_table(world.category.id).version
        acts = [
            lambda actor=actor, total=total: save_table(actor, category_id, seen, QuotaTable(total))
            for actor, total in ((world.staff, 5), (world.colleague, 6))
        ]
        assert at_once(app, *acts) == ["", STALE]
        assert stored_table(category_id).version == seen + 1

    def test_a_first_table_is_saved_once(self, app: Flask) -> None:
        world = Ranked()
        category_id = world.category.id
        acts = [
            lambda actor=actor, total=total: save_table(actor, category_id, 0, QuotaTable(total))
            for actor, total in ((world.staff, 5), (world.colleague, 6))
        ]
        assert at_once(app, *acts) == ["", STALE]
